//! The next page of an article that its site cut into pages (下一页).
//!
//! A link is followed only when its words say "next page" and its address is that of the same article with the next
//! number: 下一篇 leads to another article, and many templates mix the two up.

use url::Url;

/// What such links say.
const WORDS: [&str; 4] = ["下一页", "下页", "后一页", "下一頁"];
/// Bytes looked through backwards for the tag of a link: its attributes, and markup around its words.
const TAG: usize = 600;
/// Query fields that number pages.
const FIELDS: [&str; 6] = ["page", "p", "pn", "pageno", "currentpage", "part"];
/// Digits of a page's number; more are an article's.
const DIGITS: usize = 3;

/// The address of page `part` (2 for the second) of the article that begins at `first`, if the page `html` found at
/// `here` links to it. Linear in the page's length, without parsing it.
pub(crate) fn following(html: &str, first: &Url, here: &Url, part: usize) -> Option<Url> {
    WORDS.iter().find_map(|words| {
        html.match_indices(words).find_map(|(at, _)| {
            let mut url = here.join(&href(html, at)?).ok()?;
            url.set_fragment(None);
            (url != *here && continues(first, &url, part)).then_some(url)
        })
    })
}

/// The target of the link around the words at `at`.
fn href(html: &str, at: usize) -> Option<String> {
    let before = &html[html.floor_char_boundary(at.saturating_sub(TAG))..at];
    let lower = before.to_ascii_lowercase();
    let tag = lower.rfind("<a")?;
    // The link ended before the words, or it is another element (`<article`).
    if lower[tag..].contains("</a") || !lower[tag + 2..].starts_with(|c: char| c.is_ascii_whitespace()) {
        return None;
    }
    let place = tag + lower[tag..].find("href")? + "href".len();
    let value = before[place..].trim_start().strip_prefix('=')?.trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value
            .split(|c: char| c.is_ascii_whitespace() || c == '>')
            .next()?,
    };
    Some(value.trim().replace("&amp;", "&"))
}

/// Whether `next` is page `part` of what begins at `first`. Sites count the second page as 2 or as 1.
fn continues(first: &Url, next: &Url, part: usize) -> bool {
    if first.host_str() != next.host_str() || first.port() != next.port() {
        return false;
    }
    let counts = |number: usize| number == part || number + 1 == part;
    if first.path() == next.path() {
        let others = |url: &Url| -> Vec<(String, String)> {
            url.query_pairs()
                .filter(|(name, _)| !FIELDS.contains(&name.to_ascii_lowercase().as_str()))
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect()
        };
        let number = next
            .query_pairs()
            .find(|(name, _)| FIELDS.contains(&name.to_ascii_lowercase().as_str()))
            .and_then(|(_, value)| value.parse().ok());
        return others(first) == others(next) && number.is_some_and(counts);
    }
    if first.query() != next.query() {
        return false;
    }
    let (first, next) = (stem(first.path()), stem(next.path()));
    let Some((base, mark, number)) = numbered(next) else {
        return false;
    };
    let begins = first.trim_end_matches('/') == base
        // The first page may be numbered too.
        || (mark != '/' && numbered(first).is_some_and(|(of, _, first)| of == base && first <= 1));
    begins && counts(number)
}

/// A path without its file's extension.
fn stem(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') => stem,
        _ => path,
    }
}

/// What stands before a short number at a path's end, and what parts the two.
fn numbered(stem: &str) -> Option<(&str, char, usize)> {
    let digits = stem.len() - stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (base, number) = stem.split_at(stem.len() - digits);
    let mark = base.chars().next_back()?;
    let fits = (1..=DIGITS).contains(&digits) && matches!(mark, '_' | '-' | '/');
    Some((base.strip_suffix(mark)?, mark, number.parse().ok()?)).filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(html: &str, first: &str, part: usize) -> Option<String> {
        let first = Url::parse(first).unwrap();
        following(html, &first, &first, part).map(String::from)
    }

    #[test]
    fn the_next_page_of_the_same_article_is_found() {
        for (html, first, next_page) in [
            (
                "<a href=\"123_2.html\">下一页</a>",
                "http://n.example/a/123.html",
                "http://n.example/a/123_2.html",
            ),
            (
                "<A class=x HREF='/a/123_1.html'><span>下一页&gt;</span></A>",
                "http://n.example/a/123.html",
                "http://n.example/a/123_1.html",
            ),
            (
                "<a href=123-2.shtml>下页</a>",
                "http://n.example/a/123-1.shtml",
                "http://n.example/a/123-2.shtml",
            ),
            (
                "<a href=\"/a/123/2\">下一页</a>",
                "http://n.example/a/123",
                "http://n.example/a/123/2",
            ),
            (
                "<a href=\"?id=7&amp;page=2#top\">下一页</a>",
                "http://n.example/a?id=7",
                "http://n.example/a?id=7&page=2",
            ),
        ] {
            assert_eq!(next(html, first, 2).as_deref(), Some(next_page), "{html}");
        }
    }

    #[test]
    fn another_article_is_never_its_next_page() {
        for (html, first) in [
            ("<a href=124.html>下一页</a>", "http://n.example/a/123.html"),
            (
                "<a href=20240102.html>下一页</a>",
                "http://n.example/a/20240101.html",
            ),
            ("<a href=2.html>下一页</a>", "http://n.example/a/1.html"),
            ("<a href=123_2.html>下一篇</a>", "http://n.example/a/123.html"),
            (
                "<a href=http://other.example/a/123_2.html>下一页</a>",
                "http://n.example/a/123.html",
            ),
            ("<a href=123_5.html>下一页</a>", "http://n.example/a/123.html"),
            ("<a href=/x>首页</a> 下一页", "http://n.example/a/123.html"),
            ("<article href=123_2.html>下一页", "http://n.example/a/123.html"),
            ("<a href='?id=8&page=2'>下一页</a>", "http://n.example/a?id=7"),
            (
                "<a href='javascript:next()'>下一页</a>",
                "http://n.example/a/123.html",
            ),
            ("下一页", "http://n.example/a/123.html"),
        ] {
            assert_eq!(next(html, first, 2), None, "{html}");
        }
    }
}
