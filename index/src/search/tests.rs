use super::*;
use crate::{
    Document, Segmenter,
    fold::fold,
    query::Named,
    sample::{Random, post, text},
};
use ingest::{
    log::Checkpoint,
    time::{at_shanghai, parse},
};
use std::collections::{BTreeSet, HashMap};
use tantivy::collector::DocSetCollector;

fn open(documents: impl FnOnce(&Segmenter) -> Vec<Document>) -> (tempfile::TempDir, Index) {
    let dir = tempfile::tempdir().unwrap();
    let segmenter = Segmenter::new("").unwrap();
    let flags = [("life_safety", "生命安全"), ("minor", "未成年人")].map(|(name, title)| Named {
        name: name.to_owned(),
        title: title.to_owned(),
    });
    let index = Index::open_with_threads(dir.path(), segmenter.clone(), 2)
        .unwrap()
        .with_flags(flags.into());
    index.write(documents(&segmenter)).unwrap();
    index.commit(&Checkpoint::default()).unwrap();
    (dir, index)
}

fn request(query: &str) -> Request {
    Request {
        query: query.to_owned(),
        limit: 100,
        ..Request::default()
    }
}

fn ids(index: &Index, query: &str) -> Vec<String> {
    let mut ids: Vec<String> = index
        .search(&request(query))
        .unwrap()
        .hits
        .into_iter()
        .map(|hit| hit.id)
        .collect();
    ids.sort();
    ids
}

fn at(text: &str) -> Moment {
    parse(text).unwrap()
}

