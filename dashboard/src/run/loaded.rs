//! What the configuration names, loaded: clock, rules, dictionary, places, word lists, units, weights and the caller key.

use crate::{config::Config, data::DataDir};
use analytics::{
    deadline::{self, Calendar, Rules},
    label::{Models, correct::Correction, weights::Weights},
    region::Gazetteer,
    sensitive::Flags,
    units::Units,
};
use anyhow::Context;
use index::Segmenter;
use ingest::{
    clean::{CallerKey, Cleaner},
    time::{self, Moment},
};

/// Words added to jieba's dictionary unless the configuration names a file.
const DICTIONARY: &str = include_str!("../../../config/dictionary.txt");

/// The clock pages and actions go by.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Milliseconds added to the system's clock.
    shift: i64,
}

impl Clock {
    /// A clock that shows `start` now and ticks on; the system's where not given.
    pub fn starting(start: Option<Moment>) -> Self {
        Self {
            shift: start.map_or(0, |start| {
                start.timestamp_millis() - time::now().timestamp_millis()
            }),
        }
    }

    /// The present moment.
    pub fn now(self) -> Moment {
        time::from_millis(time::now().timestamp_millis() + self.shift)
    }
}

/// The clock the configuration asks for.
pub(crate) fn clock(config: &Config) -> Clock {
    Clock::starting(config.dashboard.clock_start)
}

/// Deadline rules and calendar, from the configured files or the embedded ones.
///
/// # Errors
/// Names the file and what is wrong in it.
pub(crate) fn rules(config: &Config) -> anyhow::Result<Rules> {
    let calendar = match &config.files.calendar {
        Some(folder) => Calendar::load(folder)?,
        None => Calendar::embedded()?,
    };
    let rules = match &config.files.deadlines {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            Rules::load(&text, &file.display().to_string(), calendar)?
        }
        None => Rules::load(deadline::EMBEDDED, deadline::EMBEDDED_ORIGIN, calendar)?,
    };
    Ok(rules)
}

/// The segmenter with the configured dictionary, or the embedded one.
///
/// # Errors
/// Names the file and the line.
pub(crate) fn segmenter(config: &Config) -> anyhow::Result<Segmenter> {
    match &config.files.dictionary {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            Segmenter::new(&text).with_context(|| file.display().to_string())
        }
        None => Ok(Segmenter::new(DICTIONARY)?),
    }
}

/// The weights installed in the data folder, else the shipped ones.
///
/// # Errors
/// When the installed weights cannot be read.
pub(crate) fn base_models(data: &DataDir) -> anyhow::Result<Models> {
    let installed = data.model();
    if installed.exists() {
        let name = || installed.display().to_string();
        let weights = Weights::load(&std::fs::read(&installed).with_context(name)?).with_context(name)?;
        return Models::from_weights(weights).with_context(name);
    }
    Ok(Models::shipped()?)
}

/// Places, from the configured files over the national list.
///
/// # Errors
/// Names the file and the line.
pub(crate) fn regions(config: &Config) -> anyhow::Result<Gazetteer> {
    let files: Vec<(String, String)> = config
        .files
        .regions
        .iter()
        .map(|file| read(file))
        .collect::<Result<_, _>>()?;
    Ok(Gazetteer::load(&files)?)
}

/// Word lists of sensitive content, from the configured file or the embedded one.
///
/// # Errors
/// Names the file and the line.
pub(crate) fn sensitive(config: &Config) -> anyhow::Result<Flags> {
    Ok(match &config.files.sensitive {
        Some(file) => {
            let (origin, text) = read(file)?;
            Flags::load(&text, &origin)?
        }
        None => Flags::embedded()?,
    })
}

/// A file's name for messages, and its text.
fn read(file: &std::path::Path) -> anyhow::Result<(String, String)> {
    let origin = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| format!("{origin} cannot be read"))?;
    Ok((origin, text))
}

/// The configured units; none where no file is named.
///
/// # Errors
/// Names the file and the line.
pub(crate) fn units(config: &Config) -> anyhow::Result<Units> {
    match &config.files.units {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            Ok(Units::load(&text, &file.display().to_string())?)
        }
        None => Ok(Units::default()),
    }
}

/// The correction installed in the data folder, if there is one.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn correction(data: &DataDir) -> anyhow::Result<Option<Correction>> {
    let installed = data.correction();
    let name = || installed.display().to_string();
    match std::fs::read(&installed) {
        Ok(bytes) => Ok(Some(Correction::load(&bytes).with_context(name)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(name),
    }
}

/// The models in use: weights with the installed correction, places and word lists. A correction learnt on other weights is left aside with a
/// warning, so that an upgrade of the weights does not stop the service.
///
/// # Errors
/// When an installed file cannot be read.
pub(crate) fn models_of(config: &Config, data: &DataDir) -> anyhow::Result<Models> {
    let (gazetteer, flags) = (regions(config)?, sensitive(config)?);
    let base = base_models(data)?.with_lists(gazetteer, flags)?;
    match correction(data)? {
        Some(correction) if correction.base() == base.base_hash() => Ok(base.corrected(correction)?),
        Some(correction) => {
            tracing::warn!(
                learnt_on = correction.base(),
                in_use = base.base_hash(),
                "the installed correction belongs to other weights and is not used: run `minsheng train` again"
            );
            Ok(base)
        }
        None => Ok(base),
    }
}

/// Caller key from the named environment variable, else the file in the data folder.
pub(crate) fn cleaner(config: &Config, data: &DataDir) -> anyhow::Result<Cleaner> {
    let key = match &config.dashboard.caller_key_env {
        Some(name) => {
            let value = std::env::var(name).with_context(|| format!("environment variable {name}"))?;
            CallerKey::from_env_value(&value).with_context(|| format!("environment variable {name}"))?
        }
        None => CallerKey::load_or_create(&data.caller_key())?,
    };
    Ok(Cleaner::new(key))
}
