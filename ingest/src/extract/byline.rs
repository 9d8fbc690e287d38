//! The line around an article: when it was published, in which medium, by whom.

use super::{
    outline::{Line, Mark, MarkKind, Outline},
    pattern::constant,
    variant::simplified,
    when::{self, Found},
};
use crate::time::Moment;
use regex::Regex;
use std::sync::LazyLock;

static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?:^|[^片据料考图\p{Han}]|本文|文章|稿件|信息|新闻|内容|消息|稿)(?:来\s*源|稿\s*源|出\s*处|转载自|转自|摘自|来\s*自)\s*(?:于)?(?:\s*[:：]\s*|\s+)(?P<name>[^\s|｜,，;；:：【】\[\]()（）<>》]{2,30}(?:\s[A-Za-z0-9][A-Za-z0-9 ]{0,20})?)",
    )
});
/// Who put it on the site: the source where no other is named.
static PUBLISHER: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?:发布机构|发布单位|发文单位|供稿单位|供稿|信息提供|发布者|发布人)\s*[:：]\s*(?P<name>[^\s|｜,，;；:：【】\[\]()（）<>》]{2,30})",
    )
});
/// What a medium's or account's name ends with, and a person's does not.
static MEDIUM: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?:[网报社刊台]|新闻|日报|晚报|周刊|杂志|财经|科技|视频|频道|传媒|媒体|资讯|观察|发布|客户端|在线|头条|之声|之家|研究院|办公室|委员会|[局厅委])$",
    )
});
/// `| 来源某某网 |`: without a colon, but between bars.
static BARRED_SOURCE: LazyLock<Regex> =
    LazyLock::new(|| constant(r"[|｜]\s*(?:来源|来自)\s*(?P<name>[^\s|｜]{2,20})\s*(?:[|｜]|$)"));
static BARRED_AUTHOR: LazyLock<Regex> =
    LazyLock::new(|| constant(r"[|｜]\s*作者\s*(?P<name>[^\s|｜]{2,12})\s*(?:[|｜]|$)"));
static AUTHOR: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?:^|[\s|｜(（\[【/])(?:作\s*者|文|撰文|撰稿|记者|通讯员|本报记者)\s*[:：/]\s*(?P<name>[^\s|｜,，;；:：【】\[\]()（）<>/]{2,20}(?:[ 、][\p{Han}]{2,4}\b)*)",
    )
});
static EDITOR: LazyLock<Regex> = LazyLock::new(|| {
    constant(r"(?:责任编辑|责编|本文编辑|编辑)\s*[:：]\s*(?P<name>[^\s|｜,，;；:：【】\[\]()（）<>/]{2,12})")
});
static REPORTER: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"[(（](?:本报|本网|见习)?(?:全媒体)?记者[\s:：]*(?P<name>[\p{Han}]{2,4}(?:[\s、][\p{Han}]{2,4}){0,3})",
    )
});
static PUBLISHED: LazyLock<Regex> =
    LazyLock::new(|| constant(r"发\s*布|发表|时\s*间|日\s*期|刊发|更新于|编辑于"));
static OTHER_TIME: LazyLock<Regex> = LazyLock::new(|| {
    constant(r"截至|截止|有效|施行|实施|成文|印发|生效|废止|报名|开庭|注册|最后登录|更新时间|修改")
});
/// What follows a name in one run without white space.
static NAME_ENDS: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?:作者|编辑|责任编辑|责编|记者|发布时间|发布日期|发布\s*(?:于|者|[:：\d])|时间|日期|字号|字体|浏览|点击|阅读|评论|分享|打印|(?:19|20)\d\d[-年/.]).*$",
    )
});

/// Lines looked at after the title, unless the text begins earlier.
const AFTER_TITLE: usize = 25;
/// Longer lines are prose.
const LONGEST: usize = 160;

/// The stretch of the page in which a byline is looked for.
pub(super) struct Around<'a> {
    outline: &'a Outline,
    /// First and last-but-one line.
    window: (usize, usize),
    body: (usize, usize),
}

