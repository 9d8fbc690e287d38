//! One letter's page: labels such as 来信时间 and 答复内容 with what stands beside or below them, whatever table, list or
//! heading they are made of.

use crate::{
    clean::{TicketDraft, folded_word},
    extract::{tangle, when},
    time::Moment,
};
use scraper::{ElementRef, Node};

/// What a label introduces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    No,
    Title,
    Body,
    AcceptedAt,
    Reply,
    RepliedAt,
    Unit,
    /// Known, and not taken: a name, a number of visits, a state.
    Other,
}

/// Labels of portals' letter pages, by what they introduce. The bare ones (内容, 时间) are the letter's until a reply's
/// label was met, then the reply's.
const LABELS: [(Part, &[&str]); 8] = [
    (
        Part::No,
        &[
            "信件编号",
            "来信编号",
            "编号",
            "受理编号",
            "流水号",
            "查询编号",
            "工单编号",
            "诉求编号",
        ],
    ),
    (
        Part::Title,
        &[
            "信件标题",
            "来信标题",
            "标题",
            "信件主题",
            "来信主题",
            "主题",
            "留言标题",
            "咨询标题",
            "诉求标题",
            "问题标题",
        ],
    ),
    (
        Part::Body,
        &[
            "信件内容",
            "来信内容",
            "内容",
            "正文",
            "留言内容",
            "咨询内容",
            "诉求内容",
            "问题描述",
            "问题内容",
            "反映内容",
            "问题",
        ],
    ),
    (
        Part::AcceptedAt,
        &[
            "来信时间",
            "写信时间",
            "写信日期",
            "来信日期",
            "提交时间",
            "提交日期",
            "留言时间",
            "留言日期",
            "咨询时间",
            "受理时间",
            "发布时间",
            "诉求时间",
            "时间",
            "日期",
        ],
    ),
    (
        Part::Reply,
        &[
            "回复内容",
            "答复内容",
            "办理结果",
            "处理结果",
            "回复意见",
            "答复意见",
            "办理情况",
            "处理情况",
            "回复",
            "答复",
            "官方回复",
            "单位回复",
            "回复结果",
            "答复结果",
        ],
    ),
    (
        Part::RepliedAt,
        &[
            "回复时间",
            "答复时间",
            "回复日期",
            "答复日期",
            "办理时间",
            "处理时间",
            "办结时间",
            "办复时间",
        ],
    ),
    (
        Part::Unit,
        &[
            "回复单位",
            "答复单位",
            "办理单位",
            "承办单位",
            "受理单位",
            "回复部门",
            "答复部门",
            "办理部门",
            "处理部门",
            "受理部门",
            "回复机构",
            "收信单位",
            "收信部门",
        ],
    ),
    (
        Part::Other,
        &[
            "来信人",
            "写信人",
            "姓名",
            "留言人",
            "咨询人",
            "网友",
            "联系电话",
            "电话",
            "信件类型",
            "来信类型",
            "信件类别",
            "类型",
            "类别",
            "状态",
            "办理状态",
            "处理状态",
            "浏览次数",
            "点击数",
            "访问量",
            "满意度",
            "评价",
            "是否公开",
            "附件",
        ],
    ),
];

/// Blocks end a line.
const BLOCKS: [&str; 28] = [
    "p",
    "div",
    "td",
    "th",
    "tr",
    "table",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "br",
    "section",
    "article",
    "header",
    "footer",
    "blockquote",
    "pre",
    "form",
    "fieldset",
    "label",
];
const UNSEEN: [&str; 7] = [
    "script", "style", "noscript", "template", "select", "button", "nav",
];

