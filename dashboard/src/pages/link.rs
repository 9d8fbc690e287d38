//! Addresses of our own pages.

use std::fmt::Write;

/// `path?name=value&…`, values percent-encoded; pairs with an empty value are left out.
pub(crate) fn link<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut link = path.to_owned();
    let mut separator = '?';
    for (name, value) in pairs {
        if !value.is_empty() {
            link.push(separator);
            link.push_str(name);
            link.push('=');
            link.push_str(&encode(value));
            separator = '&';
        }
    }
    link
}

/// The page of a ticket.
pub(crate) fn ticket(no: &str) -> String {
    format!("/tickets/{}", encode(no))
}

/// The page of a unit.
pub(crate) fn unit(name: &str) -> String {
    format!("/units/{}", encode(name))
}

/// The page of a post.
pub(crate) fn post(id: &str) -> String {
    format!("/posts/{}", encode(id))
}

/// Percent-encodes everything but RFC 3986's unreserved characters: right in a path segment and in a query.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_place() {
        assert_eq!(
            link(
                "/tickets",
                [
                    ("unit", "住建局&x=1"),
                    ("topic", ""),
                    ("as_of", "2016-06-30T18:00:00+08:00")
                ]
            ),
            "/tickets?unit=%E4%BD%8F%E5%BB%BA%E5%B1%80%26x%3D1&as_of=2016-06-30T18%3A00%3A00%2B08%3A00"
        );
        assert_eq!(ticket("A/../b?c"), "/tickets/A%2F..%2Fb%3Fc");
    }
}
