//! Operational counters for Prometheus. Never a published metric: those are statistics with a proof.

use crate::state::App;
use std::fmt::Write;

impl App {
    /// The text of `/metrics`. Blocking.
    pub fn telemetry(&self) -> String {
        let mut text = String::new();
        let mut gauge = |name: &str, help: &str, samples: &[(String, f64)]| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
            for (labels, value) in samples {
                let _ = writeln!(text, "{name}{labels} {value}");
            }
        };
        gauge(
            "minsheng_ready",
            "1 while what is appended becomes visible.",
            &[(String::new(), f64::from(u8::from(self.ready())))],
        );
        if let Ok(checkpoint) = self.ledger.checkpoint() {
            let samples: Vec<(String, f64)> = checkpoint
                .iter()
                .map(|(topic, partition, next)| {
                    (
                        format!("{{topic=\"{}\",partition=\"{partition}\"}}", topic.name()),
                        next as f64,
                    )
                })
                .collect();
            gauge(
                "minsheng_ledger_next_offset",
                "Next offset the ledger will read.",
                &samples,
            );
        }
        let samples: Vec<(String, f64)> = self
            .index
            .checkpoint()
            .iter()
            .map(|(topic, partition, next)| {
                (
                    format!("{{topic=\"{}\",partition=\"{partition}\"}}", topic.name()),
                    next as f64,
                )
            })
            .collect();
        gauge(
            "minsheng_index_next_offset",
            "Next offset the index will read.",
            &samples,
        );
        if let Ok(counts) = self.ledger.held() {
            let samples = [
                ("ticket", counts.tickets),
                ("post", counts.posts),
                ("dead", counts.dead),
            ]
            .map(|(kind, count)| (format!("{{kind=\"{kind}\"}}"), count as f64));
            gauge(
                "minsheng_held",
                "Tickets, posts and dead letters in the ledger.",
                &samples,
            );
        }
        text
    }
}
