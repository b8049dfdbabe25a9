//! What was typed for `dechaff bench`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dechaff::run::bench::Bound;
use dechaff::run::parse_share;

use super::args::{RuleArgs, SourceArgs, parse_size};
use super::survey_args::SurveyRunArgs;

#[derive(Debug, Args)]
#[command(
    mut_arg("format", |arg| arg.long("input-format")),
    mut_arg("inputs", |arg| arg.help("Files, folders, or quoted patterns such as 'dump/**/*.jsonl.gz'")),
    after_long_help = "\
Times are medians of some runs; spread is how far apart the fastest and the slowest of them were.
The sample is the first parts of files that lie evenly spread over the dump. 1 MB is a million bytes;
rates count bytes as they stand in the files under `files`, and unpacked ones under `unpacked`.

  stages    one thread, one stage after another: read (files that the system has in memory), decode
            (and cut into parts), clean (records and rules), encode (packed as the files are), write
            (to --tmp, synced as clean does). What waits for a disk is timed by the wall clock, the
            rest by processor time, which other work on the machine changes little
  threads   whole runs of clean -q over the sample by the wall clock, without the start of the
            program; busy is the share of that time in which its threads were at work
  packing   what the cleaned text would cost packed in other ways
  kinds     alone: what the rules of a kind add to a cleaner without rules; saves: what cleaning
            would save without them. Both are shares of cleaning, and do not add up, for rules share
            much of their work. Rules with a phrase that has holes are a kind of their own
  rules     what a rule adds, all by itself, to an engine that looks for things which are never
            there, as a share of cleaning with all rules; less than 0.2 % is lost in the noise.
            Of rules and kinds the fastest runs are compared, not medians

The JSON (--format json) has `sample`, `rules`, `stages`, `threads`, `packing`, `kinds`, `dearest`,
`projection` and `helps`: seconds, bytes, and shares from 0 to 1. Keys may be added, never changed.

Examples:
  dechaff bench dump/
      What the dump costs with the shipped packs, within about half a minute.
  dechaff bench 'crawl/**/*.jsonl.gz' --level 2 --price 0.04
      At level 2, and what 1 TB of it costs at 0.04 a core-hour.
  dechaff bench big.txt --lines --no-shipped --rules my_noise.txt --sample 256MiB --repeat 9 --tmp /data
      Surer figures for rules of your own, with outputs on the disk that they will be on."
)]
pub struct BenchArgs {
    #[command(flatten)]
    pub input: SourceArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// How much is timed: bytes of unpacked text such as 64MiB, or a share of the files such as 1%; 1GiB at most
    #[arg(long, value_name = "SIZE|SHARE", default_value = "16MiB", value_parser = parse_bound, help_heading = "Timing")]
    pub sample: Bound,
    /// How often everything is timed [default: 3, or less often where that takes long]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100), help_heading = "Timing")]
    pub repeat: Option<u16>,
    /// The level of compression, for gzip 0 to 9 [6], for zstd 1 to 22 [3]
    #[arg(long, value_name = "N", help_heading = "Timing")]
    pub compress_level: Option<i32>,
    /// Where outputs are written and taken away again [default: the system's folder for temporary files]
    #[arg(long, value_name = "DIR", help_heading = "Timing")]
    pub tmp: Option<PathBuf>,
    /// What a core costs for an hour, in any currency: tells what 1 TB would cost
    #[arg(long, value_name = "PRICE", value_parser = parse_price, help_heading = "Output")]
    pub price: Option<f64>,
    /// How the figures are told
    #[arg(id = "told", long = "format", value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: BenchFormat,
    #[command(flatten)]
    pub run: SurveyRunArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BenchFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// A share has a per cent sign or a point, a size has neither.
fn parse_bound(text: &str) -> Result<Bound, String> {
    if text.contains(['%', '.']) {
        let share = parse_share(text).map_err(|e| e.to_string())?;
        return if share > 0.0 { Ok(Bound::Share(share)) } else { Err("an empty sample tells nothing".to_owned()) };
    }
    let size = parse_size(text).map_err(|e| format!("{e}; a share is a percentage such as 1%"))?;
    Ok(Bound::Bytes(size as u64))
}

fn parse_price(text: &str) -> Result<f64, String> {
    let price = text.parse::<f64>().ok().filter(|price| price.is_finite() && *price >= 0.0);
    price.ok_or_else(|| "a price is a number such as 0.04".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_a_size_or_a_share() {
        for (text, bound) in [
            ("64MiB", Some(Bound::Bytes(64 << 20))),
            ("1%", Some(Bound::Share(0.01))),
            ("0.5", Some(Bound::Share(0.5))),
            ("0%", None),
            ("0", None),
            ("101%", None),
            ("much", None),
        ] {
            assert_eq!(parse_bound(text).ok(), bound, "{text}");
        }
    }

    #[test]
    fn a_price_is_a_number() {
        assert_eq!(parse_price("0.04"), Ok(0.04));
        for text in ["", "-1", "NaN", "inf", "1 EUR"] {
            assert!(parse_price(text).is_err(), "{text}");
        }
    }
}
