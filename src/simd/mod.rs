//! Looks at many bytes in one step: the only room with `unsafe`.
//!
//! Takes bytes, gives the places where something stands; what that means is for others. Each kernel has a safe twin in
//! [`portable`], which is used where the processor lacks what the kernel needs, and which a law test holds equal.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;

/// What the lines of a text look like from afar.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Where the line feeds stand.
    pub feeds: Vec<usize>,
    /// A bit for each byte that is not plain, 32 to a word: beyond ASCII, not to be seen, a blank before another one, a
    /// closing bracket before an opening parenthesis.
    odd: Vec<u32>,
}

impl Outline {
    /// Draws the outline of `text` anew.
    pub(crate) fn draw(&mut self, text: &[u8]) {
        self.feeds.clear();
        self.odd.clear();
        #[cfg(target_arch = "x86_64")]
        if avx2::is_there() {
            return avx2::outline(text, self);
        }
        portable::outline(text, 0, self);
    }

    /// Draws the line feeds of `text` alone.
    pub(crate) fn draw_feeds(&mut self, text: &[u8]) {
        self.feeds.clear();
        self.odd.clear();
        #[cfg(target_arch = "x86_64")]
        if avx2::is_there() {
            return avx2::feeds(text, &mut self.feeds);
        }
        portable::feeds(text, 0, &mut self.feeds);
    }

    /// Whether folding the bytes from `start` to `end`, which begin and end with visible ones, changes nothing but capitals.
    pub(crate) fn is_plain(&self, start: usize, end: usize) -> bool {
        // The last byte is odd or not by itself: what stands behind it is not in the line.
        let Some(last) = end.checked_sub(1).filter(|&last| start <= last) else { return true };
        let (first_word, last_word) = (start / 32, last / 32);
        let from = u32::MAX << (start % 32);
        let to = u32::MAX >> (31 - last % 32);
        if first_word == last_word {
            return self.odd[first_word] & from & to == 0;
        }
        self.odd[first_word] & from == 0
            && self.odd[last_word] & to == 0
            && self.odd[first_word + 1..last_word].iter().all(|&word| word == 0)
    }
}

/// How many bytes at the start of `text` are plain, as an [`Outline`] has it.
pub(crate) fn plain_run(text: &[u8]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if avx2::is_there() {
        return avx2::plain_run(text);
    }
    portable::plain_run(text, 0)
}

/// Classes of three bytes that stand one after another, in eight groups: by the low and the high half of each byte, the
/// groups that allow it, a bit each. Found by shuffles of such tables (the Teddy of Hyperscan does the same).
#[derive(Debug, Clone, Default)]
pub(crate) struct Triples {
    low: [[u8; 16]; 3],
    high: [[u8; 16]; 3],
}

impl Triples {
    /// Allows `triple` in one of the eight groups; none stands for any byte.
    pub(crate) fn allow(&mut self, group: usize, triple: [Option<u8>; 3]) {
        let bit = 1 << group;
        for (at, byte) in triple.into_iter().enumerate() {
            let lets = |half: usize, of: fn(u8) -> u8| byte.is_none_or(|byte| usize::from(of(byte)) == half);
            for half in 0..16 {
                self.low[at][half] |= bit * u8::from(lets(half, |byte| byte & 15));
                self.high[at][half] |= bit * u8::from(lets(half, |byte| byte >> 4));
            }
        }
    }

    /// Writes to `found` every place of `text` at which a triple of some group may begin, in order; what would reach
    /// beyond the end is compared with zeros there.
    pub(crate) fn find(&self, text: &[u8], found: &mut Vec<usize>) {
        found.clear();
        #[cfg(target_arch = "x86_64")]
        if avx2::is_there() {
            return avx2::triples(self, text, found);
        }
        portable::triples(self, text, 0, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![6 => b'a'..=b'f', 2 => Just(b' '), 1 => Just(b'\n'), 1 => prop_oneof![Just(b']'), Just(b'(')], 1 => any::<u8>()];
        proptest::collection::vec(byte, 0..400)
    }

    fn plainly(line: &[u8]) -> bool {
        line.iter().all(|byte| (0x20..0x7f).contains(byte)) && line.windows(2).all(|two| two != b"  " && two != b"](")
    }

    proptest! {
        #[test]
        fn an_outline_is_what_a_plain_look_sees(text in text()) {
            let (mut fast, mut slow) = (Outline::default(), Outline::default());
            fast.draw(&text);
            portable::outline(&text, 0, &mut slow);
            prop_assert_eq!(&fast, &slow);
            let feeds: Vec<usize> = (0..text.len()).filter(|&at| text[at] == b'\n').collect();
            prop_assert_eq!(&fast.feeds, &feeds);
            prop_assert_eq!(plain_run(&text), portable::plain_run(&text, 0));
            let mut bare = Outline::default();
            bare.draw_feeds(&text);
            prop_assert_eq!(&bare.feeds, &feeds);
            let mut start = 0;
            for line in text.split(|&byte| byte == b'\n') {
                let inner = line.trim_ascii();
                let from = start + (line.len() - line.trim_ascii_start().len());
                prop_assert_eq!(fast.is_plain(from, from + inner.len()), plainly(inner), "{:?}", inner);
                start += line.len() + 1;
            }
        }

        #[test]
        fn triples_are_found_where_a_plain_look_finds_them(
            text in text(),
            triples in proptest::collection::vec((0..8_usize, any::<[u8; 3]>(), 1..=3_usize), 0..12),
            near in proptest::collection::vec((0..8_usize, [b'a'..=b'g', b'a'..=b'g', b' '..=b'f']), 0..4),
        ) {
            let mut tables = Triples::default();
            for (group, bytes, len) in triples {
                tables.allow(group, [0, 1, 2].map(|at| (at < len).then_some(bytes[at])));
            }
            for (group, bytes) in &near {
                tables.allow(*group, bytes.map(Some));
            }
            let (mut fast, mut slow) = (Vec::new(), Vec::new());
            tables.find(&text, &mut fast);
            portable::triples(&tables, &text, 0, &mut slow);
            prop_assert_eq!(&fast, &slow);
            for (at, three) in text.windows(3).enumerate() {
                if near.iter().any(|(_, bytes)| bytes == three) {
                    prop_assert!(fast.contains(&at));
                }
            }
        }
    }
}