fn quoted(fragment: &str) -> String {
    format!("\"{}\"", fragment.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The must-show of exact phrases: what a scan over the folded texts finds is found, and nothing else.
#[test]
fn a_quoted_fragment_finds_exactly_the_texts_that_hold_it() {
    let mut random = Random(20_160_501);
    let texts: Vec<(String, String, String)> = (0..5_200)
        .map(|at| (format!("{at:04}"), text(&mut random, 1), text(&mut random, 5)))
        .collect();
    let (_dir, index) = open(|segmenter| {
        texts
            .iter()
            .map(|(id, title, body)| post(segmenter, id, title, body))
            .collect()
    });
    let folded: Vec<(&str, String, String)> = texts
        .iter()
        .map(|(id, title, body)| (id.as_str(), fold(title), fold(body)))
        .collect();

    let searcher = index.searcher();
    let all = searcher
        .search(&tantivy::query::AllQuery, &DocSetCollector)
        .unwrap();
    let id_of: HashMap<DocAddress, String> = all
        .into_iter()
        .map(|address| {
            (
                address,
                Stored::read(&index.fields, &searcher.doc(address).unwrap()).id,
            )
        })
        .collect();

    let mut several = 0;
    for round in 0..2_000 {
        let (_, title, body) = random.pick(&texts);
        let from: Vec<char> = if round % 4 == 0 { title } else { body }.chars().collect();
        let start = random.below(from.len());
        let length = 1 + random.below(30.min(from.len() - start));
        let mut fragment: String = from[start..start + length].iter().collect();
        // The user may type in another width or case.
        match round % 5 {
            0 => fragment = fragment.to_uppercase(),
            1 => fragment = fragment.chars().map(widened).collect(),
            _ => {}
        }
        let wanted = fold(&fragment);
        let expected: BTreeSet<&str> = folded
            .iter()
            .filter(|(_, title, body)| title.contains(&wanted) || body.contains(&wanted))
            .map(|&(id, _, _)| id)
            .collect();

        let (query, _) = query::plan(
            &query::parse(&quoted(&fragment), &[]).unwrap(),
            index.fields,
            &index.segmenter,
        );
        let found = searcher.search(&*query, &DocSetCollector).unwrap();
        let found: BTreeSet<&str> = found.iter().map(|address| id_of[address].as_str()).collect();
        assert_eq!(found, expected, "{fragment:?}");
        several += usize::from(expected.len() > 1);

        // The whole way through `search` for some of them: the scan's texts, each showing the fragment.
        if round % 50 == 0 {
            let hits = index
                .search(&Request {
                    limit: texts.len(),
                    ..request(&quoted(&fragment))
                })
                .unwrap();
            assert_eq!(hits.total, expected.len());
            assert_eq!(
                hits.hits
                    .iter()
                    .map(|hit| hit.id.as_str())
                    .collect::<BTreeSet<_>>(),
                expected
            );
            for hit in &hits.hits {
                let marked = |text: &str, ranges: &[(usize, usize)]| {
                    ranges
                        .iter()
                        .any(|&(from, to)| fold(&text[from..to]).contains(&wanted))
                };
                let shown =
                    marked(&hit.snippet, &hit.highlights) || marked(&hit.title, &hit.title_highlights);
                assert!(shown, "{fragment:?} in {hit:?}");
            }
        }
    }
    assert!(
        several > 500,
        "too few fragments stand in several texts: {several}"
    );
}

fn widened(c: char) -> char {
    match c {
        '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
        ' ' => '\u{3000}',
        _ => c,
    }
}

#[test]
fn a_phrase_stays_inside_title_or_body() {
    let (_dir, index) = open(|segmenter| vec![post(segmenter, "a", "路灯", "坏了")]);
    assert!(ids(&index, "\"路灯坏了\"").is_empty());
    assert!(ids(&index, "\"灯坏\"").is_empty());
    assert_eq!(ids(&index, "\"路灯\" \"坏了\""), ["a"]);
    assert_eq!(ids(&index, "title:\"路灯\""), ["a"]);
    assert!(ids(&index, "title:\"坏了\"").is_empty());
    assert_eq!(ids(&index, "body:坏"), ids(&index, "body:坏 路灯"));
}

#[test]
fn words_in_any_order_and_width() {
    let (_dir, index) = open(|segmenter| {
        vec![
            post(
                segmenter,
                "a",
                "路灯报修",
                "人民法院门口的路灯坏了，ＷＩＦＩ也没有",
            ),
            post(segmenter, "b", "", "路灯很亮！"),
            post(segmenter, "c", "", "法院公告"),
        ]
    });
    assert_eq!(ids(&index, "路灯"), ["a", "b"]);
    assert_eq!(ids(&index, "wifi 法院"), ["a"]);
    assert_eq!(ids(&index, "法院 OR 很亮"), ["a", "b", "c"]);
    assert_eq!(ids(&index, "路灯 -法院"), ["b"]);
    assert_eq!(ids(&index, "-路灯"), ["c"]);
    assert_eq!(ids(&index, "NOT (路灯 OR 公告)"), Vec::<String>::new());
    assert_eq!(ids(&index, "-路灯 OR 很亮"), ["b", "c"]);
    assert_eq!(ids(&index, "！"), ["b"]);
    assert_eq!(ids(&index, ""), ["a", "b", "c"]);
    // The word in the title counts more.
    let hits = index.search(&request("路灯")).unwrap().hits;
    assert_eq!(hits[0].id, "a", "{hits:?}");
}

/// A name no dictionary knows is cut into characters, in every text the same way; the text that holds it in one piece
/// comes first.
#[test]
fn an_unknown_name_is_found_and_ranked_by_its_characters() {
    let (_dir, index) = open(|segmenter| {
        vec![
            post(segmenter, "apart", "", "清、埠、湖"),
            post(
                segmenter,
                "whole",
                "",
                "有人说清湖埠那边很吵，一直吵到后半夜，谁来管一管",
            ),
            post(segmenter, "joined", "", "清湖埠人都知道"),
            post(segmenter, "part", "", "清湖"),
        ]
    });
    let hits = index.search(&request("清湖埠")).unwrap().hits;
    assert_eq!(hits.len(), 3);
    assert_eq!(hits[2].id, "apart", "{hits:?}");
}

fn city(segmenter: &Segmenter) -> Vec<Document> {
    let ticket = Document {
        kind: Kind::Ticket,
        unit: Some("A区城管局".into()),
        r#type: Some("complaint".into()),
        topic: Some("城乡建设".into()),
        status: Some("resolved".into()),
        channel: Some("微信".into()),
        region: Some("A区".into()),
        sentiment: Some(-0.3),
        sentiment_label: Some("negative".into()),
        flags: vec!["minor".into(), "life_safety".into()],
        ..post(segmenter, "GD2016050001", "占道经营", "菜市场占道经营")
    };
    let unknown = Document {
        r#type: Some("unknown".into()),
        published_at: at("2016-05-02T00:30:00+08:00"),
        sentiment: None,
        sentiment_label: None,
        flags: vec!["life_safety".into()],
        status: Some("accepted".into()),
        id: "GD2016050002".into(),
        native_id: "GD2016050002".into(),
        ..ticket.clone()
    };
    let praise = Document {
        // In Greenwich this is still 3 May.
        published_at: at("2016-05-04T07:59:00+08:00"),
        author: Some("甲".into()),
        sentiment: Some(0.8),
        sentiment_label: Some("positive".into()),
        channel: Some("wechat".into()),
        ..post(segmenter, "p1", "感谢", "感谢帮忙")
    };
    vec![ticket, unknown, praise]
}

#[test]
fn fields_narrow_down() {
    let (_dir, index) = open(city);
    let (one, two, three) = ("GD2016050001", "GD2016050002", "p1");
    for (query, expected) in [
        ("type:投诉", vec![one]),
        ("type:待判定", vec![two]),
        ("kind:ticket", vec![one, two]),
        ("kind:帖文", vec![three]),
        ("unit:ａ区城管局", vec![one, two]),
        ("unit:城管局", vec![]),
        ("region:A区 status:办结", vec![one]),
        ("channel:微信", vec![one, two, three]),
        ("channel:wechat", vec![three]),
        ("sentiment:负面", vec![one]),
        ("sentiment:<=-0.3", vec![one]),
        ("sentiment:<-0.3", vec![]),
        ("sentiment:>0", vec![three]),
        ("sentiment:-1..1", vec![one, three]),
        ("flag:生命安全", vec![one, two]),
        ("flag:minor", vec![one]),
        ("-flag:life_safety", vec![three]),
        ("author:甲", vec![three]),
        ("id:gd2016050002", vec![two]),
        ("id:native-p1", vec![three]),
        ("date:2016-05-01", vec![one]),
        ("date:2016-05-02..2016-05-04", vec![two, three]),
        ("date:>=2016-05-04", vec![three]),
        ("date:<2016-05-02 topic:城乡建设", vec![one]),
        ("date:2015", vec![]),
        ("source:sample -type:投诉", vec![two, three]),
    ] {
        assert_eq!(ids(&index, query), expected, "{query}");
    }
}

#[test]
fn facets_and_timeline_count_every_match() {
    let (_dir, index) = open(city);
    let found = index
        .search(&Request {
            limit: 0,
            facets: true,
            ..request("")
        })
        .unwrap();
    assert_eq!((found.hits.len(), found.total), (0, 3));
    let facet = |name: &str| {
        found
            .facets
            .iter()
            .find(|(facet, _)| *facet == name)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(facet("kind"), [("ticket".to_owned(), 2), ("post".to_owned(), 1)]);
    assert_eq!(
        facet("sentiment"),
        [("negative".to_owned(), 1), ("positive".to_owned(), 1)]
    );
    assert_eq!(facet("unit"), [("A区城管局".to_owned(), 2)]);
    let bars: Vec<_> = found
        .timeline
        .iter()
        .map(|bar| (bar.start, bar.total, bar.negative, bar.neutral, bar.positive))
        .collect();
    let day = |day| at_shanghai(chrono::NaiveDate::from_ymd_opt(2016, 5, day).unwrap().into());
    assert_eq!(
        bars,
        [
            (day(1), 1, 1, 0, 0),
            (day(2), 1, 0, 0, 0),
            (day(3), 0, 0, 0, 0),
            (day(4), 1, 0, 0, 1)
        ]
    );
    let none = index
        .search(&Request {
            facets: true,
            ..request("\"没有这句\"")
        })
        .unwrap();
    assert!(none.timeline.is_empty() && none.facets.iter().all(|(_, values)| values.is_empty()));
}

#[test]
fn order_and_pages_do_not_depend_on_segments() {
    let (_dir, index) = open(|segmenter| {
        let mut documents: Vec<_> = (0..60)
            .map(|at| Document {
                published_at: ingest::time::from_millis(1_462_032_000_000 + 3_600_000 * (at / 4)),
                ..post(segmenter, &format!("{:02}", (at * 37) % 60), "", "同样的正文")
            })
            .collect();
        documents.push(post(segmenter, "best", "正文", "同样的正文"));
        documents
    });
    for (query, newest_first) in [("正文", false), ("正文", true), ("", false)] {
        let page = |offset, limit| {
            let hits = index
                .search(&Request {
                    offset,
                    limit,
                    newest_first,
                    ..request(query)
                })
                .unwrap();
            assert_eq!(hits.total, 61);
            hits.hits
        };
        let all = page(0, usize::MAX);
        assert_eq!(all.len(), 61);
        let key = |hit: &Hit| (std::cmp::Reverse(hit.published_at), hit.id.clone());
        let rest = if query.is_empty() || newest_first {
            &all[..]
        } else {
            &all[1..]
        };
        assert!(rest.is_sorted_by_key(key));
        assert_eq!(all[0].id == "best", !newest_first && !query.is_empty());
        let paged: Vec<_> = (0..61)
            .step_by(7)
            .flat_map(|offset| page(offset, 7))
            .map(|hit| hit.id)
            .collect();
        assert_eq!(paged, all.iter().map(|hit| hit.id.clone()).collect::<Vec<_>>());
        assert!(page(61, 10).is_empty() && page(usize::MAX, usize::MAX).is_empty());
    }
}

#[test]
fn a_wrong_query_is_the_users_matter() {
    let (_dir, index) = open(|_| Vec::new());
    let error = index.search(&request("路灯 \"坏了")).unwrap_err();
    assert!(matches!(&error, IndexError::Query(wrong) if wrong.position == 4));
    assert_eq!(error.to_string(), "查询第 4 个字符处：引号没有成对");
    assert_eq!(index.search(&request("路灯")).unwrap().total, 0);
}
