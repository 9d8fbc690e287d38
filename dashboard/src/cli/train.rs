//! `minsheng train`: a correction from the ledger's human labels, or all weights from labelled texts.

use super::{Common, learnt::Learnt, output::progress};
use crate::run;
use analytics::label::{
    correct::Correction,
    train::{TrainInput, train},
};
use clap::Args;
use index::Segmenter;
use std::path::PathBuf;

/// The labelled texts that `train` learns from and `evaluate` measures on; the ledger's human labels where none are named.
#[derive(Debug, Args)]
pub(super) struct Texts {
    /// JSON Lines of messages: {"id","title","body"}; without it, the human labels of the ledger
    #[arg(long, value_name = "FILE", requires = "labels")]
    tickets: Option<PathBuf>,
    /// Tab-separated labels with a heading line: id, type, topic, sure
    #[arg(long, value_name = "FILE", requires = "tickets")]
    labels: Option<PathBuf>,
    /// JSON Lines of further messages with a topic only: {"id","title","body","topic"}
    #[arg(long, value_name = "FILE", requires = "tickets")]
    topics: Option<PathBuf>,
    /// JSON Lines of posts with a sentiment, and an emotion where known: {"id","text","sentiment","emotion"}
    #[arg(long, value_name = "FILE", requires = "tickets")]
    posts: Option<PathBuf>,
    /// Folder of further texts: *.txt with lines type|topic|sentiment|title|body
    #[arg(long, value_name = "DIR", requires = "tickets")]
    material: Option<PathBuf>,
    /// Vectors of words; the project's own are analytics/models/words.vectors
    #[arg(long, value_name = "FILE", requires = "tickets")]
    vectors: Option<PathBuf>,
    /// What words speak for; the project's own are analytics/models/lexicon.tsv
    #[arg(long, value_name = "FILE", requires = "tickets")]
    lexicon: Option<PathBuf>,
    /// What clauses of these texts do; the project's own are analytics/models/acts.tsv
    #[arg(long, value_name = "FILE", requires = "tickets")]
    acts: Option<PathBuf>,
}

impl Texts {
    /// The named texts; `None` where the ledger is meant.
    pub(super) fn input<'a>(&'a self, segmenter: &'a Segmenter) -> Option<TrainInput<'a>> {
        Some(TrainInput {
            tickets: self.tickets.as_deref()?,
            labels: self.labels.as_deref()?,
            topics: self.topics.as_deref(),
            posts: self.posts.as_deref(),
            material: self.material.as_deref(),
            vectors: self.vectors.as_deref(),
            lexicon: self.lexicon.as_deref(),
            acts: self.acts.as_deref(),
            segmenter,
        })
    }
}

#[derive(Debug, Args)]
pub(super) struct TrainArgs {
    #[command(flatten)]
    texts: Texts,
    /// File to write. From labelled texts: a weight file, which as `model.bin` in a data folder replaces the shipped
    /// weights. From the ledger: a correction; by default the data folder's candidate, which `minsheng evaluate
    /// --install` measures and puts to use
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(common: &Common, args: &TrainArgs) -> anyhow::Result<()> {
    let segmenter = run::segmenter(&common.config()?)?;
    let Some(input) = args.texts.input(&segmenter) else {
        return from_ledger(common, args);
    };
    let out = args
        .out
        .as_ref()
        .ok_or_else(|| anyhow::anyhow!("--out FILE is needed: where to write the weights"))?;
    let bar = progress(0, "train");
    let weights = train(&input, &|done, planned| {
        bar.set_length(planned);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    weights.save(out)?;
    eprintln!("wrote {}", out.display());
    Ok(())
}

fn from_ledger(common: &Common, args: &TrainArgs) -> anyhow::Result<()> {
    let learnt = Learnt::read(common)?;
    let correction = Correction::learn(&learnt.material())?;
    let out = args
        .out
        .clone()
        .unwrap_or_else(|| common.existing_data().correction_candidate());
    correction.save(&out)?;
    eprintln!(
        "learnt from {} tickets people classified, wrote {}; `minsheng evaluate --install` measures it and puts it to use",
        learnt.judged.len(),
        out.display()
    );
    Ok(())
}
