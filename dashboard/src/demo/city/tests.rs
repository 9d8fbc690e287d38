//! The city is what it says, and the real readers understand it.

use super::{
    City,
    calendar::{date, end_of, working_day_after},
    files, lists,
    places::STREETS,
    posts::{SamplePost, WAYS, Way},
    tickets::{self, SampleTicket},
};
use crate::config::Files;
use analytics::{
    approvals::{self, Judged},
    region::Gazetteer,
    units::Units,
};
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use ingest::{
    clean::{CallerKey, Cleaner},
    extract::extract,
    record::Body as RecordBody,
    source::{file::open_file, json_lines},
    time,
};
use std::{collections::HashSet, fs, path::Path, sync::LazyLock};
use tower::ServiceExt as _;

static CITY: LazyLock<City> = LazyLock::new(|| City::build(12_345));
static ROUTER: LazyLock<axum::Router> = LazyLock::new(|| CITY.router());

fn count(holds: impl Fn(&SampleTicket) -> bool) -> usize {
    CITY.tickets.iter().filter(|ticket| holds(ticket)).count()
}

#[test]
fn tickets_give_the_published_figures() {
    assert_eq!(CITY.tickets.len(), 1_760);
    for (kind, number) in tickets::TYPES {
        assert_eq!(count(|ticket| ticket.r#type == kind), number, "{}", kind.name());
    }
    let as_of = time::parse("2016-06-30 09:00").unwrap().naive_local();
    assert_eq!(
        count(|ticket| ticket.resolved_at.is_some_and(|at| at <= as_of)),
        1_739
    );
    assert_eq!(
        count(|ticket| ticket.resolved_at.is_some_and(|at| at <= ticket.due_at)),
        1_738
    );
    assert_eq!(
        count(|ticket| ticket.resolved_at.is_none() && ticket.due_at < as_of),
        21
    );
    assert!(
        CITY.tickets
            .iter()
            .all(|ticket| ticket.called_back_at.is_none_or(|at| at <= as_of))
    );
}

#[test]
fn a_tickets_times_are_in_order_and_inside_the_period() {
    for ticket in &CITY.tickets {
        let day = ticket.accepted_at.date();
        assert!(
            day >= date(2016, 1, 1) && day <= date(2016, 5, 31),
            "{}",
            ticket.no
        );
        let life = [
            Some(ticket.accepted_at),
            ticket.dispatched_at,
            ticket.signed_at,
            ticket.resolved_at,
        ];
        let life: Vec<_> = life
            .into_iter()
            .chain([ticket.called_back_at])
            .flatten()
            .collect();
        assert!(life.is_sorted(), "{}", ticket.no);
        assert!(
            ticket.contacted_at.is_none_or(|at| at >= ticket.accepted_at),
            "{}",
            ticket.no
        );
        assert_eq!(ticket.direct, ticket.dispatched_at.is_none(), "{}", ticket.no);
    }
    assert!(CITY.tickets.is_sorted_by_key(|ticket| ticket.accepted_at));
    assert_eq!(
        CITY.tickets
            .iter()
            .map(|ticket| &ticket.no)
            .collect::<HashSet<_>>()
            .len(),
        1_760
    );
}

#[test]
fn no_rate_is_empty_or_full() {
    let between = |number: usize, from: usize, to: usize| assert!((from..=to).contains(&number), "{number}");
    between(count(|ticket| ticket.direct), 80, 140);
    between(
        count(|ticket| ticket.signed_at.is_none() && !ticket.direct),
        20,
        90,
    );
    between(count(|ticket| ticket.contacted_at.is_some()), 1_450, 1_640);
    between(count(|ticket| ticket.reply.is_some()), 1_640, 1_738);
    between(count(|ticket| ticket.satisfaction == "未接通"), 60, 200);
    between(count(|ticket| ticket.solved == "未解决"), 60, 200);
    let callers: HashSet<_> = CITY
        .tickets
        .iter()
        .filter_map(|ticket| ticket.caller.as_ref())
        .collect();
    between(callers.len(), 900, 1_600);
}

#[test]
fn deadlines_follow_the_calendar() {
    // The eve of the Spring Festival week: Saturday the 6th and Sunday the 14th were worked.
    assert_eq!(working_day_after(date(2016, 2, 5), 1), date(2016, 2, 6));
    assert_eq!(working_day_after(date(2016, 2, 5), 2), date(2016, 2, 14));
    assert_eq!(working_day_after(date(2016, 4, 29), 1), date(2016, 5, 3));
    assert_eq!(end_of(date(2016, 5, 3)).to_string(), "2016-05-03 23:59:59");
}

#[test]
fn posts_add_up_and_are_unique() {
    assert_eq!(CITY.posts.len(), 40_000);
    for (way, medium, number) in WAYS {
        let of_way = CITY
            .posts
            .iter()
            .filter(|post| post.way == way && post.medium == medium);
        assert_eq!(of_way.count(), number, "{way:?}");
    }
    let ids: HashSet<_> = CITY.posts.iter().map(|post| &post.native_id).collect();
    assert_eq!(ids.len(), 40_000);
    let bodies: HashSet<_> = CITY.posts.iter().map(|post| &post.body).collect();
    assert!(bodies.len() > 38_000, "{} distinct texts", bodies.len());
    let from = time::start_of_day(date(2016, 5, 25));
    let to = time::start_of_day(date(2016, 6, 1));
    assert!(
        CITY.posts
            .iter()
            .all(|post| post.published_at >= from && post.published_at < to)
    );
    assert!(CITY.posts.iter().all(|post| post.body.chars().count() >= 10));
}

#[test]
fn every_placeholder_is_filled() {
    let tickets = CITY
        .tickets
        .iter()
        .flat_map(|ticket| [&ticket.title, &ticket.body]);
    let replies = CITY.tickets.iter().filter_map(|ticket| ticket.reply.as_ref());
    let posts = CITY.posts.iter().flat_map(|post| [&post.title, &post.body]);
    for text in tickets.chain(replies).chain(posts) {
        assert!(!text.contains(['{', '}']), "{text}");
    }
}

fn all_bytes(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for room in [files::HOTLINE, files::WEIBO, files::POSTS] {
        for entry in fs::read_dir(folder.join(room)).unwrap() {
            let path = entry.unwrap().path();
            files.push((
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read(path).unwrap(),
            ));
        }
    }
    files.sort();
    files
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_the_readers_take_every_row() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    CITY.write_files(one.path()).unwrap();
    City::build(12_345).write_files(two.path()).unwrap();
    assert!(all_bytes(one.path()) == all_bytes(two.path()));
    assert_ne!(City::build(1).posts, CITY.posts);

    let cleaner = cleaner(two.path());
    let (mut tickets, mut posts) = (HashSet::new(), HashSet::new());
    for room in [files::HOTLINE, files::WEIBO, files::POSTS] {
        for entry in fs::read_dir(one.path().join(room)).unwrap() {
            for collected in open_file(&entry.unwrap().path(), None).unwrap() {
                for record in cleaner.clean(room, collected.draft, &collected.place, collected.observed_at) {
                    match record.body {
                        RecordBody::Ticket(event) => drop(tickets.insert(event.no)),
                        RecordBody::Post(post) => drop(posts.insert(post.post_id)),
                        RecordBody::Approval(item) => panic!("no ticket: {}", item.no),
                        RecordBody::Dead(dead) => panic!("{}: {}", dead.code, dead.reason),
                    }
                }
            }
        }
    }
    assert_eq!((tickets.len(), posts.len()), (1_760, 40_000 - 660));
}

#[test]
fn of_the_approval_items_the_published_sentence_holds() {
    let folder = tempfile::tempdir().unwrap();
    CITY.write_files(folder.path()).unwrap();
    let room = folder.path().join(files::APPROVALS);
    let sources = CITY
        .sources(folder.path(), "127.0.0.1:1".parse().unwrap())
        .unwrap();
    let hall = sources
        .iter()
        .find(|source| source.name == "approvals-hall")
        .unwrap();
    let cleaner = cleaner(folder.path());
    let as_of = time::parse("2016-06-30 09:00").unwrap();
    let rules = analytics::deadline::Rules::embedded().unwrap();
    let mut items = Vec::new();
    for entry in fs::read_dir(room).unwrap() {
        for row in open_file(&entry.unwrap().path(), Some(&hall.kind)).unwrap() {
            for record in cleaner.clean("approvals-hall", row.draft, &row.place, row.observed_at) {
                match record.body {
                    RecordBody::Approval(item) => items.extend(Judged::of(item, &rules, as_of)),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    let figure = |name: &str| {
        let rate = approvals::find(name).unwrap().rate(&items, as_of);
        format!("{}/{} = {}", rate.numerator, rate.denominator, rate.percent())
    };
    assert_eq!(figure("at_once"), "140/200 = 70.00 %");
    assert_eq!(figure("within_three_days"), "170/200 = 85.00 %");
    assert_eq!(figure("red_cards"), "0/200 = 0.00 %");
}

fn cleaner(folder: &Path) -> Cleaner {
    Cleaner::new(CallerKey::load_or_create(&folder.join("caller.key")).unwrap())
}

#[test]
fn push_batches_hold_what_nothing_else_brings() {
    let mut lines = 0;
    for batch in CITY.push_batches() {
        let drafts = json_lines::read_body("push", batch.into_bytes(), time::now()).unwrap();
        lines += drafts
            .filter(|row| matches!(row.draft, ingest::clean::Draft::Post(_)))
            .count();
    }
    assert_eq!(lines, 300);
}

async fn fetch(path: &str) -> (StatusCode, String, Vec<u8>) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = ROUTER.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let kind = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .map(|kind| kind.to_str().unwrap().to_owned());
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec();
    (status, kind.unwrap_or_default(), body)
}

fn of_way(way: Way) -> Vec<&'static SamplePost> {
    CITY.posts.iter().filter(|post| post.way == way).collect()
}

#[tokio::test]
async fn pages_read_as_the_posts_they_are() {
    let mut encodings = [0, 0];
    for post in of_way(Way::Portal)
        .into_iter()
        .take(6)
        .chain(of_way(Way::Feed).into_iter().take(4))
    {
        let (status, kind, body) = fetch(&post.url).await;
        assert_eq!(status, StatusCode::OK);
        let gb18030 = kind.ends_with("gb18030");
        encodings[usize::from(gb18030)] += 1;
        let encoding = if gb18030 {
            encoding_rs::GB18030
        } else {
            encoding_rs::UTF_8
        };
        let (html, _, damaged) = encoding.decode(&body);
        assert!(!damaged);
        let article = extract(&html, None);
        assert_eq!(article.title.as_deref(), Some(&*post.title));
        assert_eq!(article.source_name.as_deref(), Some(post.source_name));
        let text: Vec<_> = article
            .text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(text.join("\n"), post.body);
        let shown = post.published_at.format("%F %H:%M").to_string();
        assert_eq!(
            article.published_at.map(|at| at.format("%F %H:%M").to_string()),
            Some(shown)
        );
    }
    assert_eq!(encodings, [5, 5]);
    assert_eq!(fetch("/admin/login").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn lists_and_feed_lead_to_every_article() {
    let (_, _, feed) = fetch("/feed.xml").await;
    let feed = String::from_utf8(feed).unwrap();
    assert_eq!(feed.matches("<item>").count(), 60);
    assert!(of_way(Way::Feed).iter().all(|post| feed.contains(&post.url)));
    let (mut path, mut seen) = ("/portal/index.html".to_owned(), HashSet::new());
    loop {
        let (status, _, list) = fetch(&path).await;
        assert_eq!(status, StatusCode::OK);
        let list = String::from_utf8(list).unwrap();
        seen.extend(
            list.split("href=\"")
                .filter(|rest| rest.starts_with("/portal/art/"))
                .map(|rest| rest.split('"').next().unwrap().to_owned()),
        );
        match list.split_once("class=\"next\" href=\"") {
            Some((_, rest)) => path = rest.split('"').next().unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 300);
}

#[test]
fn sources_read_as_configuration() {
    let address = "127.0.0.1:9".parse().unwrap();
    let sources = CITY.sources(Path::new("sample"), address).unwrap();
    let kinds: HashSet<_> = sources.iter().map(|source| source.kind.name()).collect();
    let shown = HashSet::from(["spreadsheet", "json_lines", "push", "feed", "site"]);
    assert_eq!(kinds, shown, "files, pushes and pages all take part");
    assert!(
        sources
            .iter()
            .any(|source| source.name == City::PUSH_SOURCE && source.kind.name() == "push")
    );
}

#[test]
fn the_lists_are_those_of_the_city() {
    let units = Units::load(lists::UNITS, "units.toml").unwrap();
    let dispatched = CITY.tickets.iter().filter(|ticket| !ticket.direct);
    let (mut known, mut responsible, mut all) = (0, 0, 0);
    for ticket in dispatched {
        all += 1;
        let duties = units.duties(ticket.unit);
        known += usize::from(duties.is_some() && !units.contacts(ticket.unit).is_empty());
        responsible +=
            usize::from(duties.is_some_and(|(topics, _)| topics.iter().any(|own| own == ticket.topic)));
    }
    assert!(
        known * 10 >= all * 9,
        "{known} of {all} have a unit with a contact"
    );
    assert!(
        responsible * 10 >= all * 9,
        "{responsible} of {all} are what their unit is responsible for"
    );

    // Those who write by themselves give no street.
    let places = Gazetteer::load(&[("regions.toml".to_owned(), lists::REGIONS.to_owned())]).unwrap();
    let national = Gazetteer::load(&[]).unwrap();
    let (mut right, mut wrong, mut written) = (0, 0, 0);
    for ticket in CITY.tickets.iter().filter(|ticket| ticket.channel != "电话") {
        written += 1;
        match places.locate(&ticket.title, &ticket.body).region.as_deref() {
            Some(region) if region == ticket.region => right += 1,
            // Some name no more than the district.
            None | Some("云浦区") => {}
            Some(region) => {
                assert!(STREETS.contains(&region), "{region}");
                wrong += 1;
            }
        }
        assert_eq!(
            national.locate(&ticket.title, &ticket.body).region,
            None,
            "{}",
            ticket.body
        );
    }
    println!("{right} right and {wrong} wrong of {written}");
    assert!(
        right * 5 >= written * 2 && right >= wrong * 20,
        "{right}, {wrong} of {written}"
    );
}

#[test]
fn what_the_operator_configured_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Files::default();
    City::configure(folder.path(), &mut files).unwrap();
    assert_eq!(files.regions, [folder.path().join("regions.toml")]);
    assert_eq!(files.units, Some(folder.path().join("units.toml")));
    let mut own = Files {
        regions: vec!["own.toml".into()],
        units: Some("units-of-our-own.toml".into()),
        ..Files::default()
    };
    City::configure(folder.path(), &mut own).unwrap();
    assert_eq!(own.regions, [Path::new("own.toml")]);
    assert_eq!(own.units.as_deref(), Some(Path::new("units-of-our-own.toml")));
}
