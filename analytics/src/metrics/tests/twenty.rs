//! Twenty small tickets, every rate worked out in comments.

use crate::ledger::fixture::*;
use ingest::record::{Event, Record, TicketType};

const DUE: &str = "2016-05-10 23:59:59";

/// All accepted on 3 May 2016 at 09:00 unless said otherwise; as of 20 May 2016 at noon.
pub(super) fn tickets() -> Vec<Record> {
    let mut all = Vec::new();
    let accept = |no: &str, due: Option<&str>| event(no, "2016-05-03 09:00", accepted("灯不亮", due));
    let dispatch = |no: &str, unit: &str| event(no, "2016-05-03 10:00", dispatched(unit));
    let sign = |no: &str, when: &str| event(no, when, Event::Signed { unit: None });
    let resolve = |no: &str, when: &str| event(no, when, resolved());

    // 01 resolved on time; signed in time, contacted, replied, solved and satisfied; 求助.
    all.extend([
        accept("01", Some(DUE)),
        event("01", "2016-05-03 09:00", typed(TicketType::Help)),
        dispatch("01", "市政局"),
        sign("01", "2016-05-03 11:00"),
        event("01", "2016-05-03 12:00", Event::Contacted),
        event(
            "01",
            "2016-05-05 09:00",
            Event::Replied {
                text: "已修复".into(),
            },
        ),
        resolve("01", "2016-05-05 09:00"),
        event(
            "01",
            "2016-05-06 09:00",
            called_back(true, Some(true), Some(true)),
        ),
    ]);
    // 02 resolved in the last second there is; signed at the end of the next working day; solved, not satisfied; 求助.
    all.extend([
        accept("02", Some(DUE)),
        event("02", "2016-05-03 09:00", typed(TicketType::Help)),
        dispatch("02", "市政局"),
        sign("02", "2016-05-04 23:59:59"),
        resolve("02", "2016-05-10 23:59:59"),
        event(
            "02",
            "2016-05-11 09:00",
            called_back(true, Some(true), Some(false)),
        ),
    ]);
    // 03 resolved one second late; signed a day late; not solved, says nothing of satisfaction; 投诉.
    all.extend([
        accept("03", Some(DUE)),
        event("03", "2016-05-03 09:00", typed(TicketType::Complaint)),
        dispatch("03", "市政局"),
        sign("03", "2016-05-05 09:00"),
        resolve("03", "2016-05-11 00:00"),
        event("03", "2016-05-12 09:00", called_back(true, Some(false), None)),
    ]);
    // 04 open past due. 05 open, due at the very as-of second: still in time.
    all.extend([accept("04", Some(DUE)), dispatch("04", "供电局")]);
    all.extend([
        accept("05", Some("2016-05-20 12:00:00")),
        dispatch("05", "供电局"),
    ]);
    // 06 open, no deadline, never dispatched. 07 resolved without deadline.
    all.push(accept("06", None));
    all.extend([
        accept("07", None),
        dispatch("07", "供电局"),
        resolve("07", "2016-05-04 09:00"),
    ]);
    // 08 paused before it was due: the clock stands. 09 paused when it was late already.
    all.extend([accept("08", Some(DUE)), dispatch("08", "供电局")]);
    all.push(event(
        "08",
        "2016-05-09 09:00",
        Event::Paused {
            reason: reason("待材料"),
        },
    ));
    all.extend([accept("09", Some(DUE)), dispatch("09", "供电局")]);
    all.push(event(
        "09",
        "2016-05-12 09:00",
        Event::Paused {
            reason: reason("待材料"),
        },
    ));
    // 10 extended, resolved within the extension. 11 returned and dispatched again, open past due.
    all.extend([accept("10", Some(DUE)), dispatch("10", "供电局")]);
    all.push(event(
        "10",
        "2016-05-09 09:00",
        Event::Extended {
            due_at: at("2016-05-16 23:59:59"),
            reason: reason("缺料"),
        },
    ));
    all.push(resolve("10", "2016-05-16 12:00"));
    all.extend([accept("11", Some(DUE)), dispatch("11", "市政局")]);
    all.push(event(
        "11",
        "2016-05-04 10:00",
        Event::Returned {
            reason: reason("非本单位职责"),
        },
    ));
    all.push(event("11", "2016-05-04 12:00", dispatched("供电局")));
    // 12 resolved on time, reopened with a new deadline of the feed, open past that one.
    all.extend([
        accept("12", Some(DUE)),
        dispatch("12", "供电局"),
        resolve("12", "2016-05-06 09:00"),
    ]);
    all.push(event(
        "12",
        "2016-05-07 09:00",
        Event::Reopened {
            reason: reason("又不亮"),
        },
    ));
    all.push(event(
        "12",
        "2016-05-07 10:00",
        Event::Dispatched {
            unit: "供电局".into(),
            due_at: Some(at("2016-05-13")),
        },
    ));
    // 13 resolved late, reopened, resolved within the new deadline; the caller was not reached.
    all.extend([
        accept("13", Some(DUE)),
        dispatch("13", "供电局"),
        resolve("13", "2016-05-12 09:00"),
    ]);
    all.push(event(
        "13",
        "2016-05-13 09:00",
        Event::Reopened {
            reason: reason("又不亮"),
        },
    ));
    all.push(event(
        "13",
        "2016-05-13 10:00",
        Event::Dispatched {
            unit: "供电局".into(),
            due_at: Some(at("2016-05-17")),
        },
    ));
    all.push(resolve("13", "2016-05-16 09:00"));
    all.push(event("13", "2016-05-17 09:00", called_back(false, None, None)));
    // 14 answered at the hotline. 15 merged into 04, whose own deadline has passed, too.
    all.push(accept("14", Some(DUE)));
    all.push(event(
        "14",
        "2016-05-03 09:05",
        Event::Replied {
            text: "工作日八点半上班".into(),
        },
    ));
    all.push(event(
        "14",
        "2016-05-03 09:05",
        Event::Resolved {
            result: "已答复".into(),
            direct: true,
            withdrawn: false,
        },
    ));
    all.push(accept("15", Some(DUE)));
    all.push(click(
        "15",
        "2016-05-03 15:00",
        Event::Merged { into: "04".into() },
    ));
    // 16 merged and taken apart again, resolved on time. 17 resolved after the as-of time: open past due as of then.
    all.extend([accept("16", Some(DUE)), dispatch("16", "市政局")]);
    all.push(click(
        "16",
        "2016-05-03 15:00",
        Event::Merged { into: "04".into() },
    ));
    all.push(click("16", "2016-05-03 16:00", Event::Unmerged));
    all.push(resolve("16", "2016-05-09 09:00"));
    all.extend([
        accept("17", Some(DUE)),
        dispatch("17", "市政局"),
        resolve("17", "2016-05-21 09:00"),
    ]);
    // 18 resolved on time, moved to another unit after the as-of time. 19 accepted a day before, 20 after the range.
    all.extend([
        accept("18", Some(DUE)),
        dispatch("18", "市政局"),
        resolve("18", "2016-05-06 09:00"),
    ]);
    all.push(event(
        "18",
        "2016-05-21 09:00",
        Event::Reopened {
            reason: reason("又不亮"),
        },
    ));
    all.push(event("18", "2016-05-21 10:00", dispatched("水务局")));
    all.push(event("19", "2016-05-02 23:59:59", accepted("灯不亮", Some(DUE))));
    all.push(event("20", "2016-05-04 00:00", accepted("灯不亮", Some(DUE))));
    all
}

