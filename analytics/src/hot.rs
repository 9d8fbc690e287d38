//! Hot and stubborn issues (抓热点、解疑点、破难点): what rises by place and matter against its own past, and what does
//! not come to rest.
//!
//! ```text
//! heat         = (n − e) ÷ √(e + 1)       n voices of this window, e the mean of the four windows before
//! stubbornness = reopened ÷ its threshold + extended ÷ its threshold + repeated ÷ its threshold
//! ```
//!
//! A merged ticket is a voice (somebody called) but no ticket: both are counted, apart.

use crate::{
    ledger::{Ledger, LedgerError, Voice},
    matter::Matter,
};
use chrono::{NaiveDate, TimeDelta};
use index::Segmenter;
use ingest::time::{Moment, shanghai, start_of_day};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Windows before the present one that make an issue's own past.
pub const PAST_WINDOWS: u32 = 4;
/// Longest window, in days.
pub const LONGEST_WINDOW: u32 = 92;
/// Longest look back for stubborn tickets, in days: a century.
const LONGEST_LOOK: u32 = 36_525;
/// Tickets read at most, the newest: bounds the work.
const READ: usize = 200_000;
/// What stands for a missing topic or region.
const NONE: &str = "未定";

/// From when on an issue is hot or stubborn (`[issues]` of the configuration).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Days of the window pages open on.
    pub window_days: u32,
    /// Voices in the window before a cluster is shown.
    pub least_voices: u32,
    /// Times reopened that make a ticket stubborn; 0: not looked at. So for the next two.
    pub reopened: u32,
    /// Times extended.
    pub extended: u32,
    /// Tickets merged into it.
    pub repeated: u32,
    /// Days back from the window's end in which stubborn tickets were accepted.
    pub stubborn_days: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            window_days: 7,
            least_voices: 3,
            reopened: 1,
            extended: 2,
            repeated: 3,
            stubborn_days: 365,
        }
    }
}

/// Tickets about one matter at one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hot {
    /// A place named in titles, or a region where they name none.
    pub place: String,
    /// Whether `place` is a name found in titles.
    pub named: bool,
    /// 诉求领域
    pub topic: String,
    /// Voices of the window, merged tickets included.
    pub voices: u32,
    /// Tickets among them that were not merged.
    pub tickets: u32,
    /// Mean of the windows before.
    pub expected: f64,
    /// By the formula.
    pub heat: f64,
    /// Voices of each day of the window, in order.
    pub days: Vec<u32>,
    /// Their numbers, the newest first.
    pub numbers: Vec<String>,
}

/// A ticket that does not come to rest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stubborn {
    /// 工单编号
    pub no: String,
    /// Times reopened.
    pub reopened: u32,
    /// Times extended.
    pub extended: u32,
    /// Tickets merged into it.
    pub repeated: u32,
    /// By the formula.
    pub score: f64,
}

/// What is hot in the `days` days up to and including `to` (a day of this millennium), the hottest first. Only what is above its own past and has at
/// least the threshold of voices is given. Blocking; jieba runs on rayon's threads.
///
/// # Errors
/// When the ledger cannot be read.
pub fn hot(
    ledger: &Ledger,
    segmenter: &Segmenter,
    to: NaiveDate,
    days: u32,
    thresholds: &Thresholds,
) -> Result<Vec<Hot>, LedgerError> {
    let days = days.clamp(1, LONGEST_WINDOW);
    let end = start_of_day(to + TimeDelta::days(1));
    let begin = end - TimeDelta::days(i64::from(days));
    let past = begin - TimeDelta::days(i64::from(days * PAST_WINDOWS));
    let voices = ledger.voices(past, end, READ)?;
    let keys: Vec<(String, bool)> = voices.par_iter().map(|voice| place(segmenter, voice)).collect();
    let mut clusters: FxHashMap<(&str, bool, &str), (Hot, u32)> = FxHashMap::default();
    for (voice, (place, named)) in voices.iter().zip(&keys) {
        let topic = if voice.topic.is_empty() {
            NONE
        } else {
            &voice.topic
        };
        let (hot, before) = clusters.entry((place, *named, topic)).or_insert_with(|| {
            let hot = Hot {
                place: place.clone(),
                named: *named,
                topic: topic.to_owned(),
                voices: 0,
                tickets: 0,
                expected: 0.0,
                heat: 0.0,
                days: vec![0; days as usize],
                numbers: Vec::new(),
            };
            (hot, 0)
        });
        if voice.accepted_at < begin {
            *before += 1;
            continue;
        }
        hot.voices += 1;
        hot.tickets += u32::from(!voice.merged);
        hot.numbers.push(voice.no.clone());
        let day = day_of(voice.accepted_at) - day_of(begin);
        if let Some(count) = usize::try_from(day.num_days())
            .ok()
            .and_then(|day| hot.days.get_mut(day))
        {
            *count += 1;
        }
    }
    let mut hot: Vec<Hot> = clusters
        .into_values()
        .map(|(mut hot, before)| {
            hot.expected = f64::from(before) / f64::from(PAST_WINDOWS);
            hot.heat = (f64::from(hot.voices) - hot.expected) / (hot.expected + 1.0).sqrt();
            hot
        })
        .filter(|hot| hot.voices >= thresholds.least_voices.max(1) && hot.heat > 0.0)
        .collect();
    hot.sort_by(|a, b| {
        let by_heat = b.heat.total_cmp(&a.heat).then(b.voices.cmp(&a.voices));
        by_heat.then_with(|| (&a.place, &a.topic).cmp(&(&b.place, &b.topic)))
    });
    Ok(hot)
}

