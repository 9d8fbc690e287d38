//! Who may do what to a ticket in which state. Only what people and jobs do here is checked: a feed reports what has
//! happened elsewhere, and the fold takes it as it comes.

mod backdated;

pub use backdated::allowed_backdated;

use crate::{
    deadline::Rules,
    ledger::{Status, Ticket},
};
use ingest::{record::Event, time::Moment};

/// How often a unit may send one ticket back (SPECS: return at most 2, with reason). After that the hotline decides.
pub const MOST_RETURNS: u32 = 2;

/// What can be done to a ticket: every event but 受理, which only the hotline and a split make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// 分类
    Classify,
    /// 派单
    Dispatch,
    /// 签收
    Sign,
    /// 退单
    Return,
    /// 联系诉求人
    Contact,
    /// 答复
    Reply,
    /// 办结
    Resolve,
    /// 延期
    Extend,
    /// 挂起
    Pause,
    /// 恢复
    Resume,
    /// 催办
    Urge,
    /// 督办
    Supervise,
    /// 黄牌、红牌
    Card,
    /// 回访
    CallBack,
    /// 重办
    Reopen,
    /// 同诉合并
    Merge,
    /// 取消合并
    Unmerge,
    /// 拆分
    Split,
    /// 更正
    Amend,
    /// 备注
    Note,
}

/// Whose duty a deed is. Without a log-in whoever sits at the machine does it in their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Duty {
    /// 热线派单员
    Dispatcher,
    /// 承办单位
    Unit,
    /// 督查人员
    Supervisor,
    /// 回访员
    Caller,
}

impl Duty {
    /// The Chinese name on pages.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Dispatcher => "派单员",
            Self::Unit => "承办单位",
            Self::Supervisor => "督查人员",
            Self::Caller => "回访员",
        }
    }
}

impl Deed {
    /// All deeds in the order of a ticket's life.
    pub const ALL: [Self; 20] = [
        Self::Classify,
        Self::Dispatch,
        Self::Sign,
        Self::Return,
        Self::Contact,
        Self::Reply,
        Self::Resolve,
        Self::Extend,
        Self::Pause,
        Self::Resume,
        Self::Urge,
        Self::Supervise,
        Self::Card,
        Self::CallBack,
        Self::Reopen,
        Self::Merge,
        Self::Unmerge,
        Self::Split,
        Self::Amend,
        Self::Note,
    ];

