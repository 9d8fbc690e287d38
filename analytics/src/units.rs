//! Which unit a ticket should go to: what units are responsible for by configuration, and what was sent to whom before.
//!
//! A suggestion, never a decision: the dispatcher sends. Pure: reads no clock, no file, no ledger.

use crate::{
    configuration::{ConfigurationError, Source, nearest},
    label::TOPICS,
    ledger::Handled,
};
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// Units of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Units(Vec<Unit>);

// Other keys of a unit (hours, address) belong to whoever reads them: they are no error here.
#[derive(Debug, Clone, Deserialize)]
struct Unit {
    name: String,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    regions: Vec<String>,
    #[serde(default, rename = "contact")]
    contacts: Vec<Contact>,
}

/// Whom to call at a unit, by role: 值班电话, 分管负责人 …
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// 职责
    pub role: String,
    /// Who or where; empty where not given.
    #[serde(default)]
    pub name: String,
    /// 电话; empty where not given.
    #[serde(default)]
    pub phone: String,
}

#[derive(Deserialize)]
struct File {
    #[serde(default, rename = "unit")]
    units: Vec<Spanned<Unit>>,
}

/// A unit with the reasons for it, strongest first among its fellows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// 承办单位
    pub unit: String,
    /// 0..=1 among all units that come into question.
    pub share: f64,
    /// In Chinese, for people.
    pub reasons: Vec<String>,
}

/// Suggestions given at most.
const SHOWN: usize = 3;
/// A configured responsibility counts as much as so many tickets of the past.
const CONFIGURED: f64 = 10.0;
/// What was sent of this topic from all regions counts as much as so many tickets of this region.
const EVERYWHERE: f64 = 5.0;
/// Without a topic, the region alone says little.
const REGION_ONLY: f64 = 0.1;

impl Units {
    /// Reads a units file; `origin` names it in messages.
    ///
    /// # Errors
    /// Names the line of what is wrong, an unknown topic or a unit named twice.
    pub fn load(text: &str, origin: &str) -> Result<Self, ConfigurationError> {
        let source = Source { text, origin };
        let file: File = source.read()?;
        let mut units: Vec<Unit> = Vec::with_capacity(file.units.len());
        for spanned in file.units {
            let span = spanned.span();
            let unit = spanned.into_inner();
            if let Some(topic) = unit.topics.iter().find(|topic| !TOPICS.contains(&topic.as_str())) {
                let right = nearest(topic, &TOPICS);
                let reason = format!("unit `{}`: unknown topic `{topic}`{right}", unit.name);
                return Err(source.wrong(span, reason));
            }
            if units.iter().any(|other| other.name == unit.name) {
                return Err(source.wrong(span, format!("two units are named `{}`", unit.name)));
            }
            let lacking = |contact: &Contact| {
                contact.role.trim().is_empty()
                    || (contact.name.trim().is_empty() && contact.phone.trim().is_empty())
            };
            if unit.contacts.iter().any(lacking) {
                let reason = format!(
                    "unit `{}`: a contact needs a role, and a name or a phone",
                    unit.name
                );
                return Err(source.wrong(span, reason));
            }
            units.push(unit);
        }
        Ok(Self(units))
    }

    /// How many units are configured.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is configured.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whom to call at a unit; nobody where it is not configured.
    pub fn contacts(&self, unit: &str) -> &[Contact] {
        self.0
            .iter()
            .find(|configured| configured.name == unit)
            .map_or(&[], |configured| &configured.contacts)
    }

    /// What a unit is responsible for, by configuration: topics, and the regions it is limited to.
    pub fn duties(&self, unit: &str) -> Option<(&[String], &[String])> {
        let configured = self.0.iter().find(|configured| configured.name == unit)?;
        Some((&configured.topics, &configured.regions))
    }

