//! Regexes of rules, and the literals that each must contain.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::text::{Case, fold_into};

/// The longest folded line that a regex is tried on, in bytes.
pub(super) const LONGEST_LINE: usize = 4096;
/// What a compiled regex may take, in bytes.
const SIZE: usize = 1 << 20;
/// The most literals that one regex may stand behind, and the least length of each.
const MOST_LITERALS: usize = 64;
const LEAST_LITERAL: usize = 2;

/// Compiles `pattern` to be tried on folded lines: on the whole of them, or on parts.
///
/// # Errors
/// When it is no regex, or too large.
pub(super) fn compile(pattern: &str, case: Case, whole: bool) -> Result<Regex, regex::Error> {
    let anchored = if whole { format!(r"\A(?:{pattern})\z") } else { pattern.to_owned() };
    RegexBuilder::new(&anchored).case_insensitive(case == Case::Fold).size_limit(SIZE).dfa_size_limit(4 * SIZE).build()
}

/// Folded literals of which every line that `pattern` matches holds at least one; none if there are no such literals
/// that are worth looking for, and the regex has to be tried on every line.
pub(super) fn required_literals(pattern: &str) -> Option<Vec<Vec<u8>>> {
    let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern).ok()?;
    let literals = required(&hir)?;
    let mut folded: Vec<Vec<u8>> = literals
        .iter()
        .map(|literal| {
            let mut key = Vec::new();
            // Blanks at the ends of a literal would be trimmed with those of a line.
            fold_into(literal.trim_ascii(), Case::Fold, &mut key);
            key
        })
        .collect();
    folded.sort();
    folded.dedup();
    let useful = folded.iter().all(|literal| literal.len() >= LEAST_LITERAL) && folded.len() <= MOST_LITERALS;
    useful.then_some(folded)
}

/// The best set of literals of which each match of `hir` holds one.
fn required(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![literal.0.to_vec()]),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Class(class) => one_letter(class).map(|letter| vec![letter]),
        HirKind::Concat(parts) => best_of_concat(parts),
        HirKind::Alternation(branches) => {
            branches.iter().map(required).collect::<Option<Vec<_>>>().map(|all| all.concat())
        }
        _ => None,
    }
}

/// Neighbouring literals are one; of all that a concatenation must hold, the longest is the rarest.
fn best_of_concat(parts: &[Hir]) -> Option<Vec<Vec<u8>>> {
    let mut candidates: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut run = Vec::new();
    for part in parts {
        let letter = match part.kind() {
            HirKind::Literal(literal) => Some(literal.0.to_vec()),
            HirKind::Class(class) => one_letter(class),
            _ => None,
        };
        if let Some(letter) = letter {
            run.extend_from_slice(&letter);
            continue;
        }
        candidates.push(vec![std::mem::take(&mut run)]);
        candidates.extend(required(part));
    }
    candidates.push(vec![run]);
    let shortest = |set: &Vec<Vec<u8>>| set.iter().map(|literal| literal.trim_ascii().len()).min().unwrap_or(0);
    // The first of equals, so that the choice is the same for ever.
    candidates.into_iter().rev().max_by_key(shortest).filter(|set| shortest(set) > 0)
}

/// The letter that a class such as `[Aa]` stands for.
fn one_letter(class: &Class) -> Option<Vec<u8>> {
    let Class::Unicode(class) = class else { return None };
    let chars: Vec<char> =
        class.ranges().iter().flat_map(|range| (range.start()..=range.end()).take(4)).take(4).collect();
    let first = chars.first()?.to_lowercase().to_string();
    (chars.len() < 4 && chars.iter().all(|c| c.to_lowercase().to_string() == first)).then(|| first.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_what_every_match_must_hold() {
        for (pattern, literals) in [
            (r"\d+ comments?", Some(vec!["comment"])),
            (r"(?:view|show) all \d+ (?:comments|replies)", Some(vec!["comments", "replies"])),
            (r"(?:reporting|editing) by .*", Some(vec!["reporting", "editing"])),
            (r"[Pp]hoto ?: .*", Some(vec!["photo"])),
            (r"make (?:\w+ ){1,3}your homepage", Some(vec!["your homepage"])),
            (r"(?:abc)+x?", Some(vec!["abc"])),
            (r"\d+|share", None),
            (r"\w+ \w+", None),
            (r"’s Über", Some(vec!["'s über"])),
        ] {
            let mut want: Option<Vec<Vec<u8>>> =
                literals.map(|all| all.into_iter().map(|l: &str| l.as_bytes().to_vec()).collect());
            if let Some(want) = &mut want {
                want.sort();
            }
            assert_eq!(required_literals(pattern), want, "{pattern}");
        }
    }

    #[test]
    fn too_large_a_regex_is_refused() {
        assert!(compile(r"(?:a{1000}){1000}", Case::Fold, true).is_err());
        assert!(compile(r"share (?:this|it)", Case::Fold, true).is_ok_and(|regex| regex.is_match(b"SHARE it")));
    }
}
