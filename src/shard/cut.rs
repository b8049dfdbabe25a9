//! Cuts in the spelling of a JSON string.
//!
//! Takes a raw value and the places that go, as they stand in its text. A cut is made in the spelling, not by spelling
//! the rest anew, so that every kept byte stays as its writer put it (`\u00e9`, `\/`). Never looks at what stands
//! behind the last cut.

use memchr::memchr;

use super::escape::{Done, escape, unquoted, width};
use crate::text::Span;

/// Appends the raw value to `out`, quotes included, without what was cut. The cuts are sorted, apart from each other,
/// and count the bytes of the unescaped text; a char that a cut touches goes whole.
///
/// Unescaped, the result is the text without the cuts, with one exception: the halves of a surrogate pair that a cut
/// brings together are read as the char they make.
pub fn delete(raw: &[u8], cuts: impl IntoIterator<Item = Span>, out: &mut Vec<u8>) {
    delete_by_marks(raw, &[], cuts, out);
}

/// [`delete`], with places of the string between its quotes that are known already, in their order.
pub(super) fn delete_by_marks(raw: &[u8], marks: &[Done], cuts: impl IntoIterator<Item = Span>, out: &mut Vec<u8>) {
    let inner = unquoted(raw);
    let quote = usize::from(inner.len() < raw.len());
    let mut walk = Walk { inner, marks, at: Done::default() };
    let mut kept = 0;
    for cut in cuts {
        let from = quote + walk.step_to(cut.start).start;
        let to = quote + walk.step_to(cut.end).end;
        out.extend_from_slice(&raw[kept..from.max(kept)]);
        // Of a cut at the very beginning the quote before it has been written.
        kept = to.max(kept);
    }
    out.extend_from_slice(&raw[kept..]);
}

/// A walk over a raw string that counts the bytes of its text.
struct Walk<'r> {
    inner: &'r [u8],
    /// Those that are still ahead, or as far as the walk has come.
    marks: &'r [Done],
    at: Done,
}

impl Walk<'_> {
    /// Where in the spelling the byte `target` of the text stands: all of the char that spells it when it is inside of
    /// one, else the empty span before it. Targets must not run backwards.
    #[inline]
    fn step_to(&mut self, target: usize) -> Span {
        self.jump(target);
        while self.at.text < target && self.at.raw < self.inner.len() {
            let ahead = &self.inner[self.at.raw..];
            let near = &ahead[..ahead.len().min(target - self.at.text)];
            match memchr(b'\\', near) {
                None => self.at = self.at.plus(near.len()),
                Some(0) => {
                    let (len, code) = escape(&ahead[1..]);
                    let next = Done { raw: self.at.raw + len, text: self.at.text + code.map_or(1, width) };
                    if next.text > target {
                        return Span::new(self.at.raw, next.raw);
                    }
                    self.at = next;
                }
                Some(plain) => self.at = self.at.plus(plain),
            }
        }
        Span::new(self.at.raw, self.at.raw)
    }

    /// Goes to the last mark before the target.
    #[inline]
    fn jump(&mut self, target: usize) {
        let passed = self.marks.iter().take_while(|mark| mark.text <= target).count();
        if let Some(mark) = self.marks[..passed].last().filter(|mark| mark.raw > self.at.raw) {
            self.at = *mark;
        }
        self.marks = &self.marks[passed..];
    }
}

#[cfg(test)]
mod tests {
    use super::super::escape::{spelling, unescape};
    use super::*;
    use proptest::prelude::*;

    fn spans(cuts: &[(usize, usize)]) -> Vec<Span> {
        cuts.iter().map(|&(from, to)| Span::new(from, to)).collect()
    }

    #[test]
    fn kept_bytes_keep_their_spelling() {
        for (raw, cuts, left) in [
            (&br#""a\u00e9b\/c""#[..], &[(0, 1)][..], &br#""\u00e9b\/c""#[..]),
            (br#""a\u00e9b\/c""#, &[(1, 4)], br#""a\/c""#),
            (br#""a\u00e9b\/c""#, &[(0, 2)], br#""b\/c""#),
            (br#""a\u00e9b\/c""#, &[(2, 4)], br#""a\/c""#),
            (br#""one\ntwo\nthree""#, &[(4, 8)], br#""one\nthree""#),
            (br#""\ud83d\ude00\ud83d\ude00""#, &[(0, 4)], br#""\ud83d\ude00""#),
            (br#""\ud83d\ude00\ud83d\ude00""#, &[(1, 2), (3, 4), (5, 6)], br#""""#),
            (br#""abcdef""#, &[(0, 1), (2, 2), (3, 4), (5, 6)], br#""bce""#),
            (br#""abc""#, &[(0, 3)], br#""""#),
            (br#""abc""#, &[], br#""abc""#),
        ] {
            let mut out = b"before ".to_vec();
            delete(raw, spans(cuts), &mut out);
            assert_eq!(out[7..].escape_ascii().to_string(), left.escape_ascii().to_string());
        }
    }

    proptest! {
        #[test]
        fn a_cut_in_the_spelling_is_a_cut_in_the_text(
            (pieces, cut, marked) in spelling().prop_flat_map(|pieces| {
                let flags = proptest::collection::vec(any::<bool>(), pieces.len());
                (Just(pieces), flags.clone(), flags)
            })
        ) {
            let (mut cuts, mut kept, mut marks, mut at) = (Vec::new(), Vec::new(), Vec::new(), Done::default());
            for (piece, (&cut, &marked)) in pieces.iter().zip(cut.iter().zip(&marked)) {
                let text = unescape(piece.as_bytes());
                marks.extend(marked.then_some(at));
                if cut {
                    cuts.push(Span::new(at.text, at.text + text.len()));
                } else {
                    kept.extend_from_slice(&text);
                }
                at = Done { raw: at.raw + piece.len(), text: at.text + text.len() };
            }
            let raw = format!("\"{}\"", pieces.concat());
            let (mut left, mut by_marks) = (Vec::new(), Vec::new());
            delete(raw.as_bytes(), cuts.iter().copied(), &mut left);
            delete_by_marks(raw.as_bytes(), &marks, cuts, &mut by_marks);
            prop_assert_eq!(&*unescape(&left), &kept[..]);
            let spelt = pieces.iter().zip(&cut).filter(|(_, cut)| !**cut);
            let spelt: String = spelt.map(|(piece, _)| piece.as_str()).collect();
            prop_assert_eq!(&left, &format!("\"{spelt}\"").into_bytes());
            prop_assert_eq!(&left, &by_marks);
        }

        #[test]
        fn no_bytes_can_make_it_fail(
            raw in proptest::collection::vec(prop_oneof![Just(b'\\'), Just(b'u'), any::<u8>()], 0..40),
            places in proptest::collection::vec(0_usize..50, 0..6),
        ) {
            let mut places = places;
            places.sort_unstable();
            let cuts = places.chunks_exact(2).map(|pair| Span::new(pair[0], pair[1]));
            delete(&raw, cuts, &mut Vec::new());
        }
    }
}
