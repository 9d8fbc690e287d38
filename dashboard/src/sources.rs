//! How every source fares: what collection knows of it, what the ledger holds of it, its rhythm, and the alerts that
//! follow. Read by the sources page, the interface and the overview alike.

use crate::{error::Error, run::collect::SourceStatus, state::App};
use analytics::{
    ledger::{DeadReason, SourceCount},
    rhythm::{self, Rhythm, Silence},
};
use chrono::TimeDelta;
use ingest::{
    record::{DISPATCHER_SOURCE, MODEL_SOURCE},
    source::{
        Kind, SourceConfig, kafka_topic,
        state::VisitNote,
        trouble::{Trouble, TroubleKind, troubles},
    },
    time::Moment,
};
use std::collections::BTreeMap;

/// A source configured or seen, with all that is known of it.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) name: String,
    /// Of a configured source.
    pub(crate) status: Option<SourceStatus>,
    /// Of one the ledger holds something of.
    pub(crate) count: Option<SourceCount>,
    /// Since when collection is paused.
    pub(crate) paused: Option<Moment>,
    /// `None` while its past is too short.
    pub(crate) rhythm: Option<Rhythm>,
    /// Empty for a source in order, and for one that is paused.
    pub(crate) alerts: Vec<Alert>,
    /// Dead letters by reason, the most first.
    pub(crate) reasons: Vec<DeadReason>,
    /// The latest visits, newest first.
    pub(crate) visits: Vec<VisitNote>,
}

/// Something about a source that somebody should look at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alert {
    /// Machine name: `silent`, `empty`, `robots`, `login_wall`, `errors`.
    pub(crate) kind: &'static str,
    pub(crate) chinese: &'static str,
    pub(crate) since: Moment,
    /// What it rests on, Chinese.
    pub(crate) detail: String,
    /// Of a silence: its probability by the source's rhythm.
    pub(crate) probability: Option<f64>,
}

/// A time in which a configured source was silent.
#[derive(Debug, Clone)]
pub(crate) struct Gap {
    pub(crate) source: String,
    pub(crate) silence: Silence,
}

/// What a person can ask of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    /// Stop visiting and taking.
    Pause,
    /// Go on.
    Resume,
    /// Read what was refused again from its origin.
    Retry,
}

/// Every source configured or seen, by name: configuration may have lost one whose data is still there.
pub(crate) fn all(app: &App) -> Result<Vec<Source>, Error> {
    let mut sources: BTreeMap<String, Source> = BTreeMap::new();
    for status in app.source_statuses() {
        sources
            .entry(status.name.clone())
            .or_default()
            .status
            .replace(status);
    }
    for count in app.ledger().sources()? {
        sources
            .entry(count.source.clone())
            .or_default()
            .count
            .replace(count);
    }
    let now = app.now();
    let mut arrivals = app.ledger().arrivals(now)?;
    let mut reasons = app.ledger().dead_reasons()?;
    for (name, source) in &mut sources {
        source.name.clone_from(name);
        source.reasons = reasons.remove(name).unwrap_or_default();
        if is_own(name) {
            continue;
        }
        source.rhythm = arrivals.remove(name).and_then(|hours| Rhythm::learn(&hours));
        if source.status.is_none() {
            continue;
        }
        source.paused = app.collect.paused(name)?;
        source.visits = app.collect.visits(name)?;
        // A paused source is silent because somebody wanted it.
        if source.paused.is_none() {
            source.alerts = alerts(source, now);
        }
    }
    Ok(sources.into_values().collect())
}

/// The silences of configured sources that touch `from..to`, by source and time.
pub(crate) fn gaps(app: &App, from: Moment, to: Moment) -> Result<Vec<Gap>, Error> {
    let now = app.now();
    let mut gaps = Vec::new();
    for (name, hours) in app.ledger().arrivals(now)? {
        if app.config.sources.iter().all(|source| source.name != name) {
            continue;
        }
        let paused = app.collect.paused(&name)?;
        for silence in rhythm::outages(&hours, from, to, now) {
            // What lasts because the source is paused was wanted.
            let wanted =
                silence.to == now && paused.is_some_and(|since| since - silence.from < TimeDelta::days(1));
            if !wanted {
                gaps.push(Gap {
                    source: name.clone(),
                    silence,
                });
            }
        }
    }
    Ok(gaps)
}

