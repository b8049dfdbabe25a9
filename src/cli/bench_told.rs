//! The figures of `dechaff bench`, for people.

use dechaff::run::bench::{Costs, Stage, Times, WholeCost};
use dechaff::shard::Codec;
use dechaff::shard::encode::default_level;

use super::bench_helps::helps;
use super::style;
use super::summary::{bytes, count, plural, put};

/// Samples of fewer bytes are too small to project from.
const LEAST: u64 = 1_000_000;
/// The bytes that projections are for: a terabyte.
pub(super) const PROJECTED: f64 = 1e12;

/// What was timed, and what was asked for.
pub(super) struct Told<'c> {
    pub costs: &'c Costs,
    pub level: u8,
    pub input: &'static str,
    pub compress_level: Option<i32>,
    pub price: Option<f64>,
}

/// What a terabyte of such files takes on so many cores.
pub(super) struct Projection {
    pub threads: usize,
    pub seconds: f64,
    /// What all files of the dump take.
    pub all: f64,
}

impl Projection {
    pub(super) fn core_hours(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "threads are few")]
        let threads = self.threads as f64;
        self.seconds * threads / 3600.0
    }
}

impl Told<'_> {
    /// None if too little was timed.
    pub(super) fn projection(&self) -> Option<Projection> {
        if self.is_small() {
            return None;
        }
        let fastest = self.costs.whole.iter().min_by(|a, b| a.times.median.total_cmp(&b.times.median))?;
        let per_byte = fastest.times.median / self.file_bytes();
        #[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
        let all = per_byte * self.costs.sampled.of_file_bytes as f64;
        Some(Projection { threads: fastest.threads, seconds: per_byte * PROJECTED, all })
    }

    /// Whether there is too little to tell more than times.
    pub(super) fn is_small(&self) -> bool {
        self.costs.sampled.bytes < LEAST
    }

    #[expect(clippy::cast_precision_loss, reason = "a sample is no larger than 2^53 bytes")]
    fn file_bytes(&self) -> f64 {
        self.costs.sampled.file_bytes.max(1) as f64
    }

    /// How encoded files are packed, if all are alike.
    pub(super) fn packed(&self) -> Option<(Codec, Option<i32>)> {
        let [codec] = self.costs.sampled.codecs[..] else { return None };
        Some((codec, default_level(codec).map(|usual| self.compress_level.unwrap_or(usual))))
    }

    fn is_packed(&self) -> bool {
        self.costs.sampled.codecs.iter().any(|codec| *codec != Codec::Plain)
    }

    pub(super) fn unit(&self) -> &'static str {
        if self.costs.sampled.are_lines { "lines" } else { "documents" }
    }
}

/// The figures as tables.
pub(super) fn table(told: &Told) -> String {
    let mut out = String::new();
    sample(told, &mut out);
    stages(told, &mut out);
    threads(told, &mut out);
    packing(told, &mut out);
    kinds(told, &mut out);
    dearest(told, &mut out);
    projection(told, &mut out);
    let helps = helps(told);
    if !helps.is_empty() {
        heading("what would help most", "", &mut out);
        for help in helps {
            put(&mut out, format_args!("  {help}\n"));
        }
    }
    out
}

fn sample(told: &Told, out: &mut String) {
    let sampled = &told.costs.sampled;
    let unpacked = if told.is_packed() { format!(", {} unpacked", bytes(sampled.bytes)) } else { String::new() };
    put(
        out,
        format_args!(
            "sample: {} {}, {} of {}{unpacked}, from {} of {} file{}\n",
            count(sampled.documents),
            if sampled.documents == 1 { told.unit().trim_end_matches('s') } else { told.unit() },
            bytes(sampled.file_bytes),
            bytes(sampled.of_file_bytes),
            count(sampled.files as u64),
            count(sampled.of_files as u64),
            plural(sampled.of_files as u64),
        ),
    );
    let rules = told.costs.rules as u64;
    put(
        out,
        format_args!(
            "rules: {} of level {}, {} input, compiled in {}\n",
            count(rules),
            told.level,
            told.input,
            duration(told.costs.compile)
        ),
    );
}

