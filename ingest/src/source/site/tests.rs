//! A loopback site with good and bad pages.

use super::*;
use crate::{
    clean::Draft,
    fetch::tests::{Server, fetcher},
};

fn config(server: &Server) -> SiteConfig {
    let text = format!(
        "lists = ['{}']\nlinks = 'ul.list a'\nnext = 'a.next'\nallow_private = true\nmax_articles = 4",
        server.url("/list/1")
    );
    toml::from_str(&text).unwrap()
}

async fn run(config: &SiteConfig, state: &CollectState) -> (Vec<Draft>, Summary) {
    let (sink, mut visits) = mpsc::channel(100);
    let summary = visit(config, "portal", &fetcher(), state, &sink).await.unwrap();
    drop(sink);
    let mut drafts = Vec::new();
    while let Some(visit) = visits.recv().await {
        drafts.extend(visit.collected.into_iter().map(|collected| collected.draft));
        state.confirm(&visit.confirm).unwrap();
    }
    (drafts, summary)
}

#[tokio::test]
async fn every_page_comes_once_however_many_visits_it_takes() {
    let server = Server::start().await;
    let (config, state) = (config(&server), CollectState::in_memory().unwrap());
    let mut titles = Vec::new();
    let mut refused = Vec::new();
    for _ in 0..4 {
        for draft in run(&config, &state).await.0 {
            match draft {
                Draft::Post(post) => titles.push(post.title),
                Draft::Refused(refusal) => refused.push(refusal.code),
                other => panic!("{other:?}"),
            }
        }
    }
    titles.sort();
    assert_eq!(
        titles,
        ["东门路灯维修完毕", "国标编码的停水公告", "第二页上的旧闻"]
    );
    refused.sort_unstable();
    // The page that fails with 500 may recover, so each visit but the last tries it again.
    refused.dedup();
    assert_eq!(
        refused,
        ["no_text", "private_address", "robots", "status", "too_large"]
    );
    assert_eq!(server.hits("/a/1.html"), 1);
    assert_eq!(server.hits("/private/1.html"), 0);
}

#[tokio::test]
async fn a_wrong_selector_is_the_configurations_fault() {
    let server = Server::start().await;
    let config = SiteConfig {
        links: "ul[".into(),
        ..config(&server)
    };
    let (sink, _visits) = mpsc::channel(1);
    let state = CollectState::in_memory().unwrap();
    let error = visit(&config, "portal", &fetcher(), &state, &sink)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "config");
    assert_eq!(state.sources().unwrap()[0].last_error.as_deref(), Some("config"));
}
