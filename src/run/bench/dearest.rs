//! The dearest rules: those that add most to an engine that finds nothing.
//!
//! To time thousands of rules one by one would take hours, so they are halved: of all groups, the one that costs most is
//! parted in two, until it is a single rule, and so on. What all rules share (folding, the scan of each line) is done
//! by idle rules beside them, and so is nobody's cost. A rule that is dear because a rule near it cuts is not seen.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::time::Duration;

use super::kinds::{KINDS, bytes_in, kind_of};
use super::sample::Stock;
use super::stages::clean;
use super::times::{Times, rounds, thread_seconds};
use super::{Ask, BenchError, Watch};
use crate::clean::Cleaner;
use crate::pack::{Pack, Rule, forget_missing};

/// How many are told.
const TOLD: usize = 10;
/// How many are found before they are timed against each other.
pub(super) const FOUND: usize = 15;
/// Seconds for which this thread may be busy with parting groups.
const SEARCH: f64 = 5.0;
/// How long what was found is timed.
const WITHIN: Duration = Duration::from_secs(3);
/// Seconds for which a cleaner with all rules is busy with what groups are timed on, and rules that were found.
const EACH: (f64, f64) = (0.02, 0.06);
/// Of a few times the fastest is what rules cost: whatever else the machine does only adds to it.
const TRIES: usize = 3;
/// Groups and rules that take a smaller share of cleaning are lost in its noise.
const LEAST: f64 = 0.002;

/// What is told while it is done.
const DOING: &str = "the dearest rules";

/// What one rule costs.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleCost {
    pub id: String,
    pub kind: &'static str,
    /// What it adds, as a share of cleaning with all rules.
    pub share: f64,
    /// How often it cut in the sample.
    pub cuts: u64,
}

/// The dearest rules, and whether all others are known to be cheaper.
#[derive(Debug, Clone, PartialEq)]
pub struct Dearest {
    pub rules: Vec<RuleCost>,
    /// False if there was no time to look into all groups.
    pub is_complete: bool,
}

struct Group<'r> {
    rules: Vec<&'r Rule>,
    seconds: f64,
}

impl PartialEq for Group<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Group<'_> {}

impl PartialOrd for Group<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Group<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.seconds.total_cmp(&other.seconds)
    }
}

/// Finds the dearest of the rules that act in `all`, which take `per_byte` seconds for a decoded byte; `cuts` tells how
/// often each cut.
pub(super) fn dearest(
    ask: &Ask,
    stock: &Stock,
    per_byte: f64,
    all: &Cleaner,
    cuts: &HashMap<String, u64>,
    watch: &Watch,
) -> Result<Dearest, BenchError> {
    let mut search = Search::new(ask, stock.thinned(bytes_in(EACH.0, per_byte)))?;
    let least = LEAST * search.fastest(all, TRIES)?;
    let (found, is_complete) = search.find(all, least, watch)?;
    watch.step(DOING);
    search.stock = stock.thinned(bytes_in(EACH.1, per_byte));
    let mut rules = search.compare(all, &found)?;
    rules.retain(|rule| rule.share >= LEAST);
    rules.sort_unstable_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.id.cmp(&b.id)));
    rules.truncate(TOLD);
    for rule in &mut rules {
        rule.cuts = cuts.get(&rule.id).copied().unwrap_or(0);
    }
    Ok(Dearest { rules, is_complete })
}

struct Search<'s, 'p, 'a> {
    ask: &'s Ask<'a>,
    stock: Stock<'p>,
    idle: Pack,
    idler: Cleaner,
    /// The fastest time of the idle rules so far.
    idle_seconds: f64,
}

impl<'s, 'p, 'a> Search<'s, 'p, 'a> {
    fn new(ask: &'s Ask<'a>, stock: Stock<'p>) -> Result<Self, BenchError> {
        let idle = Pack::parse(include_str!("idle.toml"), "idle.toml")?.acting();
        let idler = Cleaner::new(std::slice::from_ref(&idle), ask.rules)?;
        Ok(Self { ask, stock, idle, idler, idle_seconds: f64::INFINITY })
    }

    /// The dearest rules, and whether no group was left that may hold dearer ones.
    fn find(&mut self, all: &Cleaner, least: f64, watch: &Watch) -> Result<(Vec<&'a Rule>, bool), BenchError> {
        let until = thread_seconds() + SEARCH;
        let mut groups = self.by_kind(all)?;
        let mut found = Vec::new();
        while let Some(group) = groups.pop().filter(|group| group.seconds >= least && found.len() < FOUND) {
            if let [rule] = group.rules[..] {
                watch.step(DOING);
                found.push(rule);
            } else if thread_seconds() < until {
                let (left, right) = group.rules.split_at(group.rules.len() / 2);
                groups.push(self.group(left.to_vec())?);
                groups.push(self.group(right.to_vec())?);
            } else {
                let single = groups.into_sorted_vec().into_iter().rev().filter(|group| group.rules.len() == 1);
                found.extend(single.filter(|group| group.seconds >= least).flat_map(|group| group.rules));
                found.truncate(FOUND);
                return Ok((found, false));
            }
        }
        Ok((found, true))
    }

