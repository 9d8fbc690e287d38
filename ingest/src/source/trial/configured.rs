//! Trying a source as it is configured: where a visit would begin is where the trial begins.

use super::{NAME, Options, Trial, address, file, shown};
use crate::{
    fetch::{FetchError, Fetcher},
    source::{
        Kind, SourceError,
        file::{EXTENSIONS, extension},
        letters::{self, LettersConfig},
        open311::{self, Open311Config},
        state::{CollectState, Summary, Visit, VisitError},
    },
};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;
use url::Url;

/// Why a source was not tried.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// Its records are brought by others: there is nothing to go and see.
    #[error("a {0} source cannot be tried: {1}")]
    Untriable(&'static str, &'static str),
    /// The configuration is wrong.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// The file cannot be opened as a whole.
    #[error(transparent)]
    File(#[from] SourceError),
    /// The watched folder cannot be read, or is empty.
    #[error("watched folder holds no file that can be read")]
    Folder,
    /// A task ended by a defect.
    #[error("trial ended: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl TrialError {
    /// The reason for people.
    pub fn chinese(&self) -> String {
        match self {
            Self::Untriable("push", _) => {
                "推送来源由对方发送数据，无法试采；可让对方先推送一条，在本页查看结果。".to_owned()
            }
            Self::Untriable(..) => {
                "Kafka 主题随写随读，不作试采；启用后在本页查看读取情况，未能读取的消息逐条列出。".to_owned()
            }
            Self::Visit(VisitError::Fetch(error)) => format!("试采失败：{}", error.chinese()),
            Self::Visit(VisitError::Config(_)) => "来源配置有误，请检查选择器、地址和正则表达式。".to_owned(),
            Self::Visit(_) => "试采失败：对方返回的内容无法读取。".to_owned(),
            Self::File(_) => "监视文件夹中最新的文件无法读取。".to_owned(),
            Self::Folder => "监视文件夹无法读取，或其中没有可读取的文件。".to_owned(),
            Self::Task(_) => "试采意外中止。".to_owned(),
        }
    }
}

/// Tries a source from where its visits begin: the feed, the first list or sitemap, the endpoint, or the newest file of
/// the watched folder. At most `limit` pages are fetched beyond that, or rows read.
///
/// # Errors
/// When the source cannot be tried at all; what cannot be fetched or read is a finding.
pub async fn source(kind: &Kind, fetcher: &Fetcher, limit: usize) -> Result<Trial, TrialError> {
    let begin = |address: Option<&String>| -> Result<Url, TrialError> {
        let address = address.map(|address| Url::parse(address));
        Ok(address
            .and_then(Result::ok)
            .ok_or(VisitError::Fetch(FetchError::BadUrl))?)
    };
    let options = |allow_private| Options {
        kind: Some(kind),
        limit,
        allow_private,
    };
    match kind {
        Kind::Feed(feed) => {
            let url = begin(Some(&feed.url))?;
            address(&url, fetcher, &options(feed.allow_private)).await
        }
        Kind::Site(site) => {
            let url = begin(site.lists.iter().chain(&site.sitemaps).next())?;
            address(&url, fetcher, &options(site.allow_private)).await
        }
        Kind::Letters(config) => of_letters(config.clone(), fetcher, limit).await,
        Kind::Open311(config) => of_open311(config.clone(), fetcher, limit).await,
        Kind::Spreadsheet(config) => newest_file(&config.folder, kind, limit).await,
        Kind::JsonLines(config) => newest_file(&config.folder, kind, limit).await,
        Kind::Push(_) | Kind::KafkaTopic(_) => Err(untriable(kind)),
    }
}

pub(super) fn untriable(kind: &Kind) -> TrialError {
    let why = match kind {
        Kind::Push(_) => "its records are sent by others",
        _ => "its messages are read as they are written",
    };
    TrialError::Untriable(kind.name(), why)
}

pub(super) async fn of_letters(
    config: LettersConfig,
    fetcher: &Fetcher,
    limit: usize,
) -> Result<Trial, TrialError> {
    let config = LettersConfig {
        max_letters: limit,
        max_pages: 1,
        ..config
    };
    let state = CollectState::in_memory().map_err(VisitError::from)?;
    let (sink, visits) = mpsc::channel(1);
    let visit = async {
        let done = letters::visit(&config, NAME, fetcher, &state, &sink).await;
        drop(sink);
        done
    };
    let (done, mut trial) = tokio::join!(visit, listen("letters", visits, limit));
    ended(done, &mut trial)?;
    trial.untried += state
        .waiting(NAME, usize::MAX >> 1)
        .map_err(VisitError::from)?
        .len();
    Ok(trial)
}

pub(super) async fn of_open311(
    config: Open311Config,
    fetcher: &Fetcher,
    limit: usize,
) -> Result<Trial, TrialError> {
    let config = Open311Config {
        page_size: config.page_size.min(limit.max(1)),
        ..config
    };
    let state = CollectState::in_memory().map_err(VisitError::from)?;
    let (sink, visits) = mpsc::channel(1);
    let visit = async {
        let done = open311::visit(&config, NAME, fetcher, &state, &sink).await;
        drop(sink);
        done
    };
    let (done, mut trial) = tokio::join!(visit, listen("open311", visits, limit));
    ended(done, &mut trial)?;
    Ok(trial)
}

/// Takes what a visit brings until there is enough of it; a visit that nobody listens to any more ends.
async fn listen(taken_for: &'static str, mut visits: mpsc::Receiver<Visit>, limit: usize) -> Trial {
    let mut collected = Vec::new();
    while collected.len() < limit
        && let Some(Visit { collected: some, .. }) = visits.recv().await
    {
        collected.extend(some);
    }
    collected.truncate(limit);
    Trial {
        taken_for,
        findings: shown(collected.into_iter()),
        untried: 0,
    }
}

/// A visit that failed with nothing to show is a finding when the other side is to blame.
fn ended(done: Result<Summary, VisitError>, trial: &mut Trial) -> Result<(), VisitError> {
    match done {
        Ok(_) | Err(VisitError::Closed) => Ok(()),
        Err(VisitError::Fetch(error)) => {
            trial.findings.push(super::Finding::Refused {
                place: crate::record::Place::default(),
                code: error.code().to_owned(),
                reason: error.chinese(),
            });
            Ok(())
        }
        Err(error) => Err(error),
    }
}

async fn newest_file(folder: &Path, kind: &Kind, limit: usize) -> Result<Trial, TrialError> {
    let (folder, kind) = (folder.to_owned(), kind.clone());
    tokio::task::spawn_blocking(move || {
        let newest: Option<PathBuf> = std::fs::read_dir(&folder)
            .map_err(|_| TrialError::Folder)?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.is_file() && EXTENSIONS.contains(&extension(path).as_str()))
            .max_by_key(|path| {
                (
                    std::fs::metadata(path).and_then(|file| file.modified()).ok(),
                    path.clone(),
                )
            });
        let options = Options {
            kind: Some(&kind),
            limit,
            allow_private: false,
        };
        Ok(file(&newest.ok_or(TrialError::Folder)?, None, &options)?)
    })
    .await?
}
