//! The job that gives cards, urges and escalates: what the ladder asks for becomes events on the log, each once.

use crate::state::{App, StateError};
use analytics::escalation::{self, Ladder};
use anyhow::Context;
use ingest::{
    clean::{Draft, EventDraft},
    record::{Body, JOB_SOURCE, Place, Record},
    time::Moment,
};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// Between two looks at the clock: a deadline counts in days, a minute is soon enough.
const EVERY: Duration = Duration::from_secs(60);
/// Events appended together, so that a first look at an old export neither waits for each nor holds all in memory.
const TOGETHER: usize = 512;

/// The configured ladder, or the embedded one.
///
/// # Errors
/// Names the file and what is wrong in it.
pub(crate) fn ladder(config: &crate::config::Config) -> anyhow::Result<Ladder> {
    Ok(match &config.files.escalation {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            Ladder::load(&text, &file.display().to_string())?
        }
        None => Ladder::load(escalation::EMBEDDED, escalation::EMBEDDED_ORIGIN)?,
    })
}

/// Looks at the clock again and again. Returns only when something fails that no retry can mend.
///
/// # Errors
/// A wrong ladder, or a failing log or ledger.
pub(crate) async fn run(app: Arc<App>) -> anyhow::Result<()> {
    let ladder = ladder(&app.config)?;
    let mut climbed = Climbed::default();
    // What the log holds already must be in the ledger first, or everything would be asked for once more.
    app.caught_up().await?;
    loop {
        let given = app.escalate(&ladder, &mut climbed, app.now()).await?;
        if given > 0 {
            tracing::info!(given, "escalation events appended");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Rungs each ticket has climbed under its present deadline (number → deadline, rungs): saves folding tickets that can
/// climb no higher. Only a memory: losing it costs time, never a second event.
pub(crate) type Climbed = HashMap<String, (i64, usize)>;

impl App {
    /// Appends what the ladder asks for at `now` and the ledger does not hold; says how many events that were.
    ///
    /// # Errors
    /// When log or ledger fail.
    pub(crate) async fn escalate(
        &self,
        ladder: &Ladder,
        climbed: &mut Climbed,
        now: Moment,
    ) -> Result<usize, StateError> {
        let expiring = self.ledger.expiring(now)?;
        climbed.retain(|no, (due, _)| expiring.get(no) == Some(due));
        let rungs = ladder.rungs();
        let waiting: Vec<&String> = expiring
            .keys()
            .filter(|no| climbed.get(*no).is_none_or(|(_, done)| *done < rungs))
            .collect();
        let mut given = 0;
        for some in waiting.chunks(TOGETHER / rungs.max(1) + 1) {
            // Nobody resolves or merges a ticket between the look at it and the event.
            let _turn = self.acting.lock().await;
            let mut records = Vec::new();
            for no in some {
                let Some(ticket) = self.ledger.ticket(no)? else {
                    continue;
                };
                let asked = ladder.asked(&ticket, &self.rules, now);
                if let Some(due) = expiring.get(*no) {
                    climbed.insert((*no).clone(), (*due, asked.len()));
                }
                for asked in asked {
                    let draft = EventDraft {
                        no: (*no).clone(),
                        actor: escalation::ACTOR.to_owned(),
                        occurred_at: now,
                        key: Some(asked.key),
                        attachments: Vec::new(),
                        event: asked.event,
                    };
                    let place = Place::default();
                    let cleaned = self.cleaner.clean(JOB_SOURCE, Draft::Event(draft), &place, now);
                    for record in cleaned.into_iter().filter(is_event) {
                        if self.ledger.event(no, &record.id)?.is_none() {
                            records.push(record);
                        }
                    }
                }
            }
            given += records.len();
            if !records.is_empty() {
                self.append(&records).await?;
            }
        }
        Ok(given)
    }
}

fn is_event(record: &Record) -> bool {
    matches!(record.body, Body::Ticket(_))
}
