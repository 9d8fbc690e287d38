//! What other programs push over HTTP. The HTTP side is the dashboard's; the body is read by
//! [`super::json_lines::read_mapped`].
//!
//! Must never hold the token itself: the configuration names the environment variable that does.

use super::mapping::{self, Mapping};
use serde::Deserialize;

/// Settings of a `push` source.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushConfig {
    /// Environment variable with the bearer token that `POST /api/v1/feeds/{name}` must bring.
    pub token_env: String,
    /// Whose objects these are, where they are not this program's own.
    #[serde(default)]
    pub preset: Option<Preset>,
}

/// Objects of other programs that are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Grid workers' (网格员) reports, which become tickets.
    Grid,
}

impl PushConfig {
    /// How the objects are to be read; `None` for this program's own.
    pub fn mapping(&self) -> Option<Mapping> {
        self.preset.map(|preset| match preset {
            Preset::Grid => mapping::grid(),
        })
    }
}
