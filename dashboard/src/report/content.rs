//! What a bulletin says.

use super::{
    Cell, Drawn, Figures, Report, ReportError, Section, Table,
    annex::{appendix, issues},
};
use crate::pages::{
    format,
    scope::UNNAMED,
    units::{BY, percent},
};
use analytics::metrics::{self, Compared, Cut, Rate, Scope};
use std::collections::BTreeMap;

/// The rates of the totals; those of callbacks have a section of their own.
const CALLBACKS: [&str; 2] = ["solved", "satisfaction"];

pub(super) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn named(name: &str) -> Cell {
    text(if name.is_empty() { UNNAMED } else { name })
}

/// Percentage, numerator and denominator.
fn rate_cells(rate: Option<&Rate>) -> [Cell; 3] {
    match rate {
        Some(rate) => [
            text(rate.percent()),
            Cell::Count(rate.numerator),
            Cell::Count(rate.denominator),
        ],
        None => [text("N/A"), Cell::Count(0), Cell::Count(0)],
    }
}

impl Report {
    /// Counts the bulletin of a scope. Blocking.
    ///
    /// # Errors
    /// When a figure cannot be had.
    pub(crate) fn of(figures: &Figures<'_>, scope: &Scope) -> Result<Self, ReportError> {
        let compared = metrics::compared(figures.snapshot, scope)?;
        let period = format!("{}至{}", format::day(scope.from), format::day(scope.to));
        Ok(Self {
            title: "政务服务热线工单办理情况通报",
            subtitle: format!(
                "{period}受理的工单，截至 {}{}",
                format::minute(scope.as_of),
                format::narrowed(scope)
            ),
            sections: vec![
                totals(figures, scope, &compared)?,
                types(figures, scope)?,
                units(figures, scope)?,
                callbacks(scope, &compared),
                issues(figures, scope)?,
                appendix(scope, &compared),
            ],
        })
    }
}

fn totals(figures: &Figures<'_>, scope: &Scope, compared: &[Compared]) -> Result<Section, ReportError> {
    let snapshot = figures.snapshot;
    let total = metrics::count(snapshot, scope)?;
    let before = |scope: Option<Scope>| -> Result<String, ReportError> {
        Ok(match scope {
            Some(scope) => format::count(metrics::count(snapshot, &scope)?),
            None => "N/A".to_owned(),
        })
    };
    let handling = metrics::handling(snapshot, scope)?;
    let days = |millis: Option<i64>| {
        millis.map_or_else(
            || "N/A".to_owned(),
            |millis| format!("{:.1} 天", millis as f64 / 86_400_000.0),
        )
    };
    let rates = compared
        .iter()
        .filter(|one| !CALLBACKS.contains(&one.rate.metric))
        .map(|one| {
            let [percent, numerator, denominator] = rate_cells(Some(&one.rate));
            vec![
                text(one.rate.chinese),
                percent,
                numerator,
                denominator,
                text(one.previous.as_ref().map_or("N/A".to_owned(), |it| it.points())),
                text(
                    one.year_before
                        .as_ref()
                        .map_or("N/A".to_owned(), |it| it.points()),
                ),
            ]
        });
    let months = metrics::count_by(snapshot, scope, Cut::Month)?;
    let ages = metrics::backlog(snapshot, scope)?;
    Ok(Section {
        title: "总体情况",
        notes: vec![
            format!(
                "共受理 {} 件；前一等长期间 {} 件，上年同期 {} 件。",
                format::count(total),
                before(scope.previous())?,
                before(scope.year_before())?
            ),
            format!(
                "已办结 {} 件的办理用时：中位数 {}，九成在 {} 以内。",
                format::count(handling.resolved),
                days(handling.median_ms),
                days(handling.p90_ms)
            ),
        ],
        tables: vec![
            Table {
                title: "各项比率",
                head: vec![
                    "指标",
                    "比率",
                    "分子（件）",
                    "分母（件）",
                    "环比（百分点）",
                    "同比（百分点）",
                ],
                rows: rates.collect(),
                chart: None,
            },
            counted("逐月受理量", "月份", months, Some(Drawn::Columns)),
            Table {
                title: "未办结存量",
                head: vec!["受理以来", "件数"],
                rows: ages
                    .into_iter()
                    .map(|(age, count)| vec![text(age.chinese), Cell::Count(count)])
                    .collect(),
                chart: None,
            },
        ],
    })
}

