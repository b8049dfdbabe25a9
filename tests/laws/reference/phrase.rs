//! What a rule matches in one line, by trying every place and every way.

use dechaff::clean::Options;
use dechaff::pack::{Action, Hole, Matches, Piece, Rule, compile_pattern, pieces};
use dechaff::text::{
    Case, Fold, Folded, Span, border, char_after, char_before, count_words, fold_into, is_blank, key_into, trim,
    words_of,
};

/// The longest line that a phrase of holes alone is tried on.
const SHORT: usize = 120;

/// Every span of `line` that `rule` matches, if the line is as the rule asks. `longest` tells the longest key of the rules
/// that match whole lines.
pub fn matches(rule: &Rule, options: &Options, line: &[u8], longest: &impl Fn(Fold, Case) -> usize) -> Vec<Span> {
    if !is_as_asked(rule, line) {
        return Vec::new();
    }
    let (fold, case) = spelling(rule, options);
    let seen = Seen::new(line, fold, case);
    let holes = rule.holes && fold != Fold::None;
    let phrases = rule.matches.phrases().iter();
    let spans: Vec<Span> = match &rule.matches {
        Matches::Pattern(_) => phrases
            .filter_map(|pattern| of_pattern(pattern, line, fold, case, rule.action != Action::CutMatch))
            .collect(),
        Matches::Run { tokens, least } => of_run(tokens, *least, line, fold),
        Matches::Line(_) => {
            let is = |phrase: &&String| {
                if holes && phrase.contains('{') {
                    !of_phrase(phrase, Role::Line, &seen).is_empty()
                } else {
                    let is_short = line.len() <= 3 * longest(fold, case) + 64 && !line.is_empty();
                    is_short && key(line, fold, case) == key(phrase.as_bytes(), fold, case)
                }
            };
            phrases.filter(is).map(|_| trim(line)).collect()
        }
        Matches::Prefix(_) => phrases.flat_map(|phrase| of_words(phrase, holes, Role::Prefix, &seen)).collect(),
        Matches::Suffix(_) => phrases.flat_map(|phrase| of_words(phrase, holes, Role::Suffix, &seen)).collect(),
        Matches::Inline(_) => phrases.flat_map(|phrase| of_words(phrase, holes, Role::Inline, &seen)).collect(),
    };
    spans.into_iter().filter(|span| !is_blank(&line[span.range()])).collect()
}

pub fn spelling(rule: &Rule, options: &Options) -> (Fold, Case) {
    if options.exact || rule.fold == Fold::None { (Fold::None, Case::Exact) } else { (rule.fold, rule.case) }
}

pub fn key(line: &[u8], fold: Fold, case: Case) -> Vec<u8> {
    let mut key = Vec::new();
    key_into(line, fold, case, &mut key);
    key
}

fn is_as_asked(rule: &Rule, line: &[u8]) -> bool {
    let folded = |text: &[u8]| {
        let mut folded = Vec::new();
        fold_into(text, Case::Fold, &mut folded);
        folded
    };
    let plain = folded(line);
    let words = |text: &[u8]| words_of(text).map(|word| text[word.range()].to_vec()).collect::<Vec<_>>();
    let is_border = |at: usize| border(char_before(&plain, at), char_after(&plain, at));
    let holds = |word: &String| {
        let word = folded(word.as_bytes());
        (0..=plain.len()).any(|at| plain[at..].starts_with(&word) && is_border(at) && is_border(at + word.len()))
    };
    let known: Vec<Vec<u8>> = rule.only.iter().flat_map(|entry| words(&folded(entry.as_bytes()))).collect();
    rule.max_words.is_none_or(|most| count_words(&plain) <= most)
        && rule.all_of.iter().all(holds)
        && (rule.only.is_empty() || words(&plain).iter().all(|word| known.contains(word)))
}

fn of_pattern(pattern: &str, line: &[u8], fold: Fold, case: Case, whole: bool) -> Option<Span> {
    let folded = Folded::new(line, fold, Case::Exact);
    let core = folded.core();
    let found = compile_pattern(pattern, case, whole).unwrap().find(&folded.text()[core.range()])?;
    folded.origin(if whole { core } else { Span::new(found.start(), found.end()).shifted(core.start) })
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Line,
    Prefix,
    Suffix,
    Inline,
}

/// A folded line.
struct Seen {
    folded: Folded,
    fold: Fold,
    case: Case,
}

impl Seen {
    fn new(line: &[u8], fold: Fold, case: Case) -> Self {
        Self { folded: Folded::new(line, fold, case), fold, case }
    }

    fn text(&self) -> &[u8] {
        self.folded.text()
    }

    fn core(&self) -> Span {
        if self.fold == Fold::Full { self.folded.core() } else { Span::new(0, self.text().len()) }
    }

