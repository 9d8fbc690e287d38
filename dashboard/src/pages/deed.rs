//! The forms of what can be done to a ticket: the usual next steps first, then the rest, none the state refuses.

use super::{
    choice::{self, Choice, choices},
    format,
};
use crate::{error::Error, state::App};
use analytics::{
    ledger::{Supposed, Ticket},
    lifecycle::Deed,
};
use ingest::{record::TicketType, time::Moment};

/// Not a deed of its own: merges what was split off.
pub(super) const UNSPLIT: &str = "unsplit";

/// What a deed is called.
pub(super) struct Words {
    /// Last segment of its address.
    pub(super) path: &'static str,
    /// What the address after it says.
    pub(super) done: &'static str,
    name: &'static str,
    button: &'static str,
    /// What the notice after it says.
    pub(super) notice: &'static str,
    /// Opens its form; `j` and `k` walk the queue.
    pub(super) key: &'static str,
}

/// The words of a deed.
pub(super) fn words(deed: Deed) -> Words {
    let (path, done, name, button, notice, key) = match deed {
        Deed::Classify => (
            "classify",
            "classified",
            "分类",
            "确认分类",
            "分类已保存，统计与检索已更新。",
            "c",
        ),
        Deed::Dispatch => (
            "dispatch",
            "dispatched",
            "派单",
            "派单",
            "已派单，办结时限已重新计算。",
            "d",
        ),
        Deed::Sign => ("sign", "signed", "签收", "确认签收", "已签收。", "s"),
        Deed::Return => (
            "return",
            "returned",
            "退单",
            "退单",
            "已退单，等待重新派单。",
            "b",
        ),
        Deed::Contact => (
            "contact",
            "contacted",
            "联系诉求人",
            "登记已联系",
            "已登记联系诉求人。",
            "l",
        ),
        Deed::Reply => ("reply", "replied", "答复", "登记答复", "答复已保存。", "a"),
        Deed::Resolve => (
            "resolve",
            "resolved",
            "办结",
            "办结",
            "已办结，工单已移出待办队列。",
            "r",
        ),
        Deed::Extend => (
            "extend",
            "extended",
            "延期",
            "延期",
            "已延期，办结时限已更新。",
            "e",
        ),
        Deed::Pause => ("pause", "paused", "挂起", "挂起", "已挂起，时限暂停计算。", "p"),
        Deed::Resume => (
            "resume",
            "resumed",
            "恢复办理",
            "恢复办理",
            "已恢复办理，办结时限已顺延。",
            "i",
        ),
        Deed::Urge => ("urge", "urged", "催办", "催办", "已催办。", "u"),
        Deed::Supervise => ("supervise", "supervised", "督办", "督办", "已列入督办。", "v"),
        Deed::Card => ("card", "carded", "亮牌", "亮牌", "已亮牌。", "y"),
        Deed::CallBack => (
            "call-back",
            "called_back",
            "回访",
            "登记回访",
            "回访结果已保存。",
            "h",
        ),
        Deed::Reopen => (
            "reopen",
            "reopened",
            "重办",
            "退回重办",
            "已退回重办，办结时限重新起算。",
            "o",
        ),
        Deed::Merge => (
            "merge",
            "merged",
            "同诉合并",
            "合并至主单",
            "已合并至主单，不再单独计时和统计。",
            "m",
        ),
        Deed::Unmerge => (
            "unmerge",
            "unmerged",
            "取消合并",
            "取消合并",
            "已取消合并，工单恢复原状。",
            "w",
        ),
        Deed::Split => (
            "split",
            "split",
            "拆分",
            "拆分",
            "已拆分，新工单见“关联工单”。",
            "x",
        ),
        Deed::Amend => ("amend", "amended", "更正", "保存更正", "更正已保存。", "g"),
        Deed::Note => ("note", "noted", "备注", "保存备注", "备注已保存。", "n"),
    };
    Words {
        path,
        done,
        name,
        button,
        notice,
        key,
    }
}

/// The deed with that address.
pub(super) fn named(path: &str) -> Option<Deed> {
    Deed::ALL.into_iter().find(|deed| words(*deed).path == path)
}

/// Whether evidence can be given with it: with what says something about the matter itself.
pub(super) fn takes_files(deed: Deed) -> bool {
    matches!(
        deed,
        Deed::Return
            | Deed::Contact
            | Deed::Reply
            | Deed::Resolve
            | Deed::Extend
            | Deed::Pause
            | Deed::CallBack
            | Deed::Reopen
            | Deed::Note
    )
}

