//! Finds texts that have little in common by grams of four bytes, of which every fourth place of a text is asked for one.
//!
//! Each text is known by a window of seven bytes in it, the rarest: wherever it stands, one of the four grams of the window
//! stands at a place that is a multiple of four, so that no other is looked at. (Wu and Manber's searcher skips likewise.) It
//! takes as long for a thousand texts as for ten, where tables of halves of bytes let nearly everything through.

use super::filter::Filter;
use super::fragment::hash_of;
use crate::text::share_of;

/// Places from one that is looked at to the next, and the bytes of a gram.
pub(super) const STRIDE: usize = 4;
/// Shorter texts have no window.
pub(super) const LEAST: usize = 2 * STRIDE - 1;

/// The grams of all texts.
pub(super) struct Grams {
    /// Knows the hash of each.
    filter: Filter,
}

impl Grams {
    /// The grams of `texts`, none of which is shorter than [`LEAST`], and where in each text its window begins.
    pub(super) fn new(texts: &[&[u8]]) -> (Self, Vec<usize>) {
        let mut filter = Filter::new(STRIDE * texts.len());
        let windows: Vec<usize> = texts.iter().map(|text| window(text)).collect();
        for (text, &at) in texts.iter().zip(&windows) {
            text[at..at + LEAST].windows(STRIDE).for_each(|gram| filter.add(hash_of(gram)));
        }
        (Self { filter }, windows)
    }

    /// Writes to `places` every place of `text` at which a gram may stand, among those that are looked at; in order.
    pub(super) fn find(&self, text: &[u8], places: &mut Vec<usize>) {
        places.clear();
        let (blocks, rest) = text.as_chunks::<{ 4 * STRIDE }>();
        for (block, start) in blocks.iter().zip((0..).step_by(4 * STRIDE)) {
            let (grams, _) = block.as_chunks::<STRIDE>();
            // One branch for four grams: nearly always there is none.
            let [first, second, third, last] = [0, 1, 2, 3].map(|nth| self.has(grams[nth]));
            if first | second | third | last {
                let has = [first, second, third, last].into_iter().zip((start..).step_by(STRIDE));
                places.extend(has.filter(|(has, _)| *has).map(|(_, at)| at));
            }
        }
        let (grams, _) = rest.as_chunks::<STRIDE>();
        let last = grams.iter().zip((text.len() - rest.len()..).step_by(STRIDE));
        places.extend(last.filter(|(gram, _)| self.has(**gram)).map(|(_, at)| at));
    }

    fn has(&self, gram: [u8; STRIDE]) -> bool {
        self.filter.has(hash_of(&gram))
    }
}

/// Where the window of `text` begins whose grams are rarest together.
fn window(text: &[u8]) -> usize {
    let share = |window: &[u8]| window.windows(STRIDE).map(share_of).sum::<f64>();
    let windows = text.windows(LEAST).map(share).zip(0..);
    windows.min_by(|(one, _), (other, _)| one.total_cmp(other)).map_or(0, |(_, at)| at)
}