    /// The deed an event is; `None` for 受理.
    pub fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Accepted(_) => return None,
            Event::Dispatched { .. } => Self::Dispatch,
            Event::Signed { .. } => Self::Sign,
            Event::Returned { .. } => Self::Return,
            Event::Extended { .. } => Self::Extend,
            Event::Paused { .. } => Self::Pause,
            Event::Resumed => Self::Resume,
            Event::Contacted => Self::Contact,
            Event::Replied { .. } => Self::Reply,
            Event::Urged { .. } => Self::Urge,
            Event::Supervised { .. } => Self::Supervise,
            Event::Carded { .. } => Self::Card,
            Event::Resolved { .. } => Self::Resolve,
            Event::CalledBack(_) => Self::CallBack,
            Event::Reopened { .. } => Self::Reopen,
            Event::Classified(_) => Self::Classify,
            Event::Amended { .. } => Self::Amend,
            Event::Merged { .. } => Self::Merge,
            Event::Unmerged => Self::Unmerge,
            Event::Split { .. } => Self::Split,
            Event::Noted { .. } => Self::Note,
        })
    }

    /// Whose duty it is.
    pub fn duty(self) -> Duty {
        match self {
            Self::Sign
            | Self::Return
            | Self::Contact
            | Self::Reply
            | Self::Resolve
            | Self::Extend
            | Self::Pause
            | Self::Resume => Duty::Unit,
            Self::Urge | Self::Supervise | Self::Card => Duty::Supervisor,
            Self::CallBack | Self::Reopen => Duty::Caller,
            Self::Classify
            | Self::Dispatch
            | Self::Merge
            | Self::Unmerge
            | Self::Split
            | Self::Amend
            | Self::Note => Duty::Dispatcher,
        }
    }

    /// Whether a kind of actor may do it at all: people everything, the model its labels, jobs what the clock asks for.
    fn by(self, actor: &str) -> bool {
        match actor.split_once(':').map(|(kind, _)| kind) {
            Some("user") => true,
            Some("model") => self == Self::Classify,
            Some("job") => matches!(self, Self::Urge | Self::Supervise | Self::Card),
            _ => false,
        }
    }

    /// Whether the ticket's state allows it at `at`; if not, why, for people (Chinese).
    ///
    /// # Errors
    /// The reason shown beside the refused action.
    pub fn possible(self, ticket: &Ticket, rules: &Rules, at: Moment) -> Result<(), &'static str> {
        let status = ticket.status;
        match status {
            Status::Merged => {
                return check(
                    matches!(self, Self::Unmerge | Self::Note | Self::Classify),
                    "工单已合并，请在主单上办理，或先取消合并",
                );
            }
            Status::Paused if matches!(self, Self::Dispatch | Self::Extend | Self::Urge | Self::Card) => {
                return Err("工单挂起中，请先恢复");
            }
            _ => {}
        }
        let open = status != Status::Resolved;
        let with_unit = ticket.dispatched_at.is_some();
        match self {
            Self::Classify | Self::Note => Ok(()),
            Self::Dispatch => check(open, "工单已办结，不能派单"),
            Self::Sign => check(status == Status::Dispatched, "只有待签收的工单可以签收"),
            Self::Return => {
                check(
                    matches!(status, Status::Dispatched | Status::Signed),
                    "只有待签收或办理中的工单可以退单",
                )?;
                check(
                    ticket.counts.returned < MOST_RETURNS,
                    "该工单已退单 2 次，不能再退，请由热线中心协调确定承办单位",
                )
            }
            Self::Contact => check(open && with_unit, "只有已派单且未办结的工单可以登记联系"),
            Self::Reply => check(open, "工单已办结，不能再登记答复"),
            Self::Resolve => {
                check(status != Status::Paused, "工单挂起中，不能办结，请先恢复")?;
                check(open, "工单已办结，不能办结第二次")
            }
            Self::Extend => {
                check(open, "工单已办结，不能延期")?;
                let due = ticket.due.as_ref().ok_or("工单没有办结时限，不需要延期")?;
                check(!due.is_late_at(at), "办结时限已过，延期须在到期前提出")?;
                let times = rules.extension().times;
                check(
                    times.is_none_or(|times| ticket.counts.extended_now < times),
                    "该工单的延期次数已达上限，不能再延期",
                )
            }
            Self::Pause => check(open && status != Status::Paused, "工单已挂起或已办结，不能挂起"),
            Self::Resume => check(status == Status::Paused, "只有挂起的工单可以恢复"),
            Self::Urge => check(open, "工单已办结，不需要催办"),
            Self::Supervise => check(open, "工单已办结，不需要督办"),
            Self::Card => check(open, "工单已办结，不能亮牌"),
            Self::CallBack => check(!open, "只有已办结的工单可以回访"),
            Self::Reopen => check(!open, "只有已办结的工单可以重办"),
            Self::Merge => check(open, "工单已办结，不能合并"),
            Self::Unmerge => Err("只有已合并的工单可以取消合并"),
            Self::Split => check(open, "工单已办结，不能拆分"),
            Self::Amend => check(open, "工单已办结，不能更正"),
        }
    }

    /// What usually comes next in this state, the likeliest first.
    pub fn usual(ticket: &Ticket) -> &'static [Self] {
        match ticket.status {
            Status::Accepted if ticket.r#type.is_none() => &[Self::Classify, Self::Dispatch, Self::Resolve],
            Status::Accepted => &[Self::Dispatch, Self::Resolve],
            Status::Dispatched => &[Self::Sign, Self::Return, Self::Urge],
            Status::Signed => &[Self::Contact, Self::Reply, Self::Resolve, Self::Extend],
            Status::Returned => &[Self::Dispatch, Self::Resolve],
            Status::Paused => &[Self::Resume, Self::Note],
            Status::Resolved => &[Self::CallBack, Self::Reopen],
            Status::Reopened => &[Self::Dispatch, Self::Reply, Self::Resolve],
            Status::Merged => &[Self::Unmerge],
        }
    }
}

