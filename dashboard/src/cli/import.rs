//! `minsheng import FILE…`: returns when what came in is searchable and in the ledger.

use super::{Common, output::Output, output::progress};
use crate::{
    data::DataError,
    run::{Engine, forward},
    state::ImportSummary,
};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// XLSX, CSV, JSON Lines
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Source the records belong to; a configured source of this name gives its column mapping
    #[arg(long, default_value = "import", value_name = "NAME")]
    source: String,
}

pub(super) async fn run(common: &Common, args: ImportArgs) -> anyhow::Result<()> {
    let files: Vec<PathBuf> = args
        .files
        .iter()
        .map(std::path::absolute)
        .collect::<Result<_, _>>()?;
    let summary = match Engine::open(common.config()?, common.data()?).await {
        Ok(engine) => {
            let bar = progress(0, "import");
            let done = engine
                .app()
                .import(&files, &args.source, &|rows| bar.set_position(rows))
                .await;
            bar.finish_and_clear();
            engine.stop().await?;
            done?
        }
        Err(error) => match error.downcast::<DataError>() {
            Ok(DataError::Held {
                owner: Some(owner), ..
            }) if owner.address.is_some() => forward::import(&owner, &files, &args.source).await?,
            Ok(other) => return Err(other.into()),
            Err(other) => return Err(other),
        },
    };
    print(common, &summary)
}

fn print(common: &Common, summary: &ImportSummary) -> anyhow::Result<()> {
    let mut out = Output::new();
    if common.json() {
        out.json(summary)?;
    } else {
        let ImportSummary {
            records,
            new,
            duplicate,
            dead,
        } = summary;
        out.line(format_args!(
            "{records} rows: {new} new, {duplicate} already known, {dead} refused"
        ))?;
        if *dead > 0 {
            out.line("the refused rows are on the dashboard's page /sources with row, field and reason")?;
        }
    }
    out.flush()
}
