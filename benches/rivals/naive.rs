//! The plain way to do what dechaff does: a set of lines, or one automaton of all phrases.
//!
//! Takes a job, a list, a text file and the name of a new one. Reads and writes part by part as dechaff does, so what
//! differs is the matching. Knows no rule language, and says nothing.
//!
//! | job | what goes |
//! | --- | --- |
//! | `lines` | lines that are equal to a phrase |
//! | `folded` | lines that fold to the same as a phrase |
//! | `inline` | phrases on word borders, each with a blank beside it, until none is left; lines of which nothing is left |
//! | `bare` | phrases wherever they stand, from left to right, the longest first, and nothing beside them |

use std::collections::HashSet;
use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, Input, MatchKind};
use dechaff::shard::{Format, PartOptions, PartReader, Unit};
use dechaff::text::{Case, Fold, border, char_after, char_before, is_blank, key_into};

/// A line that is still cut after so many looks stays as it is.
const LOOKS: usize = 64;

/// Appends to the second what it leaves of the first, which holds whole lines.
type Clean<'l> = Box<dyn FnMut(&[u8], &mut Vec<u8>) + 'l>;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [job, list, input, output] = args.as_slice() else {
        return Err("usage: naive lines|folded|inline|bare LIST IN OUT".into());
    };
    let list = fs::read(list)?;
    let phrases: Vec<&[u8]> = list.split(|&b| b == b'\n').filter(|phrase| !phrase.is_empty()).collect();
    let mut clean: Clean = match job.as_str() {
        "lines" => lines(phrases),
        "folded" => folded(&phrases),
        "inline" => {
            let inline = Inline::new(phrases)?;
            Box::new(move |text, out| inline.clean(text, out))
        }
        "bare" => bare(&phrases)?,
        job => return Err(format!("no such job: {job}").into()),
    };
    let mut reader = PartReader::new(File::open(input)?, PartOptions::new(Format::Lines));
    let (mut file, mut out) = (File::create(output)?, Vec::new());
    while let Some(unit) = reader.next()? {
        let (Unit::Part(part) | Unit::Verbatim(part)) = unit else { return Err("a line is too long".into()) };
        out.clear();
        clean(&part.bytes, &mut out);
        file.write_all(&out)?;
        reader.recycle(part.bytes);
    }
    Ok(())
}

fn lines(phrases: Vec<&[u8]>) -> Clean<'_> {
    let set: HashSet<&[u8]> = phrases.into_iter().collect();
    Box::new(move |text, out| keep(text, out, |line| !set.contains(line)))
}

fn folded(phrases: &[&[u8]]) -> Clean<'static> {
    let mut key = Vec::new();
    let mut fold = move |line: &[u8]| {
        key_into(line, Fold::Full, Case::Fold, &mut key);
        key.clone()
    };
    let set: HashSet<Vec<u8>> = phrases.iter().map(|phrase| fold(phrase)).collect();
    Box::new(move |text, out| keep(text, out, |line| !set.contains(&fold(line))))
}

fn keep(text: &[u8], out: &mut Vec<u8>, mut is_kept: impl FnMut(&[u8]) -> bool) {
    for line in text.split_inclusive(|&b| b == b'\n') {
        if is_kept(line.strip_suffix(b"\n").unwrap_or(line)) {
            out.extend_from_slice(line);
        }
    }
}

/// The mode of the automaton that is the fastest over all sizes of lists.
fn automaton(phrases: &[&[u8]]) -> Result<AhoCorasick, BuildError> {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(phrases)
}

fn bare(phrases: &[&[u8]]) -> Result<Clean<'static>, BuildError> {
    let automaton = automaton(phrases)?;
    Ok(Box::new(move |text, out| {
        let mut from = 0;
        for found in automaton.find_iter(text) {
            out.extend_from_slice(&text[from..found.start()]);
            from = found.end();
        }
        out.extend_from_slice(&text[from..]);
    }))
}

struct Inline<'l> {
    automaton: AhoCorasick,
    phrases: HashSet<&'l [u8]>,
}

impl<'l> Inline<'l> {
    fn new(phrases: Vec<&'l [u8]>) -> Result<Self, BuildError> {
        Ok(Self { automaton: automaton(&phrases)?, phrases: phrases.into_iter().collect() })
    }

    fn clean(&self, text: &[u8], out: &mut Vec<u8>) {
        let mut from = 0;
        while let Some(found) = self.automaton.find(Input::new(text).span(from..text.len())) {
            let start = memchr::memrchr(b'\n', &text[from..found.start()]).map_or(from, |at| from + at + 1);
            let stop = memchr::memchr(b'\n', &text[found.end()..]).map_or(text.len(), |at| found.end() + at);
            let end = text.len().min(stop + 1);
            out.extend_from_slice(&text[from..start]);
            if let Some(line) = self.line(&text[start..stop]) {
                out.extend_from_slice(&line);
                out.extend_from_slice(&text[stop..end]);
            }
            from = end;
        }
        out.extend_from_slice(&text[from..]);
    }

    /// What is left of a line; none if it goes.
    fn line(&self, line: &[u8]) -> Option<Vec<u8>> {
        let mut left = line.to_vec();
        for _ in 0..LOOKS {
            let spans = self.spans(&left);
            if spans.is_empty() {
                return Some(left);
            }
            left = without(&left, &spans);
            if is_blank(&left) {
                return None;
            }
        }
        Some(line.to_vec())
    }

    /// Where phrases stand on word borders: for each place the longest that begins there.
    fn spans(&self, line: &[u8]) -> Vec<Range<usize>> {
        let is_border = |at: usize| border(char_before(line, at), char_after(line, at));
        let (mut spans, mut at) = (Vec::new(), 0);
        while let Some(found) = self.automaton.find(Input::new(line).span(at..line.len())) {
            at = found.start() + 1;
            let is_phrase = |&end: &usize| is_border(end) && self.phrases.contains(&line[found.start()..end]);
            if is_border(found.start()) {
                spans.extend((at..=found.end()).rev().find(is_phrase).map(|end| found.start()..end));
            }
        }
        spans
    }
}

/// The line without `spans`, which are sorted. What has nothing but blanks between it goes together.
fn without(line: &[u8], spans: &[Range<usize>]) -> Vec<u8> {
    let (mut left, mut from) = (Vec::new(), 0);
    let mut rest = spans;
    while let Some((first, others)) = rest.split_first() {
        let mut gap = first.clone();
        rest = others;
        while let Some(next) = rest.first().filter(|next| next.start <= gap.end || is_blank(&line[gap.end..next.start]))
        {
            gap.end = gap.end.max(next.end);
            rest = &rest[1..];
        }
        let gap = with_blank(line, gap);
        left.extend_from_slice(&line[from..gap.start]);
        from = gap.end;
    }
    left.extend_from_slice(&line[from..]);
    left
}

/// `gap` with a blank beside it, if without it no two words touch.
fn with_blank(line: &[u8], gap: Range<usize>) -> Range<usize> {
    let is_space = |byte: Option<&u8>| byte.is_some_and(|byte| b" \t".contains(byte));
    let (left, right) = (&line[..gap.start], &line[gap.end..]);
    let right = right.strip_suffix(b"\r").unwrap_or(right);
    if is_space(left.last()) && right.first().is_none_or(|byte| b" \t.,;:!?)]".contains(byte)) {
        gap.start - 1..gap.end
    } else if left.is_empty() && is_space(right.first()) {
        gap.start..gap.end + 1
    } else {
        gap
    }
}
