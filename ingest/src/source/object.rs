//! Reading the fields of a JSON object from outside: what is wrong names the field.

use super::words;
use crate::{
    record::Medium,
    time::{self, Moment},
};
use serde_json::{Map, Value};

/// What is wrong: the field, the machine name of the reason, the reason for people.
pub(super) type Wrong = (String, &'static str, String);

/// A JSON object from outside. `null` and empty strings count as absent.
pub(super) struct Object<'a>(pub(super) &'a Map<String, Value>);

/// The field must be there.
pub(super) fn missing(key: &str) -> Wrong {
    (key.to_owned(), "missing_field", format!("缺少“{key}”"))
}

/// Letters a mistyped key may differ in.
const SLIPS: usize = 2;

impl Object<'_> {
    /// Refuses a key that looks like a slip of one of `known`: a mistyped `resolved_at` must not count as unresolved.
    /// Any other key says something this program has no use for, and is passed over.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Wrong> {
        for key in self.0.keys().filter(|key| !known.contains(&key.as_str())) {
            let nearest = super::nearest(key, known.iter().copied());
            if strsim::damerau_levenshtein(&key.to_lowercase(), nearest) <= SLIPS {
                // The key itself may be anything: it is shown masked, as the place's field.
                return Err((
                    key.clone(),
                    "unknown_key",
                    format!("未知的键，是否为“{nearest}”？"),
                ));
            }
        }
        Ok(())
    }

    /// A string or number as text.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, Wrong> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.trim().is_empty())),
            Some(Value::Number(number)) if !number.is_f64() => Ok(Some(number.to_string())),
            Some(_) => Err((key.to_owned(), "bad_value", format!("“{key}”应为字符串"))),
        }
    }

    /// As [`Self::text`], but it must be there.
    pub(super) fn required(&self, key: &str) -> Result<String, Wrong> {
        self.text(key)?.ok_or_else(|| missing(key))
    }

    /// A time.
    pub(super) fn moment(&self, key: &str) -> Result<Option<Moment>, Wrong> {
        let read = |text: String| {
            time::parse(&text).ok_or_else(|| (key.to_owned(), "bad_time", format!("“{key}”不是可识别的时间")))
        };
        self.text(key)?.map(read).transpose()
    }

    /// A word of [`words`].
    pub(super) fn word<T>(&self, key: &str, read: fn(&str) -> Option<T>) -> Result<Option<T>, Wrong> {
        let unknown = || (key.to_owned(), "unknown_word", format!("“{key}”不是可识别的取值"));
        self.text(key)?
            .map(|text| read(&text).ok_or_else(unknown))
            .transpose()
    }

    /// `true`, `false`, or a word for 直接答复.
    pub(super) fn flag(&self, key: &str) -> Result<bool, Wrong> {
        match self.0.get(key) {
            Some(Value::Bool(flag)) => Ok(*flag),
            _ => Ok(self.text(key)?.is_some_and(|text| words::is_direct(&text))),
        }
    }

    /// A medium by its JSON or Chinese name.
    pub(super) fn medium(&self, key: &str) -> Result<Medium, Wrong> {
        Ok(self.word(key, words::medium)?.unwrap_or_default())
    }

    /// A count: a number, its digits, or `1.2万`.
    pub(super) fn count(&self, key: &str) -> Result<Option<u64>, Wrong> {
        if let Some(count) = self.0.get(key).and_then(Value::as_u64) {
            return Ok(Some(count));
        }
        self.word(key, words::count)
    }
}
