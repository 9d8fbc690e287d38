//! One row of an export → the draft of its ticket, or why not.

use super::{
    cell::Cell,
    columns::{Field, Layout},
};
use crate::{
    clean::{Refusal, TicketDraft},
    record::{CalledBack, Place},
    source::words,
    time::Moment,
};

/// A row with the table it stands in.
pub(super) struct Row<'a> {
    pub(super) layout: &'a Layout,
    pub(super) cells: &'a [Cell],
    pub(super) place: &'a Place,
}

impl Row<'_> {
    /// The ticket of the row, or why it cannot be read and at which field.
    pub(super) fn ticket(&self) -> Result<TicketDraft, Box<Refusal>> {
        if self
            .cells
            .iter()
            .skip(self.layout.width())
            .any(|cell| !cell.is_empty())
        {
            return Err(self.refuse(
                None,
                "ragged_row",
                "单元格多于表头，可能含有未加引号的分隔符".to_owned(),
            ));
        }
        if self.cell(Field::No).is_lossy_number() {
            let reason = "编号以数值保存，末尾数字可能已丢失，请改为文本格式后重新导出".to_owned();
            return Err(self.refuse(Some(Field::No), "lossy_number", reason));
        }
        let r#type =
            words::ticket_type(&self.cell(Field::Type).text()).ok_or_else(|| self.unknown(Field::Type))?;
        let resolved_at = self.moment(Field::ResolvedAt)?;
        let status = words::is_resolved(&self.cell(Field::Status).text());
        match (status, resolved_at) {
            (Some(true), None) => {
                let reason = format!("状态为已办结，但“{}”为空", self.layout.header(Field::ResolvedAt));
                return Err(self.refuse(Some(Field::ResolvedAt), "contradiction", reason));
            }
            (Some(false), Some(_)) => {
                let reason = format!(
                    "状态为未办结，但“{}”不为空",
                    self.layout.header(Field::ResolvedAt)
                );
                return Err(self.refuse(Some(Field::Status), "contradiction", reason));
            }
            _ => {}
        }
        Ok(TicketDraft {
            no: self.cell(Field::No).text(),
            title: self.cell(Field::Title).text(),
            body: self.cell(Field::Body).text(),
            channel: self.text(Field::Channel),
            region: self.text(Field::Region),
            urgency: self.text(Field::Urgency),
            caller: self.text(Field::Caller),
            r#type,
            topic: self.text(Field::Topic),
            accepted_at: self.moment(Field::AcceptedAt)?,
            unit: self.text(Field::Unit),
            dispatched_at: self.moment(Field::DispatchedAt)?,
            signed_at: self.moment(Field::SignedAt)?,
            contacted_at: self.moment(Field::ContactedAt)?,
            due_at: self.time(Field::DueAt, Cell::deadline)?,
            resolved_at,
            unresolved: status == Some(false),
            late: self.late(),
            replied_at: self.moment(Field::RepliedAt)?,
            reply: self.text(Field::Reply),
            direct: words::is_direct(&self.cell(Field::Direct).text()),
            callback: self.callback()?,
            called_back_at: self.moment(Field::CalledBackAt)?,
        })
    }

    /// What the feed itself says of lateness. An unknown word is no answer and refuses no row: the flag is only ever
    /// compared with our own clock.
    fn late(&self) -> Option<bool> {
        let in_time = || words::in_time(&self.cell(Field::InTime).text()).map(|in_time| !in_time);
        words::late(&self.cell(Field::Late).text()).or_else(in_time)
    }

    fn callback(&self) -> Result<Option<CalledBack>, Box<Refusal>> {
        let satisfaction = self.cell(Field::Satisfaction).text();
        let answer = words::satisfaction(&satisfaction).ok_or_else(|| self.unknown(Field::Satisfaction))?;
        let solved =
            words::solved(&self.cell(Field::Solved).text()).ok_or_else(|| self.unknown(Field::Solved))?;
        let outcome = self.cell(Field::Callback).text();
        // 回访结果 is a word of satisfaction in some exports and free text in others; then someone was reached.
        let outcome = words::satisfaction(&outcome).unwrap_or(Some(CalledBack {
            reached: !words::is_unreached(&outcome),
            solved: None,
            satisfied: None,
        }));
        let called_back = answer.or(outcome);
        Ok(match (called_back, solved) {
            (Some(callback), solved) => Some(CalledBack { solved, ..callback }),
            (None, Some(_)) => Some(CalledBack {
                reached: true,
                solved,
                satisfied: None,
            }),
            (None, None) => None,
        })
    }

    fn cell(&self, field: Field) -> &Cell {
        self.layout
            .place(field)
            .and_then(|place| self.cells.get(place))
            .unwrap_or(&Cell::Empty)
    }

    fn text(&self, field: Field) -> Option<String> {
        Some(self.cell(field).text()).filter(|text| !text.is_empty())
    }

    fn moment(&self, field: Field) -> Result<Option<Moment>, Box<Refusal>> {
        self.time(field, Cell::moment)
    }

    fn time(&self, field: Field, read: fn(&Cell) -> Option<Moment>) -> Result<Option<Moment>, Box<Refusal>> {
        let cell = self.cell(field);
        // Exports write a dash where nothing has happened yet.
        if cell.is_empty() || matches!(&*cell.text(), "-" | "--" | "/" | "无") {
            return Ok(None);
        }
        read(cell).map(Some).ok_or_else(|| {
            self.refuse(
                Some(field),
                "bad_time",
                format!("“{}”不是可识别的时间", self.layout.header(field)),
            )
        })
    }

    fn unknown(&self, field: Field) -> Box<Refusal> {
        self.refuse(
            Some(field),
            "unknown_word",
            format!("“{}”不是可识别的取值", self.layout.header(field)),
        )
    }

    fn refuse(&self, field: Option<Field>, code: &'static str, reason: String) -> Box<Refusal> {
        let field = field.map(|field| self.layout.header(field).to_owned());
        let title = self.text(Field::Title).or_else(|| self.text(Field::Body));
        Box::new(Refusal {
            place: Place {
                field,
                ..self.place.clone()
            },
            reason,
            code,
            excerpt: title.unwrap_or_default(),
        })
    }
}
