//! A phrase as it is compared with folded lines: fixed text and holes.
//!
//! A phrase is found by a piece of fixed text (its [`Template::key`]) and then compared from its place on. The
//! holes are few and bounded, and so are the ways to fill them that are tried.

use super::hole::{self, Seen};
use super::spot::{Key, Spot};
use crate::pack::{Hole, Piece, pieces};
use crate::text::{Case, Fold, Span, border, char_after, char_before, core_of, count_words, fold_into, key_into};

/// Ways to fill the holes of one phrase that are tried at one place.
const MOST_TRIES: u32 = 4096;
/// Stands for a hole while a phrase is folded: a letter that has no case, combines with nothing and is in no phrase.
const PLACEHOLDER: char = '\u{16f00}';

/// Where in a line a phrase must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Line,
    Prefix,
    Suffix,
    Inline,
}

/// One phrase of one rule.
pub(super) struct Template {
    pub rule: u32,
    pub role: Role,
    pub fold: Fold,
    /// Whether capitals count.
    pub case: Case,
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// Folded.
    Text(Vec<u8>),
    Hole(Hole),
}

impl Template {
    /// The template of `phrase`, which is legal.
    pub(super) fn new(phrase: &str, holes: bool, rule: u32, role: Role, fold: Fold, case: Case) -> Self {
        let parts =
            if holes { parts(phrase, role, fold, case) } else { vec![Part::Text(folded(phrase, role, fold, case))] };
        Self { rule, role, fold, case, parts }
    }

    /// The fixed text by which it is found, and where in a line that stands.
    pub(super) fn key(&self) -> Key {
        let lower = |text: &[u8]| {
            let mut key = Vec::new();
            fold_into(text.trim_ascii(), Case::Fold, &mut key);
            key
        };
        let is_edge = |role: Role| self.role == Role::Line || self.role == role;
        // Ornaments between holes tell nothing.
        let tells = |text: &[u8]| {
            let is_inline = self.role == Role::Inline || self.fold != Fold::Full;
            if is_inline { !text.trim_ascii().is_empty() } else { !core_of(text, text).is_empty() }
        };
        let of = |part: Option<&Part>| match part {
            Some(Part::Text(text)) if tells(text) => Some(lower(text)),
            _ => None,
        };
        let longest = || self.parts.iter().filter_map(|part| of(Some(part))).max_by_key(Vec::len);
        if let Some(text) = of(self.parts.first()).filter(|_| is_edge(Role::Prefix)) {
            return Key { spot: Spot::Start, text };
        }
        if let Some(text) = of(self.parts.last()).filter(|_| is_edge(Role::Suffix)) {
            return Key { spot: Spot::End, text };
        }
        match longest() {
            Some(text) => Key { spot: Spot::Anywhere, text },
            None => Key { spot: Spot::Count, text: Vec::new() },
        }
    }

    /// The text by which it is found in a line as it is.
    pub(super) fn verbatim_key(&self) -> Vec<u8> {
        match self.parts.first() {
            Some(Part::Text(text)) => text.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether it is one fixed text.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Text(_)])
    }

    /// Whether its first hole is a date.
    pub(super) fn begins_with_date(&self) -> bool {
        matches!(self.parts.first(), Some(Part::Hole(Hole::Date)))
    }

    /// Every place in the folded line where it stands.
    pub(super) fn spans(&self, seen: &Seen) -> Vec<Span> {
        let seen = &seen.folded_as(self.fold);
        let (text, core, stopless) = (seen.text, seen.core, seen.stopless);
        // A full stop is overlooked by phrases of three words or more.
        let ends =
            |start: usize, end: usize| end == core.end || (end == stopless.end && count_words(&text[start..end]) >= 3);
        let left = |at: usize| border(char_before(text, at), char_after(text, at));
        let span = |start: usize, end: Option<usize>| end.map(|end| Span::new(start, end));
        match self.role {
            Role::Line => {
                span(core.start, self.end(seen, core.start, &|end| ends(core.start, end))).into_iter().collect()
            }
            Role::Prefix => {
                span(core.start, self.end(seen, core.start, &left)).filter(|_| left(core.start)).into_iter().collect()
            }
            Role::Suffix => self
                .starts(seen)
                .filter(|&start| left(start))
                .find_map(|start| span(start, self.end(seen, start, &|end| ends(start, end))))
                .into_iter()
                .collect(),
            Role::Inline => self
                .starts(seen)
                .filter(|&start| left(start))
                .filter_map(|start| span(start, self.end(seen, start, &left)))
                .collect(),
        }
    }

    /// The places where it may begin, in order: those of its first text, or every visible one if it begins with a hole.
    fn starts<'s>(&'s self, seen: &'s Seen) -> Box<dyn Iterator<Item = usize> + 's> {
        let text = seen.text;
        match self.parts.first() {
            Some(Part::Text(first)) if self.role == Role::Suffix && self.is_plain() => {
                let ends = [seen.stopless.end, seen.core.end];
                Box::new(ends.into_iter().filter_map(|end| end.checked_sub(first.len())))
            }
            Some(Part::Text(first)) => Box::new(overlapping(text, first)),
            _ => Box::new((0..text.len()).filter(|&at| text[at] & 0xC0 != 0x80 && text[at] != b' ')),
        }
    }

    /// Where it ends if it begins at `at`: the longest end that `accepts` accepts.
    fn end(&self, seen: &Seen, at: usize, accepts: &dyn Fn(usize) -> bool) -> Option<usize> {
        let mut tries = MOST_TRIES;
        fill(&self.parts, seen, at, accepts, &mut tries)
    }
}

fn fill(parts: &[Part], seen: &Seen, at: usize, accepts: &dyn Fn(usize) -> bool, tries: &mut u32) -> Option<usize> {
    let Some((first, rest)) = parts.split_first() else { return Some(at).filter(|&at| accepts(at)) };
    *tries = tries.checked_sub(1)?;
    match first {
        Part::Text(text) => {
            let follows = seen.text.get(at..).is_some_and(|rest| rest.starts_with(text));
            if follows { fill(rest, seen, at + text.len(), accepts, tries) } else { None }
        }
        Part::Hole(hole) => {
            hole::ends(*hole, seen, at).into_iter().find_map(|end| fill(rest, seen, end, accepts, tries))
        }
    }
}

/// Where `needle` stands in `text`, overlapping places too.
fn overlapping<'t>(text: &'t [u8], needle: &'t [u8]) -> impl Iterator<Item = usize> + 't {
    let mut from = 0;
    let finder = memchr::memmem::Finder::new(needle);
    std::iter::from_fn(move || {
        let at = from + finder.find(text.get(from..)?)?;
        from = at + 1;
        Some(at)
    })
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
    let mut mark = [0; 4];
    let mark = PLACEHOLDER.encode_utf8(&mut mark).as_bytes();
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, hole) in memchr::memmem::find_iter(&key, mark).zip(holes) {
        if at > from {
            parts.push(Part::Text(key[from..at].to_vec()));
        }
        parts.push(Part::Hole(hole));
        from = at + mark.len();
    }
    if from < key.len() {
        parts.push(Part::Text(key[from..].to_vec()));
    }
    parts
}

/// What is looked for of a phrase. Ornaments go only from the side where the line's edge will be: inside a line they
/// are part of the phrase.
fn folded(phrase: &str, role: Role, fold: Fold, case: Case) -> Vec<u8> {
    let mut key = Vec::new();
    if fold == Fold::None {
        key.extend_from_slice(phrase.as_bytes());
        return key;
    }
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
    key
}
