//! What stands behind a bulletin's figures: hot and stubborn issues, and the appendix with every formula and count.

use super::{Cell, Figures, ReportError, Section, Table, content::text};
use crate::pages::format;
use analytics::{
    hot::{self, LONGEST_WINDOW},
    metrics::{Compared, METRICS, Scope},
};

/// Issues listed.
const ISSUES: usize = 10;

pub(super) fn issues(figures: &Figures<'_>, scope: &Scope) -> Result<Section, ReportError> {
    let length = u32::try_from((scope.to - scope.from).num_days() + 1).unwrap_or(LONGEST_WINDOW);
    let days = length.clamp(1, LONGEST_WINDOW);
    let hot = hot::hot(
        figures.ledger,
        figures.segmenter,
        scope.to,
        days,
        figures.thresholds,
    )?;
    let stubborn = hot::stubborn(figures.ledger, scope.to, figures.thresholds)?;
    Ok(Section {
        title: "热点与难点",
        notes: vec![format!(
            "截至 {} 的 {days} 天，不限类型与单位；热度 =（本期件次 − 往期均值）÷ √（往期均值 + 1），往期为此前 {} 个等长窗口。",
            format::day(scope.to),
            hot::PAST_WINDOWS
        )],
        tables: vec![
            Table {
                title: "热点",
                head: vec![
                    "地点",
                    "领域",
                    "本期（件次）",
                    "其中工单（件）",
                    "往期均值",
                    "热度",
                ],
                rows: hot
                    .iter()
                    .take(ISSUES)
                    .map(|hot| {
                        vec![
                            text(hot.place.as_str()),
                            text(hot.topic.as_str()),
                            Cell::Count(hot.voices.into()),
                            Cell::Count(hot.tickets.into()),
                            text(format!("{:.1}", hot.expected)),
                            text(format!("{:.2}", hot.heat)),
                        ]
                    })
                    .collect(),
                chart: None,
            },
            Table {
                title: "难点",
                head: vec!["工单编号", "重办（次）", "延期（次）", "同诉（件）", "难度"],
                rows: stubborn
                    .iter()
                    .take(ISSUES)
                    .map(|one| {
                        vec![
                            text(one.no.as_str()),
                            Cell::Count(one.reopened.into()),
                            Cell::Count(one.extended.into()),
                            Cell::Count(one.repeated.into()),
                            text(format!("{:.2}", one.score)),
                        ]
                    })
                    .collect(),
                chart: None,
            },
        ],
    })
}

pub(super) fn appendix(scope: &Scope, compared: &[Compared]) -> Section {
    let rows = compared.iter().zip(METRICS).map(|(one, metric)| {
        let rate = &one.rate;
        let left = rate.exclusions.iter();
        let left: Vec<String> = left
            .map(|exclusion| format!("{} {} 件", exclusion.reason, exclusion.count))
            .collect();
        let excluded: u64 = rate.exclusions.iter().map(|exclusion| exclusion.count).sum();
        vec![
            text(rate.chinese),
            text(metric.formula),
            text(format::rule_name(metric.rule)),
            Cell::Count(rate.numerator),
            Cell::Count(rate.denominator),
            Cell::Count(excluded),
            text(if left.is_empty() {
                "无".to_owned()
            } else {
                left.join("；")
            }),
        ]
    });
    Section {
        title: "附录：口径与依据",
        notes: vec![
            format!(
                "统计截至 {}，此后的办理情况不计；截至时间按当时的归属与状态统计。",
                format::minute(scope.as_of)
            ),
            "同诉合并的工单由主工单计一次。分母为零时记为 N/A。每项比率：受理件数 = 分母 + 不计入分母。"
                .to_owned(),
            "环比为前一等长期间，同比为上年同期，统计截至时间同样前移。".to_owned(),
        ],
        tables: vec![Table {
            title: "各项比率的算式、口径与件数",
            head: vec![
                "指标",
                "算式",
                "口径",
                "分子",
                "分母",
                "不计入分母",
                "不计入的原因",
            ],
            rows: rows.collect(),
            chart: None,
        }],
    }
}
