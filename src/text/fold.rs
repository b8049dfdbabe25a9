//! Folds a line to what rules compare: its key.
//!
//! Folding is for matching only. Kept bytes never change, and every folded byte knows the bytes of the line that it
//! came from, so that a match becomes a span of the original on character bounds. What folds to what is told in
//! `units`, what goes at the edges in `edges`.

use serde::{Deserialize, Serialize};

use super::links::{Link, links};
use super::units::{Mapped, units};
use super::{Span, edges, trim};
use crate::simd::plain_run;

/// How much of a line's spelling is overlooked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Fold {
    /// Width, composition, quotes, dashes, blanks, Markdown links, and ornaments at the edges.
    #[default]
    Full,
    /// The same, but the edges stay.
    NoEdges,
    /// Nothing: the bytes as they are, a CR included.
    None,
}

/// Whether capitals count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Case {
    /// They do not.
    #[default]
    Fold,
    /// They do.
    Exact,
}

/// Writes the key of `line` into `key`, which is emptied first. Two lines with equal keys are the same line to a rule.
/// With [`Fold::None`] the case is exact whatever `case` says.
pub fn key_into(line: &[u8], fold: Fold, case: Case, key: &mut Vec<u8>) {
    core_into(line, fold, case, key);
    if fold == Fold::Full {
        let stopless = edges::without_stop(key).len();
        key.truncate(stopless);
    }
}

/// Writes `line` folded and without its edges into `core`, which is emptied first: its key before a full stop is
/// overlooked.
pub fn core_into(line: &[u8], fold: Fold, case: Case, core: &mut Vec<u8>) {
    if fold == Fold::None {
        core.clear();
        core.extend_from_slice(line);
        return;
    }
    fold_into(line, case, core);
    if fold == Fold::Full {
        let span = edges::core(core, begins_with_long_dash(line));
        core.truncate(span.end);
        core.drain(..span.start);
    }
}

/// Writes `line` folded, edges and all, into `folded`, which is emptied first.
pub fn fold_into(line: &[u8], case: Case, folded: &mut Vec<u8>) {
    folded.clear();
    let span = trim(line);
    let inner = &line[span.range()];
    if is_plain(inner) {
        folded.extend_from_slice(inner);
        if case == Case::Fold {
            folded.make_ascii_lowercase();
        }
    } else {
        units(line, &links(line), case, folded);
    }
}

/// Whether folding `line` changes nothing but capitals: ASCII that can be seen, single blanks, no link.
#[must_use]
fn is_plain(line: &[u8]) -> bool {
    plain_run(line) == line.len()
}

/// A folded line whose bytes know where they came from.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    text: Vec<u8>,
    places: Places,
    core: Option<Span>,
    /// What is seen of each link, and all of it: sorted by what is seen.
    links: Vec<(Span, Span)>,
}

/// For each folded byte, the place in the line of the unit that it belongs to.
#[derive(Debug, Clone)]
enum Places {
    /// As many bytes further on, each its own unit: the line was plain.
    Shifted(usize),
    Units {
        from: Vec<u32>,
        to: Vec<u32>,
    },
}

impl Default for Places {
    fn default() -> Self {
        Self::Shifted(0)
    }
}

impl Folded {
    /// Folds `line`, edges and all. With [`Fold::None`] the text is the line itself. Lines of 4 GiB and more are beyond
    /// it and fold to nothing.
    #[must_use]
    pub fn new(line: &[u8], fold: Fold, case: Case) -> Self {
        let span = if fold == Fold::None { Span::new(0, line.len()) } else { trim(line) };
        let inner = &line[span.range()];
        let mut folded = if fold == Fold::None || is_plain(inner) {
            let mut text = inner.to_vec();
            if case == Case::Fold && fold != Fold::None {
                text.make_ascii_lowercase();
            }
            Self { text, places: Places::Shifted(span.start), ..Self::default() }
        } else {
            Self::of_units(line, case)
        };
        folded.core = Some(match fold {
            Fold::Full => edges::core(&folded.text, begins_with_long_dash(line)),
            _ => Span::new(0, folded.text.len()),
        });
        folded
    }