/// Why a page is no letter: the field, the machine name of the reason, and the reason for people.
pub(super) type Wrong = (&'static str, &'static str, &'static str);

/// The ticket of a letter's page; its number is empty where the page names none.
///
/// # Errors
/// When the page has no letter on it, or no time of it.
pub(super) fn read(html: &str) -> Result<TicketDraft, Wrong> {
    let page = tangle::page(html);
    let mut lines = Lines::default();
    lines.walk(page.root_element());
    lines.end();
    let parts = parts(&lines.done);
    let text = |part| {
        let found = parts
            .iter()
            .filter(|(kind, _)| *kind == part)
            .map(|(_, text)| text.trim());
        found
            .filter(|text| !text.is_empty())
            .max_by_key(|text| text.chars().count())
            .map(str::to_owned)
    };
    let moment = |part| {
        let mut found = parts.iter().filter(|(kind, _)| *kind == part);
        found.find_map(|(_, text)| time(text))
    };
    let body = text(Part::Body).ok_or(("来信内容", "no_letter", "页面上没有找到来信内容"))?;
    let accepted_at =
        moment(Part::AcceptedAt).ok_or(("来信时间", "missing_field", "页面上没有找到来信时间"))?;
    let reply = text(Part::Reply);
    // Many pages give the day only; an answer of the same day is not before its letter.
    let replied_at = moment(Part::RepliedAt).map(|at| match at.date_naive() == accepted_at.date_naive() {
        true => at.max(accepted_at),
        false => at,
    });
    let title = text(Part::Title).or_else(|| heading(&page));
    Ok(TicketDraft {
        no: text(Part::No).unwrap_or_default(),
        title: title.unwrap_or_default(),
        body,
        channel: Some("网站来信".to_owned()),
        accepted_at: Some(accepted_at),
        unit: text(Part::Unit),
        resolved_at: reply.as_ref().and(replied_at),
        replied_at: reply.as_ref().and(replied_at),
        // Without its time an answer has no place in the ticket's life: its day is unknown, so it waits for one.
        reply: reply.filter(|_| replied_at.is_some()),
        ..TicketDraft::default()
    })
}

fn time(text: &str) -> Option<Moment> {
    crate::time::parse(text).or_else(|| when::full(text).map(|found| found.at))
}

fn heading(page: &scraper::Html) -> Option<String> {
    ["h1", "h2", "title"].into_iter().find_map(|name| {
        let mut found = page
            .root_element()
            .descendent_elements()
            .filter(|element| element.value().name() == name);
        let text = found.next()?.text().collect::<String>();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    })
}

/// The parts in the order of the page: each label's text reaches to the next label.
fn parts(lines: &[String]) -> Vec<(Part, String)> {
    let mut parts: Vec<(Part, String)> = Vec::new();
    let mut replying = false;
    for line in lines {
        let mut rest = line.as_str();
        while let Some((part, bare, after)) = label(rest) {
            replying |= matches!(part, Part::Reply | Part::RepliedAt);
            let part = match part {
                Part::Body if bare && replying => Part::Reply,
                Part::AcceptedAt if bare && replying => Part::RepliedAt,
                part => part,
            };
            // Several short parts may stand on one line: 来信人：某某 来信时间：2024-03-10.
            let (own, next) = until_label(after);
            parts.push((part, own.trim().to_owned()));
            rest = next;
        }
        if let Some((_, text)) = parts.last_mut().filter(|_| !rest.trim().is_empty()) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(rest.trim());
        }
    }
    parts
}

/// A label at the beginning of a text: what it introduces, whether it is a bare one, and the text after it. A label is
/// followed by a colon, or stands alone on its line.
fn label(text: &str) -> Option<(Part, bool, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "【[·●■".contains(c));
    let (head, after) = match text.split_once(['：', ':', '】', ']']) {
        Some((head, after)) => (head, after.trim_start_matches(['：', ':'])),
        None => (text, ""),
    };
    // 来 信 人 is written with blanks.
    let word: String = head.chars().filter(|c| !c.is_whitespace()).collect();
    if word.is_empty() || word.chars().count() > 6 {
        return None;
    }
    let word = folded_word(&word);
    let known = LABELS.iter().find(|(_, names)| names.contains(&&*word))?;
    Some((known.0, ["内容", "时间", "日期", "正文"].contains(&&*word), after))
}

/// The text up to a label further on in the same line.
fn until_label(text: &str) -> (&str, &str) {
    let starts = text.char_indices().filter(|(at, c)| *at > 0 && c.is_whitespace());
    for (at, _) in starts {
        let rest = &text[at..];
        if rest.contains(['：', ':']) && label(rest).is_some_and(|(_, _, after)| !after.is_empty()) {
            return (&text[..at], rest);
        }
    }
    (text, "")
}

/// The visible lines of a page.
#[derive(Default)]
struct Lines {
    done: Vec<String>,
    open: String,
}

