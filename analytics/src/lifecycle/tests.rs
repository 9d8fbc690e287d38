//! Every state with what it allows, by hand.

use super::*;
use crate::ledger::fixture::*;
use ingest::record::{Card, Classified, Record, TicketType};

const NOW: &str = "2016-05-05 09:00";

/// A ticket whose events happened in this order, a minute apart, due at the end of 6 May.
fn ticket(events: &[Event]) -> Ticket {
    let mut desk = Desk::new();
    let accepted = event(
        "1",
        "2016-05-03 09:00",
        accepted("灯不亮", Some("2016-05-06 23:59:59")),
    );
    let life = events
        .iter()
        .enumerate()
        .map(|(place, said)| event("1", &format!("2016-05-04 09:{place:02}"), said.clone()));
    let records: Vec<Record> = std::iter::once(accepted).chain(life).collect();
    desk.apply(&records);
    desk.ledger.ticket("1").unwrap().unwrap()
}

fn states() -> Vec<Ticket> {
    let paused = Event::Paused {
        reason: "待材料".into(),
    };
    let returned = Event::Returned {
        reason: "非本单位职责".into(),
    };
    let reopened = Event::Reopened {
        reason: "又不亮".into(),
    };
    let signed = Event::Signed { unit: None };
    let states = vec![
        ticket(&[]),
        ticket(&[dispatched("市政局")]),
        ticket(&[dispatched("市政局"), signed]),
        ticket(&[dispatched("市政局"), returned]),
        ticket(&[dispatched("市政局"), paused]),
        ticket(&[resolved()]),
        ticket(&[resolved(), reopened]),
        ticket(&[Event::Merged { into: "2".into() }]),
    ];
    let found: Vec<Status> = states.iter().map(|ticket| ticket.status).collect();
    assert_eq!(found, Status::ALL);
    states
}

#[test]
fn what_each_state_allows() {
    use Deed::*;
    // By hand from the rules above, in the order of `Status::ALL`.
    let expected: [&[Deed]; 8] = [
        &[
            Classify, Dispatch, Reply, Resolve, Extend, Pause, Urge, Supervise, Card, Merge, Split, Amend,
            Note,
        ],
        &[
            Classify, Dispatch, Sign, Return, Contact, Reply, Resolve, Extend, Pause, Urge, Supervise, Card,
            Merge, Split, Amend, Note,
        ],
        &[
            Classify, Dispatch, Return, Contact, Reply, Resolve, Extend, Pause, Urge, Supervise, Card, Merge,
            Split, Amend, Note,
        ],
        &[
            Classify, Dispatch, Contact, Reply, Resolve, Extend, Pause, Urge, Supervise, Card, Merge, Split,
            Amend, Note,
        ],
        &[
            Classify, Contact, Reply, Resume, Supervise, Merge, Split, Amend, Note,
        ],
        &[Classify, CallBack, Reopen, Note],
        // The feed's deadline belongs to the clock before the reopening, and these rules give none of their own.
        &[
            Classify, Dispatch, Reply, Resolve, Pause, Urge, Supervise, Card, Merge, Split, Amend, Note,
        ],
        &[Classify, Unmerge, Note],
    ];
    for (ticket, expected) in states().iter().zip(expected) {
        let possible: Vec<Deed> = Deed::ALL
            .into_iter()
            .filter(|deed| deed.possible(ticket, &feed_only(), at(NOW)).is_ok())
            .collect();
        assert_eq!(possible, expected, "{:?}", ticket.status);
        for deed in Deed::usual(ticket) {
            assert!(possible.contains(deed), "{:?} offers {deed:?}", ticket.status);
        }
    }
}

#[test]
fn a_third_return_and_a_late_extension_are_refused() {
    let back = || Event::Returned {
        reason: "非本单位职责".into(),
    };
    let once = ticket(&[dispatched("甲局"), back(), dispatched("乙局")]);
    assert_eq!(
        allowed(&once, &back(), "user:local", &feed_only(), at(NOW)),
        Ok(())
    );
    let twice = ticket(&[
        dispatched("甲局"),
        back(),
        dispatched("乙局"),
        back(),
        dispatched("丙局"),
    ]);
    assert!(
        allowed(&twice, &back(), "user:local", &feed_only(), at(NOW))
            .unwrap_err()
            .contains("2 次")
    );

    let open = ticket(&[dispatched("甲局")]);
    let extend = |due: &str| Event::Extended {
        due_at: at(due),
        reason: "缺料".into(),
    };
    let asked = |due: &str, now: &str| allowed(&open, &extend(due), "user:local", &feed_only(), at(now));
    assert_eq!(asked("2016-05-10", "2016-05-06 23:59:59"), Ok(()));
    assert!(
        asked("2016-05-10", "2016-05-07 00:00:00")
            .unwrap_err()
            .contains("到期前")
    );
    assert!(asked("2016-05-06 12:00", NOW).unwrap_err().contains("晚于"));
}

#[test]
fn what_must_be_said_must_be_said() {
    let open = ticket(&[dispatched("甲局")]);
    let closed = ticket(&[resolved()]);
    let blank = || " ".to_owned();
    let refused = [
        (
            &open,
            Event::Dispatched {
                unit: blank(),
                due_at: None,
            },
        ),
        (&open, Event::Returned { reason: blank() }),
        (
            &open,
            Event::Extended {
                due_at: at("2016-06-01"),
                reason: blank(),
            },
        ),
        (&open, Event::Paused { reason: blank() }),
        (&open, Event::Urged { reason: blank() }),
        (&open, Event::Supervised { reason: blank() }),
        (
            &open,
            Event::Carded {
                card: Card::Red,
                reason: blank(),
            },
        ),
        (&open, Event::Replied { text: blank() }),
        (
            &open,
            Event::Resolved {
                result: blank(),
                direct: false,
                withdrawn: false,
            },
        ),
        (
            &open,
            Event::Resolved {
                result: "好".into(),
                direct: true,
                withdrawn: false,
            },
        ),
        (
            &open,
            Event::Resolved {
                result: "好".into(),
                direct: false,
                withdrawn: true,
            },
        ),
        (
            &open,
            Event::Amended {
                title: None,
                body: None,
                region: None,
                urgency: None,
            },
        ),
        (&open, Event::Classified(Classified::default())),
        (&open, Event::Merged { into: "1".into() }),
        (&open, Event::Split { into: Vec::new() }),
        (&closed, Event::Reopened { reason: blank() }),
        (&closed, called_back(false, Some(true), None)),
        (&open, accepted("灯不亮", None)),
    ];
    for (ticket, event) in refused {
        assert!(
            allowed(ticket, &event, "user:local", &feed_only(), at(NOW)).is_err(),
            "{event:?}"
        );
    }
    assert_eq!(
        allowed(
            &closed,
            &called_back(true, Some(true), None),
            "user:local",
            &feed_only(),
            at(NOW)
        ),
        Ok(())
    );
}

#[test]
fn jobs_and_models_keep_to_their_part() {
    let open = ticket(&[dispatched("甲局")]);
    let urge = Event::Urged {
        reason: "超期".into(),
    };
    let label = typed(TicketType::Help);
    for (actor, event, may) in [
        ("job:escalation", &urge, true),
        ("job:escalation", &label, false),
        ("model:0123", &label, true),
        ("model:0123", &urge, false),
        ("user:local", &urge, true),
        ("feed:hotline", &urge, false),
    ] {
        assert_eq!(
            allowed(&open, event, actor, &feed_only(), at(NOW)).is_ok(),
            may,
            "{actor} {event:?}"
        );
    }
}
