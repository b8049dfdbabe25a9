//! The lines that stand in most documents and that no rule takes.
//!
//! Lines are the same if they fold to the same key with their numbers taken out: "12 comments" and "3 Comments:" are
//! both "{n} comments". They are counted once a document, in a [`Frequent`] summary: a line that is in more than one of
//! 32,769 of all lines is in it, and each count tells by how much it may be too low. Lines of more than 500 bytes are
//! not counted.

use std::sync::LazyLock;

use regex::Regex;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::Sites;
use super::frequent::{Entry, Frequent};
use crate::clean::{Budget, Cleaner, CompileError, Edit, Options, Scratch};
use crate::pack::{Action, Pack, Rule, Zone};
use crate::run::{Place, Seen, Sum, Survey, site_of};
use crate::text::{Case, Fold, Line, is_blank, key_into, lines, prose_words};

/// Lines, and sites, that there is room for.
const ROOM: usize = 1 << 15;
/// Bytes of a line that may be the work of a template.
const LONGEST: usize = 500;
/// Places that are kept of a line.
const SAMPLES: usize = 3;
/// The share of the prose words after which the tail begins, in hundredths, and the prose lines that a document with
/// zones has: as guards see it.
const TAIL: usize = 90;
const LEAST_PROSE_LINES: usize = 3;

/// Counts lines.
#[derive(Clone, Copy)]
pub struct LineSurvey<'c> {
    /// Whether the lines of each site are counted apart.
    pub by_site: bool,
    /// Takes the lines that exceptions protect: they are known, too, and not counted.
    pub kept: &'c Cleaner,
}

/// A cleaner that takes what the exceptions of `packs` protect.
///
/// # Errors
/// When they cannot be compiled.
pub fn kept_by(packs: &[Pack], options: &Options) -> Result<Cleaner, CompileError> {
    let exceptions = |pack: &Pack| {
        let keeps = pack.rules.iter().filter(|rule| rule.action == Action::Keep);
        let rules = keeps.map(|rule| Rule { action: Action::CutLine, ..rule.clone() }).collect();
        Pack { rules, disables: Vec::new(), ..pack.clone() }
    };
    let packs: Vec<Pack> = packs.iter().map(exceptions).collect();
    Cleaner::new(&packs, &Options { budget: Budget::NONE, ..*options })
}

/// What was counted.
#[derive(Debug, Clone, Default)]
pub struct LineCounts {
    /// Documents that were looked at, and those of them whose site is known.
    pub documents: u64,
    pub with_site: u64,
    /// Lines that no rule takes, blank ones left out, and of those the ones that an exception protects.
    pub lines: u64,
    pub kept: u64,
    pub table: Frequent<FrequentLine, ROOM>,
    /// The sites and their documents, if lines are counted by site.
    pub sites: Frequent<SiteName, ROOM>,
}

/// A line that stands in many documents; it is counted once for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrequentLine {
    /// As it was spelt first, with `{n}` for numbers.
    pub text: String,
    /// Its site, if lines are counted by site.
    pub site: Option<String>,
    /// How often it stood anywhere, and in the head, body and tail of documents.
    pub times: u64,
    pub zones: [u64; 3],
    /// The sites that it was seen on.
    pub sites: Sites,
    /// Where it stood first, and how it was spelt there.
    pub samples: Vec<(Place, String)>,
    /// The document that was counted last.
    last: (usize, u64),
}

/// The name of a site, which does not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteName(pub String);

impl Sum for SiteName {
    fn absorb(&mut self, _: Self) {}
}

/// The buffers of a thread.
#[derive(Default)]
pub struct Desk {
    key: Vec<u8>,
    scratch: Scratch,
}

