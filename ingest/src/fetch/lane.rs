//! Politeness: one request at a time to each host, with a pause between them.

use super::FetchError;
use crate::time::{Moment, now};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Mutex as Turn, OwnedMutexGuard},
    time::Instant,
};

/// Longer pauses are not slept through: the request is given back with [`FetchError::Wait`].
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// Hosts remembered before those at rest are forgotten.
const REMEMBERED: usize = 4096;

/// The lanes of all hosts.
#[derive(Debug, Default)]
pub(super) struct Lanes(Mutex<HashMap<String, Arc<Turn<Lane>>>>);

/// The lane of one host.
#[derive(Debug)]
pub(super) struct Lane {
    /// No request before this.
    free_at: Instant,
}

impl Lanes {
    /// Waits for this host's turn. The lane is held until the guard is dropped.
    ///
    /// # Errors
    /// [`FetchError::Wait`] when the host asked for more patience than can be slept through.
    pub(super) async fn turn(&self, host: &str) -> Result<OwnedMutexGuard<Lane>, FetchError> {
        let lane = self.lane(host).lock_owned().await;
        let pause = lane.free_at.saturating_duration_since(Instant::now());
        if pause > LONGEST_SLEEP {
            return Err(FetchError::Wait {
                until: from_now(pause),
            });
        }
        tokio::time::sleep(pause).await;
        Ok(lane)
    }

    fn lane(&self, host: &str) -> Arc<Turn<Lane>> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() >= REMEMBERED {
            let now = Instant::now();
            lanes.retain(|_, lane| lane.try_lock().map_or(true, |lane| lane.free_at > now));
        }
        let fresh = || {
            Arc::new(Turn::new(Lane {
                free_at: Instant::now(),
            }))
        };
        lanes.entry(host.to_owned()).or_insert_with(fresh).clone()
    }
}

impl Lane {
    /// Nothing more is asked of this host for `pause`.
    pub(super) fn rest(&mut self, pause: Duration) {
        self.free_at = Instant::now() + pause;
    }
}

/// The moment `pause` from now.
pub(super) fn from_now(pause: Duration) -> Moment {
    chrono::Duration::from_std(pause)
        .ok()
        .and_then(|pause| now().checked_add_signed(pause))
        .unwrap_or_else(now)
}
