//! Rules tried on single lines, without the document around them.

use crate::clean::{Budget, Cleaner, CompileError, Document, Options, Outcome};
use crate::pack::{Action, Input, Level, Pack, Rule};

/// Rules without their guards, to be tried on lines.
pub struct Trial {
    cleaner: Cleaner,
}

/// What became of a line, or of a part of it, by a rule that matches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Treated<'t> {
    /// The full id.
    pub rule: &'t str,
    /// The exception that protects the line from it, if one does.
    pub keeper: Option<&'t str>,
}

impl Trial {
    /// A trial of `rules`.
    ///
    /// # Errors
    /// When the rules do not make a cleaner.
    pub fn new<'r>(rules: impl Iterator<Item = &'r Rule>) -> Result<Self, CompileError> {
        let pack = Pack {
            name: "trial".to_owned(),
            about: String::new(),
            version: 1,
            source: "trial".to_owned(),
            rules: rules.map(unguarded).collect(),
            disables: Vec::new(),
            hash: 0,
        };
        let options = Options { level: Level::Likely, input: Input::Page, budget: Budget::NONE, ..Options::default() };
        Ok(Self { cleaner: Cleaner::new(&[pack], &options)? })
    }

    /// Every rule that matches `line`, whole or in part.
    #[must_use]
    pub fn treat(&self, line: &str) -> Vec<Treated<'_>> {
        let document = Document { text: line.as_bytes(), ..Document::default() };
        let verdicts = self.cleaner.verdicts(&document);
        let treated = verdicts.iter().map(|verdict| Treated {
            rule: self.cleaner.rule_id(verdict.rule),
            keeper: match verdict.outcome {
                Outcome::Kept(by) => Some(self.cleaner.rule_id(by)),
                _ => None,
            },
        });
        treated.collect()
    }
}

/// `rule` without what asks for more than the line that it matches.
fn unguarded(rule: &Rule) -> Rule {
    let action = match rule.action {
        Action::CutMatch => Action::CutMatch,
        Action::Keep => Action::Keep,
        _ => Action::CutLine,
    };
    Rule {
        action,
        zones: Vec::new(),
        near: None,
        input: None,
        langs: Vec::new(),
        not_langs: Vec::new(),
        sites: Vec::new(),
        not_sites: Vec::new(),
        ..rule.clone()
    }
}