fn check(possible: bool, reason: &'static str) -> Result<(), &'static str> {
    if possible { Ok(()) } else { Err(reason) }
}

/// Whether `actor` may do `event` to `ticket` at `at`; if not, why, for people (Chinese). What needs other tickets (does
/// the main ticket exist?) is the caller's to check.
///
/// # Errors
/// The reason shown beside the refused action.
pub fn allowed(
    ticket: &Ticket,
    event: &Event,
    actor: &str,
    rules: &Rules,
    at: Moment,
) -> Result<(), &'static str> {
    let deed = Deed::of(event).ok_or("受理由热线系统登记，不能在此补录")?;
    check(deed.by(actor), "此操作不在该账号的职责范围内")?;
    deed.possible(ticket, rules, at)?;
    let said = |text: &str, reason| check(!text.trim().is_empty(), reason);
    match event {
        Event::Dispatched { unit, due_at } => {
            said(unit, "请填写承办单位")?;
            check(due_at.is_none_or(|due| due > at), "办结时限须晚于现在")
        }
        Event::Returned { reason } => said(reason, "请填写退单理由"),
        Event::Extended { due_at, reason } => {
            said(reason, "请填写延期理由")?;
            check(
                ticket.due.as_ref().is_none_or(|due| *due_at > due.due_at),
                "延期后的时限须晚于现有时限",
            )?;
            let farthest = rules.extension().working_days.and_then(|days| {
                let due = ticket.due.as_ref()?;
                rules.end_after(due.due_at, days)
            });
            check(
                farthest.is_none_or(|farthest| *due_at <= farthest),
                "延期时长超过规定上限",
            )
        }
        Event::Paused { reason } => said(reason, "请填写挂起理由"),
        Event::Urged { reason } => said(reason, "请填写催办事由"),
        Event::Supervised { reason } => said(reason, "请填写督办事由"),
        Event::Carded { reason, .. } => said(reason, "请填写亮牌事由"),
        Event::Reopened { reason } => said(reason, "请填写重办理由"),
        Event::Replied { text } => said(text, "请填写答复内容"),
        Event::Noted { text, .. } => said(text, "请填写备注内容"),
        Event::Resolved {
            result,
            direct,
            withdrawn,
        } => {
            check(!withdrawn, "办结不能撤回，请用重办")?;
            said(result, "请填写办理结果")?;
            check(
                !direct || ticket.dispatched_at.is_none(),
                "工单已派单，不能按热线直接答复办结",
            )
        }
        Event::CalledBack(answers) => check(
            answers.reached || (answers.solved.is_none() && answers.satisfied.is_none()),
            "未接通的回访不能登记是否解决、是否满意",
        ),
        Event::Amended {
            title,
            body,
            region,
            urgency,
        } => {
            check(
                title.is_some() || body.is_some() || region.is_some() || urgency.is_some(),
                "没有需要更正的内容",
            )?;
            let blank = |text: &Option<String>| text.as_deref().is_some_and(|text| text.trim().is_empty());
            check(!(blank(title) && blank(body)), "标题和内容不能都为空")
        }
        Event::Classified(label) => check(
            label.r#type.is_some() || label.topic.is_some(),
            "请选择诉求类型或诉求领域",
        ),
        Event::Merged { into } => check(*into != ticket.no, "不能与自身合并"),
        Event::Split { into } => check(
            !into.is_empty() && !into.contains(&ticket.no),
            "拆分须列出新工单的编号，且不能包含本单",
        ),
        Event::Accepted(_) | Event::Signed { .. } | Event::Resumed | Event::Contacted | Event::Unmerged => {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
