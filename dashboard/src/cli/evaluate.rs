//! `minsheng evaluate`: per-class figures on labels the model has not seen; of a correction, against the model in use.

use super::{
    Common,
    learnt::Learnt,
    output::{Output, progress},
    train::Texts,
};
use crate::{data::DataDir, run};
use analytics::label::{
    correct::{self, Correction, Report},
    evaluate::{EvaluateInput, SPLIT, evaluate},
    weights::Weights,
};
use anyhow::Context;
use clap::Args;
use index::Segmenter;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct EvaluateArgs {
    #[command(flatten)]
    texts: Texts,
    /// Lines of id and part (train or test), parted by a tab; the project's own split where not given
    #[arg(long, value_name = "FILE", requires = "tickets")]
    split: Option<PathBuf>,
    /// Weight file to measure; without it a model is first learnt from the train part. A model that learnt from the
    /// test part measures its memory
    #[arg(long, value_name = "FILE", requires = "tickets")]
    model: Option<PathBuf>,
    /// Put the correction that `minsheng train` learnt from the ledger to use, unless it is worse
    #[arg(long, conflicts_with = "tickets")]
    install: bool,
    /// Put it to use even when it is worse
    #[arg(long, requires = "install")]
    force: bool,
}

pub(super) fn run(common: &Common, args: &EvaluateArgs) -> anyhow::Result<()> {
    let segmenter = run::segmenter(&common.config()?)?;
    let mut out = Output::new();
    if args.texts.input(&segmenter).is_some() {
        let report = of_texts(args, &segmenter)?;
        if common.json() {
            out.json(&report)?;
        } else {
            out.line(&report)?;
        }
        return out.flush();
    }
    let data = common.existing_data();
    let learnt = Learnt::read(common)?;
    let in_use = in_use(&data, &learnt);
    let report = correct::measure(&learnt.material(), in_use.as_ref())?;
    if common.json() {
        out.json(&report)?;
    } else {
        out.line(&report)?;
    }
    out.flush()?;
    if args.install {
        install(&data, &learnt, &report, args.force)?;
    }
    Ok(())
}

/// The correction in use. One that is damaged or belongs to other weights labels nothing and is no measure.
fn in_use(data: &DataDir, learnt: &Learnt) -> Option<Correction> {
    let correction = match run::correction(data) {
        Ok(correction) => correction?,
        Err(error) => {
            eprintln!("{error:#}; it is not in use");
            return None;
        }
    };
    if correction.base() != learnt.material().base.base_hash() {
        let file = data.correction();
        eprintln!("{} belongs to other weights and is not in use", file.display());
        return None;
    }
    Some(correction)
}

fn of_texts(
    args: &EvaluateArgs,
    segmenter: &Segmenter,
) -> anyhow::Result<analytics::label::evaluate::Report> {
    let texts = args
        .texts
        .input(segmenter)
        .context("--tickets and --labels are needed")?;
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
        texts,
        split: split.as_deref().unwrap_or(SPLIT),
        model: model.as_ref(),
    };
    let bar = progress(0, "evaluate");
    let report = evaluate(&input, &|done, planned| {
        bar.set_length(planned);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    Ok(report)
}

/// Puts the candidate in the place of the correction in use. The figures hold for what the same labels teach, so a candidate
/// of other labels is refused.
fn install(data: &DataDir, learnt: &Learnt, report: &Report, force: bool) -> anyhow::Result<()> {
    let candidate = data.correction_candidate();
    anyhow::ensure!(
        candidate.exists(),
        "there is no candidate {}: run `minsheng train` first",
        candidate.display()
    );
    let correction = Correction::load(&read(&candidate)?).with_context(|| candidate.display().to_string())?;
    anyhow::ensure!(
        correction.learnt_from(&learnt.judged) && correction.base() == learnt.material().base.base_hash(),
        "labels or weights have changed since {} was learnt: run `minsheng train` again",
        candidate.display()
    );
    anyhow::ensure!(
        report.worse.is_empty() || force,
        "not installed: {}; --force installs it all the same{}",
        report.worse.join("; "),
        match data.correction().exists() {
            true => format!(
                ", and without {} the shipped weights label alone",
                data.correction().display()
            ),
            false => String::new(),
        }
    );
    std::fs::rename(&candidate, data.correction()).with_context(|| candidate.display().to_string())?;
    eprintln!(
        "installed {}; a running `minsheng run` takes it up when it is started again, `minsheng relabel` then applies it \
         to the past",
        data.correction().display()
    );
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}
