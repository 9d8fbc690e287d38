//! The query language of the search box and the command line.
//!
//! ```text
//! 路灯 不亮                 both words
//! 路灯 OR 井盖              either (also 或)
//! 噪音 -广场舞              without (also NOT, 非)
//! (停水 OR 停电) 老旧小区
//! "路灯坏了三天"            this run of characters; “…” too, `\"` for a quotation mark inside
//! title:停水 unit:城管局 type:投诉 sentiment:<-0.3 date:2016-05-01..2016-05-31
//! flag:生命安全              with this kind of sensitive content, by either of its names
//! ```
//!
//! `parse` makes a `Node` of the text, `plan` a tantivy query of the node. tantivy's own
//! parser is not used: it turns a word of several tokens into a phrase of words, which misses texts.

mod field;
mod parse;
mod plan;

#[cfg(test)]
mod tests;

pub(crate) use field::Scope;
pub(crate) use parse::parse;
pub(crate) use plan::{Mark, plan};

use crate::layout::Facet;
use std::ops::Bound;

/// What a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// Everything.
    All,
    /// All words of this text.
    Words(Scope, String),
    /// This run of characters.
    Phrase(Scope, String),
    /// One of these values.
    Value(Facet, Vec<String>),
    /// This public author.
    Author(String),
    /// This document, by its own or its source's id.
    Id(String),
    /// Published between, in milliseconds since 1970.
    Date(Bound<i64>, Bound<i64>),
    /// Sentiment between.
    Sentiment(Bound<f64>, Bound<f64>),
    /// All of these.
    And(Vec<Node>),
    /// One of these.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
}

/// A value by its two names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// In addresses and interfaces, e.g. `life_safety`; what the index holds.
    pub name: String,
    /// On pages, e.g. 生命安全.
    pub title: String,
}

/// Why a query cannot be read, for people (Chinese), with the place.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("查询第 {position} 个字符处：{reason}")]
pub struct QueryError {
    /// 1-based character.
    pub position: usize,
    /// What is wrong and what is possible.
    pub reason: String,
}