    fn is_border(&self, at: usize) -> bool {
        border(char_before(self.text(), at), char_after(self.text(), at))
    }

    /// Whether a phrase from `start` to `end` ends where the line does.
    fn is_end(&self, start: usize, end: usize) -> bool {
        let stopless = if self.fold == Fold::Full { self.folded.core_without_stop() } else { self.core() };
        end == self.core().end || (end == stopless.end && count_words(&self.text()[start..end]) >= 3)
    }
}

fn of_words(phrase: &str, holes: bool, role: Role, seen: &Seen) -> Vec<Span> {
    let spans =
        if holes { of_phrase(phrase, role, seen) } else { of_pieces(&[Piece::Text(phrase.to_owned())], role, seen) };
    spans.into_iter().filter_map(|span| seen.folded.origin(span)).collect()
}

fn of_phrase(phrase: &str, role: Role, seen: &Seen) -> Vec<Span> {
    of_pieces(&pieces(phrase).unwrap(), role, seen)
}

/// The spans of the folded line where the pieces stand.
fn of_pieces(pieces: &[Piece], role: Role, seen: &Seen) -> Vec<Span> {
    let fold = if role == Role::Inline { Fold::NoEdges } else { seen.fold };
    let is_text = |piece: &Piece| matches!(piece, Piece::Text(text) if !Folded::new(text.as_bytes(), fold, seen.case).core().is_empty());
    let is_numeric = char_after(seen.text(), seen.core().start).is_some_and(char::is_numeric);
    let is_tried = is_numeric && seen.core().len() <= SHORT;
    if !is_tried && !pieces.iter().any(is_text) {
        return Vec::new();
    }
    let parts = folded_pieces(pieces, role, seen);
    let text = seen.text();
    let ends = |start: usize| {
        let accepts = |end: usize| match role {
            Role::Line | Role::Suffix => seen.is_end(start, end),
            Role::Prefix | Role::Inline => seen.is_border(end),
        };
        end(&parts, text, start, &accepts).map(|end| Span::new(start, end))
    };
    let is_start = |at: &usize| text.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80);
    let begins_with_hole = matches!(parts.first(), Some(Part::Hole(_)));
    let visible = |at: &usize| !begins_with_hole || text.get(*at).is_some_and(|byte| *byte != b' ');
    let starts = (0..=text.len()).filter(|at| seen.is_border(*at)).filter(visible);
    match role {
        Role::Line => ends(seen.core().start).into_iter().collect(),
        Role::Prefix => ends(seen.core().start).filter(|span| seen.is_border(span.start)).into_iter().collect(),
        Role::Suffix => starts.filter(is_start).find_map(ends).into_iter().collect(),
        Role::Inline => starts.filter_map(ends).collect(),
    }
}

enum Part {
    Text(Vec<u8>),
    Hole(Hole),
}

/// The pieces folded as one phrase: ornaments go at the edges that stand at the line's edges, a blank beside a hole stays.
fn folded_pieces(pieces: &[Piece], role: Role, seen: &Seen) -> Vec<Part> {
    let fold_text = |text: &str| {
        let mut folded = Vec::new();
        if seen.fold == Fold::None {
            folded.extend_from_slice(text.as_bytes());
        } else {
            // Letters around it, so that no blank is an edge.
            fold_into(format!("x{text}x").as_bytes(), seen.case, &mut folded);
            folded = folded[1..folded.len() - 1].to_vec();
        }
        folded
    };
    let edge = |text: &str, before: &str, after: &str| {
        let core = key(format!("{before}{text}{after}").as_bytes(), Fold::Full, seen.case);
        core[before.len()..core.len() - after.len()].to_vec()
    };
    let last = pieces.len() - 1;
    let part = |(at, piece): (usize, &Piece)| match piece {
        Piece::Hole(hole) => Part::Hole(*hole),
        Piece::Text(text) if seen.fold == Fold::None => Part::Text(fold_text(text)),
        Piece::Text(text) if pieces.len() == 1 => Part::Text(whole_phrase(text, role, seen)),
        Piece::Text(text) => {
            let trims = seen.fold == Fold::Full;
            let at_start = at == 0 && matches!(role, Role::Line | Role::Prefix);
            let at_end = at == last && matches!(role, Role::Line | Role::Suffix);
            Part::Text(match (at_start && trims, at_end && trims) {
                (true, _) => edge(text, "", "x"),
                (_, true) => edge(text, "x", ""),
                _ if at == 0 => fold_text(text.trim_start()),
                _ if at == last => fold_text(text.trim_end()),
                _ => fold_text(text),
            })
        }
    };
    pieces.iter().enumerate().map(part).collect()
}

