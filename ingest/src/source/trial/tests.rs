//! What a trial shows of a site, a feed and files.

use super::*;
use crate::fetch::tests::{Server, fetcher};

fn options(limit: usize) -> Options<'static> {
    Options {
        kind: None,
        limit,
        allow_private: true,
    }
}

fn codes(trial: &Trial) -> Vec<&str> {
    let code = |finding: &'_ Finding| match finding {
        Finding::Post { .. } => "post".to_owned(),
        Finding::Ticket { .. } => "ticket".to_owned(),
        Finding::Refused { code, .. } => code.clone(),
        Finding::PassedOver { code, .. } => (*code).to_owned(),
    };
    let codes: Vec<String> = trial.findings.iter().map(code).collect();
    codes
        .into_iter()
        .map(|code| &*Box::leak(code.into_boxed_str()))
        .collect()
}

#[tokio::test]
async fn a_list_shows_what_it_brings_and_why_the_rest_is_refused() {
    let server = Server::start().await;
    let trial = address(&server.url("/list/1"), &fetcher(), &options(6))
        .await
        .unwrap();
    assert_eq!((trial.taken_for, trial.untried), ("list", 1));
    assert_eq!(
        codes(&trial),
        [
            "post",
            "post",
            "robots",
            "private_address",
            "too_large",
            "status",
            "other_host"
        ]
    );
    let Finding::Post {
        title,
        source_name,
        published_at,
        ..
    } = &trial.findings[0]
    else {
        panic!("{trial:?}")
    };
    assert_eq!(
        (title.as_str(), source_name.as_deref()),
        ("东门路灯维修完毕", Some("滨江晚报"))
    );
    assert!(published_at.is_some());
}

#[tokio::test]
async fn feeds_and_refused_addresses_are_told_apart() {
    let server = Server::start().await;
    let trial = address(&server.url("/rss.xml"), &fetcher(), &options(10))
        .await
        .unwrap();
    assert_eq!(trial.taken_for, "feed");
    assert_eq!(codes(&trial), ["post", "post", "post", "robots"]);
    for (path, code) in [("/private/1.html", "robots"), ("/a/404.html", "status")] {
        let trial = address(&server.url(path), &fetcher(), &options(10))
            .await
            .unwrap();
        assert_eq!(codes(&trial), [code], "{path}");
    }
    let public = Options {
        allow_private: false,
        ..options(10)
    };
    let trial = address(&server.url("/a/1.html"), &fetcher(), &public)
        .await
        .unwrap();
    assert_eq!(codes(&trial), ["private_address"]);
}

#[test]
fn files_of_every_kind_are_tried_and_masked() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let base = Url::parse("http://city.test/rss.xml").unwrap();
    let page = write(
        "page.html",
        "<title>路灯维修电话公布</title><h1>路灯维修电话公布</h1><p>如需报修，请拨打电话，工作人员会在当天到场处理。</p>",
    );
    assert_eq!(codes(&file(&page, None, &options(10)).unwrap()), ["post"]);
    let feed = write(
        "feed.xml",
        "<rss version='2.0'><channel><item><title>请联系13800138000</title><link>/a</link></item><item></item></channel></rss>",
    );
    let trial = file(&feed, Some(&base), &options(10)).unwrap();
    assert_eq!(
        (trial.taken_for, codes(&trial)),
        ("feed", vec!["post", "missing_field"])
    );
    assert!(!format!("{trial:?}").contains("13800138000"), "{trial:?}");
    let lines = write(
        "posts.jsonl",
        "{\"kind\":\"post\",\"id\":\"1\",\"body\":\"路灯不亮\",\"published_at\":\"2016-06-03T14:20:00+08:00\"}\n不是一行JSON\n",
    );
    let trial = file(&lines, None, &options(10)).unwrap();
    assert_eq!((trial.taken_for, trial.findings.len()), ("file", 2));
    assert!(
        matches!(&trial.findings[1], Finding::Refused { place, .. } if place.row == Some(2)),
        "{trial:?}"
    );
    let limited = file(&lines, None, &options(1)).unwrap();
    assert_eq!((limited.findings.len(), limited.untried), (1, 1));
    assert!(file(&folder.path().join("none.html"), None, &options(1)).is_err());
    assert_eq!(
        codes(&file(&write("empty.html", "<p>加载中"), None, &options(1)).unwrap()),
        ["no_text"]
    );
}

#[tokio::test]
async fn what_others_bring_cannot_be_tried() {
    let push: Kind = toml::from_str("kind = 'push'\ntoken_env = 'T'").unwrap();
    let topic: Kind = toml::from_str(
        "kind = 'kafka_topic'\nbrokers = ['k:9092']\ntopic = 't'\n[mapping]\ntarget = 'post'\nfields = { id = 'i', body = 'b' }",
    )
    .unwrap();
    for (kind, name) in [(push, "push"), (topic, "kafka_topic")] {
        let error = source(&kind, &fetcher(), 3).await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&format!("a {name} source cannot be tried")),
            "{error}"
        );
        let options = Options {
            kind: Some(&kind),
            ..options(3)
        };
        let url = Url::parse("http://127.0.0.1:9/").unwrap();
        assert!(address(&url, &fetcher(), &options).await.is_err());
    }
}

#[tokio::test]
async fn a_watched_folder_shows_its_newest_file() {
    let folder = tempfile::tempdir().unwrap();
    let kind: Kind = toml::from_str(&format!(
        "kind = 'json_lines'\nfolder = '{}'",
        folder.path().display()
    ))
    .unwrap();
    assert!(matches!(
        source(&kind, &fetcher(), 3).await,
        Err(TrialError::Folder)
    ));
    std::fs::write(
        folder.path().join("a.jsonl"),
        "{\"kind\":\"post\",\"id\":\"1\",\"body\":\"路灯坏了\",\"published_at\":\"2016-05-01 08:00\"}\n{\"kind\":\"post\"}\n",
    )
    .unwrap();
    let trial = source(&kind, &fetcher(), 3).await.unwrap();
    assert_eq!(trial.taken_for, "file");
    assert_eq!(codes(&trial)[0], "post");
    assert_eq!(trial.findings.len(), 2);
}
