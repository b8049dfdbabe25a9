//! The texts that are cut most often, in bounded memory.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::text::trim;

/// Texts beyond this number are forgotten, the rarest first.
const MOST: usize = 20_000;
/// Bytes of a text that are shown.
const SHOWN: usize = 160;
/// Sites that are told apart for a text.
const SITES: usize = 64;

/// A text that was cut, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutText {
    /// Its beginning, without blanks at the ends.
    pub text: String,
    pub rule: u32,
    pub cuts: u64,
    /// How many documents it was cut from.
    pub documents: u64,
    /// Hashes of the sites that it was cut from, as far as sites are known; the list ends at 64.
    pub sites: Vec<u64>,
    /// Where it was cut first: the shard and the record.
    pub sample: (usize, u64),
    /// The document that was counted last, so that none counts twice.
    last: (usize, u64),
}

/// Counts texts. The counts are exact until more than 20,000 different texts have been cut; then rare ones may be
/// forgotten and begin anew.
#[derive(Debug, Clone, Default)]
pub struct CutTexts {
    texts: HashMap<u64, CutText>,
}

impl CutTexts {
    /// Counts one cut of `text` by `rule`, in the document at `place` (shard and record) of a site known by its hash.
    pub fn add(&mut self, text: &[u8], rule: u32, place: (usize, u64), site: Option<u64>) {
        let text = &text[trim(text).range()];
        let key = xxh3_64(text) ^ u64::from(rule);
        let entry = self.texts.entry(key).or_insert_with(|| CutText {
            text: String::from_utf8_lossy(&text[..text.len().min(SHOWN)]).into_owned(),
            rule,
            cuts: 0,
            documents: 0,
            sites: Vec::new(),
            sample: place,
            last: (usize::MAX, 0),
        });
        entry.cuts += 1;
        entry.documents += u64::from(entry.last != place);
        entry.last = place;
        entry.see_site(site);
    }

    /// Adds the counts of what comes after.
    pub fn absorb(&mut self, later: Self) {
        let mut later: Vec<(u64, CutText)> = later.texts.into_iter().collect();
        later.sort_unstable_by_key(|(key, _)| *key);
        for (key, text) in later {
            match self.texts.get_mut(&key) {
                None => {
                    self.texts.insert(key, text);
                }
                Some(entry) => entry.absorb(text),
            }
        }
        if self.texts.len() > 2 * MOST {
            let mut counts: Vec<(u64, u64)> =
                self.texts.iter().map(|(key, text)| (u64::MAX - text.cuts, *key)).collect();
            let (_, least, _) = counts.select_nth_unstable(MOST);
            let least = *least;
            self.texts.retain(|key, text| (u64::MAX - text.cuts, *key) < least);
        }
    }

    /// The `most` texts that were cut most often, those of one count by their spelling.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<&CutText> {
        let mut all: Vec<&CutText> = self.texts.values().collect();
        all.sort_unstable_by(|a, b| b.cuts.cmp(&a.cuts).then_with(|| (&a.text, a.rule).cmp(&(&b.text, b.rule))));
        all.truncate(most);
        all
    }
}

impl CutText {
    fn see_site(&mut self, site: Option<u64>) {
        if let Some(site) = site.filter(|site| self.sites.len() < SITES && !self.sites.contains(site)) {
            self.sites.push(site);
        }
    }

    fn absorb(&mut self, later: Self) {
        self.cuts += later.cuts;
        self.documents += later.documents - u64::from(later.sample == self.last);
        self.last = later.last;
        for site in later.sites {
            self.see_site(Some(site));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_counted_by_cuts_documents_and_sites() {
        let mut one = CutTexts::default();
        one.add(b"Share\n", 1, (0, 1), Some(10));
        one.add(b" Share", 1, (0, 1), Some(10));
        let mut later = CutTexts::default();
        later.add(b"Share", 1, (0, 1), Some(11));
        later.add(b"Share", 1, (0, 2), None);
        later.add(b"Menu", 2, (0, 2), None);
        one.absorb(later);
        let top = one.top(9);
        assert_eq!((top[0].text.as_str(), top[0].cuts, top[0].documents, top[0].sites.len()), ("Share", 4, 2, 2));
        assert_eq!((top[1].text.as_str(), top[1].sample), ("Menu", (0, 2)));
    }

    #[test]
    fn rare_texts_are_forgotten_first() {
        let mut all = CutTexts::default();
        for number in 0..50_000_u32 {
            let mut part = CutTexts::default();
            part.add(b"often", 0, (0, 1), None);
            part.add(number.to_string().as_bytes(), 0, (0, 1), None);
            all.absorb(part);
        }
        assert!(all.texts.len() <= 2 * MOST);
        assert_eq!((all.top(1)[0].text.as_str(), all.top(1)[0].cuts), ("often", 50_000));
    }
}
