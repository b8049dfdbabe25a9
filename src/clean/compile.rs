//! Rules to a program: what acts is sorted out once, and lowered to the few things that are looked for.

use std::collections::{BTreeMap, HashSet};

use hashbrown::HashMap;

use super::Options;
use super::language::primary;
use super::scope::{Not, Scope};
use super::seek::{Seek, SeekBuilder};
use crate::pack::{Action, Disable, Input, Level, Near, Neighbours, Pack, Rule, Side, Zone};
use crate::text::{Case, Fold, fold_into, words_of};

/// Why packs do not make a cleaner together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    #[error(
        "the rule `{id}` is written twice, at {first} and at {second}: give one of them another id, or its pack another name"
    )]
    Twice { id: String, first: String, second: String },
    #[error("{place}: there is no rule `{rule}` to disable{}", nearest(.near.as_deref()))]
    NothingToDisable { place: String, rule: String, near: Option<String> },
    #[error("{place}: rule `{rule}`: there is no rule `{neighbour}` to be near to{}", nearest(.near.as_deref()))]
    NoNeighbour { place: String, rule: String, neighbour: String, near: Option<String> },
    #[error("the phrases are too many for one matcher")]
    Phrases(#[from] aho_corasick::BuildError),
}

fn nearest(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// A rule that does not act in this cleaner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    pub id: String,
    pub why: DroppedWhy,
}

/// Why a rule does not act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DroppedWhy {
    /// Its level is above the one asked for.
    Level,
    /// It is for whole-page text.
    Input,
    /// A pack disables it.
    Disabled,
}

/// Everything that is asked of documents.
pub(super) struct Program {
    /// Sorted by id, so that a rule's number decides ties as its id would.
    pub rules: Vec<Active>,
    pub seek: Seek,
    /// Whether all that rules do is to cut whole lines, as plain lists do: then nothing is left to be judged.
    pub cuts_lines_alone: bool,
    pub dropped: Vec<Dropped>,
}

/// A rule that acts.
pub(super) struct Active {
    pub id: String,
    pub action: Action,
    pub level: Level,
    pub max_words: Option<usize>,
    /// Folded.
    pub all_of: Vec<Vec<u8>>,
    /// Folded; the words of the line must be among them, if there are any.
    pub only: HashSet<Vec<u8>>,
    pub zones: Vec<Zone>,
    pub near: Option<ActiveNear>,
    pub scope: Scope,
}

impl Active {
    /// Whether a match is a cut of the line, whatever the line and the document are.
    fn cuts_lines_alone(&self) -> bool {
        let asks = self.max_words.is_some() || !self.all_of.is_empty() || !self.only.is_empty();
        self.action == Action::CutLine && self.is_context_free() && self.scope.is_everywhere() && !asks
    }

    pub(super) fn is_context_free(&self) -> bool {
        self.zones.is_empty() && self.near.is_none() && !self.action.reaches_far()
    }
}

pub(super) struct ActiveNear {
    /// Rules by number; none is every rule.
    pub rules: Option<Vec<u32>>,
    pub within: usize,
    pub side: Side,
}

impl Program {
    pub(super) fn new(packs: &[Pack], options: &Options) -> Result<Self, CompileError> {
        let all = by_id(packs)?;
        let disables = disables(packs, &all)?;
        let mut dropped = Vec::new();
        let mut acting = Vec::new();
        for (id, (rule, _)) in &all {
            match drop_reason(rule, disables.get(*id).map_or(&[], Vec::as_slice), options) {
                Some(why) => dropped.push(Dropped { id: (*id).to_owned(), why }),
                None => acting.push(*rule),
            }
        }
        let numbers: HashMap<&str, u32> =
            acting.iter().zip(0..).map(|(rule, number)| (rule.id.as_str(), number)).collect();
        let mut rules = Vec::with_capacity(acting.len());
        for rule in &acting {
            let near = rule.near.as_ref().map(|near| active_near(rule, near, &all, &numbers)).transpose()?;
            let disables = disables.get(rule.id.as_str()).map_or(&[][..], Vec::as_slice);
            rules.push(active(rule, near, disables));
        }
        let mut seek = SeekBuilder::default();
        for (rule, number) in acting.iter().zip(0..) {
            let (fold, case) = spelling(rule, options);
            seek.add(rule, number, fold, case);
        }
        let seek = seek.build()?;
        let cuts_lines_alone = seek.is_of_lines && rules.iter().all(Active::cuts_lines_alone);
        Ok(Self { rules, seek, cuts_lines_alone, dropped })
    }
}

/// How a rule's phrases are folded; verbatim ones keep their capitals.
fn spelling(rule: &Rule, options: &Options) -> (Fold, Case) {
    match rule.fold {
        _ if options.exact => (Fold::None, Case::Exact),
        Fold::None => (Fold::None, Case::Exact),
        fold => (fold, rule.case),
    }
}

