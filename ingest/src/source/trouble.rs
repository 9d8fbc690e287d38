//! What the latest visits of a source say is wrong with it: nothing extracted after a redesign, a robots refusal, a
//! log-in wall, a burst of errors. Silence is another matter: it needs the source's rhythm.

use super::state::VisitNote;
use crate::{extract::tangle, time::Moment};
use scraper::Selector;
use std::sync::LazyLock;

/// Code of a page that asks to log in instead of showing its text.
pub(super) const LOGIN_WALL: &str = "login_wall";
/// Code of a page without any text.
const NO_TEXT: &str = "no_text";
/// Codes of failures of the line or the server, not of a page.
const ERRORS: [&str; 7] = [
    "feed",
    "timeout",
    "connection",
    "status",
    "wait",
    "encoding",
    "redirect",
];

/// Pages without text that make a source empty: fewer may be picture galleries.
const EMPTY_PAGES: u64 = 5;
/// Latest visits looked at for walls and errors, and how many of them must have failed.
const BURST: (usize, usize) = (6, 3);
/// Share of pages that must have failed in a visit to count as a failed one.
const MOSTLY: f64 = 0.5;

/// What is wrong with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// Pages are fetched, but no text is found on them.
    Empty,
    /// robots.txt forbids what is to be collected.
    Robots,
    /// Pages ask to log in.
    LoginWall,
    /// Visits fail one after another.
    Errors,
}

/// A trouble with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What.
    pub kind: TroubleKind,
    /// Begin of the first visit of the run that shows it.
    pub since: Moment,
    /// Pages or visits that show it, and how many were looked at.
    pub count: (u64, u64),
}

/// What the visits (newest first) show. A source whose latest visit brought something and met no wall has none.
pub fn troubles(visits: &[VisitNote]) -> Vec<Trouble> {
    let mut found = Vec::new();
    let walls = [
        (TroubleKind::Robots, "robots"),
        (TroubleKind::LoginWall, LOGIN_WALL),
    ];
    for (kind, code) in walls {
        let run: Vec<_> = visits.iter().take_while(|visit| shows(visit, code)).collect();
        if let Some(first) = run.last() {
            let count = run.iter().map(|visit| refusals(visit, code)).sum();
            let all = run.iter().map(|visit| attempts(visit)).sum();
            found.push(Trouble {
                kind,
                since: first.at,
                count: (count, all),
            });
        }
    }
    // Visits without a page say nothing: nothing was new.
    let paged = || {
        visits
            .iter()
            .filter(|visit| attempts(visit) > 0 && visit.error.is_none())
    };
    let empty: Vec<_> = paged()
        .take_while(|visit| visit.summary.yielded == 0 && refusals(visit, NO_TEXT) > 0)
        .collect();
    let pages = empty.iter().map(|visit| refusals(visit, NO_TEXT)).sum();
    if let Some(first) = empty.last().filter(|_| pages >= EMPTY_PAGES) {
        let all = empty.iter().map(|visit| attempts(visit)).sum();
        found.push(Trouble {
            kind: TroubleKind::Empty,
            since: first.at,
            count: (pages, all),
        });
    }
    let latest = &visits[..visits.len().min(BURST.0)];
    let failed: Vec<_> = latest.iter().filter(|visit| is_failed(visit)).collect();
    if let Some(first) = failed
        .last()
        .filter(|_| failed.len() >= BURST.1 && is_failed(&visits[0]))
    {
        let count = (failed.len() as u64, latest.len() as u64);
        found.push(Trouble {
            kind: TroubleKind::Errors,
            since: first.at,
            count,
        });
    }
    found
}

/// Whether a wall stood before most of what a visit asked for.
fn shows(visit: &VisitNote, code: &str) -> bool {
    visit.error.as_deref() == Some(code) || is_most(refusals(visit, code), attempts(visit))
}

fn is_failed(visit: &VisitNote) -> bool {
    if visit
        .error
        .as_deref()
        .is_some_and(|error| ERRORS.contains(&error))
    {
        return true;
    }
    let failed = ERRORS
        .iter()
        .map(|code| visit.codes.get(*code).copied().unwrap_or(0))
        .sum();
    is_most(failed, attempts(visit))
}

fn is_most(part: u64, all: u64) -> bool {
    part > 0 && part as f64 >= all as f64 * MOSTLY
}

fn refusals(visit: &VisitNote, code: &str) -> u64 {
    let of_visit = u64::from(visit.error.as_deref() == Some(code));
    visit.codes.get(code).copied().unwrap_or(0) + of_visit
}

