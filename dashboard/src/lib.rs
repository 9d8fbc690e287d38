//! What people see: the axum dashboard and the command line of the binary `minsheng`.
//!
//! **Architecture invariant:** the only crate that serves HTTP, and the only one that joins all the others.

pub mod api;
mod attachments;
pub mod cli;
mod collapse;
pub mod config;
pub mod data;
pub mod deeds;
pub mod demo;
pub mod error;
pub mod pages;
mod report;
pub mod router;
pub mod run;
mod sources;
pub mod state;
mod trial;