    /// The rules that act, a group a kind.
    fn by_kind(&mut self, all: &Cleaner) -> Result<BinaryHeap<Group<'a>>, BenchError> {
        let acting: HashSet<&str> = all.rule_ids().collect();
        let packs = self.ask.packs;
        let mut groups = BinaryHeap::new();
        for kind in KINDS {
            let rules = packs.iter().flat_map(|pack| &pack.rules);
            let rules: Vec<&Rule> =
                rules.filter(|rule| acting.contains(rule.id.as_str()) && kind_of(rule) == kind).collect();
            if !rules.is_empty() {
                groups.push(self.group(rules)?);
            }
        }
        Ok(groups)
    }

    fn group(&mut self, rules: Vec<&'a Rule>) -> Result<Group<'a>, BenchError> {
        let idle = clean(&mut self.stock, &self.idler, &self.ask.plan.options, |_, _| ())?.seconds;
        self.idle_seconds = self.idle_seconds.min(idle);
        let cleaner = self.beside_idle(&rules)?;
        let seconds = self.fastest(&cleaner, TRIES)? - self.idle_seconds;
        Ok(Group { rules, seconds })
    }

    /// A cleaner of these rules and the idle ones.
    fn beside_idle(&self, rules: &[&Rule]) -> Result<Cleaner, BenchError> {
        let rules = rules.iter().map(|rule| (*rule).clone()).collect();
        let own = Pack { rules, ..Pack::parse_list("", "bench", "bench")? };
        let mut packs = [self.idle.clone(), own];
        forget_missing(&mut packs);
        Ok(Cleaner::new(&packs, self.ask.rules)?)
    }

    fn fastest(&mut self, cleaner: &Cleaner, tries: usize) -> Result<f64, BenchError> {
        let mut fastest = f64::INFINITY;
        for _ in 0..tries {
            fastest = fastest.min(clean(&mut self.stock, cleaner, &self.ask.plan.options, |_, _| ())?.seconds);
        }
        Ok(fastest)
    }

    /// Times rules in turn with each other, with idle rules alone and with all rules.
    fn compare(&mut self, all: &Cleaner, rules: &[&Rule]) -> Result<Vec<RuleCost>, BenchError> {
        let alone: Vec<Cleaner> = rules.iter().map(|rule| self.beside_idle(&[rule])).collect::<Result<_, _>>()?;
        let times = rounds(2 * self.ask.repeat + 1, self.ask.within(WITHIN), || {
            let (stock, options) = (&mut self.stock, &self.ask.plan.options);
            let seconds = |cleaner| Ok(clean(stock, cleaner, options, |_, _| ())?.seconds);
            [all, &self.idler].into_iter().chain(&alone).map(seconds).collect::<Result<Vec<f64>, BenchError>>()
        })?;
        let (whole, idle) = (times[0].low.max(f64::MIN_POSITIVE), &times[1]);
        let cost = |(rule, times): (&&Rule, &Times)| RuleCost {
            id: rule.id.clone(),
            kind: kind_of(rule),
            // What does not stand out from idle rules is theirs.
            share: if times.low > idle.median { (times.low - idle.low) / whole } else { 0.0 },
            cuts: 0,
        };
        Ok(rules.iter().zip(&times[2..]).map(cost).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::{Document, Options, Scratch};

    #[test]
    fn idle_rules_are_of_every_kind_and_find_what_no_text_holds() {
        let idle = Pack::parse(include_str!("idle.toml"), "idle.toml").unwrap();
        let kinds: Vec<&str> = idle.rules.iter().map(kind_of).collect();
        assert_eq!(kinds, KINDS);
        for rule in &idle.rules {
            let own = Pack { rules: vec![rule.clone()], ..idle.clone() }.acting();
            let cleaner = Cleaner::new(&[own], &Options::default()).unwrap();
            let text = format!("The talks went on until the morning.\n{}\n", rule.strips[0]);
            let document = Document { text: text.as_bytes(), ..Document::default() };
            let cleaned = cleaner.clean(&document, &mut Scratch::default());
            assert_eq!(&*cleaned.text(), b"The talks went on until the morning.\n", "{}", rule.id);
        }
    }
}
