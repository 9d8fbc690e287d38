//! 转载与传播: the copies of a post, by time and medium.

use super::{
    chart::{Chart, Series, Shape},
    format, link,
};
use analytics::ledger::{Copy, Story};
use chrono::{NaiveDateTime, TimeDelta, Timelike};
use ingest::time::{Moment, shanghai};
use std::{cmp::Reverse, collections::BTreeMap};

/// Rows of the table; the chart counts all.
const ROWS: usize = 200;
/// A story shorter than so many hours is drawn by the hour, a longer one by the day.
const BY_HOUR: i64 = 48;
/// Days drawn at most: what comes later is counted with the last.
const DAYS: usize = 60;

/// A story as the page of one of its posts shows it.
#[derive(Debug)]
pub(super) struct Spread {
    pub(super) summary: String,
    /// Medium and number of posts, most first.
    pub(super) media: Vec<(String, String)>,
    pub(super) rows: Vec<Row>,
    /// What is not in the table.
    pub(super) rest: Option<String>,
    pub(super) chart: Chart,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) at: String,
    pub(super) medium: String,
    pub(super) source: String,
    /// Time since the first source.
    pub(super) after: String,
    pub(super) link: String,
    /// The post of this page.
    pub(super) here: bool,
}

/// The story of the post `here`.
pub(super) fn spread(here: &str, story: &Story) -> Spread {
    let begin = story.posts.first().map(|first| first.published_at);
    let mut media: BTreeMap<&str, u64> = BTreeMap::new();
    for post in &story.posts {
        *media.entry(format::channel_name(&post.channel)).or_default() += 1;
    }
    let mut media: Vec<(&str, u64)> = media.into_iter().collect();
    media.sort_by_key(|(_, count)| Reverse(*count));
    let role = if story.first.as_str() == here {
        "本条为首发"
    } else {
        "本条为转载"
    };
    let row = |post: &Copy| Row {
        at: format::minute(post.published_at),
        medium: format::channel_name(&post.channel).to_owned(),
        source: post.source.clone(),
        after: begin.map_or_else(String::new, |begin| after(post.published_at - begin)),
        link: link::post(post.post_id.as_str()),
        here: post.post_id.as_str() == here,
    };
    let posts = story.copies + 1;
    Spread {
        summary: format!("{role}，转载 {} 条", format::count(story.copies)),
        media: media
            .into_iter()
            .map(|(medium, count)| (medium.to_owned(), format::count(count)))
            .collect(),
        rows: story.posts.iter().take(ROWS).map(row).collect(),
        rest: (posts > ROWS as u64).then(|| {
            format!(
                "仅列最早的 {ROWS} 条，共 {} 条；全部可由接口 /api/v1/posts/…/copies 取得",
                format::count(posts)
            )
        }),
        chart: chart(&story.posts),
    }
}

fn after(past: TimeDelta) -> String {
    match (past.num_days(), past.num_hours(), past.num_minutes()) {
        (0, 0, 0) => "同时".to_owned(),
        (0, 0, minutes) => format!("{minutes} 分钟"),
        (0, hours, _) => format!("{hours} 小时"),
        (days, ..) => format!("{days} 天"),
    }
}

fn chart(posts: &[Copy]) -> Chart {
    let local = |at: Moment| at.with_timezone(&shanghai()).naive_local();
    let times: Vec<NaiveDateTime> = posts.iter().map(|post| local(post.published_at)).collect();
    let (first, last) = (
        times.first().copied().unwrap_or_default(),
        times.last().copied().unwrap_or_default(),
    );
    let by_hour = (last - first).num_hours() < BY_HOUR;
    let (begin, step) = if by_hour {
        let begin = first.date().and_hms_opt(first.hour(), 0, 0);
        (begin.unwrap_or(first), TimeDelta::hours(1))
    } else {
        (
            first.date().and_hms_opt(0, 0, 0).unwrap_or(first),
            TimeDelta::days(1),
        )
    };
    let place = |at: &NaiveDateTime| {
        let steps = (*at - begin).num_seconds() / step.num_seconds();
        usize::try_from(steps).unwrap_or(0).min(DAYS - 1)
    };
    let mut values = vec![0; times.last().map_or(1, place) + 1];
    for at in &times {
        values[place(at)] += 1;
    }
    let category = |step_of: usize| {
        let at = begin + step * i32::try_from(step_of).unwrap_or(i32::MAX);
        let form = if by_hour { "%m-%d %H时" } else { "%Y-%m-%d" };
        at.format(form).to_string()
    };
    Chart {
        id: "spread",
        title: if by_hour {
            "按小时传播"
        } else {
            "按日传播"
        },
        axis: if by_hour { "小时" } else { "日期" },
        shape: Shape::Stacked,
        unit: "条",
        categories: (0..values.len()).map(category).collect(),
        series: vec![Series {
            name: "首发与转载".to_owned(),
            tone: "plain",
            values,
        }],
        links: Vec::new(),
        shaded: Vec::new(),
        gaps: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ingest::{record::RecordId, time::parse};

    fn story(times: &[&str]) -> Story {
        let posts: Vec<Copy> = times
            .iter()
            .enumerate()
            .map(|(n, at)| Copy {
                post_id: RecordId::of(&[&[n as u8]]),
                source: "样例".to_owned(),
                channel: if n % 2 == 0 { "news" } else { "weibo" }.to_owned(),
                published_at: parse(at).unwrap(),
            })
            .collect();
        Story {
            first: posts[0].post_id.clone(),
            copies: posts.len() as u64 - 1,
            posts,
        }
    }

    #[test]
    fn a_short_story_is_drawn_by_the_hour_and_a_long_one_by_the_day() {
        let short = story(&["2016-05-02 08:50", "2016-05-02 09:10", "2016-05-02 11:00"]);
        let first = short.first.clone();
        let shown = spread(first.as_str(), &short);
        assert_eq!(shown.chart.series[0].values, [1, 1, 0, 1]);
        assert_eq!(shown.chart.categories[0], "05-02 08时");
        assert_eq!(shown.summary, "本条为首发，转载 2 条");
        assert_eq!(shown.rows[1].after, "20 分钟");
        assert_eq!(shown.media[0].1, "2");
        let long = story(&["2016-05-02 23:50", "2016-05-03 09:10", "2016-05-05 11:00"]);
        let shown = spread("", &long);
        assert_eq!(shown.chart.series[0].values, [1, 1, 0, 1]);
        assert_eq!(shown.rows[2].after, "2 天");
        // A story of years is not drawn day by day.
        let years = story(&["2016-05-02 23:50", "2019-05-05 11:00"]);
        assert_eq!(spread("", &years).chart.categories.len(), DAYS);
    }
}