/// Does what a person asks of a configured source; says what became of it, in Chinese.
pub(crate) fn control(app: &App, name: &str, control: Control) -> Result<String, Error> {
    let configured = app.config.sources.iter().find(|source| source.name == name);
    let Some(SourceConfig { kind, .. }) = configured else {
        return Err(Error::NotFound("配置中没有这个名称的数据来源。".to_owned()));
    };
    Ok(match control {
        Control::Pause if app.collect.pause(name, ingest::time::now())? => "已暂停采集。".to_owned(),
        Control::Pause => "该来源此前已暂停。".to_owned(),
        Control::Resume if app.collect.resume(name)? => "已恢复采集。".to_owned(),
        Control::Resume => "该来源并未暂停。".to_owned(),
        Control::Retry if matches!(kind, Kind::Push(_)) => {
            return Err(Error::Unacceptable(
                "推送来源的原文在对方系统，请由对方改正后重新推送。".to_owned(),
            ));
        }
        Control::Retry => {
            let letters = app.ledger().dead_letters(Some(name), MOST_LETTERS)?;
            let origins: Vec<String> = letters.into_iter().map(|(_, dead)| dead.place.origin).collect();
            let mut count = app.collect.read_again(name, &origins)?;
            if let Kind::KafkaTopic(config) = kind {
                count += kafka_topic::rewind(config, name, &app.collect, &origins)?;
            }
            format!("已安排重新读取 {count} 处原文，读出的内容将自动入库。")
        }
    })
}

/// Dead letters looked through for the files they came from.
const MOST_LETTERS: usize = 100_000;

/// Events of the program itself have no source to be silent.
fn is_own(name: &str) -> bool {
    [DISPATCHER_SOURCE, MODEL_SOURCE].contains(&name)
}

fn alerts(source: &Source, now: Moment) -> Vec<Alert> {
    let silence = source.rhythm.as_ref().and_then(|rhythm| rhythm.silence(now));
    let silent = silence.map(|silence| Alert {
        kind: "silent",
        chinese: "静默",
        since: silence.from,
        detail: format!(
            "已 {} 小时没有新内容；按该来源自身规律，如此之久的空白概率{}（告警界限 {}）",
            (now - silence.from).num_hours(),
            percent(silence.probability),
            percent(rhythm::THRESHOLD).trim_start()
        ),
        probability: Some(silence.probability),
    });
    silent
        .into_iter()
        .chain(troubles(&source.visits).iter().map(trouble))
        .collect()
}

fn trouble(trouble: &Trouble) -> Alert {
    let (part, all) = trouble.count;
    let (kind, chinese, detail) = match trouble.kind {
        TroubleKind::Empty => (
            "empty",
            "采不到正文",
            format!("读取的 {all} 个页面中有 {part} 个没有找到正文，网站可能已改版，请检查选择器"),
        ),
        TroubleKind::Robots => (
            "robots",
            "对方不允许采集",
            format!("{part} 次被 robots.txt 拒绝，请与网站协商或停用该来源"),
        ),
        TroubleKind::LoginWall => (
            "login_wall",
            "需要登录",
            format!("{part} 个页面要求登录后才能查看"),
        ),
        TroubleKind::Errors => (
            "errors",
            "连续出错",
            format!("最近 {all} 次采集中有 {part} 次失败"),
        ),
    };
    Alert {
        kind,
        chinese,
        since: trouble.since,
        detail,
        probability: None,
    }
}

/// A small probability as a percentage of two significant digits.
fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    if percent < 0.001 {
        return "低于 0.001 %".to_owned();
    }
    let digits = if percent < 0.01 {
        3
    } else if percent < 0.1 {
        2
    } else {
        1
    };
    format!("约 {percent:.digits$} %")
}

/// When a source usually has something, in words: the hours in which it has more often than not.
pub(crate) fn rhythm_words(rhythm: &Rhythm) -> String {
    let hours = |days: std::ops::Range<usize>| {
        let chance = |hour: usize| {
            let count = days.len() as f64;
            days.clone().map(|day| rhythm.chance(day, hour)).sum::<f64>() / count
        };
        let busy: Vec<usize> = (0..24).filter(|hour| chance(*hour) >= 0.5).collect();
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for hour in busy {
            match runs.last_mut() {
                Some((_, end)) if *end == hour => *end = hour + 1,
                _ => runs.push((hour, hour + 1)),
            }
        }
        if runs.is_empty() {
            return "无固定时段".to_owned();
        }
        let runs: Vec<String> = runs
            .iter()
            .map(|(begin, end)| format!("{begin}–{end} 时"))
            .collect();
        runs.join("、")
    };
    format!("工作日 {}；周末 {}", hours(0..5), hours(5..7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_and_rhythms_are_told_in_words() {
        assert_eq!(percent(0.001), "约 0.1 %");
        assert_eq!(percent(0.000_25), "约 0.03 %");
        assert_eq!(percent(1e-9), "低于 0.001 %");
        // Monday 1 January 2024, 0 o'clock in Shanghai, in hours since 1970.
        let monday = 473_352 - 8;
        let hours: Vec<i64> = (0..28 * 24)
            .filter(|hour| (hour / 24) % 7 < 5 && [9, 10, 15].contains(&(hour % 24)))
            .map(|hour| monday + hour)
            .collect();
        let words = rhythm_words(&Rhythm::learn(&hours).unwrap());
        assert_eq!(words, "工作日 9–11 时、15–16 时；周末 无固定时段");
    }
}
