//! Other programs' JSON objects as posts and tickets: the configuration says which of their keys is which of ours.
//!
//! The result is the object [`super::json_lines`] reads, so every check of it holds here too.

use super::{json_lines::KEYS, media_crawler::unix, nearest};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the objects become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// 帖文
    Post,
    /// 工单
    Ticket,
}

/// Where each of our fields is found in a foreign object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// What the objects become.
    pub target: Target,
    /// Our key → their keys, the first that holds something; `a.b` goes into nested objects.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Our key → a value all objects have.
    pub constants: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    target: Target,
    #[serde(default)]
    fields: BTreeMap<String, Paths>,
    #[serde(default)]
    constants: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Paths {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?;
        let known = raw.target.keys();
        for key in raw.fields.keys().chain(raw.constants.keys()) {
            if key == "kind" || !known.contains(&key.as_str()) {
                let near = nearest(key, known.iter().copied());
                return Err(D::Error::custom(format!(
                    "`{key}` is no field to map to; the nearest is `{near}`"
                )));
            }
        }
        let paths = |paths| match paths {
            Paths::One(path) => vec![path],
            Paths::Many(paths) => paths,
        };
        Ok(Self {
            target: raw.target,
            fields: raw
                .fields
                .into_iter()
                .map(|(key, value)| (key, paths(value)))
                .collect(),
            constants: raw.constants,
        })
    }
}

impl Target {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Post => &KEYS.0,
            Self::Ticket => &KEYS.1,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Ticket => "ticket",
        }
    }
}

impl Mapping {
    /// Their object as ours. What is not mapped is left out; Unix times become texts.
    pub(super) fn apply(&self, theirs: &Map<String, Value>) -> Map<String, Value> {
        let mut ours = Map::new();
        ours.insert("kind".to_owned(), self.target.name().into());
        for (key, value) in &self.constants {
            ours.insert(key.clone(), value.clone().into());
        }
        for (key, paths) in &self.fields {
            let found = paths.iter().find_map(|path| find(theirs, path));
            let Some(value) = found else { continue };
            let time = key.ends_with("_at").then(|| unix(value)).flatten();
            let value = time.map_or_else(|| value.clone(), |time| time.to_rfc3339().into());
            ours.insert(key.clone(), value);
        }
        ours
    }
}

/// The value at a path. A key that holds the whole path, dots and all, comes first; nothing and empty texts are absent.
fn find<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let value = object.get(path).or_else(|| {
        let (first, rest) = path.split_once('.')?;
        find(object.get(first)?.as_object()?, rest)
    })?;
    let absent = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
    (!absent).then_some(value)
}

/// Keys grid platforms use for a grid worker's (网格员) report, by our own.
const GRID: [(&str, &[&str]); 10] = [
    (
        "no",
        &[
            "事件编号",
            "工单编号",
            "编号",
            "event_no",
            "eventNo",
            "event_code",
            "eventCode",
            "event_id",
            "eventId",
        ],
    ),
    (
        "title",
        &[
            "事件标题",
            "事件名称",
            "标题",
            "event_title",
            "eventTitle",
            "event_name",
            "eventName",
            "title",
        ],
    ),
    (
        "body",
        &[
            "事件描述",
            "事件内容",
            "问题描述",
            "内容",
            "event_desc",
            "eventDesc",
            "description",
            "content",
        ],
    ),
    (
        "region",
        &[
            "所属网格",
            "网格名称",
            "所属社区",
            "grid_name",
            "gridName",
            "community_name",
            "communityName",
        ],
    ),
    (
        "accepted_at",
        &[
            "上报时间",
            "采集时间",
            "report_time",
            "reportTime",
            "create_time",
            "createTime",
        ],
    ),
    (
        "unit",
        &[
            "处置部门",
            "处置单位",
            "承办单位",
            "主责部门",
            "handle_dept",
            "handleDept",
        ],
    ),
    (
        "dispatched_at",
        &[
            "派遣时间",
            "派单时间",
            "交办时间",
            "dispatch_time",
            "dispatchTime",
        ],
    ),
    (
        "due_at",
        &["处置时限", "办结时限", "deadline", "limit_time", "limitTime"],
    ),
    (
        "resolved_at",
        &[
            "办结时间",
            "结案时间",
            "处置时间",
            "finish_time",
            "finishTime",
            "close_time",
            "closeTime",
        ],
    ),
    (
        "reply",
        &[
            "处置结果",
            "处理结果",
            "办理结果",
            "handle_result",
            "handleResult",
        ],
    ),
];

/// The mapping of grid workers' reports. The reporter is not taken: nothing here is about persons.
pub(super) fn grid() -> Mapping {
    let fields = GRID.iter().map(|(key, paths)| {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        ((*key).to_owned(), paths)
    });
    Mapping {
        target: Target::Ticket,
        fields: fields.collect(),
        constants: BTreeMap::from([("channel".to_owned(), "网格上报".to_owned())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn fields_are_found_where_the_configuration_says() {
        let mapping: Mapping = toml::from_str(
            "target = 'ticket'\n[fields]\nno = 'head.no'\ntitle = ['subject', 'head.name']\naccepted_at = 'ts'\nbody = 'a.b'\n[constants]\nchannel = '城管'",
        )
        .unwrap();
        let ours = mapping.apply(&object(json!({
            "head": {"no": 12, "name": "井盖"}, "subject": " ", "ts": 1_710_000_000, "a.b": "井盖松动", "phone": "x"
        })));
        let expected = json!({
            "kind": "ticket", "no": 12, "title": "井盖", "body": "井盖松动", "accepted_at": "2024-03-10T00:00:00+08:00", "channel": "城管"
        });
        assert_eq!(Value::Object(ours), expected);
    }

    #[test]
    fn a_field_that_does_not_exist_is_refused_with_the_nearest() {
        let error = toml::from_str::<Mapping>("target = 'post'\n[fields]\npublishd_at = 'x'").unwrap_err();
        assert!(error.to_string().contains("published_at"), "{error}");
        assert!(toml::from_str::<Mapping>("target = 'post'\n[fields]\nkind = 'x'").is_err());
    }

    #[test]
    fn grid_reports_are_tickets_by_either_languages_keys() {
        for report in [
            json!({"事件编号": "W1", "事件描述": "占道经营", "上报时间": "2024-03-10 00:00:00", "所属网格": "一网格", "上报人": "某某"}),
            json!({"eventNo": "W1", "description": "占道经营", "reportTime": 1_710_000_000_000_i64, "gridName": "一网格"}),
        ] {
            let ours = grid().apply(&object(report));
            assert_eq!(
                (&ours["no"], &ours["body"], &ours["region"]),
                (&json!("W1"), &json!("占道经营"), &json!("一网格"))
            );
            assert_eq!((ours.len(), &ours["channel"]), (6, &json!("网格上报")));
        }
    }
}
