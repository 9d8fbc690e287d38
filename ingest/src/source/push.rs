//! What other programs push over HTTP. The HTTP side is the dashboard's; the body is read by
//! [`super::json_lines::read_body`].
//!
//! Must never hold the token itself: the configuration names the environment variable that does.

use serde::Deserialize;

/// Settings of a `push` source.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushConfig {
    /// Environment variable with the bearer token that `POST /api/v1/feeds/{name}` must bring.
    pub token_env: String,
}
