//! The whole-pipeline tests: one binary, so that the large dependencies link once.

mod crash;
mod import;
mod kafka;
mod layering;
mod log_contract;
mod masking;
mod pages;
mod roles;
