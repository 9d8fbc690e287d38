//! One calendar file: holiday-cn's format, checked; and the files shipped in the program.

use super::DeadlineError;
use chrono::{Datelike, NaiveDate};
use rustc_hash::FxHashSet;
use serde::Deserialize;

/// The arrangements shipped in the program, so that it runs without the folder.
const EMBEDDED: &[(&str, &str)] = &[
    (
        "2015.2014-12-16.json",
        include_str!("../../../config/calendar/2015.2014-12-16.json"),
    ),
    (
        "2015.2015-05-13.json",
        include_str!("../../../config/calendar/2015.2015-05-13.json"),
    ),
    ("2016.json", include_str!("../../../config/calendar/2016.json")),
    ("2017.json", include_str!("../../../config/calendar/2017.json")),
    ("2018.json", include_str!("../../../config/calendar/2018.json")),
    (
        "2019.2018-12-06.json",
        include_str!("../../../config/calendar/2019.2018-12-06.json"),
    ),
    (
        "2019.2019-03-22.json",
        include_str!("../../../config/calendar/2019.2019-03-22.json"),
    ),
    (
        "2020.2019-11-21.json",
        include_str!("../../../config/calendar/2020.2019-11-21.json"),
    ),
    (
        "2020.2020-01-27.json",
        include_str!("../../../config/calendar/2020.2020-01-27.json"),
    ),
    ("2021.json", include_str!("../../../config/calendar/2021.json")),
    ("2022.json", include_str!("../../../config/calendar/2022.json")),
    ("2023.json", include_str!("../../../config/calendar/2023.json")),
    ("2024.json", include_str!("../../../config/calendar/2024.json")),
    ("2025.json", include_str!("../../../config/calendar/2025.json")),
    ("2026.json", include_str!("../../../config/calendar/2026.json")),
];

/// A calendar file in holiday-cn's format, plus when the arrangement was published.
#[derive(Debug, Deserialize)]
pub(super) struct Paper {
    #[serde(skip)]
    pub(super) file: String,
    pub(super) year: i32,
    /// `None` (a plain holiday-cn file): counts as known from the beginning.
    pub(super) published: Option<NaiveDate>,
    pub(super) days: Vec<PaperDay>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PaperDay {
    pub(super) name: String,
    pub(super) date: NaiveDate,
    #[serde(rename = "isOffDay")]
    pub(super) off: bool,
}

impl Paper {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, DeadlineError> {
        let text = text.trim_start_matches('\u{feff}');
        let paper: Self = serde_json::from_str(text).map_err(|error| DeadlineError::Calendar {
            file: file.to_owned(),
            reason: error.to_string(),
        })?;
        let paper = Self {
            file: file.to_owned(),
            ..paper
        };
        let mut seen = FxHashSet::default();
        for day in &paper.days {
            // New Year's days off may reach into the year before, and a year's file may reach into the next.
            if !(-1..=1).contains(&(i64::from(day.date.year()) - i64::from(paper.year))) {
                return Err(paper.wrong(format!("{} is not near the year {}", day.date, paper.year)));
            }
            if !seen.insert(day.date) {
                return Err(paper.wrong(format!("{} is listed twice", day.date)));
            }
        }
        if paper.days.is_empty() {
            // holiday-cn keeps a file without days for a year that is not arranged yet; taking it for an arrangement
            // would turn provisional deadlines into false certainty.
            return Err(paper.wrong("lists no day".to_owned()));
        }
        Ok(paper)
    }

    /// This paper cannot be used.
    pub(super) fn wrong(&self, reason: String) -> DeadlineError {
        DeadlineError::Calendar {
            file: self.file.clone(),
            reason,
        }
    }
}

/// The papers shipped in the program.
pub(super) fn shipped() -> Result<Vec<Paper>, DeadlineError> {
    EMBEDDED
        .iter()
        .map(|(file, text)| Paper::parse(file, text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::Calendar, *};
    use std::{fs, path::Path};

    #[test]
    fn every_shipped_file_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/calendar");
        let mut files: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        assert_eq!(files, EMBEDDED.iter().map(|(file, _)| *file).collect::<Vec<_>>());
    }

    #[test]
    fn a_bad_file_is_named_with_what_is_wrong() {
        let wrong = |text: &str| Paper::parse("2031.json", text).unwrap_err().to_string();
        assert!(wrong("{").starts_with("calendar file `2031.json`: EOF while parsing"));
        assert!(wrong(r#"{"year": 2031}"#).contains("missing field `days`"));
        assert!(wrong(r#"{"year": 2031, "days": []}"#).contains("lists no day"));
        let days = |days: &str| wrong(&format!(r#"{{"year": 2031, "days": [{days}]}}"#));
        let one = r#"{"name": "元旦", "date": "2031-01-01", "isOffDay": true}"#;
        assert!(days(&format!("{one}, {one}")).contains("2031-01-01 is listed twice"));
        assert!(
            days(r#"{"name": "元旦", "date": "2013-01-01", "isOffDay": true}"#)
                .contains("2013-01-01 is not near")
        );
        assert!(days(r#"{"name": "元旦", "date": "2031-02-30", "isOffDay": true}"#).contains("line 1"));

        let folder = tempfile::tempdir().unwrap();
        for file in ["a.json", "b.json"] {
            fs::write(
                folder.path().join(file),
                format!(r#"{{"year": 2031, "days": [{one}]}}"#),
            )
            .unwrap();
        }
        let error = Calendar::load(folder.path()).unwrap_err().to_string();
        assert_eq!(
            error,
            "calendar file `b.json`: same year and `published` as `a.json`: which one stands"
        );
        assert!(
            Calendar::load(&folder.path().join("none"))
                .unwrap_err()
                .to_string()
                .starts_with("calendar folder")
        );
    }
}
