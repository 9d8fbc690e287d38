//! Which tickets a list shows, as its address says it: by their present state, or exactly those behind a figure.

use super::scope::{self, ScopeQuery, given};
use crate::{error::Error, state::App};
use analytics::{
    ledger::{ListFilter, Order, Status},
    metrics::{self, AGES, Age, Metric, Part, Scope},
};
use ingest::record::Card;
use serde::Deserialize;

/// Parameters of the address.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    #[serde(flatten)]
    #[param(ignore)]
    pub(crate) scope: ScopeQuery,
    /// Name of a metric: only the tickets behind it.
    pub(crate) metric: Option<String>,
    /// `numerator`, `denominator`, `missed` (denominator without numerator) or `excluded`.
    pub(crate) part: Option<String>,
    /// Open tickets of an age: `upto_1`, `2_3`, `4_7`, `8_15`, `16_30`, `over_30` days, or `past_due`.
    pub(crate) age: Option<String>,
    /// Beginning of a number, or part of a title.
    pub(crate) text: Option<String>,
    /// A state, or `open`.
    pub(crate) status: Option<String>,
    /// `red` or `yellow`: open tickets that deserve it now.
    pub(crate) card: Option<String>,
    /// `newest` (default), `oldest` or `urgency`.
    pub(crate) order: Option<String>,
    /// From 1.
    pub(crate) page: Option<String>,
}

/// What a list asks the ledger for, and the figure it stands behind.
pub(crate) struct Listing {
    pub(crate) filter: ListFilter,
    pub(super) behind: Option<Behind>,
}

/// The figure a list stands behind.
pub(super) struct Behind {
    pub(super) scope: Scope,
    pub(super) metric: Option<(&'static Metric, Part)>,
    pub(super) age: Option<Age>,
}

/// The part of that name; the denominator where none is given.
pub(crate) fn part(name: Option<&str>) -> Result<Part, Error> {
    let Some(name) = name else {
        return Ok(Part::Denominator);
    };
    Part::parse(name).ok_or_else(|| {
        Error::Malformed(format!(
            "part 只能是 {} 之一。",
            Part::ALL.map(Part::name).join("、")
        ))
    })
}

/// A part in Chinese.
pub(super) fn part_name(part: Part) -> &'static str {
    match part {
        Part::Numerator => "分子",
        Part::Denominator => "分母",
        Part::Missed => "分母中未计入分子",
        Part::Excluded => "不计入分母",
    }
}

/// The metric of that name.
pub(crate) fn metric(name: &str) -> Result<&'static Metric, Error> {
    metrics::find(name).ok_or_else(|| Error::NotFound("没有这个指标。".to_owned()))
}

/// The age of open tickets of that name.
fn age(name: &str) -> Result<Age, Error> {
    Age::parse(name).ok_or_else(|| {
        let names = AGES.map(|age| age.name).join("、");
        Error::Malformed(format!("age 只能是 {names} 之一。"))
    })
}

impl Asked {
    /// What to ask the ledger for. Blocking.
    pub(crate) fn listing(&self, app: &App) -> Result<Listing, Error> {
        let now = app.now();
        let mut filter = ListFilter {
            text: given(&self.text).map(str::to_owned),
            card: match given(&self.card) {
                None => None,
                Some("red") => Some((Card::Red, now)),
                Some("yellow") => Some((Card::Yellow, now)),
                Some(_) => return Err(Error::Malformed("card 只能是 red 或 yellow。".to_owned())),
            },
            order: match given(&self.order) {
                None | Some("newest") => Order::Newest,
                Some("oldest") => Order::Oldest,
                Some("urgency") => Order::Urgency(now),
                Some(_) => {
                    return Err(Error::Malformed(
                        "order 只能是 newest、oldest 或 urgency。".to_owned(),
                    ));
                }
            },
            ..ListFilter::default()
        };
        match given(&self.status) {
            None => {}
            Some("open") => filter.open = Some(true),
            Some(name) => {
                let status = Status::parse(name);
                filter.status =
                    Some(status.ok_or_else(|| Error::Malformed("办理状态不在目录内。".to_owned()))?);
            }
        }
        let metric = given(&self.metric).map(metric).transpose()?;
        let age = given(&self.age).map(age).transpose()?;
        if metric.is_some() && age.is_some() {
            return Err(Error::Malformed("metric 与 age 只能给出一个。".to_owned()));
        }
        if metric.is_none() && age.is_none() && given(&self.scope.as_of).is_none() {
            filter.from = scope::day(&self.scope.from, "受理日期（起）")?;
            filter.to = scope::day(&self.scope.to, "受理日期（止）")?;
            filter.r#type = scope::type_is(&self.scope.r#type)?;
            filter.unit = scope::name(&self.scope.unit);
            filter.topic = scope::name(&self.scope.topic);
            filter.region = scope::name(&self.scope.region);
            filter.channel = scope::name(&self.scope.channel);
            filter.source = scope::name(&self.scope.source);
            return Ok(Listing { filter, behind: None });
        }
        let scope = self.scope.scope(app)?;
        let metric = metric
            .map(|metric| Ok::<_, Error>((metric, part(given(&self.part))?)))
            .transpose()?;
        let snapshot = app.snapshot()?;
        filter.numbers = Some(match (metric, age) {
            (Some((metric, part)), _) => metrics::members(&snapshot, &scope, metric, part)?,
            (None, Some(age)) => metrics::waiting(&snapshot, &scope, age)?,
            (None, None) => metrics::counted(&snapshot, &scope)?,
        });
        Ok(Listing {
            filter,
            behind: Some(Behind { scope, metric, age }),
        })
    }

    /// Everything of the address but the page.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let ScopeQuery {
            from,
            to,
            as_of,
            r#type,
            unit,
            topic,
            region,
            channel,
            source,
        } = &self.scope;
        [
            ("metric", &self.metric),
            ("part", &self.part),
            ("age", &self.age),
            ("text", &self.text),
            ("from", from),
            ("to", to),
            ("as_of", as_of),
            ("type", r#type),
            ("status", &self.status),
            ("card", &self.card),
            ("unit", unit),
            ("topic", topic),
            ("region", region),
            ("channel", channel),
            ("source", source),
            ("order", &self.order),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, given(value)?.to_owned())))
        .collect()
    }
}
