//! The whole way — records on the log until searchable and in the ledger — against a bare loop over the same texts:
//! jieba-rs search-mode words and single characters with positions, both into tantivy, same number of threads.

use crate::{
    Done,
    log::{fill, post, runtime},
};
use analytics::{deadline::Rules, label::Models, ledger::Ledger, process::Processor};
use anyhow::Result;
use index::{Segmenter, writer::Index};
use ingest::{
    log::{self, LogConfig},
    record::{Body, Record},
};
use jieba_rs::{Jieba, TokenizeMode};
use rayon::prelude::*;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tantivy::{
    TantivyDocument,
    schema::{IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token},
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
    let jieba = Jieba::new();
    let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let options = TextOptions::default().set_indexing_options(indexing);
    let mut schema = Schema::builder();
    let words = schema.add_text_field("words", options.clone());
    let characters = schema.add_text_field("characters", options);
    let folder = tempfile::tempdir()?;
    let index = tantivy::Index::create_in_dir(folder.path(), schema.build())?;
    let mut writer = index.writer_with_num_threads(threads(), 256 << 20)?;
    let begun = Instant::now();
    for chunk in texts.chunks(4096) {
        let documents: Vec<TantivyDocument> = chunk
            .par_iter()
            .map(|text| {
                let mut document = TantivyDocument::new();
                document.add_pre_tokenized_text(words, words_of(&jieba, text));
                document.add_pre_tokenized_text(characters, characters_of(text));
                document
            })
            .collect();
        for document in documents {
            writer.add_document(document)?;
        }
    }
    writer.commit()?;
    Ok(Done {
        items: COUNT,
        took: begun.elapsed(),
    })
}

fn token(text: &str, position: usize) -> Token {
    Token {
        offset_from: 0,
        offset_to: 0,
        position,
        text: text.to_owned(),
        position_length: 1,
    }
}

fn words_of(jieba: &Jieba, text: &str) -> PreTokenizedString {
    let words = jieba.tokenize(text, TokenizeMode::Search, true);
    let tokens = words
        .iter()
        .enumerate()
        .map(|(position, word)| token(word.word, position))
        .collect();
    PreTokenizedString {
        text: String::new(),
        tokens,
    }
}

fn characters_of(text: &str) -> PreTokenizedString {
    let tokens = text
        .char_indices()
        .enumerate()
        .map(|(n, (at, c))| token(&text[at..at + c.len_utf8()], n))
        .collect();
    PreTokenizedString {
        text: String::new(),
        tokens,
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
        let processor = Processor::new(log, Arc::clone(&ledger), Arc::clone(&index), models, segmenter);
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
