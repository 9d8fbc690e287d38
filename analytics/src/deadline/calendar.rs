//! Which days are worked: weekends, the yearly arrangements, and what was known when.

use super::{
    DeadlineError,
    count::Table,
    paper::{Paper, PaperDay, shipped},
};
use chrono::{Datelike, NaiveDate, Weekday};
use ingest::time::{Moment, start_of_day};
use rustc_hash::{FxHashMap, FxHashSet};
use std::{fs, path::Path, sync::Arc};

/// Holidays whose date is fixed by law: all that is known of a year before its arrangement is published.
const FIXED: [(u32, u32, &str); 5] = [
    (1, 1, "元旦"),
    (5, 1, "劳动节"),
    (10, 1, "国庆节"),
    (10, 2, "国庆节"),
    (10, 3, "国庆节"),
];

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Whether it is worked.
    pub working: bool,
    /// `国庆节`, `周末`, `国庆节调休上班`; `None` on an ordinary working day.
    pub name: Option<String>,
    /// No arrangement for this year is known: only weekends and the holidays fixed by law are.
    pub provisional: bool,
}

/// A listed day: place of its paper in `Inner::papers` and of the day in the paper.
type Listed = (usize, usize);

/// The State Council's yearly arrangements over weekends. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Calendar {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// In order of (year, published): of one year's papers the last stands, of two years' the later year's.
    papers: Vec<Arc<Paper>>,
    days: FxHashMap<NaiveDate, Listed>,
    /// Year → its standing paper.
    years: FxHashMap<i32, usize>,
    table: Table,
}

impl Calendar {
    /// The arrangements shipped in the program.
    ///
    /// # Errors
    /// When an embedded file cannot be read: a defect of the build.
    pub fn embedded() -> Result<Self, DeadlineError> {
        Self::from_papers(shipped()?)
    }

    /// The arrangements in a folder (`*.json`, holiday-cn's format, optionally with `"published": "2019-11-21"`); a
    /// year the folder says nothing about keeps the shipped one.
    ///
    /// # Errors
    /// When the folder cannot be read or a file is not a calendar: names the file and what is wrong.
    pub fn load(dir: &Path) -> Result<Self, DeadlineError> {
        let folder = |source| DeadlineError::Folder {
            folder: dir.display().to_string(),
            source,
        };
        let mut papers = Vec::new();
        for entry in fs::read_dir(dir).map_err(folder)? {
            let path = entry.map_err(folder)?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let file = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let text = fs::read_to_string(&path).map_err(|error| DeadlineError::Calendar {
                file: file.clone(),
                reason: error.to_string(),
            })?;
            papers.push(Paper::parse(&file, &text)?);
        }
        let own: FxHashSet<i32> = papers.iter().map(|paper| paper.year).collect();
        papers.extend(shipped()?.into_iter().filter(|paper| !own.contains(&paper.year)));
        Self::from_papers(papers)
    }

    /// The day as the standing arrangements have it.
    pub fn day(&self, date: NaiveDate) -> Day {
        let provisional = self.is_provisional(date);
        let weekend = is_weekend(date);
        let (working, name) = match self.listed(date) {
            Some(listed) if listed.off => (false, Some(listed.name.clone())),
            // An arrangement may confirm a weekday as worked (2020-02-03): nothing is made up there.
            Some(listed) => (true, weekend.then(|| format!("{}调休上班", listed.name))),
            None => match fixed_holiday(date).filter(|_| provisional) {
                Some(name) => (false, Some(name.to_owned())),
                None => (!weekend, weekend.then(|| "周末".to_owned())),
            },
        };
        Day {
            working,
            name,
            provisional,
        }
    }

    /// The calendar as it was known at `moment`: only arrangements published on or before its day in Asia/Shanghai.
    pub fn as_known_at(&self, moment: Moment) -> Self {
        let known = |paper: &&Arc<Paper>| {
            paper
                .published
                .is_none_or(|day| start_of_day(day).timestamp() <= moment.timestamp())
        };
        Self::build(self.inner.papers.iter().filter(known).cloned().collect())
    }

