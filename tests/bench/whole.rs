//! The whole way — records on the log until searchable and in the ledger — against a bare loop over the same texts:
//! jieba-rs search-mode words and single characters with positions, both into tantivy, same number of threads.

use crate::{
    Done,
    log::{fill, post, runtime},
};
use analytics::{copies::Rule, deadline::Rules, label::Models, ledger::Ledger, process::Processor};
use anyhow::Result;
use index::{Segmenter, writer::Index};
use ingest::{
    log::{self, LogConfig},
    record::{Body, Record},
};
use jieba_rs::{Jieba, TokenizeMode};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tantivy::{
    TantivyDocument,
    schema::{IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{Token, TokenStream, Tokenizer},
};
use tokio::sync::watch;

const COUNT: usize = 40_000;
/// tantivy's indexing threads, as the pipeline's index uses on this machine.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(4)
}

pub(crate) fn bare() -> Result<Done> {
    let texts: Vec<String> = (0..COUNT)
        .filter_map(|n| match post(n).body {
            Body::Post(post) => Some(post.body),
            _ => None,
        })
        .collect();
    let indexed_by = |tokenizer: &str| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing)
    };
    let mut schema = Schema::builder();
    let words = schema.add_text_field("words", indexed_by("words"));
    let characters = schema.add_text_field("characters", indexed_by("characters"));
    let folder = tempfile::tempdir()?;
    let index = tantivy::Index::create_in_dir(folder.path(), schema.build())?;
    index
        .tokenizers()
        .register("words", Words(Arc::new(Jieba::new())));
    index.tokenizers().register("characters", Characters);
    let mut writer = index.writer_with_num_threads(threads(), threads() * (64 << 20))?;
    let begun = Instant::now();
    for text in &texts {
        let mut document = TantivyDocument::new();
        document.add_text(words, text);
        document.add_text(characters, text);
        writer.add_document(document)?;
    }
    writer.commit()?;
    Ok(Done {
        items: COUNT,
        took: begun.elapsed(),
    })
}

/// jieba-rs in search mode, on tantivy's indexing threads.
#[derive(Clone)]
struct Words(Arc<Jieba>);

impl Tokenizer for Words {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let words = self.0.tokenize(text, TokenizeMode::Search, true);
        Tokens::of(words.into_iter().map(|word| word.word))
    }
}

/// Every character by itself.
#[derive(Clone)]
struct Characters;

impl Tokenizer for Characters {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        Tokens::of(text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]))
    }
}

struct Tokens {
    tokens: Vec<Token>,
    passed: usize,
}

impl Tokens {
    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let token = |(position, text): (usize, &str)| Token {
            position,
            text: text.to_owned(),
            ..Token::default()
        };
        Self {
            tokens: texts.enumerate().map(token).collect(),
            passed: 0,
        }
    }
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        self.passed += 1;
        self.passed <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.passed - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.passed - 1]
    }
}

pub(crate) fn whole() -> Result<Done> {
    let folder = tempfile::tempdir()?;
    runtime()?.block_on(async {
        let log = log::open(&LogConfig::default(), folder.path()).await?;
        let records: Vec<Record> = (0..COUNT).map(post).collect();
        fill(log.as_ref(), &records).await?;
        drop(records);
        let segmenter = Segmenter::new("")?;
        let ledger = Arc::new(Ledger::open(
            &folder.path().join("ledger.sqlite"),
            Rules::embedded()?,
        )?);
        let index = Arc::new(Index::open(&folder.path().join("index"), segmenter.clone())?);
        let models = Arc::new(Models::shipped()?);
        segmenter.segment("词典先行载入");
        let end = log.end().await?;
        let (stop, stopping) = watch::channel(false);
        let begun = Instant::now();
        let processor = Processor::new(
            log,
            Arc::clone(&ledger),
            Arc::clone(&index),
            models,
            segmenter,
            Rule::default(),
        );
        let running = tokio::spawn(processor.run(stopping));
        while !(index.checkpoint().reached(&end) && ledger.checkpoint()?.reached(&end)) {
            anyhow::ensure!(!running.is_finished(), "processing stopped");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let took = begun.elapsed();
        stop.send(true)?;
        running.await??;
        Ok(Done { items: COUNT, took })
    })
}
