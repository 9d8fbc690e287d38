//! The main text: the block that holds most of the page's sentences, without what is wrapped around them.
//!
//! Each line weighs as much as it reads like prose (characters outside links; more with sentence marks). Weight
//! rises to the blocks around it, and shrinks each time it passes a block that holds several weighty things: so the
//! block that just holds the article's paragraphs wins over the page that holds the article and much else.

use super::{
    outline::{Line, Outline},
    pattern::constant,
    title::folded,
};
use regex::Regex;
use std::{collections::HashMap, sync::LazyLock};

/// What is left of a weight when it passes a block that holds several weighty things.
const DECAY: f64 = 0.6;
/// A block alike and beside the best one joins it from this share of its weight.
const JOINS_FROM: f64 = 0.1;
/// Parts named like furniture are left out unless they hold this share of the page's weight.
const TOO_HEAVY_FOR_FURNITURE: f64 = 0.5;

/// Class and id words of what is around an article.
fn is_furniture(word: &str) -> bool {
    matches!(
        word,
        "comment"
            | "comments"
            | "cmt"
            | "pinglun"
            | "reply"
            | "footer"
            | "foot"
            | "copyright"
            | "related"
            | "relate"
            | "relevant"
            | "relation"
            | "recommend"
            | "recommended"
            | "recommendation"
            | "recommends"
            | "tuijian"
            | "xiangguan"
            | "share"
            | "sharing"
            | "bdsharebuttonbox"
            | "sidebar"
            | "side"
            | "aside"
            | "breadcrumb"
            | "breadcrumbs"
            | "crumb"
            | "crumbs"
            | "nav"
            | "navbar"
            | "navigation"
            | "menu"
            | "advert"
            | "ad"
            | "ads"
            | "advertisement"
            | "adbox"
            | "gg"
            | "hot"
            | "hots"
            | "rank"
            | "ranking"
            | "qrcode"
            | "ewm"
            | "erweima"
            | "login"
            | "toolbar"
            | "pager"
            | "pagination"
            | "paging"
            | "tags"
            | "disclaimer"
            | "shengming"
            | "mianze"
            | "dianzan"
            | "prev"
            | "next"
            | "pre"
            | "topbar"
            | "friendlink"
            | "weizhi"
            | "location"
    )
}
/// Of these, what readers wrote: left out however much it is.
const READERS: [&str; 5] = ["comment", "comments", "cmt", "pinglun", "reply"];
const FURNITURE_TAGS: [&str; 4] = ["nav", "footer", "aside", "form"];

/// Lines that never belong to an article's text, wherever they stand in it.
static NOISE: LazyLock<Regex> = LazyLock::new(|| {
    constant(concat!(
        r"^[\s\(（\[【]*(?:责任编辑|责编|本文编辑|编辑|校对|审核|监制|值班编辑|文字编辑|网络编辑|作者|记者|来源|本文来源|文章来源|信息来源|稿件来源|新闻来源|原标题|原题|关键词|文章关键词|关键字|标签|Tags?)\s*[:：]",
        r"|^[\s\(（\[【]*(?:责任编辑|责编)[\s:：]",
        r"|^(?:打印|关闭|关闭窗口|打印本页|关闭本页|分享到?|收藏|点赞|评论|返回顶部|返回列表|返回首页|回到顶部|字号|字体|大中小|举报|投诉|已阅|扫一扫.{0,20}|扫描二维码.{0,20}|微信扫.{0,30}|查看原文|阅读原文|展开全文|点击查看更多|加载更多|下载客户端|打开APP.{0,10}|广告)[\s:：。>]*$",
        r"|^(?:\s*(?:微信|微博|QQ|QQ空间|朋友圈|关注|订阅|\+关注|分享|收藏|点赞)\s*)+$",
        r"|^[^，。！？]{1,40}(?:[|｜][^，。！？|｜]{1,12}){2,}$",
        r"|^(?:上一篇|下一篇|上一条|下一条|上一页|下一页|分享到|分享至|分享让更多|版权声明|免责声明|特别声明|声明[:：]|【?(?:打印|关闭)|浏览次数|阅读次数|点击数|点击次数|您?当前的?位置|当前位置|您所在的位置|扫一扫在手机|郑重声明|返回搜狐|点击进入专题|自动播放|特别提醒：如|本文仅代表作者|本网站?转载|以上内容由|海量资讯)",
        r"|(?:版权所有|未经.{0,12}(?:授权|许可|允许).{0,12}(?:转载|使用|复制)|版权归.{0,16}所有|违法和不良信息举报|ICP备|公网安备|不代表本?.{0,8}(?:立场|观点))",
    ))
});
/// Lines after which the article is over.
static END: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"^[\s【\[]*(?:相关(?:阅读|新闻|文章|链接|报道|推荐|稿件|专题|资讯|文档|附件列表)|延伸阅读|推荐阅读|热门推荐|精彩推荐|为您推荐|猜你喜欢|更多(?:精彩|新闻|推荐|文章|阅读|猛料)|热点(?:推荐|新闻)|网友评论|最新评论|全部评论|发表评论|我要评论|文章评论|热门评论|我来说两句|大家都在看|新闻排行|热门(?:文章|新闻)|点击排行|返回列表|为你推荐|相关推荐)",
    )
});
/// The line between title and text: date, source, type size, number of readers.
static BYLINE: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"来\s*源\s*[:：]|发布(?:时间|日期|者|机构)|发表于|字\s*[号体]\s*[:：【\[]|浏览(?:次数|量)?\s*[:：]|阅读(?:次数|量)?\s*[:：]|点击(?:次数|量|数)?\s*[:：]|作者\s*[:：]|编辑\s*[:：]|【大\s*中\s*小】|分享到?\s*[:：]?|^时间\s*[:：]|(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}",
    )
});

