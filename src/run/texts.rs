//! The texts that are cut most often, in bounded memory.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
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
}

/// Counts texts. The counts are exact until more than 20,000 different texts have been cut; then rare ones may be
/// forgotten and begin anew.
#[derive(Debug, Clone, Default)]
pub struct CutTexts {
    counts: HashTable<Count>,
    /// What is shown of the texts, one after another.
    shown: Vec<u8>,
}

#[derive(Debug, Clone)]
struct Count {
    key: u64,
    /// Where in what is shown the text begins, and its length there.
    start: u32,
    len: u32,
    rule: u32,
    cuts: u64,
    documents: u64,
    sites: Vec<u64>,
    sample: (usize, u64),
    /// The document that was counted last, so that none counts twice.
    last: (usize, u64),
}

impl CutTexts {
    /// Counts one cut of `text` by `rule`, in the document at `place` (shard and record) of a site known by its hash.
    pub fn add(&mut self, text: &[u8], rule: u32, place: (usize, u64), site: Option<u64>) {
        let text = &text[trim(text).range()];
        let key = xxh3_64(text) ^ u64::from(rule);
        let count = match self.counts.entry(key, |count| count.key == key, |count| count.key) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let (start, len) = show(&mut self.shown, &text[..text.len().min(SHOWN)]);
                let last = (usize::MAX, 0);
                let new =
                    Count { key, start, len, rule, cuts: 0, documents: 0, sites: Vec::new(), sample: place, last };
                entry.insert(new).into_mut()
            }
        };
        count.cuts += 1;
        count.documents += u64::from(count.last != place);
        count.last = place;
        count.see_site(site);
    }

    /// Adds the counts of what comes after.
    pub fn absorb(&mut self, later: Self) {
        for mut count in later.counts {
            let key = count.key;
            match self.counts.entry(key, |count| count.key == key, |count| count.key) {
                Entry::Occupied(entry) => entry.into_mut().absorb(count),
                Entry::Vacant(entry) => {
                    let text = &later.shown[count.start as usize..][..count.len as usize];
                    (count.start, count.len) = show(&mut self.shown, text);
                    entry.insert(count);
                }
            }
        }
        if self.counts.len() > 2 * MOST {
            self.forget();
        }
    }

    /// Forgets all but those that were cut most often.
    fn forget(&mut self) {
        let rank = |count: &Count| (u64::MAX - count.cuts, count.key);
        let mut ranks: Vec<(u64, u64)> = self.counts.iter().map(rank).collect();
        let (_, least, _) = ranks.select_nth_unstable(MOST);
        let least = *least;
        self.counts.retain(|count| rank(count) < least);
        let before = std::mem::take(&mut self.shown);
        for count in &mut self.counts {
            (count.start, count.len) = show(&mut self.shown, &before[count.start as usize..][..count.len as usize]);
        }
    }

    /// The `most` texts that were cut most often, those of one count by their spelling.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<CutText> {
        let mut all: Vec<&Count> = self.counts.iter().collect();
        let text = |count: &Count| &self.shown[count.start as usize..][..count.len as usize];
        all.sort_unstable_by(|a, b| b.cuts.cmp(&a.cuts).then_with(|| (text(a), a.rule).cmp(&(text(b), b.rule))));
        let told = |count: &Count| CutText {
            text: String::from_utf8_lossy(text(count)).into_owned(),
            rule: count.rule,
            cuts: count.cuts,
            documents: count.documents,
            sites: count.sites.clone(),
            sample: count.sample,
        };
        all.into_iter().take(most).map(told).collect()
    }
}

/// Appends `text` to what is shown; gives where it stands. No more than 40,000 short texts are kept.
fn show(shown: &mut Vec<u8>, text: &[u8]) -> (u32, u32) {
    let narrow = |number: usize| u32::try_from(number).unwrap_or(0);
    let place = (narrow(shown.len()), narrow(text.len()));
    shown.extend_from_slice(text);
    place
}

impl Count {
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
        assert!(all.counts.len() <= 2 * MOST);
        assert_eq!((all.top(1)[0].text.as_str(), all.top(1)[0].cuts), ("often", 50_000));
    }
}
