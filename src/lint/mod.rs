//! What is doubtful about rules: legal, and yet most likely not what was meant.
//!
//! Takes packs, gives findings, each with its place, the cause and a way out. A lint is a small function over one rule
//! and the scene around it, and [`LINTS`] is the list of them. Never reads a file, and never judges a document: what a
//! rule does to a line is asked of the cleaner itself.

mod allow;
mod dead;
mod guards;
mod lists;
mod patterns;
mod phrases;
mod proof;
mod scene;
mod trial;
mod words;

pub use lists::unclear;
pub use trial::{Treated, Trial};

use crate::clean::CompileError;
use crate::pack::{Pack, Rule};
use scene::Scene;

/// Something doubtful about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub lint: &'static Lint,
    /// The full id.
    pub rule: String,
    /// Source and line.
    pub place: String,
    pub what: String,
}

/// One thing that is looked for.
#[derive(Debug)]
pub struct Lint {
    pub name: &'static str,
    /// Why it is doubtful.
    pub why: &'static str,
    pub way_out: &'static str,
    /// What is doubtful about a rule, each thing in words.
    check: fn(&Scene, &Rule) -> Vec<String>,
}

impl PartialEq for Lint {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Lint {}

/// Every lint.
pub const LINTS: &[Lint] = &[
    phrases::REPEATED,
    phrases::DUPLICATE,
    phrases::SHADOWED,
    dead::OVER_MAX_WORDS,
    dead::ABSENT_WORD,
    dead::KEPT,
    dead::IDLE_NEIGHBOURS,
    dead::DISABLED,
    guards::SINGLE_WORD,
    guards::COMMON_WORD,
    guards::ARTICLE_TEXT,
    guards::WORD_IN_LINE,
    guards::ONE_WORD_ANCHOR,
    guards::PROSE_AT_RISK,
    guards::SHORT_RUN,
    guards::WIDE_LINE,
    patterns::NO_LITERAL,
    patterns::LARGE,
    proof::NO_WHY,
    proof::NO_STRIPS,
    proof::NO_KEEPS,
    lists::SINGLE_WORD,
    lists::UNCLEAR,
    allow::IDLE,
];

/// What is doubtful about the rules of those `packs` that `linted` says, beside all of them, in the order of the packs;
/// without what a rule allows.
///
/// # Errors
/// When the packs do not make a cleaner.
pub fn lint(packs: &[Pack], linted: impl Fn(&Pack) -> bool) -> Result<Vec<Finding>, CompileError> {
    let scene = Scene::new(packs)?;
    let rules = packs.iter().filter(|pack| linted(pack)).flat_map(|pack| &pack.rules);
    Ok(rules.flat_map(|rule| findings(&scene, rule)).collect())
}

fn findings(scene: &Scene, rule: &Rule) -> Vec<Finding> {
    let asked = LINTS.iter().filter(|lint| rule.allow.iter().all(|allowed| allowed != lint.name));
    let found = asked.flat_map(|lint| (lint.check)(scene, rule).into_iter().map(move |what| (lint, what)));
    found.map(|(lint, what)| Finding { lint, rule: rule.id.clone(), place: rule.place.clone(), what }).collect()
}
