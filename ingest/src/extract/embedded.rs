//! Articles that a page carries as data for its own script: `content: "…"` in JSON or JavaScript.
//!
//! No script is run and no grammar parsed: every `key: "string"` of a script is looked at by itself, which reads
//! JSON, object literals and assignments alike.

use super::{outline::Outline, pattern::constant, when};
use crate::time::Moment;
use regex::Regex;
use scraper::{Html, Node};
use std::sync::LazyLock;

static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r#"(?s)["']?\b(?P<key>[A-Za-z_][A-Za-z0-9_]{2,24})["']?\s*[:=]\s*(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<number>\d{10}(?:\d{3})?)\b)"#,
    )
});

fn is_content(key: &str) -> bool {
    matches!(
        key,
        "content"
            | "articlebody"
            | "article_content"
            | "articlecontent"
            | "body"
            | "html"
            | "content_html"
            | "text"
    )
}

fn is_time(key: &str) -> bool {
    matches!(
        key,
        "publish_time"
            | "publishtime"
            | "pubtime"
            | "pub_time"
            | "publish_date"
            | "publishdate"
            | "pubdate"
            | "pub_date"
            | "datepublished"
            | "ptime"
            | "display_time"
            | "publish_at"
            | "newstime"
            | "news_time"
            | "article_time"
    )
}

fn is_source(key: &str) -> bool {
    matches!(
        key,
        "source"
            | "medianame"
            | "media_name"
            | "source_name"
            | "sourcename"
            | "screen_name"
            | "origin"
            | "copyfrom"
            | "account_name"
    )
}

/// How the end of a paragraph's tag is written in a script.
const PARAGRAPH_ENDS: [&str; 4] = ["p>", "p\\u003e", "p\\u003E", "p&gt;"];

/// An article found in a script. Shorter texts are descriptions.
const SHORTEST: usize = 120;

/// What the scripts of a page say.
#[derive(Debug, Default)]
pub(super) struct Embedded {
    pub(super) text: Option<String>,
    pub(super) published_at: Option<Moment>,
    pub(super) source_name: Option<String>,
}

impl Embedded {
    /// Looks through the scripts of a page.
    pub(super) fn of(page: &Html) -> Self {
        let mut found = Self::default();
        let mut content = String::new();
        let mut hidden = String::new();
        let mut media = None;
        for node in page.tree.nodes() {
            let name = match node.value() {
                Node::Element(element) => element.name(),
                _ => continue,
            };
            if !matches!(name, "script" | "textarea") {
                continue;
            }
            let text: String = node
                .children()
                .filter_map(|child| child.value().as_text().map(|t| t.to_string()))
                .collect();
            // Some pages keep the article's HTML in a form field for their script to show.
            if name == "textarea" {
                if text.contains("<p") && text.len() > hidden.len() {
                    hidden = text;
                }
                continue;
            }
            for pair in PAIR.captures_iter(&text) {
                let key = pair["key"].to_ascii_lowercase();
                let value = ["double", "single", "number"]
                    .iter()
                    .find_map(|name| pair.name(name))
                    .map_or("", |m| m.as_str());
                // `data` is anything, unless it is a piece of HTML.
                let content_here = is_content(&key)
                    || (key == "data" && PARAGRAPH_ENDS.iter().any(|end| value.contains(end)));
                if content_here && value.len() > content.len() {
                    content = value.to_owned();
                } else if is_time(&key) && found.published_at.is_none() {
                    found.published_at = when::machine(&unquoted(value));
                } else if is_source(&key) && found.source_name.is_none() {
                    found.source_name = source(value);
                } else if key == "media" && media.is_none() {
                    media = source(value);
                }
            }
        }
        let text = match hidden.len() > content.len() {
            true => text_of(&hidden),
            false => text_of(&unquoted(&content)),
        };
        // "media" may as well be a picture: it counts where nothing says "source".
        found.source_name = found.source_name.or(media);
        found.text = Some(text).filter(|text| text.chars().count() >= SHORTEST);
        found
    }
}

/// A value that can be a medium's name.
fn source(value: &str) -> Option<String> {
    let name = unquoted(value);
    let plain = !name.is_ascii() && !name.contains(['/', '<', '。', '，']);
    Some(name).filter(|name| plain && (2..=24).contains(&name.chars().count()))
}

/// The paragraphs of embedded HTML, or of plain text.
pub(super) fn text_of(html: &str) -> String {
    let outline = Outline::of_fragment(html);
    outline
        .lines
        .iter()
        .map(|line| line.text.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

/// A string literal's value, without the HTML escapes and second quotes that templates put around it.
fn unquoted(literal: &str) -> String {
    let mut text = unescaped(literal);
    for _ in 0..2 {
        if text.contains("&lt;") || text.contains("&quot;") || text.contains("&#x3D;") {
            text = text
                .replace("&quot;", "\"")
                .replace("&#x3D;", "=")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
        }
        let trimmed = text.trim();
        match trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(inner) => text = unescaped(inner),
            None => break,
        }
    }
    text.trim().to_owned()
}

/// JavaScript's escapes undone.
fn unescaped(literal: &str) -> String {
    let mut out = String::with_capacity(literal.len());
    let mut chars = literal.chars();
    // A character beyond the basic plane is written as two units.
    let mut units: Vec<u16> = Vec::new();
    let flush = |units: &mut Vec<u16>, out: &mut String| {
        out.push_str(&String::from_utf16_lossy(units));
        units.clear();
    };
    while let Some(c) = chars.next() {
        if c != '\\' {
            flush(&mut units, &mut out);
            out.push(c);
            continue;
        }
        let escape = chars.next();
        let digits = match escape {
            Some('u') => 4,
            Some('x') => 2,
            _ => 0,
        };
        let hex: String = chars.clone().take(digits).collect();
        if digits > 0
            && hex.len() == digits
            && let Ok(unit) = u16::from_str_radix(&hex, 16)
        {
            units.push(unit);
            chars.by_ref().take(digits).for_each(drop);
            continue;
        }
        flush(&mut units, &mut out);
        match escape {
            Some('n' | 'r') => out.push('\n'),
            Some('t') => out.push(' '),
            Some(other) => out.push(other),
            None => {}
        }
    }
    flush(&mut units, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_once_and_twice() {
        assert_eq!(
            unescaped(r"\u003cp\u003e\u4f60\/\x41\ud83d\ude00\n"),
            "<p>你/A😀\n"
        );
        assert_eq!(
            unquoted("&quot;\\u003Cp\\u003E甲\\u003C\\u002Fp\\u003E&quot;"),
            "<p>甲</p>"
        );
        assert_eq!(unescaped(r"\u12"), "u12");
    }

    #[test]
    fn finds_an_article_in_a_script() {
        let paragraph = "街道办事处已经安排维修人员到场处理。".repeat(8);
        let html = format!(
            "<div id=app></div><script>var data = {{articleInfo: {{content: '&lt;p&gt;{paragraph}&lt;/p&gt;&lt;p&gt;第二段&lt;/p&gt;', publish_time: '2016-06-03 14:20:05', \"source\": \"某某晚报\"}}}};</script>"
        );
        let found = Embedded::of(&Html::parse_document(&html));
        assert_eq!(found.text, Some(format!("{paragraph}\n第二段")));
        assert_eq!(found.source_name.as_deref(), Some("某某晚报"));
        assert_eq!(
            found.published_at.map(|at| at.to_rfc3339()).as_deref(),
            Some("2016-06-03T14:20:05+08:00")
        );
    }
}
