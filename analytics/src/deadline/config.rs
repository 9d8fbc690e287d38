//! Reads `deadlines.toml`: the rules, most specific first, or what is wrong with which line.

use super::{Calendar, DeadlineError, MAX_WORKING_DAYS, Rules};
use crate::label::TOPICS;
use ingest::record::TicketType;
use serde::{Deserialize, Deserializer, de};
use std::{collections::HashSet, fmt, ops::Range, sync::Arc};
use toml::Spanned;

/// The rules shipped in the program.
pub const EMBEDDED: &str = include_str!("../../../config/deadlines.toml");
/// Its name in messages.
pub const EMBEDDED_ORIGIN: &str = "config/deadlines.toml";
/// Values of `Due::rule` that are no rule's name.
const RESERVED: [&str; 3] = ["feed", "extended", "default"];

/// Rules ready to use.
#[derive(Debug)]
pub(crate) struct RuleSet {
    pub(super) calendar: Calendar,
    /// Most specific first, so that the first that matches wins; the default last.
    pub(super) rules: Vec<Rule>,
    /// Hash of rules and calendar.
    pub(super) version: String,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) name: String,
    /// What a ticket must be to match; an empty list asks nothing.
    pub(super) units: Vec<String>,
    pub(super) topics: Vec<String>,
    pub(super) types: Vec<TicketType>,
    pub(super) channels: Vec<String>,
    pub(super) span: Span,
    pub(super) from: Start,
    pub(super) warn: Warning,
}

/// How long a ticket may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// To 23:59:59 of the n-th working day.
    WorkingDays(u32, Count),
    /// Hours by the clock on the wall, nights and holidays included.
    Hours(u32),
}

/// What starts the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Start {
    Accepted,
    Dispatched,
}

/// Whether the first day counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Count {
    /// The day of receipt is not counted.
    NextDay,
    /// The day of receipt counts if it is a working day.
    AtOnce,
}

/// How long before the deadline the card is yellow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Warning {
    /// From 00:00 of the last n working days.
    WorkingDays(u32),
    /// The last n hours by the clock.
    Hours(u32),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: Option<Spanned<Entry>>,
    #[serde(default)]
    rule: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Option<Spanned<String>>,
    unit: Option<Spanned<OneOrMore>>,
    topic: Option<Spanned<OneOrMore>>,
    r#type: Option<Spanned<OneOrMore>>,
    channel: Option<Spanned<OneOrMore>>,
    working_days: Option<Spanned<u32>>,
    hours: Option<Spanned<u32>>,
    from: Option<Start>,
    count: Option<Spanned<Count>>,
    warn_working_days: Option<Spanned<u32>>,
    warn_hours: Option<Spanned<u32>>,
}

/// `"投诉"` or `["投诉", "求助"]`.
struct OneOrMore(Vec<String>);

impl Rules {
    /// The rules and the calendar shipped in the program.
    ///
    /// # Errors
    /// When an embedded file cannot be read: a defect of the build.
    pub fn embedded() -> Result<Self, DeadlineError> {
        Self::load(EMBEDDED, EMBEDDED_ORIGIN, Calendar::embedded()?)
    }

    /// Reads rules. `origin` is what messages call the file.
    ///
    /// # Errors
    /// A wrong key or value (names the file, the line and the nearest right one), or two rules that can match one
    /// ticket with neither more specific.
    pub fn load(deadlines_toml: &str, origin: &str, calendar: Calendar) -> Result<Self, DeadlineError> {
        let source = Source {
            text: deadlines_toml,
            origin,
        };
        let file: File = toml::from_str(deadlines_toml).map_err(|error| source.refused(&error))?;
        let mut rules = Vec::new();
        let mut names = HashSet::new();
        for entry in &file.rule {
            let rule = source.rule(entry)?;
            if !names.insert(rule.name.clone()) {
                return Err(source.wrong(entry.span(), format!("a second rule is named `{}`", rule.name)));
            }
            rules.push((rule, entry.span()));
        }
        for (i, (second, span)) in rules.iter().enumerate() {
            if let Some((first, _)) = rules.iter().take(i).find(|(first, _)| first.ties_with(second)) {
                return Err(DeadlineError::Tie {
                    origin: origin.to_owned(),
                    line: source.line(span.start),
                    first: first.name.clone(),
                    second: second.name.clone(),
                });
            }
        }
        let mut rules: Vec<Rule> = rules.into_iter().map(|(rule, _)| rule).collect();
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.specificity()));
        if let Some(entry) = &file.default {
            rules.push(source.default_rule(entry)?);
        }
        Ok(Self::new(calendar, rules))
    }

    /// The same rules over another calendar.
    pub(super) fn over(&self, calendar: Calendar) -> Self {
        Self::new(calendar, self.inner.rules.clone())
    }

    fn new(calendar: Calendar, rules: Vec<Rule>) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{rules:?}").as_bytes());
        calendar.digest(&mut hasher);
        let version = hasher.finalize().to_hex().chars().take(16).collect();
        Self {
            inner: Arc::new(RuleSet {
                calendar,
                rules,
                version,
            }),
        }
    }
}

