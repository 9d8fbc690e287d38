//! Which places a text names, and which region it is about.
//!
//! A gazetteer, no guess: the national list of provinces, cities and counties, and the streets, communities, roads, estates
//! and landmarks of the configured districts. One pass finds the names, the longest first; a name that several places bear
//! is told apart by the parents named beside it. Reads no file while labelling and never panics.

mod config;
mod find;
mod gazetteer;
mod organisation;

pub use gazetteer::Gazetteer;
pub(crate) use organisation::Businesses;

use serde::Serialize;

/// What a place is, from large to small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 省、自治区、直辖市
    Province,
    /// 市、州
    City,
    /// 区、县
    District,
    /// 街道、镇
    Street,
    /// 社区、村
    Community,
    /// 道路
    Road,
    /// 小区
    Estate,
    /// 学校、公园、市场 …
    Landmark,
}

impl Kind {
    /// The Chinese name on pages.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Province => "省份",
            Self::City => "城市",
            Self::District => "区县",
            Self::Street => "街道乡镇",
            Self::Community => "社区村",
            Self::Road => "道路",
            Self::Estate => "小区",
            Self::Landmark => "地标",
        }
    }
}

/// A place a text names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The words as written.
    pub text: String,
    /// What it is.
    pub kind: Kind,
    /// Its full names from large to small, as far as the text tells which of several it is.
    pub path: Vec<String>,
}

/// The region a text is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Located {
    /// Name of the region kept with a record; `None` where the text names none, or only a name that several
    /// places bear; of regions that as much speaks for, the one named first.
    pub region: Option<String>,
    /// The words that decided, as written.
    pub words: Vec<String>,
    /// All places, in the order named, each once.
    pub places: Vec<Place>,
}

#[cfg(test)]
mod tests;