    /// Names of the files that say something about the days `first..=last`, in order of year.
    pub fn files(&self, first: NaiveDate, last: NaiveDate) -> Vec<String> {
        let inner = &self.inner;
        let mut used: Vec<usize> = (first.year()..=last.year())
            .filter_map(|year| inner.years.get(&year).copied())
            .collect();
        // A neighbouring year's paper may list days of these years (2019's lists 2018-12-31).
        used.extend(
            inner
                .days
                .iter()
                .filter(|(date, _)| (first..=last).contains(*date))
                .map(|(_, place)| place.0),
        );
        used.sort_unstable();
        used.dedup();
        used.into_iter()
            .map(|place| inner.papers[place].file.clone())
            .collect()
    }

    pub(super) fn table(&self) -> &Table {
        &self.inner.table
    }

    /// Everything that decides which days are worked, as bytes to hash.
    pub(super) fn digest(&self, hasher: &mut blake3::Hasher) {
        for paper in &self.inner.papers {
            hasher.update(format!("{} {:?}\n", paper.year, paper.published).as_bytes());
            for day in &paper.days {
                hasher.update(format!("{} {} {}\n", day.date, day.off, day.name).as_bytes());
            }
        }
    }

    fn from_papers(mut papers: Vec<Paper>) -> Result<Self, DeadlineError> {
        papers.sort_by(|a, b| (a.year, a.published, &a.file).cmp(&(b.year, b.published, &b.file)));
        if let Some([first, second]) = papers
            .array_windows()
            .find(|[a, b]| (a.year, a.published) == (b.year, b.published))
        {
            return Err(second.wrong(format!(
                "same year and `published` as `{}`: which one stands",
                first.file
            )));
        }
        Ok(Self::build(papers.into_iter().map(Arc::new).collect()))
    }

    /// `papers` in order of (year, published).
    fn build(papers: Vec<Arc<Paper>>) -> Self {
        // An amended arrangement is published whole, so it replaces the year's earlier one, day by day nothing is left.
        let years: FxHashMap<i32, usize> = papers
            .iter()
            .enumerate()
            .map(|(place, paper)| (paper.year, place))
            .collect();
        let mut days = FxHashMap::default();
        for (place, paper) in papers.iter().enumerate() {
            if years.get(&paper.year) == Some(&place) {
                days.extend(
                    paper
                        .days
                        .iter()
                        .enumerate()
                        .map(|(i, day)| (day.date, (place, i))),
                );
            }
        }
        let mut calendar = Self {
            inner: Arc::new(Inner {
                papers,
                days,
                years,
                table: Table::default(),
            }),
        };
        let table = Table::new(|date| (calendar.is_working(date), calendar.is_provisional(date)));
        if let Some(inner) = Arc::get_mut(&mut calendar.inner) {
            inner.table = table;
        }
        calendar
    }

    fn listed(&self, date: NaiveDate) -> Option<&PaperDay> {
        let (paper, day) = *self.inner.days.get(&date)?;
        self.inner.papers.get(paper)?.days.get(day)
    }

    fn is_provisional(&self, date: NaiveDate) -> bool {
        !self.inner.years.contains_key(&date.year()) && !self.inner.days.contains_key(&date)
    }

