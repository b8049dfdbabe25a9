//! Folds a line to what rules compare: its key.
//!
//! Folding is for matching only. Kept bytes never change, and every folded byte knows the bytes of the line that it
//! came from, so that a match becomes a span of the original on character bounds. Composition and width are those of
//! NFKC (Unicode Standard Annex 15); case is folded by upper-casing and then lower-casing each character, which joins
//! ß with ss and the final sigma with the others, and the four i of Turkish with each other.

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::is_combining_mark, is_nfkc_quick};

use super::line::is_zero_width;
use super::links::{Link, links};
use super::{Span, edges, trim};

/// How much of a line's spelling is overlooked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
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
        units(line, &links(line), case, |bytes, _, _| folded.extend_from_slice(bytes));
    }
}

/// Whether folding `line` changes nothing but capitals: ASCII that can be seen, single blanks, no link.
#[must_use]
pub(crate) fn is_plain(line: &[u8]) -> bool {
    let mut plain = true;
    let mut before = 0;
    for &byte in line {
        let blanks = byte == b' ' && before == b' ';
        let link = byte == b'(' && before == b']';
        plain &= (0x20..0x7f).contains(&byte) && !blanks && !link;
        before = byte;
    }
    plain
}

/// A folded line whose bytes know where they came from.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    text: Vec<u8>,
    /// For each byte of `text`, the place in the line of the unit that it belongs to.
    from: Vec<u32>,
    to: Vec<u32>,
    core: Option<Span>,
    links: Vec<Link>,
    len: usize,
}

impl Folded {
    /// Folds `line`, edges and all. With [`Fold::None`] the text is the line itself. Lines of 4 GiB and more are beyond
    /// it and fold to nothing.
    #[must_use]
    pub fn new(line: &[u8], fold: Fold, case: Case) -> Self {
        let mut folded = Self { len: line.len(), ..Self::default() };
        if u32::try_from(line.len()).is_err() {
            return folded;
        }
        if fold == Fold::None {
            folded.core = Some(Span::new(0, line.len()));
            folded.push(line, 0, 0);
            for (at, (from, to)) in folded.from.iter_mut().zip(&mut folded.to).enumerate() {
                (*from, *to) = (narrow(at), narrow(at + 1));
            }
            return folded;
        }
        folded.links = links(line);
        let links = std::mem::take(&mut folded.links);
        units(line, &links, case, |bytes, from, to| folded.push(bytes, from, to));
        folded.links = links;
        folded.core = Some(match fold {
            Fold::Full => edges::core(&folded.text, begins_with_long_dash(line)),
            _ => Span::new(0, folded.text.len()),
        });
        folded
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
        let core = self.core();
        Span::new(core.start, core.start + edges::without_stop(&self.text[core.range()]).len())
    }

    /// The bytes of the line behind a span of [`text`](Self::text); none if the span is empty or cuts a character in
    /// two. A span that covers all that is seen of a link covers its brackets and address.
    #[must_use]
    pub fn origin(&self, span: Span) -> Option<Span> {
        let last = span.end.checked_sub(1).filter(|&last| span.start <= last)?;
        let splits = |at: usize| at > 0 && at < self.text.len() && self.from[at] == self.from[at - 1];
        if splits(span.start) || splits(span.end) {
            return None;
        }
        let mut origin = Span::new(self.from[span.start] as usize, self.to[last] as usize);
        // Links come inner first, so that an image in a link widens to the image and then to the link.
        for link in &self.links {
            if origin.contains(self.seen(link.text)) && !self.seen(link.text).is_empty() {
                origin = Span::new(origin.start.min(link.whole.start), origin.end.max(link.whole.end));
            }
        }
        debug_assert!(origin.end <= self.len);
        Some(origin)
    }

    /// `text` of a link without what folding drops at its ends (blanks, inner brackets).
    fn seen(&self, text: Span) -> Span {
        let first = self.from.partition_point(|&from| (from as usize) < text.start);
        let last = self.to.partition_point(|&to| (to as usize) <= text.end);
        match (self.from.get(first), last.checked_sub(1).and_then(|last| self.to.get(last))) {
            (Some(&from), Some(&to)) if from < to => Span::new(from as usize, to as usize),
            _ => Span::new(text.start, text.start),
        }
    }

    fn push(&mut self, bytes: &[u8], from: usize, to: usize) {
        self.text.extend_from_slice(bytes);
        self.from.resize(self.text.len(), narrow(from));
        self.to.resize(self.text.len(), narrow(to));
    }
}

/// Lines of 4 GiB are refused before any place in them is asked for.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn begins_with_long_dash(line: &[u8]) -> bool {
    let first =
        std::str::from_utf8(&line[..line.len().min(64)]).or_else(|e| std::str::from_utf8(&line[..e.valid_up_to()]));
    first.is_ok_and(|text| text.trim_start().starts_with(['—', '―']))
}

