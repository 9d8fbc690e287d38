//! `minsheng train`: from labelled texts to a weight file.

use super::{Common, output::progress};
use crate::run;
use analytics::label::train::{TrainInput, train};
use clap::Args;
use index::Segmenter;
use std::path::PathBuf;

/// The labelled texts that `train` learns from and `evaluate` measures on.
#[derive(Debug, Args)]
pub(super) struct Texts {
    /// JSON Lines of messages: {"id","title","body"}
    #[arg(long, value_name = "FILE")]
    tickets: PathBuf,
    /// Tab-separated labels with a heading line: id, type, topic, sure
    #[arg(long, value_name = "FILE")]
    labels: PathBuf,
    /// JSON Lines of further messages with a topic only: {"id","title","body","topic"}
    #[arg(long, value_name = "FILE")]
    topics: Option<PathBuf>,
    /// JSON Lines of posts with a sentiment, and an emotion where known: {"id","text","sentiment","emotion"}
    #[arg(long, value_name = "FILE")]
    posts: Option<PathBuf>,
    /// Folder of further texts: *.txt with lines type|topic|sentiment|title|body
    #[arg(long, value_name = "DIR")]
    material: Option<PathBuf>,
    /// Vectors of words; the project's own are analytics/models/words.vectors
    #[arg(long, value_name = "FILE")]
    vectors: Option<PathBuf>,
}

impl Texts {
    pub(super) fn input<'a>(&'a self, segmenter: &'a Segmenter) -> TrainInput<'a> {
        TrainInput {
            tickets: &self.tickets,
            labels: &self.labels,
            topics: self.topics.as_deref(),
            posts: self.posts.as_deref(),
            material: self.material.as_deref(),
            vectors: self.vectors.as_deref(),
            segmenter,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct TrainArgs {
    #[command(flatten)]
    texts: Texts,
    /// Weight file to write; as `model.bin` in a data folder it replaces the shipped model there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(common: &Common, args: &TrainArgs) -> anyhow::Result<()> {
    let segmenter = run::segmenter(&common.config()?)?;
    let bar = progress(0, "train");
    let weights = train(&args.texts.input(&segmenter), &|done, planned| {
        bar.set_length(planned);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    weights.save(&args.out)?;
    eprintln!("wrote {}", args.out.display());
    Ok(())
}
