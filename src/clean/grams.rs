//! Finds texts that have little in common by grams of four bytes, of which every fourth place of a text is asked for one.
//!
//! Each text is known by a window of seven bytes in it, the rarest: wherever it stands, one of the four grams of the window
//! stands at a place that is a multiple of four, so that no other is looked at. (Wu and Manber's searcher skips likewise.) It
//! takes as long for a thousand texts as for ten, where tables of halves of bytes let nearly everything through.

use crate::text::share_of;

/// Places from one that is looked at to the next, and the bytes of a gram.
pub(super) const STRIDE: usize = 4;
/// Shorter texts have no window.
pub(super) const LEAST: usize = 2 * STRIDE - 1;
/// Bits of the table of grams: it stays in the nearest cache.
const BITS: u32 = 16;

/// The grams of all texts.
pub(super) struct Grams {
    bits: Vec<u64>,
}

impl Grams {
    /// The grams of `texts`, none of which is shorter than [`LEAST`], and where in each text its window begins.
    pub(super) fn new(texts: &[&[u8]]) -> (Self, Vec<usize>) {
        let mut grams = Self { bits: vec![0; 1 << BITS >> 6] };
        let offsets = texts.iter().map(|text| window(text)).collect::<Vec<usize>>();
        for (text, &offset) in texts.iter().zip(&offsets) {
            for gram in text[offset..offset + LEAST].windows(STRIDE).filter_map(|gram| gram.first_chunk()) {
                let bit = bit(*gram);
                grams.bits[bit / 64] |= 1 << (bit % 64);
            }
        }
        (grams, offsets)
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
        let bit = bit(gram);
        self.bits[bit / 64] >> (bit % 64) & 1 == 1
    }
}

fn bit(gram: [u8; STRIDE]) -> usize {
    let number = u32::from_le_bytes(gram).wrapping_mul(0x9E37_79B9);
    usize::try_from(number >> (32 - BITS)).unwrap_or_default()
}

/// Where the window of `text` begins whose grams are rarest together.
fn window(text: &[u8]) -> usize {
    let share = |window: &[u8]| window.windows(STRIDE).map(share_of).sum::<f64>();
    let windows = text.windows(LEAST).map(share).zip(0..);
    windows.min_by(|(one, _), (other, _)| one.total_cmp(other)).map_or(0, |(_, at)| at)
}
