//! The configured sources that collect the sample: ordinary ones, as an operator would write them.

use super::{City, files, portal};
use anyhow::Context;
use ingest::source::SourceConfig;
use serde_json::json;
use std::{net::SocketAddr, path::Path};

/// The sources of the files below `folder` and of the web server at `address`.
///
/// # Errors
/// When the folder's name is no UTF-8, which no configuration file could hold either.
pub(super) fn sources(folder: &Path, address: SocketAddr) -> anyhow::Result<Vec<SourceConfig>> {
    let room = |name: &str| {
        let path = folder.join(name).into_os_string().into_string();
        path.ok().context("the folder's name is not UTF-8")
    };
    let tables = json!([
        { "name": "hotline-export", "kind": "spreadsheet", "folder": room(files::HOTLINE)? },
        { "name": "approvals-hall", "kind": "spreadsheet", "preset": "approvals", "folder": room(files::APPROVALS)? },
        { "name": "weibo", "kind": "json_lines", "folder": room(files::WEIBO)? },
        { "name": "social-media", "kind": "json_lines", "folder": room(files::POSTS)? },
        {
            "name": "local-news",
            "kind": "feed",
            "url": format!("http://{address}{}", portal::FEED),
            "channel": "news",
            "allow_private": true,
        },
        {
            "name": "city-portal",
            "kind": "site",
            "lists": [format!("http://{address}{}", portal::LIST)],
            "links": "ul.news a",
            "next": ".pages a.next",
            "max_pages": 20,
            "allow_private": true,
        },
        { "name": City::PUSH_SOURCE, "kind": "push", "token_env": "MINSHENG_DEMO_PUSH_TOKEN" },
    ]);
    Ok(serde_json::from_value(tables)?)
}
