//! 行政审批: figures of approval items by the same clock as tickets', each with its proof. No ticket is among them.
//!
//! Pure: reads no clock and no ledger. A card is computed from the promised limit; what the office's own system says is
//! only compared with it.

use crate::{
    deadline::Rules,
    metrics::{Exclusion, Part, Rate},
};
use ingest::{
    record::{Approval, Card},
    time::{Moment, shanghai, start_of_day},
};
use serde::Serialize;

/// A statistic of approval items.
#[derive(Debug)]
pub struct Figure {
    /// Name in addresses and interfaces.
    pub name: &'static str,
    /// 名称 on pages.
    pub chinese: &'static str,
    /// Numerator ÷ denominator in words, Chinese.
    pub formula: &'static str,
    place: fn(&Judged) -> Place,
}

/// Where an item stands in a figure.
enum Place {
    Numerator,
    Missed,
    Excluded(&'static str),
}

/// Working days of 三日办结, the day of receipt not counted.
const THREE: u32 = 3;
const NO_LIMIT: &str = "无承诺时限";

/// Every figure, in the order of the page.
pub const FIGURES: [Figure; 5] = [
    Figure {
        name: "finished",
        chinese: "办结率",
        formula: "截至统计时点已办结 ÷ 受理",
        place: |item| counts(item.finished_at.is_some()),
    },
    Figure {
        name: "at_once",
        chinese: "即办率",
        formula: "受理当日办结 ÷ 受理",
        place: |item| match item.finished_at {
            Some(at) => counts(day(at) == day(item.approval.accepted_at)),
            None if day(item.as_of) == day(item.approval.accepted_at) => {
                Place::Excluded("受理当日未过且未办结")
            }
            None => Place::Missed,
        },
    },
    Figure {
        name: "within_three_days",
        chinese: "三日办结率",
        formula: "受理次日起三个工作日内办结 ÷ 受理",
        place: |item| match item.finished_at {
            Some(at) => counts(at.timestamp() <= item.third_day.timestamp()),
            None if item.as_of.timestamp() <= item.third_day.timestamp() => {
                Place::Excluded("未满三个工作日且未办结")
            }
            None => Place::Missed,
        },
    },
    Figure {
        name: "on_promise",
        chinese: "按承诺办结率",
        formula: "承诺时限内办结 ÷（已办结 + 未办结且已超时限）",
        place: |item| match (item.due_at, item.finished_at) {
            (None, _) => Place::Excluded(NO_LIMIT),
            (Some(_), None) if item.card != Some(Card::Red) => Place::Excluded("未办结且未到时限"),
            (Some(_), _) => counts(item.card != Some(Card::Red)),
        },
    },
    Figure {
        name: "red_cards",
        chinese: "红牌率",
        formula: "超过承诺时限（含未办结）÷ 有承诺时限的办件",
        place: |item| match item.due_at {
            None => Place::Excluded(NO_LIMIT),
            Some(_) => counts(item.card == Some(Card::Red)),
        },
    },
];

fn counts(yes: bool) -> Place {
    if yes { Place::Numerator } else { Place::Missed }
}

/// The figure of that name.
pub fn find(name: &str) -> Option<&'static Figure> {
    FIGURES.iter().find(|figure| figure.name == name)
}

/// An item with its deadline, as of a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// What the office says.
    #[serde(flatten)]
    pub approval: Approval,
    /// When it was finished, if that was known by the as-of time.
    #[serde(skip)]
    finished_at: Option<Moment>,
    /// The promised limit: a moment where the office gives one, else working days from the day after receipt.
    pub due_at: Option<Moment>,
    /// Our card: red past the limit, whether finished late or still open; yellow on its last day.
    pub our_card: Option<Card>,
    #[serde(skip)]
    card: Option<Card>,
    #[serde(skip)]
    third_day: Moment,
    #[serde(skip)]
    as_of: Moment,
}

impl Judged {
    /// An item as of `as_of`; `None` for one accepted later.
    pub fn of(approval: Approval, rules: &Rules, as_of: Moment) -> Option<Self> {
        if approval.accepted_at > as_of {
            return None;
        }
        let accepted = approval.accepted_at;
        let promised = approval
            .promised_working_days
            .and_then(|days| rules.end_after(accepted, days));
        let due_at = approval.promised_at.or(promised);
        let finished_at = approval.finished_at.filter(|at| *at <= as_of);
        let card = due_at.and_then(|due| {
            let seen = finished_at.unwrap_or(as_of);
            if seen.timestamp() > due.timestamp() {
                Some(Card::Red)
            } else if finished_at.is_none() && as_of >= start_of_day(day(due)) {
                Some(Card::Yellow)
            } else {
                None
            }
        });
        Some(Self {
            third_day: rules.end_after(accepted, THREE).unwrap_or(accepted),
            approval,
            finished_at,
            due_at,
            our_card: card,
            card,
            as_of,
        })
    }

