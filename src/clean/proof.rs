//! The proof that rules bring: their examples, each a test of its own.

use super::{Budget, Cleaner, CompileError, Document, Options, Scratch};
use crate::pack::{Action, Flag, Input, Level, Pack, PageExample, Rule};
use crate::text::is_blank;

/// One example of one rule.
#[derive(Debug, Clone)]
pub struct Example<'p> {
    pub rule: &'p Rule,
    pub claim: Claim<'p>,
}

/// What an example says.
#[derive(Debug, Clone, Copy)]
pub enum Claim<'p> {
    /// The rule alone, without the guards that ask for context, takes this line, or something of it if it cuts matches.
    Strips(&'p str),
    /// All packs together, at the rule's level, leave this line alone.
    Keeps(&'p str),
    /// All packs together, at the rule's level, leave this of a document.
    Page(&'p PageExample),
}

impl Example<'_> {
    /// A name for the test: the rule's id, the kind of claim, and the text.
    #[must_use]
    pub fn name(&self) -> String {
        let (kind, text) = match self.claim {
            Claim::Strips(text) => ("strips", text),
            Claim::Keeps(text) => ("keeps", text),
            Claim::Page(page) => ("page", page.text.as_str()),
        };
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(80).collect();
        format!("{} {kind} {text}", self.rule.id)
    }
}

/// The examples of `packs`, in the order of the packs.
pub fn examples(packs: &[Pack]) -> impl Iterator<Item = Example<'_>> {
    packs.iter().flat_map(|pack| &pack.rules).flat_map(|rule| {
        let strips = rule.strips.iter().map(|text| Claim::Strips(text));
        let keeps = rule.keeps.iter().map(|text| Claim::Keeps(text));
        let pages = rule.pages.iter().map(Claim::Page);
        strips.chain(keeps).chain(pages).map(move |claim| Example { rule, claim })
    })
}

/// Tries examples against packs; compiles each combination of them once.
pub struct Prover {
    /// By level and input.
    together: [Cleaner; 4],
}

impl Prover {
    /// A prover for the rules of `packs` together.
    ///
    /// # Errors
    /// When they do not make a cleaner.
    pub fn new(packs: &[Pack]) -> Result<Self, CompileError> {
        let cleaner = |level, input| Cleaner::new(packs, &Options { level, input, exact: false, budget: Budget::NONE });
        Ok(Self {
            together: [
                cleaner(Level::Sure, Input::Article)?,
                cleaner(Level::Sure, Input::Page)?,
                cleaner(Level::Likely, Input::Article)?,
                cleaner(Level::Likely, Input::Page)?,
            ],
        })
    }

    /// Tries one example.
    ///
    /// # Errors
    /// When it does not hold: what was left instead, and which rules cut.
    pub fn prove(&self, example: &Example) -> Result<(), String> {
        let rule = example.rule;
        match example.claim {
            Claim::Strips(text) => strips(rule, text),
            // Page rules act on pages alone, and all others there too.
            Claim::Keeps(text) => {
                let document = Document { text: text.as_bytes(), ..Document::default() };
                unchanged(self.together(rule.level, Input::Page), &document, text, &[])
            }
            Claim::Page(page) => {
                let (text, lang, url) = (page.text.as_bytes(), page.lang.as_deref(), page.url.as_deref());
                let cleaner = self.together(rule.level, rule.input.unwrap_or_default());
                unchanged(cleaner, &Document { text, lang, url }, &page.left, &page.flags)
            }
        }
    }

    fn together(&self, level: Level, input: Input) -> &Cleaner {
        &self.together[2 * usize::from(level == Level::Likely) + usize::from(input == Input::Page)]
    }
}

fn strips(rule: &Rule, text: &str) -> Result<(), String> {
    if rule.action == Action::Keep {
        return Err("an exception strips nothing".to_owned());
    }
    let action = if rule.action.reaches_far() { Action::CutLine } else { rule.action };
    let scope = Rule { langs: Vec::new(), not_langs: Vec::new(), ..rule.clone() };
    let scope = Rule { sites: Vec::new(), not_sites: Vec::new(), ..scope };
    let alone = Rule { zones: Vec::new(), near: None, action, ..scope };
    let pack = Pack {
        name: "proof".to_owned(),
        about: String::new(),
        version: 1,
        source: "proof".to_owned(),
        rules: vec![alone],
        disables: Vec::new(),
        hash: 0,
    };
    let options = Options { level: Level::Likely, input: Input::Page, exact: false, budget: Budget::NONE };
    let cleaner = Cleaner::new(&[pack], &options).map_err(|e| e.to_string())?;
    let cleaned = cleaner.clean(&Document { text: text.as_bytes(), ..Document::default() }, &mut Scratch::default());
    match action {
        Action::Flag(flag) if cleaned.flags == [flag] => Ok(()),
        Action::Flag(_) => Err("nothing is marked".to_owned()),
        _ if cleaned.edits.is_empty() => Err("nothing is cut".to_owned()),
        Action::CutLine if !is_blank(&cleaned.text()) => {
            Err(format!("{:?} is left", String::from_utf8_lossy(&cleaned.text())))
        }
        _ => Ok(()),
    }
}

/// Tries that `left` is left of `document`, and that it is marked as `flags` say, if they say anything.
fn unchanged(cleaner: &Cleaner, document: &Document, left: &str, flags: &[Flag]) -> Result<(), String> {
    let cleaned = cleaner.clean(document, &mut Scratch::default());
    if let Some(flag) = flags.iter().find(|flag| !cleaned.flags.contains(flag)) {
        return Err(format!("it is not marked as {}", flag.name()));
    }
    if *cleaned.text() == *left.as_bytes() {
        return Ok(());
    }
    let rules: Vec<&str> = cleaned.edits.iter().map(|edit| cleaner.rule_id(edit.rule)).collect();
    Err(format!(
        "{:?} is left, cut by {}",
        String::from_utf8_lossy(&cleaned.text()),
        if rules.is_empty() { "nothing".to_owned() } else { rules.join(", ") }
    ))
}
