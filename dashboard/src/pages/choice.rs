//! Options of a select.

use analytics::{
    label::TOPICS,
    ledger::{Status, TypeIs, UNKNOWN_TYPE, UNKNOWN_TYPE_CHINESE},
};
use ingest::record::TicketType;

/// One option.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// Options from pairs of value and text.
pub(crate) fn choices<'a>(
    chosen: &str,
    options: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<Choice> {
    options
        .into_iter()
        .map(|(value, text)| Choice {
            value: value.to_owned(),
            text: text.to_owned(),
            chosen: value == chosen,
        })
        .collect()
}

/// The five types; `all` is the option of no restriction (empty: none is offered), `unknown` offers 待判定.
pub(crate) fn types(chosen: &str, all: &'static str, unknown: bool) -> Vec<Choice> {
    let chosen = TypeIs::parse(chosen).map_or(chosen, |known| known.name());
    let all = (!all.is_empty()).then_some(("", all));
    let unknown = unknown.then_some((UNKNOWN_TYPE, UNKNOWN_TYPE_CHINESE));
    let known = TicketType::ALL.iter().map(|kind| (kind.name(), kind.chinese()));
    choices(chosen, all.into_iter().chain(known).chain(unknown))
}

/// The fifteen topics after the option of no restriction.
pub(crate) fn topics(chosen: &str, all: &'static str) -> Vec<Choice> {
    choices(
        chosen,
        [("", all)]
            .into_iter()
            .chain(TOPICS.iter().map(|topic| (*topic, *topic))),
    )
}

/// Names (units, channels) after the option of no restriction. A chosen name that is not among them stays visible.
pub(crate) fn names(chosen: &str, all: &'static str, names: &[String]) -> Vec<Choice> {
    let foreign =
        (!chosen.is_empty() && !names.iter().any(|name| name == chosen)).then_some((chosen, chosen));
    let known = names.iter().map(|name| (name.as_str(), name.as_str()));
    choices(chosen, [("", all)].into_iter().chain(foreign).chain(known))
}

/// The states of a ticket, with 未办结 for all that are not at their end.
pub(crate) fn statuses(chosen: &str) -> Vec<Choice> {
    let every = Status::ALL.iter().map(|status| (status.name(), status.chinese()));
    choices(
        chosen,
        [("", "全部"), ("open", "未办结")].into_iter().chain(every),
    )
}