/// Gives the folded units of `line` in order: their bytes, and where they begin and end in the line. Blanks at both
/// ends and the brackets and addresses of `links` give none; a run of blanks gives one.
fn units(line: &[u8], links: &[Link], case: Case, emit: impl FnMut(&[u8], usize, usize)) {
    let mut markers: Vec<Span> = links
        .iter()
        .flat_map(|link| [Span::new(link.whole.start, link.text.start), Span::new(link.text.end, link.whole.end)])
        .collect();
    markers.sort_unstable();
    let mut units = Units { case, emit, blank: None, begun: false };
    let mut at = 0;
    for marker in markers {
        if at < marker.start {
            units.stretch(&line[at..marker.start], at);
        }
        at = at.max(marker.end);
    }
    units.stretch(&line[at..], at);
}

struct Units<F> {
    case: Case,
    emit: F,
    /// The run of blanks that waits for something to stand after it.
    blank: Option<Span>,
    begun: bool,
}

impl<F: FnMut(&[u8], usize, usize)> Units<F> {
    fn stretch(&mut self, bytes: &[u8], offset: usize) {
        let mut at = offset;
        for chunk in bytes.utf8_chunks() {
            self.valid(chunk.valid(), at);
            at += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                self.unit(chunk.invalid(), at, at + chunk.invalid().len());
                at += chunk.invalid().len();
            }
        }
    }

    fn valid(&mut self, text: &str, offset: usize) {
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let mut end = at + c.len_utf8();
            if c.is_ascii() && chars.peek().is_none_or(|(_, next)| next.is_ascii()) {
                self.char(c, offset + at, offset + end);
                continue;
            }
            while let Some((next, extender)) = chars.next_if(|&(_, next)| extends(next)) {
                end = next + extender.len_utf8();
            }
            self.cluster(&text[at..end], offset + at, offset + end);
        }
    }

    /// A character and what combines with it; normalised together, and of one origin.
    fn cluster(&mut self, cluster: &str, from: usize, to: usize) {
        let mut chars = cluster.chars();
        if let (Some(c), None) = (chars.next(), chars.next())
            && is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes
        {
            return self.char(c, from, to);
        }
        let mut unit = Vec::with_capacity(cluster.len());
        for c in cluster.nfkc() {
            if c.is_whitespace() || is_zero_width(c) {
                continue;
            }
            push_folded(c, self.case, &mut unit);
        }
        if unit.is_empty() {
            // A blank of another width; what has no width at all leaves no gap.
            if cluster.chars().any(char::is_whitespace) {
                self.see_blank(from, to);
            }
        } else {
            self.unit(&unit, from, to);
        }
    }

    fn char(&mut self, c: char, from: usize, to: usize) {
        if c.is_whitespace() {
            self.see_blank(from, to);
        } else if !is_zero_width(c) {
            let mut unit = [0; 12];
            let mut len = 0;
            for_each_folded(c, self.case, |c| len += c.encode_utf8(&mut unit[len..]).len());
            self.unit(&unit[..len], from, to);
        }
    }

    fn see_blank(&mut self, from: usize, to: usize) {
        self.blank = Some(Span::new(self.blank.map_or(from, |blank| blank.start), to));
    }

    fn unit(&mut self, bytes: &[u8], from: usize, to: usize) {
        if let Some(blank) = self.blank.take().filter(|_| self.begun) {
            (self.emit)(b" ", blank.start, blank.end);
        }
        self.begun = true;
        (self.emit)(bytes, from, to);
    }
}

/// Whether `c` combines with the character before it: marks, the jamo inside a Hangul syllable, and the half-width
/// voicing marks of kana.
fn extends(c: char) -> bool {
    c >= '\u{300}' && (is_combining_mark(c) || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{ff9e}' | '\u{ff9f}'))
}

fn push_folded(c: char, case: Case, unit: &mut Vec<u8>) {
    for_each_folded(c, case, |c| unit.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()));
}

/// Gives what `c`, already of NFKC, folds to: at most three characters.
fn for_each_folded(c: char, case: Case, mut emit: impl FnMut(char)) {
    let c = match c {
        '‘' | '’' | '‚' | '‛' | '′' | '‵' | 'ʼ' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '‶' | '〝' | '〞' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        _ => c,
    };
    match c {
        _ if case == Case::Exact => emit(c),
        'İ' | 'I' | 'ı' => emit('i'),
        _ if c.is_ascii() => emit(c.to_ascii_lowercase()),
        _ => c.to_uppercase().flat_map(char::to_lowercase).for_each(emit),
    }
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
