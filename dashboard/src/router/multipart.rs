//! Forms with files (`multipart/form-data`, RFC 7578), read from a body that is in memory already.

/// One field of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// Its name.
    pub(super) name: String,
    /// The file's name where it is one; empty where none was chosen.
    pub(super) file: Option<String>,
    /// Its content.
    pub(super) bytes: &'a [u8],
}

/// Longest boundary (RFC 2046).
const LONGEST_BOUNDARY: usize = 70;

/// The boundary of a content type; `None` where it is not `multipart/form-data`.
pub(super) fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"'))
    })?;
    (!value.is_empty() && value.len() <= LONGEST_BOUNDARY).then_some(value)
}

/// The fields of a body in their order; `None` where it is not what its boundary says.
pub(super) fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<Part<'a>>> {
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let headers_end = find(rest, b"\r\n\r\n")?;
        let headers = std::str::from_utf8(rest.get(..headers_end)?).ok()?;
        rest = rest.get(headers_end + 4..)?;
        let end = find(rest, next.as_bytes())?;
        let bytes = rest.get(..end)?;
        rest = rest.get(end + next.len()..)?;
        let disposition = headers.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim()
                .eq_ignore_ascii_case("content-disposition")
                .then_some(value)
        })?;
        parts.push(Part {
            name: parameter(disposition, "name")?,
            file: parameter(disposition, "filename"),
            bytes,
        });
    }
}

/// A quoted parameter. Browsers write UTF-8 as it is and only `"`, CR and LF as `%22`, `%0D`, `%0A`.
fn parameter(disposition: &str, wanted: &str) -> Option<String> {
    let mut rest = disposition;
    while let Some((_, after)) = rest.split_once(';') {
        let (name, value) = after.split_once('=')?;
        let value = value.trim_start().strip_prefix('"')?;
        let (value, left) = value.split_once('"')?;
        if name.trim().eq_ignore_ascii_case(wanted) {
            let unescaped = value.replace("%22", "\"").replace("%0D", " ").replace("%0A", " ");
            return Some(unescaped);
        }
        rest = left;
    }
    None
}

/// Where `needle` first stands.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    loop {
        let rest = hay.get(from..)?;
        let place = from + rest.iter().position(|byte| *byte == first)?;
        if hay.get(place..)?.starts_with(needle) {
            return Some(place);
        }
        from = place + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browsers_form_is_read_as_sent() {
        let body = "--xYz\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n两行\r\n--x\r\n--xYz\r\n\
                    Content-Disposition: form-data; name=\"files\"; filename=\"照片 %221%22.jpg\"\r\n\
                    Content-Type: image/jpeg\r\n\r\n\u{0}\r\n\r\nx\r\n--xYz\r\n\
                    content-disposition: form-data; name=\"files\"; filename=\"\"\r\n\r\n\r\n--xYz--\r\n";
        let found = parts(body.as_bytes(), "xYz").unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|part| (part.name.as_str(), part.file.as_deref(), part.bytes))
            .collect();
        assert_eq!(
            told,
            [
                ("text", None, "两行\r\n--x".as_bytes()),
                ("files", Some("照片 \"1\".jpg"), b"\0\r\n\r\nx"),
                ("files", Some(""), b""),
            ]
        );
    }

    #[test]
    fn what_is_cut_or_foreign_is_refused() {
        let whole = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";
        assert_eq!(parts(whole.as_bytes(), "b").unwrap().len(), 1);
        for end in 0..whole.len() - 4 {
            assert!(parts(&whole.as_bytes()[..end], "b").is_none(), "cut at {end}");
        }
        assert!(parts(whole.as_bytes(), "c").is_none());
        assert_eq!(parts(b"--b--", "b"), Some(Vec::new()));
        assert_eq!(boundary("multipart/form-data; boundary=\"b c\""), Some("b c"));
        assert_eq!(boundary("multipart/mixed; boundary=b"), None);
        assert_eq!(boundary("multipart/form-data; boundary="), None);
        assert_eq!(boundary("application/x-www-form-urlencoded"), None);
    }
}
