//! Forty tickets in one ledger: the twenty of [`super::twenty`], whose deadlines the feed gives, and twenty more, one for
//! each way the rules give, move or refuse one. Every rate is worked out on paper in the comments.

use super::{metric, scope, twenty};
use crate::{
    deadline::{Calendar, Rules},
    frame::Frames,
    ledger::fixture::*,
    metrics::{Part, Rate, members, rates},
};
use ingest::record::{Accepted, Classified, Event, Record, TicketType};

/// None holds for a ticket by telephone without urgency: the first twenty keep the feed's deadlines, or have none.
const RULES: &str = r#"
[office_hours]
sessions = ["09:00-12:00", "13:00-17:00"]
[extension]
times = 1
working_days = 5
[[rule]]
name = "特急四小时"
urgency = "特急"
hours = 4
[[rule]]
name = "网站三日"
channel = "网站"
working_days = 3
[[rule]]
name = "网站咨询两日"
channel = "网站"
type = "咨询"
working_days = 2
[[rule]]
name = "微信一个办公日"
channel = "微信"
hours = 7
office_hours = true
[[rule]]
name = "当面当日"
channel = "当面"
working_days = 1
count = "at_once"
[[rule]]
name = "园林局自派单五日"
unit = "园林局"
working_days = 5
from = "dispatched"
[[rule]]
name = "来信环保十日"
channel = "来信"
topic = "环境保护"
working_days = 10
"#;

