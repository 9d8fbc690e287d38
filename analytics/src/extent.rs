//! How much of a text is read for labels, regions and flags.

/// About 20,000 characters. What comes after these bytes changes nothing but would let one pasted file hold up a batch.
const LIMIT: usize = 60_000;

/// The beginning of a text that is read, cut between characters.
pub(crate) fn read_part(text: &str) -> &str {
    &text[..text.floor_char_boundary(LIMIT)]
}
