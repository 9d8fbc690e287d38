//! E-mail addresses in a folded text.
//!
//! Must never take the `@` that calls a user (`//@张三`) for one.

use std::ops::Range;

/// An e-mail address in the folded text: its local part with the spaces before `@`, and where the domain ends.
pub(super) struct Mail {
    pub(super) local: Range<usize>,
    pub(super) end: usize,
}

/// Every e-mail address in a folded text, in its order.
pub(super) fn mails(bytes: &[u8]) -> Vec<Mail> {
    let mut mails: Vec<Mail> = Vec::new();
    for at in (0..bytes.len()).filter(|&at| bytes[at] == b'@') {
        let floor = mails.last().map_or(0, |mail| mail.end);
        if let Some(mail) = mail(bytes, at, floor) {
            mails.push(mail);
        }
    }
    mails
}

fn mail(bytes: &[u8], at: usize, floor: usize) -> Option<Mail> {
    let spaces = bytes[floor..at]
        .iter()
        .rev()
        .take_while(|&&byte| byte == b' ')
        .count();
    let after = bytes[at + 1..].iter().take_while(|&&byte| byte == b' ').count();
    // `a @ b.cn` is spaced out; in `words @b.cn` the sign calls a user.
    if spaces > 1 || after > 1 || (spaces == 1 && after == 0) {
        return None;
    }
    let mut start = at - spaces;
    while start > floor && is_local(bytes[start - 1]) {
        start -= 1;
    }
    while start < at && !bytes[start].is_ascii_alphanumeric() {
        start += 1;
    }
    if start >= at - spaces {
        return None;
    }
    let end = domain_end(bytes, at + 1 + after)?;
    Some(Mail {
        local: start..at,
        end,
    })
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte)
}

/// Where a domain that begins at `start` ends: labels separated by dots, the last of two or more letters.
fn domain_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let mut end = None;
    loop {
        let label = bytes[at..]
            .iter()
            .take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'-')
            .count();
        if label == 0 {
            return end;
        }
        if at > start && label >= 2 && bytes[at..at + label].iter().all(u8::is_ascii_alphabetic) {
            end = Some(at + label);
        }
        at += label;
        if bytes.get(at) != Some(&b'.') {
            return end;
        }
        at += 1;
    }
}
