//! Invented tickets that are, and are not, about one matter.

use super::*;
use crate::ledger::fixture::*;
use ingest::record::{Accepted, Event};

fn segmenter() -> Segmenter {
    Segmenter::new("").unwrap()
}

fn ticket(no: &str, day: &str, title: &str, body: &str) -> Ticket {
    let mut desk = Desk::new();
    let said = Accepted {
        title: title.into(),
        body: body.into(),
        channel: None,
        region: Some("东区".into()),
        urgency: None,
        caller: None,
        due_at: None,
    };
    desk.apply(&[event(no, day, Event::Accepted(said))]);
    desk.ledger.ticket(no).unwrap().unwrap()
}

fn alike(a: &Ticket, b: &Ticket) -> Likeness {
    let segmenter = segmenter();
    let read = |ticket: &Ticket| Matter::read(&segmenter, &ticket.title, &ticket.body);
    likeness((a, &read(a)), (b, &read(b)))
}

#[test]
fn places_are_found_with_names_no_dictionary_knows() {
    for (text, places) in [
        ("云鹤路路灯不亮，走路看不清", vec!["云鹤路"]),
        ("位于苔溪小区门口", vec!["苔溪小区"]),
        ("该小区没有电，我们学校也没有", vec![]),
        ("楼下三盏路灯坏了", vec![]),
    ] {
        let matter = Matter::read(&segmenter(), "", text);
        assert_eq!(matter.places().collect::<Vec<_>>(), places, "{text}");
    }
}

#[test]
fn the_same_matter_is_place_and_words_not_words_alone() {
    let first = ticket(
        "1",
        "2016-05-03",
        "云鹤路路灯不亮",
        "云鹤路的路灯坏了一周，晚上看不清路",
    );
    let same = ticket("2", "2016-05-05", "路灯坏了", "云鹤路路灯不亮，晚上走路看不清");
    let elsewhere = ticket(
        "3",
        "2016-05-05",
        "苔溪路路灯不亮",
        "苔溪路的路灯坏了一周，晚上看不清路",
    );
    let other = ticket("4", "2016-05-05", "云鹤路噪音", "云鹤路夜间施工，打桩声很大");
    let (near, far) = (alike(&first, &same), alike(&first, &elsewhere));
    assert!(near.score >= ALIKE, "{near:?}");
    assert_eq!(
        (near.places.as_slice(), near.days),
        (["云鹤路".to_owned()].as_slice(), 2)
    );
    assert!(far.score < ALIKE && far.text > 0.5, "{far:?}");
    assert!(alike(&first, &other).score < ALIKE);
    assert_eq!(
        alike(&first, &same),
        alike(&same, &first),
        "likeness has no direction"
    );
}

#[test]
fn nothing_a_text_says_is_read_as_query_language() {
    let odd = ticket(
        "1",
        "2016-05-03",
        "OR -\"(",
        "status:open) OR date:1 \"\\ 路灯 ORDER",
    );
    let matter = Matter::read(&segmenter(), &odd.title, &odd.body);
    let query = query(&odd, &matter);
    let words = query.split_once('(').unwrap().1.trim_end_matches(')');
    for word in words.split(" OR ") {
        let inside = word.trim_matches('"');
        assert_eq!(word.len(), inside.len() + 2);
        assert!(inside.chars().all(char::is_alphanumeric), "{word}");
    }
}
