//! Base, delta and snapshots.

use super::{Frames, LIVE, flag, rows_where};
use crate::ledger::fixture::*;
use ingest::record::Event;
use std::sync::Arc;

fn live(snapshot: &super::Snapshot) -> Vec<u32> {
    let mut live = Vec::new();
    for part in &snapshot.tickets {
        live.extend(rows_where(part, &flag(LIVE)).unwrap());
    }
    live.sort_unstable();
    live
}

#[test]
fn every_ticket_stands_exactly_once_through_growth_and_compaction() {
    let mut desk = Desk::new();
    let frames = Frames::new(&desk.ledger);
    assert!(live(&frames.snapshot().unwrap()).is_empty());
    let accept = |no: usize| event(&format!("{no:06}"), "2016-05-03 09:00", accepted("灯不亮", None));
    // More than the delta may hold, so that a base comes to be; then changes to it, twice to the same ticket.
    desk.apply(&(0..20_500).map(accept).collect::<Vec<_>>());
    let first = frames.snapshot().unwrap();
    assert_eq!(first.tickets.len(), 1, "all in the base");
    desk.apply(&[
        event("000007", "2016-05-04 09:00", dispatched("市政局")),
        accept(20_500),
    ]);
    frames.snapshot().unwrap();
    desk.apply(&[event("000007", "2016-05-05 09:00", resolved())]);
    let second = frames.snapshot().unwrap();
    assert_eq!(second.tickets.len(), 2, "base and delta");
    assert_eq!(live(&second), (1..=20_501).collect::<Vec<u32>>());
    assert_eq!(
        live(&first),
        (1..=20_500).collect::<Vec<u32>>(),
        "the first snapshot is as it was"
    );
    assert_eq!(second.numbers(&[8]).unwrap(), ["000007"]);

    let changes: Vec<_> = (0..20_500)
        .map(|no| event(&format!("{no:06}"), "2016-05-06 09:00", Event::Contacted))
        .collect();
    desk.apply(&changes);
    let third = frames.snapshot().unwrap();
    assert_eq!(third.tickets.len(), 1, "folded into the base");
    assert_eq!(live(&third), (1..=20_501).collect::<Vec<u32>>());
}

#[test]
fn nothing_new_gives_the_same_snapshot() {
    let mut desk = Desk::new();
    let frames = Frames::new(&desk.ledger);
    desk.apply(&[event("1", "2016-05-03 09:00", accepted("灯不亮", None))]);
    let snapshot = frames.snapshot().unwrap();
    assert!(Arc::ptr_eq(&snapshot, &frames.snapshot().unwrap()));
}
