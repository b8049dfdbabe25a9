//! The texts that every match of a regex must contain.

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::sought::Spot;
use crate::text::{Case, fold_into, share_of};

/// The most literals that one regex may stand behind, and the least length of each.
const MOST_LITERALS: usize = 64;
const LEAST_LITERAL: usize = 3;
const LEAST_ANCHORED: usize = 2;
/// Where a match begins or ends, its first or last bytes are literals, cut to these lengths: the longer ones are rarer, the
/// shorter ones fewer.
const LENGTHS: [usize; 8] = [24, 16, 12, 8, 6, 4, 3, 2];
/// The most literals of a regex before those that are the same when cut are counted once; beyond it they are cut at once.
const MOST_UNCUT: [usize; 2] = [MOST_LITERALS, 1000];
/// The share of the places in a text at which a line begins or ends, and a word more likely begins than elsewhere.
const AT_ENDS: f64 = 0.03;

/// The most bytes that a match of `pattern` has, if there is a bound that holds whatever the case of its letters:
/// outside ASCII a capital may be longer than its small letter.
pub(super) fn longest_match(pattern: &str) -> Option<usize> {
    let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern).ok()?;
    hir.properties().maximum_len().filter(|_| pattern.is_ascii())
}

/// Folded literals of which every line that `pattern` matches holds at least one, and where; none if there are no such
/// literals that are worth looking for, and the regex has to be tried on every line. Of all that can be told of a match,
/// that is taken which stands in the fewest lines.
pub(super) fn required_literals(pattern: &str, whole: bool) -> Option<(Spot, Vec<String>)> {
    let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern).ok()?;
    let begins = whole || hir.properties().look_set_prefix().contains(Look::Start);
    let ends = whole || hir.properties().look_set_suffix().contains(Look::End);
    let edges = [
        (if begins { Spot::Start } else { Spot::Anywhere }, ExtractKind::Prefix),
        (if ends { Spot::End } else { Spot::Anywhere }, ExtractKind::Suffix),
    ];
    let hir = &hir;
    let of_edge = |(spot, kind): (Spot, ExtractKind)| {
        let limits = LENGTHS.into_iter().flat_map(|length| MOST_UNCUT.map(|most| (length, most)));
        limits.filter_map(move |(length, most)| Some((spot, extracted(hir, kind.clone(), length, most)?)))
    };
    let inside = required(hir).map(|literals| (Spot::Anywhere, literals));
    let sets =
        inside.into_iter().chain(edges.into_iter().flat_map(of_edge)).map(|(spot, set)| (spot, folded(spot, &set)));
    let shortest = |set: &[Vec<u8>]| set.iter().map(Vec::len).min().unwrap_or(0);
    let worth = |(spot, set): &(Spot, Vec<Vec<u8>>)| {
        let least = if *spot == Spot::Anywhere { LEAST_LITERAL } else { LEAST_ANCHORED };
        shortest(set) >= least && set.len() <= MOST_LITERALS
    };
    // A literal that was cut inside a character is no text.
    let as_text = |(spot, set): (Spot, Vec<Vec<u8>>)| {
        let texts = set.into_iter().map(String::from_utf8).collect::<Result<Vec<String>, _>>();
        texts.ok().map(|texts| (spot, texts))
    };
    let with_share = |(spot, texts): (Spot, Vec<String>)| {
        let share: f64 = texts.iter().map(|text| share_of(text.as_bytes())).sum();
        (if spot == Spot::Anywhere { share } else { share * AT_ENDS }, (spot, texts))
    };
    let rated = sets.filter(worth).filter_map(as_text).map(with_share);
    rated.min_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, best)| best)
}

/// The literals that every match begins or ends with, of so many bytes at most, if they are not too many.
fn extracted(hir: &Hir, kind: ExtractKind, length: usize, most: usize) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor.kind(kind).limit_total(most).limit_literal_len(length);
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

/// Literals as they stand in folded lines, none twice. Inside a line the blanks at their ends stay; at the ends of a line
/// there are none.
fn folded(spot: Spot, literals: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let key = |literal: &Vec<u8>| {
        let mut key = Vec::new();
        fold_into(literal, Case::Fold, &mut key);
        if !key.is_empty() && spot != Spot::Start && literal.starts_with(b" ") {
            key.insert(0, b' ');
        }
        if !key.is_empty() && spot != Spot::End && literal.ends_with(b" ") {
            key.push(b' ');
        }
        key
    };
    let mut folded: Vec<Vec<u8>> = literals.iter().map(key).collect();
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
            (r"\d+ comments?", Some(vec![" comment"])),
            (r"(?:view|show) all \d+ (?:comments|replies)", Some(vec!["show all ", "view all "])),
            (r"(?:reporting|editing) by .*", Some(vec!["editing by ", "reporting by "])),
            (r"[Pp]hoto ?: .*", Some(vec!["photo : ", "photo: "])),
            (r"make (?:\w+ ){1,3}your homepage", Some(vec![" your homepage"])),
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
            (r"\d+ comments?", Spot::End, vec![" comment", " comments"]),
            (
                r"(?:please )?like (?:us|me) on .*",
                Spot::Start,
                vec!["like me on ", "like us on ", "please like me on ", "please like us on "],
            ),
            (r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d [ap]m", Spot::End, vec![" am", " pm"]),
            (r".* all rights reserved .*", Spot::Anywhere, vec![" all rights reserved "]),
            (r"источник фото ?: ?\pL+", Spot::Start, vec!["источник фот"]),
        ] {
            let literals = literals.into_iter().map(str::to_owned).collect();
            assert_eq!(told(pattern, true), Some((anchor, literals)), "{pattern}");
        }
    }
}
