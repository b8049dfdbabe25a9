//! What the cleaned sample would cost to pack in other ways.

use std::time::Duration;

use super::stages::{Parts, encode};
use super::times::{Times, rounds};
use super::{Ask, Watch};
use crate::run::RunError;
use crate::shard::Codec;
use crate::shard::encode::default_level;

/// How long packing is repeated.
const WITHIN: Duration = Duration::from_secs(3);
/// Bytes that are packed in each way.
const MOST: usize = 4 << 20;

/// A way to pack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodecCost {
    pub codec: Codec,
    /// None for plain bytes.
    pub level: Option<i32>,
    /// Seconds for each byte of cleaned text with what stands around it.
    pub seconds_per_byte: f64,
    /// Packed bytes for each of those.
    pub size: f64,
}

/// The usual level of each codec, its fastest one, and the one that was asked for.
fn ways(asked: Option<i32>, own: &[Codec]) -> Vec<(Codec, Option<i32>)> {
    let mut ways = vec![(Codec::Plain, None)];
    for codec in [Codec::Gzip, Codec::Zstd] {
        let usual = default_level(codec);
        let asked = asked.filter(|_| own.contains(&codec)).or(usual);
        let mut levels: Vec<i32> = [Some(1), usual, asked].into_iter().flatten().collect();
        levels.sort_unstable();
        levels.dedup();
        ways.extend(levels.into_iter().map(|level| (codec, Some(level))));
    }
    ways
}

/// Times the ways to pack, on a part of the cleaned sample.
pub(super) fn codecs(ask: &Ask, cleaned: &Parts, watch: &Watch) -> Result<Vec<CodecCost>, RunError> {
    let own: Vec<Codec> = cleaned.iter().map(|(codec, _)| *codec).collect();
    let all: usize = cleaned.iter().map(|(_, plain)| plain.len()).sum();
    let some: Vec<&Vec<u8>> = cleaned.iter().step_by(all.div_ceil(MOST).max(1)).map(|(_, plain)| plain).collect();
    let bytes: usize = some.iter().map(|plain| plain.len()).sum();
    let ways: Vec<_> = ways(ask.plan.options.compress_level, &own).into_iter().filter(|way| is_built(way.0)).collect();
    let mut sizes = vec![0; ways.len()];
    let times = rounds(ask.repeat, ask.within(WITHIN), || {
        watch.step("other ways to pack");
        let mut seconds = Vec::new();
        for ((codec, level), size) in ways.iter().zip(&mut sizes) {
            let parts: Parts = some.iter().map(|plain| (*codec, (*plain).clone())).collect();
            let (packed, took) = encode(&parts, *level)?;
            *size = packed.iter().map(Vec::len).sum();
            seconds.push(took);
        }
        Ok(seconds)
    })?;
    let cost = |(((codec, level), times), size): (((Codec, Option<i32>), Times), usize)| CodecCost {
        codec,
        level,
        seconds_per_byte: share(times.median, bytes),
        #[expect(clippy::cast_precision_loss, reason = "a sample is no larger than 2^53 bytes")]
        size: share(size as f64, bytes),
    };
    Ok(ways.into_iter().zip(times).zip(sizes).map(cost).collect())
}

fn is_built(codec: Codec) -> bool {
    crate::shard::PartEncoder::new(codec, None).is_ok()
}

#[expect(clippy::cast_precision_loss, reason = "a sample is no larger than 2^53 bytes")]
fn share(what: f64, bytes: usize) -> f64 {
    what / bytes.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_and_the_fastest_levels_are_tried_and_what_was_asked_for() {
        let levels = |asked, codec| {
            ways(asked, &[Codec::Gzip]).into_iter().filter(|way| way.0 == codec).map(|way| way.1).collect::<Vec<_>>()
        };
        assert_eq!(levels(None, Codec::Gzip), [Some(1), Some(6)]);
        assert_eq!(levels(Some(9), Codec::Gzip), [Some(1), Some(6), Some(9)]);
        assert_eq!(levels(Some(9), Codec::Zstd), [Some(1), Some(3)]);
        assert_eq!(levels(None, Codec::Plain), [None]);
    }
}