/// Stubborn tickets among those accepted up to `to`, the most stubborn first.
///
/// # Errors
/// When the ledger cannot be read.
pub fn stubborn(
    ledger: &Ledger,
    to: NaiveDate,
    thresholds: &Thresholds,
) -> Result<Vec<Stubborn>, LedgerError> {
    let end = start_of_day(to + TimeDelta::days(1));
    let begin = end - TimeDelta::days(i64::from(thresholds.stubborn_days.min(LONGEST_LOOK)));
    let Thresholds {
        reopened,
        extended,
        repeated,
        ..
    } = *thresholds;
    let part = |count: u32, threshold: u32| match threshold {
        0 => 0.0,
        threshold => f64::from(count) / f64::from(threshold),
    };
    let mut found: Vec<Stubborn> = ledger
        .restless(begin, end, (reopened, extended, repeated))?
        .into_iter()
        .map(|ticket| Stubborn {
            score: part(ticket.reopened, reopened)
                + part(ticket.extended, extended)
                + part(ticket.repeated, repeated),
            no: ticket.no,
            reopened: ticket.reopened,
            extended: ticket.extended,
            repeated: ticket.repeated,
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.no.cmp(&b.no)));
    Ok(found)
}

fn day_of(moment: Moment) -> NaiveDate {
    moment.with_timezone(&shanghai()).date_naive()
}

/// The first place a title names, else the region.
fn place(segmenter: &Segmenter, voice: &Voice) -> (String, bool) {
    let matter = Matter::read(segmenter, &voice.title, "");
    match matter.places().next() {
        Some(place) => (place.to_owned(), true),
        None if voice.region.is_empty() => (NONE.to_owned(), false),
        None => (voice.region.clone(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::fixture::*;
    use ingest::record::{Accepted, Classified, Event, Record};

    fn said(no: &str, day: &str, title: &str) -> Vec<Record> {
        let accepted = Event::Accepted(Accepted {
            title: title.into(),
            body: "请处理".into(),
            channel: None,
            region: Some("东区".into()),
            urgency: None,
            caller: None,
            due_at: None,
        });
        let topic = Event::Classified(Classified {
            topic: Some("城乡建设".into()),
            ..Classified::default()
        });
        let when = format!("{day} 09:00");
        vec![event(no, &when, accepted), event(no, &when, topic)]
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn heat_is_measured_against_an_issues_own_past() {
        let mut desk = Desk::new();
        let mut records = Vec::new();
        // Always much on 苔溪路: eight a window in the four before (7 days each), nine now.
        for n in 0..32 {
            let date = day("2016-04-27") + TimeDelta::days(n % 28);
            records.extend(said(&format!("a{n}"), &date.to_string(), "苔溪路路灯不亮"));
        }
        for n in 0..9 {
            records.extend(said(&format!("b{n}"), "2016-05-26", "苔溪路路灯不亮"));
        }
        // Never anything on 云鹤路, now five; too few on 松影路.
        for (n, date) in [
            "2016-05-25",
            "2016-05-30",
            "2016-05-31",
            "2016-05-31",
            "2016-05-31",
        ]
        .iter()
        .enumerate()
        {
            records.extend(said(&format!("c{n}"), date, "云鹤路路面塌陷"));
        }
        records.extend(said("d1", "2016-05-31", "松影路路面塌陷"));
        desk.apply(&records);
        desk.apply(&[click(
            "c4",
            "2016-05-31 12:00",
            Event::Merged { into: "c0".into() },
        )]);
        let segmenter = Segmenter::new("").unwrap();
        let found = hot(
            &desk.ledger,
            &segmenter,
            day("2016-05-31"),
            7,
            &Thresholds::default(),
        )
        .unwrap();
        let shown: Vec<_> = found
            .iter()
            .map(|hot| (hot.place.as_str(), hot.voices, hot.tickets))
            .collect();
        assert_eq!(shown, [("云鹤路", 5, 4), ("苔溪路", 9, 9)]);
        // (5 − 0) ÷ √1 and (9 − 8) ÷ √9.
        assert!(
            (found[0].heat - 5.0).abs() < 1e-9 && (found[1].heat - 1.0 / 3.0).abs() < 1e-9,
            "{found:?}"
        );
        assert_eq!(found[0].days, [1, 0, 0, 0, 0, 1, 3]);
        assert!(
            hot(
                &desk.ledger,
                &segmenter,
                day("2017-05-31"),
                7,
                &Thresholds::default()
            )
            .unwrap()
            .is_empty()
        );
    }

    #[test]
    fn stubborn_is_what_passes_a_threshold() {
        let mut desk = Desk::new();
        for no in ["1", "2", "3", "4", "5", "6"] {
            desk.apply(&said(no, "2016-05-03", "路灯不亮"));
        }
        let again = Event::Reopened {
            reason: "又不亮".into(),
        };
        let extend = |due: &str| Event::Extended {
            due_at: at(due),
            reason: "缺料".into(),
        };
        desk.apply(&[
            click("1", "2016-05-04", resolved()),
            click("1", "2016-05-05", again),
            click("2", "2016-05-04", extend("2016-06-01")),
            click("2", "2016-05-05", extend("2016-06-05")),
            click("2", "2016-05-06", extend("2016-06-09")),
            click("3", "2016-05-04", extend("2016-06-01")),
            click("5", "2016-05-04", Event::Merged { into: "4".into() }),
            click("6", "2016-05-04", Event::Merged { into: "4".into() }),
        ]);
        let thresholds = Thresholds {
            repeated: 2,
            ..Thresholds::default()
        };
        let found = stubborn(&desk.ledger, day("2016-05-31"), &thresholds).unwrap();
        let shown: Vec<_> = found
            .iter()
            .map(|ticket| (ticket.no.as_str(), ticket.score))
            .collect();
        assert_eq!(shown, [("2", 1.5), ("1", 1.0), ("4", 1.0)]);
    }
}
