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
            | "statement"
            | "relative"
            | "hotnews"
            | "guess"
            | "zan"
            | "taglist"
            | "keyword"
            | "keywords"
            | "zebian"
            | "bianji"
            | "vote"
            | "survey"
            | "reward"
            | "dashang"
            | "donate"
            | "subscribe"
            | "guanzhu"
            | "download"
            | "scan"
            | "saoma"
            | "qr"
            | "pagenav"
            | "pagelist"
            | "fenye"
            | "popup"
            | "modal"
            | "dialog"
            | "tooltip"
            | "gotop"
            | "backtop"
            | "totop"
            | "adv"
            | "adsense"
            | "guanggao"
            | "promotion"
            | "promo"
            | "sponsor"
            | "jiathis"
            | "bshare"
            | "bdshare"
            | "sns"
            | "video"
            | "player"
            | "history"
    )
}
/// Of these, what readers wrote: left out however much it is.
const READERS: [&str; 5] = ["comment", "comments", "cmt", "pinglun", "reply"];
/// What forums call one contribution.
const POSTS: [&str; 4] = ["post", "floor", "plhin", "pid"];
const FURNITURE_TAGS: [&str; 4] = ["nav", "footer", "aside", "form"];

/// Lines that never belong to an article's text, wherever they stand in it.
static NOISE: LazyLock<Regex> = LazyLock::new(|| {
    constant(concat!(
        r"^(?:[\s\(（\[【\]】]|纠错)*(?:责任编辑|责编|本文编辑|编辑|校对|审核|监制|值班编辑|文字编辑|网络编辑|作者|记者|来源|本文来源|文章来源|信息来源|稿件来源|新闻来源|原标题|原题|关键词|文章关键词|关键字|标签|Tags?)\s*[:：]",
        r"|^[\s\(（\[【]*(?:责任编辑|责编)[\s:：]",
        r"|^(?:打印|关闭|关闭窗口|打印本页|关闭本页|分享到?|收藏|点赞|评论|返回顶部|返回列表|返回首页|回到顶部|字号|字体|大中小|举报|投诉|已阅|纠错|展开|收起|收起全文|展开阅读全文|阅读全文|查看全文|加载中.{0,3}|播放|暂停|视频加载中.{0,10}|END|The End|扫一扫.{0,20}|扫描二维码.{0,20}|微信扫.{0,30}|查看原文|阅读原文|展开全文|点击查看更多|加载更多|下载客户端|打开APP.{0,10}|广告)[\s:：。>]*$",
        r"|^(?:\s*(?:微信|微博|QQ|QQ空间|朋友圈|关注|订阅|\+关注|分享|收藏|点赞)\s*)+$",
        r"|^[^，。！？]{1,40}(?:[|｜][^，。！？|｜]{1,12}){2,}$",
        // Calls to look, follow, scan or download.
        r"|^[^，。！？]{0,12}(?:点击|长按|识别|扫码|扫描)[^，。！？]{0,24}(?:二维码|关注|下载|观看|查看|进入|报名|投票|订阅)[^，。！？]{0,20}[！!。]?$",
        r"|^(?:欢迎|敬请|请)?(?:关注|添加|搜索)[^，。！？]{0,20}(?:公众号|微信号?|微博|客户端|头条号|抖音号?)[^，。！？]{0,20}[！!。]?$",
        r"|^(?:更多|精彩)[^，。！？]{0,24}(?:请|敬请|尽在|点击|关注|下载)[^，。！？]{0,24}[！!。]?$",
        r"|^[^，。！？]{0,20}二维码[^，。！？]{0,12}$",
        r"|^(?:登录|注册|请登录|登录后|写评论|发评论|发布评论|写留言|我要留言)[^，。]{0,12}$",
        r"|【(?:点击|立即|戳)[^】]{0,10}】",
        // Counters and pagers.
        r"|^(?:阅读|浏览|评论|点赞|转发|收藏|赞同|推荐|跟帖|在看|赞)\s*[（(：:]?\s*\d[\d.,万wW+]*\s*[)）]?(?:次|人|条)?$",
        r"|^(?:已有|共有|共)?\s*\d[\d.,万wW+]*\s*(?:条|人|次|个)?\s*(?:评论|跟帖|回复|点赞|赞|参与|人参与|阅读|浏览|次阅读|次浏览|收藏|转发)[^，。]{0,6}$",
        r"|^(?:首页|上一页|下一页|尾页|末页|共\s*\d+\s*页|第?\s*\d+\s*/\s*\d+\s*页?)(?:\s+[^，。\s]{1,5})*$",
        r"|^\[?\d{1,3}\]?(?:\s+(?:\[?\d{1,3}\]?|下一页|上一页|尾页|末页|[>»]+))+$",
        r"|^[^，。]{0,10}(?:报料|爆料|投稿)(?:热线|电话|邮箱|微信|方式)?\s*[:：]",
        r"|^(?:关键词|标签)\s*(?:>>|》)",
        r"|^(?:上一篇|下一篇|上一条|下一条|上一页|下一页|分享到|分享至|分享让更多|版权声明|免责声明|特别声明|声明[:：]|【?(?:打印|关闭)|浏览次数|阅读次数|点击数|点击次数|您?当前的?位置|当前位置|您所在的位置|扫一扫在手机|郑重声明|返回搜狐|点击进入专题|自动播放|特别提醒：如|本文仅代表作者|本网站?转载|以上内容由|海量资讯)",
        r"|(?:版权所有|未经.{0,12}(?:授权|许可|允许).{0,12}(?:转载|使用|复制)|版权归.{0,16}所有|违法和不良信息举报|ICP备|公网安备|不代表本?.{0,8}(?:立场|观点)|仅提供信息存储|系信息发布平台|(?:观点|文章|内容)仅代表作者|如有侵权.{0,20}(?:联系|删除)|侵权.{0,6}必究|不构成.{0,6}(?:投资)?建议|据此(?:操作|投资|入市).{0,6}风险)",
    ))
});
/// Lines after which the article is over.
static END: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"^[\s【\[]*(?:相关(?:阅读|新闻|文章|链接|报道|推荐|稿件|专题|资讯|文档|附件列表)|延伸阅读|推荐阅读|热门推荐|精彩推荐|为您推荐|猜你喜欢|更多(?:精彩|新闻|推荐|文章|阅读|猛料)|热点(?:推荐|新闻)|网友评论|最新评论|全部评论|发表评论|我要评论|文章评论|热门评论|我来说两句|大家都在看|新闻排行|热门(?:文章|新闻)|点击排行|返回列表|为你推荐|相关推荐|热文推荐|猜你想看|您可能|你可能|看过.{0,6}的人?还|编辑推荐|图片推荐|视频推荐|专题推荐|今日(?:头条|热点|推荐)|最新(?:文章|新闻|资讯|发布|动态|推荐)|本[周月日]热门|排行榜|阅读排行|一周热门|用户评论|最热评论|精选留言|写留言|参与评论|评论\s*[（(]?\d|评论区|往期(?:回顾|推荐|精彩)|更多阅读|特别推荐|(?:作者|他|她|TA)的?(?:其他|最新)?文章|我要纠错|上一篇|下一篇|附近的?人)",
    )
});
/// The line between title and text: date, source, type size, number of readers.
static BYLINE: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"来\s*源\s*[:：]|发布(?:时间|日期|者|机构)|发表于|字\s*[号体]\s*[:：【\[]|浏览(?:次数|量)?\s*[:：]|阅读(?:次数|量)?\s*[:：]|点击(?:次数|量|数)?\s*[:：]|作者\s*[:：]|编辑\s*[:：]|【大\s*中\s*小】|分享到?\s*[:：]?|^时间\s*[:：]|(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}",
    )
});

