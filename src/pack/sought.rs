//! What is looked for of a rule: its phrases as they are compared with folded lines, and the texts that they are found by.
//!
//! Takes what a rule file says, gives what a cleaner needs of it; the shipped packs bring it along, for to work it out for
//! ten thousands of phrases takes longer than to clean many a dump.

use serde::{Deserialize, Serialize};

use super::hole::{Hole, Piece, pieces};
use super::literals::{longest_match, required_literals};
use super::{Action, Matches, Rule};
use crate::text::{Case, Fold, core_of, fold_into, key_into};

/// Stands for a hole while a phrase is folded: a letter that has no case, combines with nothing and is in no phrase.
const PLACEHOLDER: char = '\u{16f00}';

/// Bytes of a text that stands at an end of a line, from which on it is looked for there rather than by a longer text
/// anywhere.
const TELLING: usize = 6;

/// A shorter text tells next to nothing, wherever it stands: many a line ends with a quote.
const LEAST_TELLING: usize = 3;

/// One thing that a rule looks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sought {
    /// Lines whose key is one of these, which have line feeds between them.
    Lines(String),
    Phrase(PhraseSought),
    Run {
        tokens: Vec<Token>,
        least: usize,
    },
    Pattern(PatternSought),
}

/// A phrase that stands in a line, or has holes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhraseSought {
    pub role: Role,
    pub parts: Vec<Part>,
    pub key: Key,
}

/// Where in a line a phrase must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    Line,
    Prefix,
    Suffix,
    Inline,
}

/// A part of a phrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Folded.
    Text(String),
    Hole(Hole),
}

/// A text to look for, folded, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub spot: Spot,
    pub text: String,
}

/// Where in a folded line, between its edges, a text stands that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Spot {
    Start,
    End,
    Anywhere,
    /// No text is there to be looked for, but the line begins with a digit or the name of a month.
    Count,
}

/// A word of the vocabulary of a run: text, and perhaps a number with what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub before: String,
    pub number: Option<String>,
}

/// A regex, and what is known about its matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternSought {
    pub source: String,
    /// The most bytes of a match, if there is a bound.
    pub longest: Option<usize>,
    /// Texts of which every match holds one, and where; none if the regex must be tried on every line.
    pub keys: Option<(Spot, Vec<String>)>,
}

/// What `rule` looks for, if its lines are folded as said.
#[must_use]
pub fn sought(rule: &Rule, fold: Fold, case: Case) -> Vec<Sought> {
    let holes = rule.holes && fold != Fold::None;
    let whole = rule.action != Action::CutMatch;
    let phrase = |phrase: &String, role: Role| Sought::Phrase(PhraseSought::new(phrase, holes, role, fold, case));
    match &rule.matches {
        Matches::Line(phrases) => {
            let (holed, plain): (Vec<&String>, Vec<&String>) =
                phrases.iter().partition(|line| holes && line.contains('{'));
            let keys: Vec<String> = plain.into_iter().map(|line| folded(line, Role::Line, fold, case)).collect();
            let lines = (!keys.is_empty()).then(|| Sought::Lines(keys.join("\n")));
            lines.into_iter().chain(holed.into_iter().map(|line| phrase(line, Role::Line))).collect()
        }
        Matches::Prefix(phrases) => phrases.iter().map(|text| phrase(text, Role::Prefix)).collect(),
        Matches::Suffix(phrases) => phrases.iter().map(|text| phrase(text, Role::Suffix)).collect(),
        Matches::Inline(phrases) => phrases.iter().map(|text| phrase(text, Role::Inline)).collect(),
        Matches::Run { tokens, least } => vec![Sought::Run { tokens: vocabulary(tokens), least: *least }],
        Matches::Pattern(all) => {
            all.iter().map(|source| Sought::Pattern(PatternSought::new(source, whole, fold))).collect()
        }
    }
}

impl PhraseSought {
    /// What `phrase`, which is legal, is compared as.
    #[must_use]
    pub fn new(phrase: &str, holes: bool, role: Role, fold: Fold, case: Case) -> Self {
        let parts =
            if holes { parts(phrase, role, fold, case) } else { vec![Part::Text(folded(phrase, role, fold, case))] };
        let key = key(&parts, role, fold);
        Self { role, parts, key }
    }
}

impl PatternSought {
    /// What is known about the regex `source`, which matches `whole` lines or parts of them.
    #[must_use]
    pub fn new(source: &str, whole: bool, fold: Fold) -> Self {
        // Places are told for lines whose edges are trimmed; lines that are not folded are not searched for texts.
        let keys = if fold == Fold::None { None } else { required_literals(source, whole && fold == Fold::Full) };
        Self { source: source.to_owned(), longest: longest_match(source).filter(|_| whole), keys }
    }
}

