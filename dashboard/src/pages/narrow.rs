//! Ways to narrow a search: values of fields with their counts, and bars of time.

use super::{
    chart::{Chart, Series, Shape},
    format,
    link::link,
};
use analytics::sensitive::Flags;
use chrono::Days;
use index::search::Bar;
use ingest::time::shanghai;

/// Values shown of each facet.
const FACET_VALUES: usize = 8;

#[derive(Debug)]
pub(super) struct FacetView {
    pub(super) name: &'static str,
    pub(super) values: Vec<FacetValue>,
}

#[derive(Debug)]
pub(super) struct FacetValue {
    pub(super) name: String,
    pub(super) count: String,
    pub(super) link: String,
}

/// The facets of what was found, each value a link to the query narrowed by it.
pub(super) fn facets(
    query: &str,
    kept: [(&str, &str); 2],
    facets: &[(&'static str, Vec<(String, usize)>)],
    flags: &Flags,
) -> Vec<FacetView> {
    facets
        .iter()
        .filter_map(|(field, values)| {
            let (name, shown): (_, fn(&str) -> &str) = match *field {
                "kind" => ("种类", |kind| if kind == "ticket" { "工单" } else { "帖文" }),
                "source" => ("数据来源", |source| source),
                "channel" => ("渠道", format::channel_name),
                "type" => ("诉求类型", format::type_name),
                "topic" => ("诉求领域", |topic| topic),
                "sentiment" => ("情感", format::sentiment_name),
                "flag" => ("敏感内容", |flag| flag),
                "unit" => ("承办单位", |unit| unit),
                "region" => ("区域", |region| region),
                "status" => ("办理状态", status_name),
                _ => return None,
            };
            let of_value = |(value, count): &(String, usize)| {
                let titled = match *field {
                    // A flag the lists no longer hold cannot be asked for.
                    "flag" => &flags.names().iter().find(|flag| flag.name == *value)?.title,
                    _ => shown(value),
                };
                Some(FacetValue {
                    name: titled.to_owned(),
                    count: format::count(*count as u64),
                    link: link(
                        "/search",
                        [("q", narrowed(query, field, value).as_str())]
                            .into_iter()
                            .chain(kept),
                    ),
                })
            };
            let values: Vec<FacetValue> = values.iter().filter_map(of_value).take(FACET_VALUES).collect();
            (!values.is_empty()).then_some(FacetView { name, values })
        })
        .collect()
}

fn status_name(name: &str) -> &str {
    analytics::ledger::Status::parse(name).map_or(name, |status| status.chinese())
}

/// The query with one more condition.
fn narrowed(query: &str, field: &str, value: &str) -> String {
    let plain = value.chars().all(|c| c.is_alphanumeric() || c == '_');
    let value = if plain {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    };
    let query = query.trim();
    // What is added must hold for both sides of an `OR`, which binds weaker than standing side by side.
    match query {
        "" => format!("{field}:{value}"),
        either if either.contains("OR") || either.contains('或') => format!("({either}) {field}:{value}"),
        query => format!("{query} {field}:{value}"),
    }
}

/// What was found by time, each bar a link to the query narrowed to it.
pub(super) fn timeline(query: &str, bars: &[Bar]) -> Chart {
    let day = |bar: &Bar| bar.start.with_timezone(&shanghai()).date_naive();
    // A bar is a day, or a week in a long span; its width is the distance to its neighbour.
    let width = bars
        .windows(2)
        .next()
        .map_or(1, |pair| (day(&pair[1]) - day(&pair[0])).num_days().max(1));
    let series = |name: &str, tone, of: fn(&Bar) -> usize| Series {
        name: name.to_owned(),
        tone,
        values: bars.iter().map(|bar| of(bar) as u64).collect(),
    };
    Chart {
        id: "timeline",
        title: if width == 1 {
            "按日数量与情感"
        } else {
            "按周数量与情感"
        },
        axis: "日期",
        shape: Shape::Stacked,
        unit: "条",
        categories: bars.iter().map(|bar| day(bar).to_string()).collect(),
        series: vec![
            series("负面", "negative", |bar| bar.negative),
            series("中性", "neutral", |bar| bar.neutral),
            series("正面", "positive", |bar| bar.positive),
            series("未标注", "unknown", |bar| {
                bar.total
                    .saturating_sub(bar.negative + bar.neutral + bar.positive)
            }),
        ],
        shaded: Vec::new(),
        gaps: Vec::new(),
        links: bars
            .iter()
            .map(|bar| {
                let last = day(bar)
                    .checked_add_days(Days::new(width as u64 - 1))
                    .unwrap_or_else(|| day(bar));
                let dated = query.contains("date:") || query.contains("日期:");
                let range = format!("{}..{last}", day(bar));
                if dated {
                    String::new()
                } else {
                    link("/search", [("q", in_range(query, &range).as_str())])
                }
            })
            .collect(),
    }
    .without_empty_series()
}

fn in_range(query: &str, range: &str) -> String {
    // `date:` takes its range unquoted.
    let added = narrowed(query, "date", "");
    format!("{}{range}", added.trim_end_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrowed_query_keeps_its_meaning() {
        assert_eq!(narrowed("", "type", "complaint"), "type:complaint");
        assert_eq!(narrowed(" 路灯 ", "unit", "住建局"), "路灯 unit:住建局");
        assert_eq!(
            narrowed("停水 OR 停电", "unit", "水务 (北)"),
            "(停水 OR 停电) unit:\"水务 (北)\""
        );
        assert_eq!(narrowed("路灯", "unit", "a\"b"), "路灯 unit:\"a\\\"b\"");
        assert_eq!(
            in_range("路灯", "2016-05-01..2016-05-01"),
            "路灯 date:2016-05-01..2016-05-01"
        );
        assert_eq!(
            in_range("", "2016-05-01..2016-05-07"),
            "date:2016-05-01..2016-05-07"
        );
    }
}
