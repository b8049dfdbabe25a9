//! What would help most, as far as the figures of `dechaff bench` bear it out.

use dechaff::run::bench::{CodecCost, Stage};
use dechaff::shard::Codec;

use super::bench_told::{Told, percent, way_name};

/// A stage of a smaller share is not worth a word.
const WORTH: f64 = 0.3;
/// What helps must bring the time below this share of what it was.
const BELOW: f64 = 0.8;
/// Rules are worth a word that add at least this share to cleaning together.
const DEAR: f64 = 0.15;

/// What would help, in whole sentences, the most helpful first as far as that can be told.
pub(super) fn helps(told: &Told) -> Vec<String> {
    if told.is_small() {
        return Vec::new();
    }
    [packing(told), reading(told), writing(told), rules(told), threads(told)].into_iter().flatten().flatten().collect()
}

/// Other ways to pack, if packing takes most of the time.
fn packing(told: &Told) -> Option<Vec<String>> {
    let (codec, level) = told.packed().filter(|(codec, _)| *codec != Codec::Plain)?;
    let share = told.costs.share(Stage::Encode);
    if share < WORTH {
        return None;
    }
    let own = told.costs.codecs.iter().find(|way| (way.codec, way.level) == (codec, level))?;
    let lower = told.costs.codecs.iter().find(|way| way.codec == codec && way.level == Some(1) && level != Some(1));
    let other =
        told.costs.codecs.iter().find(|way| way.codec == Codec::Zstd && codec != Codec::Zstd && way.level > Some(1));
    let told_of = |way: &CodecCost, how: &str| {
        let (time, size) = (time_with(told, share, own, way), way.size / own.size.max(f64::MIN_POSITIVE));
        (time < BELOW).then(|| {
            format!(
                "{} is {} of the time: {how} one thread would take {time:.2} of it, for files of {size:.2} of the size",
                way_name((codec, level)),
                percent(share)
            )
        })
    };
    let lower = lower.and_then(|way| told_of(way, "with --compress-level 1"));
    let other = other.and_then(|way| told_of(way, &format!("if the dump were {}", way_name((way.codec, way.level)))));
    Some([lower, other].into_iter().flatten().collect())
}

/// The share of the time that is left if parts are packed in another way.
fn time_with(told: &Told, share: f64, own: &CodecCost, way: &CodecCost) -> f64 {
    let written = told.costs.share(Stage::Write);
    let packing = share * way.seconds_per_byte / own.seconds_per_byte.max(f64::MIN_POSITIVE);
    1.0 - share - written + packing + written * way.size / own.size.max(f64::MIN_POSITIVE)
}

/// A disk that is slower than the machine.
fn reading(told: &Told) -> Option<Vec<String>> {
    let (bytes, seconds) = told.costs.sampled.first_read;
    let whole = told.costs.whole.iter().map(|whole| whole.times.median).min_by(f64::total_cmp)?;
    #[expect(clippy::cast_precision_loss, reason = "a sample is no larger than 2^53 bytes")]
    let (first, cleaned) = (bytes as f64 / seconds, told.costs.sampled.file_bytes as f64 / whole);
    (seconds > 0.0 && first < cleaned).then(|| {
        vec![format!(
            "the disk gave the files at {:.0} MB/s when they were read first, and they are cleaned at {:.0} MB/s: a faster disk",
            first / 1e6,
            cleaned / 1e6
        )]
    })
}

fn writing(told: &Told) -> Option<Vec<String>> {
    let share = told.costs.share(Stage::Write);
    (share >= WORTH).then(|| {
        vec![format!(
            "writing is {} of the time: outputs on a faster disk (--tmp DIR times another one)",
            percent(share)
        )]
    })
}

/// The few rules that make cleaning dear; what they add is a bound, for they may share work with each other.
fn rules(told: &Told) -> Option<Vec<String>> {
    let share = told.costs.share(Stage::Clean);
    let dear: Vec<_> = told.costs.dearest.rules.iter().take(3).filter(|rule| rule.share >= DEAR / 3.0).collect();
    let adds: f64 = dear.iter().map(|rule| rule.share).sum();
    if share < WORTH || adds < DEAR {
        return None;
    }
    let ids: Vec<&str> = dear.iter().map(|rule| rule.id.as_str()).collect();
    let what = if let [_] = ids[..] { "this rule" } else { "these rules" };
    Some(vec![format!(
        "cleaning is {} of the time, and up to {} of that is {what}: narrower phrases, or --ignore {}",
        percent(share),
        percent(adds),
        ids.join(",")
    )])
}