/// What stands in front of a link to another page.
static LEADS_ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"^[\s>》·•\-]*(?:此前报道|早前报道|相关|延伸阅读|往期|推荐|更多|详见|点击|视频|直播|专题|独家|图集)",
    )
});
static KICKER: LazyLock<Regex> = LazyLock::new(|| {
    constant(r"^[\[【(（]?(?:原创|转载|独家|置顶|推荐|快讯|图|组图|视频|首发|精华|热)[\]】)）]?$")
});
/// A day or an hour by itself, as it stands beside a title.
static AGO: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"^(?:刚刚|今天|昨天|前天|\d+\s*(?:秒钟?|分钟|小时|天|周|个月|年)前|\d{1,2}-\d{1,2})(?:\s*\d{1,2}:\d\d)?$",
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
    let best = first_post(outline, &weights, best);
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
    if line.linked * 10 > line.length * 6 || NOISE.is_match(line.label()) {
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

/// In a forum's thread the first post is the article, the others answer it.
fn first_post(outline: &Outline, weights: &[f64], best: usize) -> usize {
    let is_post = |at: usize| {
        let block = outline.blocks.get(at);
        block.is_some_and(|block| block.words.iter().any(|word| POSTS.contains(&word.as_str())))
    };
    let mut posts: Vec<(usize, f64)> = Vec::new();
    for (line, weight) in outline.lines.iter().zip(weights) {
        let around: Vec<usize> = outline.around(line).take_while(|&at| at != best).collect();
        // The outermost block inside the best one that is named a post.
        let Some(post) = around.into_iter().rfind(|&at| is_post(at)) else {
            continue;
        };
        if !outline.upward(post).any(|at| at == best) {
            continue;
        }
        match posts.iter_mut().find(|(at, _)| *at == post) {
            Some((_, total)) => *total += weight,
            None => posts.push((post, *weight)),
        }
    }
    let classes = |at: usize| outline.blocks.get(at).map(|block| (&block.tag, &block.class));
    match posts.as_slice() {
        [(first, weight), rest @ ..]
            if *weight > 20.0 && rest.iter().any(|(at, _)| classes(*at) == classes(*first)) =>
        {
            *first
        }
        _ => best,
    }
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
    let mut links = Vec::new();
    for at in inside {
        let Some(line) = outline.lines.get(at) else {
            continue;
        };
        let weight = weights.get(at).copied().unwrap_or(0.0);
        // "相关阅读" before half of the text is a box inside it, after that the end.
        if END.is_match(line.label()) && line.length <= 30 {
            if passed >= total * 0.5 {
                break;
            }
            continue;
        }
        let before_text = passed < total * 0.02;
        let byline =
            before_text && line.length <= 160 && BYLINE.is_match(line.label()) && !line.text.ends_with('。');
        // A whole paragraph may be one link; a short line that is one leads to another page.
        let is_sentence = line.length >= 40 && line.text.ends_with(['。', '！', '？', '”']);
        let is_link = (line.is_linked() && !is_sentence)
            || (line.linked * 2 > line.length && LEADS_ELSEWHERE.is_match(line.label()));
        let is_title = before_text && (folded(&line.text) == title || is_kicked(&line.text, &title));
        // A count of readers or comments.
        let is_count = before_text && line.length <= 6 && line.text.chars().all(|c| c.is_ascii_digit());
        let says_something = line.text.chars().any(char::is_alphanumeric);
        passed += weight;
        let is_day = before_text && line.length <= 12 && AGO.is_match(line.label());
        let furniture = byline || is_count || is_day;
        links.push((at, is_link));
        if !(furniture || is_link || is_title || !says_something || NOISE.is_match(line.label())) {
            kept.push(at);
        }
    }
    without_tail(outline, kept, &links)
}

/// Without what follows the last sentence, where that is a list of links to other pages with their sources and dates.
fn without_tail(outline: &Outline, mut kept: Vec<usize>, links: &[(usize, bool)]) -> Vec<usize> {
    let says = |at: &usize| {
        outline.lines.get(*at).is_some_and(|line| {
            line.text
                .contains(['。', '！', '？', '，', '；', '：', '.', '…', '”'])
                || line.length > 30
        })
    };
    let Some(last) = kept.iter().rposition(says) else {
        return kept;
    };
    let end = kept.get(last).copied().unwrap_or_default();
    if links.iter().filter(|(at, is_link)| *at > end && *is_link).count() >= 2 {
        kept.truncate(last + 1);
    }
    kept
}

/// A title with a word in front or behind that only tells what kind of article it is.
fn is_kicked(text: &str, title: &str) -> bool {
    let text = folded(text);
    let rest = text.strip_suffix(title).or_else(|| text.strip_prefix(title));
    !title.is_empty() && rest.is_some_and(|rest| KICKER.is_match(rest))
}
