//! Companies and other businesses a complaint names, for the credit file: by rule, from the ending of the name leftwards.

use crate::finder::Finder;
use aho_corasick::MatchKind;
use index::segment::is_letter_or_digit;
use rustc_hash::FxHashSet;
use std::{cell::OnceCell, ops::Range, sync::LazyLock};

/// How names of businesses end.
#[rustfmt::skip]
const ENDINGS: [&str; 52] = [
    "股份有限公司", "有限责任公司", "有限公司", "分公司", "子公司", "公司", "集团", "支行", "银行", "物业", "超市", "便利店", "大酒店", "酒店",
    "宾馆", "饭店", "大饭店", "火锅店", "烧烤店", "餐厅", "餐馆", "酒楼", "食府", "健身房", "健身中心", "健身俱乐部", "俱乐部", "驾校",
    "培训学校", "培训中心", "培训机构", "教育机构", "早教中心", "托管班", "幼儿园", "美容院", "美容店", "理发店", "美发店", "药店", "大药房",
    "诊所", "网吧", "加油站", "4S店", "商场", "商城", "家居城", "建材城", "电影院", "影城", "厂",
];
/// Where a name cannot have come from: its left border. Longer ones first where one begins another.
#[rustfmt::skip]
const BORDERS: [&str; 65] = [
    "投诉", "举报", "反映", "反应", "咨询", "建议", "表扬", "感谢", "要求", "希望", "请求", "本人", "来电人", "市民", "诉求人", "位于", "附近的", "附近",
    "名为", "名称为", "名叫", "叫做", "一家", "这家", "那家", "该", "本", "由", "向", "在", "与", "和", "跟", "对", "被", "到", "去", "给", "让",
    "把", "从", "找", "是", "的", "了", "有", "为", "及", "或", "我", "你", "他", "她", "们", "等", "于", "至", "称", "说", "购买", "入职", "就职", "里", "旁", "楼下",
];
/// What is no name by itself: 物业公司 and its like say what it is, not which.
#[rustfmt::skip]
const GENERIC: [&str; 42] = [
    "", "物业", "物业管理", "开发", "保险", "自来水", "燃气", "供电", "供水", "热力", "公交", "快递", "物流", "装修", "装饰", "房产", "房地产", "建筑", "劳务", "搬家",
    "网络", "通信", "中介", "家政", "旅游", "旅行", "电力", "供热", "小区", "大型", "小型", "私立", "公立", "民办", "国有", "商业", "外包", "总", "母", "外卖", "某某", "某某某",
];
/// Longest and shortest part before the ending, in characters.
const LONGEST: usize = 20;
const SHORTEST: usize = 2;
/// Longest part between two endings of one name.
const BETWEEN: usize = 6;

/// The last characters of the borders.
static BORDER_ENDS: LazyLock<FxHashSet<char>> = LazyLock::new(|| {
    BORDERS
        .iter()
        .filter_map(|border| border.chars().next_back())
        .collect()
});

#[expect(
    clippy::expect_used,
    reason = "a constant list of short words always makes an automaton"
)]
static FINDER: LazyLock<Finder> =
    LazyLock::new(|| Finder::new(MatchKind::LeftmostLongest, ENDINGS).expect("a constant list"));

/// The businesses a text names, looked for once and only when asked for.
pub(crate) struct Businesses<'a> {
    text: &'a str,
    spans: OnceCell<Vec<Range<usize>>>,
}

impl<'a> Businesses<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            text,
            spans: OnceCell::new(),
        }
    }

    /// The text.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Where they stand.
    pub(super) fn spans(&self) -> &[Range<usize>] {
        self.spans.get_or_init(|| spans(self.text))
    }

    /// Their names as written, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.spans().iter().filter_map(|span| self.text.get(span.clone()))
    }
}

fn spans(text: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for ending in FINDER.find_iter(text) {
        let free = spans.last().map_or(0, |span| span.end);
        let Some(before) = text.get(free.min(ending.start())..ending.start()) else {
            continue;
        };
        let core = core(before);
        let name = core.trim_end_matches(|c| !is_letter_or_digit(c));
        // 恒悦物业 + 服务 + 有限公司: the legal form ends a name that an earlier ending had broken off.
        let legal = text
            .get(ending.range())
            .is_some_and(|word| word.ends_with("公司"));
        let between = bracketed(before).unwrap_or(before);
        if let Some(last) = spans.last_mut()
            && (between.is_empty() || legal)
            && between.chars().all(is_letter_or_digit)
            && self::core(between) == between
            && between.chars().count() <= BETWEEN
        {
            last.end = ending.end();
        } else if name.chars().count() >= SHORTEST && !GENERIC.contains(&name) {
            // 海天（集团: the bracket that closes belongs to the name, too.
            let open = core.rfind(['（', '(']) > core.rfind(['）', ')']);
            let rest = &text[ending.end()..];
            let closed = rest.strip_prefix(['）', ')']).filter(|_| open).unwrap_or(rest);
            spans.push(ending.start() - core.len()..text.len() - closed.len());
        }
    }
    spans
}

/// What a text in brackets says.
fn bracketed(text: &str) -> Option<&str> {
    text.strip_prefix(['（', '('])?.strip_suffix(['）', ')'])
}

/// The end of `before` that can belong to a name: back to the last border, without what cannot begin a name.
fn core(before: &str) -> &str {
    let mut begin = before.len();
    for (at, character) in before.char_indices().rev().take(LONGEST) {
        let part_of_name =
            is_letter_or_digit(character) || matches!(character, '（' | '）' | '(' | ')' | '·' | '*');
        if !part_of_name {
            break;
        }
        begin = at;
    }
    let run = &before[begin..];
    // From the end, so that few places are looked at: the last border is near in most texts.
    let is_border = |(at, last): &(usize, char)| {
        let before = &run[..at + last.len_utf8()];
        BORDER_ENDS.contains(last) && BORDERS.iter().any(|border| before.ends_with(border))
    };
    let last_border = run.char_indices().rev().find(is_border);
    let cut = last_border.map_or(0, |(at, last)| at + last.len_utf8());
    let core = run[cut..].trim_start_matches(|c| !is_letter_or_digit(c));
    // A bracket that was opened before the name began.
    match (core.find(['）', ')']), core.find(['（', '('])) {
        (Some(closed), opened) if opened.is_none_or(|opened| closed < opened) => {
            core[closed..].trim_start_matches(|c| !is_letter_or_digit(c))
        }
        _ => core,
    }
}
