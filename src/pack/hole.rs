//! Holes of phrases: `{n} comments` is a phrase with one.
//!
//! Takes a phrase as it was written, gives what stands between its braces as [`Hole`]s; what fills a hole in a line is
//! for `clean` to know.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A part of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These words, as they were written.
    Text(String),
    Hole(Hole),
}

/// What may vary in a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Hole {
    /// `{n}`: a number in any digits, with separators and short units: `12`, `1.2K`, `3,400`.
    Number,
    /// `{date}`: a day or a month, in the forms of many languages.
    Date,
    /// `{time}`: a time of day.
    Time,
    /// `{name}`: one to five words that begin with capitals, with particles between them.
    Name,
    /// `{words:1-3}`: so many words.
    Words { least: usize, most: usize },
    /// `{handle}`: the name of an account, such as `@gazette`.
    Handle,
    /// `{url}`: an address.
    Url,
}

/// The most words that a hole may take.
const MOST_WORDS: usize = 60;

/// What is wrong with a hole, and which bytes of the phrase it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct HoleError {
    pub place: Range<usize>,
    pub what: String,
}

/// The pieces of `phrase` in their order; never two texts side by side.
///
/// # Errors
/// When a brace stands alone, or what is between two of them is no hole.
pub fn pieces(phrase: &str) -> Result<Vec<Piece>, HoleError> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(step) = phrase[at..].find(['{', '}']) {
        let open = at + step;
        let lone = |what: &str| HoleError { place: open..open + 1, what: what.to_owned() };
        if phrase[open..].starts_with('}') {
            return Err(lone("this brace closes no hole"));
        }
        let close = phrase[open..].find('}').map(|step| open + step).ok_or_else(|| lone("this brace is not closed"))?;
        if open > at {
            pieces.push(Piece::Text(phrase[at..open].to_owned()));
        }
        let hole = hole(&phrase[open + 1..close]).map_err(|what| HoleError { place: open..close + 1, what })?;
        pieces.push(Piece::Hole(hole));
        at = close + 1;
    }
    if at < phrase.len() {
        pieces.push(Piece::Text(phrase[at..].to_owned()));
    }
    Ok(pieces)
}

fn hole(name: &str) -> Result<Hole, String> {
    if let Some(range) = name.strip_prefix("words:") {
        return words(range);
    }
    Ok(match name {
        "n" => Hole::Number,
        "date" => Hole::Date,
        "time" => Hole::Time,
        "name" => Hole::Name,
        "handle" => Hole::Handle,
        "url" => Hole::Url,
        _ => {
            return Err(format!(
                "there is no hole `{{{name}}}`: it is one of {{n}}, {{date}}, {{time}}, {{name}}, {{words:1-3}}, {{handle}}, {{url}}"
            ));
        }
    })
}

fn words(range: &str) -> Result<Hole, String> {
    let (least, most) = range.split_once('-').unwrap_or((range, range));
    match (least.parse(), most.parse()) {
        (Ok(least), Ok(most)) if 1 <= least && least <= most && most <= MOST_WORDS => Ok(Hole::Words { least, most }),
        _ => Err(format!("a hole for words says how many, such as {{words:1-3}}; at least 1, at most {MOST_WORDS}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_texts_and_holes() {
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(pieces("Share this"), Ok(vec![text("Share this")]));
        assert_eq!(
            pieces("{n} of {words:1-3}!"),
            Ok(vec![
                Piece::Hole(Hole::Number),
                text(" of "),
                Piece::Hole(Hole::Words { least: 1, most: 3 }),
                text("!")
            ])
        );
        assert_eq!(pieces("{words:2}"), Ok(vec![Piece::Hole(Hole::Words { least: 2, most: 2 })]));
    }

    #[test]
    fn what_is_no_hole_is_told_with_its_place() {
        for (phrase, place, what) in [
            ("a } b", 2..3, "closes no hole"),
            ("a {n", 2..3, "is not closed"),
            ("a {number} b", 2..10, "no hole `{number}`"),
            ("{words:3-1}", 0..11, "how many"),
            ("{words:0-1}", 0..11, "how many"),
            ("{words}", 0..7, "no hole `{words}`"),
        ] {
            let error = pieces(phrase).unwrap_err();
            assert_eq!(error.place, place, "{phrase}");
            assert!(error.what.contains(what), "{phrase}: {error}");
        }
    }
}
