//! Facets and timeline of everything a query matches, counted over the columns in one pass.

use crate::layout::{DATE, Facet};
use chrono::{DateTime, Days, NaiveDate};
use ingest::time::{self, Moment};
use rustc_hash::FxHashMap;
use serde::Serialize;
use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::{Column, StrColumn},
};

/// One bar of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// First day of the bar.
    pub start: Moment,
    /// Documents.
    pub total: usize,
    /// Of these negative.
    pub negative: usize,
    /// Of these neutral.
    pub neutral: usize,
    /// Of these positive.
    pub positive: usize,
}

/// Days shown one bar each; a longer time is shown by week.
const MOST_DAYS: i64 = 400;

/// Bars of the longest timeline. A feed that dates one post 1016 instead of 2016 must not make fifty thousand bars, so
/// beyond this a bar takes several weeks.
const MOST_BARS: i64 = 1_000;

const DAY_MILLIS: i64 = 86_400_000;
/// Asia/Shanghai begins its day this much before UTC.
const SHANGHAI_MILLIS: i64 = 8 * 3_600_000;

/// Documents of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Day {
    total: usize,
    /// In the order of [`SENTIMENTS`].
    labelled: [usize; 3],
}

const SENTIMENTS: [&str; 3] = ["negative", "neutral", "positive"];

impl Day {
    fn add(&mut self, other: Self) {
        self.total += other.total;
        for (sum, count) in self.labelled.iter_mut().zip(other.labelled) {
            *sum += count;
        }
    }
}

/// Counts of one segment, or of all.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    facets: [FxHashMap<String, usize>; Facet::ALL.len()],
    /// By days since 1970-01-01 in Asia/Shanghai.
    days: FxHashMap<i64, Day>,
}

impl Tally {
    /// Values of each facet that occur, most frequent first, equally frequent ones by name.
    pub(crate) fn facets(&self) -> Vec<(&'static str, Vec<(String, usize)>)> {
        let counts = |facet: Facet| {
            let mut counts: Vec<(String, usize)> = self.facets[facet as usize]
                .iter()
                .map(|(value, &count)| (value.clone(), count))
                .collect();
            counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            (facet.name(), counts)
        };
        Facet::ALL.map(counts).into()
    }

    /// One bar a day without gaps; above [`MOST_DAYS`] one a week, beginning on Mondays.
    pub(crate) fn timeline(&self) -> Vec<Bar> {
        let (Some(&first), Some(&last)) = (self.days.keys().min(), self.days.keys().max()) else {
            return Vec::new();
        };
        let (first, width) = if last - first < MOST_DAYS {
            (first, 1)
        } else {
            // 1970-01-01 was a Thursday.
            let monday = (first + 3).div_euclid(7) * 7 - 3;
            let weeks = (last - monday) / 7 + 1;
            (monday, 7 * ((weeks - 1) / MOST_BARS + 1))
        };
        let mut bars = vec![Day::default(); ((last - first) / width + 1) as usize];
        for (&day, &counts) in &self.days {
            bars[((day - first) / width) as usize].add(counts);
        }
        bars.iter()
            .zip(0..)
            .filter_map(|(bar, at)| Some(bar.starting(date(first + at * width)?)))
            .collect()
    }
}

impl Day {
    fn starting(self, date: NaiveDate) -> Bar {
        let [negative, neutral, positive] = self.labelled;
        Bar {
            start: time::start_of_day(date),
            total: self.total,
            negative,
            neutral,
            positive,
        }
    }
}

/// `None` beyond the calendar, where no document can be dated.
fn date(day: i64) -> Option<NaiveDate> {
    let epoch = DateTime::UNIX_EPOCH.date_naive();
    let days = Days::new(day.unsigned_abs());
    if day < 0 {
        epoch.checked_sub_days(days)
    } else {
        epoch.checked_add_days(days)
    }
}

/// Collects a [`Tally`].
pub(crate) struct Tallying;

impl Collector for Tallying {
    type Fruit = Tally;
    type Child = SegmentTally;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentTally> {
        let columns = segment.fast_fields();
        let mut facets = Vec::with_capacity(Facet::ALL.len());
        for facet in Facet::ALL {
            facets.push(columns.str(facet.name())?.map(Counts::new));
        }
        let sentiments = SENTIMENTS.map(|_| None);
        let mut tally = SegmentTally {
            facets,
            sentiments,
            dates: columns.i64(DATE)?,
            days: FxHashMap::default(),
        };
        if let Some(Some(counts)) = tally.facets.get(Facet::Sentiment as usize) {
            for (ord, label) in tally.sentiments.iter_mut().zip(SENTIMENTS) {
                *ord = counts.column.dictionary().term_ord(label)?;
            }
        }
        Ok(tally)
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Tally>>) -> tantivy::Result<Tally> {
        let mut all = Tally::default();
        for segment in segments {
            let segment = segment?;
            for (sums, counts) in all.facets.iter_mut().zip(segment.facets) {
                for (value, count) in counts {
                    *sums.entry(value).or_default() += count;
                }
            }
            for (day, counts) in segment.days {
                all.days.entry(day).or_default().add(counts);
            }
        }
        Ok(all)
    }
}