/// The lines of the article.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// Index of the first and the line after the last, before furniture is left out.
    pub(super) span: (usize, usize),
    /// Indices of the article's lines.
    pub(super) lines: Vec<usize>,
    /// How much of it is prose.
    pub(super) weight: f64,
}

impl Body {
    /// Its text, a paragraph a line.
    pub(super) fn text(&self, outline: &Outline) -> String {
        let lines = self.lines.iter().filter_map(|&at| outline.lines.get(at));
        lines
            .map(|line| line.text.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Finds the article's lines. `title_at` is the line that shows the title.
pub(super) fn find(outline: &Outline, title: &str, title_at: Option<usize>) -> Body {
    let furniture = furniture(outline, title_at);
    let weight = |at: usize, line: &Line| {
        if furniture.contains(&line.block) || title_at == Some(at) {
            0.0
        } else {
            weight(line)
        }
    };
    let weights: Vec<f64> = outline
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| weight(at, line))
        .collect();
    let Some(best) = best_block(outline, &weights) else {
        return Body::default();
    };
    let chosen = with_alike(outline, &weights, best);
    let within = |line: &Line| outline.around(line).any(|block| chosen.contains(&block));
    let inside: Vec<usize> = (0..outline.lines.len())
        .filter(|&at| outline.lines.get(at).is_some_and(within))
        .collect();
    let span = (
        inside.first().copied().unwrap_or(0),
        inside.last().map_or(0, |last| last + 1),
    );
    let kept = inside
        .into_iter()
        .filter(|&at| title_at.is_none_or(|title| at > title || title >= span.1));
    let kept = kept.filter(|&at| {
        outline
            .lines
            .get(at)
            .is_some_and(|line| !furniture.contains(&line.block))
    });
    let lines = trimmed(outline, &weights, kept.collect(), title);
    let weight = lines.iter().filter_map(|&at| weights.get(at)).sum();
    Body { span, lines, weight }
}

/// How much a line reads like prose.
pub(super) fn weight(line: &Line) -> f64 {
    let own = line.length.saturating_sub(line.linked) as f64;
    // A line that is mostly a link is a headline of another page.
    if line.linked * 10 > line.length * 6 || NOISE.is_match(&line.text) {
        return 0.0;
    }
    let marks = line
        .text
        .chars()
        .filter(|c| matches!(c, '，' | '。' | '！' | '？' | '；' | '、' | '：' | ',' | '.'))
        .count();
    match marks {
        0 if own < 30.0 => own * 0.15,
        0 => own * 0.5,
        _ => own + 4.0 * marks.min(20) as f64,
    }
}

/// Blocks that are furniture by name or lie inside such a one.
fn furniture(outline: &Outline, title_at: Option<usize>) -> std::collections::HashSet<usize> {
    let mut totals = vec![0.0; outline.blocks.len()];
    for line in &outline.lines {
        let weight = weight(line);
        for block in outline.around(line) {
            if let Some(total) = totals.get_mut(block) {
                *total += weight;
            }
        }
    }
    let all = totals.first().copied().unwrap_or(0.0);
    let title = title_at.and_then(|at| outline.lines.get(at));
    let around_title: Vec<usize> = title
        .map(|line| outline.around(line).collect())
        .unwrap_or_default();
    let mut found = std::collections::HashSet::new();
    for (at, block) in outline.blocks.iter().enumerate() {
        let named = FURNITURE_TAGS.contains(&block.tag.as_str())
            || (block.tag != "body" && block.words.iter().any(|word| is_furniture(word)));
        let light = totals
            .get(at)
            .is_some_and(|total| *total < all * TOO_HEAVY_FOR_FURNITURE);
        // Readers may well write more than the article holds.
        let readers = title.is_some()
            && !around_title.contains(&at)
            && block.words.iter().any(|word| READERS.contains(&word.as_str()));
        // Blocks come in document order, so the one around is judged before.
        if (named && (light || readers)) || (at != 0 && found.contains(&block.parent)) {
            found.insert(at);
        }
    }
    found
}

/// The block with the highest score.
fn best_block(outline: &Outline, weights: &[f64]) -> Option<usize> {
    // How many weighty things each block holds: lines of its own and blocks.
    let mut things: HashMap<usize, usize> = HashMap::new();
    let mut weighty = vec![false; outline.blocks.len()];
    for (line, weight) in outline.lines.iter().zip(weights) {
        if *weight <= 0.0 {
            continue;
        }
        *things.entry(line.block).or_default() += 1;
        for block in outline.around(line) {
            let Some(seen) = weighty.get_mut(block) else { break };
            if std::mem::replace(seen, true) {
                break;
            }
            if block != 0 {
                *things
                    .entry(outline.blocks.get(block).map_or(0, |b| b.parent))
                    .or_default() += 1;
            }
        }
    }
    let mut scores: HashMap<usize, f64> = HashMap::new();
    for (line, weight) in outline.lines.iter().zip(weights) {
        if *weight <= 0.0 {
            continue;
        }
        let mut share = *weight;
        let mut passed = 0;
        for block in outline.around(line) {
            if things.get(&block).is_some_and(|count| *count > 1) {
                passed += 1;
                // The first such block is the one that holds the paragraphs.
                share *= if passed > 1 { DECAY } else { 1.0 };
            }
            *scores.entry(block).or_default() += share;
            if share < 0.5 {
                break;
            }
        }
    }
    // Of equal scores the innermost block, which comes last in the document.
    let better = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0));
    scores.into_iter().max_by(better).map(|(block, _)| block)
}

