//! Copies: whatever the order and the batches, the same posts give the same copies; memory is bounded by windows.

use crate::{
    copies::Rule,
    ledger::{Ledger, fixture::*},
};
use ingest::{
    record::{Body, Record, RecordId},
    time::{self, Moment},
};
use proptest::prelude::*;

const RULE: Rule = Rule {
    window_days: 7,
    likeness: 0.55,
};

const STORY: &str = "望汀大道地下通道昨夜又一次积水，最深处没过成人膝盖，十几辆电动车熄火停在坡道上，排水班组凌晨赶到后架起两台水泵。";
const OTHER: &str = "区图书馆三楼自习室从本月开始开到夜里十一点，座位要提前在手机上约，头一天晚上一百二十个座位坐满了，多半是学生。";

fn id(record: &Record) -> RecordId {
    match &record.body {
        Body::Post(post) => post.post_id.clone(),
        _ => unreachable!(),
    }
}

fn story(ledger: &Ledger, record: &Record) -> Option<(RecordId, u64)> {
    ledger.judge_copies(&RULE).unwrap();
    let story = ledger.story(&id(record), 100).unwrap()?;
    assert_eq!(story.posts.len() as u64, story.copies + 1);
    Some((story.first, story.copies))
}

#[test]
fn an_original_that_comes_late_becomes_the_first_source() {
    let mut desk = Desk::new();
    let copy = post(
        "2",
        &format!("【转】{STORY}"),
        Some("2016-05-02 09:00"),
        "2016-05-02 10:00",
    );
    let other = post("3", OTHER, Some("2016-05-02 09:30"), "2016-05-02 10:01");
    desk.apply(&[copy.clone(), other.clone()]);
    assert_eq!(story(&desk.ledger, &copy), None);
    let original = post("1", STORY, Some("2016-05-02 07:00"), "2016-05-02 12:00");
    desk.apply(std::slice::from_ref(&original));
    assert!(!desk.ledger.copies_judged().unwrap());
    assert_eq!(story(&desk.ledger, &copy), Some((id(&original), 1)));
    assert!(desk.ledger.copies_judged().unwrap());
    assert_eq!(story(&desk.ledger, &original), Some((id(&original), 1)));
    assert_eq!(story(&desk.ledger, &other), None);
    assert_eq!(desk.ledger.copies().unwrap(), 1);
}

#[test]
fn a_revision_is_no_copy_and_takes_its_post_along() {
    let mut desk = Desk::new();
    let (one, two) = (
        post("1", STORY, Some("2016-05-02 07:00"), "2016-05-02 08:00"),
        post("2", STORY, Some("2016-05-02 08:00"), "2016-05-02 09:00"),
    );
    let revised = post(
        "1",
        &format!("{STORY}（更新）"),
        Some("2016-05-02 07:00"),
        "2016-05-02 10:00",
    );
    desk.apply(&[one.clone(), revised]);
    assert_eq!(story(&desk.ledger, &one), None, "two revisions of one post");
    desk.apply(std::slice::from_ref(&two));
    assert_eq!(story(&desk.ledger, &two), Some((id(&one), 1)));
    desk.apply(&[post("1", OTHER, Some("2016-05-02 07:00"), "2016-05-02 11:00")]);
    assert_eq!(story(&desk.ledger, &two), None, "it tells something else now");
    desk.apply(&[post("1", "已删除", Some("2016-05-02 07:00"), "2016-05-02 12:00")]);
    assert_eq!(story(&desk.ledger, &one), None);
}

#[test]
fn short_posts_are_copies_only_when_equal() {
    let mut desk = Desk::new();
    let say = |n: &str, text: &str| post(n, text, None, "2016-05-02 08:00");
    let posts = [
        say("1", "听潮路又停水了，有人知道几点来水吗？"),
        say("2", "听潮路又停水了!有人知道几点来水吗"),
        say("3", "听潮路又停水了，有人知道几点来电吗？"),
        say("4", "又停水了"),
        say("5", "又停水了"),
    ];
    desk.apply(&posts);
    let stories: Vec<bool> = posts
        .iter()
        .map(|post| story(&desk.ledger, post).is_some())
        .collect();
    assert_eq!(stories, [true, true, false, false, false]);
}

