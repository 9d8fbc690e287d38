//! Every day of 2015–2025, counted again day by day from the files alone.

use super::*;
use chrono::{Datelike, Days, NaiveDate};
use std::{collections::HashMap, fs, path::Path};

/// Date → off, from the JSON as it stands on the disk: later years' files over earlier, later amendments over first ones.
fn listed() -> HashMap<NaiveDate, bool> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/calendar");
    let mut files: Vec<serde_json::Value> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap())
        .collect();
    files.sort_by_key(|file| file["published"].as_str().unwrap().to_owned());
    let mut days = HashMap::new();
    for file in files {
        for day in file["days"].as_array().unwrap() {
            days.insert(
                day["date"].as_str().unwrap().parse().unwrap(),
                day["isOffDay"].as_bool().unwrap(),
            );
        }
    }
    days
}

fn walk(listed: &HashMap<NaiveDate, bool>, from: NaiveDate, n: u32) -> NaiveDate {
    let (mut date, mut counted) = (from, 0);
    while counted < n {
        date = date + Days::new(1);
        let off = listed
            .get(&date)
            .copied()
            .unwrap_or(date.weekday().number_from_monday() > 5);
        counted += u32::from(!off);
    }
    date
}

#[test]
fn every_day_of_eleven_years_equals_the_slow_count() {
    let (rules, listed) = (Rules::embedded().unwrap(), listed());
    let first: NaiveDate = "2015-01-01".parse().unwrap();
    let mut cases = 0;
    for date in first.iter_days().take_while(|date| date.year() <= 2025) {
        for n in [1, 3, 5, 10, 15, 20] {
            let from = time::at_shanghai(date.and_hms_opt(cases % 24, 59, 59).unwrap());
            let explained = rules.working_days_after(from, n).unwrap();
            let due = walk(&listed, date, n);
            assert_eq!(
                explained.due_at.to_rfc3339(),
                format!("{due}T23:59:59+08:00"),
                "{date} + {n}"
            );
            assert_eq!(rules.end_after(from, n), Some(explained.due_at));
            assert!(!explained.provisional, "{date} + {n}");
            assert_eq!(
                explained.steps.iter().filter(|step| step.counted).count(),
                n as usize
            );
            assert_eq!(explained.steps.last().unwrap().date, due);
            cases += 1;
        }
    }
    assert_eq!(cases, 24_108);
}
