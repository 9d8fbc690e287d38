//! Which tickets a figure is about, as addresses and forms say it.

use super::{choice, choice::Choice};
use crate::{error::Error, state::App};
use analytics::{ledger::TypeIs, metrics::Scope};
use chrono::{Duration, NaiveDate};
use ingest::time::{self, Moment};
use serde::Deserialize;

/// The scope as an address gives it. Empty fields, as forms send them, are no restriction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ScopeQuery {
    /// First day of acceptance, e.g. `2016-01-01`; the default period where not given.
    pub(crate) from: Option<String>,
    /// Last day of acceptance.
    pub(crate) to: Option<String>,
    /// As-of time: RFC 3339, or a day, which means its end; never later than now, which is the default.
    pub(crate) as_of: Option<String>,
    /// `help`, `complaint`, `inquiry`, `suggestion`, `praise` or `unknown`, or the Chinese name.
    pub(crate) r#type: Option<String>,
    /// 承办单位
    pub(crate) unit: Option<String>,
    /// 诉求领域
    pub(crate) topic: Option<String>,
    /// 区域
    pub(crate) region: Option<String>,
    /// 来源渠道
    pub(crate) channel: Option<String>,
    /// Configured source.
    pub(crate) source: Option<String>,
}

/// The value of a field that may be absent or sent empty.
pub(crate) fn given(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// Stands for tickets that have no unit, topic … in addresses and on pages: an empty field is no restriction.
pub(crate) const UNNAMED: &str = "未标明";

/// The name a field asks for; empty for [`UNNAMED`].
pub(crate) fn name(field: &Option<String>) -> Option<String> {
    given(field).map(|name| {
        if name == UNNAMED {
            String::new()
        } else {
            name.to_owned()
        }
    })
}

/// A day as forms send it.
pub(crate) fn day(field: &Option<String>, name: &str) -> Result<Option<NaiveDate>, Error> {
    given(field)
        .map(|text| {
            text.parse()
                .map_err(|_| Error::Malformed(format!("{name}应写作 2016-01-31 这样的日期。")))
        })
        .transpose()
}

/// A type, or 待判定.
pub(crate) fn type_is(field: &Option<String>) -> Result<Option<TypeIs>, Error> {
    given(field)
        .map(|text| TypeIs::parse(text).ok_or_else(|| Error::Malformed("诉求类型不在目录内。".to_owned())))
        .transpose()
}

impl ScopeQuery {
    /// The scope it names, with the default period and the present moment where it names none.
    pub(crate) fn scope(&self, app: &App) -> Result<Scope, Error> {
        let (first, last) = app.period();
        let from = day(&self.from, "受理日期（起）")?.unwrap_or(first);
        let to = day(&self.to, "受理日期（止）")?.unwrap_or_else(|| last.max(from));
        if to < from {
            return Err(Error::Malformed("受理日期的起日晚于止日。".to_owned()));
        }
        Ok(Scope {
            from,
            to,
            as_of: self.as_of(app.now())?,
            r#type: type_is(&self.r#type)?,
            unit: name(&self.unit),
            topic: name(&self.topic),
            region: name(&self.region),
            channel: name(&self.channel),
            source: name(&self.source),
        })
    }

    fn as_of(&self, now: Moment) -> Result<Moment, Error> {
        let Some(text) = given(&self.as_of) else {
            return Ok(now);
        };
        let asked = match text.parse::<NaiveDate>() {
            Ok(day) => day
                .succ_opt()
                .map(|next| time::start_of_day(next) - Duration::milliseconds(1)),
            Err(_) => time::parse(text),
        };
        // Nobody knows the state of a later moment: an open ticket would count as late before it is.
        let asked = asked
            .ok_or_else(|| Error::Malformed("统计截至时间无法识别，应为日期或 RFC 3339 时间。".to_owned()))?;
        Ok(asked.min(now))
    }
}

/// The scope as pairs of an address that names exactly these tickets again.
pub(crate) fn pairs(scope: &Scope) -> Vec<(&'static str, String)> {
    let text = |field: &Option<String>| match field.as_deref() {
        None => String::new(),
        Some("") => UNNAMED.to_owned(),
        Some(name) => name.to_owned(),
    };
    vec![
        ("from", scope.from.to_string()),
        ("to", scope.to.to_string()),
        (
            "as_of",
            scope.as_of.to_rfc3339_opts(chrono::SecondsFormat::Millis, false),
        ),
        (
            "type",
            scope
                .r#type
                .map_or_else(String::new, |kind| kind.name().to_owned()),
        ),
        ("unit", text(&scope.unit)),
        ("topic", text(&scope.topic)),
        ("region", text(&scope.region)),
        ("channel", text(&scope.channel)),
        ("source", text(&scope.source)),
    ]
}

/// The list of the tickets in scope, with `more` conditions beside it (they replace the scope's own).
pub(crate) fn list_link(scope: &Scope, more: &[(&str, &str)]) -> String {
    let pairs = pairs(scope);
    let kept = pairs.iter().map(|(name, value)| (*name, value.as_str()));
    let kept = kept.filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    super::link::link("/tickets", more.iter().copied().chain(kept))
}

/// The fields of the scope's form.
#[derive(Debug)]
pub(crate) struct ScopeForm {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) as_of: String,
    pub(super) types: Vec<Choice>,
    pub(super) units: Vec<Choice>,
}

impl ScopeForm {
    /// The form filled in with `scope`.
    pub(crate) fn of(scope: &Scope, units: &[String]) -> Self {
        Self {
            from: scope.from.to_string(),
            to: scope.to.to_string(),
            as_of: scope.as_of.date_naive().to_string(),
            types: choice::types(scope.r#type.map_or("", TypeIs::name), "全部", true),
            units: choice::names(scope.unit.as_deref().unwrap_or_default(), "全部", units),
        }
    }
}