fn stages(told: &Told, out: &mut String) {
    heading("stage", &format!("{}   share  spread  time", rate_columns(told)), out);
    for (stage, times) in &told.costs.stages {
        let note = match stage {
            Stage::Encode if !told.is_packed() => ": plain files".to_owned(),
            Stage::Encode => told.packed().map(|way| format!(", {}", way_name(way))).unwrap_or_default(),
            _ => String::new(),
        };
        let share = percent(told.costs.share(*stage));
        let clock = if times.median > 0.0 { clock(*stage) } else { "none" };
        put(
            out,
            format_args!(
                "{:<10}{}  {share:>6}  {:>6}  {clock}{note}\n",
                stage.name(),
                rates(told, times.median),
                spread(times)
            ),
        );
    }
    put(out, format_args!("{:<10}{}\n", "one by one", rates(told, told.costs.seconds())));
}

fn threads(told: &Told, out: &mut String) {
    heading("threads", &format!("{}  faster  spread    busy", rate_columns(told)), out);
    let one = told.costs.whole.first().map_or(0.0, |whole| whole.times.median);
    for WholeCost { threads, times, busy } in &told.costs.whole {
        let busy = busy.map_or_else(|| "-".to_owned(), |busy| format!("{:.0} %", 100.0 * busy));
        let faster = format!("{:.2} x", one / times.median.max(f64::MIN_POSITIVE));
        put(
            out,
            format_args!("{threads:<10}{}  {faster:>6}  {:>6}  {busy:>6}\n", rates(told, times.median), spread(times)),
        );
    }
}

fn packing(told: &Told, out: &mut String) {
    if !told.is_packed() {
        return;
    }
    heading("packing", "     MB/s    size", out);
    for way in &told.costs.codecs {
        let rate = if way.seconds_per_byte > 0.0 { number(1e-6 / way.seconds_per_byte) } else { "-".to_owned() };
        let name = way_name((way.codec, way.level));
        put(out, format_args!("{name:<10}{rate:>11}{:>8}\n", percent(way.size)));
    }
}

fn kinds(told: &Told, out: &mut String) {
    let kinds = &told.costs.kinds;
    heading("kind", "      rules   alone   saves", out);
    let none = kinds.none.low / kinds.all.low.max(f64::MIN_POSITIVE);
    for kind in &kinds.kinds {
        let (rules, alone, saves) = (count(kind.rules as u64), percent(kind.alone), percent(kind.saves));
        put(out, format_args!("{:<10}{rules:>11}{alone:>8}{saves:>8}\n", kind.kind));
    }
    put(out, format_args!("{:<10}{:>11}{:>8}\n", "no rules", "", percent(none)));
}

fn dearest(told: &Told, out: &mut String) {
    let dearest = &told.costs.dearest;
    if dearest.rules.is_empty() {
        return;
    }
    heading("adds", "      cuts  kind     dearest rules", out);
    for rule in &dearest.rules {
        let (share, cuts) = (percent(rule.share), count(rule.cuts));
        put(out, format_args!("{share:>6}{cuts:>9}  {:<9}{}\n", rule.kind, rule.id));
    }
    if !dearest.is_complete {
        put(out, format_args!("(there was no time to look at all rules: others may be as dear)\n"));
    }
}

fn projection(told: &Told, out: &mut String) {
    let Some(projected) = told.projection() else {
        return put(out, format_args!("\nThis is too little to tell what more would take: 1 MB is the least.\n"));
    };
    let cost = told.price.map(|price| {
        let (hours, price_of) = (projected.core_hours(), price * projected.core_hours());
        format!(": {hours:.1} core-hours, {price_of:.2} at {price} each")
    });
    let (cores, s) = (projected.threads, plural(projected.threads as u64));
    put(
        out,
        format_args!(
            "\n1 TB of such files takes {} on {cores} such core{s}{}; all {} of these take {}.\n",
            duration(projected.seconds),
            cost.unwrap_or_default(),
            bytes(told.costs.sampled.of_file_bytes),
            duration(projected.all)
        ),
    );
}

