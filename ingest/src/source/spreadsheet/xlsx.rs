//! XLSX, cell by cell: a table is never laid out whole, so that one cell at the far end of a sheet costs nothing.

use super::{
    Damage, Rows,
    cell::{Cell, to_second},
};
use crate::time::{self, Moment};
use calamine::{DataRef, Reader as _, Xlsx};
use chrono::NaiveDate;
use std::{
    io::Cursor,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

/// Columns further right are not read: exports have some thirty.
const MOST_COLUMNS: u32 = 512;

type Row = Result<(u64, Vec<Cell>), Damage>;

/// The rows of a sheet (the first with any cell if none is named), and when the workbook says it was last saved.
pub(super) fn rows(bytes: Vec<u8>, sheet: Option<&str>) -> Result<(Rows, Option<Moment>), String> {
    // The reader borrows its workbook, so it lives on a thread of its own; a broken file that makes it panic ends the
    // thread, and the missing end tells so.
    let (opened, opening) = sync_channel(1);
    let (sender, receiver) = sync_channel(64);
    let sheet = sheet.map(str::to_owned);
    let reader = thread::spawn(move || {
        match open(bytes, sheet.as_deref()) {
            Ok((mut workbook, sheet, saved_at)) => {
                // A failed send means that nobody reads any more.
                if opened.send(Ok(saved_at)).is_ok() {
                    read(&mut workbook, &sheet, &sender);
                }
            }
            Err(reason) => {
                let _ = opened.send(Err(reason));
            }
        }
    });
    let saved_at = opening.recv().map_err(|_| "damaged workbook".to_owned())??;
    Ok((
        Box::new(FromThread {
            receiver,
            reader: Some(reader),
        }),
        saved_at,
    ))
}

type Workbook = Xlsx<Cursor<Vec<u8>>>;

fn open(bytes: Vec<u8>, sheet: Option<&str>) -> Result<(Workbook, String, Option<Moment>), String> {
    let mut workbook = Workbook::new(Cursor::new(bytes)).map_err(|_| "not an XLSX workbook".to_owned())?;
    let names = workbook.sheet_names();
    let sheet = match sheet {
        Some(sheet) if names.iter().any(|name| name == sheet) => sheet.to_owned(),
        Some(sheet) => return Err(format!("no sheet named {sheet}")),
        None => names
            .into_iter()
            .find(|name| {
                let first = workbook
                    .worksheet_cells_reader(name)
                    .and_then(|mut cells| cells.next_cell().map(|c| c.is_some()));
                first.unwrap_or(false)
            })
            .ok_or("no sheet with cells")?,
    };
    let properties = workbook.workbook_properties().ok();
    let saved_at = properties
        .and_then(|properties| properties.modified)
        .and_then(|text| time::parse(&text));
    Ok((workbook, sheet, saved_at))
}

fn read(workbook: &mut Workbook, sheet: &str, sender: &SyncSender<Row>) {
    let mut last = 0;
    let Ok(mut cells) = workbook.worksheet_cells_reader(sheet) else {
        let _ = sender.send(Err(Damage { row: None }));
        return;
    };
    let mut row: Vec<Cell> = Vec::new();
    loop {
        match cells.next_cell() {
            Ok(Some(cell)) => {
                let (at, column) = cell.get_position();
                if at != last {
                    if !row.is_empty()
                        && sender
                            .send(Ok((u64::from(last) + 1, std::mem::take(&mut row))))
                            .is_err()
                    {
                        return;
                    }
                    last = at;
                }
                if column < MOST_COLUMNS {
                    let column = column as usize;
                    row.resize(row.len().max(column + 1), Cell::Empty);
                    row[column] = convert(cell.get_value());
                }
            }
            Ok(None) => break,
            Err(_) => {
                let _ = sender.send(Err(Damage {
                    row: Some(u64::from(last) + 1),
                }));
                return;
            }
        }
    }
    if !row.is_empty() {
        let _ = sender.send(Ok((u64::from(last) + 1, row)));
    }
}

fn convert(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(yes) => Cell::Text(if *yes { "是" } else { "否" }.to_owned()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::Error(error) => Cell::Text(error.to_string()),
        DataRef::DateTime(time) if time.is_duration() => Cell::Number(time.as_f64()),
        DataRef::DateTime(time) => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
                .and_then(|date| {
                    date.and_hms_milli_opt(hour.into(), minute.into(), second.into(), milli.into())
                })
                .map_or(Cell::Number(time.as_f64()), |time| Cell::Time(to_second(time)))
        }
    }
}

/// The rows as the thread sends them; at the end a thread that died is one more damaged row.
struct FromThread {
    receiver: Receiver<Row>,
    reader: Option<JoinHandle<()>>,
}

impl Iterator for FromThread {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        self.receiver.recv().ok().or_else(|| {
            let died = self.reader.take()?.join().is_err();
            died.then_some(Err(Damage { row: None }))
        })
    }
}
