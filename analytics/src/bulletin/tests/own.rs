//! Our own figures beside a bulletin's.

use crate::{
    bulletin::{audit, compare, period},
    frame::Frames,
    ledger::fixture::*,
};
use ingest::record::TicketType;

#[test]
fn a_bulletin_of_a_period_we_hold_is_put_beside_our_figures() {
    let mut desk = Desk::new();
    // Three of January: two resolved in time, one open and past due.
    for no in ["1", "2", "3"] {
        desk.apply(&[
            event(
                no,
                "2016-01-05 09:00",
                accepted("灯不亮", Some("2016-01-12 23:59:59")),
            ),
            event(no, "2016-01-05 09:00", typed(TicketType::Help)),
        ]);
    }
    desk.apply(&[
        event("1", "2016-01-06 09:00", resolved()),
        event("2", "2016-01-07 09:00", resolved()),
    ]);
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    let text = "2016年1月，共受理3件，其中求助类2件、投诉类1件。限时办结率66.67%，满意率100%。";
    let as_of = at("2016-03-01 09:00");
    let mut findings = audit(text);
    compare(
        &snapshot,
        period(text, as_of.date_naive()).unwrap(),
        as_of,
        &mut findings,
    )
    .unwrap();
    let own = findings[0].own.as_ref().unwrap();
    assert_eq!(
        (own.accepted, own.by_type.as_slice()),
        (3, [("求助".to_owned(), 3)].as_slice())
    );
    let own = findings[1].own.as_ref().unwrap();
    let shown: Vec<_> = own
        .rates
        .iter()
        .map(|rate| (rate.metric, rate.numerator, rate.denominator))
        .collect();
    // Rule C 2 of 3 due; A 2 of 2 closed; B 2 of 3 accepted.
    assert_eq!(
        shown,
        [
            ("on_time_due", 2, 3),
            ("on_time_closed", 2, 2),
            ("on_time_accepted", 2, 3)
        ]
    );
    assert!(findings[1].explanation.contains("本系统同期"));

    let mut other = audit(text);
    compare(
        &snapshot,
        period("2015年1月", as_of.date_naive()).unwrap(),
        as_of,
        &mut other,
    )
    .unwrap();
    assert!(
        other.iter().all(|finding| finding.own.is_none()),
        "no ticket of that year"
    );
}
