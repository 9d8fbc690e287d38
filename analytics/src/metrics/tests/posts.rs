//! Figures of posts.

use crate::{
    frame::Frames,
    ledger::fixture::*,
    metrics::{PostCut, PostScope, negative_share, post_count, post_days, posts_by},
};

#[test]
fn posts_by_day_and_sentiment() {
    let mut desk = Desk::new();
    let frames = Frames::new(&desk.ledger);
    let seen = "2016-06-01 08:00";
    for (id, published, label) in [
        ("1", "2016-05-30 23:59", Some(sentiment("negative", "交通运输"))),
        ("2", "2016-05-31 00:00", Some(sentiment("negative", "环境保护"))),
        ("3", "2016-05-31 12:00", Some(sentiment("positive", "交通运输"))),
        ("4", "2016-05-31 13:00", None),
        ("5", "2016-05-31 20:00", Some(sentiment("neutral", "交通运输"))),
    ] {
        desk.apply_post(&post(id, "文", Some(published), seen), label);
        frames.snapshot().unwrap();
    }
    let snapshot = frames.snapshot().unwrap();
    // Post 5 was published after the as-of time.
    let scope = PostScope::new(
        "2016-05-30".parse().unwrap(),
        "2016-05-31".parse().unwrap(),
        at("2016-05-31 18:00"),
    );
    assert_eq!(post_count(&snapshot, &scope).unwrap(), 4);
    let days = post_days(&snapshot, &scope).unwrap();
    let days: Vec<_> = days
        .iter()
        .map(|day| {
            (
                day.day.to_string(),
                day.negative,
                day.neutral,
                day.positive,
                day.unlabelled,
            )
        })
        .collect();
    assert_eq!(
        days,
        [
            ("2016-05-30".to_owned(), 1, 0, 0, 0),
            ("2016-05-31".to_owned(), 1, 0, 1, 1)
        ]
    );
    let share = negative_share(&snapshot, &scope).unwrap();
    assert_eq!(
        (share.numerator, share.denominator, share.exclusions[0].count),
        (2, 3, 1)
    );
    let topics = posts_by(&snapshot, &scope, PostCut::Topic).unwrap();
    assert_eq!(
        topics,
        [
            ("交通运输".to_owned(), 2),
            (String::new(), 1),
            ("环境保护".to_owned(), 1)
        ]
    );

    // A new revision with another label replaces the old one's.
    desk.apply_post(
        &post("2", "改", Some("2016-05-31 00:00"), "2016-06-02"),
        Some(sentiment("positive", "环境保护")),
    );
    let share = negative_share(&frames.snapshot().unwrap(), &scope).unwrap();
    assert_eq!((share.numerator, share.denominator), (1, 3));
    assert_eq!(
        negative_share(&snapshot, &scope).unwrap().numerator,
        2,
        "a snapshot never changes"
    );
}
