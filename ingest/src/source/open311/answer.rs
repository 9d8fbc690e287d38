//! What a GeoReport v2 server answers, in JSON or XML: service requests as flat fields.

use crate::{
    record::RecordId,
    source::state::VisitError,
    time::{self, Moment},
};
use quick_xml::{Reader, escape::resolve_xml_entity, events::Event};
use serde_json::Value;
use std::collections::BTreeMap;

/// One service request: its fields by name, nested ones left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ServiceRequest(BTreeMap<String, String>);

impl ServiceRequest {
    /// A field with something in it.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.0
            .get(field)
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.text("service_request_id")
    }

    pub(super) fn has_token(&self) -> bool {
        self.text("token").is_some()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.text("status")
            .is_some_and(|status| status.eq_ignore_ascii_case("closed"))
    }

    pub(super) fn excerpt(&self) -> &str {
        self.text("description")
            .or(self.text("service_name"))
            .unwrap_or_default()
    }

    /// A time with its zone; the field's name and what is wrong with it where it has none.
    pub(super) fn time(&self, field: &'static str) -> Result<Option<Moment>, (&'static str, &'static str)> {
        self.text(field)
            .map(|text| time::parse(text).ok_or((field, "时间无法识别")))
            .transpose()
    }

    /// Changes when anything of the request does.
    pub(super) fn digest(&self) -> String {
        let parts: Vec<&[u8]> = self
            .0
            .iter()
            .flat_map(|(field, text)| [field.as_bytes(), text.as_bytes()])
            .collect();
        RecordId::of(&parts).to_string()
    }
}

/// Reads a JSON answer: an array of requests, or one in an object as some servers have it.
///
/// # Errors
/// When it is neither.
pub(super) fn json(text: &str) -> Result<Vec<ServiceRequest>, VisitError> {
    let wrong = || VisitError::Feed("answer is no GeoReport v2 JSON");
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| wrong())?;
    let list = match &value {
        Value::Array(list) => list,
        Value::Object(object) => ["service_requests", "requests"]
            .iter()
            .find_map(|key| object.get(*key)?.as_array())
            .ok_or_else(wrong)?,
        _ => return Err(wrong()),
    };
    let request = |value: &Value| {
        let fields = value
            .as_object()?
            .iter()
            .filter_map(|(field, value)| match value {
                Value::String(text) => Some((field.clone(), text.clone())),
                Value::Number(number) => Some((field.clone(), number.to_string())),
                _ => None,
            });
        Some(ServiceRequest(fields.collect()))
    };
    list.iter()
        .map(|value| request(value).ok_or_else(wrong))
        .collect()
}

/// Reads an XML answer: `<service_requests><request><service_request_id>…`.
///
/// # Errors
/// When it is no such thing. Entities other than XML's own five are left out, never expanded.
pub(super) fn xml(text: &str) -> Result<Vec<ServiceRequest>, VisitError> {
    let wrong = || VisitError::Feed("answer is no GeoReport v2 XML");
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut requests = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut request = ServiceRequest::default();
    let mut rooted = false;
    loop {
        match reader.read_event().map_err(|_| wrong())? {
            Event::Start(tag) => {
                let name = String::from_utf8_lossy(tag.local_name().as_ref().as_ref()).into_owned();
                if path.is_empty() {
                    rooted = name == "service_requests";
                }
                path.push(name);
                if path.len() == 2 {
                    request = ServiceRequest::default();
                }
            }
            Event::End(_) => {
                if path.len() == 2 {
                    requests.push(std::mem::take(&mut request));
                }
                path.pop();
            }
            Event::Text(text) => add(&mut request, &path, &text.xml10_content()),
            Event::CData(text) => add(&mut request, &path, &text),
            Event::GeneralRef(entity) => {
                let known = match entity.resolve_char_ref() {
                    Ok(Some(character)) => Some(character.to_string()),
                    _ => resolve_xml_entity(&entity).map(str::to_owned),
                };
                add(&mut request, &path, &known.unwrap_or_default());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !rooted || !path.is_empty() {
        return Err(wrong());
    }
    Ok(requests)
}

fn add(request: &mut ServiceRequest, path: &[String], text: &str) {
    if let [_, _, field] = path {
        request.0.entry(field.clone()).or_default().push_str(text);
    }
}
