//! The files the city leaves for the watched folders: the hotline's export, the Weibo crawler's, one per medium.
//!
//! Must never depend on the day it runs: same seed, same bytes.

use super::{
    approvals,
    posts::{SamplePost, Way},
    tickets::SampleTicket,
};
use anyhow::Context;
use chrono::NaiveDateTime;
use ingest::record::Medium;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

/// Folder of the hotline's export.
pub(super) const HOTLINE: &str = "hotline";
/// Folder of the Weibo crawler's export.
pub(super) const WEIBO: &str = "weibo";
/// Folder of the other post files.
pub(super) const POSTS: &str = "posts";

/// Folder of the approvals hall's export.
pub(super) const APPROVALS: &str = "approvals";

/// Headers as exports have them.
const HEADERS: [&str; 20] = [
    "受理编号",
    "来电时间",
    "来源渠道",
    "来电号码",
    "诉求类型",
    "诉求领域",
    "所属区域",
    "标题",
    "诉求内容",
    "办理方式",
    "承办单位",
    "派单时间",
    "签收时间",
    "联系时间",
    "办结时限",
    "办结时间",
    "状态",
    "办理结果",
    "回访时间",
    "满意度",
];
const SOLVED: &str = "是否解决";

/// Writes everything below `folder`.
pub(super) fn write(folder: &Path, tickets: &[SampleTicket], posts: &[SamplePost]) -> anyhow::Result<()> {
    for room in [HOTLINE, WEIBO, POSTS, APPROVALS] {
        fs::create_dir_all(folder.join(room))
            .with_context(|| format!("cannot make the sample folder {room}"))?;
    }
    let items = folder.join(APPROVALS).join("政务服务办件明细_201601-201605.csv");
    fs::write(items, approvals::csv()).context("cannot write the sample of approval items")?;
    export(
        tickets,
        &folder.join(HOTLINE).join("热线工单导出_201601-201605.xlsx"),
    )?;
    let crawled = posts
        .iter()
        .filter(|post| post.way == Way::WeiboExport)
        .map(crawled);
    lines(
        &folder.join(WEIBO).join("search_contents_2016-05-31.jsonl"),
        crawled,
    )?;
    for medium in Medium::ALL {
        let of_medium = posts
            .iter()
            .filter(|post| post.way == Way::Lines && post.medium == medium);
        let mut of_medium = of_medium.map(line).peekable();
        if of_medium.peek().is_some() {
            lines(
                &folder
                    .join(POSTS)
                    .join(format!("{}_2016-05-31.jsonl", medium.name())),
                of_medium,
            )?;
        }
    }
    Ok(())
}

fn lines(path: &Path, values: impl Iterator<Item = Value>) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path).context("cannot write a sample file")?);
    for value in values {
        serde_json::to_writer(&mut file, &value)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

/// A post line.
pub(super) fn line(post: &SamplePost) -> Value {
    json!({
        "kind": "post",
        "id": post.native_id,
        "source": post.source_name,
        "channel": post.medium.name(),
        "url": post.url,
        "title": post.title,
        "body": post.body,
        "author": post.author,
        "published_at": post.published_at.to_rfc3339(),
        "region": post.region,
        "likes": post.likes,
        "comments": post.comments,
        "shares": post.shares,
        "views": post.views,
    })
}

/// A line of MediaCrawler's Weibo export.
fn crawled(post: &SamplePost) -> Value {
    json!({
        "note_id": post.native_id,
        "content": post.body,
        "create_time": post.published_at.timestamp(),
        "create_date_time": post.published_at.format("%Y-%m-%d %H:%M:%S").to_string(),
        "liked_count": post.likes.to_string(),
        "comments_count": post.comments.to_string(),
        "shared_count": post.shares.to_string(),
        // Crawled on 1 June at eight.
        "last_modify_ts": 1_464_739_200_000_i64,
        "note_url": post.url,
        "ip_location": format!("发布于 {}", post.region),
        "nickname": post.author,
        "source_keyword": "云浦",
    })
}

/// The workbook: a title above the headers, as exports have it.
fn export(tickets: &[SampleTicket], path: &Path) -> anyhow::Result<()> {
    let mut workbook = Workbook::new();
    // The export's own time, UTC: 30 June 2016, 08:30 in Shanghai.
    let saved_at = ExcelDateTime::from_ymd(2016, 6, 30)?.and_hms(0, 30, 0)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&saved_at));
    let sheet = workbook.add_worksheet();
    sheet.set_name("工单明细")?;
    let centred = Format::new().set_bold().set_align(FormatAlign::Center);
    let title = "云浦区便民热线工单明细表（受理时间：2016-01-01 至 2016-05-31）";
    sheet.merge_range(0, 0, 0, HEADERS.len() as u16, title, &centred)?;
    for (column, header) in HEADERS.into_iter().chain([SOLVED]).enumerate() {
        sheet.write_with_format(1, column as u16, header, &centred)?;
    }
    for (at, ticket) in tickets.iter().enumerate() {
        for (column, cell) in cells(ticket).into_iter().enumerate() {
            if !cell.is_empty() {
                sheet.write(at as u32 + 2, column as u16, cell)?;
            }
        }
    }
    workbook.save(path).context("cannot write the sample export")
}

fn cells(ticket: &SampleTicket) -> [String; HEADERS.len() + 1] {
    let time = |at: Option<NaiveDateTime>| {
        at.map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string())
            .unwrap_or_default()
    };
    [
        ticket.no.clone(),
        time(Some(ticket.accepted_at)),
        ticket.channel.to_owned(),
        ticket.caller.clone().unwrap_or_default(),
        ticket.r#type.chinese().to_owned(),
        ticket.topic.to_owned(),
        // Who writes by themselves give no street: it is found in the text, by the places of the district.
        if ticket.channel == "电话" {
            ticket.region
        } else {
            ""
        }
        .to_owned(),
        ticket.title.clone(),
        ticket.body.clone(),
        if ticket.direct { "直接答复" } else { "转办" }.to_owned(),
        ticket.unit.to_owned(),
        time(ticket.dispatched_at),
        time(ticket.signed_at),
        time(ticket.contacted_at),
        time(Some(ticket.due_at)),
        time(ticket.resolved_at),
        if ticket.resolved_at.is_some() {
            "已办结"
        } else {
            "办理中"
        }
        .to_owned(),
        ticket.reply.clone().unwrap_or_default(),
        time(ticket.called_back_at),
        ticket.satisfaction.to_owned(),
        ticket.solved.to_owned(),
    ]
}
