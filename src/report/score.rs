//! How well documents are cleaned whose lines have been labelled.
//!
//! Of every line the tokens are counted before and after, as spans of the text, so that a cut counts where it was made.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use super::frequent::{Entry, Frequent};
use super::page::Page;
pub use super::page::{Label, Labelled};
use super::tokens;
use crate::clean::Edit;
use crate::run::{Place, Seen, Sum, Survey, site_of};
use crate::text::Span;

/// Lines to show that there is room for.
const ROOM: usize = 1 << 14;
/// Characters of a line that are shown.
const SHOWN: usize = 160;
/// A page that loses a larger share of its article is hurt.
const HURT: f64 = 0.05;

/// By what pages are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    All,
    File,
    Source,
    Lang,
    Kind,
    Site,
}

/// Which lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Article lines that something was cut from.
    Lost,
    /// Chaff lines that nothing was cut from.
    Missed,
}

/// Scores labelled pages.
pub struct ScoreSurvey {
    pub by: GroupBy,
    pub show: Option<Show>,
}

/// What was scored.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// By name; of pages without a value under an empty name.
    pub groups: BTreeMap<String, Score>,
    pub all: Score,
    /// The tokens that each rule cut.
    pub rules: BTreeMap<u32, Labelled>,
    pub shown: Frequent<ShownLine, ROOM>,
}

/// The score of some pages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    pub pages: u64,
    pub tokens: Labelled,
    pub cut: Labelled,
    /// Pages that lose more than a twentieth of their article.
    pub hurt: u64,
    /// The page that loses most, if one loses anything.
    pub worst: Option<Worst>,
    /// Pages whose whole article text is known.
    pub with_gold: u64,
    none: f64,
    f1: f64,
    gold: f64,
}

/// The page that loses the largest share of its article.
#[derive(Debug, Clone, PartialEq)]
pub struct Worst {
    pub lost: f64,
    pub place: Place,
    /// As it is spelt, or its address.
    pub id: Option<String>,
}

/// A line that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownLine {
    /// The rule that cut most of it, if any did.
    pub rule: Option<u32>,
    pub text: String,
    pub first: Place,
}

impl Survey for ScoreSurvey {
    type Desk = ();
    type Found = Scores;
    const NEEDS_TEXT: bool = true;

    fn look(&self, seen: &Seen, (): &mut (), found: &mut Scores) -> Result<(), String> {
        let record = seen.json.ok_or("it is no JSON record")?;
        let page = Page::read(record, seen.document.text)?;
        let (mut tokens, mut cut) = (Labelled::default(), Labelled::default());
        let mut edits = seen.cleaned.edits.as_slice();
        let mut at = 0;
        for (number, line) in page.lines.iter().enumerate() {
            let span = Span::new(at, at + line.text.len());
            at = span.end + 1;
            let (gone, rule) = cut_of(&line.text, span, &mut edits);
            let all = tokens::count(&line.text);
            let gone = gone.map_or(0, |left| all.saturating_sub(tokens::count(&left)));
            tokens.add(line.label, all);
            cut.add(line.label, gone);
            if let Some(rule) = rule.filter(|_| gone > 0) {
                found.rules.entry(rule).or_default().add(line.label, gone);
            }
            if self.show.is_some_and(|show| show.wants(line.label, all, gone)) {
                found.show(rule, &line.text, seen.place(number));
            }
        }
        let score = Score::of_page(tokens, cut, &page, seen);
        found.groups.entry(self.group(&page, seen)).or_default().absorb(score.clone());
        found.all.absorb(score);
        Ok(())
    }
}

/// What is left of the line at `span`, if anything of it is cut, and the rule that cut most of it. `edits` loses those
/// that end before the line.
fn cut_of(line: &str, span: Span, edits: &mut &[Edit]) -> (Option<String>, Option<u32>) {
    *edits = &edits[edits.partition_point(|edit| edit.span.end <= span.start)..];
    let here = &edits[..edits.partition_point(|edit| edit.span.start < span.end)];
    if here.is_empty() {
        return (None, None);
    }
    let (mut left, mut at) = (Vec::new(), 0);
    let mut rules: Vec<(u32, usize)> = Vec::new();
    for edit in here {
        let (from, to) = (edit.span.start.max(span.start) - span.start, edit.span.end.min(span.end) - span.start);
        left.extend_from_slice(&line.as_bytes()[at..from]);
        at = to;
        match rules.iter_mut().find(|(rule, _)| *rule == edit.rule) {
            Some((_, bytes)) => *bytes += to - from,
            None => rules.push((edit.rule, to - from)),
        }
    }
    left.extend_from_slice(&line.as_bytes()[at..]);
    // Of equals the first one.
    let most = rules.iter().rev().max_by_key(|(_, bytes)| *bytes).map(|(rule, _)| *rule);
    (Some(String::from_utf8_lossy(&left).into_owned()), most)
}

impl Show {
    fn wants(self, label: Label, tokens: u64, gone: u64) -> bool {
        match self {
            Self::Lost => label == Label::Keep && gone > 0,
            Self::Missed => label == Label::Noise && tokens > 0 && gone == 0,
        }
    }
}

impl ScoreSurvey {
    fn group(&self, page: &Page, seen: &Seen) -> String {
        let site = || page.site.clone().filter(|site| !site.is_empty()).or_else(|| site_of(page.url.as_deref()?));
        match self.by {
            GroupBy::All => Some("all".to_owned()),
            GroupBy::File => Some(seen.shard.name.clone()),
            GroupBy::Source => page.source.clone(),
            GroupBy::Lang => page.lang.clone(),
            GroupBy::Kind => page.kind.clone(),
            GroupBy::Site => site(),
        }
        .unwrap_or_default()
    }
}

