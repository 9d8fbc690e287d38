//! The title: the heading on the page that `<title>` repeats, else what the page tells machines, else `<title>`
//! without the site's name.

use super::{
    meta::Meta,
    outline::{MarkKind, Outline},
    pattern::constant,
};
use regex::Regex;
use std::sync::LazyLock;

/// Where a site's name begins in `<title>`.
static SEPARATOR: LazyLock<Regex> =
    LazyLock::new(|| constant(r"\s*[_|｜丨]+\s*|\s+[-–—·»«>:：]+\s+|\s*[—–]{1,2}\s*|\s*-+\s*"));
/// The last part of a title that names a site or a column rather than the story.
static SITE: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?i)网$|网站|频道|新闻$|资讯|门户|政府$|日报|晚报|晨报|时报|早报|都市报|商报|在线$|热线$|\.com|\.cn|\.net|平台$|公众号|客户端|博客|论坛|社区$|中心$|电视台|广播|杂志|首页|官网|百家号|头条|局$|厅$|委员会$|委$|办公室$|(?:省|市|区|县|州)$|要闻|动态$|专栏$|栏目",
    )
});

/// Shorter headings are columns ("要闻"), not titles.
const SHORTEST: usize = 4;

/// The title, and the index of the line that shows it.
pub(super) fn find(outline: &Outline, meta: &Meta) -> (String, Option<usize>) {
    let whole = folded(&meta.document_title);
    let mut best: Option<(usize, String, Option<usize>)> = None;
    for (text, line) in candidates(outline) {
        let key = folded(&text);
        let length = key.chars().count();
        let fits = length >= SHORTEST && (whole.contains(&key) || is_cut_short(&whole, &key));
        // The whole `<title>` with its site's name appears in breadcrumbs; a heading without it is the title.
        if fits && best.as_ref().is_none_or(|(longest, ..)| length > *longest) {
            best = Some((length, text, line));
        }
    }
    let declared = meta
        .title
        .as_deref()
        .map(|title| without_site(title, meta.site_name.as_deref()));
    let bare = without_site(&meta.document_title, meta.site_name.as_deref());
    // `<title>` and the banner name the site alone: the story's own heading says more.
    let names_site = |text: &str| text.chars().count() <= 20 && SITE.is_match(text);
    if best.as_ref().is_none_or(|(_, text, _)| names_site(text))
        && names_site(&bare)
        && let Some((text, line)) = first_heading(outline)
        && !names_site(&text)
    {
        return (text, Some(line));
    }
    if let Some((length, text, line)) = best {
        // A heading much shorter than what the page declares is a kicker or the site's name inside `<title>`.
        let longer = declared.clone().filter(|title| {
            let key = folded(title);
            key.chars().count() > length && whole.contains(&key)
        });
        if let Some(title) = longer {
            let at = line_of(outline, &title).or(line);
            return (title, at);
        }
        if length * 2 >= folded(&bare).chars().count() {
            return (text, line);
        }
    }
    let heading = || first_heading(outline);
    // A headline for search engines above, the story's own below: the same story by most of its characters.
    if let Some((text, line)) = heading()
        && declared
            .as_deref()
            .is_none_or(|title| folded(title) == folded(&bare))
        && is_alike(&folded(&text), &folded(&bare))
    {
        // 原创 and the like before it are no part of it.
        let is_kicked = folded(&text).contains(&folded(&bare));
        return (if is_kicked { bare } else { text }, Some(line));
    }
    if let Some(title) = declared.filter(|title| folded(title).chars().count() >= SHORTEST) {
        let at = line_of(outline, &title).or_else(|| heading().map(|(_, line)| line));
        return (title, at);
    }
    // `<title>` that names only the site ("某市人民政府门户网站") says less than the page's one heading.
    if let Some((text, line)) = heading()
        && (bare.is_empty() || SITE.is_match(&bare))
    {
        return (text, Some(line));
    }
    let at = line_of(outline, &bare);
    (bare, at)
}

/// Everything on the page that could be its title: headings, marked elements, and every short line.
fn candidates(outline: &Outline) -> impl Iterator<Item = (String, Option<usize>)> + '_ {
    let marked = outline.marks.iter().filter(|mark| mark.kind == MarkKind::Title);
    let marked = marked.map(|mark| (mark.text.clone(), Some(mark.line)));
    let lines = outline.lines.iter().enumerate();
    let short = lines
        .clone()
        .filter(|(_, line)| line.length <= 100)
        .map(|(at, line)| (line.text.clone(), Some(at)));
    // A heading broken in two by `<br>`.
    let broken = lines.clone().zip(lines.skip(1)).filter_map(|((at, a), (_, b))| {
        let heading = a.block == b.block && is_heading(outline, a.block);
        heading.then(|| (format!("{} {}", a.text, b.text), Some(at)))
    });
    broken.chain(short).chain(marked)
}