/// As the first twenty: accepted on Tuesday 3 May 2016 at 09:00 unless said otherwise; as of Friday 20 May 2016 at noon.
/// Working days: 3–6, 9–13, 16–20 May.
fn tickets() -> Vec<Record> {
    let mut all = twenty::tickets();
    let asked = |no: &str, when: &str, channel: &str, urgency: Option<&str>, due: Option<&str>| {
        let said = Accepted {
            title: "路灯".into(),
            body: "灯不亮".into(),
            channel: Some(channel.into()),
            region: None,
            urgency: urgency.map(str::to_owned),
            caller: None,
            due_at: due.map(at),
        };
        event(no, when, Event::Accepted(said))
    };
    let accept = |no: &str, channel: &str| asked(no, "2016-05-03 09:00", channel, None, None);
    let dispatch = |no: &str| event(no, "2016-05-03 09:10", dispatched("市政局"));
    let resolve = |no: &str, when: &str| event(no, when, resolved());
    let sign = |no: &str, when: &str| event(no, when, Event::Signed { unit: None });
    let extend = |no: &str, when: &str, to: &str| {
        let said = Event::Extended {
            due_at: at(to),
            reason: reason("缺料"),
        };
        event(no, when, said)
    };
    let called = |no: &str, reached: bool, solved: Option<bool>, satisfied: Option<bool>| {
        event(no, "2016-05-18 09:00", called_back(reached, solved, satisfied))
    };
    let paused = || Event::Paused {
        reason: reason("待材料"),
    };
    let about = |no: &str, topic: &str| {
        let label = Classified {
            topic: Some(topic.into()),
            ..Classified::default()
        };
        event(no, "2016-05-03 09:00", Event::Classified(label))
    };

    // 21 three working days: 4, 5, 6 May; resolved in the last second; signed in time; solved and satisfied.
    all.extend([
        accept("21", "网站"),
        dispatch("21"),
        sign("21", "2016-05-03 11:00"),
        resolve("21", "2016-05-06 23:59:59"),
        called("21", true, Some(true), Some(true)),
    ]);
    // 22 one second later, on a Saturday: late; neither solved nor satisfied.
    all.extend([
        accept("22", "网站"),
        dispatch("22"),
        resolve("22", "2016-05-07 00:00"),
        called("22", true, Some(false), Some(false)),
    ]);
    // 23 an inquiry by web: more keys beat fewer, two days, 5 May; resolved on the 6th: late.
    all.extend([
        accept("23", "网站"),
        event("23", "2016-05-03 09:00", typed(TicketType::Inquiry)),
        dispatch("23"),
        resolve("23", "2016-05-06 09:00"),
    ]);
    // 24 very urgent by web: urgency beats channel, four hours, 13:00; resolved a minute before. 25 a second after: late.
    let urgent = |no: &str| asked(no, "2016-05-03 09:00", "网站", Some("特急"), None);
    all.extend([
        urgent("24"),
        dispatch("24"),
        sign("24", "2016-05-03 09:20"),
        resolve("24", "2016-05-03 12:59"),
    ]);
    all.extend([urgent("25"), dispatch("25"), resolve("25", "2016-05-03 13:00:01")]);
    // 26 seven office hours from 09:00 end at 17:00; resolved then; the caller was not reached.
    all.extend([
        accept("26", "微信"),
        dispatch("26"),
        resolve("26", "2016-05-03 17:00"),
        called("26", false, None, None),
    ]);
    // 27 from 16:00: one hour that day, three and three the next, to 16:00; resolved a second after: late.
    all.extend([
        asked("27", "2016-05-03 16:00", "微信", None, None),
        event("27", "2016-05-03 16:30", dispatched("市政局")),
        resolve("27", "2016-05-04 16:00:01"),
    ]);
    // 28 counted from its dispatch on Friday the 6th: 9–13 May; open since. Signed at the end of the next working day.
    all.extend([
        accept("28", "来信"),
        event("28", "2016-05-06 10:00", dispatched("园林局")),
        sign("28", "2016-05-09 23:59:59"),
    ]);
    // 29 a letter nobody dispatched: no rule holds. 30 in person, the same day: answered at once at the hotline.
    all.push(accept("29", "来信"));
    all.push(accept("30", "当面"));
    all.push(event(
        "30",
        "2016-05-03 09:30",
        Event::Replied {
            text: "八点半上班".into(),
        },
    ));
    all.push(event(
        "30",
        "2016-05-03 09:30",
        Event::Resolved {
            result: "已答复".into(),
            direct: true,
            withdrawn: false,
        },
    ));
    // 31 in person, resolved at midnight: late.
    all.extend([
        accept("31", "当面"),
        dispatch("31"),
        resolve("31", "2016-05-04 00:00"),
    ]);
    // 32 extended on the last day to the 11th, within five working days (13 May); resolved then; satisfied, says not
    // whether it is solved.
    all.extend([
        accept("32", "网站"),
        dispatch("32"),
        extend("32", "2016-05-06 17:00", "2016-05-11 23:59:59"),
        resolve("32", "2016-05-11 12:00"),
        called("32", true, None, Some(true)),
    ]);
    // 33 extended after expiry: counted as extended, due on the 6th all the same: late.
    all.extend([
        accept("33", "网站"),
        dispatch("33"),
        extend("33", "2016-05-07 09:00", "2016-05-13 23:59:59"),
        resolve("33", "2016-05-12 09:00"),
    ]);
    // 34 extended to the end of the month: cut to five working days after the 6th, the 13th; resolved on the 16th: late.
    all.extend([
        accept("34", "网站"),
        dispatch("34"),
        extend("34", "2016-05-05 09:00", "2016-05-31 23:59:59"),
        resolve("34", "2016-05-16 09:00"),
    ]);
    // 35 extended twice, once too often: due by the first, on the 9th; resolved on the 10th: late.
    all.extend([
        accept("35", "网站"),
        dispatch("35"),
        extend("35", "2016-05-05 09:00", "2016-05-09 23:59:59"),
        extend("35", "2016-05-06 09:00", "2016-05-12 23:59:59"),
        resolve("35", "2016-05-10 09:00"),
    ]);
    // 36 paused from the 4th, 09:00, to the 9th, 09:00: 15 + 24 + 24 + 0 + 0 + 9 = 72 hours of working days, three days
    // from the 6th to the 11th; resolved then.
    all.extend([
        accept("36", "网站"),
        dispatch("36"),
        event("36", "2016-05-04 09:00", paused()),
        event("36", "2016-05-09 09:00", Event::Resumed),
        resolve("36", "2016-05-11 23:00"),
    ]);
    // 37 resolved in time, reopened on the 9th: a new clock, 10–12 May; resolved on the 13th: late.
    let reopened = Event::Reopened {
        reason: reason("又不亮"),
    };
    all.extend([
        accept("37", "网站"),
        dispatch("37"),
        resolve("37", "2016-05-05 09:00"),
        event("37", "2016-05-09 09:00", reopened),
        resolve("37", "2016-05-13 09:00"),
    ]);
    // 38 the feed gives the 10th: it stands above the rule's 6th; resolved on the 9th, on time.
    all.extend([
        asked(
            "38",
            "2016-05-03 09:00",
            "网站",
            None,
            Some("2016-05-10 23:59:59"),
        ),
        dispatch("38"),
        resolve("38", "2016-05-09 09:00"),
    ]);
    // 39 a letter about the environment: ten working days, 17 May; contacted, open since. 40 the same, paused on the 16th:
    // the clock stands.
    all.extend([
        accept("39", "来信"),
        about("39", "环境保护"),
        dispatch("39"),
        event("39", "2016-05-04 09:00", Event::Contacted),
    ]);
    all.extend([
        accept("40", "来信"),
        about("40", "环境保护"),
        dispatch("40"),
        event("40", "2016-05-16 09:00", paused()),
    ]);
    all
}

