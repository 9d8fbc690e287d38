//! What an operator of the city has configured: the places of 云浦区 and its units.
//!
//! The examples of the project, embedded. They are written into the demo's folder because configuration names files; the demo
//! reads nothing outside of it.

use crate::config::Files;
use anyhow::Context;
use std::{fs, path::Path};

/// The places of the district.
pub(super) const REGIONS: &str = include_str!("../../../../config/regions/yunpu.toml");
/// Its units: what they are responsible for and whom to call.
pub(super) const UNITS: &str = include_str!("../../../../config/units.toml");

/// Writes the lists into `folder` and names them where the operator named none.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn configure(folder: &Path, files: &mut Files) -> anyhow::Result<()> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write the sample file {name}"))?;
        anyhow::Ok(path)
    };
    fs::create_dir_all(folder).context("cannot make the sample folder")?;
    let (regions, units) = (write("regions.toml", REGIONS)?, write("units.toml", UNITS)?);
    if files.regions.is_empty() {
        files.regions.push(regions);
    }
    files.units.get_or_insert(units);
    Ok(())
}
