//! The places with their parents, and the automaton over their names.

use super::Kind;
use super::config::{CHINA, District, Level};
use crate::configuration::ConfigurationError;
use crate::finder::Finder;
use aho_corasick::MatchKind;
use rustc_hash::FxHashMap;

/// Places ready to be found. Cheap to share, about 6 MB.
pub struct Gazetteer {
    pub(super) places: Vec<Node>,
    pub(super) names: Finder,
    /// Of each pattern, the places that bear the name; none for a word that only looks like a place.
    pub(super) bearers: Vec<Vec<Bearer>>,
    /// Whether districts are configured.
    pub(super) has_home: bool,
    hash: [u8; 32],
}

/// A place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) parent: Option<usize>,
    /// The configured district and all within it, with the level kept as a record's region.
    pub(super) home: Option<Level>,
}

/// How a place bears a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bearer {
    pub(super) place: usize,
    /// 武汉 for 武汉市: what follows decides whether a place is meant.
    pub(super) short: bool,
    /// Counts only beside a parent: too short or too common a word.
    pub(super) needs_parent: bool,
}

/// Counties whose names are everyday words.
const COMMON: [&str; 7] = [
    "市中区",
    "城中区",
    "城东区",
    "城西区",
    "城北区",
    "城关区",
    "新城区",
];
/// Cities whose short names are everyday words or names of roads and people.
const COMMON_SHORT: [&str; 14] = [
    "来宾", "大同", "中山", "朝阳", "安康", "东方", "黄山", "海东", "海西", "文山", "白山", "安顺", "平安",
    "三明",
];
/// Endings that are left out in speech.
const ENDINGS: [&str; 10] = [
    "特别行政区",
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "自治州",
    "地区",
    "省",
    "市",
    "盟",
];
/// A single character is no name.
const SHORTEST: usize = 2;

impl Gazetteer {
    /// The national list and the districts of `files` (origin for messages, content).
    ///
    /// # Errors
    /// Names the file and the line.
    pub fn load(files: &[(String, String)]) -> Result<Self, ConfigurationError> {
        let mut hasher = blake3::Hasher::new();
        let mut build = Build::default();
        build.china();
        hasher.update(CHINA.as_bytes());
        for (origin, text) in files {
            build.district(&District::read(text, origin)?);
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        let mut names: Vec<(String, Vec<Bearer>)> = build.names.into_iter().collect();
        names.sort_by(|(a, _), (b, _)| a.cmp(b));
        let words = names.iter().map(|(name, _)| name.as_str());
        let finder = Finder::new(MatchKind::LeftmostLongest, words);
        let finder = finder.map_err(|_| ConfigurationError {
            origin: files
                .first()
                .map_or_else(String::new, |(origin, _)| origin.clone()),
            line: 0,
            reason: "too many names".to_owned(),
        })?;
        Ok(Self {
            places: build.places,
            names: finder,
            bearers: names.into_iter().map(|(_, bearers)| bearers).collect(),
            has_home: !files.is_empty(),
            hash: *hasher.finalize().as_bytes(),
        })
    }

    /// Hash of all that was loaded.
    pub(crate) fn hash(&self) -> &[u8] {
        &self.hash
    }

    /// The place and its parents, the largest first.
    pub(super) fn path(&self, place: usize) -> Vec<usize> {
        let mut path = vec![place];
        let mut at = place;
        // A parent always stands before its child: this ends.
        while let Some(parent) = self.places.get(at).and_then(|node| node.parent) {
            path.push(parent);
            at = parent;
        }
        path.reverse();
        path
    }
}

#[derive(Default)]
struct Build {
    places: Vec<Node>,
    names: FxHashMap<String, Vec<Bearer>>,
}

impl Build {
    fn place(&mut self, name: &str, kind: Kind, parent: Option<usize>, home: Option<Level>) -> usize {
        self.places.push(Node {
            name: name.to_owned(),
            kind,
            parent,
            home,
        });
        self.places.len() - 1
    }

    fn name(&mut self, name: &str, place: usize, short: bool, needs_parent: bool) {
        self.names.entry(name.to_owned()).or_default().push(Bearer {
            place,
            short,
            needs_parent,
        });
    }

    fn china(&mut self) {
        let mut codes: FxHashMap<&str, usize> = FxHashMap::default();
        for line in CHINA.lines().filter(|line| !line.starts_with('#')) {
            let Some((code, name)) = line.split_once(' ') else {
                continue;
            };
            let (province, city) = (code.get(..2), code.get(..4));
            let kind = match code {
                code if code.ends_with("0000") => Kind::Province,
                code if code.ends_with("00") => Kind::City,
                _ => Kind::District,
            };
            let parent = [city, province]
                .into_iter()
                .flatten()
                .find_map(|code| codes.get(code))
                .copied();
            let place = self.place(name, kind, parent, None);
            if kind != Kind::District {
                let digits = if kind == Kind::Province { province } else { city };
                codes.extend(digits.map(|digits| (digits, place)));
                if let Some(short) = short(name) {
                    self.name(short, place, true, COMMON_SHORT.contains(&short));
                }
            }
            let everyday = kind == Kind::District && (name.chars().count() < 3 || COMMON.contains(&name));
            self.name(name, place, false, everyday);
        }
    }

    fn district(&mut self, district: &District) {
        let level = Some(district.level);
        let known = |places: &[Node], kind, name: &str| {
            places
                .iter()
                .position(|node| node.kind == kind && node.name == name)
        };
        let mut parent = None;
        for (kind, name) in [(Kind::Province, &district.province), (Kind::City, &district.city)] {
            let Some(name) = name else { continue };
            parent = Some(known(&self.places, kind, name).unwrap_or_else(|| {
                let place = self.place(name, kind, parent, None);
                self.name(name, place, false, false);
                if let Some(short) = short(name) {
                    self.name(short, place, true, false);
                }
                place
            }));
        }
        // A real district is in the national list already: its name must not stand for two places.
        let same = self.places.iter().position(|node| {
            node.kind == Kind::District && node.name == district.district && node.parent == parent
        });
        let home = match same {
            Some(place) => {
                self.places[place].home = level;
                place
            }
            None => {
                let place = self.place(&district.district, Kind::District, parent, level);
                self.name(&district.district, place, false, false);
                place
            }
        };
        for also in &district.also {
            self.name(also, home, true, false);
        }
        for street in &district.streets {
            let at = self.place(&street.name, Kind::Street, Some(home), level);
            self.name(&street.name, at, false, false);
            for also in &street.also {
                self.name(also, at, false, false);
            }
            for (kind, names) in street.places() {
                for name in names {
                    let place = self.place(name, kind, Some(at), level);
                    self.name(name, place, false, false);
                }
            }
        }
    }
}

/// The name as it is said: without the ending, where two characters are left.
fn short(name: &str) -> Option<&str> {
    let ending = ENDINGS.iter().find(|ending| name.ends_with(**ending))?;
    let short = name.strip_suffix(ending)?;
    (short.chars().count() >= SHORTEST).then_some(short)
}