/// One form.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) path: &'static str,
    pub(super) name: &'static str,
    /// Whose duty it is.
    pub(super) duty: &'static str,
    pub(super) key: &'static str,
    pub(super) button: &'static str,
    pub(super) fields: Vec<Field>,
    /// What the deed means, where its name does not say it.
    pub(super) note: &'static str,
    /// What files may be given with it; empty where none may.
    pub(super) files: String,
    /// The form is open: it is the likeliest next step.
    pub(super) open: bool,
}

/// One field.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) kind: Kind,
    pub(super) value: String,
    pub(super) required: bool,
    pub(super) longest: usize,
    /// Of a select; of a line with suggestions, those.
    pub(super) choices: Vec<Choice>,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Select,
    Line,
    Area,
    Day,
    Minute,
    Check,
}

impl Field {
    fn new(kind: Kind, name: &'static str, label: &'static str, longest: usize) -> Self {
        Self {
            name,
            label,
            kind,
            value: String::new(),
            required: longest > 0,
            longest,
            choices: Vec::new(),
        }
    }

    fn select(name: &'static str, label: &'static str, choices: Vec<Choice>) -> Self {
        Self {
            choices,
            ..Self::new(Kind::Select, name, label, 0)
        }
    }

    fn reason(label: &'static str) -> Vec<Self> {
        vec![Self::new(Kind::Area, "text", label, 1000)]
    }

    fn optional(self, value: &str) -> Self {
        Self {
            value: value.to_owned(),
            required: false,
            ..self
        }
    }

    pub(super) fn is_select(&self) -> bool {
        self.kind == Kind::Select
    }

    pub(super) fn is_area(&self) -> bool {
        self.kind == Kind::Area
    }

    pub(super) fn is_day(&self) -> bool {
        self.kind == Kind::Day
    }

    pub(super) fn is_minute(&self) -> bool {
        self.kind == Kind::Minute
    }

    pub(super) fn is_check(&self) -> bool {
        self.kind == Kind::Check
    }
}

/// The forms of a ticket: the usual next steps, and the rest. Blocking.
pub(super) fn forms(
    app: &App,
    ticket: &Ticket,
    suggested: (&str, &str),
) -> Result<(Vec<Form>, Vec<Form>), Error> {
    let now = app.now();
    let usual = Deed::usual(ticket);
    let offered = |deed: &Deed| deed.possible(ticket, app.rules(), now).is_ok();
    let mut next = Vec::new();
    for deed in usual.iter().filter(|deed| offered(deed)) {
        next.push(form(app, ticket, *deed, suggested, now)?);
    }
    // Filling in what has no field yet is one click too many; a form with fields waits open.
    if let Some(first) = next.first_mut() {
        first.open = matches!(
            usual.first(),
            Some(Deed::Classify | Deed::Dispatch | Deed::CallBack)
        );
    }
    let mut rest = Vec::new();
    for deed in Deed::ALL {
        if !usual.contains(&deed) && offered(&deed) {
            rest.push(form(app, ticket, deed, suggested, now)?);
        }
    }
    Ok((next, rest))
}