fn heading(first: &str, rest: &str, out: &mut String) {
    let strong = style::STRONG;
    let gap = if rest.is_empty() {
        String::new()
    } else {
        format!("{:<width$}{rest}", "", width = 10_usize.saturating_sub(first.len()))
    };
    put(out, format_args!("\n{strong}{first}{gap}{strong:#}\n"));
}

/// The clock that a stage is timed by.
pub(super) fn clock(stage: Stage) -> &'static str {
    if stage.waits() { "wall" } else { "cpu" }
}

/// What stands above [`rates`].
fn rate_columns(told: &Told) -> String {
    let unit = format!("{}/s", told.unit());
    if told.is_packed() {
        format!("{:>11}{:>15}{unit:>13}", "files MB/s", "unpacked MB/s")
    } else {
        format!("{:>11}{unit:>13}", "MB/s")
    }
}

/// How much of the sample is done in a second.
fn rates(told: &Told, seconds: f64) -> String {
    let sampled = &told.costs.sampled;
    let rate = |amount: u64, unit: f64| {
        if seconds > 0.0 { number(per(amount, seconds) / unit) } else { "-".to_owned() }
    };
    let (files, unpacked) = (rate(sampled.file_bytes, 1e6), rate(sampled.bytes, 1e6));
    let documents = rate(sampled.documents, 1.0);
    if told.is_packed() {
        format!("{files:>11}{unpacked:>15}{documents:>13}")
    } else {
        format!("{files:>11}{documents:>13}")
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
pub(super) fn per(amount: u64, seconds: f64) -> f64 {
    amount as f64 / seconds
}

/// A way to pack, such as `gzip 6`.
pub(super) fn way_name((codec, level): (Codec, Option<i32>)) -> String {
    level.map_or_else(|| codec.label().to_owned(), |level| format!("{codec} {level}"))
}

fn spread(times: &Times) -> String {
    if times.runs < 2 || times.median <= 0.0 { "-".to_owned() } else { format!("{:.0} %", 100.0 * times.spread()) }
}

/// A share in per cent.
pub(super) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    // No minus sign before a zero.
    format!("{:.1} %", if percent.abs() < 0.05 { 0.0 } else { percent })
}

/// A number with about three digits.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are positive and well below 2^53")]
fn number(number: f64) -> String {
    if number >= 99.95 { count(number.round() as u64) } else { format!("{number:.1}") }
}

/// A duration as people say it.
pub(super) fn duration(seconds: f64) -> String {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 60.0 * MINUTE;
    const DAY: f64 = 24.0 * HOUR;
    match seconds {
        s if s < 0.9995 => format!("{:.0} ms", s * 1e3),
        s if s < 9.95 => format!("{s:.1} s"),
        s if s < 2.0 * MINUTE => format!("{s:.0} s"),
        s if s < 2.0 * HOUR => format!("{:.0} minutes", s / MINUTE),
        s if s < 3.0 * DAY => format!("{:.1} hours", s / HOUR),
        s => format!("{:.1} days", s / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (seconds, words) in [
            (0.0414, "41 ms"),
            (0.9999, "1.0 s"),
            (4.25, "4.2 s"),
            (59.6, "60 s"),
            (1800.0, "30 minutes"),
            (7200.0, "2.0 hours"),
            (864_000.0, "10.0 days"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }

    #[test]
    fn numbers_have_about_three_digits() {
        for (value, words) in [(0.04, "0.0"), (99.94, "99.9"), (99.96, "100"), (12345.6, "12,346")] {
            assert_eq!(number(value), words);
        }
        assert_eq!((percent(-0.0001).as_str(), percent(0.123).as_str()), ("0.0 %", "12.3 %"));
    }
}