/// Tickets left out, by reason.
type Excluded = &'static [(&'static str, u64)];

/// S = 01 … 18. Merged 15. Undispatched 06 14 (15). Resolved: 01 02 03 07 10 13 14 16 18. No deadline: 06 07.
pub(super) const EXPECTED: [(&str, u64, u64, Excluded); 16] = [
    // On time 01 02 10 13 14 16 18; late 03; open past due 04 09 11 12 17; waiting: 05 in time, 08 paused.
    (
        "on_time_due",
        7,
        13,
        &[
            ("已合并，由主件计", 1),
            ("无办结时限", 2),
            ("挂起中、时钟已停", 1),
            ("办理中、尚未到期", 1),
        ],
    ),
    ("completion", 9, 17, &[("已合并，由主件计", 1)]),
    // Resolved less 07; open: 04 05 06 08 09 11 12 17.
    (
        "on_time_closed",
        7,
        8,
        &[("已合并，由主件计", 1), ("未办结", 8), ("无办结时限", 1)],
    ),
    (
        "on_time_accepted",
        7,
        15,
        &[("已合并，由主件计", 1), ("无办结时限", 2)],
    ),
    // 14. No ticket was accepted on the as-of day.
    ("same_day", 1, 17, &[("已合并，由主件计", 1)]),
    // 14; 07 after one day, 01 after two, 18 after three; 16 took six.
    ("three_days", 4, 17, &[("已合并，由主件计", 1)]),
    // Dispatched: 01–05, 07–13, 16–18 = 15. Signed in time: 01 02.
    ("signing", 2, 15, &[("已合并，由主件计", 1), ("未派单", 2)]),
    ("response", 1, 15, &[("已合并，由主件计", 1), ("未派单", 2)]),
    ("reply", 2, 17, &[("已合并，由主件计", 1)]),
    ("direct", 1, 17, &[("已合并，由主件计", 1)]),
    ("return", 1, 15, &[("已合并，由主件计", 1), ("未派单", 2)]),
    ("extension", 1, 15, &[("已合并，由主件计", 1), ("未派单", 2)]),
    // 12 13; 18 only after the as-of time.
    ("reopen", 2, 15, &[("已合并，由主件计", 1), ("未派单", 2)]),
    // Called: 01 02 03 13; reached without 13; solved 01 02 of 01 02 03; satisfied 01 of 01 02.
    (
        "solved",
        2,
        3,
        &[("已合并，由主件计", 1), ("未回访", 13), ("回访未接通", 1)],
    ),
    (
        "satisfaction",
        1,
        2,
        &[
            ("已合并，由主件计", 1),
            ("未回访", 13),
            ("回访未接通", 1),
            ("未答是否满意", 1),
        ],
    ),
    // No flag of a feed: resolved less 07, none marked.
    (
        "feed_flag",
        0,
        0,
        &[
            ("已合并，由主件计", 1),
            ("未办结", 8),
            ("无办结时限", 1),
            ("来源未标是否超期", 8),
        ],
    ),
];