type ById<'p> = BTreeMap<&'p str, (&'p Rule, &'p Pack)>;

fn by_id(packs: &[Pack]) -> Result<ById<'_>, CompileError> {
    let mut all = ById::new();
    for pack in packs {
        for rule in &pack.rules {
            if let Some((other, _)) = all.insert(&rule.id, (rule, pack)) {
                let (first, second) = (&other.place, &rule.place);
                let (first, second) = (first.min(second).clone(), first.max(second).clone());
                return Err(CompileError::Twice { id: rule.id.clone(), first, second });
            }
        }
    }
    Ok(all)
}

fn disables<'p>(packs: &'p [Pack], all: &ById<'p>) -> Result<HashMap<&'p str, Vec<&'p Disable>>, CompileError> {
    let mut disables: HashMap<&str, Vec<&Disable>> = HashMap::new();
    for disable in packs.iter().flat_map(|pack| &pack.disables) {
        if !all.contains_key(disable.rule.as_str()) {
            let near = closest(&disable.rule, all);
            return Err(CompileError::NothingToDisable {
                place: disable.place.clone(),
                rule: disable.rule.clone(),
                near,
            });
        }
        disables.entry(&disable.rule).or_default().push(disable);
    }
    Ok(disables)
}

/// The id that is written most like `id`: of the same last part, or of the same pack and a similar name.
fn closest(id: &str, all: &ById) -> Option<String> {
    let name = id.rsplit('/').next().unwrap_or(id);
    let same = |other: &&&str| other.rsplit('/').next() == Some(name);
    let similar = |other: &&&str| {
        let shared = other.chars().zip(id.chars()).take_while(|(a, b)| a == b).count();
        2 * shared > id.chars().count() + 2
    };
    all.keys().find(same).or_else(|| all.keys().find(similar)).map(|id| (*id).to_owned())
}

fn drop_reason(rule: &Rule, disables: &[&Disable], options: &Options) -> Option<DroppedWhy> {
    if disables.iter().any(|disable| disable.langs.is_empty() && disable.sites.is_empty()) {
        Some(DroppedWhy::Disabled)
    } else if rule.level > options.level {
        Some(DroppedWhy::Level)
    } else if rule.input == Some(Input::Page) && options.input == Input::Article {
        Some(DroppedWhy::Input)
    } else {
        None
    }
}

fn active_near(rule: &Rule, near: &Near, all: &ById, numbers: &HashMap<&str, u32>) -> Result<ActiveNear, CompileError> {
    let rules = match &near.neighbours {
        Neighbours::Cut => None,
        Neighbours::Rules(ids) => {
            if let Some(id) = ids.iter().find(|id| !all.contains_key(id.as_str())) {
                let near = closest(id, all);
                return Err(CompileError::NoNeighbour {
                    place: rule.place.clone(),
                    rule: rule.id.clone(),
                    neighbour: id.clone(),
                    near,
                });
            }
            Some(ids.iter().filter_map(|id| numbers.get(id.as_str()).copied()).collect())
        }
    };
    Ok(ActiveNear { rules, within: near.within, side: near.side })
}

fn active(rule: &Rule, near: Option<ActiveNear>, disables: &[&Disable]) -> Active {
    let folded = |word: &String| {
        let mut key = Vec::new();
        fold_into(word.as_bytes(), Case::Fold, &mut key);
        key
    };
    Active {
        id: rule.id.clone(),
        action: rule.action,
        level: rule.level,
        max_words: rule.max_words,
        all_of: rule.all_of.iter().map(folded).collect(),
        only: rule.only.iter().map(folded).flat_map(|words| split(&words)).collect(),
        zones: rule.zones.clone(),
        near,
        scope: scope(rule, disables),
    }
}

fn split(words: &[u8]) -> Vec<Vec<u8>> {
    words_of(words).map(|word| words[word.range()].to_vec()).collect()
}

/// The documents that a rule is for, without those where a pack disables it.
fn scope(rule: &Rule, disables: &[&Disable]) -> Scope {
    let codes = |langs: &[String]| langs.iter().map(|lang| primary(lang)).collect::<Vec<String>>();
    let mut nots: Vec<Not> = Vec::new();
    if !rule.not_langs.is_empty() {
        nots.push(Not { langs: codes(&rule.not_langs), sites: Vec::new() });
    }
    if !rule.not_sites.is_empty() {
        nots.push(Not { langs: Vec::new(), sites: rule.not_sites.clone() });
    }
    nots.extend(disables.iter().map(|d| Not { langs: codes(&d.langs), sites: d.sites.clone() }));
    Scope { langs: codes(&rule.langs), sites: rule.sites.clone(), nots }
}
