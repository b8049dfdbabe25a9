//! The texts that every match of a regex must contain.

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind};

use super::sought::Spot;
use crate::text::{Case, fold_into};

/// The most literals that one regex may stand behind, and the least length of each.
const MOST_LITERALS: usize = 64;
const LEAST_LITERAL: usize = 3;
const LEAST_ANCHORED: usize = 2;

/// The most bytes that a match of `pattern` has, if there is a bound that holds whatever the case of its letters:
/// outside ASCII a capital may be longer than its small letter.
pub(super) fn longest_match(pattern: &str) -> Option<usize> {
    let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern).ok()?;
    hir.properties().maximum_len().filter(|_| pattern.is_ascii())
}

/// Folded literals of which every line that `pattern` matches holds at least one, and where; none if there are no such
/// literals that are worth looking for, and the regex has to be tried on every line. Patterns that match lines as a
/// whole tell by their beginning or their end, which are rarer than the same words anywhere.
pub(super) fn required_literals(pattern: &str, whole: bool) -> Option<(Spot, Vec<String>)> {
    let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern).ok()?;
    let ends = [(Spot::Start, ExtractKind::Prefix), (Spot::End, ExtractKind::Suffix)];
    let at_ends =
        ends.into_iter().filter(|_| whole).filter_map(|(anchor, kind)| Some((anchor, extracted(&hir, kind)?)));
    let inside = required(&hir).map(|literals| (Spot::Anywhere, literals));
    let sets = inside.into_iter().chain(at_ends).map(|(anchor, literals)| (anchor, folded(&literals)));
    let shortest = |set: &[Vec<u8>]| set.iter().map(Vec::len).min().unwrap_or(0);
    let worth = |(anchor, set): &(Spot, Vec<Vec<u8>>)| {
        let least = if *anchor == Spot::Anywhere { LEAST_LITERAL } else { LEAST_ANCHORED };
        shortest(set) >= least && set.len() <= MOST_LITERALS
    };
    // A place is worth some letters.
    let rarity = |(spot, texts): &(Spot, Vec<String>)| {
        let shortest = texts.iter().map(String::len).min().unwrap_or(0);
        shortest + if *spot == Spot::Anywhere { 0 } else { 6 }
    };
    // A literal that was cut inside a character is no text.
    let as_text = |(spot, set): (Spot, Vec<Vec<u8>>)| {
        let texts = set.into_iter().map(String::from_utf8).collect::<Result<Vec<String>, _>>();
        texts.ok().map(|texts| (spot, texts))
    };
    sets.filter(worth).filter_map(as_text).max_by_key(rarity)
}

/// The literals that every match begins or ends with, if they are few.
fn extracted(hir: &Hir, kind: ExtractKind) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor.kind(kind).limit_total(MOST_LITERALS).limit_literal_len(24);
    let literals = extractor.extract(hir);
    literals.literals().map(|all| all.iter().map(|literal| whole_characters(literal.as_bytes()).to_vec()).collect())
}

/// `literal` without the parts of characters that it was cut inside of.
fn whole_characters(literal: &[u8]) -> &[u8] {
    let begun = literal.iter().take_while(|byte| (0x80..0xc0).contains(*byte)).count();
    let literal = &literal[begun..];
    let whole = std::str::from_utf8(literal).map_or_else(|e| e.valid_up_to(), str::len);
    &literal[..whole]
}

fn folded(literals: &[Vec<u8>]) -> Vec<Vec<u8>> {
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
    folded
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

    fn told(pattern: &str, whole: bool) -> Option<(Spot, Vec<String>)> {
        required_literals(pattern, whole)
    }

    #[test]
    fn literals_are_what_every_match_must_hold() {
        for (pattern, literals) in [
            (r"\d+ comments?", Some(vec!["comment"])),
            (r"(?:view|show) all \d+ (?:comments|replies)", Some(vec!["comments", "replies"])),
            (r"(?:reporting|editing) by .*", Some(vec!["editing", "reporting"])),
            (r"[Pp]hoto ?: .*", Some(vec!["photo"])),
            (r"make (?:\w+ ){1,3}your homepage", Some(vec!["your homepage"])),
            (r"(?:abc)+x?", Some(vec!["abc"])),
            (r"\d+|share", None),
            (r"\w+ \w+", None),
            (r"’s Über", Some(vec!["'s über"])),
        ] {
            let want = literals.map(|all| (Spot::Anywhere, all.into_iter().map(str::to_owned).collect()));
            assert_eq!(told(pattern, false), want, "{pattern}");
        }
    }

    #[test]
    fn whole_lines_tell_by_their_ends() {
        for (pattern, anchor, literals) in [
            (r"\d+ comments?", Spot::End, vec!["comment", "comments"]),
            (
                r"(?:please )?like (?:us|me) on .*",
                Spot::Start,
                vec!["like me on", "like us on", "please like me on", "please like us on"],
            ),
            (r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d [ap]m", Spot::End, vec!["am", "pm"]),
            (r".* all rights reserved .*", Spot::Anywhere, vec!["all rights reserved"]),
            (r"источник фото ?: ?\pL+", Spot::Start, vec!["источник фот"]),
        ] {
            let literals = literals.into_iter().map(str::to_owned).collect();
            assert_eq!(told(pattern, true), Some((anchor, literals)), "{pattern}");
        }
    }
}