/// Items a visit tried to read.
fn attempts(visit: &VisitNote) -> u64 {
    visit.summary.yielded + visit.codes.values().sum::<u64>()
}

/// Whether a page on which no text was found asks to log in: a password field, or an address that says so.
pub(super) fn is_login_page(html: &str, address: &str) -> bool {
    static PASSWORD: LazyLock<Option<Selector>> = LazyLock::new(|| {
        Selector::parse("input[type=password], input[name=password], input[name=passwd]").ok()
    });
    let path = address
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let named = path
        .split(['/', '.'])
        .any(|part| ["login", "signin", "sign_in", "passport", "sso", "cas", "denglu"].contains(&part));
    named
        || PASSWORD
            .as_ref()
            .is_some_and(|password| tangle::page(html).select(password).next().is_some())
}

/// Whether a status says that a log-in is wanted.
pub(super) fn is_login_status(status: u16) -> bool {
    matches!(status, 401 | 407)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{source::state::Summary, time::from_millis};

    fn visit(at: i64, yielded: u64, error: Option<&str>, codes: &[(&str, u64)]) -> VisitNote {
        VisitNote {
            at: from_millis(at * 60_000),
            summary: Summary {
                fetched: 1 + yielded,
                yielded,
                refused: codes.iter().map(|(_, count)| count).sum(),
                unchanged: 0,
            },
            error: error.map(str::to_owned),
            codes: codes
                .iter()
                .map(|(code, count)| ((*code).to_owned(), *count))
                .collect(),
        }
    }

    fn kinds(visits: &[VisitNote]) -> Vec<TroubleKind> {
        troubles(visits).into_iter().map(|trouble| trouble.kind).collect()
    }

    #[test]
    fn a_redesign_is_seen_over_visits_and_ends_with_the_first_text() {
        let redesigned = [
            visit(4, 0, None, &[("no_text", 3)]),
            visit(3, 0, None, &[]),
            visit(2, 0, None, &[("no_text", 4)]),
            visit(1, 12, None, &[]),
        ];
        let found = troubles(&redesigned);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].kind, found[0].since, found[0].count),
            (TroubleKind::Empty, from_millis(120_000), (7, 7))
        );
        assert_eq!(kinds(&redesigned[1..]), [], "four pages may be pictures");
        let mended = [&[visit(5, 1, None, &[("no_text", 1)])], &redesigned[..]].concat();
        assert_eq!(kinds(&mended), []);
        assert_eq!(kinds(&[]), []);
        assert_eq!(kinds(&[visit(1, 0, None, &[])]), [], "nothing new is no trouble");
    }

    #[test]
    fn walls_are_seen_at_once_errors_when_they_burst() {
        assert_eq!(kinds(&[visit(1, 0, Some("robots"), &[])]), [TroubleKind::Robots]);
        assert_eq!(
            kinds(&[visit(1, 0, None, &[("login_wall", 2)])]),
            [TroubleKind::LoginWall]
        );
        assert_eq!(
            kinds(&[visit(1, 9, None, &[("login_wall", 2)])]),
            [],
            "some pages are for members"
        );
        let timeout = |at| visit(at, 0, Some("timeout"), &[]);
        assert_eq!(kinds(&[timeout(2), timeout(1)]), []);
        assert_eq!(
            kinds(&[timeout(3), visit(2, 3, None, &[]), timeout(1), timeout(0)]),
            [TroubleKind::Errors]
        );
        assert_eq!(
            kinds(&[visit(4, 3, None, &[]), timeout(3), timeout(2), timeout(1)]),
            [],
            "it is over"
        );
        let pages = |at| visit(at, 1, None, &[("status", 5)]);
        assert_eq!(kinds(&[pages(3), pages(2), pages(1)]), [TroubleKind::Errors]);
    }

    #[test]
    fn pages_that_ask_to_log_in_are_known() {
        let form = "<html><body><form><input name=u><input type=\"password\"></form></body></html>";
        assert!(is_login_page(form, "https://bbs.example/thread/1"));
        assert!(is_login_page(
            "<p>请稍候</p>",
            "https://example.cn/passport/index.html?u=1"
        ));
        assert!(is_login_page("", "https://example.cn/user/login.jsp"));
        assert!(!is_login_page(
            "<p>图片</p>",
            "https://example.cn/catalogin/1.html"
        ));
        assert!(is_login_status(401) && !is_login_status(403));
    }
}
