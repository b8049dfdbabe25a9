//! Rules as data: packs of rules, read from TOML files and plain lists, and the packs that are shipped.
//!
//! Takes the text of a rule file, gives a [`Pack`] in which every value is legal; never looks at a document. What rules
//! mean together (levels, exceptions, neighbours in other packs) is for `clean` to work out.

mod cuts;
mod error;
mod hole;
mod list;
mod literals;
mod pattern;
mod phrases;
mod rule;
#[cfg(shipped)]
mod schema;
mod scope;
mod sense;
#[cfg(shipped)]
mod shipped;
mod sought;
mod tables;
mod toml;

use std::collections::HashSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use error::PackError;
pub use hole::{Hole, HoleError, Piece, pieces};
pub use pattern::compile_pattern;
pub use rule::{
    Action, Disable, Flag, Input, Level, Matches, Near, Neighbours, PageExample, ProseGuard, Rule, Side, SiteName, Zone,
};
#[cfg(shipped)]
pub use schema::schema;
#[cfg(shipped)]
pub use shipped::{shipped, shipped_acting, shipped_version};
pub use sought::{Key, Part, PatternSought, PhraseSought, Role, Sought, Spot, Token, sought};

/// One rule file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pack {
    /// The name that the ids of its rules begin with, such as `en/comments`.
    pub name: String,
    /// What it is for, in a sentence.
    pub about: String,
    /// Grows when its rules change.
    pub version: u32,
    /// Where it came from, for messages: a path, or `shipped`.
    pub source: String,
    pub rules: Vec<Rule>,
    pub disables: Vec<Disable>,
    /// XXH3-64 of the file.
    pub hash: u64,
}

impl Pack {
    /// Reads the pack in the file at `path`: a plain list if its name ends in `.txt`, TOML otherwise.
    ///
    /// # Errors
    /// When the file cannot be read, or is no legal pack: then with the place in it, and what is legal there.
    pub fn read(path: &Path) -> Result<Self, PackError> {
        let bytes = std::fs::read(path).map_err(|source| PackError::Read { path: path.to_owned(), source })?;
        // It is shown on terminals.
        let source = path.display().to_string().replace(char::is_control, "\u{fffd}");
        let text = String::from_utf8(bytes).map_err(|e| PackError::not_utf8(&source, &e))?;
        if path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("txt")) {
            let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            list::parse(&text, &name, &source)
        } else {
            Self::parse(&text, &source)
        }
    }

    /// Reads a pack from TOML; `source` names it in errors.
    ///
    /// # Errors
    /// When it is no legal pack, with the place, the cause and what is legal there.
    pub fn parse(text: &str, source: &str) -> Result<Self, PackError> {
        toml::parse(text, source)
    }

    /// The pack without what only people read: phrases as they are written, reasons, examples.
    #[must_use]
    pub fn acting(self) -> Self {
        Self { rules: self.rules.into_iter().map(Rule::acting).collect(), ..self }
    }

    /// Reads a plain list: a phrase a line, `#` comments, `\#` for a phrase that begins with one. Each phrase is a
    /// whole-line rule of level 1, whose id ends in its line number.
    ///
    /// # Errors
    /// When a phrase folds to nothing.
    pub fn parse_list(text: &str, name: &str, source: &str) -> Result<Self, PackError> {
        list::parse(text, name, source)
    }
}

/// Leaves out the rules that `stays` does not take, and what other rules say of them.
pub fn retain(packs: &mut [Pack], stays: impl Fn(&Rule) -> bool) {
    let count = |packs: &[Pack]| packs.iter().map(|pack| pack.rules.len()).sum::<usize>();
    let before = count(packs);
    for pack in packs.iter_mut() {
        pack.rules.retain(&stays);
    }
    // Rules that were never there are for the compiler to find fault with.
    if count(packs) < before {
        forget_missing(packs);
    }
}

/// Takes away what is said of rules that are not there: they can neither be disabled nor be near to anything.
pub fn forget_missing(packs: &mut [Pack]) {
    let ids: HashSet<String> = packs.iter().flat_map(|pack| &pack.rules).map(|rule| rule.id.clone()).collect();
    for pack in packs {
        pack.disables.retain(|disable| ids.contains(&disable.rule));
        for near in pack.rules.iter_mut().filter_map(|rule| rule.near.as_mut()) {
            if let Neighbours::Rules(rules) = &mut near.neighbours {
                rules.retain(|rule| ids.contains(rule));
            }
        }
    }
}

/// One number for packs as they are: XXH3-64 of their names and of the hashes of their files.
#[must_use]
pub fn version_of(packs: &[Pack]) -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3Default::new();
    for pack in packs {
        hash.update(&(pack.name.len() as u64).to_le_bytes());
        hash.update(pack.name.as_bytes());
        hash.update(&pack.hash.to_le_bytes());
    }
    hash.digest()
}
