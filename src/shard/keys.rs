//! The names of the values that are wanted of a record.
//!
//! Takes what was typed, gives a path that can be compared with the keys of a record. Never looks at a record itself.

use std::fmt;
use std::str::FromStr;

/// Keys that dumps use for the text, the usual ones first.
pub const KNOWN_TEXT_KEYS: [&str; 6] = ["text", "content", "raw_content", "maintext", "body", "markdown"];

/// A key, or keys with dots between them that lead into objects (`metadata.url`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyPath {
    whole: String,
    /// The length of the first key, up to the first dot.
    first: usize,
}

impl KeyPath {
    /// The path as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.whole
    }

    /// The path of one key, whatever it holds.
    pub(super) fn single(key: &str) -> Self {
        Self { whole: key.to_owned(), first: key.len() }
    }

    pub(super) fn first(&self) -> &[u8] {
        &self.whole.as_bytes()[..self.first]
    }

    /// The keys after the first one.
    pub(super) fn rest(&self) -> impl Iterator<Item = &str> {
        self.whole.split('.').skip(1)
    }
}

/// A path that names no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key needs at least one letter")]
pub struct EmptyKeyPath;

impl FromStr for KeyPath {
    type Err = EmptyKeyPath;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        if path.is_empty() {
            return Err(EmptyKeyPath);
        }
        let first = path.find('.').unwrap_or(path.len());
        Ok(Self { whole: path.to_owned(), first })
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whole)
    }
}

/// The keys that are wanted of each record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    pub text: Vec<KeyPath>,
    pub id: Option<KeyPath>,
    pub url: Option<KeyPath>,
    pub lang: Option<KeyPath>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_its_keys() {
        for (path, first, rest) in
            [("text", "text", vec![]), ("metadata.url", "metadata", vec!["url"]), ("a..b", "a", vec!["", "b"])]
        {
            let parsed: KeyPath = path.parse().unwrap();
            assert_eq!(parsed.to_string(), path);
            assert_eq!(parsed.first(), first.as_bytes());
            assert_eq!(parsed.rest().collect::<Vec<_>>(), rest);
        }
        assert_eq!("".parse::<KeyPath>(), Err(EmptyKeyPath));
    }
}