impl<'a> Around<'a> {
    /// From a little before the title to a little into the text.
    pub(super) fn new(outline: &'a Outline, title_at: Option<usize>, body: (usize, usize)) -> Self {
        let start = title_at
            .filter(|&title| title < body.1.max(1))
            .unwrap_or_else(|| body.0.saturating_sub(12));
        let end = (start + AFTER_TITLE).min(body.0.max(start) + 6).max(start + 6);
        Self {
            outline,
            window: (start.saturating_sub(4), end.min(outline.lines.len())),
            body,
        }
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &'a Line)> + '_ {
        let (start, end) = self.window;
        let lines = self
            .outline
            .lines
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .enumerate();
        lines
            .filter(|(_, line)| line.length <= LONGEST)
            .map(move |(at, line)| (start + at, line))
    }

    /// The last lines of the text and what follows it: where editors sign.
    fn after(&self) -> impl Iterator<Item = &'a Line> + '_ {
        let start = self.body.1.saturating_sub(6);
        let lines = self
            .outline
            .lines
            .get(start..(self.body.1 + 12).min(self.outline.lines.len()));
        lines
            .unwrap_or_default()
            .iter()
            .filter(|line| line.length <= LONGEST)
    }

    fn marks(&self, kind: MarkKind) -> impl Iterator<Item = &'a Mark> + '_ {
        let (start, end) = self.window;
        self.outline
            .marks
            .iter()
            .filter(move |mark| mark.kind == kind && (start..end).contains(&mark.line))
    }

    /// When the page visibly says it was published.
    pub(super) fn published(&self, now: Moment) -> Option<Found> {
        let mut best: Option<(i32, Found)> = None;
        let mut offer = |text: &str, bonus: i32| {
            let mut times: Vec<Found> = when::fulls(text).collect();
            let with_year = !times.is_empty();
            times.extend(when::any(text, now).filter(|_| !with_year));
            let mut labelled_from = 0;
            for found in times {
                let label = text.get(labelled_from..found.start).unwrap_or_default();
                labelled_from = found.end;
                let score = bonus
                    + i32::from(found.to_the_minute) * 4
                    + i32::from(PUBLISHED.is_match(label)) * 4
                    + i32::from(text.chars().count() <= 60) * 2
                    + i32::from(with_year) * 3
                    - i32::from(OTHER_TIME.is_match(label)) * 12;
                let best_yet = best.as_ref().is_none_or(|(top, _)| score > *top);
                if score > 0 && best_yet && plausible(found.at, now) {
                    best = Some((score, found));
                }
            }
        };
        for (at, line) in self.lines() {
            let text = line.label();
            // In front of the text it is the byline, inside the text perhaps the story's own date.
            offer(
                text,
                if at < self.body.0 || text.contains("来源") {
                    3
                } else {
                    0
                },
            );
        }
        for mark in self.marks(MarkKind::Time) {
            offer(&mark.text, 4);
        }
        best.map(|(_, found)| found)
    }

    /// A labelled time anywhere on the page, for pages whose byline stands below or beside the text.
    pub(super) fn published_elsewhere(&self, now: Moment) -> Option<Moment> {
        let lines = self.outline.lines.iter().filter(|line| line.length <= 80);
        let labelled = lines.filter(|line| {
            ["发布时间", "发布日期", "发表时间", "发表于", "发布于", "发文日期"]
                .iter()
                .any(|label| line.label().contains(label))
        });
        let mut times = labelled.filter_map(|line| when::any(&line.text, now));
        times.find(|found| plausible(found.at, now)).map(|found| found.at)
    }

    /// The date a notice is signed with: a line of its own at the end of the text.
    pub(super) fn signed(&self, now: Moment) -> Option<Moment> {
        let alone = |text: &str| when::full(text).filter(|found| found.end - found.start + 6 >= text.len());
        self.after()
            .filter_map(|line| alone(&line.text))
            .map(|found| found.at)
            .filter(|at| plausible(*at, now))
            .last()
    }

    /// Originating media (来源：…). `title` is never one.
    pub(super) fn source(&self, title: &str) -> Option<String> {
        let other = |name: &String| name != title;
        let near = || self.lines().find_map(|(_, line)| labelled(line));
        let marked = || {
            let short = |mark: &Mark| mark.text.chars().count() <= 40;
            let read =
                |mark: &Mark| labelled_text(&mark.text).or_else(|| bare(&mark.text).filter(|_| short(mark)));
            self.marks(MarkKind::Source).filter_map(read).find(other)
        };
        let below = || self.after().find_map(labelled);
        near().or_else(marked).or_else(below)
    }

    /// The account it was published by, where the page marks one and it is no person's name.
    pub(super) fn account(&self) -> Option<String> {
        let marks = self.marks(MarkKind::Author);
        marks
            .filter_map(|mark| bare(&mark.text))
            .find(|name| !name.is_ascii() && is_medium(name))
    }

    /// Who put it on the site (发布机构：…).
    pub(super) fn publisher(&self) -> Option<String> {
        let find = |line: &Line| written(line, &PUBLISHER);
        let near = self.lines().find_map(|(_, line)| find(line));
        near.or_else(|| self.after().find_map(find))
    }

    /// `2016年6月3日 14:20 某某晚报` and `某某晚报 2016-06-03 14:20`: the medium without its label.
    pub(super) fn beside_time(&self, title: &str) -> Option<String> {
        let beside = |line: &Line| {
            let found = when::full(&line.text).filter(|found| found.to_the_minute)?;
            let after = || bare(line.text.get(found.end..)?).filter(|name| is_medium(name));
            let before = line.text.get(..found.start)?;
            match before.chars().count() {
                0..=8 => after().or_else(|| account(before)),
                9..=30 => account(before),
                _ => None,
            }
        };
        let short = self.lines().filter(|(_, line)| line.length <= 60);
        let near = short.filter(|(at, _)| *at < self.body.0.max(self.window.0 + 8));
        near.filter_map(|(_, line)| beside(line))
            .find(|name| name != title)
    }

    /// Who wrote it, else who edited it.
    pub(super) fn author(&self) -> Option<String> {
        let near = |pattern: &Regex| self.lines().find_map(|(_, line)| written(line, pattern));
        let below = |pattern: &Regex| self.after().find_map(|line| written(line, pattern));
        let marked = || self.marks(MarkKind::Author).find_map(|mark| bare(&mark.text));
        let in_text = || {
            let lines = self
                .outline
                .lines
                .get(self.body.0..self.body.1)
                .unwrap_or_default();
            lines.iter().find_map(|line| written(line, &REPORTER))
        };
        near(&AUTHOR)
            .or_else(|| near(&BARRED_AUTHOR))
            .or_else(marked)
            .or_else(|| below(&AUTHOR))
            .or_else(in_text)
            .or_else(|| near(&EDITOR))
            .or_else(|| below(&EDITOR))
    }
}

/// The name a pattern finds in a line, as the page writes it.
fn written(line: &Line, pattern: &Regex) -> Option<String> {
    let found = pattern.captures(line.label())?.name("name")?;
    name(line.text.get(found.range())?)
}

fn labelled(line: &Line) -> Option<String> {
    written(line, &SOURCE).or_else(|| written(line, &BARRED_SOURCE))
}

fn labelled_text(text: &str) -> Option<String> {
    let simple = simplified(text);
    let found = SOURCE
        .captures(&simple)
        .or_else(|| BARRED_SOURCE.captures(&simple))?;
    name(text.get(found.name("name")?.range())?)
}

/// Whether a name is a medium's or an account's rather than a person's or a scrap of text.
fn is_medium(name: &str) -> bool {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    // `某某晚报[整理]`
    let name = name.split(['[', '(', '（', '【']).next().unwrap_or(name);
    let length = name.chars().count();
    let has_letters = name.chars().any(|c| c.is_ascii_alphabetic()) && !name.contains(char::is_numeric);
    MEDIUM.is_match(name)
        || (length >= 4 && name.chars().all(is_han))
        || (length >= 3 && has_letters && !name.contains(['·', '、']))
}

/// What stands in front of the time, where that is an account and nothing else.
fn account(text: &str) -> Option<String> {
    let words = text.split([' ', '|', '｜', '·']).filter(|word| {
        let word = word.trim();
        !word.is_empty() && !matches!(word, "原创" | "原創" | "关注" | "+关注" | "转载" | "首发")
    });
    let words: Vec<&str> = words.collect();
    let [one] = words.as_slice() else { return None };
    let plain = !one.contains([':', '：', '，', '。', '>', '/', '《']) && !PUBLISHED.is_match(one);
    bare(one).filter(|name| plain && is_medium(name))
}

/// A page cannot have been published before the web, nor tomorrow.
pub(super) fn plausible(at: Moment, now: Moment) -> bool {
    chrono::Datelike::year(&at) >= 1994 && at <= now + chrono::Duration::days(2)
}

/// A name without what runs into it.
fn name(text: &str) -> Option<String> {
    let text = NAME_ENDS.replace(text.trim(), "");
    let text = text
        .trim()
        .trim_matches([
            '“', '”', '"', '\'', '《', '》', '—', '-', '·', '、', '。', '.', '/',
        ])
        .trim();
    let says_nothing = [
        "未知",
        "互联网",
        "网络",
        "网络整理",
        "本站原创",
        "原创",
        "转载",
        "admin",
        "佚名",
        "匿名",
        "管理员",
        "小编",
    ]
    .contains(&text);
    let is_name = text.chars().count() >= 2 && text.chars().any(char::is_alphabetic) && !says_nothing;
    is_name.then(|| text.to_owned())
}

/// A name that stands alone, perhaps behind its label.
fn bare(text: &str) -> Option<String> {
    let text = text
        .trim()
        .trim_start_matches(['|', '｜', '·', '-', '—', ':', '：'])
        .trim();
    let text = text.rsplit(['：', ':']).next().unwrap_or(text).trim();
    let first = text.split([' ', '|', '｜']).next().unwrap_or_default();
    let short = first.chars().count() <= 20 && !first.contains(['，', '。', '！', '？']);
    let is_time = when::full(text).is_some() || first.chars().next().is_some_and(|c| c.is_ascii_digit());
    let is_button = [
        "分享", "评论", "收藏", "字号", "打印", "大", "小", "我要", "参与", "关注", "阅读", "浏览", "举报",
        "点击", "只看", "楼主", "倒序", "使用",
    ];
    let button = is_button.iter().any(|label| first.starts_with(label));
    name(first).filter(|_| short && !is_time && !button)
}
