//! Refuses to parse pages built to be slow.
//!
//! Parsing HTML is quadratic in bad hands: each `<div>` asks every open element whether it is a paragraph, and each
//! paragraph opens anew all formatting elements left open before it. So depth times number of tags bounds the work,
//! and a quick look at the tags bounds that before the parser runs.

use scraper::Html;

/// Elements that are never closed, or that the next of their kind closes.
const LEFT_OPEN: [&[u8]; 24] = [
    b"area", b"base", b"br", b"col", b"dd", b"dt", b"embed", b"hr", b"img", b"input", b"li", b"link",
    b"meta", b"option", b"p", b"param", b"source", b"td", b"th", b"tr", b"tbody", b"track", b"wbr", b"html",
];

/// Depth × tags. The heaviest real page measured has some 10⁵; this is a second of work.
const MOST_WORK: usize = 10_000_000;

/// The page, or an empty one where parsing would take for ever.
pub(crate) fn page(html: &str) -> Html {
    Html::parse_document(if is_tangled(html) { "" } else { html })
}

/// A piece of HTML, or nothing where parsing would take for ever.
pub(crate) fn fragment(html: &str) -> Html {
    Html::parse_fragment(if is_tangled(html) { "" } else { html })
}

fn is_tangled(html: &str) -> bool {
    let (mut tags, mut depth, mut deepest) = (0_usize, 0_usize, 0_usize);
    let mut rest = html.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| byte == b'<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        match rest.first() {
            Some(b'/') => {
                depth = depth.saturating_sub(usize::from(counts(rest.get(1..).unwrap_or_default())))
            }
            Some(letter) if letter.is_ascii_alphabetic() => {
                tags += 1;
                depth += usize::from(counts(rest));
                deepest = deepest.max(depth);
            }
            _ => {}
        }
    }
    deepest.saturating_mul(tags) > MOST_WORK
}

/// Whether the element whose name begins here adds to the depth.
fn counts(rest: &[u8]) -> bool {
    let length = rest
        .iter()
        .take(12)
        .position(|byte| !byte.is_ascii_alphanumeric())
        .unwrap_or(rest.len().min(12));
    let name = rest.get(..length).unwrap_or_default();
    !LEFT_OPEN.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attacks_are_seen_and_long_pages_are_not() {
        assert!(is_tangled(&"<div>".repeat(100_000)));
        let bold: String = (0..2_000).map(|i| format!("<b id={i}>")).collect();
        assert!(is_tangled(&(bold + &"<p>".repeat(100_000))));
        assert!(!is_tangled(&"<li><p>一<br><a href=x>二</a></li>".repeat(50_000)));
        assert!(!is_tangled(&("<font>".repeat(200) + &"<p>文</p>".repeat(20_000))));
    }
}
