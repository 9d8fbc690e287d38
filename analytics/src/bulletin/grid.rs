//! Tables inside a text: tab-separated, CSV, markdown, or columns pasted with blanks between them.

use super::{
    lex::{self, What},
    number::Decimal,
    share::Percent,
    text::Text,
};

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Words(String),
    Number(u128),
    /// A number with decimals and no sign behind it: a rate where the head says so.
    Decimal(Decimal),
    /// A percentage and whether a minus or a falling arrow stands before it.
    Percent(Percent, bool),
}

impl Cell {
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Words(words) => words,
            _ => "",
        }
    }

    pub(super) fn number(&self) -> Option<u128> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn is_figure(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Decimal(_) | Self::Percent(..))
    }
}

/// A table: one name a column, rows as wide as the head.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// How cells are parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Tab,
    Pipe,
    Comma,
    Gap,
    Blank,
}

/// The tables of a text, and its lines with those of the tables emptied.
pub(super) fn split(text: &str) -> (Vec<Grid>, String) {
    let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    let mut left: Vec<&str> = lines.clone();
    let mut grids = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let found = [Form::Tab, Form::Pipe, Form::Comma, Form::Gap, Form::Blank]
            .into_iter()
            .find_map(|form| block(&lines, at, form));
        let Some((grid, end)) = found else {
            at += 1;
            continue;
        };
        for line in &mut left[at..end] {
            *line = "";
        }
        grids.push(grid);
        at = end;
    }
    (grids, left.join("\n"))
}

/// The table that begins at line `at`, and the first line after it.
fn block(lines: &[&str], at: usize, form: Form) -> Option<(Grid, usize)> {
    let first = cells(lines[at], form)?;
    let width = first.len();
    let mut rows = vec![first];
    let mut end = at + 1;
    while end < lines.len() {
        if form == Form::Pipe
            && lines[end]
                .chars()
                .all(|c| matches!(c, '|' | '-' | ':' | ' ' | '+'))
            && lines[end].contains('-')
        {
            end += 1;
            continue;
        }
        match cells(lines[end], form) {
            Some(cells) if cells.len() == width => rows.push(cells),
            // A last cell left empty is often not written.
            Some(mut cells)
                if matches!(form, Form::Tab | Form::Comma)
                    && cells.len() < width
                    && cells.len() + 2 > width =>
            {
                cells.resize(width, String::new());
                rows.push(cells);
            }
            _ => break,
        }
        end += 1;
    }
    let rows: Vec<Vec<Cell>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| read(cell)).collect())
        .collect();
    let figures = |row: &[Cell]| row.iter().filter(|cell| cell.is_figure()).count();
    let titles = rows.iter().take_while(|row| figures(row) == 0).count();
    let (titles, data) = rows.split_at(titles);
    let enough = data.iter().filter(|row| figures(row) > 0).count();
    let least = if form == Form::Blank { 2 } else { 1 };
    if enough == 0
        || enough + titles.len() < 2
        || data.iter().filter(|row| figures(row) >= least).count() * 2 < data.len()
    {
        return None;
    }
    let head = (0..width)
        .map(|column| {
            let mut words: Vec<&str> = titles.iter().map(|row| row[column].words()).collect();
            words.dedup();
            words.concat()
        })
        .collect();
    Some((
        Grid {
            head,
            rows: data.to_vec(),
        },
        end,
    ))
}

/// The cells of a line; `None` where it is not a row of that form.
fn cells(line: &str, form: Form) -> Option<Vec<String>> {
    let cells: Vec<String> = match form {
        Form::Tab if line.contains('\t') => line.split('\t').map(str::to_owned).collect(),
        Form::Pipe if line.matches(['|', '│']).count() >= 2 => {
            let line = line
                .trim()
                .trim_start_matches(['|', '│'])
                .trim_end_matches(['|', '│']);
            line.split(['|', '│']).map(str::to_owned).collect()
        }
        Form::Comma if line.contains(',') && !line.contains(['。', '；']) => quoted(line),
        Form::Gap if line.trim().contains("  ") || line.trim().contains('\u{3000}') => {
            let line = line.replace('\u{3000}', "  ");
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .map(str::to_owned)
                .collect()
        }
        Form::Blank if !line.contains(['。', '，', '；', '、', '：']) => {
            line.split_whitespace().map(str::to_owned).collect()
        }
        _ => return None,
    };
    (cells.len() > 1).then_some(cells)
}

/// CSV: a comma inside quotes parts nothing.
fn quoted(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut inside = false;
    for c in line.chars() {
        match c {
            '"' => inside = !inside,
            ',' if !inside => cells.push(String::new()),
            c => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(c);
                }
            }
        }
    }
    cells
}

fn read(cell: &str) -> Cell {
    let cell = cell.trim().trim_matches(['*', '"', '`']).trim();
    if cell.is_empty() || ["-", "—", "——", "/", "N/A", "n/a", "无"].contains(&cell) {
        return Cell::Empty;
    }
    let falling = cell.starts_with(['-', '−', '↓', '－']);
    let bare = cell
        .trim_start_matches(['-', '−', '+', '↑', '↓', '－', '＋'])
        .trim();
    let text = Text::new(bare);
    if text.at(0).is_ascii_digit()
        && let Some(number) = super::number::read(&text, 0)
    {
        if number.end == text.len() {
            return match number.value() {
                Some(value) if number.decimal.places == 0 || number.times > 1 => Cell::Number(value),
                _ => Cell::Decimal(number.decimal),
            };
        }
        if let [item] = lex::items(&text, 0, text.len()).as_slice()
            && item.start == 0
            && item.end == text.len()
        {
            match &item.what {
                What::Percent(stated) => return Cell::Percent(stated.percent, falling),
                What::Count(count) => return Cell::Number(count.value),
                What::Fraction(..) | What::Points => {}
            }
        }
    }
    Cell::Words(cell.split_whitespace().collect::<Vec<_>>().join(" "))
}