fn is_heading(outline: &Outline, block: usize) -> bool {
    outline
        .blocks
        .get(block)
        .is_some_and(|block| matches!(block.tag.as_str(), "h1" | "h2" | "h3"))
}

fn first_heading(outline: &Outline) -> Option<(String, usize)> {
    let found = |wanted: &str| {
        outline.lines.iter().enumerate().find(|(_, line)| {
            let tag = outline.blocks.get(line.block).map(|block| block.tag.as_str());
            tag == Some(wanted) && line.length >= 6 && line.linked * 2 < line.length
        })
    };
    let marked = || {
        let fits = |text: &str| (8..=60).contains(&text.chars().count());
        let mark = outline
            .marks
            .iter()
            .find(|mark| mark.kind == MarkKind::Title && fits(&mark.text))?;
        Some((mark.text.clone(), mark.line))
    };
    let heading = found("h1").or_else(|| found("h2"));
    heading.map(|(at, line)| (line.text.clone(), at)).or_else(marked)
}

/// Whether most of the characters of either are in the other.
fn is_alike(one: &str, other: &str) -> bool {
    let share = |a: &str, b: &str| {
        let all = a.chars().count().max(1);
        a.chars().filter(|c| b.contains(*c)).count() * 10 >= all * 7
    };
    one.chars().count() >= 8 && share(one, other) && share(other, one)
}

fn line_of(outline: &Outline, title: &str) -> Option<usize> {
    let key = folded(title);
    let same = |line: &super::outline::Line| line.length <= 150 && folded(&line.text) == key;
    let heading = |line: &super::outline::Line| is_heading(outline, line.block);
    let lines = &outline.lines;
    lines
        .iter()
        .position(|line| heading(line) && same(line))
        .or_else(|| lines.iter().position(same))
}

/// `<title>` cut short with an ellipsis still recognises its heading.
fn is_cut_short(whole: &str, key: &str) -> bool {
    let start = whole.split(['…', '.']).next().unwrap_or_default();
    start.len() < whole.len() && start.chars().count() >= 8 && key.starts_with(start)
}

/// A title without the site's name after or before it.
fn without_site(title: &str, site: Option<&str>) -> String {
    let mut rest = title.trim();
    for _ in 0..6 {
        let Some(last) = SEPARATOR.find_iter(rest).last() else {
            break;
        };
        let (head, tail) = (
            rest.get(..last.start()).unwrap_or_default(),
            rest.get(last.end()..).unwrap_or_default(),
        );
        let sure = last.as_str().contains(['_', '|', '｜', '丨']);
        let short = tail.chars().count() <= 20;
        let names_site = site.is_some_and(|site| folded(site) == folded(tail)) || SITE.is_match(tail.trim());
        if head.chars().count() < SHORTEST || !(tail.is_empty() || (sure && short) || (short && names_site)) {
            break;
        }
        rest = head.trim();
    }
    // "某市人民政府 关于……" with the site first.
    if let Some(first) = SEPARATOR.find(rest) {
        let (head, tail) = (
            rest.get(..first.start()).unwrap_or_default(),
            rest.get(first.end()..).unwrap_or_default(),
        );
        let names_site = site.is_some_and(|site| folded(site) == folded(head)) || head.ends_with("网站");
        if names_site && tail.chars().count() >= SHORTEST {
            return tail.trim().to_owned();
        }
    }
    rest.to_owned()
}

/// For comparing only: no white space, quotes and width alike.
pub(super) fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .filter(|c| !matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '「' | '」' | '＂'))
        .map(|c| match c {
            '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_is_taken_off() {
        for (title, bare) in [
            ("城东污水厂扩建完工_某市新闻网", "城东污水厂扩建完工"),
            ("城东污水厂扩建完工 - 要闻 - 某市人民政府", "城东污水厂扩建完工"),
            ("城东污水厂扩建完工|本地|民生_某市新闻_某网", "城东污水厂扩建完工"),
            (
                "关于COVID-19疫苗接种的通知-某区卫生健康局",
                "关于COVID-19疫苗接种的通知",
            ),
            ("某市政府网站 - 关于停水的通知", "关于停水的通知"),
            ("A-B 两线合并", "A-B 两线合并"),
        ] {
            assert_eq!(without_site(title, None), bare);
        }
    }
}
