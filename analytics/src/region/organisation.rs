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
const BORDERS: [&str; 82] = [
    "投诉", "举报", "反映", "反应", "咨询", "建议", "表扬", "感谢", "要求", "希望", "请求", "本人", "来电人", "市民", "诉求人", "位于", "附近的", "附近",
    "名为", "名称为", "名叫", "叫做", "一家", "这家", "那家", "该", "本", "由", "向", "在", "与", "和", "跟", "对", "被", "到", "去", "给", "让",
    "把", "从", "找", "是", "的", "了", "有", "为", "及", "或", "我", "你", "他", "她", "们", "等", "于", "至", "称", "说", "购买", "入职", "就职", "里", "旁", "楼下",
    "请问", "一下", "楼上", "隔壁", "门口", "对面", "几个", "多个", "一个", "这个", "那个", "某个", "孩子上", "孩子读", "想读", "电话", "微信",
];
/// Where a border's characters are part of a name: 和平饭店.
#[rustfmt::skip]
const NO_BORDERS: [&str; 58] = [
    "向阳", "向上", "向前", "东向", "西向", "方向", "和谐", "和平", "和顺", "和美", "和悦", "和信", "和创", "和润", "和泰", "和兴", "和盛", "和合", "和气", "和睦", "仁和", "颐和",
    "永和", "太和", "泰和", "祥和", "中和", "人和", "协和", "康和", "同和", "为民", "华为", "我爱我家", "去哪儿", "从化", "到家", "有家", "有为", "国有", "富有", "本田", "日本", "让胡路",
    "了不起", "你好", "的士", "美的", "自在", "在线", "阿里", "万里", "千里", "百里", "里程", "等级", "对外", "由由",
];
/// What is no name by itself: 物业公司 and its like say what it is, not which.
#[rustfmt::skip]
const GENERIC: [&str; 58] = [
    "", "物业", "物业管理", "开发", "保险", "自来水", "燃气", "供电", "供水", "热力", "公交", "快递", "物流", "装修", "装饰", "房产", "房地产", "建筑", "劳务", "搬家",
    "网络", "通信", "中介", "家政", "旅游", "旅行", "电力", "供热", "小区", "大型", "小型", "私立", "公立", "民办", "国有", "商业", "外包", "总", "母", "外卖", "某某", "某某某",
    "某", "某物业", "某餐饮", "某建筑", "施工", "化工", "停车", "餐饮", "污水处理", "自来水处理", "垃圾处理", "普惠性", "附属", "连锁", "工程", "电子",
];
/// How names end that hold the place where they are registered.
const COMPANIES: [&str; 6] = ["公司", "集团", "集团）", "集团)", "银行", "支行"];
/// What addresses end with.
const ADDRESS_ENDS: [&str; 8] = ["省", "市", "区", "县", "镇", "街道", "大道", "路"];
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
    // Where the name before its first ending ends.
    let mut cores: Vec<usize> = Vec::new();
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
            let start = ending.start() - core.len();
            spans.push(start..text.len() - closed.len());
            cores.push(start + name.len());
        }
    }
    for (span, core) in spans.iter_mut().zip(cores) {
        if !COMPANIES.iter().any(|end| text[span.clone()].ends_with(end)) {
            span.start += behind_address(&text[span.start..core]);
        }
    }
    spans
}

/// Whether the character at `at` belongs to a word that names begin with or hold.
fn in_name(run: &str, at: usize, character: char) -> bool {
    NO_BORDERS.iter().any(|word| {
        let mut places = word.match_indices(character);
        places.any(|(inside, _)| {
            at.checked_sub(inside)
                .and_then(|start| run.get(start..))
                .is_some_and(|rest| rest.starts_with(word))
        })
    })
}

/// Where the name of a shop begins in what stands before its ending: behind the address, which a company's own name holds.
fn behind_address(name: &str) -> usize {
    let ends = ADDRESS_ENDS
        .iter()
        .filter_map(|end| Some((name.rfind(end)?, end.len())));
    // What an address ends with has a name of its own before it, and the shop one behind it.
    ends.filter(|(at, length)| {
        let (before, behind) = (&name[..*at], &name[at + length..]);
        before.chars().count() >= SHORTEST && behind.chars().count() >= SHORTEST
    })
    .map(|(at, length)| at + length)
    .max()
    .unwrap_or(0)
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
        let border = || BORDERS.iter().any(|border| before.ends_with(border));
        BORDER_ENDS.contains(last) && border() && !in_name(run, *at, *last)
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
