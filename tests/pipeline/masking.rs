//! 2,000 texts with personal numbers in every spelling go the whole way: none of the numbers is found anywhere after.

use anyhow::Result;
use minsheng_tests::{binary, sinks};
use std::{collections::HashSet, fs, path::Path};

/// Digits of a mainland mobile number, an identity card or a bank card, valid by their check digits.
struct Secret {
    digits: String,
    text: String,
}

fn secrets(n: usize) -> Secret {
    let digits = match n % 4 {
        0 => format!("13{:09}", (n * 7919 + 100_000_007) % 1_000_000_000),
        1 => identity_card(n),
        2 => bank_card(n),
        _ => format!("15{:09}", (n * 104_729 + 200_000_003) % 1_000_000_000),
    };
    let text = match n / 4 % 4 {
        0 => digits.clone(),
        1 => grouped(&digits, ' '),
        2 => digits.chars().map(full_width).collect(),
        _ => grouped(&digits, '-'),
    };
    Secret { digits, text }
}

fn identity_card(n: usize) -> String {
    let body = format!(
        "42060119{:02}{:02}{:02}{:03}",
        50 + n % 50,
        n % 12 + 1,
        n % 28 + 1,
        n % 1000
    );
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .bytes()
        .zip(weights)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{body}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

fn bank_card(n: usize) -> String {
    let body = format!("622848{:012}", n * 9_973 + 30_000_000_000);
    // Luhn over the body with the check digit still to come: doubling begins at the last digit.
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// 138 0000 0000, 420601 19500101 0001, 6228 4800 …: as people group them.
fn grouped(digits: &str, mark: char) -> String {
    let sizes: &[usize] = match digits.len() {
        11 => &[3, 4, 4],
        18 => &[6, 8, 4],
        _ => &[4, 4, 4, 4, 4],
    };
    let mut parts = Vec::new();
    let mut rest = digits;
    for size in sizes {
        let (part, tail) = rest.split_at((*size).min(rest.len()));
        parts.push(part);
        rest = tail;
    }
    parts.retain(|part| !part.is_empty());
    parts.join(&mark.to_string())
}

fn full_width(c: char) -> char {
    if c.is_ascii_graphic() {
        char::from_u32(c as u32 + 0xFEE0).unwrap_or(c)
    } else {
        c
    }
}

/// Every run of characters that could be a number, folded to bare digits and X.
fn digit_runs(text: &str) -> HashSet<String> {
    let mut runs = HashSet::new();
    let mut run = String::new();
    for c in text.chars().chain(['.']) {
        let c = if ('！'..='～').contains(&c) {
            char::from_u32(c as u32 - 0xFEE0).unwrap_or(c)
        } else {
            c
        };
        if c.is_ascii_digit() || (c == 'X' && run.len() == 17) {
            run.push(c);
        } else if !(c == ' ' || c == '-') || run.is_empty() {
            runs.insert(std::mem::take(&mut run));
        }
    }
    runs
}

fn all_files(folder: &Path, found: &mut Vec<Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            all_files(&path, found)?;
        } else if path.file_name().is_some_and(|name| name != "caller.key") {
            found.push(fs::read(path)?);
        }
    }
    Ok(())
}

#[test]
fn no_personal_number_is_left_anywhere() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let secrets: Vec<Secret> = (0..2000).map(secrets).collect();
    let lines: Vec<String> = secrets
        .iter()
        .enumerate()
        .map(|(n, Secret { text, digits })| {
            let body = format!("市民反映办理第{n}号事项，请联系{text}，谢谢。工单号GX2016010300{n:04}，金额12345678元。");
            let line = match n % 3 {
                0 => serde_json::json!({"kind": "post", "id": format!("p{n}"), "source": "forum", "body": body, "published_at": "2016-05-01 08:00:00"}),
                // Every ninth ticket is refused, so that its excerpt is tried too.
                1 if n % 9 == 1 => serde_json::json!({"kind": "ticket", "no": format!("T{n}"), "title": body, "body": body, "accepted_at": text}),
                _ => serde_json::json!({"kind": "ticket", "no": format!("T{n}"), "title": "来电", "body": body, "reply": format!("已回电{text}告知。"), "caller": digits, "accepted_at": "2016-05-01 08:00:00", "resolved_at": "2016-05-02 08:00:00"}),
            };
            line.to_string()
        })
        .collect();
    let file = folder.path().join("mixed.jsonl");
    fs::write(&file, lines.join("\n"))?;
    let output = binary::command(&data, &["import", "--json"])
        .env("MINSHENG_LOG", "trace")
        .arg(&file)
        .output()?;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(summary["records"], 2000);
    assert!(summary["dead"].as_u64() > Some(0), "{summary}");

    let held = sinks::held(&data)?;
    let mut everything: String = held.rows.join("\n");
    for document in &held.documents {
        everything.push_str(&document.to_string());
    }
    everything.push_str(&String::from_utf8_lossy(&output.stderr));
    let mut files = Vec::new();
    all_files(&data, &mut files)?;
    for file in files {
        everything.push_str(&String::from_utf8_lossy(&file));
    }
    let runs = digit_runs(&everything);
    for Secret { digits, text } in &secrets {
        assert!(!runs.contains(digits), "{text} is left");
        assert!(!everything.contains(text.as_str()), "{text} is left as written");
    }
    // What is no personal number stays as written.
    for n in [0, 3, 1500] {
        assert!(
            everything.contains(&format!("GX2016010300{n:04}")),
            "ticket number {n} was touched"
        );
    }
    assert!(everything.contains("12345678元"), "an amount was touched");
    Ok(())
}
