//! What a file is, by its first bytes. A name proves nothing: a page called `photo.jpg` is a page.

use serde::{Deserialize, Deserializer, de::Error as _};

/// A kind of file that can be evidence. Nothing a browser would run is among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaType(usize);

/// Media type and Chinese name of all kinds.
const KINDS: [(&str, &str); 16] = [
    ("image/jpeg", "JPG 图片"),
    ("image/png", "PNG 图片"),
    ("image/gif", "GIF 图片"),
    ("image/webp", "WebP 图片"),
    ("image/heic", "HEIC 图片"),
    ("application/pdf", "PDF"),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "Word",
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Excel",
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "PPT",
    ),
    ("application/x-ole-storage", "旧版 Office 文档"),
    ("audio/mpeg", "MP3 录音"),
    ("audio/wav", "WAV 录音"),
    ("audio/amr", "AMR 录音"),
    ("video/mp4", "MP4 视频"),
    ("video/quicktime", "MOV 视频"),
    ("text/plain", "文本"),
];

/// As far into a file as the names of its parts are looked for.
const LOOK: usize = 64 * 1024;

impl MediaType {
    /// All kinds.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..KINDS.len()).map(Self)
    }

    fn named(name: &str) -> Option<Self> {
        KINDS.iter().position(|(kind, _)| *kind == name).map(Self)
    }

    /// e.g. `image/jpeg`.
    pub(crate) fn name(self) -> &'static str {
        KINDS
            .get(self.0)
            .map_or("application/octet-stream", |kind| kind.0)
    }

    pub(super) fn chinese(self) -> &'static str {
        KINDS.get(self.0).map_or("", |kind| kind.1)
    }

    /// The kind these bytes are; `None` for anything else, above all for pages, scripts, drawings (SVG) and programs.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        let at = |place: usize, magic: &[u8]| bytes.get(place..).is_some_and(|rest| rest.starts_with(magic));
        Self::named(if starts(b"\xff\xd8\xff") {
            "image/jpeg"
        } else if starts(b"\x89PNG\r\n\x1a\n") {
            "image/png"
        } else if starts(b"GIF87a") || starts(b"GIF89a") {
            "image/gif"
        } else if starts(b"RIFF") && at(8, b"WEBP") {
            "image/webp"
        } else if starts(b"RIFF") && at(8, b"WAVE") {
            "audio/wav"
        } else if starts(b"%PDF-") {
            "application/pdf"
        } else if starts(b"PK\x03\x04") {
            office(bytes)?
        } else if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            "application/x-ole-storage"
        } else if starts(b"#!AMR") {
            "audio/amr"
        } else if starts(b"ID3") || is_mpeg_frame(bytes) {
            "audio/mpeg"
        } else if at(4, b"ftyp") {
            match bytes.get(8..12)? {
                b"heic" | b"heix" | b"mif1" | b"msf1" | b"heim" | b"heis" => "image/heic",
                b"qt  " => "video/quicktime",
                _ => "video/mp4",
            }
        } else if is_text(bytes) {
            "text/plain"
        } else {
            return None;
        })
    }
}

/// Which document a ZIP archive is, by the names of its parts; any other archive is none.
fn office(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..LOOK.min(bytes.len()))?;
    let holds = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    [
        (b"word/" as &[u8], 6),
        (b"xl/" as &[u8], 7),
        (b"ppt/" as &[u8], 8),
    ]
    .into_iter()
    .find(|(part, _)| holds(part))
    .and_then(|(_, place)| KINDS.get(place))
    .map(|kind| kind.0)
}

/// Layer III frame header without ID3 tag: eleven bits of sync, a version and a bit rate that exist.
fn is_mpeg_frame(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, second, third, ..]
        if second & 0xe0 == 0xe0 && second & 0x06 == 0x02 && second & 0x18 != 0x08 && third & 0xf0 != 0xf0)
}

/// UTF-8 without control characters, and nothing a browser could take for a page.
fn is_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let shown = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    !text.starts_with('<') && !text.starts_with("#!") && text.chars().all(shown)
}

impl<'de> Deserialize<'de> for MediaType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| {
            let known: Vec<String> = KINDS.iter().map(|kind| format!("`{}`", kind.0)).collect();
            D::Error::custom(format!(
                "unknown variant `{name}`, expected one of {}",
                known.join(", ")
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides() {
        for (bytes, kind) in [
            (b"\xff\xd8\xff\xe0\0\x10JFIF" as &[u8], Some("image/jpeg")),
            (b"%PDF-1.7\n", Some("application/pdf")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\0\0\0\0WAVEfmt ", Some("audio/wav")),
            (b"\0\0\0\x18ftypmp42", Some("video/mp4")),
            (b"\0\0\0\x18ftypheic", Some("image/heic")),
            (b"\0\0\0\x14ftypqt  ", Some("video/quicktime")),
            (b"ID3\x03\0", Some("audio/mpeg")),
            (b"\xff\xfb\x90\x64", Some("audio/mpeg")),
            (
                b"PK\x03\x04\x14\0word/document.xml",
                Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ),
            ("来电人提供：路灯编号 12".as_bytes(), Some("text/plain")),
            (b"PK\x03\x04\x14\0virus.exe", None),
            (b"<!DOCTYPE html><script>alert(1)</script>", None),
            (b"\xef\xbb\xbf  <svg xmlns=\"http://www.w3.org/2000/svg\">", None),
            (b"<?xml version=\"1.0\"?>", None),
            (b"#!/bin/sh\n", None),
            (b"\x7fELF\x02\x01", None),
            (b"MZ\x90\0\x03", None),
            (b"\0\0\0", None),
        ] {
            assert_eq!(MediaType::of(bytes).map(MediaType::name), kind, "{bytes:?}");
        }
    }
}