    /// [`Calendar::day`] without its name.
    fn is_working(&self, date: NaiveDate) -> bool {
        match self.listed(date) {
            Some(listed) => !listed.off,
            None if is_weekend(date) => false,
            None => fixed_holiday(date).is_none() || !self.is_provisional(date),
        }
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn fixed_holiday(date: NaiveDate) -> Option<&'static str> {
    FIXED
        .iter()
        .find(|(month, day, _)| (*month, *day) == (date.month(), date.day()))
        .map(|(.., name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ingest::time;

    fn day(calendar: &Calendar, date: &str) -> (bool, Option<String>, bool) {
        let Day {
            working,
            name,
            provisional,
        } = calendar.day(date.parse().unwrap());
        (working, name, provisional)
    }

    fn named(name: &str) -> Option<String> {
        Some(name.to_owned())
    }

    #[test]
    fn days_have_names() {
        let calendar = Calendar::embedded().unwrap();
        assert_eq!(day(&calendar, "2024-10-01"), (false, named("国庆节"), false));
        assert_eq!(
            day(&calendar, "2024-10-12"),
            (true, named("国庆节调休上班"), false)
        );
        assert_eq!(day(&calendar, "2024-10-13"), (false, named("周末"), false));
        assert_eq!(day(&calendar, "2024-10-14"), (true, None, false));
        assert_eq!(
            day(&calendar, "2020-02-03"),
            (true, None, false),
            "a Monday the amendment confirms as worked"
        );
        assert_eq!(
            day(&calendar, "2018-12-31"),
            (false, named("元旦"), false),
            "listed by the next year's file"
        );
        assert_eq!(day(&calendar, "2018-12-29"), (true, named("元旦调休上班"), false));
    }

    #[test]
    fn a_year_without_a_file_is_provisional() {
        let calendar = Calendar::embedded().unwrap();
        assert_eq!(day(&calendar, "2030-01-01"), (false, named("元旦"), true));
        assert_eq!(day(&calendar, "2030-10-03"), (false, named("国庆节"), true));
        assert_eq!(day(&calendar, "2030-10-04"), (true, None, true));
        assert_eq!(day(&calendar, "2030-10-05"), (false, named("周末"), true));
    }

    #[test]
    fn the_past_is_shown_as_it_was_known() {
        let calendar = Calendar::embedded().unwrap();
        let at = |text: &str| calendar.as_known_at(time::parse(text).unwrap());
        let (before, first, amended) = (
            at("2019-11-20 23:59:59"),
            at("2020-01-26 23:59:59"),
            at("2020-01-27"),
        );
        assert_eq!(day(&before, "2020-01-24"), (true, None, true));
        assert_eq!(day(&first, "2020-01-31"), (true, None, false));
        assert_eq!(day(&first, "2020-02-01"), (true, named("春节调休上班"), false));
        assert_eq!(day(&amended, "2020-01-31"), (false, named("春节"), false));
        assert_eq!(day(&amended, "2020-02-01"), (false, named("春节"), false));
        assert_eq!(day(&at("2015-05-12"), "2015-09-03"), (true, None, false));
        assert_eq!(day(&at("2019-03-21"), "2019-05-02"), (true, None, false));
        assert_eq!(
            day(&at("2019-03-22"), "2019-04-28"),
            (true, named("劳动节调休上班"), false)
        );
        let edge = chrono::DateTime::<chrono::Utc>::MAX_UTC.fixed_offset();
        assert_eq!(
            calendar.as_known_at(edge).inner.papers.len(),
            calendar.inner.papers.len()
        );
    }

    #[test]
    fn a_folder_overrides_year_by_year() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("notes.txt"), "not a calendar").unwrap();
        fs::write(
            folder.path().join("2030.json"),
            r#"{"$id": "x", "year": 2030, "papers": [], "days": [{"name": "春节", "date": "2030-02-04", "isOffDay": true}]}"#,
        )
        .unwrap();
        fs::write(
            folder.path().join("2024.json"),
            r#"{"year": 2024, "days": [{"name": "试", "date": "2024-10-01", "isOffDay": true}]}"#,
        )
        .unwrap();
        let calendar = Calendar::load(folder.path()).unwrap();
        assert_eq!(day(&calendar, "2030-02-04"), (false, named("春节"), false));
        assert_eq!(
            day(&calendar, "2024-10-02"),
            (true, None, false),
            "the folder's 2024 replaces the shipped one"
        );
        assert_eq!(
            day(&calendar, "2023-10-02"),
            (false, named("中秋节、国庆节"), false),
            "2023 is still the shipped one"
        );
    }
}
