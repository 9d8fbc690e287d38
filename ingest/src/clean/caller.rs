//! Callers: recognisable when calling again, never readable.
//!
//! Must never keep a number, and never write the key anywhere but into its own file.

use super::{fold::folded_word, mask::first_phone};
use crate::record::{Caller, RecordId};
use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::Path,
};

/// The key that callers are hashed with: made once, kept in the data folder or named from the environment. Without it
/// the hash of a number could be found by trying all 10¹⁰ of them.
#[derive(Clone)]
pub struct CallerKey([u8; 32]);

/// Why there is no caller key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Its file cannot be read or made.
    #[error("caller key file failed: {0}")]
    Io(#[from] io::Error),
    /// The system gives no random bytes.
    #[error("no random bytes for the caller key: {0}")]
    Random(getrandom::Error),
    /// Not 32 bytes in hexadecimal digits.
    #[error("caller key must be 64 hexadecimal digits")]
    Format,
}

/// What feeds write where they have no number.
const NOBODY: [&str; 14] = [
    "匿名",
    "无",
    "未知",
    "保密",
    "未显示",
    "未显示号码",
    "隐藏",
    "不详",
    "未提供",
    "空",
    "null",
    "none",
    "-",
    "/",
];

impl CallerKey {
    /// Reads the key, or makes one where the file does not exist. Two processes that start at once get the same key.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds no key: a lost key would make every caller a new one, so a
    /// broken file is never replaced.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        match fs::read_to_string(path) {
            Ok(text) => return Self::from_env_value(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let mut key = [0u8; 32];
        getrandom::fill(&mut key).map_err(KeyError::Random)?;
        let hex = key.iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        // Written whole under a name of its own, then linked: a link never replaces a file that came first.
        let fresh = path.with_extension(format!("new-{}", std::process::id()));
        let linked = write_private(&fresh, &hex).and_then(|()| fs::hard_link(&fresh, path));
        // The second name has done its work; if it stays, it is only a copy beside the key.
        let _ = fs::remove_file(&fresh);
        match linked {
            Ok(()) => Ok(Self(key)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::from_env_value(&fs::read_to_string(path)?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A key that protects nothing, for a trial whose hashes nobody sees.
    pub(crate) fn for_trial() -> Self {
        Self([0; 32])
    }

    /// The key from 64 hexadecimal digits, as an environment variable holds it.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn from_env_value(value: &str) -> Result<Self, KeyError> {
        let value = value.trim();
        if value.len() != 64 || !value.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(KeyError::Format);
        }
        let mut key = [0u8; 32];
        for (index, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&value[index * 2..index * 2 + 2], 16).map_err(|_| KeyError::Format)?;
        }
        Ok(Self(key))
    }

    /// Keyed hash of what must not be tried out.
    pub(super) fn hash(&self, purpose: &[u8], value: &str) -> RecordId {
        let keyed = blake3::keyed_hash(&self.0, value.as_bytes());
        RecordId::of(&[purpose, keyed.as_bytes()])
    }

    /// The caller a feed names. `None` where it names nobody, and where it hides digits itself: the many callers
    /// behind one `138****5678` are not one.
    pub(super) fn caller(&self, raw: &str) -> Option<Caller> {
        let word = folded_word(raw);
        if word.is_empty() || NOBODY.contains(&&*word) || word.contains('*') || word.chars().all(|c| c == '0')
        {
            return None;
        }
        let (value, masked) = first_phone(raw).unwrap_or_else(|| unknown_form(word));
        Some(Caller {
            hash: self.hash(b"caller", &value),
            masked,
        })
    }
}

/// A local number keeps its last two digits, an account its first letter.
fn unknown_form(word: String) -> (String, String) {
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 5 {
        let masked = format!("****{}", &digits[digits.len() - 2..]);
        return (digits, masked);
    }
    let first: String = word.chars().take(1).collect();
    (word, format!("{first}****"))
}

#[cfg(unix)]
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CallerKey {
        CallerKey::from_env_value(&"07".repeat(32)).unwrap()
    }

    #[test]
    fn one_number_is_one_caller_in_every_spelling() {
        let plain = key().caller("13812345678").unwrap();
        assert_eq!(plain.masked, "138****5678");
        for raw in [
            "138 1234 5678",
            "+86-138-1234-5678",
            "１３８１２３４５６７８",
            "张先生 13812345678",
            "013812345678",
        ] {
            assert_eq!(key().caller(raw).as_ref(), Some(&plain), "{raw}");
        }
        let landline = key().caller("0531-82345678").unwrap();
        assert_eq!(landline.masked, "0531****78");
        assert_eq!(key().caller("(0531)82345678"), Some(landline));
        assert_eq!(key().caller("82345678").unwrap().masked, "****78");
    }

    #[test]
    fn nobody_is_not_a_repeat_caller() {
        for raw in ["", " ", "匿名", "无", "138****5678", "0", "-", "/", "未显示号码"] {
            assert_eq!(key().caller(raw), None, "{raw}");
        }
    }

    #[test]
    fn another_key_gives_another_hash() {
        let other = CallerKey::from_env_value(&"08".repeat(32)).unwrap();
        assert_ne!(
            other.caller("13812345678").unwrap().hash,
            key().caller("13812345678").unwrap().hash
        );
    }

    #[test]
    fn the_key_is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("caller.key");
        let first = CallerKey::load_or_create(&path).unwrap();
        let again = CallerKey::load_or_create(&path).unwrap();
        assert_eq!(first.0, again.0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(&path, "broken").unwrap();
        assert!(matches!(CallerKey::load_or_create(&path), Err(KeyError::Format)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "broken");
    }
}
