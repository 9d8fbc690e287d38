//! `minsheng classify`: JSON Lines in, one line each out, memory flat however long the stream is.

mod lines;

use super::{Common, output::Output};
use crate::run::models_of;
use analytics::label::{Evidence, Label, Models, Text, Words, sentiment_name};
use anyhow::Context;
use clap::{Args, ValueEnum};
use index::Segmenter;
use ingest::{clean::mask, record::TicketType};
use lines::{Line, Lines};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    borrow::Cow,
    io::{BufReader, Read, Write},
    path::PathBuf,
};

/// Lines a thread works on at once: few enough that their words are still at hand when they are labelled.
const AT_ONCE: usize = 64;
/// Pieces of evidence per ticket.
const EVIDENCE: usize = 5;

#[derive(Debug, Args)]
pub(super) struct ClassifyArgs {
    /// JSON Lines of {"id","title","body"}; standard input where not given or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Leave the evidence out
    #[arg(long)]
    no_evidence: bool,
    /// Label only this, without evidence, region, businesses and sensitive content: faster, sentiment alone the most
    #[arg(long, value_name = "PART", value_enum, value_delimiter = ',')]
    only: Vec<Part>,
}

/// A part of a label that can be asked for by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// 诉求类型 with confidence and abstention
    Type,
    /// 诉求领域 with confidence
    Topic,
    /// Sentiment as number and class
    Sentiment,
}

/// A line as it is written; what may be missing is checked by [`parse`].
#[derive(Deserialize)]
struct Ticket {
    #[serde(default)]
    id: Value,
    title: Option<String>,
    body: Option<String>,
}

impl Ticket {
    fn title(&self) -> &str {
        self.title.as_deref().unwrap_or_default()
    }

    fn body(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Value,
    #[serde(flatten)]
    label: &'a Label,
    evidence: &'a [Evidence],
}

/// An answer of parts alone.
#[derive(Serialize)]
struct PartAnswer<'a> {
    id: &'a Value,
    #[serde(flatten)]
    parts: &'a Parts,
}

/// The parts asked for, under the names they have in [`Label`].
#[derive(Default, Serialize)]
struct Parts {
    #[serde(flatten)]
    r#type: Option<TypePart>,
    #[serde(flatten)]
    topic: Option<TopicPart>,
    #[serde(flatten)]
    sentiment: Option<SentimentPart>,
}

/// What is told of a ticket.
enum Told {
    /// Everything, with its evidence.
    Whole(Box<Label>, Vec<Evidence>),
    /// What was asked for.
    Parts(Parts),
}

#[derive(Serialize)]
struct TypePart {
    r#type: TicketType,
    confidence: f32,
    abstained: bool,
}

#[derive(Serialize)]
struct TopicPart {
    topic: &'static str,
    topic_confidence: f32,
}

#[derive(Serialize)]
struct SentimentPart {
    sentiment: f32,
    sentiment_label: &'static str,
}

impl TypePart {
    fn of(label: &Label) -> Self {
        Self {
            r#type: label.r#type,
            confidence: label.confidence,
            abstained: label.abstained,
        }
    }
}

impl TopicPart {
    fn of(label: &Label) -> Self {
        Self {
            topic: label.topic,
            topic_confidence: label.topic_confidence,
        }
    }
}

