//! Lists and queues.

use crate::ledger::{ListFilter, Order, Status, TypeIs, fixture::*};
use ingest::record::{Card, Event, TicketType};

fn desk() -> Desk {
    let mut desk = Desk::new();
    let due = |no: &str, when: &str, due: Option<&str>| event(no, when, accepted("灯不亮", due));
    desk.apply(&[
        due("A1", "2016-05-01 09:00", Some("2016-05-06 23:59:59")),
        due("A2", "2016-05-02 09:00", Some("2016-05-20 23:59:59")),
        event("A2", "2016-05-02 10:00", dispatched("市政局")),
        event("A2", "2016-05-02 09:00", typed(TicketType::Help)),
        due("A3", "2016-05-03 09:00", Some("2016-05-10 23:59:59")),
        due("B1", "2016-05-04 09:00", None),
        due("B2", "2016-05-05 09:00", Some("2016-05-06 23:59:59")),
        event("B2", "2016-05-06 09:00", resolved()),
        due("B3", "2016-05-06 09:00", Some("2016-05-06 23:59:59")),
        click("B3", "2016-05-06 10:00", Event::Merged { into: "A1".into() }),
        due("B4", "2016-05-07 09:00", Some("2016-05-20 23:59:59")),
    ]);
    desk
}

fn numbers(desk: &Desk, filter: ListFilter) -> Vec<String> {
    desk.ledger
        .list(&filter, 0, 99)
        .unwrap()
        .0
        .into_iter()
        .map(|ticket| ticket.no)
        .collect()
}

#[test]
fn urgency_puts_red_before_yellow_before_the_rest() {
    let desk = desk();
    let now = at("2016-05-10 12:00");
    let order = Order::Urgency(now);
    assert_eq!(
        numbers(
            &desk,
            ListFilter {
                order,
                ..Default::default()
            }
        ),
        ["A1", "A3", "B4", "A2", "B1", "B2", "B3"].map(str::to_owned),
        "red; yellow; by deadline with 待判定 first; no deadline; closed ones"
    );
    let card = |card| {
        numbers(
            &desk,
            ListFilter {
                card: Some((card, now)),
                ..Default::default()
            },
        )
    };
    assert_eq!(
        (card(Card::Red), card(Card::Yellow)),
        (vec!["A1".to_owned()], vec!["A3".to_owned()])
    );
    let open: Vec<String> = desk
        .ledger
        .open_tickets()
        .unwrap()
        .into_iter()
        .map(|ticket| ticket.no)
        .collect();
    assert_eq!(open, ["A1", "A3", "A2", "B4", "B1"]);
}

#[test]
fn filters_narrow_and_pages_add_up() {
    let desk = desk();
    let list = |filter: ListFilter| numbers(&desk, filter);
    assert_eq!(
        list(ListFilter {
            text: Some("A".into()),
            order: Order::Oldest,
            ..Default::default()
        }),
        ["A1", "A2", "A3"]
    );
    assert_eq!(
        list(ListFilter {
            text: Some("路灯".into()),
            ..Default::default()
        })
        .len(),
        7
    );
    assert!(
        list(ListFilter {
            text: Some("%".into()),
            ..Default::default()
        })
        .is_empty(),
        "no wildcard"
    );
    assert_eq!(
        list(ListFilter {
            r#type: Some(TypeIs::Known(TicketType::Help)),
            ..Default::default()
        }),
        ["A2"]
    );
    assert_eq!(
        list(ListFilter {
            r#type: Some(TypeIs::Unknown),
            ..Default::default()
        })
        .len(),
        6
    );
    assert_eq!(
        list(ListFilter {
            status: Some(Status::Merged),
            ..Default::default()
        }),
        ["B3"]
    );
    assert_eq!(
        list(ListFilter {
            unit: Some("市政局".into()),
            ..Default::default()
        }),
        ["A2"]
    );
    assert_eq!(
        list(ListFilter {
            unit: Some(String::new()),
            ..Default::default()
        })
        .len(),
        6
    );
    assert!(
        list(ListFilter {
            unit: Some("没有这个单位".into()),
            ..Default::default()
        })
        .is_empty()
    );
    let day = |text: &str| Some(text.parse().unwrap());
    assert_eq!(
        list(ListFilter {
            from: day("2016-05-02"),
            to: day("2016-05-03"),
            ..Default::default()
        }),
        ["A3", "A2"]
    );
    let some = Some(vec!["B4".to_owned(), "A1".to_owned(), "X".to_owned()]);
    assert_eq!(
        list(ListFilter {
            numbers: some,
            ..Default::default()
        }),
        ["B4", "A1"]
    );

    let (page, total) = desk.ledger.list(&ListFilter::default(), 6, 5).unwrap();
    assert_eq!((page.len(), total), (1, 7));
    assert_eq!(desk.ledger.units().unwrap(), ["市政局"]);
}