impl Survey for LineSurvey<'_> {
    type Desk = Desk;
    type Found = LineCounts;

    fn look(&self, seen: &Seen, desk: &mut Desk, found: &mut LineCounts) -> Result<(), String> {
        let site = seen.document.url.and_then(site_of);
        found.documents += 1;
        found.with_site += u64::from(site.is_some());
        let own = site.as_deref().filter(|_| self.by_site);
        if let Some(site) = own {
            found.sites.entry(xxh3_64(site.as_bytes()), || SiteName(site.to_owned())).count();
        }
        let seed = own.map_or(0, |site| xxh3_64(site.as_bytes()));
        let text = seen.document.text;
        let kept = seen.clean_by(self.kept, &mut desk.scratch);
        let mut kept = kept.edits.as_slice();
        for (number, line, zone) in untouched(seen) {
            let raw = &text[line.span.range()];
            found.lines += 1;
            if is_touched(text, &line, &mut kept) {
                found.kept += 1;
                continue;
            }
            if raw.len() > LONGEST {
                continue;
            }
            let spelt = String::from_utf8_lossy(raw);
            let text = without_numbers(spelt.trim());
            key_into(text.as_bytes(), Fold::Full, Case::Fold, &mut desk.key);
            if desk.key.is_empty() {
                continue;
            }
            let document = (seen.number, if seen.is_stream() { seen.record + number as u64 } else { seen.record });
            let new = || FrequentLine::new(text.into_owned(), own.map(str::to_owned), document);
            let entry = found.table.entry(xxh3_64_with_seed(&desk.key, seed), new);
            if entry.count == 0 || entry.value.last != document {
                entry.count();
                entry.value.last = document;
            }
            entry.value.see(zone, site.as_deref(), || (seen.place(number), spelt.trim().to_owned()));
        }
        Ok(())
    }
}

impl Sum for LineCounts {
    fn absorb(&mut self, later: Self) {
        self.documents += later.documents;
        self.with_site += later.with_site;
        self.lines += later.lines;
        self.kept += later.kept;
        self.table.absorb(later.table);
        self.sites.absorb(later.sites);
    }
}

impl LineCounts {
    /// The `most` lines that stand in most documents, those of one count by their spelling, in at least `documents`
    /// documents and on at least `sites` sites.
    #[must_use]
    pub fn top(&self, most: usize, documents: u64, sites: u64) -> Vec<&Entry<FrequentLine>> {
        let is_wanted = |entry: &&Entry<FrequentLine>| entry.count >= documents && entry.value.sites.count() >= sites;
        let mut all: Vec<_> = self.table.entries().map(|(_, entry)| entry).filter(is_wanted).collect();
        all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| order(&a.value).cmp(&order(&b.value))));
        all.truncate(most);
        all
    }

    /// The sites with most documents first, those of one count by name; each with its documents.
    #[must_use]
    pub fn ranked_sites(&self) -> Vec<(&str, u64)> {
        let mut all: Vec<_> = self.sites.entries().map(|(_, entry)| (entry.value.0.as_str(), entry.count)).collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        all
    }
}

fn order(line: &FrequentLine) -> (&str, &Option<String>) {
    (&line.text, &line.site)
}

impl FrequentLine {
    fn new(text: String, site: Option<String>, last: (usize, u64)) -> Self {
        Self { text, site, times: 0, zones: [0; 3], sites: Sites::default(), samples: Vec::new(), last }
    }

    fn see(&mut self, zone: Option<Zone>, site: Option<&str>, sample: impl FnOnce() -> (Place, String)) {
        self.times += 1;
        if let Some(zone) = zone {
            self.zones[match zone {
                Zone::Head => 0,
                Zone::Body => 1,
                Zone::Tail => 2,
            }] += 1;
        }
        if let Some(site) = site {
            self.sites.add(site);
        }
        if self.samples.len() < SAMPLES {
            // Most lines stand but once.
            self.samples.reserve_exact(1);
            self.samples.push(sample());
        }
    }
}

impl Sum for FrequentLine {
    fn absorb(&mut self, later: Self) {
        self.times += later.times;
        for (zone, more) in self.zones.iter_mut().zip(later.zones) {
            *zone += more;
        }
        self.sites.absorb(later.sites);
        self.samples.extend(later.samples);
        self.samples.truncate(SAMPLES);
        self.last = later.last;
    }
}

