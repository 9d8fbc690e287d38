//! The sample city: 1,760 tickets and 40,000 posts, made from hand-written texts and one seed.
//!
//! It speaks to the sources as the world would: by files, over HTTP, through the push interface. Every place, name and
//! text is invented. Must never hand a record to the pipeline by itself.

mod approvals;
mod calendar;
mod files;
mod lists;
mod material;
mod places;
mod portal;
mod posts;
mod random;
mod sources;
mod stories;
#[cfg(test)]
mod tests;
mod tickets;

use crate::config::Files;
use axum::Router;
use ingest::source::SourceConfig;
use posts::{SamplePost, Way};
use std::{net::SocketAddr, path::Path};
use tickets::SampleTicket;

/// Posts in one request of the push client.
const BATCH: usize = 50;

/// A whole city.
#[derive(Debug)]
pub(super) struct City {
    tickets: Vec<SampleTicket>,
    posts: Vec<SamplePost>,
}

/// What the pipeline holds when all of the city is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected {
    /// Tickets, by number.
    pub(super) tickets: u64,
    /// Posts, by id.
    pub(super) posts: u64,
}

impl City {
    /// Name of the source the push client sends to.
    pub(super) const PUSH_SOURCE: &str = "media-push";

    /// The same seed gives the same city.
    pub(super) fn build(seed: u64) -> Self {
        Self {
            tickets: tickets::tickets(seed),
            posts: posts::posts(seed),
        }
    }

    /// Writes what watched folders are to find below `folder`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn write_files(&self, folder: &Path) -> anyhow::Result<()> {
        files::write(folder, &self.tickets, &self.posts)
    }

    /// Names the places and units of the city in the configuration, from files written into `folder`. What the operator
    /// named stays.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn configure(folder: &Path, configured: &mut Files) -> anyhow::Result<()> {
        lists::configure(folder, configured)
    }

    /// The sources that collect the city: files below `folder`, and [`Self::router`] served at `address`.
    ///
    /// # Errors
    /// When the folder's name is no UTF-8.
    pub(super) fn sources(&self, folder: &Path, address: SocketAddr) -> anyhow::Result<Vec<SourceConfig>> {
        sources::sources(folder, address)
    }

    /// The city's web server.
    pub(super) fn router(&self) -> Router {
        portal::router(&self.posts)
    }

    /// What the push client sends, as JSON Lines.
    pub(super) fn push_batches(&self) -> Vec<String> {
        let pushed: Vec<String> = self
            .posts
            .iter()
            .filter(|post| post.way == Way::Push)
            .map(|post| files::line(post).to_string())
            .collect();
        pushed.chunks(BATCH).map(|batch| batch.join("\n")).collect()
    }

    /// What is to arrive.
    pub(super) fn expected(&self) -> Expected {
        Expected {
            tickets: self.tickets.len() as u64,
            posts: self.posts.len() as u64,
        }
    }
}