/// Tickets left out, by reason.
type Excluded = &'static [(&'static str, u64)];

/// The twenty more. Dispatched: all but 29 30. Resolved: all but 28 29 39 40, so 16. On time: 21 24 26 30 32 36 38. Late:
/// 22 23 25 27 31 33 34 35 37. Open past due: 28 39. Paused: 40. No deadline: 29. Each line below is the line of
/// [`twenty::EXPECTED`] plus theirs.
const EXPECTED: [(&str, u64, u64, Excluded); 16] = [
    // 7 + 7 of 13 + (7 + 9 + 2).
    (
        "on_time_due",
        14,
        31,
        &[
            ("已合并，由主件计", 1),
            ("无办结时限", 3),
            ("挂起中、时钟已停", 2),
            ("办理中、尚未到期", 1),
        ],
    ),
    // 9 + 16 of 17 + 20.
    ("completion", 25, 37, &[("已合并，由主件计", 1)]),
    // 7 + 7 of 8 + 16; open 8 + 4.
    (
        "on_time_closed",
        14,
        24,
        &[("已合并，由主件计", 1), ("未办结", 12), ("无办结时限", 1)],
    ),
    // 7 + 7 of 15 + 19.
    (
        "on_time_accepted",
        14,
        34,
        &[("已合并，由主件计", 1), ("无办结时限", 3)],
    ),
    // 14 and 24 25 26 30; 31 at midnight is the day after.
    ("same_day", 5, 37, &[("已合并，由主件计", 1)]),
    // Four of twenty, and by the end of the 6th 21 23 24 25 26 27 30 31; 22 a second later, 37 again on the 13th.
    ("three_days", 12, 37, &[("已合并，由主件计", 1)]),
    // Signed in time 01 02 and 21 24 28, of 15 + 18 dispatched; not dispatched 06 14 and 29 30.
    ("signing", 5, 33, &[("已合并，由主件计", 1), ("未派单", 4)]),
    // Contacted 01 and 39.
    ("response", 2, 33, &[("已合并，由主件计", 1), ("未派单", 4)]),
    // Answered 01 14 and 30.
    ("reply", 3, 37, &[("已合并，由主件计", 1)]),
    // At the hotline 14 and 30.
    ("direct", 2, 37, &[("已合并，由主件计", 1)]),
    ("return", 1, 33, &[("已合并，由主件计", 1), ("未派单", 4)]),
    // Extended 10 and 32 33 34 35, rightly or not.
    ("extension", 5, 33, &[("已合并，由主件计", 1), ("未派单", 4)]),
    // Reopened 12 13 and 37.
    ("reopen", 3, 33, &[("已合并，由主件计", 1), ("未派单", 4)]),
    // Called 01 02 03 13 and 21 22 26 32, so not called 13 + 16; not reached 13 and 26. Solved 01 02 and 21, of 01 02 03
    // and 21 22; 32 does not say.
    (
        "solved",
        3,
        5,
        &[
            ("已合并，由主件计", 1),
            ("未回访", 29),
            ("回访未接通", 2),
            ("未答是否解决", 1),
        ],
    ),
    // Satisfied 01 and 21 32, of 01 02 and 21 22 32; 03 does not say.
    (
        "satisfaction",
        3,
        5,
        &[
            ("已合并，由主件计", 1),
            ("未回访", 29),
            ("回访未接通", 2),
            ("未答是否满意", 1),
        ],
    ),
    // No flag of a feed: resolved 8 + 16 with a deadline, none marked; open 8 + 4.
    (
        "feed_flag",
        0,
        0,
        &[
            ("已合并，由主件计", 1),
            ("未办结", 12),
            ("无办结时限", 1),
            ("来源未标是否超期", 24),
        ],
    ),
];

