//! `minsheng classify`: JSON Lines in, one line each out, memory flat however long the stream is.

use super::{Common, output::Output};
use crate::run::models_of;
use analytics::label::{Evidence, Label, Models, Text};
use clap::Args;
use index::{Segmented, Segmenter};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    io::{BufRead, BufReader, Read},
    path::PathBuf,
};

/// Lines labelled at once.
const BATCH: usize = 1024;
/// Bytes after which a batch is labelled though it has fewer lines: memory stays flat on a stream of long lines, too.
const BATCH_BYTES: usize = 4 << 20;
/// A ticket of a megabyte is none; a longer line is refused and skipped to its end.
const MAX_LINE: usize = 1 << 20;
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
}

#[derive(Deserialize)]
struct Ticket {
    #[serde(default)]
    id: serde_json::Value,
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a serde_json::Value,
    #[serde(flatten)]
    label: &'a Label,
    evidence: &'a [Evidence],
}

#[derive(Serialize)]
struct Refused {
    line: u64,
    error: String,
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
    let mut lines = Lines {
        input: BufReader::with_capacity(1 << 16, input),
        number: 0,
    };
    let mut out = Output::new();
    loop {
        let batch = lines.batch()?;
        if batch.is_empty() {
            return out.flush();
        }
        let tickets: Vec<(u64, Result<Ticket, String>)> = batch
            .into_par_iter()
            .map(|(number, line)| (number, line.and_then(|line| parse(&line))))
            .collect();
        answer(
            &tickets,
            &models,
            &segmenter,
            !args.no_evidence,
            common.json(),
            &mut out,
        )?;
    }
}

fn parse(line: &str) -> Result<Ticket, String> {
    serde_json::from_str(line).map_err(|error| {
        format!(
            "not a ticket: {:?} error at column {}",
            error.classify(),
            error.column()
        )
    })
}

fn answer(
    tickets: &[(u64, Result<Ticket, String>)],
    models: &Models,
    segmenter: &Segmenter,
    evidence: bool,
    json: bool,
    out: &mut Output,
) -> anyhow::Result<()> {
    let good: Vec<&Ticket> = tickets
        .iter()
        .filter_map(|(_, ticket)| ticket.as_ref().ok())
        .collect();
    let words: Vec<(Segmented, Segmented)> = good
        .par_iter()
        .map(|ticket| (segmenter.segment(&ticket.title), segmenter.segment(&ticket.body)))
        .collect();
    let texts: Vec<Text<'_>> = good
        .iter()
        .zip(&words)
        .map(|(ticket, words)| Text {
            title: &ticket.title,
            body: &ticket.body,
            title_words: &words.0,
            body_words: &words.1,
        })
        .collect();
    let labelled: Vec<(Label, Vec<Evidence>)> = texts
        .par_chunks(128)
        .map(|chunk| match evidence {
            true => models.explain(chunk, EVIDENCE),
            false => Ok(models
                .label(chunk)?
                .into_iter()
                .map(|label| (label, Vec::new()))
                .collect()),
        })
        .collect::<Result<Vec<_>, _>>()?
        .concat();
    let mut answers = good.iter().zip(&labelled);
    for (line, ticket) in tickets {
        match ticket {
            Ok(_) => {
                let Some((ticket, (label, evidence))) = answers.next() else {
                    continue;
                };
                if json {
                    out.json(&Answer {
                        id: &ticket.id,
                        label,
                        evidence,
                    })?;
                } else {
                    let sure = if label.abstained { "待人工判定" } else { "" };
                    out.line(format_args!(
                        "{}\t{}\t{:.2}\t{}\t{:+.2}\t{sure}",
                        ticket.id,
                        label.r#type.chinese(),
                        label.confidence,
                        label.topic,
                        label.sentiment
                    ))?;
                }
            }
            Err(error) if !json => out.line(format_args!("line {line}: {error}"))?,
            Err(error) => out.json(&Refused {
                line: *line,
                error: error.clone(),
            })?,
        }
    }
    Ok(())
}

/// Numbered lines of bounded length; blank lines are passed over.
struct Lines<R> {
    input: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// The next lines, as many as are labelled at once; none at the end.
    fn batch(&mut self) -> std::io::Result<Vec<(u64, Result<String, String>)>> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            let Some(line) = self.next().transpose()? else {
                break;
            };
            bytes += line.1.as_ref().map_or(0, String::len);
            batch.push(line);
        }
        Ok(batch)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = std::io::Result<(u64, Result<String, String>)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut bytes = Vec::new();
            match self
                .input
                .by_ref()
                .take(MAX_LINE as u64 + 1)
                .read_until(b'\n', &mut bytes)
            {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
            self.number += 1;
            if bytes.len() > MAX_LINE && bytes.last() != Some(&b'\n') {
                if let Err(error) = skip_line(&mut self.input) {
                    return Some(Err(error));
                }
                return Some(Ok((
                    self.number,
                    Err(format!("line is longer than {MAX_LINE} bytes")),
                )));
            }
            if !bytes.trim_ascii().is_empty() {
                let line = String::from_utf8(bytes).map_err(|_| "line is not UTF-8".to_owned());
                return Some(Ok((self.number, line)));
            }
        }
    }
}

fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Lines<&[u8]> {
        Lines { input, number: 0 }
    }

    #[test]
    fn a_broken_line_is_answered_by_its_number_and_the_next_is_read() {
        let mut input = b"{\"id\":1,\"body\":\"a\"}\n\n{broken\n\xff\xfe\n".to_vec();
        input.extend(vec![b'x'; MAX_LINE + 10]);
        input.extend(b"\n{\"id\":2}\n17\n{\"id\":3,\"body\":null}");
        let answers: Vec<(u64, Result<Ticket, String>)> = lines(&input)
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
                (8, false)
            ]
        );
        let error = |place: usize| answers[place].1.as_ref().err().unwrap();
        assert!(error(1).contains("column 2"), "{}", error(1));
        assert_eq!(error(2), "line is not UTF-8");
        assert!(error(3).contains("longer than"));
    }

    #[test]
    fn long_lines_make_small_batches() {
        let mut input = Vec::new();
        for _ in 0..12 {
            input.extend(vec![b' '; 10]);
            input.extend(vec![b'x'; MAX_LINE - 20]);
            input.push(b'\n');
        }
        let mut lines = lines(&input);
        let mut sizes = Vec::new();
        loop {
            let batch = lines.batch().unwrap();
            if batch.is_empty() {
                break;
            }
            sizes.push(batch.len());
        }
        assert_eq!(sizes.iter().sum::<usize>(), 12);
        assert!(sizes.iter().all(|size| *size <= 5), "{sizes:?}");
    }
}
