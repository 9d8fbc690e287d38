//! `/tickets.csv` and `/tickets.xlsx`: all tickets of a list, for spreadsheet programs.

use super::{
    case, format,
    listing::{Asked, Behind},
    tickets,
};
use crate::{error::Error, router::Site, state::App};
use analytics::ledger::Ticket;
use axum::{
    extract::{Query, State},
    http::{HeaderName, header},
};
use ingest::time::Moment;
use rust_xlsxwriter::{Format, Workbook};

/// A file with the headers that name it.
pub(super) type Download = ([(HeaderName, &'static str); 2], Vec<u8>);

/// Rows of a file: a year of a large city. Each is folded from its events, about 10,000 a second.
const LONGEST: u64 = 200_000;
/// The columns with their widths in a spreadsheet.
const HEAD: [(&str, f64); 13] = [
    ("工单编号", 18.0),
    ("标题", 44.0),
    ("诉求类型", 10.0),
    ("诉求领域", 16.0),
    ("来源渠道", 10.0),
    ("区域", 14.0),
    ("承办单位", 22.0),
    ("受理时间", 17.0),
    ("派单时间", 17.0),
    ("办结时限", 17.0),
    ("办结时间", 17.0),
    ("状态", 10.0),
    ("是否按时", 10.0),
];

/// `GET /tickets.csv`: all tickets of the list, not one page of it.
pub(crate) async fn csv(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Download, Error> {
    let bytes = site.blocking(move |app| text(&listed(app, &asked)?.0)).await?;
    Ok((
        headers("text/csv; charset=utf-8", "attachment; filename=\"tickets.csv\""),
        bytes,
    ))
}

/// `GET /tickets.xlsx`: the same, with a sheet that says which figure the tickets stand behind.
pub(crate) async fn xlsx(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Download, Error> {
    let bytes = site
        .blocking(move |app| {
            let (tickets, behind) = listed(app, &asked)?;
            let proof = behind.map(|behind| tickets::proof(&behind, &[]));
            let said = proof.map(|proof| (proof.title, proof.text));
            workbook(&tickets, said).map_err(Error::internal)
        })
        .await?;
    Ok((headers(XLSX, "attachment; filename=\"tickets.xlsx\""), bytes))
}

/// The media type of spreadsheets.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The headers of a file to be saved.
pub(super) fn headers(kind: &'static str, disposition: &'static str) -> [(HeaderName, &'static str); 2] {
    [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition),
    ]
}

fn listed(app: &App, asked: &Asked) -> Result<(Vec<Ticket>, Option<Behind>), Error> {
    let listing = asked.listing(app)?;
    let (tickets, total) = app.ledger().list(&listing.filter, 0, LONGEST)?;
    if total > LONGEST {
        let most = format::count(LONGEST);
        return Err(Error::Unacceptable(format!(
            "导出最多 {most} 件，请缩小范围后再导出。"
        )));
    }
    Ok((tickets, listing.behind))
}

fn text(tickets: &[Ticket]) -> Result<Vec<u8>, Error> {
    // Excel reads UTF-8 only behind a byte order mark.
    let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    writer
        .write_record(HEAD.map(|(name, _)| name))
        .map_err(Error::internal)?;
    for ticket in tickets {
        writer
            .write_record(cells(ticket).map(inert))
            .map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

/// Strings only: what begins like a formula is a text in a workbook.
fn workbook(
    tickets: &[Ticket],
    said: Option<(String, String)>,
) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet().set_name("工单")?;
    for (place, (name, width)) in (0_u16..).zip(HEAD) {
        sheet.write_string_with_format(0, place, name, &bold)?;
        sheet.set_column_width(place, width)?;
    }
    for (row, ticket) in (1_u32..).zip(tickets) {
        for (place, cell) in (0_u16..).zip(cells(ticket)) {
            sheet.write_string(row, place, cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, tickets.len() as u32, HEAD.len() as u16 - 1)?;
    if let Some((title, text)) = said {
        let sheet = workbook.add_worksheet().set_name("口径")?;
        sheet.set_column_width(0, 12)?.set_column_width(1, 100)?;
        sheet.write_string_with_format(0, 0, "指标", &bold)?;
        sheet.write_string(0, 1, title)?;
        sheet.write_string_with_format(1, 0, "范围与口径", &bold)?;
        sheet.write_string(1, 1, text)?;
        sheet.write_string_with_format(2, 0, "件数", &bold)?;
        sheet.write_number(2, 1, tickets.len() as f64)?;
    }
    workbook.save_to_buffer()
}

fn cells(ticket: &Ticket) -> [String; HEAD.len()] {
    let time = |moment: Option<Moment>| moment.map(format::minute).unwrap_or_default();
    let on_time = match ticket.on_time {
        Some(true) => "按时",
        Some(false) => "超期",
        None => "",
    };
    [
        ticket.no.clone(),
        case::title(ticket),
        case::kind(ticket).to_owned(),
        ticket.topic.clone().unwrap_or_default(),
        ticket.channel.clone().unwrap_or_default(),
        ticket.region.clone().unwrap_or_default(),
        ticket.unit.clone().unwrap_or_default(),
        format::minute(ticket.accepted_at),
        time(ticket.dispatched_at),
        time(ticket.due.as_ref().map(|due| due.due_at)),
        time(ticket.resolved_at),
        ticket.status.chinese().to_owned(),
        on_time.to_owned(),
    ]
}

/// Citizens write titles: one that begins like a formula must not become one in a spreadsheet program.
fn inert(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_become_a_formula() {
        assert_eq!(
            inert("=HYPERLINK(\"http://x\")".into()),
            "'=HYPERLINK(\"http://x\")"
        );
        assert_eq!(inert("路灯不亮".into()), "路灯不亮");
    }
}