fn whole_phrase(phrase: &str, role: Role, seen: &Seen) -> Vec<u8> {
    let mut folded = Vec::new();
    fold_into(phrase.as_bytes(), seen.case, &mut folded);
    if seen.fold != Fold::Full || role == Role::Inline {
        return folded;
    }
    let core = key(phrase.as_bytes(), Fold::Full, seen.case);
    let at = folded.windows(core.len().max(1)).position(|part| part == core).unwrap_or(0);
    match role {
        Role::Prefix => folded[at..].to_vec(),
        Role::Suffix => folded[..at + core.len()].to_vec(),
        Role::Line | Role::Inline => core,
    }
}

/// Where the parts end if they begin at `at`, each hole as long as it can be.
fn end(parts: &[Part], text: &[u8], at: usize, accepts: &dyn Fn(usize) -> bool) -> Option<usize> {
    match parts.split_first() {
        None => Some(at).filter(|&at| accepts(at)),
        Some((Part::Text(part), rest)) => {
            if text[at..].starts_with(part) {
                end(rest, text, at + part.len(), accepts)
            } else {
                None
            }
        }
        Some((Part::Hole(hole), rest)) => (at + 1..=text.len())
            .rev()
            .filter(|&stop| fills(*hole, text, Span::new(at, stop)))
            .find_map(|stop| end(rest, text, stop, accepts)),
    }
}

/// Whether `span` of `text` may fill `hole`. Only the holes that the laws use are known.
fn fills(hole: Hole, text: &[u8], span: Span) -> bool {
    let filled = &text[span.range()];
    match hole {
        Hole::Number => is_number(text, span),
        Hole::Words { least, most } => {
            let ends = char_before(text, span.end).is_some_and(|c| !c.is_whitespace());
            let begins = char_after(text, span.start).is_some_and(|c| !c.is_whitespace());
            let is_border = border(char_before(text, span.end), char_after(text, span.end));
            let sentence = (span.start + 1..span.end).any(|at| {
                let word = text[span.start..at].rsplit(|byte| *byte == b' ').next().unwrap_or_default();
                let dot = word.strip_suffix(b".").is_some_and(|word| {
                    let vowel = word.iter().any(|byte| b"aeiouy".contains(byte) || !byte.is_ascii());
                    word.len() > 2 && vowel && !word.contains(&b'.')
                });
                let mark = matches!(char_before(text, at), Some('!' | '?' | '…'));
                text[at] == b' ' && (dot || mark)
            });
            let whole =
                std::str::from_utf8(filled).is_ok() || char_after(text, span.end).is_some() || span.end == text.len();
            whole && begins && ends && is_border && !sentence && (least..=most).contains(&count_words(filled))
        }
        _ => unreachable!("the laws do not use this hole"),
    }
}

/// `12`, `1,200`, `12 345`, `+3`, `2k`, `9+`, digits to the last.
fn is_number(text: &[u8], span: Span) -> bool {
    let regex = regex::bytes::Regex::new(r"^\+?\d+(?:[.,']\d+| \d{3})*(?: ?[kmb]|\+)?$").unwrap();
    let next = char_after(text, span.end);
    let last = char_before(text, span.end);
    let splits_digits = last.is_some_and(char::is_numeric) && next.is_some_and(char::is_numeric);
    let splits_unit = last.is_some_and(char::is_alphabetic) && next.is_some_and(char::is_alphanumeric);
    regex.is_match(&text[span.range()]) && !splits_digits && !splits_unit
}

/// The line if it is made of tokens alone, taken apart in every way.
fn of_run(tokens: &[String], least: usize, line: &[u8], fold: Fold) -> Vec<Span> {
    let seen = Seen::new(line, fold, Case::Fold);
    let core = &seen.text()[seen.core().range()];
    let tokens: Vec<Vec<u8>> = tokens.iter().map(|token| key(token.as_bytes(), Fold::NoEdges, Case::Fold)).collect();
    if most(core, &tokens).is_some_and(|most| most >= least) { vec![trim(line)] } else { Vec::new() }
}

/// The most tokens that `rest` can be taken apart into.
fn most(rest: &[u8], tokens: &[Vec<u8>]) -> Option<usize> {
    if rest.is_empty() {
        return Some(0);
    }
    let after = |token: &Vec<u8>| rest.strip_prefix(token.as_slice()).map(without_gap);
    tokens.iter().filter_map(after).filter_map(|rest| most(rest, tokens)).max().map(|count| count + 1)
}

fn without_gap(text: &[u8]) -> &[u8] {
    let bare = text.strip_prefix(b" ").unwrap_or(text);
    for mark in ["|", "·", "•", "/", "-", "+", ">", "»", "›"] {
        if let Some(rest) = bare.strip_prefix(mark.as_bytes()) {
            return rest.strip_prefix(b" ").unwrap_or(rest);
        }
    }
    bare
}