fn form(
    app: &App,
    ticket: &Ticket,
    deed: Deed,
    (kind, topic): (&str, &str),
    now: Moment,
) -> Result<Form, Error> {
    let mut note = "";
    let mut fields = match deed {
        Deed::Classify => vec![
            Field::select(
                "type",
                "诉求类型（选定后的办结时限）",
                types(app, ticket, kind, now)?,
            ),
            Field::select("topic", "诉求领域", choice::topics(topic, "不指定")),
        ],
        Deed::Dispatch => vec![
            Field {
                choices: units(app, ticket, now)?,
                value: ticket.unit.clone().unwrap_or_default(),
                ..Field::new(Kind::Line, "unit", "承办单位", 60)
            },
            Field::new(Kind::Day, "due", "指定办结日期（不填则按规则）", 10).optional(""),
        ],
        Deed::Return => Field::reason("退单理由"),
        Deed::Reply => vec![Field::new(Kind::Area, "text", "答复内容", 4000)],
        Deed::Resolve => {
            let mut fields = vec![Field::new(Kind::Area, "result", "办理结果", 4000)];
            if ticket.dispatched_at.is_none() {
                fields.push(Field::new(Kind::Check, "direct", "热线直接答复", 0));
            }
            fields
        }
        Deed::Extend => {
            let mut fields = vec![Field::new(Kind::Day, "due", "延至（当日 23:59:59）", 10)];
            fields.extend(Field::reason("延期理由"));
            fields
        }
        Deed::Pause => Field::reason("挂起理由"),
        Deed::Urge => Field::reason("催办事由"),
        Deed::Supervise => Field::reason("督办事由"),
        Deed::Card => {
            let cards = choices("yellow", [("yellow", "黄牌"), ("red", "红牌")]);
            let mut fields = vec![Field::select("card", "牌别", cards)];
            fields.extend(Field::reason("亮牌事由"));
            fields
        }
        Deed::CallBack => {
            let answers = |yes, no| choices("", [("", "未作评价"), ("yes", yes), ("no", no)]);
            vec![
                Field::select(
                    "reached",
                    "是否接通",
                    choices("yes", [("yes", "已接通"), ("no", "未接通")]),
                ),
                Field::select("solved", "是否解决", answers("已解决", "未解决")),
                Field::select("satisfied", "是否满意", answers("满意", "不满意")),
            ]
        }
        Deed::Reopen => Field::reason("重办理由"),
        Deed::Merge => {
            note = "合并后以主单计时、统计，随时可取消。同一来电人不等于同一诉求。";
            vec![Field::new(Kind::Line, "into", "主单编号", 100)]
        }
        Deed::Split => {
            note = "每件新工单一段，段间空一行，首行为标题；受理时间和时限随原单，可撤销。";
            vec![Field::new(Kind::Area, "parts", "拆分出的诉求", 8000)]
        }
        Deed::Amend => {
            note = "只填需要更正的项。";
            vec![
                Field::new(Kind::Line, "title", "标题", 200).optional(""),
                Field::new(Kind::Line, "region", "区域", 60).optional(""),
                Field::new(Kind::Line, "urgency", "紧急程度", 20).optional(""),
                Field::new(Kind::Area, "body", "内容", 8000).optional(""),
            ]
        }
        Deed::Note => vec![Field::new(Kind::Area, "text", "备注内容", 2000)],
        Deed::Sign | Deed::Contact | Deed::Resume | Deed::Unmerge => Vec::new(),
    };
    if deed.can_be_backdated() && deed != Deed::Classify && deed != Deed::Amend {
        let label = "发生时间（补录以往发生的才填）";
        fields.push(Field::new(Kind::Minute, "occurred_at", label, 16).optional(""));
    }
    let files = if takes_files(deed) {
        app.attachments.limits()
    } else {
        String::new()
    };
    let words = words(deed);
    Ok(Form {
        path: words.path,
        name: words.name,
        duty: deed.duty().chinese(),
        key: words.key,
        button: words.button,
        fields,
        note,
        files,
        open: false,
    })
}

/// The five types, each with the deadline it would give.
fn types(app: &App, ticket: &Ticket, chosen: &str, now: Moment) -> Result<Vec<Choice>, Error> {
    let supposed = TicketType::ALL.map(|kind| Supposed {
        r#type: Some(kind),
        ..Supposed::default()
    });
    let dues = app.ledger().preview(&ticket.no, now, &supposed)?;
    let mut choices = choice::types(chosen, "", false);
    for (choice, due) in choices.iter_mut().zip(dues) {
        if let Some(due) = due {
            choice.text = format!("{}（{}）", choice.text, format::minute(due.due_at));
        }
    }
    Ok(choices)
}

/// Known units, each with the deadline a dispatch to it now would give.
fn units(app: &App, ticket: &Ticket, now: Moment) -> Result<Vec<Choice>, Error> {
    let units = app.ledger().units()?;
    let supposed: Vec<Supposed<'_>> = units
        .iter()
        .map(|unit| Supposed {
            unit: Some(unit),
            ..Supposed::default()
        })
        .collect();
    let dues = app.ledger().preview(&ticket.no, now, &supposed)?;
    Ok(units
        .iter()
        .zip(dues)
        .map(|(unit, due)| Choice {
            value: unit.clone(),
            text: due.map_or_else(String::new, |due| format!("时限 {}", format::minute(due.due_at))),
            chosen: false,
        })
        .collect())
}
