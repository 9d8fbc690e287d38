//! The built web assets, carried in the binary.

use crate::error::Error;
use axum::{
    extract::Path,
    http::{HeaderName, header},
};

/// Name, media type and content of every asset.
const ASSETS: [(&str, &str, &[u8]); 3] = [
    (
        "app.js",
        "text/javascript; charset=utf-8",
        include_bytes!(concat!(env!("OUT_DIR"), "/web/dist/app.js")),
    ),
    (
        "style.css",
        "text/css; charset=utf-8",
        include_bytes!(concat!(env!("OUT_DIR"), "/web/dist/style.css")),
    ),
    (
        "icon.svg",
        "image/svg+xml",
        include_bytes!(concat!(env!("OUT_DIR"), "/web/src/icon.svg")),
    ),
];

/// Changes with every source of the assets, so browsers may keep what they have under it.
const HASH: &str = env!("MINSHENG_WEB_HASH");

/// Where an asset is served.
pub(crate) fn path(name: &str) -> String {
    format!("/assets/{HASH}/{name}")
}

/// `GET /assets/{hash}/{name}`
pub(crate) async fn get(
    Path((hash, name)): Path<(String, String)>,
) -> Result<([(HeaderName, &'static str); 2], &'static [u8]), Error> {
    let found = ASSETS.iter().find(|(known, ..)| *known == name);
    let (_, kind, content) = found.ok_or_else(|| Error::NotFound("没有这个页面资源。".to_owned()))?;
    // A page of an earlier build asks under its own hash: it gets the present asset, but may not keep it as the old one.
    let keep = if hash == HASH {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)],
        content,
    ))
}
