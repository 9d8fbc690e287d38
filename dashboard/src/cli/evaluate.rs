//! `minsheng evaluate`: per-class figures on texts the model has not seen.

use super::{
    Common,
    output::{Output, progress},
    train::Texts,
};
use crate::run;
use analytics::label::{
    evaluate::{EvaluateInput, SPLIT, evaluate},
    weights::Weights,
};
use anyhow::Context;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct EvaluateArgs {
    #[command(flatten)]
    texts: Texts,
    /// Lines of id and part (train or test), parted by a tab; the project's own split where not given
    #[arg(long, value_name = "FILE")]
    split: Option<PathBuf>,
    /// Weight file to measure; without it a model is first learnt from the train part. A model that learnt from the
    /// test part measures its memory
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

pub(super) fn run(common: &Common, args: &EvaluateArgs) -> anyhow::Result<()> {
    let segmenter = run::segmenter(&common.config()?)?;
    let read =
        |path: &PathBuf| std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
    let split = args
        .split
        .as_ref()
        .map(|path| anyhow::Ok(String::from_utf8(read(path)?)?))
        .transpose()?;
    let model = args
        .model
        .as_ref()
        .map(|path| anyhow::Ok(Weights::load(&read(path)?)?))
        .transpose()?;
    let input = EvaluateInput {
        texts: args.texts.input(&segmenter),
        split: split.as_deref().unwrap_or(SPLIT),
        model: model.as_ref(),
    };
    let bar = progress(0, "evaluate");
    let report = evaluate(&input, &|done, planned| {
        bar.set_length(planned);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let mut out = Output::new();
    if common.json() {
        out.json(&report)?;
    } else {
        out.line(&report)?;
    }
    out.flush()
}