    /// The three units most to the purpose for a ticket of `topic` and `region`, given what was handled before
    /// ([`crate::ledger::Ledger::handled`] of the same two).
    pub fn suggest(&self, topic: Option<&str>, region: Option<&str>, handled: &[Handled]) -> Vec<Suggestion> {
        let responsible = |unit: &str| {
            self.0.iter().any(|configured| {
                let of_topic = topic.is_some_and(|topic| configured.topics.iter().any(|own| own == topic));
                let of_region = configured.regions.is_empty()
                    || region.is_some_and(|region| configured.regions.iter().any(|own| own == region));
                configured.name == unit && of_topic && of_region
            })
        };
        let mut names: Vec<&str> = handled.iter().map(|one| one.unit.as_str()).collect();
        names.extend(self.0.iter().map(|unit| unit.name.as_str()));
        names.sort_unstable();
        names.dedup();
        let (all_topic, all_both) = handled
            .iter()
            .fold((0, 0), |(topic, both), one| (topic + one.topic, both + one.both));
        let configured = names.iter().filter(|name| responsible(name)).count() as f64;
        let score = |name: &str| {
            let had = handled.iter().find(|one| one.unit == name);
            let (both, of_topic, of_region) = had.map_or((0.0, 0.0, 0.0), |one| {
                (one.both as f64, one.topic as f64, one.region as f64)
            });
            let own = if responsible(name) { CONFIGURED } else { 0.0 };
            let everywhere = (of_topic + own + REGION_ONLY * of_region.min(1.0))
                / (all_topic as f64 + CONFIGURED * configured + REGION_ONLY).max(1.0);
            (both + EVERYWHERE * everywhere) / (all_both as f64 + EVERYWHERE)
        };
        let mut ranked: Vec<(f64, &str)> = names.iter().map(|name| (score(name), *name)).collect();
        ranked.retain(|(score, _)| *score > 0.0);
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let total: f64 = ranked.iter().map(|(score, _)| score).sum();
        let suggestion = |(score, name): &(f64, &str)| {
            let mut reasons = Vec::new();
            if responsible(name) {
                reasons.push(format!("职责配置：{}", topic.unwrap_or_default()));
            }
            if let Some(had) = handled.iter().find(|one| one.unit == *name) {
                if had.both > 0 {
                    reasons.push(format!("同领域同区域 {all_both} 件中承办 {} 件", had.both));
                }
                if had.topic > 0 {
                    reasons.push(format!("同领域 {all_topic} 件中承办 {} 件", had.topic));
                } else if had.region > 0 {
                    reasons.push(format!("同区域承办 {} 件", had.region));
                }
            }
            Suggestion {
                unit: (*name).to_owned(),
                share: score / total,
                reasons,
            }
        };
        ranked.iter().take(SHOWN).map(suggestion).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn had(unit: &str, both: u64, topic: u64, region: u64) -> Handled {
        Handled {
            unit: unit.to_owned(),
            both,
            topic,
            region,
        }
    }

    fn names(suggestions: &[Suggestion]) -> Vec<&str> {
        suggestions.iter().map(|one| one.unit.as_str()).collect()
    }

    const UNITS: &str = "[[unit]]\nname = \"住建局\"\ntopics = [\"城乡建设\"]\nphone = \"0\"\n\
                         [[unit]]\nname = \"柳浦街道办\"\ntopics = [\"城乡建设\"]\nregions = [\"柳浦街道\"]\n";

    #[test]
    fn the_past_of_topic_and_region_outweighs_the_topic_alone() {
        let units = Units::default();
        let handled = [
            had("住建局", 1, 90, 1),
            had("柳浦街道办", 9, 9, 30),
            had("公安局", 0, 0, 400),
        ];
        let told = units.suggest(Some("城乡建设"), Some("柳浦街道"), &handled);
        assert_eq!(names(&told), ["柳浦街道办", "住建局", "公安局"]);
        assert_eq!(
            told[0].reasons,
            ["同领域同区域 10 件中承办 9 件", "同领域 99 件中承办 9 件"]
        );
        assert!((told.iter().map(|one| one.share).sum::<f64>() - 1.0).abs() < 1e-9);
        assert_eq!(told[2].reasons, ["同区域承办 400 件"]);
    }

    #[test]
    fn configuration_serves_before_there_is_a_past() {
        let units = Units::load(UNITS, "u.toml").unwrap();
        assert_eq!(
            names(&units.suggest(Some("城乡建设"), Some("麦溪镇"), &[])),
            ["住建局"]
        );
        let here = units.suggest(Some("城乡建设"), Some("柳浦街道"), &[]);
        assert_eq!(here.len(), 2);
        assert_eq!(here[0].reasons, ["职责配置：城乡建设"]);
        assert!(units.suggest(None, None, &[]).is_empty());
        assert!(units.suggest(Some("民政"), None, &[]).is_empty());
    }

    #[test]
    fn contacts_are_those_of_the_unit() {
        let text = "[[unit]]\nname = \"甲\"\n[[unit.contact]]\nrole = \"值班电话\"\nphone = \"000-0000001\"\n\
                    [[unit]]\nname = \"乙\"\n";
        let units = Units::load(text, "u.toml").unwrap();
        assert_eq!(units.contacts("甲")[0].phone, "000-0000001");
        assert!(units.contacts("乙").is_empty() && units.contacts("丙").is_empty());
    }

    #[test]
    fn a_units_file_is_refused_with_the_reason() {
        for (text, line, why) in [
            ("\n[[unit]]\ntopics = []\n", 2, "name"),
            (
                "[[unit]]\nname = \"甲\"\ntopics = [\"建设\"]\n",
                1,
                "unknown topic",
            ),
            (
                "[[unit]]\nname = \"甲\"\n[[unit.contact]]\nrole = \"值班电话\"\n",
                1,
                "a name or a phone",
            ),
            (
                "[[unit]]\nname = \"甲\"\n[[unit]]\nname = \"甲\"\n",
                3,
                "two units",
            ),
        ] {
            let error = Units::load(text, "u.toml").unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.reason.contains(why), "{error}");
        }
    }
}
