//! The command line: one file per command. Exit codes: 0 done, 1 failed, 2 wrong usage.
//!
//! With `--json` a command prints JSON Lines only on standard output; logs and progress go to standard error.

mod audit_bulletin;
mod check;
mod classify;
mod deadline;
mod evaluate;
mod extract;
mod import;
mod learnt;
mod output;
mod relabel;
mod replay;
mod report;
mod search;
mod source;
mod train;

pub(crate) use search::lines as search_lines;

use crate::{config::Config, data::DataDir};
use clap::{Args, Parser, Subcommand};
use std::{io::IsTerminal, path::PathBuf, process::ExitCode};
use tracing_subscriber::EnvFilter;

/// Public-opinion monitoring and 12345-hotline analytics.
#[derive(Debug, Parser)]
#[command(
    name = "minsheng",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Options every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Data folder: log, ledger, index and keys
    #[arg(
        long,
        global = true,
        env = "MINSHENG_DATA",
        value_name = "DIR",
        default_value = "data"
    )]
    data: PathBuf,
    /// Configuration file; may be given again, later files override earlier ones
    #[arg(long, global = true, value_name = "FILE")]
    config: Vec<PathBuf>,
    /// Print JSON Lines on standard output
    #[arg(long, global = true)]
    json: bool,
}

impl Common {
    /// The joined configuration.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        Ok(Config::load(&self.config)?)
    }

    /// The data folder, made where it does not exist.
    pub(crate) fn data(&self) -> anyhow::Result<DataDir> {
        Ok(DataDir::open(&self.data)?)
    }

    /// The data folder as it is, made by nobody: for commands that only look.
    pub(crate) fn existing_data(&self) -> DataDir {
        DataDir::at(&self.data)
    }

    /// Whether to print JSON Lines.
    pub(crate) fn json(&self) -> bool {
        self.json
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start everything embedded with a small sample city and print the address of the dashboard
    Demo(crate::demo::DemoArgs),
    /// Collect, process and serve in one process
    Run,
    /// Collect only (roles apart need Kafka)
    Ingest,
    /// Carry the log into ledger and index only (roles apart need Kafka)
    Process,
    /// Serve the dashboard only, beside a `process` on the same data folder (roles apart need Kafka)
    Serve,
    /// Import hotline exports (XLSX, CSV) and JSON Lines of posts or tickets
    Import(import::ImportArgs),
    /// Search posts and tickets
    Search(search::SearchArgs),
    /// Label tickets: JSON Lines in, JSON Lines out
    Classify(classify::ClassifyArgs),
    /// Extract the article of a saved page or a URL
    Extract(extract::ExtractArgs),
    /// Try a source before it is configured
    Source(source::SourceArgs),
    /// Working-day deadline of a moment, with the way it was counted
    Deadline(deadline::DeadlineArgs),
    /// Every rate of a period with numerator, denominator and rule
    Report(report::ReportArgs),
    /// Check the counts and percentages of a published text or table
    AuditBulletin(audit_bulletin::BulletinArgs),
    /// Learn from the dispatchers' corrections in the ledger, or all weights anew from labelled texts
    Train(train::TrainArgs),
    /// Figures of a model on labels it has not seen, against the model in use; installs what was learnt
    Evaluate(evaluate::EvaluateArgs),
    /// Append the labels of the model in use for texts another model labelled, never over a person's
    Relabel,
    /// Rebuild ledger and index from the log
    Replay,
    /// Check configuration and data folder and say what is wrong
    Check,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_env("MINSHENG_LOG").unwrap_or_else(|_| EnvFilter::new("info,tantivy=warn")),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match dispatch(cli) {
        Ok(code) => code,
        Err(error) => {
            // A reader that closed the pipe (`| head`) has all it wanted.
            if error
                .downcast_ref::<std::io::Error>()
                .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
            {
                return ExitCode::SUCCESS;
            }
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let common = &cli.common;
    match cli.command {
        Command::Demo(args) => runtime()?.block_on(crate::demo::run(common.config()?, args)),
        Command::Run => runtime()?.block_on(crate::run::all(common.config()?, common.data()?)),
        Command::Ingest => runtime()?.block_on(crate::run::ingest(common.config()?, common.data()?)),
        Command::Process => runtime()?.block_on(crate::run::process(common.config()?, common.data()?)),
        Command::Serve => runtime()?.block_on(crate::run::serve(common.config()?, common.data()?)),
        Command::Import(args) => runtime()?.block_on(import::run(common, args)),
        Command::Search(args) => runtime()?.block_on(search::run(common, args)),
        Command::Classify(args) => classify::run(common, &args),
        Command::Extract(args) => runtime()?.block_on(extract::run(common, args)),
        Command::Source(args) => return runtime()?.block_on(source::run(common, args)),
        Command::Deadline(args) => return deadline::run(common, &args),
        Command::Report(args) => report::run(common, &args),
        Command::AuditBulletin(args) => audit_bulletin::run(common, &args),
        Command::Train(args) => train::run(common, &args),
        Command::Evaluate(args) => evaluate::run(common, &args),
        Command::Relabel => runtime()?.block_on(relabel::run(common)),
        Command::Replay => runtime()?.block_on(replay::run(common)),
        Command::Check => return runtime()?.block_on(check::run(common)),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