/// The fixed text by which a phrase is found, and where in a line that stands.
fn key(parts: &[Part], role: Role, fold: Fold) -> Key {
    if fold == Fold::None {
        let text = match parts.first() {
            Some(Part::Text(text)) => text.clone(),
            _ => String::new(),
        };
        return Key { spot: Spot::Anywhere, text };
    }
    // Ornaments between holes tell nothing.
    let tells = |text: &str| {
        if role == Role::Inline || fold != Fold::Full {
            !text.trim_ascii().is_empty()
        } else {
            !core_of(text.as_bytes(), text.as_bytes()).is_empty()
        }
    };
    let of = |part: Option<&Part>| match part {
        Some(Part::Text(text)) if tells(text) => Some(fold_case(text.trim_ascii())),
        _ => None,
    };
    let at = |edge: Role, spot: Spot, part: Option<&Part>| {
        let text = of(part).filter(|_| role == Role::Line || role == edge)?;
        Some(Key { spot, text })
    };
    let longest = parts.iter().filter_map(|part| of(Some(part))).max_by_key(String::len);
    let anywhere = longest.map(|text| Key { spot: Spot::Anywhere, text });
    let first = at(Role::Prefix, Spot::Start, parts.first());
    let last = at(Role::Suffix, Spot::End, parts.last());
    // The longer of the ends is the rarer; what may stand anywhere is dear to look for, unless the end is a short word.
    let ends = [first, last].into_iter().flatten().max_by_key(|key| key.text.len());
    let telling = |key: &Key| {
        let longest = anywhere.as_ref().map_or(0, |long| long.text.len());
        key.text.len() >= TELLING || longest < (2 * key.text.len()).max(2 * LEAST_TELLING)
    };
    let nothing = || Key { spot: Spot::Count, text: String::new() };
    ends.filter(telling).or(anywhere).unwrap_or_else(nothing)
}

fn parts(phrase: &str, role: Role, fold: Fold, case: Case) -> Vec<Part> {
    let pieces = pieces(phrase).unwrap_or_default();
    let mut holes = Vec::new();
    let spelt: String = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Hole(hole) => {
                holes.push(hole);
                PLACEHOLDER.to_string()
            }
        })
        .collect();
    let key = folded(&spelt, role, fold, case);
    let mut holes = holes.into_iter().map(Part::Hole);
    let mut parts = Vec::new();
    for (at, text) in key.split(PLACEHOLDER).enumerate() {
        if at > 0 {
            parts.extend(holes.next());
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
    }
    parts
}

/// What is looked for of a phrase. Ornaments go only from the side where the line's edge will be: inside a line they
/// are part of the phrase.
fn folded(phrase: &str, role: Role, fold: Fold, case: Case) -> String {
    if fold == Fold::None {
        return phrase.to_owned();
    }
    let mut key = Vec::new();
    fold_into(phrase.as_bytes(), case, &mut key);
    if fold == Fold::Full && role != Role::Inline {
        let mut core = Vec::new();
        key_into(phrase.as_bytes(), fold, case, &mut core);
        let at = memchr::memmem::find(&key, &core).unwrap_or(0);
        match role {
            Role::Prefix => drop(key.drain(..at)),
            Role::Suffix => key.truncate(at + core.len()),
            Role::Line | Role::Inline => key = core,
        }
    }
    as_text(key)
}

/// The vocabulary of a run: the longest words first, so that most lines are taken apart at the first try.
fn vocabulary(tokens: &[String]) -> Vec<Token> {
    let mut tokens: Vec<Token> = tokens.iter().map(|text| token(text)).collect();
    tokens.sort_by(|a, b| b.before.len().cmp(&a.before.len()).then_with(|| a.before.cmp(&b.before)));
    tokens
}

fn token(token: &str) -> Token {
    let pieces = pieces(token).unwrap_or_default();
    let hole = pieces.iter().position(|piece| matches!(piece, Piece::Hole(_)));
    let text = |pieces: &[Piece]| match pieces {
        [Piece::Text(text)] => text.clone(),
        _ => String::new(),
    };
    let Some(at) = hole else { return Token { before: fold_case(token), number: None } };
    let (before, after) = (text(&pieces[..at]), text(&pieces[at + 1..]));
    let blank = |is: bool| if is { " " } else { "" };
    Token {
        before: fold_case(&before) + blank(before.ends_with(' ')),
        number: Some(blank(after.starts_with(' ')).to_owned() + &fold_case(&after)),
    }
}

fn fold_case(text: &str) -> String {
    let mut key = Vec::new();
    fold_into(text.as_bytes(), Case::Fold, &mut key);
    as_text(key)
}

/// What text folds to is text.
fn as_text(folded: Vec<u8>) -> String {
    String::from_utf8(folded).unwrap_or_default()
}