/// A table of counts by name.
fn counted(
    title: &'static str,
    what: &'static str,
    counts: Vec<(String, u64)>,
    chart: Option<Drawn>,
) -> Table {
    Table {
        title,
        head: vec![what, "件数"],
        rows: counts
            .into_iter()
            .map(|(name, count)| vec![named(&name), Cell::Count(count)])
            .collect(),
        chart,
    }
}

fn types(figures: &Figures<'_>, scope: &Scope) -> Result<Section, ReportError> {
    let by = |cut| metrics::count_by(figures.snapshot, scope, cut);
    let kinds: Vec<(String, u64)> = by(Cut::Type)?
        .into_iter()
        .map(|(name, count)| (format::type_name(&name).to_owned(), count))
        .collect();
    let parts: Vec<String> = kinds.iter().map(|(_, count)| format::count(*count)).collect();
    let sum: u64 = kinds.iter().map(|(_, count)| count).sum();
    Ok(Section {
        title: "诉求类型与领域",
        notes: vec![format!(
            "各类型合计：{} = {}。",
            parts.join(" + "),
            format::count(sum)
        )],
        tables: vec![
            counted("诉求类型", "类型", kinds, Some(Drawn::Columns)),
            counted("诉求领域", "领域", by(Cut::Topic)?, Some(Drawn::Bars)),
            counted("受理渠道", "渠道", by(Cut::Channel)?, None),
        ],
    })
}

fn units(figures: &Figures<'_>, scope: &Scope) -> Result<Section, ReportError> {
    let by_unit = |name: &str| -> Result<BTreeMap<String, Rate>, ReportError> {
        match metrics::find(name) {
            Some(metric) => Ok(metrics::rate_by(figures.snapshot, scope, metric, Cut::Unit)?
                .into_iter()
                .collect()),
            None => Ok(BTreeMap::new()),
        }
    };
    let (on_time, completion) = (by_unit("on_time_due")?, by_unit("completion")?);
    let rows = metrics::count_by(figures.snapshot, scope, Cut::Unit)?
        .into_iter()
        .map(|(name, count)| {
            let mut row = vec![named(&name), Cell::Count(count)];
            row.extend(rate_cells(on_time.get(&name)));
            row.extend(rate_cells(completion.get(&name)));
            row
        });
    let ranking = match metrics::find(BY[0]) {
        Some(metric) => metrics::ranking(figures.snapshot, scope, metric, figures.ranking)?,
        None => metrics::Ranking::default(),
    };
    let list = |title, units: &[metrics::Ranked]| Table {
        title,
        head: vec![
            "承办单位",
            "限时办结率",
            "按时（件）",
            "应办结（件）",
            "区间下限",
            "区间上限",
        ],
        rows: units
            .iter()
            .map(|unit| {
                let mut row = vec![named(&unit.unit)];
                row.extend(rate_cells(Some(&unit.rate)));
                row.extend([text(percent(unit.lower)), text(percent(unit.upper))]);
                row
            })
            .collect(),
        chart: None,
    };
    Ok(Section {
        title: "承办单位",
        notes: vec![format!(
            "应办结满 {} 件的单位参与排名：红榜按 95 % 威尔逊置信区间下限由高到低，黑榜按上限由低到高。",
            figures.ranking.least_volume.max(1)
        )],
        tables: vec![
            list("红榜", &ranking.red),
            list("黑榜", &ranking.black),
            Table {
                title: "各单位办理情况",
                head: vec![
                    "承办单位",
                    "受理（件）",
                    "限时办结率",
                    "按时（件）",
                    "应办结（件）",
                    "总办结率",
                    "已办结（件）",
                    "受理（件，分母）",
                ],
                rows: rows.collect(),
                chart: Some(Drawn::Bars),
            },
        ],
    })
}

fn callbacks(scope: &Scope, compared: &[Compared]) -> Section {
    let of = |one: &&Compared| CALLBACKS.contains(&one.rate.metric);
    let rows = compared.iter().filter(of).map(|one| {
        let left = one.rate.exclusions.iter();
        let left = left.map(|exclusion| format!("{} {} 件", exclusion.reason, exclusion.count));
        let mut row = vec![text(one.rate.chinese)];
        row.extend(rate_cells(Some(&one.rate)));
        row.push(text(left.collect::<Vec<_>>().join("；")));
        row
    });
    Section {
        title: "回访",
        notes: vec![format!(
            "截至 {}。未接通的不计为不满意，单独列出。",
            format::minute(scope.as_of)
        )],
        tables: vec![Table {
            title: "解决与满意",
            head: vec!["指标", "比率", "分子（件）", "分母（件）", "不计入分母"],
            rows: rows.collect(),
            chart: None,
        }],
    }
}
