use super::*;
use crate::{record::Medium, time::parse};

fn at(text: &str) -> Moment {
    parse(text).unwrap()
}

fn all(text: &str) -> Vec<Collected> {
    read_body("a.jsonl", text.as_bytes().to_vec(), at("2016-06-30"))
        .unwrap()
        .collect()
}

fn wrong(collected: &Collected) -> (u64, &str, &str) {
    match &collected.draft {
        Draft::Refused(refusal) => (
            refusal.place.row.unwrap_or(0),
            refusal.place.field.as_deref().unwrap_or(""),
            refusal.code,
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn posts_and_tickets_of_one_file() {
    let rows = all(concat!(
        "\u{feff}{\"kind\":\"post\",\"id\":7,\"channel\":\"微博\",\"body\":\"停水\",\"published_at\":\"2016-05-30 08:00\",\"likes\":\"1.2万\"}\n",
        "\r\n",
        "{\"kind\":\"ticket\",\"no\":\"A1\",\"title\":\"路灯\",\"accepted_at\":\"2019/2/28 11:25:05\",\"satisfaction\":\"不满意\",\"type\":\"complaint\"}",
    ));
    let Draft::Post(post) = &rows[0].draft else {
        panic!("{rows:?}")
    };
    assert_eq!(
        (post.native_id.as_str(), post.channel, post.engagement.likes),
        ("7", Medium::Weibo, Some(12_000))
    );
    let Draft::Ticket(ticket) = &rows[1].draft else {
        panic!("{rows:?}")
    };
    assert_eq!(ticket.callback.as_ref().unwrap().satisfied, Some(false));
    assert_eq!(rows[1].place.row, Some(3));
}

#[test]
fn each_broken_line_is_told_and_the_rest_is_read() {
    let rows = all(concat!(
        "{\"kind\":\"post\"\n",
        "[1]\n",
        "{\"kind\":\"video\"}\n",
        "{\"kind\":\"post\",\"id\":\"1\",\"body\":\"a\"}\n",
        "{\"kind\":\"ticket\",\"no\":\"1\",\"title\":\"a\",\"accepted_at\":\"2016-01-03\",\"resolve_at\":\"2016-01-04\"}\n",
        "{\"kind\":\"ticket\",\"no\":\"1\",\"title\":\"a\",\"accepted_at\":\"明天\"}\n",
        "{\"kind\":\"ticket\",\"no\":{},\"title\":\"a\"}\n",
        "{\"kind\":\"ticket\",\"no\":\"2\",\"title\":\"a\",\"accepted_at\":\"2016-01-03\"}\n",
    ));
    let wrongs: Vec<_> = rows[..7].iter().map(wrong).collect();
    let expected = [
        (1, "", "bad_json"),
        (2, "", "bad_json"),
        (3, "kind", "unknown_kind"),
        (4, "published_at", "missing_field"),
        (5, "resolve_at", "unknown_key"),
        (6, "accepted_at", "bad_time"),
        (7, "no", "bad_value"),
    ];
    assert_eq!(wrongs, expected);
    let Draft::Refused(refusal) = &rows[4].draft else {
        panic!()
    };
    assert!(refusal.reason.contains("resolved_at"), "{}", refusal.reason);
    assert!(matches!(rows[7].draft, Draft::Ticket(_)));
}

#[test]
fn an_array_is_read_like_lines() {
    let rows = all("[{\"kind\":\"post\",\"id\":\"1\",\"body\":\"a\",\"published_at\":\"2016-01-03\"}, 3]");
    assert!(matches!(rows[0].draft, Draft::Post(_)));
    assert_eq!(wrong(&rows[1]), (2, "", "bad_json"));
    assert_eq!(wrong(&all("[{]")[0]).2, "bad_json");
    assert!(all("").is_empty());
}

#[test]
fn a_line_without_end_costs_no_memory() {
    let long = "x".repeat(LONGEST_LINE + 5);
    let rows = all(&format!(
        "{long}\n{{\"kind\":\"post\",\"id\":\"1\",\"body\":\"a\",\"published_at\":\"2016-01-03\"}}\n{long}"
    ));
    assert_eq!(wrong(&rows[0]), (1, "", "too_large"));
    assert!(matches!(rows[1].draft, Draft::Post(_)));
    assert_eq!(wrong(&rows[2]), (3, "", "too_large"));
}

#[test]
fn the_weibo_export_is_known_by_its_keys() {
    let rows = all(concat!(
        "[{\"note_id\":\"4467107636950632\",\"content\":\"东区今天又停水\",\"create_time\":1464566400,",
        "\"create_date_time\":\"2016-05-30 08:00:00+08:00\",\"liked_count\":\"12\",\"comments_count\":\"3\",\"shared_count\":\"\",",
        "\"last_modify_ts\":1464600000000,\"note_url\":\"https://m.weibo.cn/detail/4467107636950632\",",
        "\"ip_location\":\"发布于 山东\",\"user_id\":\"1\",\"nickname\":\"路人甲\",\"gender\":\"f\"}]",
    ));
    let Draft::Post(post) = &rows[0].draft else {
        panic!("{rows:?}")
    };
    assert_eq!(post.published_at, parse("2016-05-30T08:00:00+08:00"));
    assert_eq!(
        (
            post.region.as_deref(),
            post.engagement.likes,
            post.engagement.shares
        ),
        (Some("山东"), Some(12), None)
    );
    assert_eq!(rows[0].observed_at.timestamp(), 1_464_600_000);
}

#[test]
fn files_are_chosen_by_extension() {
    use super::super::file::open_file;
    let folder = tempfile::tempdir().unwrap();
    for (name, text, count) in [
        (
            "a.JSONL",
            "{\"kind\":\"post\",\"id\":\"1\",\"body\":\"a\",\"published_at\":\"2016-01-03\"}",
            1,
        ),
        ("a.csv", "编号,受理时间,标题\n1,2016-01-03,a\n2,2016-01-03,b\n", 2),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        assert_eq!(open_file(&path, None).unwrap().count(), count);
    }
    let missing = folder.path().join("b.csv");
    assert!(
        open_file(&missing, None)
            .err()
            .unwrap()
            .to_string()
            .starts_with("cannot read b.csv: ")
    );
    assert!(open_file(&folder.path().join("a"), None).is_err());
}
