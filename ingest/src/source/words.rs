//! The words exports use for types, satisfaction, status. A word not listed is refused by the caller, never guessed.

use crate::{
    clean::folded_word,
    record::{CalledBack, Medium, TicketType},
};

/// 诉求类型. The outer `None` is an unknown word, the inner one an empty cell.
pub(super) fn ticket_type(raw: &str) -> Option<Option<TicketType>> {
    let word = folded_word(raw);
    if word.is_empty() {
        return Some(None);
    }
    let kind = match word.strip_suffix('类').unwrap_or(&word) {
        "求决" | "诉求" | "求助求决" => TicketType::Help,
        "举报" | "投诉举报" => TicketType::Complaint,
        "意见" | "意见建议" => TicketType::Suggestion,
        "感谢" | "表扬感谢" => TicketType::Praise,
        word => TicketType::parse(word)?,
    };
    Some(Some(kind))
}

/// 满意度. The outer `None` is an unknown word, the inner one means that nobody called back.
pub(super) fn satisfaction(raw: &str) -> Option<Option<CalledBack>> {
    let reached = |satisfied| {
        Some(Some(CalledBack {
            reached: true,
            solved: None,
            satisfied,
        }))
    };
    match &*folded_word(raw) {
        "" | "未回访" | "待回访" | "无需回访" | "未评价" | "-" | "/" => Some(None),
        "满意" | "非常满意" | "很满意" | "基本满意" | "比较满意" | "是" | "satisfied" => {
            reached(Some(true))
        }
        "不满意" | "非常不满意" | "很不满意" | "否" | "dissatisfied" => reached(Some(false)),
        // Neither of the two: reached, but no valid answer.
        "一般" | "不评价" | "拒绝评价" => reached(None),
        word if is_unreached(word) => Some(Some(CalledBack {
            reached: false,
            solved: None,
            satisfied: None,
        })),
        _ => None,
    }
}

/// 是否解决. The outer `None` is an unknown word; 部分解决 is no valid answer.
pub(super) fn solved(raw: &str) -> Option<Option<bool>> {
    match &*folded_word(raw) {
        "" | "-" | "/" | "部分解决" | "未回访" => Some(None),
        "是" | "已解决" | "解决" | "基本解决" => Some(Some(true)),
        "否" | "未解决" | "没有解决" => Some(Some(false)),
        _ => None,
    }
}

/// Whether 回访结果 says that nobody was reached.
pub(super) fn is_unreached(raw: &str) -> bool {
    let word = folded_word(raw);
    [
        "未接通",
        "无人接听",
        "无法接通",
        "未接听",
        "拒接",
        "拒访",
        "停机",
        "关机",
        "空号",
        "未联系上",
        "无法联系",
    ]
    .contains(&&*word)
}

/// Whether a status says that the ticket is resolved; `None` for a word that says neither.
pub(super) fn is_resolved(raw: &str) -> Option<bool> {
    match &*folded_word(raw) {
        "已办结" | "办结" | "已完成" | "完成" | "已归档" | "归档" | "结案" | "已结案" | "已办理" => {
            Some(true)
        }
        "未办结" | "办理中" | "在办" | "处理中" | "待办" | "待派单" | "待签收" | "待处理" | "已受理"
        | "已派单" | "已转办" | "已签收" | "未完成" => Some(false),
        _ => None,
    }
}

/// Whether 是否超期 says late; `None` for a word that says neither.
pub(super) fn late(raw: &str) -> Option<bool> {
    match &*folded_word(raw) {
        "是" | "1" | "true" | "y" => Some(true),
        "否" | "0" | "false" | "n" => Some(false),
        word => in_time(word).map(|in_time| !in_time),
    }
}

/// Whether 按期办结 says in time; `None` for a word that says neither.
pub(super) fn in_time(raw: &str) -> Option<bool> {
    match &*folded_word(raw) {
        "是" | "1" | "true" | "y" | "按期" | "按时" | "按期办结" | "按时办结" | "未超期" | "未逾期"
        | "不超期" | "正常" => Some(true),
        "否" | "0" | "false" | "n" | "超期" | "逾期" | "已超期" | "已逾期" | "超期办结" | "逾期办结"
        | "超时" | "未按期" | "未按时" => Some(false),
        _ => None,
    }
}

/// Whether 办理方式 says 直接答复.
pub(super) fn is_direct(raw: &str) -> bool {
    [
        "直接答复",
        "直接办结",
        "直接办理",
        "即时答复",
        "在线答复",
        "直办",
        "是",
        "true",
    ]
    .contains(&&*folded_word(raw))
}

/// A medium by its JSON or Chinese name.
pub(super) fn medium(raw: &str) -> Option<Medium> {
    Some(match &*folded_word(raw) {
        "news" | "新闻" | "新闻网站" => Medium::News,
        "weibo" | "微博" | "新浪微博" => Medium::Weibo,
        "wechat" | "微信" | "微信公众号" | "公众号" => Medium::Wechat,
        "forum" | "论坛" | "贴吧" => Medium::Forum,
        "portal" | "政府门户" | "政府网站" | "门户" => Medium::Portal,
        "video" | "短视频" | "视频" | "抖音" | "快手" => Medium::Video,
        "other" | "其他" => Medium::Other,
        _ => return None,
    })
}

/// A count beside a post: `123`, `1.2万`, `100万+`.
pub(super) fn count(raw: &str) -> Option<u64> {
    let word = folded_word(raw);
    let word = word.trim_end_matches('+');
    let (number, unit) = match word.strip_suffix('万').or(word.strip_suffix('w')) {
        Some(number) => (number, 1e4),
        None => word
            .strip_suffix('亿')
            .map_or((word, 1.0), |number| (number, 1e8)),
    };
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let count = number.parse::<f64>().ok().filter(|_| plain)? * unit;
    (count < 1e15).then_some(count.round() as u64)
}
