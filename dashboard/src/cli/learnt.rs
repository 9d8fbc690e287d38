//! What people said in the ledger, as `train` and `evaluate` read it. Reads beside a running process.

use super::Common;
use crate::run;
use analytics::{
    label::{Models, correct::Material},
    ledger::{Judged, Ledger},
};
use anyhow::Context;
use index::Segmenter;

/// Tickets whose label was let stand that are learnt from, at most: enough to hold the model where it is right.
const LET_STAND: usize = 2000;

/// The labels of the ledger with the weights they correct.
pub(super) struct Learnt {
    pub(super) judged: Vec<Judged>,
    let_stand: Vec<Judged>,
    base: Models,
    segmenter: Segmenter,
}

impl Learnt {
    pub(super) fn read(common: &Common) -> anyhow::Result<Self> {
        let (config, data) = (common.config()?, common.existing_data());
        anyhow::ensure!(
            data.ledger().exists(),
            "there is no ledger in {}: name the data folder with --data, or labelled texts with --tickets and --labels",
            data.root().display()
        );
        let name = || data.ledger().display().to_string();
        let ledger = Ledger::open_reader(&data.ledger(), run::rules(&config)?).with_context(name)?;
        Ok(Self {
            judged: ledger.judged().with_context(name)?,
            let_stand: ledger.let_stand(LET_STAND).with_context(name)?,
            base: run::base_models(&data)?,
            segmenter: run::segmenter(&config)?,
        })
    }

    pub(super) fn material(&self) -> Material<'_> {
        Material {
            judged: &self.judged,
            let_stand: &self.let_stand,
            base: &self.base,
            segmenter: &self.segmenter,
        }
    }
}