impl SentimentPart {
    fn of(sentiment: f32) -> Self {
        Self {
            sentiment,
            sentiment_label: sentiment_name(sentiment),
        }
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    line: u64,
    error: &'a str,
}

pub(super) fn run(common: &Common, args: &ClassifyArgs) -> anyhow::Result<()> {
    let config = common.config()?;
    let segmenter = crate::run::segmenter(&config)?;
    let models = models_of(&config, &common.existing_data())?;
    let input: Box<dyn Read> = match &args.file {
        Some(path) if path.as_os_str() != "-" => Box::new(
            std::fs::File::open(path)
                .map_err(|error| anyhow::anyhow!("{} cannot be read: {error}", path.display()))?,
        ),
        _ => Box::new(std::io::stdin().lock()),
    };
    let mut lines = Lines::new(BufReader::with_capacity(1 << 16, input));
    let classifier = Classifier {
        models: &models,
        segmenter: &segmenter,
        only: &args.only,
        evidence: !args.no_evidence,
        json: common.json(),
    };
    let mut out = Output::new();
    let name = || match &args.file {
        Some(path) => format!("{} cannot be read", path.display()),
        None => "standard input cannot be read".to_owned(),
    };
    loop {
        let batch = lines.batch().with_context(name)?;
        if batch.is_empty() {
            return out.flush();
        }
        let answers: Vec<Vec<u8>> = batch
            .par_chunks(AT_ONCE)
            .map(|lines| classifier.answers(lines))
            .collect::<anyhow::Result<_>>()?;
        for part in answers {
            out.bytes(&part)?;
        }
    }
}

fn parse(line: &str) -> Result<Ticket, String> {
    // serde takes an array for a ticket, field by field.
    if !line.trim_start().starts_with('{') {
        return Err("not a ticket: no JSON object".to_owned());
    }
    let ticket: Ticket = serde_json::from_str(line).map_err(|error| match misfit(line) {
        Some(field) => format!("not a ticket: field {field} is no text"),
        None => format!(
            "not a ticket: {:?} error at column {}",
            error.classify(),
            error.column()
        ),
    })?;
    if ticket.title.is_none() && ticket.body.is_none() {
        return Err("not a ticket: neither field title nor field body".to_owned());
    }
    match &ticket.id {
        Value::Array(_) | Value::Object(_) | Value::Bool(_) => {
            Err("not a ticket: field id is neither text nor a number".to_owned())
        }
        // Its digits would come back as others.
        Value::Number(id) if id.is_f64() => Err(
            "not a ticket: field id is a number of too many digits or a fraction; write it as text"
                .to_owned(),
        ),
        _ => Ok(ticket),
    }
}

/// The field of a JSON object that should be text and is not.
fn misfit(line: &str) -> Option<&'static str> {
    let ticket: Value = serde_json::from_str(line).ok()?;
    ["title", "body"].into_iter().find(|field| {
        ticket
            .get(field)
            .is_some_and(|value| !(value.is_string() || value.is_null()))
    })
}

struct Classifier<'a> {
    models: &'a Models,
    segmenter: &'a Segmenter,
    /// What is asked for; everything where nothing is named.
    only: &'a [Part],
    evidence: bool,
    json: bool,
}

impl Classifier<'_> {
    /// A line of output for each line of input.
    fn answers(&self, lines: &[Line]) -> anyhow::Result<Vec<u8>> {
        let tickets: Vec<Result<Ticket, String>> = lines
            .iter()
            .map(|(_, line)| line.as_ref().map_err(String::clone).and_then(|line| parse(line)))
            .collect();
        let words: Vec<Words> = tickets
            .iter()
            .flatten()
            .map(|ticket| Words::of(self.segmenter, ticket.title(), ticket.body()))
            .collect();
        let texts: Vec<Text<'_>> = tickets
            .iter()
            .flatten()
            .zip(&words)
            .map(|(ticket, words)| words.text(ticket.title(), ticket.body()))
            .collect();
        let mut labelled = self.label(&texts)?.into_iter();
        let mut out = Vec::new();
        for ((number, _), ticket) in lines.iter().zip(&tickets) {
            match ticket {
                Ok(ticket) => {
                    if let Some(told) = labelled.next() {
                        self.answer(ticket, told, &mut out)?;
                    }
                }
                Err(error) if !self.json => writeln!(out, "line {number}: {error}")?,
                Err(error) => line(&mut out, &Refused { line: *number, error })?,
            }
        }
        Ok(out)
    }

    fn label(&self, texts: &[Text<'_>]) -> anyhow::Result<Vec<Told>> {
        let whole = |(label, evidence)| Told::Whole(Box::new(label), evidence);
        Ok(match (self.only, self.evidence) {
            ([], true) => {
                let told = self.models.explain(texts, EVIDENCE)?;
                told.into_iter().map(whole).collect()
            }
            ([], false) => {
                let labels = self.models.label(texts)?.into_iter();
                labels.map(|label| whole((label, Vec::new()))).collect()
            }
            ([Part::Sentiment], _) => {
                let sentiment = |number| Parts {
                    sentiment: Some(SentimentPart::of(number)),
                    ..Parts::default()
                };
                let numbers = self.models.sentiments(texts).into_iter();
                numbers.map(|number| Told::Parts(sentiment(number))).collect()
            }
            _ => {
                let labels = self.models.label_words(texts)?;
                labels
                    .iter()
                    .map(|label| Told::Parts(self.parts(label)))
                    .collect()
            }
        })
    }

    /// What was asked for of a label.
    fn parts(&self, label: &Label) -> Parts {
        let asked = |part| self.only.is_empty() || self.only.contains(&part);
        Parts {
            r#type: asked(Part::Type).then(|| TypePart::of(label)),
            topic: asked(Part::Topic).then(|| TopicPart::of(label)),
            sentiment: asked(Part::Sentiment).then(|| SentimentPart::of(label.sentiment)),
        }
    }

    fn answer(&self, ticket: &Ticket, told: Told, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let Ticket { id, .. } = ticket;
        match told {
            Told::Whole(mut label, mut evidence) if self.json => {
                // A number of a person is no reason to show, and no part of a name.
                let pieces = evidence.iter_mut().map(|piece| &mut piece.text);
                for text in pieces.chain(&mut label.organisations) {
                    if let Cow::Owned(masked) = mask(text) {
                        *text = masked;
                    }
                }
                line(
                    out,
                    &Answer {
                        id,
                        label: &label,
                        evidence: &evidence,
                    },
                )
            }
            Told::Parts(parts) if self.json => line(out, &PartAnswer { id, parts: &parts }),
            Told::Whole(label, _) => columns(out, id, &self.parts(&label)),
            Told::Parts(parts) => columns(out, id, &parts),
        }
    }
}

