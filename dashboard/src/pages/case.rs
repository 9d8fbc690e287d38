//! One ticket as `templates/case.html` shows it: on its own page and on the dispatcher's desk.

use super::{
    Fact,
    deed::{self, Form},
    format, link,
    marked::{Mark, Word, mark},
    related::Related,
    told::{self, Step},
};
use crate::{data::random_token, error::Error, state::App};
use analytics::{
    deadline::Due,
    label::{Evidence, Label, Words},
    ledger::{LabelledBy, Status, Ticket, TimelineEntry, UNKNOWN_TYPE_CHINESE},
    lifecycle::Deed,
    region::{Located, Place},
    units::Suggestion as Suggested,
};
use ingest::{
    record::{Card, TicketType},
    time::Moment,
};

/// Pieces of text shown as the model's reasons.
const EVIDENCE: usize = 6;

/// A ticket with its timeline, ready to be shown.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) no: String,
    pub(super) path: String,
    pub(crate) title: String,
    pub(super) kind: &'static str,
    /// 待判定
    pub(super) undecided: bool,
    pub(super) topic: String,
    /// 承办单位 with its page.
    pub(super) unit: Option<(String, String)>,
    pub(super) status: &'static str,
    /// 已办结 or 已合并
    pub(super) finished: bool,
    pub(super) card: Option<CardTag>,
    pub(super) body: Vec<Word>,
    /// Units suggested for dispatch.
    pub(super) units: Vec<UnitTag>,
    /// Sensitive content with the words that raised it.
    pub(super) flags: Vec<FlagTag>,
    pub(super) facts: Vec<Fact>,
    pub(super) label: Option<Suggestion>,
    pub(super) reply: String,
    pub(super) result: String,
    /// The usual next steps.
    pub(super) next: Vec<Form>,
    /// Everything else the state allows.
    pub(super) rest: Vec<Form>,
    /// Makes each form of this page one doing, however often it is sent.
    pub(super) once: String,
    pub(super) timeline: Vec<Step>,
    pub(super) related: Related,
    /// Name of the desk's queue the page shows; empty elsewhere.
    pub(crate) list: String,
}

/// 红牌 or 黄牌, in words beside its colour.
#[derive(Debug)]
pub(crate) struct CardTag {
    pub(super) tone: &'static str,
    pub(super) name: &'static str,
}

/// A suggested unit with its reasons and whom to call there.
#[derive(Debug)]
pub(super) struct UnitTag {
    pub(super) name: String,
    pub(super) reasons: String,
    pub(super) contacts: String,
}

/// Sensitive content in words.
#[derive(Debug)]
pub(super) struct FlagTag {
    pub(super) title: String,
    pub(super) words: String,
}

/// What the model thinks of the text now.
#[derive(Debug)]
pub(super) struct Suggestion {
    pub(super) kind: &'static str,
    pub(super) confidence: String,
    pub(super) confidence_value: f32,
    pub(super) topic: &'static str,
    pub(super) topic_confidence: String,
    pub(super) sentiment: String,
    pub(super) sentiment_tone: &'static str,
    pub(super) abstained: bool,
    /// What spoke for the type, and what against it.
    pub(super) pro: Vec<Reason>,
    pub(super) contra: Vec<Reason>,
}

#[derive(Debug)]
pub(super) struct Reason {
    pub(super) text: String,
    pub(super) weight: String,
}

