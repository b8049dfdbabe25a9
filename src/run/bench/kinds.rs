//! What rules of each kind cost.
//!
//! Nothing in a cleaner tells the time, and much of its work is done for all rules at once. So each kind is timed from
//! both sides: a cleaner of its rules alone against one without any rule, and one without its rules against one with all.

use std::time::Duration;

use super::sample::Stock;
use super::stages::clean;
use super::times::{Times, rounds};
use super::{Ask, BenchError, Watch};
use crate::clean::Cleaner;
use crate::pack::{Pack, Part, Rule, Sought, retain};

/// How long cleaning is repeated.
const WITHIN: Duration = Duration::from_secs(6);
/// Seconds for which a cleaner with all rules is busy with what each cleaner is timed on.
const EACH: f64 = 0.08;

/// The kinds, as they are told.
pub(super) const KINDS: [&str; 7] = ["line", "prefix", "suffix", "inline", "run", "pattern", "holes"];

/// The kind of a rule: the key that its phrases stand behind, or `holes` if one of them has any.
pub(super) fn kind_of(rule: &Rule) -> &'static str {
    let is_hole = |part: &Part| matches!(part, Part::Hole(_));
    let has_holes = |sought: &Sought| matches!(sought, Sought::Phrase(phrase) if phrase.parts.iter().any(is_hole));
    if rule.sought.iter().any(has_holes) { "holes" } else { rule.matches.kind() }
}

/// What cleaning takes with all rules, without any, and what the rules of each kind have to do with it.
#[derive(Debug, Clone, PartialEq)]
pub struct KindCosts {
    pub all: Times,
    pub none: Times,
    /// Kinds that have rules which act.
    pub kinds: Vec<KindCost>,
}

/// What the rules of a kind cost, as shares of cleaning with all rules.
#[derive(Debug, Clone, PartialEq)]
pub struct KindCost {
    pub kind: &'static str,
    pub rules: usize,
    /// What they take alone, over a cleaner without rules.
    pub alone: f64,
    /// What cleaning would save without them.
    pub saves: f64,
}

struct Trial {
    kind: &'static str,
    rules: usize,
    alone: Cleaner,
    without: Cleaner,
}

/// Times the kinds; all rules take `per_byte` seconds for a decoded byte.
pub(super) fn kinds(
    ask: &Ask,
    stock: &Stock,
    per_byte: f64,
    all: &Cleaner,
    watch: &Watch,
) -> Result<KindCosts, BenchError> {
    watch.step("rules by kind");
    let mut stock = stock.thinned(bytes_in(EACH, per_byte));
    let none = only(ask, |_| false)?;
    let mut trials = Vec::new();
    for kind in KINDS {
        let alone = only(ask, |rule| kind_of(rule) == kind)?;
        let rules = alone.rule_ids().len();
        if rules > 0 {
            trials.push(Trial { kind, rules, alone, without: only(ask, |rule| kind_of(rule) != kind)? });
        }
    }
    let mut cleaners = vec![all, &none];
    cleaners.extend(trials.iter().flat_map(|trial| [&trial.alone, &trial.without]));
    let times = rounds(2 * ask.repeat + 1, ask.within(WITHIN), || {
        watch.step("rules by kind");
        let seconds = |cleaner: &&Cleaner| Ok(clean(&mut stock, cleaner, &ask.plan.options, |_, _| ())?.seconds);
        cleaners.iter().map(seconds).collect::<Result<Vec<f64>, BenchError>>()
    })?;
    // The fastest runs are compared: whatever else the machine does only adds to a time.
    let (whole, bare) = (times[0].low.max(f64::MIN_POSITIVE), times[1].low);
    let kinds = trials.iter().zip(times[2..].chunks_exact(2)).map(|(trial, times)| KindCost {
        kind: trial.kind,
        rules: trial.rules,
        alone: (times[0].low - bare) / whole,
        saves: (whole - times[1].low) / whole,
    });
    Ok(KindCosts { all: times[0], none: times[1], kinds: kinds.collect() })
}

/// A cleaner of those rules that `stays` takes.
fn only(ask: &Ask, stays: impl Fn(&Rule) -> bool) -> Result<Cleaner, BenchError> {
    let mut packs: Vec<Pack> = ask.packs.to_vec();
    retain(&mut packs, stays);
    Ok(Cleaner::new(&packs, ask.rules)?)
}

/// How many bytes are cleaned in so many seconds; at least a few documents, and no more than shows.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a bound is about right")]
pub(super) fn bytes_in(seconds: f64, per_byte: f64) -> u64 {
    ((seconds / per_byte.max(f64::MIN_POSITIVE)) as u64).clamp(64 << 10, 8 << 20)
}
