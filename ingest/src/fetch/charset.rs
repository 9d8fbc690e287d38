//! From bytes to text: which character set a page is written in.
//!
//! Asked in this order: byte order mark, HTTP header, the page's own declaration, detection. A declaration that does
//! not fit the bytes is passed over, because templates are copied from site to site together with their `charset`.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, WINDOWS_1252};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// Browsers look at the first 1,024 bytes; Chinese portals put scripts before the declaration.
const DECLARATION_WITHIN: usize = 4096;
/// Enough to tell the encodings apart; detection is the slow part.
const DETECT_WITHIN: usize = 64 * 1024;

/// `<meta charset=gbk>`, `<meta http-equiv=… content="text/html; charset=gb2312">`, `<?xml encoding="big5"?>`.
static DECLARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:<meta[^>]{0,300}?charset\s*=|<\?xml[^>]{0,200}?encoding\s*=)\s*["']?\s*([a-z0-9_:\-]{2,40})"#).ok()
});

/// The text of `body`, and the name of the encoding used. Bytes that are no text become U+FFFD.
pub fn decode(body: &[u8], content_type: Option<&str>) -> (String, &'static str) {
    if let Some((encoding, length)) = Encoding::for_bom(body) {
        let rest = body.get(length..).unwrap_or_default();
        return (
            encoding.decode_without_bom_handling(rest).0.into_owned(),
            encoding.name(),
        );
    }
    // Valid UTF-8 with anything beyond ASCII is no other encoding by accident, whatever the declarations say.
    if let Ok(text) = std::str::from_utf8(body)
        && !body.is_ascii()
    {
        return (text.to_owned(), UTF_8.name());
    }
    let declared = [content_type.and_then(in_header), in_document(body)];
    // Windows-1252 is what servers say that were never told; it fits any bytes and proves nothing.
    let fitting = declared
        .into_iter()
        .flatten()
        .filter(|encoding| *encoding != WINDOWS_1252)
        .find_map(|encoding| fits(encoding, body));
    fitting.unwrap_or_else(|| {
        let encoding = detect(body);
        (
            encoding.decode_without_bom_handling(body).0.into_owned(),
            encoding.name(),
        )
    })
}

/// GB18030 holds GB2312 and GBK, and pages declared as these use its characters.
fn widened(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK { GB18030 } else { encoding }
}

fn in_header(content_type: &str) -> Option<&'static Encoding> {
    let at = content_type.to_ascii_lowercase().find("charset")?;
    let value = content_type
        .get(at + "charset".len()..)?
        .trim_start()
        .strip_prefix('=')?;
    let label = value
        .trim()
        .trim_matches(['"', '\''])
        .split([';', ',', ' ', '"'])
        .next()?;
    Encoding::for_label(label.as_bytes()).map(widened)
}

fn in_document(body: &[u8]) -> Option<&'static Encoding> {
    let head = body.get(..DECLARATION_WITHIN).unwrap_or(body);
    let label = DECLARED.as_ref()?.captures(head)?.get(1)?.as_bytes();
    Encoding::for_label(label).map(widened)
}

/// The text, where `encoding` reads it with at most one wrong character in a thousand: real pages are cut in the
/// middle of a character by their own content system.
fn fits(encoding: &'static Encoding, body: &[u8]) -> Option<(String, &'static str)> {
    let (text, had_errors) = encoding.decode_without_bom_handling(body);
    if had_errors {
        let wrong = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
        if wrong * 1000 > text.chars().count() {
            return None;
        }
    }
    Some((text.into_owned(), encoding.name()))
}

fn detect(body: &[u8]) -> &'static Encoding {
    let sample = body.get(..DETECT_WITHIN).unwrap_or(body);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, sample.len() == body.len());
    // The reader is Chinese, so in doubt the page is too.
    widened(detector.guess(Some(b"cn"), Utf8Detection::Allow))
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::BIG5;

    const TEXT: &str = "市民服务热线受理群众诉求，承办单位按时办结并回访。";

    #[test]
    fn header_declaration_and_detection_each_find_gbk() {
        let bytes = GBK.encode(TEXT).0.into_owned();
        assert_eq!(decode(&bytes, Some("text/html; charset=GB2312")).0, TEXT);
        assert_eq!(decode(&bytes, None).0, TEXT);
        let page = format!("<html><head><meta charset=gb2312><title>{TEXT}</title>");
        assert_eq!(decode(&GBK.encode(&page).0, None), (page.clone(), "gb18030"));
        assert_eq!(
            decode(&GBK.encode(&page).0, Some("text/html; charset=iso-8859-1")).0,
            page
        );
    }

    #[test]
    fn a_wrong_declaration_is_passed_over() {
        let page = format!("<meta http-equiv='Content-Type' content='text/html; charset=gb2312'>{TEXT}");
        assert_eq!(
            decode(page.as_bytes(), Some("text/html; charset=gbk")).0,
            page,
            "UTF-8 declared as GBK"
        );
        let page = format!("<meta charset=utf-8>{TEXT}");
        assert_eq!(
            decode(&GBK.encode(&page).0, Some("text/html; charset=utf-8")).0,
            page,
            "GBK declared as UTF-8"
        );
    }

    #[test]
    fn big5_gb18030_and_marks() {
        let page = "<?xml version='1.0' encoding='Big5'?><a>臺北市政府新聞</a>";
        assert_eq!(decode(&BIG5.encode(page).0, None), (page.to_owned(), "Big5"));
        let rare = "<meta charset=gbk>村民𠮷某";
        assert_eq!(decode(&GB18030.encode(rare).0, None).0, rare);
        assert_eq!(
            decode(b"\xef\xbb\xbfabc", Some("text/html; charset=gbk")).0,
            "abc"
        );
        assert_eq!(decode(b"\xff\xfea\0b\0", None).0, "ab");
        assert_eq!(decode(b"", None).0, "");
    }
}
