//! What holds for every set of a ticket's events: order and repetition do not matter, a merge and its undo leave no trace.

use super::fold::folded;
use crate::{
    deadline::{Calendar, Rules},
    ledger::{
        events::{KINDS, kind},
        fixture::*,
    },
};
use ingest::record::{
    Attachment, Body, Card, Classified, ContentHash, Event, Record, RecordId, TicketEvent, TicketType,
};
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::LazyLock};

/// Events of every kind, several of those whose order matters.
fn samples() -> Vec<Event> {
    vec![
        accepted("灯不亮", None),
        accepted("灯还是不亮", Some("2016-05-06")),
        urgent("特急"),
        dispatched("市政局"),
        dispatched("供电局"),
        Event::Dispatched {
            unit: "供电局".into(),
            due_at: Some(at("2016-05-05")),
        },
        Event::Signed {
            unit: Some("供电局".into()),
        },
        Event::Returned {
            reason: reason("非本单位职责"),
        },
        // One within the rules, one that is cut, one that mostly comes too late.
        Event::Extended {
            due_at: at("2016-05-12"),
            reason: reason("缺料"),
        },
        Event::Extended {
            due_at: at("2016-12-31"),
            reason: reason("缺料"),
        },
        Event::Paused {
            reason: reason("待材料"),
        },
        Event::Resumed,
        Event::Contacted,
        Event::Replied {
            text: "已安排".into(),
        },
        Event::Urged {
            reason: reason("超期"),
        },
        Event::Supervised {
            reason: reason("超期三日"),
        },
        Event::Carded {
            card: Card::Yellow,
            reason: reason("临期"),
        },
        Event::Carded {
            card: Card::Red,
            reason: reason("超期"),
        },
        resolved(),
        Event::Resolved {
            result: "已答复".into(),
            direct: true,
            withdrawn: false,
        },
        Event::Resolved {
            result: String::new(),
            direct: false,
            withdrawn: true,
        },
        called_back(true, Some(true), None),
        called_back(false, None, None),
        Event::Reopened {
            reason: reason("又不亮"),
        },
        typed(TicketType::Help),
        Event::Classified(Classified {
            topic: Some("交通运输".into()),
            ..Classified::default()
        }),
        Event::Amended {
            title: Some("路灯故障".into()),
            body: None,
            region: Some("西区".into()),
            urgency: Some("一般".into()),
        },
        Event::Merged { into: "2".into() },
        Event::Merged { into: "3".into() },
        Event::Unmerged,
        Event::Split {
            into: vec!["1-1".into(), "1-2".into()],
        },
        Event::Split {
            into: vec!["1-2".into(), "1-3".into()],
        },
        Event::Noted {
            text: "来电催问".into(),
        },
    ]
}

fn urgent(urgency: &str) -> Event {
    let mut said = accepted("灯不亮", None);
    if let Event::Accepted(accepted) = &mut said {
        accepted.urgency = Some(urgency.into());
    }
    said
}

#[test]
fn the_properties_below_cover_every_kind_of_event() {
    let found: BTreeSet<&str> = samples().iter().map(kind).collect();
    assert_eq!(found, KINDS.into_iter().collect());
}

