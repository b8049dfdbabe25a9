//! The packs that are shipped, built into the program.

use super::Pack;
use super::toml::{self, Patterns};

/// Name and text of every TOML file below `rules/`, sorted by name; the build script writes the list.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The shipped packs, sorted by name.
///
/// # Panics
/// Never in a released program: every shipped file is read by a test.
#[must_use]
pub fn shipped() -> Vec<Pack> {
    FILES
        .iter()
        .map(|(name, text)| {
            let pack = toml::parse(text, &format!("rules/{name}.toml"), Patterns::Trusted);
            let pack = pack.unwrap_or_else(|e| panic!("{e}"));
            Pack { source: "shipped".to_owned(), ..pack }
        })
        .collect()
}

/// One number for all shipped packs as they are: XXH3-64 of their names and texts.
#[must_use]
pub fn shipped_version() -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3Default::new();
    for (name, text) in FILES {
        for part in [name, text] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_file_is_a_pack_named_by_its_path() {
        for (name, text) in FILES {
            let pack = Pack::parse(text, &format!("rules/{name}.toml")).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(&pack.name, name);
        }
        assert_eq!(shipped().len(), FILES.len());
    }
}