/// Threads that wait.
fn threads(told: &Told) -> Option<Vec<String>> {
    let (one, most) = (told.costs.whole.first()?, told.costs.whole.last()?);
    #[expect(clippy::cast_precision_loss, reason = "threads are few")]
    let threads = most.threads as f64;
    let faster = one.times.median / most.times.median.max(f64::MIN_POSITIVE);
    (threads > 1.0 && faster < 0.6 * threads).then(|| {
        let why = match most.busy {
            Some(busy) if busy < 0.7 => format!(
                "they were at work for {:.0} % of the time, so a disk or other work on this machine holds them up",
                100.0 * busy
            ),
            _ => "a larger --sample shows whether that is the machine".to_owned(),
        };
        vec![format!("{threads} threads are only {faster:.1} times as fast as one: {why}")]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dechaff::run::bench::{Costs, Dearest, KindCosts, RuleCost, Sampled, Times, WholeCost};

    /// Ten seconds in these stages, of which one rule is half of cleaning, and two threads.
    fn costs(seconds: [f64; 5], two_threads: f64) -> Costs {
        let whole = |threads, seconds, busy| WholeCost { threads, times: Times::of(vec![seconds]), busy: Some(busy) };
        let way = |codec, level, nanos: f64, size| CodecCost { codec, level, seconds_per_byte: nanos * 1e-9, size };
        let rule = RuleCost { id: "en/dear".to_owned(), kind: "pattern", share: 0.5, cuts: 1 };
        Costs {
            sampled: Sampled {
                file_bytes: 5_000_000,
                bytes: 10_000_000,
                codecs: vec![Codec::Gzip],
                ..Sampled::default()
            },
            faults: Vec::new(),
            rules: 1,
            compile: 0.1,
            stages: Stage::ALL.into_iter().zip(seconds.map(|seconds| Times::of(vec![seconds]))).collect(),
            whole: vec![whole(1, 10.0, 1.0), whole(2, two_threads, 0.5)],
            codecs: vec![
                way(Codec::Gzip, Some(1), 50.0, 0.5),
                way(Codec::Gzip, Some(6), 100.0, 0.4),
                way(Codec::Zstd, Some(3), 10.0, 0.4),
            ],
            kinds: KindCosts { all: Times::default(), none: Times::default(), kinds: Vec::new() },
            dearest: Dearest { rules: vec![rule], is_complete: true },
        }
    }

    fn told(costs: &Costs) -> Vec<String> {
        helps(&Told { costs, level: 1, input: "article", compress_level: None, price: None })
    }

    #[test]
    fn packing_that_takes_most_of_the_time_has_cheaper_ways() {
        assert_eq!(
            told(&costs([0.0, 1.0, 1.0, 8.0, 0.0], 5.0)),
            [
                "gzip 6 is 80.0 % of the time: with --compress-level 1 one thread would take 0.60 of it, for files of 1.25 of the size",
                "gzip 6 is 80.0 % of the time: if the dump were zstd 3 one thread would take 0.28 of it, for files of 1.00 of the size",
            ]
        );
    }

    #[test]
    fn dear_rules_slow_disks_and_waiting_threads_are_named() {
        assert_eq!(
            told(&costs([0.0, 0.0, 5.0, 1.0, 4.0], 9.0)),
            [
                "writing is 40.0 % of the time: outputs on a faster disk (--tmp DIR times another one)",
                "cleaning is 50.0 % of the time, and up to 50.0 % of that is this rule: narrower phrases, or --ignore en/dear",
                "2 threads are only 1.1 times as fast as one: they were at work for 50 % of the time, so a disk or other work on this machine holds them up",
            ]
        );
    }

    #[test]
    fn too_little_tells_nothing() {
        let mut costs = costs([0.0, 0.0, 5.0, 1.0, 4.0], 9.0);
        costs.sampled.bytes = 999_999;
        assert_eq!(told(&costs), Vec::<String>::new());
    }
}
