//! `<meta http-equiv="refresh">`: a redirect written into the page.

use url::Url;

/// Bytes looked through: the tag belongs into the head, and pages that only redirect are short.
const HEAD: usize = 8 * 1024;
/// A page that moves on later than this means to be read first, or only to load itself anew.
const SOON: f64 = 5.0;

/// Where a page leads by itself; `None` for one that stays.
pub(crate) fn target(body: &[u8], here: &Url) -> Option<Url> {
    let head = String::from_utf8_lossy(&body[..body.len().min(HEAD)]);
    // Lengths stay the same in ASCII, so places in one are places in the other.
    let lower = head.to_ascii_lowercase();
    let mut from = 0;
    while let Some(begin) = lower[from..].find("<meta").map(|at| from + at) {
        let end = lower[begin..].find('>').map_or(lower.len(), |at| begin + at);
        from = end;
        let (tag, lower_tag) = (&head[begin..end], &lower[begin..end]);
        let refreshes = attribute(lower_tag, lower_tag, "http-equiv").is_some_and(|name| name == "refresh");
        // Without scripts `noscript` would count; what it leads to is the request to switch them on.
        if !refreshes
            || is_inside(&lower[..begin], "<noscript", "</noscript")
            || is_inside(&lower[..begin], "<!--", "-->")
        {
            continue;
        }
        let content = attribute(tag, lower_tag, "content")?;
        return to(&content, here);
    }
    None
}

/// Whether the last `open` before a place is not closed.
fn is_inside(before: &str, open: &str, close: &str) -> bool {
    match (before.rfind(open), before.rfind(close)) {
        (Some(opened), Some(closed)) => opened > closed,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn attribute(tag: &str, lower: &str, name: &str) -> Option<String> {
    let mut from = 0;
    while let Some(at) = lower[from..].find(name).map(|at| from + at) {
        from = at + name.len();
        let Some(value) = tag[from..].trim_start().strip_prefix('=') else {
            continue;
        };
        let value = value.trim_start();
        let value = match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].split(quote).next()?,
            _ => value.split(|c: char| c.is_ascii_whitespace()).next()?,
        };
        return Some(value.trim().replace("&amp;", "&"));
    }
    None
}

/// The target of `0; url=…`.
fn to(content: &str, here: &Url) -> Option<Url> {
    let (seconds, rest) = content.split_once([';', ','])?;
    let seconds: f64 = seconds.trim().parse().ok()?;
    let rest = rest.trim_start();
    let address = match rest.get(..3) {
        Some(name) if name.eq_ignore_ascii_case("url") => rest[3..].trim_start().strip_prefix('=')?,
        _ => rest,
    };
    let address = address.trim().trim_matches(['"', '\'']);
    let mut url = here.join(address).ok()?;
    url.set_fragment(None);
    let itself = url.as_str() == here.as_str().split('#').next().unwrap_or_default();
    ((0.0..=SOON).contains(&seconds) && !itself && !address.is_empty()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(page: &str) -> Option<String> {
        let here = Url::parse("http://n.example/a/1.html").unwrap();
        target(page.as_bytes(), &here).map(String::from)
    }

    #[test]
    fn pages_lead_on_soon_and_elsewhere() {
        for page in [
            "<meta http-equiv=\"refresh\" content=\"0; url=/b.html\">",
            "<html><head><META CONTENT='3;URL=/b.html' HTTP-EQUIV=Refresh>",
            "<meta http-equiv=refresh content=\"0;url='http://n.example/b.html#top'\">",
        ] {
            assert_eq!(leads(page).as_deref(), Some("http://n.example/b.html"), "{page}");
        }
        for page in [
            "<meta http-equiv=refresh content=300>",
            "<meta http-equiv=\"refresh\" content=\"300; url=/b.html\">",
            "<meta http-equiv=\"refresh\" content=\"0; url=/a/1.html\">",
            "<noscript><meta http-equiv=\"refresh\" content=\"0; url=/nojs\"></noscript>",
            "<!-- <meta http-equiv=\"refresh\" content=\"0; url=/b\"> -->",
            "<meta name=refresh content=\"0; url=/b\">",
            "<meta http-equiv=refresh",
            "<meta http-equiv=refresh content=\"-1;url=/b\">",
        ] {
            assert_eq!(leads(page), None, "{page}");
        }
    }
}
