//! `/events`: hot issues against their own past, and stubborn tickets (抓热点、解疑点、破难点).

use super::{
    Frame, Page, case, format, html,
    link::{self, link},
    scope,
};
use crate::{error::Error, router::Site, state::App};
use analytics::hot::{self, Hot, LONGEST_WINDOW, Stubborn};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use chrono::{Datelike, NaiveDate, TimeDelta};
use index::search::Request;
use serde::Deserialize;

pub(crate) const PAGE: Page = Page {
    path: "/events",
    name: "热点难点",
};

/// Clusters and stubborn tickets shown.
const SHOWN: usize = 30;
/// Tickets listed under a cluster.
const LISTED: usize = 20;
/// Bars of a sparkline, low to high.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Parameters of the address.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Last day of the window; the end of the period pages open on where not given.
    to: Option<String>,
    /// Days of the window, at most 92.
    days: Option<String>,
}

impl Asked {
    /// Last day and length of the window.
    pub(crate) fn window(&self, app: &App) -> Result<(NaiveDate, u32), Error> {
        let to =
            scope::day(&self.to, "截止日期")?.unwrap_or_else(|| app.period().1.min(app.now().date_naive()));
        if !(1971..=2999).contains(&to.year()) {
            return Err(Error::Malformed(
                "截止日期应在 1971 年至 2999 年之间。".to_owned(),
            ));
        }
        let days = match scope::given(&self.days) {
            None => app.config().issues.window_days.clamp(1, LONGEST_WINDOW),
            Some(text) => text
                .parse()
                .ok()
                .filter(|days| (1..=LONGEST_WINDOW).contains(days))
                .ok_or_else(|| Error::Malformed(format!("天数应为 1 至 {LONGEST_WINDOW} 的整数。")))?,
        };
        Ok((to, days))
    }
}

#[derive(Template)]
#[template(path = "events.html")]
struct View {
    frame: Frame,
    period: String,
    to: String,
    days: u32,
    hot_total: usize,
    hot: Vec<HotRow>,
    stubborn_total: usize,
    stubborn: Vec<StubbornRow>,
    /// The thresholds in words.
    rule: String,
}

#[derive(Debug)]
struct HotRow {
    rank: usize,
    place: String,
    topic: String,
    voices: u32,
    tickets: u32,
    expected: String,
    heat: String,
    spark: String,
    /// The sparkline in words.
    by_day: String,
    posts: Option<(usize, String)>,
    listed: Vec<(String, String)>,
    more: usize,
}

#[derive(Debug)]
struct StubbornRow {
    no: String,
    link: String,
    title: String,
    unit: String,
    status: &'static str,
    reopened: u32,
    extended: u32,
    repeated: u32,
    score: String,
}

/// `GET /events`
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let view = site.blocking(move |app| view(app, frame, &asked)).await?;
    html(&view)
}

fn view(app: &App, frame: Frame, asked: &Asked) -> Result<View, Error> {
    let (to, days) = asked.window(app)?;
    let from = to - TimeDelta::days(i64::from(days) - 1);
    let thresholds = &app.config().issues;
    let hot = hot::hot(app.ledger(), app.segmenter(), to, days, thresholds)?;
    let stubborn = hot::stubborn(app.ledger(), to, thresholds)?;
    let mut hot_rows = Vec::new();
    for (place, issue) in hot.iter().take(SHOWN).enumerate() {
        hot_rows.push(hot_row(app, place + 1, issue, from, to)?);
    }
    Ok(View {
        frame,
        period: format!("{}至{}", format::day(from), format::day(to)),
        to: to.to_string(),
        days,
        hot_total: hot.len(),
        hot: hot_rows,
        stubborn_total: stubborn.len(),
        stubborn: stubborn_rows(app, &stubborn)?,
        rule: format!(
            "近 {} 天受理的工单中，重办 {} 次、延期 {} 次或并入 {} 件同诉，达到任一项即列入",
            thresholds.stubborn_days, thresholds.reopened, thresholds.extended, thresholds.repeated
        ),
    })
}

fn hot_row(app: &App, rank: usize, issue: &Hot, from: NaiveDate, to: NaiveDate) -> Result<HotRow, Error> {
    // Posts are counted where there is a name to look for.
    let posts = if issue.named {
        let query = format!("kind:post date:{from}..{to} \"{}\"", issue.place);
        let found = app.index().search(&Request {
            query: query.clone(),
            ..Request::default()
        })?;
        Some((found.total, link("/search", [("q", query.as_str())])))
    } else {
        None
    };
    let listed = app
        .ledger()
        .tickets(&issue.numbers[..issue.numbers.len().min(LISTED)])?;
    let by_day: Vec<String> = issue.days.iter().map(ToString::to_string).collect();
    Ok(HotRow {
        rank,
        place: issue.place.clone(),
        topic: issue.topic.clone(),
        voices: issue.voices,
        tickets: issue.tickets,
        expected: format!("{:.2}", issue.expected),
        heat: format!("{:.2}", issue.heat),
        spark: spark(&issue.days),
        by_day: by_day.join("、"),
        posts,
        listed: listed
            .iter()
            .map(|ticket| (link::ticket(&ticket.no), case::title(ticket)))
            .collect(),
        more: issue.numbers.len().saturating_sub(LISTED),
    })
}

fn stubborn_rows(app: &App, stubborn: &[Stubborn]) -> Result<Vec<StubbornRow>, Error> {
    let numbers: Vec<String> = stubborn
        .iter()
        .take(SHOWN)
        .map(|found| found.no.clone())
        .collect();
    let tickets = app.ledger().tickets(&numbers)?;
    let rows = tickets.iter().filter_map(|ticket| {
        let found = stubborn.iter().find(|found| found.no == ticket.no)?;
        Some(StubbornRow {
            no: ticket.no.clone(),
            link: link::ticket(&ticket.no),
            title: case::title(ticket),
            unit: ticket.unit.clone().unwrap_or_default(),
            status: ticket.status.chinese(),
            reopened: found.reopened,
            extended: found.extended,
            repeated: found.repeated,
            score: format!("{:.2}", found.score),
        })
    });
    Ok(rows.collect())
}

/// Counts as bars; a day without voices is the lowest.
fn spark(days: &[u32]) -> String {
    let most = days.iter().copied().max().unwrap_or(0).max(1) as usize;
    let bar = |count: u32| {
        BARS[(count as usize * (BARS.len() - 1))
            .div_ceil(most)
            .min(BARS.len() - 1)]
    };
    days.iter().map(|count| bar(*count)).collect()
}

#[cfg(test)]
mod tests {
    use super::spark;

    #[test]
    fn bars_rise_with_counts() {
        assert_eq!(spark(&[0, 1, 7, 14]), "▁▂▅█");
        assert_eq!(spark(&[0, 0]), "▁▁");
        assert_eq!(spark(&[]), "");
    }
}
