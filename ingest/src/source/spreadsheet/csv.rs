//! CSV: encoding and separator found out, rows numbered as a spreadsheet shows them.

use super::{Damage, Rows, cell::Cell};
use ::csv::{ReaderBuilder, StringRecord};
use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::io::Cursor;

/// The rows of a CSV file.
pub(super) fn rows(bytes: Vec<u8>) -> Result<Rows, String> {
    let text = decode(bytes)?;
    let separator = separator(&text);
    let reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(Cursor::new(text.into_bytes()));
    // Lines inside quoted cells are no rows.
    let mut inner_lines = 0;
    Ok(Box::new(reader.into_records().map(move |record| {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, ::csv::Position::line);
                let row = line.saturating_sub(inner_lines);
                inner_lines += inner_newlines(&record);
                Ok((
                    row,
                    record.iter().map(|text| Cell::Text(text.to_owned())).collect(),
                ))
            }
            Err(error) => Err(Damage {
                row: error
                    .position()
                    .map(|position| position.line().saturating_sub(inner_lines)),
            }),
        }
    })))
}

fn inner_newlines(record: &StringRecord) -> u64 {
    record
        .iter()
        .map(|text| text.bytes().filter(|&byte| byte == b'\n').count() as u64)
        .sum()
}

/// The text of a file in UTF-8, UTF-16 with a byte order mark, or else GB18030.
pub(in crate::source) fn decode(bytes: Vec<u8>) -> Result<String, String> {
    let marked = [UTF_8, UTF_16LE, UTF_16BE]
        .into_iter()
        .find(|&encoding| encoding_rs::Encoding::for_bom(&bytes).is_some_and(|(found, _)| found == encoding));
    if let Some(encoding) = marked {
        let (text, _, broken) = encoding.decode(&bytes);
        return if broken {
            Err(format!("not valid {}", encoding.name()))
        } else {
            Ok(text.into_owned())
        };
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error.into_bytes(),
    };
    let (text, broken) = GB18030.decode_without_bom_handling(&bytes);
    if broken {
        Err("neither UTF-8 nor GB18030".to_owned())
    } else {
        Ok(text.into_owned())
    }
}

/// Of `,`, `;` and tab the one that stands most often outside quotes in the first lines.
fn separator(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b'\t', 0), (b';', 0)];
    let mut quoted = false;
    for byte in text.bytes().take(16 * 1024) {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts
            .iter_mut()
            .find(|(separator, _)| *separator == byte && !quoted)
        {
            *count += 1;
        }
    }
    // The first of equals: a comma.
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |&(separator, _)| separator)
}