/// The best block, and blocks beside it that look the same and hold prose too: an article in sections.
fn with_alike(outline: &Outline, weights: &[f64], best: usize) -> Vec<usize> {
    let Some(block) = outline.blocks.get(best) else {
        return vec![best];
    };
    let mut totals: HashMap<usize, f64> = HashMap::new();
    for (line, weight) in outline.lines.iter().zip(weights) {
        let beside = outline
            .around(line)
            .find(|&at| outline.blocks.get(at).is_some_and(|b| b.parent == block.parent));
        if let Some(at) = beside {
            *totals.entry(at).or_default() += weight;
        }
    }
    let enough = totals.get(&best).copied().unwrap_or(0.0) * JOINS_FROM;
    let alike = |at: usize| {
        outline
            .blocks
            .get(at)
            .is_some_and(|b| b.tag == block.tag && b.class == block.class)
    };
    let joins =
        |at: usize| at == best || (alike(at) && totals.get(&at).is_some_and(|total| *total >= enough));
    let mut chosen: Vec<usize> = totals.keys().copied().filter(|&at| joins(at)).collect();
    if !chosen.contains(&best) {
        chosen.push(best);
    }
    chosen
}

/// Without byline, noise, link lists, and everything after the end.
fn trimmed(outline: &Outline, weights: &[f64], inside: Vec<usize>, title: &str) -> Vec<usize> {
    let total: f64 = inside.iter().filter_map(|&at| weights.get(at)).sum();
    let title = folded(title);
    let mut passed = 0.0;
    let mut kept = Vec::new();
    for at in inside {
        let Some(line) = outline.lines.get(at) else {
            continue;
        };
        let weight = weights.get(at).copied().unwrap_or(0.0);
        // "相关阅读" before half of the text is a box inside it, after that the end.
        if END.is_match(&line.text) && line.length <= 30 {
            if passed >= total * 0.5 {
                break;
            }
            continue;
        }
        let before_text = passed < total * 0.02;
        let byline =
            before_text && line.length <= 160 && BYLINE.is_match(&line.text) && !line.text.ends_with('。');
        let is_link = line.linked * 10 > line.length * 8 && !line.text.ends_with(['。', '！', '？', '”']);
        let is_title = before_text && folded(&line.text) == title;
        // A count of readers or comments.
        let is_count = before_text && line.length <= 6 && line.text.chars().all(|c| c.is_ascii_digit());
        let says_something = line.text.chars().any(char::is_alphanumeric);
        passed += weight;
        if !(byline || is_count || is_link || is_title || !says_something || NOISE.is_match(&line.text)) {
            kept.push(at);
        }
    }
    kept
}
