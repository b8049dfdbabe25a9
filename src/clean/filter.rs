//! Turns most of what is asked for away before a table is asked.

/// Bits for each thing that is in it: about one of sixteen others gets through.
const BITS: usize = 16;

/// A set of hashes that may say yes in vain, and never wrongly no.
pub(super) struct Filter {
    bits: Vec<u64>,
}

impl Filter {
    /// An empty filter for so many hashes.
    pub(super) fn new(count: usize) -> Self {
        Self { bits: vec![0; (count * BITS).next_power_of_two().max(64) / 64] }
    }

    pub(super) fn add(&mut self, hash: u64) {
        let bit = self.bit(hash);
        self.bits[bit / 64] |= 1 << (bit % 64);
    }

    pub(super) fn has(&self, hash: u64) -> bool {
        let bit = self.bit(hash);
        self.bits[bit / 64] & (1 << (bit % 64)) != 0
    }

    /// The upper half of a hash is the better one where it was made by multiplying.
    fn bit(&self, hash: u64) -> usize {
        usize::try_from(hash >> 32).unwrap_or_default() & (self.bits.len() * 64 - 1)
    }
}
