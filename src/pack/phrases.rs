//! What a phrase or a pattern of a rule file must be.

use std::ops::Range;

use toml::Spanned;

use super::error::PackError;
use super::hole::{Hole, Piece, pieces};
use super::pattern::compile_pattern;
use super::sense::{Kind, Parts};
use super::tables::Strings;
use super::toml::Reader;
use crate::text::{Case, Fold, Folded};

impl Reader<'_> {
    pub(super) fn phrases(&self, parts: &Parts) -> Result<(), PackError> {
        let whole = parts.matches.span();
        if parts.matches.get_ref().0.is_empty() {
            return Err(self.error(whole, "an empty list matches nothing"));
        }
        for (phrase, span) in &parts.matches.get_ref().0 {
            let span = span.clone().unwrap_or_else(|| whole.clone());
            if parts.kind == Kind::Pattern {
                self.pattern(phrase, parts.case, parts.whole, span)?;
            } else {
                self.phrase(phrase, parts, span)?;
            }
        }
        Ok(())
    }

    fn phrase(&self, phrase: &str, parts: &Parts, span: Range<usize>) -> Result<(), PackError> {
        if phrase.contains(['\n', '\r']) {
            return Err(self.error(span, "a phrase stands in one line: it holds no line ending"));
        }
        if parts.fold != Fold::None && phrase.contains(['{', '}']) {
            return self.holes(phrase, parts, span);
        }
        // The edges of an in-line phrase are part of it.
        let fold = if parts.kind == Kind::Inline && parts.fold == Fold::Full { Fold::NoEdges } else { parts.fold };
        if Folded::new(phrase.as_bytes(), fold, parts.case).core().is_empty() {
            return Err(match fold {
                Fold::Full if !phrase.trim().is_empty() => self.error_with(
                    span,
                    "nothing is left of this phrase: ornaments at the edges of a line do not count",
                    "set `fold = \"no-edges\"` if it is meant so",
                ),
                _ => self.error(span, "an empty phrase"),
            });
        }
        Ok(())
    }

    fn holes(&self, phrase: &str, parts: &Parts, span: Range<usize>) -> Result<(), PackError> {
        let pieces = pieces(phrase).map_err(|e| {
            let help = "for a real brace set `fold = \"none\"`; for anything else that varies write a `pattern`";
            self.error_with(self.within(phrase, &span, e.place.clone()), &e.what, help)
        })?;
        let is_hole = |piece: &Piece| matches!(piece, Piece::Hole(_));
        if parts.kind == Kind::Run && pieces.iter().filter(|piece| is_hole(piece)).count() > 1 {
            return Err(self.error(span, "a token has at most one hole"));
        }
        if pieces.windows(2).any(|pair| pair.iter().all(is_hole)) {
            return Err(self.error(span, "between two holes there must be something, if only a blank"));
        }
        let fold = if parts.kind == Kind::Inline { Fold::NoEdges } else { parts.fold };
        let seen = |piece: &Piece| matches!(piece, Piece::Text(text) if !Folded::new(text.as_bytes(), fold, parts.case).core().is_empty());
        if parts.kind == Kind::Run {
            let is_number = |piece: &&Piece| matches!(piece, Piece::Hole(Hole::Number));
            if !pieces.iter().any(seen) || pieces.iter().filter(|piece| is_hole(piece)).any(|hole| !is_number(&hole)) {
                let help = "a row of numbers alone is a date or a table";
                return Err(self.error_with(span, "a token is made of words, and at most one `{n}` beside them", help));
            }
        }
        let begins_with_number = matches!(pieces.first(), Some(Piece::Hole(Hole::Number | Hole::Date | Hole::Time)));
        if !pieces.iter().any(seen) && !begins_with_number {
            return Err(self.error(span, "a phrase of holes alone begins with {n}, {date} or {time}"));
        }
        if parts.kind == Kind::Inline && pieces.first().is_some_and(is_hole) {
            return Err(self.error(span, "an in-line phrase begins with words: put them before the hole"));
        }
        Ok(())
    }

    /// The bytes of the file behind `place` of a phrase, as far as the phrase is written without escapes.
    fn within(&self, phrase: &str, span: &Range<usize>, place: Range<usize>) -> Range<usize> {
        let written = &self.text[span.start + self.shift..span.end + self.shift];
        written.find(phrase).map_or(span.clone(), |at| span.start + at + place.start..span.start + at + place.end)
    }

    fn pattern(&self, pattern: &str, case: Case, whole: bool, span: Range<usize>) -> Result<(), PackError> {
        if pattern.is_empty() {
            return Err(self.error(span, "an empty pattern"));
        }
        if let Err(e) = regex_syntax::ast::parse::Parser::new().parse(pattern) {
            return Err(self.error(span, &format!("not a regex: {} (at its byte {})", e.kind(), e.span().start.offset)));
        }
        // Unanchored, a pattern is shown in messages as it was written.
        let compiled = compile_pattern(pattern, case, false).or_else(|e| match e {
            regex::Error::CompiledTooBig(_) => compile_pattern(pattern, case, whole),
            e => Err(e),
        });
        compiled.map(|_| ()).map_err(|e| match e {
            regex::Error::CompiledTooBig(limit) => self.error_with(
                span,
                &format!("the compiled regex would take more than {limit} bytes"),
                "counted repetitions of large classes cost most: write `[a-z0-9_]` for `\\w`, `+` for `{1,30}`",
            ),
            e => self.error(span, &format!("not a regex: {e}")),
        })
    }

    pub(super) fn filled(&self, words: Spanned<Strings>, key: &str) -> Result<Vec<String>, PackError> {
        let empty = words.get_ref().0.iter().any(|(word, _)| word.trim().is_empty());
        if empty || words.get_ref().0.is_empty() {
            return Err(self.error(words.span(), &format!("`{key}` holds at least one word, and no empty one")));
        }
        Ok(words.into_inner().into_vec())
    }
}