fn shape(rate: &Rate) -> (&str, u64, u64, Vec<(&str, u64)>) {
    let exclusions = rate.exclusions.iter();
    let exclusions = exclusions.map(|exclusion| (exclusion.reason, exclusion.count));
    (
        rate.metric,
        rate.numerator,
        rate.denominator,
        exclusions.collect(),
    )
}

#[test]
fn every_rate_over_forty_tickets_is_what_the_hand_says() {
    let rules = Rules::load(RULES, "test", Calendar::embedded().unwrap()).unwrap();
    let mut desk = Desk::with(rules);
    desk.apply(&tickets());
    assert_eq!(desk.ledger.held().unwrap().tickets, 40);
    let due = |no: &str| {
        let due = desk.ledger.ticket(no).unwrap().unwrap().due.unwrap();
        format!("{} {}", due.rule, due.due_at.format("%d %H:%M"))
    };
    // The clocks first: if one of them is wrong, the rates say less clearly why.
    for (no, expected) in [
        ("01", "feed 10 23:59"),
        ("21", "网站三日 06 23:59"),
        ("23", "网站咨询两日 05 23:59"),
        ("24", "特急四小时 03 13:00"),
        ("26", "微信一个办公日 03 17:00"),
        ("27", "微信一个办公日 04 16:00"),
        ("28", "园林局自派单五日 13 23:59"),
        ("30", "当面当日 03 23:59"),
        ("32", "extended 11 23:59"),
        ("33", "网站三日 06 23:59"),
        ("34", "extended 13 23:59"),
        ("35", "extended 09 23:59"),
        ("36", "网站三日 11 23:59"),
        ("37", "网站三日 12 23:59"),
        ("38", "feed 10 23:59"),
        ("39", "来信环保十日 17 23:59"),
    ] {
        assert_eq!(due(no), expected, "ticket {no}");
    }
    let day = scope("2016-05-03", "2016-05-03", "2016-05-20 12:00");
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    let counted = rates(&snapshot, &day).unwrap();
    assert_eq!(counted.len(), EXPECTED.len());
    for (rate, (name, numerator, denominator, exclusions)) in counted.iter().zip(EXPECTED) {
        assert_eq!(shape(rate), (name, numerator, denominator, exclusions.to_vec()));
    }
    let behind = |name: &str, part: Part| members(&snapshot, &day, metric(name), part).unwrap();
    assert_eq!(
        behind("on_time_due", Part::Numerator),
        [
            "01", "02", "10", "13", "14", "16", "18", "21", "24", "26", "30", "32", "36", "38"
        ]
    );
    assert_eq!(
        behind("on_time_due", Part::Missed),
        [
            "03", "04", "09", "11", "12", "17", "22", "23", "25", "27", "28", "31", "33", "34", "35", "37",
            "39"
        ]
    );
    assert_eq!(
        behind("extension", Part::Numerator),
        ["10", "32", "33", "34", "35"]
    );
}