impl Case {
    /// Reads a ticket and asks the model about its text. Blocking.
    pub(crate) fn read(app: &App, no: &str) -> Result<Self, Error> {
        let ticket = app
            .ledger()
            .ticket(no)?
            .ok_or_else(|| Error::NotFound("没有这个编号的工单。".to_owned()))?;
        let timeline = app.ledger().timeline(no)?;
        let words = Words::of(app.segmenter(), &ticket.title, &ticket.body);
        let text = words.text(&ticket.title, &ticket.body);
        let (label, evidence) = app.models().explain(&[text], EVIDENCE)?.pop().unzip();
        let evidence = evidence.unwrap_or_default();
        let suggested = label.as_ref().map(|label| label.r#type.name());
        let chosen_type = ticket.r#type.map(TicketType::name).or(suggested);
        let chosen_topic = ticket
            .topic
            .as_deref()
            .or(label.as_ref().map(|label| label.topic));
        let forms = deed::forms(
            app,
            &ticket,
            (chosen_type.unwrap_or_default(), chosen_topic.unwrap_or_default()),
        )?;
        let related = Related::read(app, &ticket)?;
        let mut case = Self::of(app, &ticket, &timeline, label.as_ref(), &evidence, related);
        (case.next, case.rest) = forms;
        case.name_places(
            &ticket,
            label.as_ref(),
            &app.models().locate(&ticket.title, &ticket.body),
        );
        if let Some(unit) = &ticket.unit {
            case.add_fact("单位联系方式", contacts(app, unit));
        }
        if Deed::Dispatch.possible(&ticket, app.rules(), app.now()).is_ok() {
            let suggested = app.suggest_units(chosen_topic, ticket.region.as_deref())?;
            let tag = |one: Suggested| UnitTag {
                contacts: contacts(app, &one.unit),
                name: one.unit,
                reasons: one.reasons.join("；"),
            };
            case.units = suggested.into_iter().map(tag).collect();
        }
        Ok(case)
    }

    /// Adds a fact, unless nothing is known.
    fn add_fact(&mut self, name: &'static str, value: String) {
        if !value.is_empty() {
            self.facts.push(Fact { name, value });
        }
    }

    /// Adds what the gazetteer and the rule for businesses found in the text.
    fn name_places(&mut self, ticket: &Ticket, label: Option<&Label>, located: &Located) {
        if ticket.region_derived {
            let words = ticket.model.as_ref().map(|model| model.region_words.join("、"));
            self.add_fact("区域依据", format!("由正文识别：{}", words.unwrap_or_default()));
        }
        self.add_fact("提及地点", places(located));
        self.add_fact(
            "涉及单位",
            label
                .map(|label| label.organisations.join("、"))
                .unwrap_or_default(),
        );
    }

    fn of(
        app: &App,
        ticket: &Ticket,
        timeline: &[TimelineEntry],
        label: Option<&Label>,
        evidence: &[Evidence],
        related: Related,
    ) -> Self {
        let now = app.now();
        Self {
            no: ticket.no.clone(),
            path: link::encode(&ticket.no),
            title: title(ticket),
            kind: kind(ticket),
            undecided: ticket.r#type.is_none(),
            topic: ticket.topic.clone().unwrap_or_default(),
            status: ticket.status.chinese(),
            finished: matches!(ticket.status, Status::Resolved | Status::Merged),
            card: card(ticket, now),
            body: marked(&ticket.body, label, evidence),
            flags: label
                .into_iter()
                .flat_map(|label| &label.flags)
                .map(|flag| FlagTag {
                    title: flag.title.clone(),
                    words: flag.words.join("、"),
                })
                .collect(),
            unit: ticket.unit.as_ref().map(|unit| (unit.clone(), link::unit(unit))),
            facts: facts(ticket, now),
            label: label.map(|label| suggestion(label, evidence)),
            reply: ticket.reply.clone().unwrap_or_default(),
            result: ticket.result.clone(),
            next: Vec::new(),
            rest: Vec::new(),
            once: random_token(),
            units: Vec::new(),
            timeline: told::timeline(timeline, app),
            related,
            list: String::new(),
        }
    }
}

/// Whom to call at a unit, by role; empty where the configuration names nobody.
fn contacts(app: &App, unit: &str) -> String {
    let said = app.units.contacts(unit).iter().map(|contact| {
        [&*contact.role, &contact.name, &contact.phone]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    });
    said.collect::<Vec<_>>().join("；")
}

/// The title, or the beginning of the text where there is none.
pub(crate) fn title(ticket: &Ticket) -> String {
    match (ticket.title.trim(), ticket.body.trim()) {
        ("", "") => "（无标题）".to_owned(),
        ("", body) => body.chars().take(40).collect(),
        (title, _) => title.to_owned(),
    }
}

/// The type in Chinese, or 待判定.
pub(crate) fn kind(ticket: &Ticket) -> &'static str {
    ticket.r#type.map_or(UNKNOWN_TYPE_CHINESE, TicketType::chinese)
}

/// The card an open ticket deserves at `now`.
pub(crate) fn due_card(ticket: &Ticket, now: Moment) -> Option<Card> {
    let open = !matches!(ticket.status, Status::Resolved | Status::Merged);
    ticket.due.as_ref().filter(|_| open)?.card_at(now)
}

pub(crate) fn card(ticket: &Ticket, now: Moment) -> Option<CardTag> {
    due_card(ticket, now).map(|card| match card {
        Card::Red => CardTag {
            tone: "red",
            name: "红牌",
        },
        Card::Yellow => CardTag {
            tone: "yellow",
            name: "黄牌",
        },
    })
}