#[test]
fn what_is_told_again_long_after_is_another_story() {
    let mut desk = Desk::new();
    let told = |n: &str, day: &str| post(n, STORY, Some(day), day);
    let posts = [
        told("1", "2016-05-02"),
        told("2", "2016-05-08"),
        told("3", "2016-06-02"),
        told("4", "2016-06-04"),
    ];
    desk.apply(&posts);
    let firsts: Vec<RecordId> = posts
        .iter()
        .map(|post| story(&desk.ledger, post).unwrap().0)
        .collect();
    assert_eq!(
        firsts,
        [id(&posts[0]), id(&posts[0]), id(&posts[2]), id(&posts[2])]
    );
    // Another rule judges all anew.
    let wide = Rule {
        window_days: 30,
        ..RULE
    };
    assert_eq!(desk.ledger.judge_copies(&wide).unwrap(), 4);
    assert_eq!(desk.ledger.story(&id(&posts[3]), 9).unwrap().unwrap().copies, 3);
}

/// A text of its own for every number: characters in an order no other has.
fn text(number: u32) -> String {
    let mut state = number.wrapping_mul(2_654_435_761) | 1;
    let mut character = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        char::from_u32(0x4E00 + state % 6000).unwrap()
    };
    (0..60).map(|_| character()).collect()
}

fn seen(number: i64, spread: i64) -> Moment {
    time::from_millis(1_462_000_000_000 + number * spread)
}

fn told(number: u32, text: &str, at: Moment) -> Record {
    let mut record = post(&number.to_string(), text, None, "2016-05-01");
    if let Body::Post(post) = &mut record.body {
        post.published_at = Some(at);
    }
    Record::new(record.body, at)
}

#[test]
fn memory_holds_the_windows_at_work_only() {
    let mut desk = Desk::new();
    // 20 windows of 7 days with 100 founders each.
    let day = 86_400_000;
    let records: Vec<Record> = (0..2000u32)
        .map(|n| told(n, &text(n), seen(i64::from(n), 20 * 7 * day / 2000)))
        .collect();
    for batch in records.chunks(150) {
        desk.apply(batch);
        desk.ledger.judge_copies(&RULE).unwrap();
        let held = desk.ledger.store().write().unwrap().shelves.held();
        assert!(held <= 601, "{held} founders in memory");
    }
    assert_eq!(desk.ledger.copies().unwrap(), 0);
    // What has left memory is still found: a copy of the very first.
    let late = post("late", &text(0), None, "2016-05-01");
    let Body::Post(mut late) = late.body else {
        unreachable!()
    };
    late.published_at = Some(seen(0, 1) + chrono::TimeDelta::hours(5));
    let late = Record::new(Body::Post(late), seen(2001, 20 * 7 * day / 2000));
    desk.apply(std::slice::from_ref(&late));
    assert_eq!(story(&desk.ledger, &late), Some((id(&records[0]), 1)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn order_and_batches_change_nothing(
        order in Just((0..60usize).collect::<Vec<_>>()).prop_shuffle(),
        cut in 1..20usize,
        judged in 1..5usize,
    ) {
        // Twelve texts, each five times, some of them edited; many seen at one moment, some posts revised.
        let records: Vec<Record> = (0..60u32)
            .map(|n| {
                let mut body: Vec<char> = text(n % 12).chars().collect();
                for edit in 0..n as usize % 3 {
                    body[(n as usize * 13 + edit * 17) % 60] = '改';
                }
                let number = if n % 10 == 9 { n - 5 } else { n };
                told(number, &body.into_iter().collect::<String>(), seen(i64::from(n / 7), 50_000_000))
            })
            .collect();
        let mut straight = Desk::new();
        straight.apply(&records);
        straight.ledger.judge_copies(&RULE).unwrap();
        let mut other = Desk::new();
        let shuffled: Vec<Record> = order.iter().map(|place| records[*place].clone()).collect();
        for (place, batch) in shuffled.chunks(cut).enumerate() {
            other.apply(batch);
            if place % judged == 0 {
                other.ledger.judge_copies(&RULE).unwrap();
            }
        }
        other.ledger.judge_copies(&RULE).unwrap();
        prop_assert!(straight.ledger.copies().unwrap() > 20);
        prop_assert_eq!(straight.ledger.rows().unwrap(), other.ledger.rows().unwrap());
    }
}