/// A line to read: what is told, parted by tabs.
fn columns(out: &mut Vec<u8>, id: &Value, parts: &Parts) -> anyhow::Result<()> {
    let mut columns = vec![id.to_string()];
    if let Some(part) = &parts.r#type {
        columns.push(part.r#type.chinese().to_owned());
        columns.push(format!("{:.2}", part.confidence));
    }
    if let Some(part) = &parts.topic {
        columns.push(part.topic.to_owned());
    }
    if let Some(part) = &parts.sentiment {
        columns.push(format!("{:+.2}", part.sentiment));
    }
    if let Some(part) = &parts.r#type {
        columns.push(if part.abstained { "待人工判定" } else { "" }.to_owned());
    }
    Ok(writeln!(out, "{}", columns.join("\t"))?)
}

fn line(out: &mut Vec<u8>, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    Ok(writeln!(out)?)
}

#[cfg(test)]
mod tests {
    use super::lines::MAX_LINE;
    use super::*;

    #[test]
    fn a_broken_line_is_answered_by_its_number_and_the_next_is_read() {
        let mut input = b"\xef\xbb\xbf{\"id\":1,\"body\":\"a\"}\n\n{broken\n\xff\xfe\n".to_vec();
        input.extend(vec![b'x'; MAX_LINE + 10]);
        input.extend(b"\n{\"id\":2,\"body\":\"\"}\n17\n{\"id\":3,\"body\":null}\n{\"id\":4,\"title\":null,\"body\":\"b\"}\n");
        input.extend(b"{\"id\":5,\"title\":5,\"body\":\"b\"}\n[\"a\",\"t\",\"b\"]\n");
        input.extend(b"{\"id\":20240101123456789012,\"body\":\"b\"}\n{\"id\":[1],\"body\":\"b\"}");
        let answers: Vec<(u64, Result<Ticket, String>)> = Lines::new(&*input)
            .batch()
            .unwrap()
            .into_iter()
            .map(|(number, line)| (number, line.and_then(|line| parse(&line))))
            .collect();
        let told: Vec<(u64, bool)> = answers.iter().map(|(n, answer)| (*n, answer.is_ok())).collect();
        assert_eq!(
            told,
            [
                (1, true),
                (3, false),
                (4, false),
                (5, false),
                (6, true),
                (7, false),
                (8, false),
                (9, true),
                (10, false),
                (11, false),
                (12, false),
                (13, false)
            ]
        );
        let error = |place: usize| answers[place].1.as_ref().err().unwrap();
        assert!(error(1).contains("column 2"), "{}", error(1));
        assert_eq!(error(2), "line is not UTF-8");
        assert!(error(3).contains("longer than"));
        assert!(error(6).contains("neither field title nor field body"));
        assert!(error(8).contains("field title"), "{}", error(8));
        assert!(error(9).contains("no JSON object"));
        assert!(error(10).contains("write it as text") && error(11).contains("field id"));
    }

    #[test]
    fn a_number_of_a_person_is_masked_wherever_it_is_told() {
        let (models, segmenter) = (Models::shipped().unwrap(), Segmenter::new("").unwrap());
        let classifier = Classifier {
            models: &models,
            segmenter: &segmenter,
            only: &[],
            evidence: true,
            json: true,
        };
        let line = r#"{"id":1,"body":"联系电话13900000000驾校不退费"}"#;
        let told = classifier.answers(&[(1, Ok(line.to_owned()))]).unwrap();
        let told = String::from_utf8(told).unwrap();
        assert!(
            told.contains("139****0000") && !told.contains("13900000000"),
            "{told}"
        );
    }
}