fn facts(ticket: &Ticket, now: Moment) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |name, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(Fact { name, value });
        }
    };
    fact("受理时间", Some(format::minute(ticket.accepted_at)));
    fact("来源渠道", ticket.channel.clone());
    fact("区域", ticket.region.clone());
    fact("紧急程度", ticket.urgency.clone());
    fact(
        "来电人",
        ticket.caller.as_ref().map(|caller| caller.masked.clone()),
    );
    fact("类型依据", ticket.type_by.map(|by| labelled_by(by).to_owned()));
    fact("承办单位", ticket.unit.clone());
    fact("派单时间", ticket.dispatched_at.map(format::minute));
    fact("签收时间", ticket.signed_at.map(format::minute));
    fact("首次联系", ticket.contacted_at.map(format::minute));
    if let Some(due) = &ticket.due {
        fact("办结时限", Some(format::minute(due.due_at)));
        fact("时限由来", Some(due_words(due)));
        if ticket.resolved_at.is_none() && ticket.status != Status::Merged {
            let words = match due.paused_since {
                Some(since) => format!("挂起中（自 {}），时限暂停计算", format::minute(since)),
                None => format::distance(now, due.due_at),
            };
            fact("距时限", Some(words));
        }
    } else {
        fact("办结时限", Some("无（数据未给出，也没有适用的规则）".to_owned()));
    }
    let breaches = ticket.breaches.iter().map(|breach| {
        let (at, to) = (format::minute(breach.at), format::minute(breach.to));
        format!("{at} 延至 {to}：{}", breach.rule.chinese())
    });
    fact("延期不合规", Some(breaches.collect::<Vec<_>>().join("；")));
    fact("办结时间", ticket.resolved_at.map(format::minute));
    fact(
        "是否按时",
        ticket
            .on_time
            .map(|on_time| if on_time { "按时办结" } else { "超期办结" }.to_owned()),
    );
    fact("回访", ticket.callback.as_ref().map(told::callback));
    fact("合并至", ticket.merged_into.clone());
    let given = |asked: Card| ticket.cards.iter().filter(|card| **card == asked).count();
    let counts = &ticket.counts;
    let often = [
        ("退单", counts.returned),
        ("延期", counts.extended),
        ("挂起", counts.paused),
        ("催办", counts.urged),
        ("督办", counts.supervised),
        ("重办", counts.reopened),
        ("黄牌", given(Card::Yellow) as u32),
        ("红牌", given(Card::Red) as u32),
    ];
    let often: Vec<_> = often
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(name, n)| format!("{name} {n} 次"))
        .collect();
    fact("过程记录", Some(often.join("、")));
    facts
}

/// How the deadline was come by, and what else was on offer.
fn due_words(due: &Due) -> String {
    let mut words = match due.rule.as_str() {
        "feed" => "数据源给定".to_owned(),
        "extended" => "经批准延期".to_owned(),
        rule => format!("按规则“{rule}”计算"),
    };
    let shown = format::minute(due.due_at);
    for (name, other) in [("数据源给定", due.feed_due_at), ("按规则应为", due.rule_due_at)] {
        if let Some(other) = other.map(format::minute).filter(|other| *other != shown) {
            words.push_str(&format!("；{name} {other}"));
        }
    }
    if due.provisional {
        words.push_str("；暂定（当年节假日安排尚未公布）");
    }
    words
}

fn labelled_by(by: LabelledBy) -> &'static str {
    match by {
        LabelledBy::Human => "人工判定",
        LabelledBy::Feed => "数据源给定",
        LabelledBy::Model => "模型判定",
    }
}

/// The text with the reasons of type and flags marked.
fn marked(body: &str, label: Option<&Label>, evidence: &[Evidence]) -> Vec<Word> {
    let flags = label.into_iter().flat_map(|label| &label.flags);
    let flagged = flags.flat_map(|flag| flag.words.iter().map(|word| (word.as_str(), Mark::Flag)));
    let reasons = evidence.iter().map(|piece| {
        let mark = if piece.weight > 0.0 {
            Mark::For
        } else {
            Mark::Against
        };
        (piece.text.as_str(), mark)
    });
    mark(body, &flagged.chain(reasons).collect::<Vec<_>>())
}

/// What the gazetteer found: the region, where the feed gives none, and the places with their parents.
fn places(located: &Located) -> String {
    let place = |place: &Place| {
        let parents = place
            .path
            .get(..place.path.len().saturating_sub(1))
            .unwrap_or_default();
        format!("{}（{}，{}）", place.text, place.kind.chinese(), parents.join("")).replace("，）", "）")
    };
    located.places.iter().map(place).collect::<Vec<_>>().join("、")
}

fn suggestion(label: &Label, evidence: &[Evidence]) -> Suggestion {
    Suggestion {
        kind: label.r#type.chinese(),
        confidence: format::share(label.confidence),
        confidence_value: label.confidence,
        topic: label.topic,
        topic_confidence: format::share(label.topic_confidence),
        sentiment: format!(
            "{} {:+.2}",
            format::sentiment_name(label.sentiment_label),
            label.sentiment
        ),
        sentiment_tone: label.sentiment_label,
        abstained: label.abstained,
        pro: reasons(evidence, |weight| weight > 0.0),
        contra: reasons(evidence, |weight| weight < 0.0),
    }
}

fn reasons(evidence: &[Evidence], side: impl Fn(f32) -> bool) -> Vec<Reason> {
    let pieces = evidence.iter().filter(|piece| side(piece.weight));
    let told = pieces.map(|piece| Reason {
        text: piece.text.clone(),
        weight: format!("{:+.0}%", piece.weight * 100.0),
    });
    told.collect()
}