/// How often each value of one column occurs, by the value's number in this segment.
struct Counts {
    column: StrColumn,
    counts: Vec<usize>,
}

impl Counts {
    fn new(column: StrColumn) -> Self {
        Self {
            counts: vec![0; column.num_terms()],
            column,
        }
    }
}

/// The tally of one segment while it is collected.
pub(crate) struct SegmentTally {
    /// In the order of [`Facet::ALL`]; `None` where no document of the segment has a value.
    facets: Vec<Option<Counts>>,
    /// Numbers of [`SENTIMENTS`] in this segment.
    sentiments: [Option<u64>; 3],
    dates: Column<i64>,
    days: FxHashMap<i64, Day>,
}

impl SegmentCollector for SegmentTally {
    type Fruit = tantivy::Result<Tally>;

    fn collect(&mut self, document: DocId, _: Score) {
        let mut sentiment = None;
        for (at, facet) in self.facets.iter_mut().enumerate() {
            let Some(facet) = facet else { continue };
            for ord in facet.column.ords().values_for_doc(document) {
                if let Some(count) = facet.counts.get_mut(ord as usize) {
                    *count += 1;
                }
                if at == Facet::Sentiment as usize {
                    sentiment = self.sentiments.iter().position(|&label| label == Some(ord));
                }
            }
        }
        if let Some(millis) = self.dates.first(document) {
            let day = self
                .days
                .entry(millis.saturating_add(SHANGHAI_MILLIS).div_euclid(DAY_MILLIS))
                .or_default();
            day.total += 1;
            if let Some(label) = sentiment {
                day.labelled[label] += 1;
            }
        }
    }

    fn harvest(self) -> tantivy::Result<Tally> {
        let mut tally = Tally {
            days: self.days,
            ..Tally::default()
        };
        for (values, facet) in tally.facets.iter_mut().zip(self.facets) {
            let Some(Counts { column, counts }) = facet else {
                continue;
            };
            for (ord, count) in (0..).zip(counts).filter(|&(_, count)| count > 0) {
                let mut value = String::new();
                column.ord_to_str(ord, &mut value)?;
                values.insert(value, count);
            }
        }
        Ok(tally)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(days: &[(i64, usize)]) -> Tally {
        let day = |&(day, total)| {
            (
                day,
                Day {
                    total,
                    labelled: [total, 0, 0],
                },
            )
        };
        Tally {
            days: days.iter().map(day).collect(),
            ..Tally::default()
        }
    }

    fn starts(bars: &[Bar]) -> Vec<String> {
        bars.iter().map(|bar| bar.start.to_rfc3339()).collect()
    }

    #[test]
    fn gaps_are_zero_bars() {
        let bars = tally(&[(16_922, 2), (16_924, 1)]).timeline();
        assert_eq!(
            starts(&bars),
            [
                "2016-05-01T00:00:00+08:00",
                "2016-05-02T00:00:00+08:00",
                "2016-05-03T00:00:00+08:00"
            ]
        );
        assert_eq!(bars.iter().map(|bar| bar.total).collect::<Vec<_>>(), [2, 0, 1]);
        assert_eq!(bars.iter().map(|bar| bar.negative).collect::<Vec<_>>(), [2, 0, 1]);
        assert!(tally(&[]).timeline().is_empty());
    }

    #[test]
    fn past_400_days_by_week_from_monday() {
        assert_eq!(tally(&[(0, 1), (399, 1)]).timeline().len(), 400);
        let bars = tally(&[(16_922, 1), (16_923, 1), (16_922 + 400, 1)]).timeline();
        // 2016-05-01 was a Sunday: its week began on 25 April.
        assert_eq!(
            starts(&bars)[..2],
            ["2016-04-25T00:00:00+08:00", "2016-05-02T00:00:00+08:00"]
        );
        assert_eq!(bars.len(), 59);
        assert_eq!(bars.iter().map(|bar| bar.total).sum::<usize>(), 3);
    }

    #[test]
    fn a_wrong_date_makes_no_endless_timeline() {
        let bars = tally(&[(-350_000, 1), (16_922, 5), (2_900_000, 1)]).timeline();
        assert!(bars.len() <= 1_001, "{}", bars.len());
        assert_eq!(bars.iter().map(|bar| bar.total).sum::<usize>(), 7);
    }
}