    fn of_units(line: &[u8], case: Case) -> Self {
        if u32::try_from(line.len()).is_err() {
            return Self::default();
        }
        let links = links(line);
        let mut mapped = Mapped::default();
        units(line, &links, case, &mut mapped);
        let Mapped { text, from, to } = mapped;
        let seen = |link: &Link| (seen(&from, &to, link.text), link.whole);
        let mut links: Vec<(Span, Span)> = links.iter().map(seen).filter(|(seen, _)| !seen.is_empty()).collect();
        links.sort_unstable();
        Self { text, places: Places::Units { from, to }, core: None, links }
    }

    /// The folded bytes, edges included.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// What stands between the edges, as a span of [`text`](Self::text).
    #[must_use]
    pub fn core(&self) -> Span {
        self.core.unwrap_or(Span::new(0, 0))
    }

    /// The same without the full stop that a phrase of three words or more may overlook.
    #[must_use]
    pub fn core_without_stop(&self) -> Span {
        without_stop(&self.text, self.core())
    }

    /// The bytes of the line behind a span of [`text`](Self::text); none if the span is empty or cuts a character in
    /// two. A span that covers all that is seen of a link covers its brackets and address.
    #[must_use]
    pub fn origin(&self, span: Span) -> Option<Span> {
        let last = span.end.checked_sub(1).filter(|&last| span.start <= last)?;
        let (from, to) = match &self.places {
            Places::Shifted(by) => return Some(span.shifted(*by)),
            Places::Units { from, to } => (from, to),
        };
        let splits = |at: usize| at > 0 && at < self.text.len() && from[at] == from[at - 1];
        if splits(span.start) || splits(span.end) {
            return None;
        }
        let mut origin = Span::new(from[span.start] as usize, to[last] as usize);
        let first = self.links.partition_point(|(seen, _)| seen.start < origin.start);
        let within = origin;
        for (seen, whole) in self.links[first..].iter().take_while(|(seen, _)| seen.start < within.end) {
            if within.contains(*seen) {
                origin = Span::new(origin.start.min(whole.start), origin.end.max(whole.end));
            }
        }
        Some(origin)
    }
}

/// `core`, a span of `folded`, without its full stop, if it has three words or more.
pub(crate) fn without_stop(folded: &[u8], core: Span) -> Span {
    Span::new(core.start, core.start + edges::without_stop(&folded[core.range()]).len())
}

/// What stands between the edges of `folded`, a line that was folded edges and all; `line` is that line.
pub(crate) fn core_of(folded: &[u8], line: &[u8]) -> Span {
    edges::core(folded, begins_with_long_dash(line))
}

/// `text` of a link without what folding drops at its ends (blanks, inner brackets).
fn seen(from: &[u32], to: &[u32], text: Span) -> Span {
    let first = from.partition_point(|&from| (from as usize) < text.start);
    let last = to.partition_point(|&to| (to as usize) <= text.end);
    match (from.get(first), last.checked_sub(1).and_then(|last| to.get(last))) {
        (Some(&from), Some(&to)) if from < to => Span::new(from as usize, to as usize),
        _ => Span::new(text.start, text.start),
    }
}

