//! A loopback portal whose letters are answered between two visits.

use super::*;
use crate::{clean::Draft, fetch::tests::fetcher};
use axum::{Router, extract::Path, response::Html, routing::get};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

async fn portal(answered: Arc<AtomicBool>) -> LettersConfig {
    let list = |Path(page): Path<u32>| async move {
        let next = if page == 1 {
            "<a class=next href=/list/2>下一页</a>"
        } else {
            ""
        };
        let first = (page - 1) * 2;
        Html(format!(
            "<ul class=letters><li><a href=/letter/{}>信</a><li><a href='/letter/{}#top'>信</a><li><a href=http://other.example/>外站</a></ul>{next}",
            first + 1,
            first + 2
        ))
    };
    let letter = move |Path(id): Path<u32>| async move {
        if id == 4 {
            return Html("<form><input type=password></form>".to_owned());
        }
        let reply = match id == 1 || answered.load(Ordering::SeqCst) {
            true => "<p>答复单位：水务局</p><p>答复时间：2024-03-12 10:00</p><p>答复内容：已恢复供水。</p>",
            false => "",
        };
        Html(format!(
            "<h1>第{id}封</h1><p>来信时间：2024-03-10 08:00</p><p>来信内容：停水三天了，盼恢复。</p>{reply}"
        ))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/list/{page}", get(list))
        .route("/letter/{id}", get(letter));
    tokio::spawn(async move { axum::serve(listener, router).await });
    toml::from_str(&format!(
        "lists = ['{root}/list/1']\nlinks = 'ul.letters a'\nnext = 'a.next'\nallow_private = true\nregion = '东城'"
    ))
    .unwrap()
}

/// Tickets and codes of refusals of one visit, confirmed as the collector does after the append.
async fn run(config: &LettersConfig, state: &CollectState) -> (Vec<TicketDraft>, Vec<&'static str>) {
    let (sink, mut visits) = mpsc::channel(100);
    visit(config, "mailbox", &fetcher(), state, &sink).await.unwrap();
    drop(sink);
    let (mut tickets, mut refused) = (Vec::new(), Vec::new());
    while let Some(visit) = visits.recv().await {
        for collected in visit.collected {
            match collected.draft {
                Draft::Ticket(ticket) => tickets.push(*ticket),
                Draft::Refused(refusal) => refused.push(refusal.code),
                other => panic!("{other:?}"),
            }
        }
        state.confirm(&visit.confirm).unwrap();
    }
    (tickets, refused)
}

#[tokio::test]
async fn letters_become_tickets_and_open_ones_are_read_until_answered() {
    let answered = Arc::new(AtomicBool::new(false));
    let config = portal(Arc::clone(&answered)).await;
    let state = CollectState::in_memory().unwrap();
    let (first, refused) = run(&config, &state).await;
    assert_eq!((first.len(), refused), (3, vec!["login_wall"]));
    let done: Vec<_> = first.iter().filter(|ticket| ticket.reply.is_some()).collect();
    assert_eq!(done.len(), 1);
    assert_eq!(
        (
            done[0].title.as_str(),
            done[0].region.as_deref(),
            done[0].unit.as_deref()
        ),
        ("第1封", Some("东城"), Some("水务局"))
    );
    assert!(done[0].no.starts_with("mailbox-") && done[0].no != first[1].no);

    let (second, refused) = run(&config, &state).await;
    assert!(second.is_empty() && refused.is_empty(), "nothing changed");
    answered.store(true, Ordering::SeqCst);
    let (third, _) = run(&config, &state).await;
    assert_eq!(third.len(), 2);
    for ticket in &third {
        assert_eq!(ticket.resolved_at, crate::time::parse("2024-03-12 10:00"));
        assert!(
            first.iter().any(|before| before.no == ticket.no),
            "the same ticket"
        );
    }
    assert!(run(&config, &state).await.0.is_empty());
}
