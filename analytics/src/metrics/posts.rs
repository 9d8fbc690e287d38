//! Figures of what people say: volume and sentiment by day, medium, topic and source.

use super::{Rate, Result, count::date, rate::Exclusion, scope::named_so, tally::by_value};
use crate::{
    frame::{LIVE, Predicate, Snapshot, after, before, flag, is},
    ledger::SENTIMENTS,
};
use chrono::NaiveDate;
use ingest::time::{Moment, start_of_day};
use serde::Serialize;
use std::collections::BTreeMap;

/// Posts published from `from` to `to` that pass every filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostScope {
    /// First day (Asia/Shanghai).
    pub from: NaiveDate,
    /// Last day, inclusive.
    pub to: NaiveDate,
    /// Posts published after this moment are not counted.
    pub as_of: Moment,
    /// Medium name, e.g. `weibo`.
    pub channel: Option<String>,
    /// Configured source.
    pub source: Option<String>,
    /// 领域; empty: posts without one.
    pub topic: Option<String>,
    /// `negative`, `neutral`, `positive`; empty: unlabelled.
    pub sentiment: Option<String>,
}

/// What posts can be cut by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PostCut {
    /// Medium name.
    Channel,
    /// Configured source.
    Source,
    /// 领域
    Topic,
    /// `negative`, `neutral`, `positive`, empty for unlabelled.
    Sentiment,
}

/// The posts of one day by sentiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PostDay {
    /// The day.
    pub day: NaiveDate,
    /// 负面
    pub negative: u64,
    /// 中性
    pub neutral: u64,
    /// 正面
    pub positive: u64,
    /// Without a label.
    pub unlabelled: u64,
}

impl PostScope {
    /// Every post published from `from` to `to` and not after `as_of`.
    pub fn new(from: NaiveDate, to: NaiveDate, as_of: Moment) -> Self {
        Self {
            from,
            to,
            as_of,
            channel: None,
            source: None,
            topic: None,
            sentiment: None,
        }
    }

    fn predicate(&self, snapshot: &Snapshot) -> Predicate {
        let to = self
            .to
            .succ_opt()
            .map_or(i64::MAX, |next| start_of_day(next).timestamp_millis());
        let published = "published_at";
        let mut all = flag(LIVE)
            & !before(published, start_of_day(self.from).timestamp_millis())
            & before(published, to)
            & !after(published, self.as_of.timestamp_millis());
        for (column, name) in [
            ("channel", &self.channel),
            ("source", &self.source),
            ("topic", &self.topic),
        ] {
            if let Some(name) = name {
                all = all & named_so(column, snapshot.names.find(name));
            }
        }
        if let Some(sentiment) = &self.sentiment {
            let code = SENTIMENTS.iter().position(|name| name == sentiment);
            all = all & named_so("sentiment", code.map(|code| code as u32));
        }
        all
    }
}

/// How many posts are in scope.
///
/// # Errors
/// When Polars fails.
pub fn post_count(snapshot: &Snapshot, scope: &PostScope) -> Result<u64> {
    Ok(grouped(snapshot, scope, "sentiment")?.values().flatten().sum())
}

/// How many posts of each value are in scope, the most first.
///
/// # Errors
/// When Polars fails.
pub fn posts_by(snapshot: &Snapshot, scope: &PostScope, cut: PostCut) -> Result<Vec<(String, u64)>> {
    let (column, names) = match cut {
        PostCut::Channel => ("channel", true),
        PostCut::Source => ("source", true),
        PostCut::Topic => ("topic", true),
        PostCut::Sentiment => ("sentiment", false),
    };
    let counts = grouped(snapshot, scope, column)?
        .into_iter()
        .map(|(key, by_sentiment)| {
            let code = usize::try_from(key).unwrap_or_default();
            let name = if names {
                snapshot.names.text(code as u32)
            } else {
                SENTIMENTS.get(code).copied().unwrap_or_default()
            };
            (name.to_owned(), by_sentiment.iter().sum())
        });
    let mut counts: Vec<(String, u64)> = counts.collect();
    counts.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    Ok(counts)
}

/// The posts of every day in scope that has any, by sentiment.
///
/// # Errors
/// When Polars fails.
pub fn post_days(snapshot: &Snapshot, scope: &PostScope) -> Result<Vec<PostDay>> {
    let days = grouped(snapshot, scope, "day")?.into_iter();
    Ok(days
        .map(|(key, [unlabelled, negative, neutral, positive])| PostDay {
            day: date(key),
            negative,
            neutral,
            positive,
            unlabelled,
        })
        .collect())
}

/// 负面占比: negative ÷ labelled; posts without a label are excluded.
///
/// # Errors
/// When Polars fails.
pub fn negative_share(snapshot: &Snapshot, scope: &PostScope) -> Result<Rate> {
    let groups = grouped(snapshot, scope, "sentiment")?;
    let total = |sentiment: usize| groups.values().map(|counts| counts[sentiment]).sum::<u64>();
    let exclusion = Exclusion {
        reason: "未标注情感",
        count: total(0),
    };
    Ok(Rate {
        metric: "negative_share",
        chinese: "负面占比",
        rule: "labelled",
        formula: "负面 ÷ 已标注情感",
        numerator: total(1),
        denominator: total(1) + total(2) + total(3),
        exclusions: Some(exclusion)
            .filter(|exclusion| exclusion.count > 0)
            .into_iter()
            .collect(),
        as_of: scope.as_of,
    })
}

/// Posts in scope per value of a column, by sentiment code.
fn grouped(
    snapshot: &Snapshot,
    scope: &PostScope,
    column: &str,
) -> Result<BTreeMap<i64, [u64; SENTIMENTS.len()]>> {
    let sentiments: Vec<Predicate> = (0..SENTIMENTS.len())
        .map(|code| is("sentiment", code as u32))
        .collect();
    let groups = by_value(&snapshot.posts, &scope.predicate(snapshot), column, &sentiments)?;
    let by_sentiment = |counts: Vec<u64>| std::array::from_fn(|code| counts[code]);
    Ok(groups
        .into_iter()
        .map(|(value, counts)| (value, by_sentiment(counts)))
        .collect())
}