fn begins_with_long_dash(line: &[u8]) -> bool {
    if line.first().is_none_or(u8::is_ascii_graphic) {
        return false;
    }
    let first =
        std::str::from_utf8(&line[..line.len().min(64)]).or_else(|e| std::str::from_utf8(&line[..e.valid_up_to()]));
    first.is_ok_and(|text| text.trim_start().starts_with(['—', '―']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(line: &str, fold: Fold, case: Case) -> String {
        let mut key = Vec::new();
        key_into(line.as_bytes(), fold, case, &mut key);
        String::from_utf8(key).unwrap()
    }

    #[test]
    fn lines_that_read_alike_have_one_key() {
        for (line, same) in [
            ("LEAVE A COMMENT", "leave a comment"),
            ("  » Leave\u{a0}a \t reply: \r", "leave a reply"),
            ("Your email address will not be published.", "your email address will not be published"),
            ("infrastructure.", "infrastructure."),
            ("DON’T MISS – “THIS”…", "don't miss - \"this\"..."),
            ("[Leave a comment](#respond)", "leave a comment"),
            ("**[Share](x)**", "share"),
            ("[![](i.png)](p)", ""),
            ("STRASSE", "straße"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("İLETİŞİM", "iletişim"),
            ("Iletışım", "ıletis\u{327}im"),
            ("Ｓｈａｒｅ　ｔｈｉｓ", "share this"),
            ("ﾊﾞｯｸ", "バック"),
            ("cafe\u{301}", "café"),
            ("Sha\u{ad}re\u{200b} this", "share this"),
            ("한국어", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{110b}\u{1165}"),
            ("a\u{2028}b", "a b"),
        ] {
            assert_eq!(key(line, Fold::Full, Case::Fold), key(same, Fold::Full, Case::Fold), "{line}");
        }
        for (line, other) in [("\"Share\"", "Share"), ("Share?", "Share"), ("— No comments", "No comments"), ("a", "á")]
        {
            assert_ne!(key(line, Fold::Full, Case::Fold), key(other, Fold::Full, Case::Fold), "{line}");
        }
    }

    #[test]
    fn each_fold_overlooks_what_it_says() {
        assert_eq!(key(" • Share:", Fold::NoEdges, Case::Fold), "• share:");
        assert_eq!(key(" • Share:\r", Fold::None, Case::Fold), " • Share:\r");
        assert_eq!(key("CHINA  TOPIX", Fold::Full, Case::Exact), "CHINA TOPIX");
    }

    #[test]
    fn matches_become_spans_of_the_original() {
        let line = "  “Nﬁx”  [Read  more](http://x.org) now…";
        let folded = Folded::new(line.as_bytes(), Fold::Full, Case::Fold);
        let text = std::str::from_utf8(folded.text()).unwrap();
        assert_eq!(text, "\"nfix\" read more now...");
        let origin = |part: &str| {
            let at = text.find(part).unwrap();
            folded.origin(Span::new(at, at + part.len())).map(|span| &line[span.range()])
        };
        assert_eq!(origin("read more"), Some("[Read  more](http://x.org)"));
        assert_eq!(origin("more now"), Some("more](http://x.org) now"));
        assert_eq!(origin("fi"), Some("ﬁ"));
        assert_eq!(origin("f"), None);
        assert_eq!(origin("now."), None);
        assert_eq!(origin("now..."), Some("now…"));
        assert_eq!(origin(" read"), Some("  [Read"));
    }

    fn odd_text() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            "[ a-zA-Z.]{1,6}".prop_map(String::into_bytes),
            proptest::sample::select(vec![
                "  ", "\t", "[", "](", ")", "![", "“", "–", "…", "é", "e\u{301}", "ﬁ", "İ", "ß", "»", "**", "## ",
                "分", "\u{200b}", "\u{a0}", "한", "\r", "👍"
            ])
            .prop_map(|s| s.as_bytes().to_vec()),
            proptest::sample::select(vec![vec![0xff], vec![0xe2, 0x80], vec![0]]),
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn the_quick_fold_and_the_mapped_fold_agree(line in odd_text(), exact in any::<bool>()) {
            let case = if exact { Case::Exact } else { Case::Fold };
            let mut folded = Vec::new();
            fold_into(&line, case, &mut folded);
            let mapped = Folded::new(&line, Fold::Full, case);
            prop_assert_eq!(&folded, mapped.text());
            key_into(&line, Fold::Full, case, &mut folded);
            prop_assert_eq!(&folded[..], &mapped.text()[mapped.core_without_stop().range()]);
        }

        #[test]
        fn the_origin_of_all_folds_to_all(line in odd_text()) {
            let whole = Folded::new(&line, Fold::Full, Case::Fold);
            if let Some(origin) = whole.origin(Span::new(0, whole.text().len())) {
                let again = Folded::new(&line[origin.range()], Fold::Full, Case::Fold);
                prop_assert_eq!(again.text(), whole.text());
            }
        }
    }
}
