//! From names in a text to places, and from places to the region the text is about.

use super::config::Level;
use super::gazetteer::{Bearer, Gazetteer};
use super::{Businesses, Kind, Located, Place};
use crate::extent::read_part;
use rustc_hash::{FxHashMap, FxHashSet};

/// What after a name without its ending (武汉, 朝阳) says that no place is meant but a road, a shop or a dish.
#[rustfmt::skip]
const NOT_THE_PLACE: [&str; 46] = [
    "路", "街", "大道", "巷", "里弄", "东路", "西路", "南路", "北路", "中路", "银行", "火锅", "拉面", "烤鸭", "小吃", "牛肉", "热干面",
    "米线", "米粉", "菜", "饭店", "酒店", "宾馆", "大厦", "大楼", "广场", "公园", "花园", "小区", "新村", "公寓", "大学", "学院", "中学",
    "小学", "医院", "公司", "集团", "商场", "商城", "超市", "牌", "人", "话", "桥", "现代",
];
/// A street named outright tells more than a shop on a road.
const STREET_WEIGHT: u32 = 3;
const WEIGHT: u32 = 2;
/// The title is about the matter; a body also tells where the writer works or lived before.
const TITLE: u32 = 2;
/// Words told as reason.
const WORDS: usize = 5;

/// A name at its place in the text.
struct Mention<'a> {
    text: &'a str,
    in_title: bool,
    bearers: Vec<Bearer>,
}

impl Gazetteer {
    /// The places `title` and `body` name and the region they are about.
    pub fn locate(&self, title: &str, body: &str) -> Located {
        self.locate_beside(&Businesses::of(title), &Businesses::of(body))
    }

    /// [`Self::locate`] for who also asks for the businesses of the same texts.
    pub(crate) fn locate_beside(&self, title: &Businesses<'_>, body: &Businesses<'_>) -> Located {
        let mut mentions = self.mentions(title, true);
        mentions.extend(self.mentions(body, false));
        let certain = self.certain(&mentions);
        let mut located = Located::default();
        let mut votes = Votes::default();
        for mention in &mentions {
            let Some(place) = self.decide(&mention.bearers, &certain) else {
                continue;
            };
            self.told(mention, place, &mut located.places);
            if let Some(region) = self.region_of(place) {
                let kind = self.places[place].kind;
                let weight = if kind == Kind::Street {
                    STREET_WEIGHT
                } else {
                    WEIGHT
                };
                votes.add(region, mention, weight);
            }
        }
        if let Some((region, words)) = votes.winner(|place| self.places[place].kind) {
            located.region = Some(self.places[region].name.clone());
            located.words = words;
        }
        located
    }

