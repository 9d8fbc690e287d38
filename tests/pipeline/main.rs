//! The whole-pipeline tests: one binary, so that the large dependencies link once.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what cannot be set up must fail the test, never pass it"
)]

mod corrections;
mod crash;
mod import;
mod kafka;
mod layering;
mod log_contract;
mod masking;
mod pages;
mod roles;
