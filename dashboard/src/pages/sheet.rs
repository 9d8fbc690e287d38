//! `/tickets.csv`: all tickets of a list, for spreadsheet programs.

use super::{case, format, listing::Asked};
use crate::{error::Error, router::Site};
use analytics::ledger::Ticket;
use axum::{
    extract::{Query, State},
    http::{HeaderName, header},
};
use ingest::time::Moment;

/// Rows of a CSV: a year of a large city. Each is folded from its events, about 10,000 a second.
const LONGEST_CSV: u64 = 200_000;

/// `GET /tickets.csv`: all tickets of the list, not one page of it.
pub(crate) async fn get(
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> Result<([(HeaderName, &'static str); 2], Vec<u8>), Error> {
    let bytes = site
        .blocking(move |app| {
            let (tickets, total) = app.ledger().list(&asked.listing(app)?.filter, 0, LONGEST_CSV)?;
            if total > LONGEST_CSV {
                let most = format::count(LONGEST_CSV);
                return Err(Error::Unacceptable(format!(
                    "导出最多 {most} 件，请缩小范围后再导出。"
                )));
            }
            sheet(&tickets)
        })
        .await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"tickets.csv\"",
        ),
    ];
    Ok((headers, bytes))
}

fn sheet(tickets: &[Ticket]) -> Result<Vec<u8>, Error> {
    let head = [
        "工单编号",
        "标题",
        "诉求类型",
        "诉求领域",
        "来源渠道",
        "区域",
        "承办单位",
        "受理时间",
        "派单时间",
        "办结时限",
        "办结时间",
        "状态",
        "是否按时",
    ];
    // Excel reads UTF-8 only behind a byte order mark.
    let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(head).map_err(Error::internal)?;
    let time = |moment: Option<Moment>| moment.map(format::minute).unwrap_or_default();
    for ticket in tickets {
        let on_time = match ticket.on_time {
            Some(true) => "按时",
            Some(false) => "超期",
            None => "",
        };
        let cells = [
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
        ];
        writer.write_record(cells.map(inert)).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
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
