//! Reads `deadlines.toml`, or says what is wrong with which line.

use super::{
    Calendar, DeadlineError, MAX_WORKING_DAYS, Rules,
    config::{By, Count, Extension, Rule, SIGNING, Span, Start, Warning},
    office::Office,
};
use crate::{
    configuration::{ConfigurationError, Source, nearest},
    label::TOPICS,
};
use ingest::record::TicketType;
use serde::{Deserialize, Deserializer, de};
use std::{collections::HashSet, fmt};
use toml::Spanned;

/// Values of `Due::rule` that are no rule's name.
const RESERVED: [&str; 3] = ["feed", "extended", "default"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    office_hours: Option<OfficeHours>,
    signing: Option<Spanned<Signing>>,
    extension: Option<Spanned<Limits>>,
    default: Option<Spanned<Entry>>,
    #[serde(default)]
    rule: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficeHours {
    sessions: Spanned<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signing {
    working_days: Option<Spanned<u32>>,
    hours: Option<Spanned<u32>>,
    count: Option<Spanned<Count>>,
    office_hours: Option<Spanned<bool>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    times: Option<Spanned<u32>>,
    working_days: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Option<Spanned<String>>,
    urgency: Option<Spanned<OneOrMore>>,
    unit: Option<Spanned<OneOrMore>>,
    topic: Option<Spanned<OneOrMore>>,
    r#type: Option<Spanned<OneOrMore>>,
    channel: Option<Spanned<OneOrMore>>,
    working_days: Option<Spanned<u32>>,
    hours: Option<Spanned<u32>>,
    office_hours: Option<Spanned<bool>>,
    from: Option<Start>,
    count: Option<Spanned<Count>>,
    warn_working_days: Option<Spanned<u32>>,
    warn_hours: Option<Spanned<u32>>,
}

/// `"投诉"` or `["投诉", "求助"]`.
struct OneOrMore(Vec<String>);

impl Rules {
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
        let file: File = source.read()?;
        let office = match &file.office_hours {
            Some(given) => Some(
                Office::parse(given.sessions.get_ref())
                    .map_err(|reason| source.wrong(given.sessions.span(), reason))?,
            ),
            None => None,
        };
        let reading = Reading {
            source,
            office: office.is_some(),
        };
        let mut rules = Vec::new();
        let mut names = HashSet::new();
        for entry in &file.rule {
            let rule = reading.rule(entry)?;
            if !names.insert(rule.name.clone()) {
                let reason = format!("a second rule is named `{}`", rule.name);
                return Err(source.wrong(entry.span(), reason).into());
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
            rules.push(reading.default_rule(entry)?);
        }
        let signing = match &file.signing {
            Some(signing) => reading.signing(signing)?,
            None => SIGNING,
        };
        let extension = match &file.extension {
            Some(limits) => reading.extension(limits)?,
            None => Extension::default(),
        };
        Ok(Self::new(calendar, rules, office, extension, signing))
    }
}

/// The file being read.
struct Reading<'a> {
    source: Source<'a>,
    /// Office hours are configured.
    office: bool,
}

impl Reading<'_> {
    fn rule(&self, entry: &Spanned<Entry>) -> Result<Rule, ConfigurationError> {
        let raw = entry.get_ref();
        let Some(name) = &raw.name else {
            return Err(self
                .source
                .wrong(entry.span(), "the rule has no `name`".to_owned()));
        };
        if name.get_ref().trim().is_empty() || RESERVED.contains(&name.get_ref().as_str()) {
            let reason = format!("a rule cannot be named `{}`", name.get_ref());
            return Err(self.source.wrong(name.span(), reason));
        }
        let rule = self.terms(entry, name.get_ref())?;
        if rule.specificity().0 == 0 {
            let reason = format!(
                "rule `{}` asks for no `urgency`, `unit`, `topic`, `type` or `channel`: what holds for all is `[default]`",
                rule.name
            );
            return Err(self.source.wrong(entry.span(), reason));
        }
        Ok(rule)
    }

    fn default_rule(&self, entry: &Spanned<Entry>) -> Result<Rule, ConfigurationError> {
        let rule = self.terms(entry, "default")?;
        if entry.get_ref().name.is_some() || rule.specificity().0 > 0 {
            let reason =
                "`[default]` takes no `name`, `urgency`, `unit`, `topic`, `type` or `channel`".to_owned();
            return Err(self.source.wrong(entry.span(), reason));
        }
        Ok(rule)
    }

    fn signing(&self, signing: &Spanned<Signing>) -> Result<Span, ConfigurationError> {
        let raw = signing.get_ref();
        let by = self.by(&raw.office_hours)?;
        match self.span(&raw.working_days, &raw.hours, &raw.count, by)? {
            Some(span) => Ok(span),
            None => {
                let reason = "`[signing]` needs either `working_days` or `hours`".to_owned();
                Err(self.source.wrong(signing.span(), reason))
            }
        }
    }

    fn extension(&self, limits: &Spanned<Limits>) -> Result<Extension, ConfigurationError> {
        let raw = limits.get_ref();
        let read = |number: &Option<Spanned<u32>>| {
            let read = number.as_ref();
            read.map(|number| self.within(number, MAX_WORKING_DAYS))
                .transpose()
        };
        let extension = Extension {
            times: read(&raw.times)?,
            working_days: read(&raw.working_days)?,
        };
        if extension == Extension::default() {
            let reason = "`[extension]` needs `times`, `working_days` or both".to_owned();
            return Err(self.source.wrong(limits.span(), reason));
        }
        Ok(extension)
    }

    fn terms(&self, entry: &Spanned<Entry>, name: &str) -> Result<Rule, ConfigurationError> {
        let raw = entry.get_ref();
        let by = self.by(&raw.office_hours)?;
        let Some(span) = self.span(&raw.working_days, &raw.hours, &raw.count, by)? else {
            let reason = format!("rule `{name}` needs either `working_days` or `hours`");
            return Err(self.source.wrong(entry.span(), reason));
        };
        let warn = match (&raw.warn_working_days, &raw.warn_hours) {
            (None, None) => Warning::WorkingDays(1),
            (Some(days), None) => Warning::WorkingDays(self.within(days, MAX_WORKING_DAYS)?),
            (None, Some(hours)) => Warning::Hours(
                self.within(hours, MAX_WORKING_DAYS * 24)?,
                by.unwrap_or(By::Clock),
            ),
            (Some(_), Some(hours)) => {
                let reason = format!("rule `{name}` has both `warn_working_days` and `warn_hours`");
                return Err(self.source.wrong(hours.span(), reason));
            }
        };
        let types: Vec<&str> = TicketType::ALL
            .iter()
            .flat_map(|kind| [kind.name(), kind.chinese()])
            .collect();
        let text = |text: &str| Some(text.to_owned());
        Ok(Rule {
            name: name.to_owned(),
            urgencies: self.values(&raw.urgency, text, &[])?,
            units: self.values(&raw.unit, text, &[])?,
            topics: self.values(
                &raw.topic,
                |text| TOPICS.contains(&text).then(|| text.to_owned()),
                &TOPICS,
            )?,
            types: self.values(&raw.r#type, TicketType::parse, &types)?,
            channels: self.values(&raw.channel, text, &[])?,
            span,
            from: raw.from.unwrap_or(Start::Accepted),
            warn,
        })
    }

    /// Which hours count; `None` where the key is not given.
    fn by(&self, office: &Option<Spanned<bool>>) -> Result<Option<By>, ConfigurationError> {
        match office {
            None => Ok(None),
            Some(asked) if *asked.get_ref() && !self.office => {
                let reason = "`office_hours` needs the table `[office_hours]` with its `sessions`".to_owned();
                Err(self.source.wrong(asked.span(), reason))
            }
            Some(asked) if *asked.get_ref() => Ok(Some(By::Office)),
            Some(_) => Ok(Some(By::Clock)),
        }
    }

    /// How long; `None` where it says neither or both.
    fn span(
        &self,
        working_days: &Option<Spanned<u32>>,
        hours: &Option<Spanned<u32>>,
        count: &Option<Spanned<Count>>,
        by: Option<By>,
    ) -> Result<Option<Span>, ConfigurationError> {
        Ok(Some(match (working_days, hours, count) {
            (Some(days), None, count) => {
                if by == Some(By::Office) {
                    let reason = "a working day ends at 23:59:59: `office_hours` is for `hours`".to_owned();
                    return Err(self.source.wrong(days.span(), reason));
                }
                let count = count.as_ref().map_or(Count::NextDay, |count| *count.get_ref());
                Span::WorkingDays(self.within(days, MAX_WORKING_DAYS)?, count)
            }
            (None, Some(hours), None) => Span::Hours(
                self.within(hours, MAX_WORKING_DAYS * 24)?,
                by.unwrap_or(By::Clock),
            ),
            (None, Some(_), Some(count)) => {
                let reason = "`hours` run from the moment itself: `count` is for `working_days`".to_owned();
                return Err(self.source.wrong(count.span(), reason));
            }
            _ => return Ok(None),
        }))
    }

    /// Reads the values of one key; `right` are those there are, where only those are allowed.
    fn values<T>(
        &self,
        raw: &Option<Spanned<OneOrMore>>,
        read: impl Fn(&str) -> Option<T>,
        right: &[&str],
    ) -> Result<Vec<T>, ConfigurationError> {
        let Some(raw) = raw else {
            return Ok(Vec::new());
        };
        let value = |text: &String| {
            let text = text.trim();
            read(text).filter(|_| !text.is_empty()).ok_or_else(|| {
                let reason = format!("unknown value `{text}`{}", nearest(text, right));
                self.source.wrong(raw.span(), reason)
            })
        };
        raw.get_ref().0.iter().map(value).collect()
    }

    fn within(&self, number: &Spanned<u32>, most: u32) -> Result<u32, ConfigurationError> {
        let value = *number.get_ref();
        if (1..=most).contains(&value) {
            Ok(value)
        } else {
            let reason = format!("{value} is not within 1 to {most}");
            Err(self.source.wrong(number.span(), reason))
        }
    }
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