/// `line` with `{n}` for each number in it: "1,204" is one, and so are "3.5" before a letter for thousands, and "12".
fn without_numbers(line: &str) -> std::borrow::Cow<'_, str> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        let number = r"\p{Nd}{1,3}(?:[.,]\p{Nd}{3})+(?-u:\b)|\p{Nd}+(?:[.,]\p{Nd}{1,2})?[KkMB](?-u:\b)|\p{Nd}+";
        Regex::new(number).expect("a regex of ours")
    });
    NUMBER.replace_all(line, "{n}")
}

/// The lines that are not blank and that no edit touches, by number, with their zones; a stream has none.
fn untouched(seen: &Seen) -> Vec<(usize, Line, Option<Zone>)> {
    let text = seen.document.text;
    let mut edits = seen.cleaned.edits.as_slice();
    let all: Vec<(usize, Line, usize)> = lines(text)
        .enumerate()
        .filter(|(_, line)| !is_blank(&text[line.span.range()]) && !is_touched(text, line, &mut edits))
        .map(|(number, line)| (number, line, if seen.is_stream() { 0 } else { prose_words(&text[line.span.range()]) }))
        .collect();
    let zones: Vec<Option<Zone>> = if seen.is_stream() { vec![None; all.len()] } else { zones(&all) };
    all.into_iter().zip(zones).map(|((number, line, _), zone)| (number, line, zone)).collect()
}

/// Whether one of `edits`, from which those before the line are taken away, cuts what can be seen of it.
fn is_touched(text: &[u8], line: &Line, edits: &mut &[Edit]) -> bool {
    let visible = crate::text::trim(&text[line.span.range()]).shifted(line.span.start);
    *edits = &edits[edits.partition_point(|edit| edit.span.end <= visible.start)..];
    edits.first().is_some_and(|edit| edit.span.start < visible.end)
}

/// The zones of lines with these prose words; what is cut already is no prose.
fn zones(all: &[(usize, Line, usize)]) -> Vec<Option<Zone>> {
    let words: usize = all.iter().map(|(.., prose)| prose).sum();
    let prose_lines = all.iter().filter(|(.., prose)| *prose > 0).count();
    let (mut words_before, mut prose_before) = (0, 0);
    let zone = |(.., prose): &(usize, Line, usize)| {
        // A line's own words do not count.
        let zone = if prose_lines - usize::from(*prose > 0) < LEAST_PROSE_LINES {
            Zone::Body
        } else if prose_before == 0 {
            Zone::Head
        } else if words_before * 100 >= (words - prose) * TAIL {
            Zone::Tail
        } else {
            Zone::Body
        };
        words_before += prose;
        prose_before += usize::from(*prose > 0);
        Some(zone)
    };
    all.iter().map(zone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_those_of_guards() {
        use Zone::{Body, Head, Tail};
        let zones_of = |prose: &[usize]| {
            let line = Line { span: crate::text::Span::new(0, 0), end: 0 };
            let all: Vec<_> = prose.iter().map(|&words| (0, line, words)).collect();
            zones(&all).into_iter().flatten().collect::<Vec<Zone>>()
        };
        assert_eq!(zones_of(&[0, 12, 0, 12, 12, 12, 0]), [Head, Head, Body, Body, Body, Tail, Tail]);
        assert_eq!(zones_of(&[0, 12, 12, 0]), [Body; 4]);
        // Without its own words, only two of these are left.
        assert_eq!(zones_of(&[0, 12, 12, 12, 0]), [Head, Body, Body, Body, Tail]);
    }

    #[test]
    fn numbers_are_taken_out() {
        for (line, text) in [
            ("12 comments", "{n} comments"),
            ("1,204 shares (3.5K views)", "{n} shares ({n} views)"),
            ("12.03.2024, 08:15", "{n}.{n}.{n}, {n}:{n}"),
            ("Page 2 of 1000", "Page {n} of {n}"),
            ("١٢ تعليقات", "{n} تعليقات"),
            ("No number", "No number"),
        ] {
            assert_eq!(without_numbers(line), text, "{line}");
        }
    }
}
