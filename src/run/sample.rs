//! A sample of records, chosen by their place: the same ones in every run.

use std::str::FromStr;

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The share of records to take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    share: f64,
}

/// Why a text is no share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a share is a percentage such as `1%` or a fraction such as `0.01`, from 0 to 100%")]
pub struct NoShare;

/// Reads a share from `1%` or `0.01`.
///
/// # Errors
/// When it is no number from 0 to 1.
pub fn parse_share(text: &str) -> Result<f64, NoShare> {
    let (number, scale) = text.strip_suffix('%').map_or((text, 1.0), |number| (number, 100.0));
    let share = number.trim().parse::<f64>().map_err(|_| NoShare)? / scale;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err(NoShare) }
}

impl FromStr for Sample {
    type Err = NoShare;

    fn from_str(text: &str) -> Result<Self, NoShare> {
        parse_share(text).map(|share| Self { share })
    }
}

impl Sample {
    /// Whether record number `record` of the shard `name` is in the sample.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits of the hash")]
    pub fn takes(self, name: &str, record: u64) -> bool {
        let hash = xxh3_64_with_seed(name.as_bytes(), record);
        ((hash >> 11) as f64) < self.share * (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_percentage_or_a_fraction() {
        for (text, share) in [("1%", Ok(0.01)), ("0.25", Ok(0.25)), ("100%", Ok(1.0)), ("0", Ok(0.0))] {
            assert_eq!(parse_share(text), share, "{text}");
        }
        for text in ["", "x", "2", "-1%", "101%", "NaN"] {
            assert_eq!(parse_share(text), Err(NoShare), "{text}");
        }
    }

    #[test]
    fn a_sample_takes_about_its_share_and_the_same_ones_again() {
        let sample: Sample = "10%".parse().unwrap();
        let taken: Vec<u64> = (1..=10_000).filter(|&record| sample.takes("a.jsonl", record)).collect();
        assert!((900..1100).contains(&taken.len()), "{}", taken.len());
        assert_eq!(taken, (1..=10_000).filter(|&record| sample.takes("a.jsonl", record)).collect::<Vec<_>>());
        assert!((1..100).all(|record| Sample { share: 1.0 }.takes("x", record)));
        assert!(!(1..100).any(|record| Sample { share: 0.0 }.takes("x", record)));
    }
}
