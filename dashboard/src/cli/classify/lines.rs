//! JSON Lines as they come: numbered, of bounded length, in batches of bounded size.

use std::io::{BufRead, Read};

/// Lines in a batch.
const BATCH: usize = 1024;
/// Bytes after which a batch ends though it has fewer lines: memory stays flat on a stream of long lines, too.
const BATCH_BYTES: usize = 4 << 20;
/// A ticket of a megabyte is none; a longer line is refused and skipped to its end.
pub(super) const MAX_LINE: usize = 1 << 20;

/// Some programs begin a UTF-8 file with it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A line with its number, or why it cannot be read.
pub(super) type Line = (u64, Result<String, String>);

/// Numbered lines of bounded length; blank lines are passed over.
pub(super) struct Lines<R> {
    input: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input, number: 0 }
    }

    /// The next lines, as many as are labelled at once; none at the end.
    pub(super) fn batch(&mut self) -> std::io::Result<Vec<Line>> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            let Some(line) = self.next().transpose()? else {
                break;
            };
            bytes += line.1.as_ref().map_or(0, String::len);
            batch.push(line);
        }
        Ok(batch)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = std::io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut bytes = Vec::new();
            match self
                .input
                .by_ref()
                .take(MAX_LINE as u64 + 1)
                .read_until(b'\n', &mut bytes)
            {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
            self.number += 1;
            if self.number == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
                bytes.drain(..BYTE_ORDER_MARK.len());
            }
            if bytes.len() > MAX_LINE && bytes.last() != Some(&b'\n') {
                if let Err(error) = skip_line(&mut self.input) {
                    return Some(Err(error));
                }
                return Some(Ok((
                    self.number,
                    Err(format!("line is longer than {MAX_LINE} bytes")),
                )));
            }
            if !bytes.trim_ascii().is_empty() {
                let line = String::from_utf8(bytes).map_err(|_| "line is not UTF-8".to_owned());
                return Some(Ok((self.number, line)));
            }
        }
    }
}

fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_make_small_batches() {
        let mut input = Vec::new();
        for _ in 0..12 {
            input.extend(vec![b' '; 10]);
            input.extend(vec![b'x'; MAX_LINE - 20]);
            input.push(b'\n');
        }
        let mut lines = Lines::new(&*input);
        let mut sizes = Vec::new();
        loop {
            let batch = lines.batch().unwrap();
            if batch.is_empty() {
                break;
            }
            sizes.push(batch.len());
        }
        assert_eq!(sizes.iter().sum::<usize>(), 12);
        assert!(sizes.iter().all(|size| *size <= 5), "{sizes:?}");
    }
}