/// Any event, at one of few moments so that ties happen, as a feed's event, a cell of one of few exports, or a click — with
/// a key, with evidence, or plain.
fn any_record() -> impl Strategy<Value = Record> {
    (prop::sample::select(samples()), 1u32..5, 1u32..5, 0u8..5).prop_map(|(event, day, seen, form)| {
        let (when, seen) = (format!("2016-05-0{day} 09:00"), format!("2016-06-0{seen} 08:00"));
        let click = |event| by("user:local", "dispatcher", "1", &seen, &when, event, false);
        let with = |event, change: &dyn Fn(&mut TicketEvent)| {
            let mut record = click(event);
            if let Body::Ticket(event) = &mut record.body {
                change(event);
            }
            Record::new(record.body, record.observed_at)
        };
        match form {
            0 => by("feed:hotline", "hotline", "1", &seen, &when, event, false),
            1 => click(event),
            2 => {
                // A key names one doing, so the same key goes with the same words and time.
                let named = format!("{event:?} {when}");
                with(event, &|event| {
                    event.key = Some(RecordId::of(&[b"key", named.as_bytes()]));
                })
            }
            3 => with(event, &|event| {
                event.attachments = vec![Attachment {
                    hash: ContentHash::of(b"photo"),
                    name: "现场.jpg".into(),
                    media_type: "image/jpeg".into(),
                    size: 5,
                }];
            }),
            _ => cell("1", &seen, &when, event),
        }
    })
}

/// Rules under which urgency chooses, office hours count and extensions have limits.
fn strict() -> Rules {
    static RULES: LazyLock<Rules> = LazyLock::new(|| {
        let rules = "
            [office_hours]
            sessions = ['09:00-12:00', '13:00-17:00']
            [extension]
            times = 1
            working_days = 5
            [default]
            working_days = 3
            [[rule]]
            name = '特急'
            urgency = '特急'
            hours = 8
            office_hours = true
            warn_hours = 2";
        Rules::load(rules, "test", Calendar::embedded().unwrap()).unwrap()
    });
    RULES.clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Any permutation and any repetition of a ticket's events gives the same ticket.
    #[test]
    fn order_and_repetition_do_not_matter(
        (records, shuffled) in prop::collection::vec(any_record(), 1..14).prop_flat_map(|records| {
            let twice = [records.clone(), records.iter().step_by(2).cloned().collect()].concat();
            (Just(records), Just(twice).prop_shuffle())
        })
    ) {
        for rules in [shipped(), strict()] {
            let expected = folded(&records).map(|fold| fold.judge(&rules));
            prop_assert_eq!(folded(&shuffled).map(|fold| fold.judge(&rules)), expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The ledger holds what the pure fold gives, in whatever order and batches the records came.
    #[test]
    fn the_ledger_holds_the_fold(
        (records, shuffled) in prop::collection::vec(any_record(), 1..10)
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle())),
        cut in 0usize..10,
    ) {
        let mut desk = Desk::with(strict());
        let (first, second) = shuffled.split_at(cut.min(shuffled.len()));
        desk.apply(first);
        desk.apply(second);
        let expected = folded(&records).map(|fold| fold.judge(&strict()).ticket);
        prop_assert_eq!(desk.ledger.ticket("1").unwrap(), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Any merge followed by its undo gives the tickets before: the merged one and the one it was merged into.
    #[test]
    fn a_merge_and_its_undo_leave_no_trace(
        records in prop::collection::vec(any_record(), 1..10),
        first in any::<bool>(),
    ) {
        let rules = strict();
        let main = event("9", "2016-05-01 09:00", accepted("灯不亮", None));
        let merge = click("1", "2016-05-08 09:00", Event::Merged { into: "9".into() });
        let undo = click("1", "2016-05-08 10:00", Event::Unmerged);
        let mut desk = Desk::with(strict());
        desk.apply(&records);
        desk.apply(std::slice::from_ref(&main));
        let state = |desk: &Desk| {
            let ledger = &desk.ledger;
            (ledger.ticket("1").unwrap(), ledger.ticket("9").unwrap(), ledger.merged_into("9").unwrap())
        };
        let before = state(&desk);
        let judged = folded(&records).map(|fold| fold.judge(&rules).ticket);
        desk.apply(std::slice::from_ref(if first { &merge } else { &undo }));
        desk.apply(std::slice::from_ref(if first { &undo } else { &merge }));
        prop_assert_eq!(state(&desk), before);
        let after = folded(&[records, vec![undo, merge]].concat()).map(|fold| fold.judge(&rules).ticket);
        prop_assert_eq!(after, judged);
    }
}