    fn mentions<'a>(&self, businesses: &Businesses<'a>, in_title: bool) -> Vec<Mention<'a>> {
        let text = read_part(businesses.text());
        let mut mentions = Vec::new();
        for found in self.names.find_iter(text) {
            let (Some(word), Some(after)) = (text.get(found.range()), text.get(found.end()..)) else {
                continue;
            };
            let mut bearers = self.bearers[found.pattern().as_usize()].clone();
            if NOT_THE_PLACE.iter().any(|sign| after.starts_with(sign)) {
                bearers.retain(|bearer| !bearer.short);
            }
            // "城市中区域": a name that runs into a longer word.
            if word.ends_with('区') && after.starts_with('域') {
                bearers.clear();
            }
            if bearers.is_empty() {
                continue;
            }
            // Names in a company's name say where it was founded, not where it annoys people.
            if businesses
                .spans()
                .iter()
                .any(|span| span.start <= found.start() && found.end() < span.end)
            {
                continue;
            }
            mentions.push(Mention {
                text: word,
                in_title,
                bearers,
            });
        }
        mentions
    }

    /// Places of names that only one bears, with their parents.
    fn certain(&self, mentions: &[Mention<'_>]) -> FxHashSet<usize> {
        let sure = mentions.iter().filter_map(|mention| match mention.bearers[..] {
            [bearer] if !bearer.needs_parent => Some(bearer.place),
            _ => None,
        });
        sure.flat_map(|place| self.path(place)).collect()
    }

    /// Which of its bearers a name means: the one with most parents named beside it; of several such, what they have in
    /// common.
    fn decide(&self, bearers: &[Bearer], certain: &FxHashSet<usize>) -> Option<usize> {
        let named_parents = |place: usize| {
            let path = self.path(place);
            path.iter()
                .take(path.len() - 1)
                .filter(|parent| certain.contains(parent))
                .count()
        };
        let mut best: Vec<(usize, usize)> = bearers
            .iter()
            .map(|bearer| (named_parents(bearer.place), bearer))
            .filter(|(parents, bearer)| *parents > 0 || !bearer.needs_parent)
            // Whoever configured a district listens to it: elsewhere only when the text says so.
            .map(|(parents, bearer)| {
                let home = usize::from(self.has_home && self.places[bearer.place].home.is_some());
                (parents * 2 + home, bearer.place)
            })
            .collect();
        let most = best.iter().map(|(rank, _)| *rank).max()?;
        best.retain(|(rank, _)| *rank == most);
        let mut paths = best.iter().map(|(_, place)| self.path(*place));
        let first = paths.next()?;
        let shared = paths.fold(first.len(), |shared, path| {
            let same = path.iter().zip(&first).take_while(|(a, b)| a == b).count();
            shared.min(same)
        });
        first.get(shared.checked_sub(1)?).copied()
    }

    /// The place kept with a record for one that was named.
    fn region_of(&self, place: usize) -> Option<usize> {
        let path = self.path(place);
        let level = match (self.places[place].home, self.has_home) {
            (Some(Level::Street), _) => Kind::Street,
            (Some(Level::District), _) | (None, false) => Kind::District,
            (None, true) => return None,
        };
        path.into_iter()
            .rev()
            .find(|place| self.places[*place].kind <= level)
    }

    fn told(&self, mention: &Mention<'_>, place: usize, places: &mut Vec<Place>) {
        if places.iter().any(|known| known.text == mention.text) {
            return;
        }
        places.push(Place {
            text: mention.text.to_owned(),
            kind: self.places[place].kind,
            path: self
                .path(place)
                .into_iter()
                .map(|place| self.places[place].name.clone())
                .collect(),
        });
    }
}

/// What speaks for each region.
#[derive(Default)]
struct Votes<'a> {
    /// In the order first named.
    order: Vec<usize>,
    votes: FxHashMap<usize, (u32, Vec<&'a str>)>,
}

impl<'a> Votes<'a> {
    fn add(&mut self, region: usize, mention: &Mention<'a>, weight: u32) {
        let (sum, words) = self.votes.entry(region).or_insert_with(|| {
            self.order.push(region);
            (0, Vec::new())
        });
        *sum += if mention.in_title { weight * TITLE } else { weight };
        if !words.contains(&mention.text) && words.len() < WORDS {
            words.push(mention.text);
        }
    }

    /// The region most is said for: a street before its district however often that is named; of equals the one named
    /// first, as addresses begin.
    fn winner(mut self, kind: impl Fn(usize) -> Kind) -> Option<(usize, Vec<String>)> {
        let finest = self.order.iter().map(|place| kind(*place)).max()?;
        let mut best: Option<(usize, u32)> = None;
        for place in self.order.iter().filter(|place| kind(**place) == finest) {
            let sum = self.votes.get(place).map_or(0, |(sum, _)| *sum);
            if best.is_none_or(|(_, most)| sum > most) {
                best = Some((*place, sum));
            }
        }
        let (place, _) = best?;
        let words = self.votes.remove(&place)?.1;
        Some((place, words.into_iter().map(str::to_owned).collect()))
    }
}
