//! What of a text is compared: letters and digits, in one width and case, without addresses, handles and the lines that
//! every editor writes anew.

/// Lines looked at from either end for what is no part of the story.
const EDGE: usize = 3;
/// Longest such line, in bytes (60 Chinese characters).
const STOCK_LINE: usize = 180;
/// What such lines say.
const STOCK: [&str; 16] = [
    "来源：",
    "来源:",
    "责任编辑",
    "责编",
    "编辑：",
    "编辑:",
    "校对",
    "审核：",
    "免责声明",
    "版权",
    "转载自",
    "转载请",
    "原标题",
    "扫码",
    "点击关注",
    "公众号",
];
/// Longest handle: Weibo allows 30 characters.
const HANDLE: usize = 30;

/// The characters of `text` that are compared.
pub(super) fn characters(text: &str) -> Vec<char> {
    let mut lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let stock = |line: &&&str| line.len() <= STOCK_LINE && STOCK.iter().any(|stock| line.contains(stock));
    let before = lines.iter().take(EDGE).take_while(stock).count();
    let behind = lines.iter().rev().take(EDGE).take_while(stock).count();
    // A text of nothing else is compared as it is.
    if before + behind < lines.len() {
        lines.truncate(lines.len() - behind);
        lines.drain(..before);
    }
    let mut characters = Vec::with_capacity(text.len() / 3 + 16);
    for line in lines {
        read(line, &mut characters);
    }
    characters
}

fn read(line: &str, characters: &mut Vec<char>) {
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match c {
            'a'..='z' | '0'..='9' | '\u{4E00}'..='\u{9FFF}' => {
                if c == 'h' && (rest.as_str().starts_with("ttp://") || rest.as_str().starts_with("ttps://")) {
                    rest = after(rest.as_str(), usize::MAX, |c| c.is_ascii_graphic()).chars();
                } else {
                    characters.push(c);
                }
            }
            'A'..='Z' => characters.push(c.to_ascii_lowercase()),
            '@' | '＠' => {
                rest = after(rest.as_str(), HANDLE, |c| {
                    c.is_alphanumeric() || c == '_' || c == '-'
                })
                .chars();
            }
            // Full-width forms stand 0xFEE0 above ASCII.
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
                let plain = char::from_u32(c as u32 - 0xFEE0).unwrap_or(c);
                characters.push(plain.to_ascii_lowercase());
            }
            '\0'..='\x7F' | '\u{2000}'..='\u{206F}' | '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}' => {}
            c if c.is_alphanumeric() => characters.extend(c.to_lowercase()),
            _ => {}
        }
    }
}

/// What follows the first characters of `text` that are `part` of it, at most `longest`.
fn after(text: &str, longest: usize, part: impl Fn(char) -> bool) -> &str {
    let end = text
        .char_indices()
        .enumerate()
        .find(|(count, (_, c))| *count >= longest || !part(*c))
        .map_or(text.len(), |(_, (at, _))| at);
    &text[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(text: &str) -> String {
        characters(text).into_iter().collect()
    }

    #[test]
    fn width_case_marks_addresses_and_handles_are_no_difference() {
        assert_eq!(compared("Ａ座１２层，停电！"), "a座12层停电");
        assert_eq!(
            compared("转发微博//@汀上闲人-1：东门 积水 http://t.example/abc。"),
            "转发微博东门积水"
        );
    }

    #[test]
    fn editors_lines_are_left_out_unless_there_is_nothing_else() {
        assert_eq!(
            compared("来源：澜汀晚报\n东门积水已退。\n责任编辑：某某\n关注公众号"),
            "东门积水已退"
        );
        assert_eq!(compared("来源：澜汀晚报"), "来源澜汀晚报");
        assert_eq!(
            compared("东门积水。记者从来源：城管处获悉"),
            "东门积水记者从来源城管处获悉"
        );
    }
}