    /// Whether it is finished as of the time.
    pub fn is_finished(&self) -> bool {
        self.finished_at.is_some()
    }

    /// The office's system and our clock differ about the red card.
    pub fn disagrees(&self) -> bool {
        (self.approval.card == Some(Card::Red)) != (self.our_card == Some(Card::Red))
    }
}

impl Figure {
    /// The figure over `items` with its proof.
    pub fn rate(&self, items: &[Judged], as_of: Moment) -> Rate {
        let mut rate = Rate {
            metric: self.name,
            chinese: self.chinese,
            rule: "approvals",
            formula: self.formula,
            numerator: 0,
            denominator: 0,
            exclusions: Vec::new(),
            as_of,
        };
        for item in items {
            match (self.place)(item) {
                Place::Numerator => {
                    rate.numerator += 1;
                    rate.denominator += 1;
                }
                Place::Missed => rate.denominator += 1,
                Place::Excluded(reason) => {
                    match rate.exclusions.iter_mut().find(|known| known.reason == reason) {
                        Some(known) => known.count += 1,
                        None => rate.exclusions.push(Exclusion { reason, count: 1 }),
                    }
                }
            }
        }
        rate
    }

    /// Whether the item is in that part of the figure: as many are as [`Figure::rate`] counts.
    pub fn holds(&self, item: &Judged, part: Part) -> bool {
        let place = (self.place)(item);
        match part {
            Part::Numerator => matches!(place, Place::Numerator),
            Part::Denominator => !matches!(place, Place::Excluded(_)),
            Part::Missed => matches!(place, Place::Missed),
            Part::Excluded => matches!(place, Place::Excluded(_)),
        }
    }
}

