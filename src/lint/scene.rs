//! What a lint may ask: the other rules, and what they do to a line.

use std::collections::{BTreeSet, HashMap};

use super::trial::Trial;
use crate::clean::CompileError;
use crate::pack::{Action, Disable, Neighbours, Pack, Rule};
use crate::text::{Case, Fold, key_into};

/// All rules that act together.
pub(super) struct Scene<'p> {
    rules: HashMap<&'p str, &'p Rule>,
    /// Rules by the phrases that they match, each as the reader compares it.
    by_phrase: HashMap<(&'static str, Vec<u8>), Vec<&'p Rule>>,
    /// The full ids of rules that are disabled for all documents, with the reason.
    disabled: HashMap<&'p str, &'p Disable>,
    /// The `keeps` examples of other rules that a rule matches, by its id, each with the rule that brings it.
    taken: HashMap<&'p str, Vec<(&'p Rule, &'p str)>>,
    /// All rules, with the exceptions that act everywhere.
    pub all: Trial,
    /// The rules that cut whole lines.
    pub takers: Trial,
}

impl<'p> Scene<'p> {
    pub(super) fn new(packs: &'p [Pack]) -> Result<Self, CompileError> {
        let every = || packs.iter().flat_map(|pack| &pack.rules);
        let disables = packs.iter().flat_map(|pack| &pack.disables);
        let everywhere = |disable: &&Disable| disable.langs.is_empty() && disable.sites.is_empty();
        let disabled: HashMap<&str, &Disable> =
            disables.filter(everywhere).map(|disable| (disable.rule.as_str(), disable)).collect();
        let acting = || every().filter(|rule| !disabled.contains_key(rule.id.as_str()));
        let mut by_phrase: HashMap<_, Vec<&Rule>> = HashMap::new();
        for rule in acting() {
            for phrase in rule.matches.phrases() {
                by_phrase.entry((group(rule), key(rule, phrase))).or_default().push(rule);
            }
        }
        let all = Trial::new(acting().filter(|rule| rule.action != Action::Keep || acts_everywhere(rule)))?;
        let takers = Trial::new(acting().filter(|rule| rule.action == Action::CutLine))?;
        let rules: HashMap<&str, &Rule> = every().map(|rule| (rule.id.as_str(), rule)).collect();
        let taken = taken(every(), &rules, &all);
        Ok(Self { rules, by_phrase, disabled, taken, all, takers })
    }

    pub(super) fn rule(&self, id: &str) -> Option<&'p Rule> {
        self.rules.get(id).copied()
    }

    pub(super) fn disable(&self, rule: &Rule) -> Option<&'p Disable> {
        self.disabled.get(rule.id.as_str()).copied()
    }

    /// Other rules of the same kind that have `phrase`, too.
    pub(super) fn sharing(&self, rule: &'p Rule, phrase: &str) -> impl Iterator<Item = &'p Rule> {
        let all = self.by_phrase.get(&(group(rule), key(rule, phrase)));
        all.into_iter().flatten().copied().filter(|other| other.id != rule.id)
    }

    /// The `keeps` examples of other rules that `rule` matches, each with the rule that brings it.
    pub(super) fn taken(&self, rule: &Rule) -> &[(&'p Rule, &'p str)] {
        self.taken.get(rule.id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// Whether a cut by the rule `id` can ever be a neighbour of `rule`, and if not, why.
    pub(super) fn why_no_neighbour(&self, rule: &Rule, id: &str) -> Option<&'static str> {
        let other = self.rule(id)?;
        if self.disable(other).is_some() {
            Some("is disabled")
        } else if other.level > rule.level {
            Some("is of a higher level")
        } else if other.near.is_some() {
            Some("itself asks for a neighbour")
        } else if matches!(other.action, Action::Keep | Action::Flag(_)) {
            Some("cuts nothing")
        } else {
            None
        }
    }
}

/// Who matches the `keeps` examples of others.
fn taken<'p>(
    every: impl Iterator<Item = &'p Rule>,
    rules: &HashMap<&'p str, &'p Rule>,
    all: &Trial,
) -> HashMap<&'p str, Vec<(&'p Rule, &'p str)>> {
    let mut taken: HashMap<&str, Vec<_>> = HashMap::new();
    for owner in every {
        for text in &owner.keeps {
            let takers: BTreeSet<&str> =
                all.treat(text).iter().filter(|treated| treated.keeper.is_none()).map(|treated| treated.rule).collect();
            for taker in takers.into_iter().filter_map(|id| rules.get(id)).filter(|taker| taker.id != owner.id) {
                taken.entry(taker.id.as_str()).or_default().push((owner, text.as_str()));
            }
        }
    }
    taken
}

/// What a phrase's rules are compared within: exceptions among themselves, the others by kind and whether the line goes.
fn group(rule: &Rule) -> &'static str {
    if rule.action == Action::Keep { "keep" } else { rule.matches.kind() }
}

/// `phrase` as `rule` compares it.
pub(super) fn key(rule: &Rule, phrase: &str) -> Vec<u8> {
    let mut key = Vec::new();
    let edges = rule.matches.kind() == "inline" && rule.fold == Fold::Full;
    let fold = if edges { Fold::NoEdges } else { rule.fold };
    if rule.matches.kind() == "pattern" {
        return phrase.as_bytes().to_vec();
    }
    key_into(phrase.as_bytes(), fold, if rule.case == Case::Exact { Case::Exact } else { Case::Fold }, &mut key);
    key
}

/// Whether `one` acts in every document and place where `other` does.
pub(super) fn acts_wherever(one: &Rule, other: &Rule) -> bool {
    let wide = |one: &[String], other: &[String]| {
        one.is_empty() || (!other.is_empty() && other.iter().all(|each| one.contains(each)))
    };
    one.level <= other.level
        && (one.zones.is_empty()
            || (!other.zones.is_empty() && other.zones.iter().all(|zone| one.zones.contains(zone))))
        && (one.near.is_none() || one.near == other.near)
        && (one.input.is_none() || one.input == other.input)
        && wide(&one.langs, &other.langs)
        && one.not_langs.iter().all(|lang| other.not_langs.contains(lang))
        && (one.sites.is_empty()
            || (!other.sites.is_empty() && other.sites.iter().all(|site| one.sites.contains(site))))
        && one.not_sites.iter().all(|site| other.not_sites.contains(site))
        && (one.case == Case::Fold || one.case == other.case)
        && (one.fold == Fold::Full || one.fold == other.fold)
}

/// Whether it asks nothing of the document, or of the place in it.
fn acts_everywhere(rule: &Rule) -> bool {
    !rule.is_scoped() && rule.zones.is_empty()
}

/// Whether `one` asks no more of a line than `other` does, whatever stands in it beside the phrase.
pub(super) fn asks_no_more(one: &Rule, other: &Rule) -> bool {
    let words = one.max_words.is_none_or(|most| other.max_words.is_some_and(|others| others <= most));
    words
        && one.all_of.iter().all(|word| other.all_of.contains(word))
        && (one.only.is_empty() || !other.only.is_empty() && other.only.iter().all(|word| one.only.contains(word)))
}

/// The rules that `rule` wants for neighbours, if it names them.
pub(super) fn neighbours(rule: &Rule) -> &[String] {
    match rule.near.as_ref().map(|near| &near.neighbours) {
        Some(Neighbours::Rules(ids)) => ids,
        _ => &[],
    }
}
