//! Region files: the places of one district, and the national list.

use super::Kind;
use crate::configuration::{ConfigurationError, Source};
use serde::Deserialize;

/// Provinces, cities and counties; its first lines say where it is from.
pub(super) const CHINA: &str = include_str!("../../../config/regions/china.txt");

/// One district with its streets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct District {
    #[serde(default)]
    pub(super) province: Option<String>,
    #[serde(default)]
    pub(super) city: Option<String>,
    pub(super) district: String,
    #[serde(default)]
    pub(super) also: Vec<String>,
    #[serde(default)]
    pub(super) level: Level,
    #[serde(default, rename = "street")]
    pub(super) streets: Vec<Street>,
}

/// What is kept as a record's region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// 街道、镇
    #[default]
    Street,
    /// 区、县
    District,
}

/// One street or town with its places.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Street {
    pub(super) name: String,
    #[serde(default)]
    pub(super) also: Vec<String>,
    #[serde(default)]
    pub(super) communities: Vec<String>,
    #[serde(default)]
    pub(super) villages: Vec<String>,
    #[serde(default)]
    pub(super) roads: Vec<String>,
    #[serde(default)]
    pub(super) estates: Vec<String>,
    #[serde(default)]
    pub(super) landmarks: Vec<String>,
}

impl District {
    /// Reads a region file; `origin` names it in messages.
    pub(super) fn read(text: &str, origin: &str) -> Result<Self, ConfigurationError> {
        let source = Source { text, origin };
        let district: Self = source.read()?;
        // One character stands in half of all texts; an empty name in all of them.
        let short = district.names().into_iter().find(|name| name.chars().count() < 2);
        if let Some(short) = short {
            let reason = format!("the name `{short}` has fewer than two characters");
            return Err(source.wrong_whole(reason));
        }
        Ok(district)
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.also.iter().map(String::as_str).collect();
        names.push(&self.district);
        names.extend(self.city.as_deref());
        names.extend(self.province.as_deref());
        for street in &self.streets {
            names.push(&street.name);
            names.extend(street.also.iter().map(String::as_str));
            names.extend(street.places().flat_map(|(_, places)| places).map(String::as_str));
        }
        names
    }
}

impl Street {
    /// The places by kind.
    pub(super) fn places(&self) -> impl Iterator<Item = (Kind, &Vec<String>)> {
        [
            (Kind::Community, &self.communities),
            (Kind::Community, &self.villages),
            (Kind::Road, &self.roads),
            (Kind::Estate, &self.estates),
            (Kind::Landmark, &self.landmarks),
        ]
        .into_iter()
    }
}