impl Rule {
    /// Which attributes the rule asks for, strongest first.
    fn keys(&self) -> [bool; 4] {
        [
            !self.units.is_empty(),
            !self.topics.is_empty(),
            !self.types.is_empty(),
            !self.channels.is_empty(),
        ]
    }

    /// More keys beat fewer; as many: unit > topic > type > channel.
    fn specificity(&self) -> (usize, [bool; 4]) {
        (self.keys().iter().filter(|asked| **asked).count(), self.keys())
    }

    /// Whether both can match one ticket with neither more specific. Different keys always differ in specificity.
    fn ties_with(&self, other: &Self) -> bool {
        fn meet<T: PartialEq>(a: &[T], b: &[T]) -> bool {
            a.is_empty() || a.iter().any(|value| b.contains(value))
        }
        self.keys() == other.keys()
            && meet(&self.units, &other.units)
            && meet(&self.topics, &other.topics)
            && meet(&self.types, &other.types)
            && meet(&self.channels, &other.channels)
    }
}

/// The text being read, for messages.
struct Source<'a> {
    text: &'a str,
    origin: &'a str,
}

impl Source<'_> {
    fn rule(&self, entry: &Spanned<Entry>) -> Result<Rule, DeadlineError> {
        let raw = entry.get_ref();
        let Some(name) = &raw.name else {
            return Err(self.wrong(entry.span(), "the rule has no `name`".to_owned()));
        };
        if name.get_ref().trim().is_empty() || RESERVED.contains(&name.get_ref().as_str()) {
            let reason = format!("a rule cannot be named `{}`", name.get_ref());
            return Err(self.wrong(name.span(), reason));
        }
        let rule = self.terms(entry, name.get_ref())?;
        if rule.specificity().0 == 0 {
            let reason = format!(
                "rule `{}` asks for no `unit`, `topic`, `type` or `channel`: what holds for all is `[default]`",
                rule.name
            );
            return Err(self.wrong(entry.span(), reason));
        }
        Ok(rule)
    }

    fn default_rule(&self, entry: &Spanned<Entry>) -> Result<Rule, DeadlineError> {
        let rule = self.terms(entry, "default")?;
        if entry.get_ref().name.is_some() || rule.specificity().0 > 0 {
            let reason = "`[default]` takes no `name`, `unit`, `topic`, `type` or `channel`".to_owned();
            return Err(self.wrong(entry.span(), reason));
        }
        Ok(rule)
    }

    fn terms(&self, entry: &Spanned<Entry>, name: &str) -> Result<Rule, DeadlineError> {
        let raw = entry.get_ref();
        let span = match (&raw.working_days, &raw.hours, &raw.count) {
            (Some(days), None, count) => {
                let count = count.as_ref().map_or(Count::NextDay, |count| *count.get_ref());
                Span::WorkingDays(self.within(days, MAX_WORKING_DAYS)?, count)
            }
            (None, Some(hours), None) => Span::Hours(self.within(hours, MAX_WORKING_DAYS * 24)?),
            (None, Some(_), Some(count)) => {
                let reason = "`hours` run from the moment itself: `count` is for `working_days`".to_owned();
                return Err(self.wrong(count.span(), reason));
            }
            _ => {
                let reason = format!("rule `{name}` needs either `working_days` or `hours`");
                return Err(self.wrong(entry.span(), reason));
            }
        };
        let warn = match (&raw.warn_working_days, &raw.warn_hours) {
            (None, None) => Warning::WorkingDays(1),
            (Some(days), None) => Warning::WorkingDays(self.within(days, MAX_WORKING_DAYS)?),
            (None, Some(hours)) => Warning::Hours(self.within(hours, MAX_WORKING_DAYS * 24)?),
            (Some(_), Some(hours)) => {
                let reason = format!("rule `{name}` has both `warn_working_days` and `warn_hours`");
                return Err(self.wrong(hours.span(), reason));
            }
        };
        let types: Vec<&str> = TicketType::ALL
            .iter()
            .flat_map(|kind| [kind.name(), kind.chinese()])
            .collect();
        Ok(Rule {
            name: name.to_owned(),
            units: self.values(&raw.unit, |text| Some(text.to_owned()), &[])?,
            topics: self.values(
                &raw.topic,
                |text| TOPICS.contains(&text).then(|| text.to_owned()),
                &TOPICS,
            )?,
            types: self.values(&raw.r#type, TicketType::parse, &types)?,
            channels: self.values(&raw.channel, |text| Some(text.to_owned()), &[])?,
            span,
            from: raw.from.unwrap_or(Start::Accepted),
            warn,
        })
    }

    /// Reads the values of one key; `right` are those there are, where only those are allowed.
    fn values<T>(
        &self,
        raw: &Option<Spanned<OneOrMore>>,
        read: impl Fn(&str) -> Option<T>,
        right: &[&str],
    ) -> Result<Vec<T>, DeadlineError> {
        let Some(raw) = raw else {
            return Ok(Vec::new());
        };
        let value = |text: &String| {
            let text = text.trim();
            read(text).filter(|_| !text.is_empty()).ok_or_else(|| {
                self.wrong(
                    raw.span(),
                    format!("unknown value `{text}`{}", nearest(text, right)),
                )
            })
        };
        raw.get_ref().0.iter().map(value).collect()
    }

    fn within(&self, number: &Spanned<u32>, most: u32) -> Result<u32, DeadlineError> {
        let value = *number.get_ref();
        if (1..=most).contains(&value) {
            Ok(value)
        } else {
            Err(self.wrong(number.span(), format!("{value} is not within 1 to {most}")))
        }
    }

    /// What toml or serde refused. They list the right names between backticks, the wrong one first.
    fn refused(&self, error: &toml::de::Error) -> DeadlineError {
        let names: Vec<&str> = error.message().split('`').skip(1).step_by(2).collect();
        let kind = [("unknown field", "key"), ("unknown variant", "value")]
            .into_iter()
            .find(|(start, _)| error.message().starts_with(start));
        let reason = match (kind, names.split_first()) {
            (Some((_, kind)), Some((wrong, right))) => {
                format!("unknown {kind} `{wrong}`{}", nearest(wrong, right))
            }
            _ => error.message().trim().replace('\n', " "),
        };
        self.wrong(error.span().unwrap_or_default(), reason)
    }

    fn wrong(&self, span: Range<usize>, reason: String) -> DeadlineError {
        DeadlineError::Config {
            origin: self.origin.to_owned(),
            line: self.line(span.start),
            reason,
        }
    }

    /// 1-based line of a byte offset.
    fn line(&self, offset: usize) -> usize {
        self.text
            .bytes()
            .take(offset)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1
    }
}

fn nearest(wrong: &str, right: &[&str]) -> String {
    right
        .iter()
        .min_by_key(|name| strsim::damerau_levenshtein(wrong, name))
        .map_or_else(String::new, |name| format!(", the nearest right one is `{name}`"))
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // An untagged enum would lose the lines and say "did not match any variant".
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = OneOrMore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(OneOrMore(vec![text.to_owned()]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                if values.is_empty() {
                    return Err(de::Error::custom(
                        "an empty list matches nothing: leave the key out",
                    ));
                }
                Ok(OneOrMore(values))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
