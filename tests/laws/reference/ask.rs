//! The guards that look at the document around a line, and the cuts that reach beyond it.

use std::ops::Range;

use dechaff::pack::{Action, Near, Neighbours, ProseGuard, Rule, Side, Zone};
use dechaff::text::{count_words, is_blank, prose_words};

use super::RefLine;

/// Lines that go by a rule that matches one of them.
pub type Far<'r> = (Range<usize>, &'r Rule);

/// Lets the rules that ask for zones or reach far pass, then those that ask for neighbours; gives what reaches far.
pub fn ask<'r>(lines: &mut [RefLine<'r>]) -> Vec<Far<'r>> {
    let is_cut = |line: &RefLine| line.is_whole() || !line.cuts.is_empty();
    let page = Page {
        prose: lines.iter().map(|line| if is_cut(line) { 0 } else { prose_words(&line.content) }).collect(),
        words: lines.iter().map(|line| if is_cut(line) { 0 } else { count_words(&line.content) }).collect(),
        blank: lines.iter().map(|line| is_blank(&line.content)).collect(),
    };
    let mut far = Vec::new();
    for near_round in [false, true] {
        let keeps: Vec<Vec<&Rule>> = (0..lines.len())
            .map(|at| {
                let acts = |keep: &&&Rule| keep.zones.is_empty() || keep.zones.contains(&page.zone(at));
                lines[at].keeps.iter().filter(acts).copied().collect()
            })
            .collect();
        let mut cutters: Vec<Vec<&str>> = lines
            .iter()
            .map(|line| {
                line.whole.iter().chain(&line.cuts).chain(&line.passed).map(|(_, rule)| rule.id.as_str()).collect()
            })
            .collect();
        for (range, rule) in &far {
            let range: &Range<usize> = range;
            let rule: &&Rule = rule;
            range.clone().filter(|&at| !page.blank[at]).for_each(|at| cutters[at].push(&rule.id));
        }
        for (at, line) in lines.iter_mut().enumerate() {
            for (span, rule) in line.asking.clone() {
                let is_kept = |at: usize| keeps[at].iter().any(|keep| rule.level >= keep.level);
                let holds = rule.near.is_some() == near_round
                    && !is_kept(at)
                    && (rule.zones.is_empty() || rule.zones.contains(&page.zone(at)))
                    && rule.near.as_ref().is_none_or(|near| page.is_near(at, near, &cutters));
                if !holds {
                    continue;
                }
                match (rule.action.reaches_far().then(|| page.reach(rule.action, at, &is_kept)), rule.action) {
                    (Some(None), _) => continue,
                    (Some(Some(range)), _) => far.push((range, rule)),
                    (None, Action::Flag(_)) => {
                        line.marks.push((span, rule));
                        continue;
                    }
                    (None, _) => {}
                }
                line.passed.push((span, rule));
            }
        }
    }
    far
}

struct Page {
    prose: Vec<usize>,
    words: Vec<usize>,
    blank: Vec<bool>,
}

impl Page {
    fn prose_lines(&self, range: Range<usize>, but: usize) -> usize {
        range.filter(|&at| at != but && self.prose[at] > 0).count()
    }

    fn prose_words(&self, range: Range<usize>, but: usize) -> usize {
        range.filter(|&at| at != but).map(|at| self.prose[at]).sum()
    }

    fn zone(&self, at: usize) -> Zone {
        let all = 0..self.prose.len();
        match () {
            () if self.prose_lines(all.clone(), at) < 3 => Zone::Body,
            () if self.prose_lines(0..at, at) == 0 => Zone::Head,
            () if self.prose_words(0..at, at) * 10 >= self.prose_words(all, at) * 9 => Zone::Tail,
            () => Zone::Body,
        }
    }

    fn is_near(&self, at: usize, near: &Near, cutters: &[Vec<&str>]) -> bool {
        let seen: Vec<usize> = (0..self.blank.len()).filter(|&i| !self.blank[i]).collect();
        let here = seen.iter().position(|&i| i == at).unwrap_or(usize::MAX);
        seen.iter().enumerate().any(|(ordinal, &i)| {
            let side = match near.side {
                Side::Before => ordinal < here,
                Side::After => ordinal > here,
                Side::Both => ordinal != here,
            };
            let wanted = |id: &&str| match &near.neighbours {
                Neighbours::Cut => true,
                Neighbours::Rules(ids) => ids.iter().any(|own| own == id),
            };
            side && ordinal.abs_diff(here) <= near.within && cutters[i].iter().any(wanted)
        })
    }

    /// The lines that go; none if a guard or a kept line holds the cut back.
    fn reach(&self, action: Action, at: usize, is_kept: &dyn Fn(usize) -> bool) -> Option<Range<usize>> {
        let end = self.prose.len();
        match action {
            Action::CutToEnd(guard) => {
                let first = (0..at).find(|&i| self.prose[i] > 0).unwrap_or(at);
                let allowed = self.allows(guard, at, 0..at, at..end, first..at);
                (allowed && !(at + 1..end).any(is_kept)).then_some(at..end)
            }
            Action::CutFromStart(guard) => {
                let last = (at + 1..end).rev().find(|&i| self.prose[i] > 0).map_or(at + 1, |last| last + 1);
                let allowed = self.allows(guard, at, at + 1..end, 0..at + 1, at + 1..last);
                (allowed && !(0..at).any(is_kept)).then_some(0..at + 1)
            }
            Action::CutBlock { max_lines } => {
                let mut stop = at + 1;
                let mut count = 1;
                for i in at + 1..end {
                    if self.blank[i] {
                        continue;
                    }
                    if self.prose[i] > 0 || is_kept(i) || count == max_lines {
                        break;
                    }
                    (stop, count) = (i + 1, count + 1);
                }
                Some(at..stop)
            }
            _ => None,
        }
    }

    /// Whether `guard` lets the lines `lost` go and is content with what is `left`, whose prose stands in `dense`.
    fn allows(
        &self,
        guard: ProseGuard,
        at: usize,
        left: Range<usize>,
        lost: Range<usize>,
        dense: Range<usize>,
    ) -> bool {
        let all = 0..self.prose.len();
        let words: usize = dense.map(|i| self.words[i]).sum();
        self.prose_lines(all.clone(), at) >= 3
            && self.prose_lines(left.clone(), at) >= guard.least_left
            && self.prose_words(lost, at) * 1000 <= self.prose_words(all, at) * usize::from(guard.most_lost)
            && self.prose_words(left, at) * 1000 >= words * usize::from(guard.least_share)
    }
}