impl Scores {
    fn show(&mut self, rule: Option<u32>, line: &str, first: Place) {
        let text: String = line.chars().take(SHOWN).collect();
        let key = xxh3_64(text.as_bytes()) ^ rule.map_or(0, |rule| u64::from(rule) + 1);
        self.shown.entry(key, || ShownLine { rule, text, first }).count();
    }

    /// The lines that went wrong most often first, those of one count in the order of the pages.
    #[must_use]
    pub fn top_shown(&self, most: usize) -> Vec<&Entry<ShownLine>> {
        let mut all: Vec<_> = self.shown.entries().map(|(_, entry)| entry).collect();
        let order = |entry: &Entry<ShownLine>| (std::cmp::Reverse(entry.count), entry.value.first);
        all.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.value.text.cmp(&b.value.text)));
        all.truncate(most);
        all
    }

    /// The rules that cut most tokens first.
    #[must_use]
    pub fn ranked_rules(&self) -> Vec<(u32, Labelled)> {
        let mut all: Vec<(u32, Labelled)> = self.rules.iter().map(|(rule, cut)| (*rule, *cut)).collect();
        all.sort_by_key(|(rule, cut)| (std::cmp::Reverse(cut.all()), *rule));
        all
    }
}

impl Score {
    fn of_page(tokens: Labelled, cut: Labelled, page: &Page, seen: &Seen) -> Self {
        let (keep, noise) = (tokens.of(Label::Keep), tokens.of(Label::Noise));
        let (lost, gone) = (cut.of(Label::Keep), cut.of(Label::Noise));
        let left = keep - lost;
        let share = float(lost) / float(keep.max(1));
        let gold = page.gold.as_deref().filter(|gold| !gold.is_empty());
        Self {
            pages: 1,
            tokens,
            cut,
            hurt: u64::from(float(lost) > HURT * float(keep)),
            worst: (lost > 0).then(|| Worst {
                lost: share,
                place: Place { line: 0, ..seen.place(0) },
                id: page.name(),
            }),
            with_gold: u64::from(gold.is_some()),
            none: float(2 * keep) / float((2 * keep + noise).max(1)),
            f1: float(2 * left) / float((left + keep + noise - gone).max(1)),
            gold: gold.map_or(0.0, |gold| tokens::likeness(&String::from_utf8_lossy(&seen.cleaned.text()), gold)),
        }
    }

    /// The share of the tokens of a label that was cut.
    #[must_use]
    pub fn share(&self, label: Label) -> f64 {
        float(self.cut.of(label)) / float(self.tokens.of(label).max(1))
    }

    /// F1 of the labelled tokens before cleaning, mean over pages: article tokens kept against chaff kept.
    #[must_use]
    pub fn none(&self) -> f64 {
        self.none / float(self.pages.max(1))
    }

    /// The same after cleaning.
    #[must_use]
    pub fn f1(&self) -> f64 {
        self.f1 / float(self.pages.max(1))
    }

    /// The share of the way from `none` to 1.
    #[must_use]
    pub fn gap(&self) -> f64 {
        if self.none() < 1.0 { (self.f1() - self.none()) / (1.0 - self.none()) } else { 0.0 }
    }

    /// How like the cleaned texts are to the whole article texts, mean over the pages of which those are known.
    #[must_use]
    pub fn gold(&self) -> Option<f64> {
        (self.with_gold > 0).then(|| self.gold / float(self.with_gold))
    }

    /// The largest share of its article that a page loses.
    #[must_use]
    pub fn worst_share(&self) -> f64 {
        self.worst.as_ref().map_or(0.0, |worst| worst.lost)
    }
}

/// A count to reckon with.
#[expect(clippy::cast_precision_loss, reason = "shares need no more than 53 bits")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

impl Sum for Score {
    fn absorb(&mut self, later: Self) {
        self.pages += later.pages;
        self.tokens.absorb(later.tokens);
        self.cut.absorb(later.cut);
        self.hurt += later.hurt;
        // Of equals the first one.
        if later.worst_share() > self.worst_share() {
            self.worst = later.worst;
        }
        self.with_gold += later.with_gold;
        self.none += later.none;
        self.f1 += later.f1;
        self.gold += later.gold;
    }
}

impl Sum for Scores {
    fn absorb(&mut self, later: Self) {
        for (name, score) in later.groups {
            self.groups.entry(name).or_default().absorb(score);
        }
        self.all.absorb(later.all);
        for (rule, cut) in later.rules {
            self.rules.entry(rule).or_default().absorb(cut);
        }
        self.shown.absorb(later.shown);
    }
}

impl Sum for ShownLine {
    /// The first one stands for all that are alike.
    fn absorb(&mut self, _: Self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_of_a_line_is_told_with_its_rule() {
        let edit = |start, end, rule| Edit { span: Span::new(start, end), rule };
        // Lines at 0..4, 5..12 and 13..15.
        let all = [edit(2, 7, 1), edit(9, 13, 2)];
        let mut edits = &all[..];
        assert_eq!(cut_of("abcd", Span::new(0, 4), &mut edits), (Some("ab".to_owned()), Some(1)));
        assert_eq!(cut_of("efghijk", Span::new(5, 12), &mut edits), (Some("gh".to_owned()), Some(2)));
        assert_eq!(cut_of("lm", Span::new(13, 15), &mut edits), (None, None));
        // Of two that cut as much, the first one.
        let all = [edit(0, 1, 5), edit(2, 3, 4)];
        assert_eq!(cut_of("abc", Span::new(0, 3), &mut &all[..]), (Some("b".to_owned()), Some(5)));
    }
}
