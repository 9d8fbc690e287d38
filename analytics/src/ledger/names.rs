//! Repeated texts (units, topics, regions …) as small numbers, one dictionary for all.

use super::LedgerError;
use rusqlite::Connection;
use rustc_hash::FxHashMap;

/// The texts by code and the codes by text. Code 0 is the empty text: none.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    texts: Vec<String>,
    codes: FxHashMap<String, u32>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            texts: vec![String::new()],
            codes: FxHashMap::from_iter([(String::new(), 0)]),
        }
    }
}

impl Names {
    /// All names of the file.
    pub(crate) fn read(connection: &Connection) -> Result<Self, LedgerError> {
        let mut names = Self::default();
        names.extend(connection)?;
        Ok(names)
    }

    /// Adds what the file has gained; codes are never given twice nor taken back. Says whether there was anything.
    pub(crate) fn extend(&mut self, connection: &Connection) -> Result<bool, LedgerError> {
        let held = self.texts.len();
        let mut statement =
            connection.prepare_cached("SELECT code, text FROM names WHERE code >= ?1 ORDER BY code")?;
        let mut rows = statement.query([held as i64])?;
        while let Some(row) = rows.next()? {
            let (code, text): (u32, String) = (row.get(0)?, row.get(1)?);
            if code as usize != self.texts.len() {
                return Err(LedgerError::Damaged(format!(
                    "name {code} does not follow {}",
                    self.texts.len() - 1
                )));
            }
            self.insert(text);
        }
        Ok(self.texts.len() > held)
    }

    /// The code of a text; writes a new one within the transaction of `connection`. When that transaction is rolled
    /// back, these names must be read anew.
    pub(super) fn code(&mut self, connection: &Connection, text: &str) -> Result<u32, LedgerError> {
        if let Some(&code) = self.codes.get(text) {
            return Ok(code);
        }
        let code = self.texts.len() as u32;
        connection
            .prepare_cached("INSERT INTO names (code, text) VALUES (?1, ?2)")?
            .execute((code, text))?;
        self.insert(text.to_owned());
        Ok(code)
    }

    /// The code of a text in these names alone: a past moment may know a unit that no ticket has now.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        self.insert(text.to_owned());
        self.texts.len() as u32 - 1
    }

    fn insert(&mut self, text: String) {
        self.codes.insert(text.clone(), self.texts.len() as u32);
        self.texts.push(text);
    }

    /// The code of a text; `None` when nothing in the ledger is called so.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.codes.get(text).copied()
    }

    /// The text of a code; empty for none.
    pub(crate) fn text(&self, code: u32) -> &str {
        self.texts.get(code as usize).map_or("", String::as_str)
    }
}