fn day(moment: Moment) -> chrono::NaiveDate {
    moment.with_timezone(&shanghai()).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{ApprovalFilter, fixture::*};
    use ingest::record::{Body, Record};

    /// Accepted on Tuesday 1 March 2016 at 09:00; as of Monday 14 March.
    fn item(no: &str, limit: Option<u32>, finished: Option<&str>, card: Option<Card>) -> Approval {
        Approval {
            no: no.into(),
            source: "hall".into(),
            item: "食品经营许可".into(),
            unit: Some("区市场监管局".into()),
            accepted_at: at("2016-03-01 09:00"),
            promised_at: None,
            promised_working_days: limit,
            finished_at: finished.map(at),
            outcome: None,
            card,
        }
    }

    /// By hand. Third working day after 1 March: Friday 4 March. Limit of 5: Tuesday 8 March; of 10: Tuesday 15 March.
    fn sample() -> Vec<Approval> {
        vec![
            item("1", Some(0), Some("2016-03-01 09:20"), None), // at once, in three days, on promise
            item("2", Some(0), Some("2016-03-02 09:00"), None), // in three days, but promised at once: red, unreported
            item("3", Some(5), Some("2016-03-04 23:59:59"), None), // in three days to the last second, on promise
            item("4", Some(5), Some("2016-03-05 10:00"), Some(Card::Red)), // a Saturday: not in three, on promise; card wrong
            item("5", Some(5), Some("2016-03-09 09:00"), Some(Card::Red)), // late: red
            item("6", Some(5), None, Some(Card::Red)),                     // open past 8 March: red
            item("7", Some(10), None, None),                               // open, limit not reached
            item("8", None, Some("2016-03-01 10:00"), None),               // at once, promised nothing
            item("9", Some(10), Some("2016-03-15 09:00"), None), // finished after the as-of time: open then
        ]
    }

    fn judged(items: Vec<Approval>, as_of: &str) -> Vec<Judged> {
        let rules = shipped();
        items
            .into_iter()
            .filter_map(|item| Judged::of(item, &rules, at(as_of)))
            .collect()
    }

    #[test]
    fn figures_by_hand_with_their_items() {
        let items = judged(sample(), "2016-03-14 12:00");
        let numbers = |figure: &Figure, part: Part| -> String {
            let held = items.iter().filter(|item| figure.holds(item, part));
            held.map(|item| item.approval.no.as_str()).collect()
        };
        for (name, counts, percent, numerator, missed, excluded) in [
            ("finished", (6, 9), "66.67 %", "123458", "679", ""),
            ("at_once", (2, 9), "22.22 %", "18", "2345679", ""),
            ("within_three_days", (4, 9), "44.44 %", "1238", "45679", ""),
            // 8 promised nothing; 7 and 9 are open and not yet due.
            ("on_promise", (3, 6), "50.00 %", "134", "256", "789"),
            ("red_cards", (3, 8), "37.50 %", "256", "13479", "8"),
        ] {
            let figure = find(name).unwrap();
            let rate = figure.rate(&items, at("2016-03-14 12:00"));
            assert_eq!((rate.numerator, rate.denominator), counts, "{name}");
            assert_eq!(rate.percent(), percent, "{name}");
            assert_eq!(numbers(figure, Part::Numerator), numerator, "{name}");
            assert_eq!(numbers(figure, Part::Missed), missed, "{name}");
            assert_eq!(numbers(figure, Part::Excluded), excluded, "{name}");
            let left_out: u64 = rate.exclusions.iter().map(|exclusion| exclusion.count).sum();
            assert_eq!(rate.denominator + left_out, items.len() as u64);
        }
        let differing: String = items
            .iter()
            .filter(|item| item.disagrees())
            .map(|item| item.approval.no.as_str())
            .collect();
        assert_eq!(differing, "24");
    }

    #[test]
    fn what_cannot_be_judged_yet_is_left_out() {
        let items = judged(sample(), "2016-03-01 09:30");
        let rate = find("at_once").unwrap().rate(&items, at("2016-03-01 09:30"));
        assert_eq!((rate.numerator, rate.denominator), (1, 1));
        assert_eq!(rate.exclusions[0].count, 8);
        assert!(judged(sample(), "2016-02-29 09:00").is_empty());
        let none = find("at_once").unwrap().rate(&[], at("2016-03-01"));
        assert_eq!((none.value(), none.percent().as_str()), (None, "N/A"));
        // A moment promised stands above the limit in days.
        let promised = Approval {
            promised_at: Some(at("2016-03-02 12:00")),
            ..item("1", Some(5), Some("2016-03-02 12:00:01"), None)
        };
        assert_eq!(judged(vec![promised], "2016-03-14")[0].our_card, Some(Card::Red));
        let open = item("1", Some(5), None, None);
        assert_eq!(
            judged(vec![open], "2016-03-08 00:00")[0].our_card,
            Some(Card::Yellow)
        );
    }

    #[test]
    fn the_ledger_keeps_the_revision_seen_last_apart_from_tickets() {
        let mut desk = Desk::new();
        let record = |item: Approval, seen: &str| Record::new(Body::Approval(item), at(seen));
        let open = record(item("1", Some(5), None, None), "2016-03-02");
        let done = record(item("1", Some(5), Some("2016-03-03 09:00"), None), "2016-03-04");
        let filter = ApprovalFilter {
            from: at("2016-03-01"),
            until: at("2016-04-01"),
            unit: None,
            source: None,
        };
        // The later export came first.
        desk.apply(&[
            done.clone(),
            event("1", "2016-03-01 09:00", accepted("灯不亮", None)),
        ]);
        desk.apply(&[
            open.clone(),
            done.clone(),
            record(item("2", None, None, None), "2016-03-04"),
        ]);
        let held = desk.ledger.approvals(&filter).unwrap();
        assert_eq!(held.len(), 2);
        assert_eq!(held[0].finished_at, Some(at("2016-03-03 09:00")));
        assert_eq!(desk.ledger.held().unwrap().tickets, 1, "an item is no ticket");
        let other = ApprovalFilter {
            unit: Some("别的".into()),
            ..filter.clone()
        };
        assert!(desk.ledger.approvals(&other).unwrap().is_empty());
        assert_eq!(desk.ledger.approval_units().unwrap(), ["区市场监管局"]);
        let rows = desk.ledger.rows().unwrap();
        let mut again = Desk::new();
        again.apply(&[event("1", "2016-03-01 09:00", accepted("灯不亮", None)), open]);
        again.apply(&[record(item("2", None, None, None), "2016-03-04"), done]);
        assert_eq!(again.ledger.rows().unwrap(), rows, "in whatever order they came");
    }
}
