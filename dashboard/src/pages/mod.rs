//! The pages: one file each, a handler with its view beside it; the HTML is in `templates/`.
//!
//! A view holds texts ready to be shown, so templates decide nothing but their markup, and askama escapes all of them.
//! Pages read the dashboard's own clock ([`crate::state::App::now`]), never the system's: the demo runs in the past.

pub(crate) mod act;
pub(crate) mod approvals;
pub(crate) mod assets;
pub(crate) mod attachment;
pub(crate) mod bulletin;
mod case;
mod chart;
pub(crate) mod choice;
mod deed;
pub(crate) mod events;
pub(crate) mod format;
mod link;
pub(crate) mod listing;
mod marked;
mod narrow;
pub(crate) mod overview;
mod pager;
pub(crate) mod post;
mod rate;
mod related;
pub(crate) mod report;
pub(crate) mod scope;
pub(crate) mod search;
pub(crate) mod sheet;
pub(crate) mod sources;
mod spread;
pub(crate) mod ticket;
pub(crate) mod tickets;
mod told;
pub(crate) mod triage;
pub(crate) mod trial;
pub(crate) mod unit;
pub(crate) mod units;

use crate::{
    error::Error,
    router::{FormToken, Site},
};
use askama::Template;
use axum::response::Html;

/// A page of the navigation.
#[derive(Debug)]
pub struct Page {
    /// Where it is; `router.rs` serves it there.
    pub path: &'static str,
    /// What the navigation calls it.
    pub name: &'static str,
}

/// The navigation, in its order.
pub const PAGES: &[Page] = &[
    overview::PAGE,
    triage::PAGE,
    tickets::PAGE,
    units::PAGE,
    bulletin::PAGE,
    search::PAGE,
    events::PAGE,
    approvals::PAGE,
    sources::PAGE,
];

/// What every page needs around its content (`templates/frame.html`).
#[derive(Debug)]
pub(crate) struct Frame {
    /// Path of the navigation's entry this page belongs to; empty for none.
    here: &'static str,
    clock: String,
    token: FormToken,
    version: &'static str,
}

impl Frame {
    pub(crate) fn new(site: &Site, here: &'static str) -> Self {
        Self {
            here,
            clock: format::minute(site.app.now()),
            token: site.token.clone(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    pub(super) fn pages(&self) -> &'static [Page] {
        PAGES
    }

    pub(super) fn asset(&self, name: &str) -> String {
        assets::path(name)
    }

    pub(super) fn token(&self) -> &str {
        self.token.as_str()
    }
}

/// The page of a failure.
#[derive(Template)]
#[template(path = "fault.html")]
pub(crate) struct Fault {
    pub(crate) frame: Frame,
    pub(crate) status: u16,
    pub(crate) title: &'static str,
    pub(crate) detail: String,
}

/// A name with its value, both ready to be shown.
#[derive(Debug)]
pub(crate) struct Fact {
    name: &'static str,
    value: String,
}

/// A piece of text, marked or not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    text: String,
    marked: bool,
}

/// Cuts `text` at `ranges` (byte ranges to be marked, in any order). Ranges that overlap, lie outside the text or inside
/// a character are left out.
pub(crate) fn pieces(text: &str, ranges: &[(usize, usize)]) -> Vec<Piece> {
    let mut ranges: Vec<_> = ranges
        .iter()
        .filter(|(start, end)| start < end)
        .copied()
        .collect();
    ranges.sort_unstable();
    let mut pieces = Vec::with_capacity(ranges.len() * 2 + 1);
    let mut done = 0;
    for (start, end) in ranges {
        if let (Some(before), Some(marked)) = (text.get(done..start), text.get(start..end)) {
            if !before.is_empty() {
                pieces.push(Piece {
                    text: before.to_owned(),
                    marked: false,
                });
            }
            pieces.push(Piece {
                text: marked.to_owned(),
                marked: true,
            });
            done = end;
        }
    }
    if let Some(rest) = text.get(done..).filter(|rest| !rest.is_empty()) {
        pieces.push(Piece {
            text: rest.to_owned(),
            marked: false,
        });
    }
    pieces
}

/// Renders a page.
pub(crate) fn html(page: &impl Template) -> Result<Html<String>, Error> {
    Ok(Html(page.render()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_the_text_whatever_the_ranges() {
        let text = "夜间施工噪音扰民";
        for ranges in [
            vec![],
            vec![(0, 6)],
            vec![(12, 18), (0, 6)],
            vec![(0, 12), (6, 18)],
            vec![(1, 4)],
            vec![(20, 99)],
            vec![(6, 0)],
        ] {
            let pieces = pieces(text, &ranges);
            assert_eq!(
                pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(),
                text,
                "{ranges:?}"
            );
        }
        let marked: Vec<_> = pieces(text, &[(12, 18), (0, 6)])
            .into_iter()
            .filter(|p| p.marked)
            .map(|p| p.text)
            .collect();
        assert_eq!(marked, ["夜间", "噪音"]);
    }
}
