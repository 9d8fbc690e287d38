//! Reads what is learnt from: labelled tickets, labelled posts and the project's own material.

use super::TrainInput;
use super::lines::{bad, lines, rows};
use crate::label::error::LabelError;
use crate::label::text::{EMOTIONS, SENTIMENTS, TOPICS};
use ingest::record::TicketType;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Posts of mixed topics, by the prefix of their ids; all others are about one epidemic.
pub(crate) const MIXED: &str = "u";

/// A labelled text. A label that is `None` is not known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Example {
    /// Empty for the project's own material.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) r#type: Option<usize>,
    pub(crate) topic: Option<usize>,
    pub(crate) sentiment: Option<usize>,
    /// Place in [`EMOTIONS`]: the sentiment, told finer.
    pub(crate) emotion: Option<usize>,
    /// The reader was sure of the type.
    pub(crate) sure: bool,
}

/// Everything to learn from or to measure on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Corpus {
    pub(crate) tickets: Vec<Example>,
    pub(crate) posts: Vec<Example>,
    pub(crate) material: Vec<Example>,
}

#[derive(Deserialize)]
struct Message {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
}

#[derive(Deserialize)]
struct TopicMessage {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
    topic: String,
}

#[derive(Deserialize)]
struct LabelledPost {
    id: String,
    text: String,
    sentiment: String,
    #[serde(default)]
    emotion: Option<String>,
}

impl Corpus {
    /// Reads all the files `input` names, in their own order.
    pub(crate) fn read(input: &TrainInput<'_>) -> Result<Self, LabelError> {
        let mut corpus = Self {
            tickets: tickets(input.tickets, input.labels)?,
            ..Self::default()
        };
        if let Some(file) = input.topics {
            for (at, message) in json_lines::<TopicMessage>(file)? {
                corpus.tickets.push(Example {
                    topic: Some(topic(&message.topic).ok_or_else(|| bad(file, at, "unknown topic"))?),
                    ..unlabelled(message.id, message.title, message.body)
                });
            }
        }
        if let Some(file) = input.posts {
            for (at, post) in json_lines::<LabelledPost>(file)? {
                let sentiment = SENTIMENTS.iter().position(|name| *name == post.sentiment);
                let sentiment = sentiment.ok_or_else(|| bad(file, at, "unknown sentiment"))?;
                let emotion = match &post.emotion {
                    None => emotion_of(sentiment),
                    Some(name) => EMOTIONS
                        .iter()
                        .position(|(emotion, of)| emotion == name && *of == sentiment)
                        .ok_or_else(|| bad(file, at, "unknown emotion, or not one of the sentiment"))?,
                };
                corpus.posts.push(Example {
                    sentiment: Some(sentiment),
                    emotion: Some(emotion),
                    ..unlabelled(post.id, String::new(), post.text)
                });
            }
        }
        if let Some(folder) = input.material {
            corpus.material = material_of(folder)?;
        }
        Ok(corpus)
    }
}

/// Joins messages with their labels; messages without one are left out.
fn tickets(messages: &Path, labels: &Path) -> Result<Vec<Example>, LabelError> {
    let mut labelled = FxHashMap::default();
    for (at, line) in lines(labels)?.into_iter().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [id, kind, field, sure] = fields[..] else {
            return Err(bad(labels, at, "not `id, type, topic, sure` parted by tabs"));
        };
        let kind = type_index(kind).ok_or_else(|| bad(labels, at, "unknown type"))?;
        let field = topic(field).ok_or_else(|| bad(labels, at, "unknown topic"))?;
        labelled.insert(id.to_owned(), (kind, field, sure.trim() == "1"));
    }
    let mut examples = Vec::with_capacity(labelled.len());
    for (_, message) in json_lines::<Message>(messages)? {
        if let Some(&(kind, field, sure)) = labelled.get(&message.id) {
            examples.push(Example {
                r#type: Some(kind),
                topic: Some(field),
                sure,
                ..unlabelled(message.id, message.title, message.body)
            });
        }
    }
    Ok(examples)
}

/// The texts of all files of the folder.
pub(crate) fn material_of(folder: &Path) -> Result<Vec<Example>, LabelError> {
    let files = material_files(folder)?;
    Ok(files
        .iter()
        .map(|file| material(file))
        .collect::<Result<Vec<_>, _>>()?
        .concat())
}

/// The text files of the folder by name, so that the order does not depend on the file system.
fn material_files(folder: &Path) -> Result<Vec<PathBuf>, LabelError> {
    let failed = |source| LabelError::File {
        file: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// One text a line: type, topic and sentiment (`-` where it says nothing), title (may be empty) and body, parted by `|`;
/// `#` begins a comment.
fn material(file: &Path) -> Result<Vec<Example>, LabelError> {
    let mut examples = Vec::new();
    for (at, line) in rows(file)? {
        if line.trim().is_empty() {
            continue;
        }
        let fields: Vec<&str> = line.splitn(5, '|').map(str::trim).collect();
        let [kind, field, sentiment, title, body] = fields[..] else {
            return Err(bad(file, at, "not `type|topic|sentiment|title|body`"));
        };
        let known = |name: &str, found: Option<usize>, why| match (name, found) {
            ("-", _) => Ok(None),
            (_, Some(index)) => Ok(Some(index)),
            (_, None) => Err(bad(file, at, why)),
        };
        let sentiment = known(
            sentiment,
            SENTIMENTS.iter().position(|s| *s == sentiment),
            "unknown sentiment",
        )?;
        examples.push(Example {
            r#type: known(kind, type_index(kind), "unknown type")?,
            topic: known(field, topic(field), "unknown topic")?,
            sentiment,
            emotion: sentiment.map(emotion_of),
            ..unlabelled(String::new(), title.to_owned(), body.to_owned())
        });
    }
    Ok(examples)
}

fn unlabelled(id: String, title: String, body: String) -> Example {
    Example {
        id,
        title,
        body,
        r#type: None,
        topic: None,
        sentiment: None,
        emotion: None,
        sure: true,
    }
}

/// The emotion of a text of which only the sentiment is known: the commonest one.
fn emotion_of(sentiment: usize) -> usize {
    EMOTIONS
        .iter()
        .position(|(_, of)| *of == sentiment)
        .unwrap_or_default()
}

fn type_index(name: &str) -> Option<usize> {
    TicketType::ALL.iter().position(|kind| kind.name() == name)
}

fn topic(name: &str) -> Option<usize> {
    TOPICS.iter().position(|topic| *topic == name)
}

fn json_lines<T: serde::de::DeserializeOwned>(file: &Path) -> Result<Vec<(usize, T)>, LabelError> {
    lines(file)?
        .into_iter()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            Ok((
                at,
                serde_json::from_str(&line).map_err(|_| bad(file, at, "not the JSON expected"))?,
            ))
        })
        .collect()
}
