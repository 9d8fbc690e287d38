//! `/bulletin`: paste a published text or table, see which of its figures can be so.

use super::{Frame, Page, format, html};
use crate::{
    error::Error,
    router::{OurForm, Site},
    state::App,
};
use analytics::bulletin::{self, Finding, Kind, LONGEST};
use askama::Template;
use axum::{extract::State, response::Html};
use serde::Deserialize;

pub(crate) const PAGE: Page = Page {
    path: "/bulletin",
    name: "公报核验",
};

/// What the form shows for a start: two sentences of the kind it is for.
const EXAMPLE: &str = "1—5月，共受理群众诉求1760件，其中求助类1285件、投诉类197件、咨询类236件、建议类26件、表扬类16件。限时办结率98.75%，总办结率98.82%。";

#[derive(Template)]
#[template(path = "bulletin.html")]
struct View {
    frame: Frame,
    text: String,
    example: &'static str,
    audited: bool,
    cut: Option<String>,
    period: Option<String>,
    impossible: usize,
    rows: Vec<Row>,
}

struct Row {
    kind: &'static str,
    text: String,
    possible: bool,
    fraction: String,
    explanation: String,
    candidates: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct BulletinForm {
    text: String,
}

/// `GET /bulletin`
pub(crate) async fn get(State(site): State<Site>) -> Result<Html<String>, Error> {
    html(&View {
        frame: Frame::new(&site, PAGE.path),
        text: String::new(),
        example: EXAMPLE,
        audited: false,
        cut: None,
        period: None,
        impossible: 0,
        rows: Vec::new(),
    })
}

/// `POST /bulletin`
pub(crate) async fn post(
    State(site): State<Site>,
    OurForm(form): OurForm<BulletinForm>,
) -> Result<Html<String>, Error> {
    if form.text.trim().is_empty() {
        return Err(Error::Unacceptable("请粘贴要核验的公报文字或表格。".to_owned()));
    }
    let frame = Frame::new(&site, PAGE.path);
    let view = site.blocking(move |app| view(app, frame, form.text)).await?;
    html(&view)
}

fn view(app: &App, frame: Frame, text: String) -> Result<View, Error> {
    let findings = audit(app, &text)?;
    let period = bulletin::period(&text, app.now().date_naive());
    Ok(View {
        frame,
        example: EXAMPLE,
        audited: true,
        cut: text
            .chars()
            .nth(LONGEST)
            .map(|_| format!("文字超过 {} 字，其后部分未核验", format::count(LONGEST as u64))),
        period: period.map(|period| format!("{}至{}", format::day(period.from), format::day(period.to))),
        impossible: findings.iter().filter(|finding| !finding.possible).count(),
        rows: findings.iter().map(row).collect(),
        text,
    })
}

/// What a text states, with our own figures of its period beside it. Blocking.
pub(crate) fn audit(app: &App, text: &str) -> Result<Vec<Finding>, Error> {
    let mut findings = bulletin::audit(text);
    let now = app.now();
    if let Some(period) = bulletin::period(text, now.date_naive()) {
        bulletin::compare(app.snapshot()?.as_ref(), period, now, &mut findings)?;
    }
    Ok(findings)
}

fn row(finding: &Finding) -> Row {
    let number = |number: Option<u64>| number.map_or_else(|| "—".to_owned(), format::count);
    Row {
        kind: match finding.kind {
            Kind::Sum => "合计",
            Kind::Rate => "比率",
        },
        text: finding.text.clone(),
        possible: finding.possible,
        fraction: format!("{} / {}", number(finding.numerator), number(finding.denominator)),
        explanation: finding.explanation.clone(),
        candidates: finding
            .candidates
            .iter()
            .map(|candidate| {
                let share = if candidate.percent.is_empty() {
                    String::new()
                } else {
                    format!(" = {}", candidate.percent)
                };
                let (part, whole) = (
                    format::count(candidate.numerator),
                    format::count(candidate.denominator),
                );
                format!("{part} / {whole}{share}：{}", candidate.note)
            })
            .collect(),
    }
}