impl Lines {
    // An explicit stack: pages nest deeper than a thread's stack allows. `None` ends a block.
    fn walk(&mut self, root: ElementRef<'_>) {
        let mut steps = vec![Some(*root)];
        while let Some(step) = steps.pop() {
            let Some(node) = step else {
                self.end();
                continue;
            };
            match node.value() {
                Node::Text(text) => self.open.push_str(text),
                Node::Element(element) if !UNSEEN.contains(&element.name()) => {
                    if BLOCKS.contains(&element.name()) {
                        self.end();
                        steps.push(None);
                    }
                    let children: Vec<_> = node.children().collect();
                    steps.extend(children.into_iter().rev().map(Some));
                }
                _ => {}
            }
        }
    }

    fn end(&mut self) {
        let words: Vec<&str> = self.open.split_whitespace().collect();
        if !words.is_empty() {
            self.done.push(words.join(" "));
        }
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Moment> {
        crate::time::parse(text)
    }

    #[test]
    fn a_table_a_list_and_lines_say_the_same() {
        let pages = [
            "<h1>主任信箱</h1><table><tr><th>信件编号</th><td>2024-0012</td></tr><tr><th>标 题</th><td>路灯不亮</td></tr>
             <tr><th>来信时间</th><td>2024-03-10 09:30</td></tr><tr><th>来信人</th><td>某某</td></tr>
             <tr><th>来信内容</th><td><p>东门外三盏路灯不亮。</p><p>请<b>尽快</b>维修。</p></td></tr>
             <tr><th>答复单位</th><td>市政局</td></tr><tr><th>答复时间</th><td>2024-03-12</td></tr>
             <tr><th>答复内容</th><td>已修复，感谢监督。</td></tr></table>",
            "<div>信件编号：2024-0012　来信人：某某　来信时间：2024-03-10 09:30</div><div>标题：路灯不亮</div>
             <h3>来信内容</h3><p>东门外三盏路灯不亮。</p><p>请尽快维修。</p><h3>回复</h3><div>回复单位：市政局</div>
             <div>时间：2024年3月12日</div><div>内容：已修复，感谢监督。</div>",
            "<dl><dt>【编号】</dt><dd>2024-0012</dd><dt>【主题】</dt><dd>路灯不亮</dd><dt>【写信时间】</dt><dd>2024/3/10 9:30:00</dd>
             <dt>【内容】</dt><dd>东门外三盏路灯不亮。<br>请尽快维修。</dd><dt>【办理单位】</dt><dd>市政局</dd>
             <dt>【办理结果】</dt><dd>已修复，感谢监督。</dd><dt>【办理时间】</dt><dd>2024-03-12</dd><dt>【状态】</dt><dd>已办结</dd></dl>",
        ];
        for page in pages {
            let ticket = read(page).unwrap();
            assert_eq!(
                (ticket.no.as_str(), ticket.title.as_str(), ticket.body.as_str()),
                ("2024-0012", "路灯不亮", "东门外三盏路灯不亮。\n请尽快维修。"),
                "{page}"
            );
            assert_eq!(ticket.accepted_at, at("2024-03-10 09:30"), "{page}");
            assert_eq!(
                (ticket.replied_at, ticket.resolved_at),
                (at("2024-03-12"), at("2024-03-12")),
                "{page}"
            );
            assert_eq!(
                (ticket.unit.as_deref(), ticket.reply.as_deref()),
                (Some("市政局"), Some("已修复，感谢监督。")),
                "{page}"
            );
            assert_eq!(ticket.caller, None);
        }
    }

    #[test]
    fn a_letter_without_an_answer_is_open_and_a_page_without_a_letter_is_refused() {
        let open = read("<p>来信时间：2024-03-10</p><p>来信内容：停水三天了。时间：不详的事不当作标签。</p>")
            .unwrap();
        assert_eq!((open.reply, open.resolved_at), (None, None));
        assert_eq!(open.body, "停水三天了。时间：不详的事不当作标签。");
        assert_eq!(read("<p>关于停水的公告</p>").unwrap_err().1, "no_letter");
        assert_eq!(read("<p>来信内容：停水了</p>").unwrap_err().0, "来信时间");
        let same_day = read("<p>来信时间：2024-03-10 16:00</p><p>内容：停水</p><p>答复内容：已恢复</p><p>答复时间：2024-03-10</p>").unwrap();
        assert_eq!(same_day.replied_at, at("2024-03-10 16:00"));
    }
}
