//! Feeds as they are, and a loopback server that serves them.

use super::*;
use crate::{clean::Draft, fetch::tests::Server};

fn base() -> Url {
    Url::parse("http://news.test/rss/all.xml").unwrap()
}

fn items(text: &str) -> Vec<Item> {
    parse(text.as_bytes(), None, &base()).unwrap()
}

#[test]
fn titles_lose_markup_and_links_become_absolute() {
    let item = &items(
        "<rss version='2.0'><channel><link>http://news.test/</link><item><title>&lt;b&gt;停水&lt;/b&gt;通知</title>
         <link>../a/1.html</link><description>&lt;p&gt;第一段&lt;/p&gt;&lt;p&gt;第二段&lt;/p&gt;</description>
         <pubDate>Fri, 03 Jun 2016 14:20:00 +0800</pubDate></item></channel></rss>",
    )[0];
    assert_eq!(
        (item.title.as_str(), item.text.as_str()),
        ("停水通知", "第一段\n第二段")
    );
    assert_eq!(
        item.link.as_ref().map(Url::as_str),
        Some("http://news.test/a/1.html")
    );
    assert_eq!(
        item.id, "http://news.test/a/1.html",
        "the link stands for a missing id"
    );
    assert_eq!(
        item.published_at.map(|at| at.to_rfc3339()).as_deref(),
        Some("2016-06-03T14:20:00+08:00")
    );
}

#[test]
fn ids_do_not_change_from_visit_to_visit() {
    let feed = "<rss version='2.0'><channel><item><title>没有链接</title></item></channel></rss>";
    assert_eq!(items(feed)[0].id, items(feed)[0].id);
    assert!(!items(feed)[0].id.is_empty());
}

#[test]
fn dates_are_read_in_local_time_and_nonsense_is_dropped() {
    let date = |text: &str| {
        let feed = format!(
            "<rss version='2.0'><channel><item><title>甲</title><pubDate>{text}</pubDate></item></channel></rss>"
        );
        items(&feed)[0]
            .published_at
            .map(|at| at.format("%F %R").to_string())
    };
    for text in [
        "2016-06-03 14:20:00",
        "Fri, 03 Jun 2016 06:20:00 GMT",
        "Friday, 03 Jun 2016 14:20:00 +0800",
        "Fri, 03 Jun 2016 14:20:00 CST",
        "2016年6月3日 14:20",
        "2016-06-03T06:20:00Z",
    ] {
        assert_eq!(date(text).as_deref(), Some("2016-06-03 14:20"), "{text}");
    }
    for text in ["昨晚", "2999-01-01 00:00:00", "Thu, 01 Jan 1970 00:00:00 +0000"] {
        assert_eq!(date(text), None, "{text}");
    }
}

#[test]
fn a_feed_in_another_character_set_than_it_says_is_read() {
    let feed = "\n<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><item><title>城区道路维修公告发布</title><description>施工期间请绕行，给您带来不便敬请谅解。</description></item></channel></rss>";
    let bytes = encoding_rs::GBK.encode(feed).0;
    assert_eq!(
        parse(&bytes, None, &base()).unwrap()[0].title,
        "城区道路维修公告发布"
    );
}

#[test]
fn bombs_and_foreign_documents_are_refused() {
    let mut bomb = String::from("<!DOCTYPE lolz [<!ENTITY a0 \"ha\">");
    for level in 1..30 {
        bomb += &format!("<!ENTITY a{level} \"&a{0};&a{0};\">", level - 1);
    }
    bomb += "]><rss version='2.0'><channel><item><title>&a29;</title></item></channel></rss>";
    let outcome = parse(bomb.as_bytes(), None, &base());
    assert!(outcome.map_or(true, |items| items.iter().all(|item| item.title.len() < 100)));
    for text in ["", "<html><body>登录</body></html>", "{\"a\":1}", "plain"] {
        assert!(parse(text.as_bytes(), None, &base()).is_err(), "{text}");
    }
    let deep = format!("<rss version='2.0'><channel>{}", "<item>".repeat(200_000));
    drop(parse(deep.as_bytes(), None, &base()));
}

#[test]
#[ignore = "needs ../shared/data"]
fn shared_data_every_real_feed_parses_or_is_refused() {
    let folder = std::env::var("MINSHENG_SHARED_DATA").expect("MINSHENG_SHARED_DATA names the folder");
    let mut read = 0;
    let mut refused = Vec::new();
    for file in std::fs::read_dir(std::path::Path::new(&folder).join("feeds")).unwrap() {
        let path = file.unwrap().path();
        match parse(&std::fs::read(&path).unwrap(), None, &base()) {
            Ok(items) => {
                read += 1;
                assert!(items.iter().all(|item| !item.id.is_empty()), "{}", path.display());
            }
            Err(error) => refused.push(format!("{}: {error}", path.display())),
        }
    }
    println!("{read} read, refused: {refused:#?}");
    assert!(read >= 60, "refused: {refused:#?}");
}

fn config(server: &Server) -> FeedConfig {
    let text = format!(
        "url = '{}'\nallow_private = true\nchannel = 'news'",
        server.url("/rss.xml")
    );
    toml::from_str(&text).unwrap()
}

/// Visits, and confirms what came unless `crash`.
async fn run(config: &FeedConfig, state: &CollectState, crash: bool) -> (Vec<Draft>, Summary) {
    let (sink, mut visits) = mpsc::channel(100);
    let fetcher = crate::fetch::tests::fetcher();
    let summary = visit(config, "news", &fetcher, state, &sink).await.unwrap();
    drop(sink);
    let mut drafts = Vec::new();
    while let Some(visit) = visits.recv().await {
        drafts.extend(visit.collected.into_iter().map(|collected| collected.draft));
        if !crash {
            state.confirm(&visit.confirm).unwrap();
        }
    }
    (drafts, summary)
}

#[tokio::test]
async fn items_come_once_and_again_after_a_crash() {
    let server = Server::start().await;
    let (config, state) = (config(&server), CollectState::in_memory().unwrap());
    let (drafts, summary) = run(&config, &state, true).await;
    assert_eq!((summary.yielded, summary.refused), (3, 1));
    let Draft::Post(post) = &drafts[0] else {
        panic!("{:?}", drafts[0])
    };
    assert!(
        post.body.contains("路灯已经恢复照明"),
        "the page's text: {}",
        post.body
    );
    assert_eq!(post.source_name.as_deref(), Some("滨江晚报"));
    let (again, _) = run(&config, &state, false).await;
    assert_eq!(
        again.len(),
        drafts.len(),
        "nothing was confirmed, so all comes again"
    );
    let (none, summary) = run(&config, &state, false).await;
    assert_eq!((none.len(), summary.unchanged), (0, 1), "304");
    let refusals: Vec<_> = drafts
        .iter()
        .filter_map(|d| {
            if let Draft::Refused(r) = d {
                Some(r.code)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(refusals, ["robots"]);
}

#[test]
fn a_second_declaration_is_passed_over() {
    let base = Url::parse("http://a.test/rss.xml").unwrap();
    let declared = "<?xml version='1.0' encoding='gb2312'?>";
    let rss = "<rss version='2.0'><channel><item><title>甲</title><link>/a</link></item></channel></rss>";
    for text in [
        format!("{declared}{declared}{rss}"),
        format!("{rss}{declared}{declared}"),
    ] {
        let items = parse(text.as_bytes(), None, &base).unwrap();
        assert_eq!(items[0].title, "甲");
    }
    assert!(parse(format!("<?xil<{}", declared.repeat(3)).as_bytes(), None, &base).is_err());
}
