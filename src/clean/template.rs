//! A phrase as it is compared with folded lines: fixed text and holes.
//!
//! A phrase is found by a piece of fixed text, its key, and then compared from its place on. The
//! holes are few and bounded, and so are the ways to fill them that are tried.

use super::hole::{self, Seen};
use crate::pack::{Hole, Part, PhraseSought, Role};
use crate::text::{Case, Fold, Span, border, char_after, char_before, count_words};

/// Ways to fill the holes of one phrase that are tried at one place.
const MOST_TRIES: u32 = 4096;
/// One phrase of one rule.
pub(super) struct Template {
    pub rule: u32,
    pub role: Role,
    pub fold: Fold,
    /// Whether capitals count.
    pub case: Case,
    parts: Vec<Part>,
}

impl Template {
    /// The template of a phrase that is folded as said.
    pub(super) fn new(sought: &PhraseSought, rule: u32, fold: Fold, case: Case) -> Self {
        Self { rule, role: sought.role, fold, case, parts: sought.parts.clone() }
    }

    /// Whether it is one fixed text.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Text(_)])
    }

    /// Whether its first hole is a date.
    pub(super) fn begins_with_date(&self) -> bool {
        matches!(self.parts.first(), Some(Part::Hole(Hole::Date)))
    }

    /// Whether the lines in which it stands begin with a number.
    pub(super) fn begins_with_number(&self) -> bool {
        matches!(self.parts.first(), Some(Part::Hole(Hole::Number))) && matches!(self.role, Role::Line | Role::Prefix)
    }

    /// Every place in the folded line where it stands.
    pub(super) fn spans(&self, seen: &Seen) -> Vec<Span> {
        if !self.may_stand(seen.text) {
            return Vec::new();
        }
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

    /// Whether all its texts stand in `text`, one after another: what fills the holes is dear to find.
    fn may_stand(&self, text: &[u8]) -> bool {
        let mut from = 0;
        self.parts.iter().all(|part| match part {
            Part::Hole(_) => true,
            Part::Text(part) => match overlapping(&text[from..], part.as_bytes()).next() {
                Some(at) => {
                    from += at + part.len();
                    true
                }
                None => false,
            },
        })
    }

    /// The places where it may begin, in order: those of its first text, or every visible one if it begins with a hole.
    fn starts<'s>(&'s self, seen: &'s Seen) -> Box<dyn Iterator<Item = usize> + 's> {
        let text = seen.text;
        match self.parts.first() {
            Some(Part::Text(first)) if self.role == Role::Suffix && self.is_plain() => {
                let ends = [seen.stopless.end, seen.core.end];
                Box::new(ends.into_iter().filter_map(|end| end.checked_sub(first.len())))
            }
            Some(Part::Text(first)) => Box::new(overlapping(text, first.as_bytes())),
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
            let follows = seen.text.get(at..).is_some_and(|rest| rest.starts_with(text.as_bytes()));
            if follows { fill(rest, seen, at + text.len(), accepts, tries) } else { None }
        }
        Part::Hole(hole) => {
            hole::ends(*hole, seen, at).into_iter().find_map(|end| fill(rest, seen, end, accepts, tries))
        }
    }
}

/// Where `needle` stands in `text`, overlapping places too. Lines are short: a searcher would take longer to be made than to
/// search.
fn overlapping<'t>(text: &'t [u8], needle: &'t [u8]) -> impl Iterator<Item = usize> + 't {
    let first = needle.first().copied();
    let places = first.into_iter().flat_map(|first| memchr::memchr_iter(first, text));
    places.filter(move |&at| text[at..].starts_with(needle))
}
