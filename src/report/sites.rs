//! How many different sites there are.

use xxhash_rust::xxh3::xxh3_64;

use crate::run::Sum;

/// Sites that are told apart one by one.
const EXACT: usize = 64;

/// How many different sites were seen: exactly up to 64, beyond that estimated from the 64 smallest of their hashes,
/// with a standard error of an eighth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sites {
    /// Sorted, at most 64.
    smallest: Vec<u64>,
    more: bool,
}

impl Sites {
    /// Counts a site, which may have been counted before.
    pub fn add(&mut self, site: &str) {
        self.put(xxh3_64(site.as_bytes()));
    }

    /// How many there are.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate"
    )]
    pub fn count(&self) -> u64 {
        match self.smallest.last() {
            Some(&largest) if self.more => {
                // The 64 smallest of n even hashes reach 64 / n of the way up.
                ((EXACT - 1) as f64 * (u64::MAX as f64 / largest as f64)).round() as u64
            }
            _ => self.smallest.len() as u64,
        }
    }

    /// Whether the count is an estimate.
    #[must_use]
    pub fn is_estimate(&self) -> bool {
        self.more
    }

    fn put(&mut self, hash: u64) {
        let Err(at) = self.smallest.binary_search(&hash) else { return };
        if self.smallest.len() == EXACT {
            self.more = true;
            if at == EXACT {
                return;
            }
            self.smallest.pop();
        }
        if self.smallest.is_empty() {
            // Most things are seen on one site.
            self.smallest.reserve_exact(1);
        }
        self.smallest.insert(at, hash);
    }
}

impl Sum for Sites {
    fn absorb(&mut self, later: Self) {
        self.more |= later.more;
        for hash in later.smallest {
            self.put(hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_sites_are_estimated() {
        let all = |range: std::ops::Range<u32>| {
            let mut sites = Sites::default();
            range.for_each(|number| sites.add(&format!("site{number}.example")));
            sites
        };
        assert_eq!((all(0..64).count(), all(0..64).is_estimate()), (64, false));
        let mut both = all(0..6000);
        both.absorb(all(4000..10_000));
        assert_eq!(both, all(0..10_000));
        assert!(both.is_estimate() && (7000..13_000).contains(&both.count()), "{}", both.count());
    }
}
