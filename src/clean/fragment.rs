//! Chooses rare fragments that texts can be found by.
//!
//! Takes texts, gives for each one a fragment of three bytes in it and where that stands; few fragments for all of them
//! together, and such as are rare in running text. The cover is chosen greedily, by cost for each text that is covered (the
//! usual approximation of a least set cover).

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use super::filter::Filter;
use crate::simd::Triples;
use crate::text::{BYTE_SHARES, share_of};

/// Bytes of a fragment. Shorter texts are fragments themselves.
pub(super) const LENGTH: usize = 3;
/// What one more fragment costs beside the places where it stands in vain, as a share of all places.
const ONE_MORE: f64 = 5e-5;
/// Texts from which fragments are chosen at a time: what is common to many shows in some.
const SAMPLE: usize = 1024;
/// More fragments than these are not worth sorting into groups.
const MOST_SORTED: usize = 160;
/// Groups of fragments that are looked for in one step.
const GROUPS: usize = 8;

/// Fragments that cover texts.
pub(super) struct Cover {
    /// For each text, where its fragment stands in it.
    pub offsets: Vec<usize>,
    /// The tables that find all fragments.
    pub triples: Triples,
    /// Whether the tables tell fragments from other bytes: they are few enough for it.
    pub is_telling: bool,
}

/// Up to three bytes; none is any byte.
type Fragment = [Option<u8>; LENGTH];

/// A cover of `texts`, none of which is empty.
pub(super) fn cover(texts: &[&[u8]]) -> Cover {
    let chosen = choose(texts);
    let offset = |text: &&[u8]| {
        let ranked = text.windows(LENGTH).zip(0..).filter_map(|(bytes, at)| Some((chosen.get(bytes)?, at)));
        ranked.min_by(|(one, _), (other, _)| one.total_cmp(other)).map_or(0, |(_, at)| at)
    };
    let short = texts.iter().filter(|text| text.len() < LENGTH).map(|text| [0, 1, 2].map(|at| text.get(at).copied()));
    let long = chosen.keys().map(|bytes| [0, 1, 2].map(|at| bytes.get(at).copied()));
    let mut fragments: Vec<Fragment> = short.chain(long).collect();
    fragments.sort_unstable();
    fragments.dedup();
    let is_telling = fragments.len() <= MOST_SORTED;
    Cover { offsets: texts.iter().map(offset).collect(), triples: tables(&fragments), is_telling }
}

/// Fragments of which each text holds one, with their shares.
fn choose<'t>(texts: &[&'t [u8]]) -> HashMap<&'t [u8], f64> {
    let mut chosen: HashMap<&[u8], f64> = HashMap::new();
    let mut open: Vec<&[u8]> = texts.iter().copied().filter(|text| text.len() >= LENGTH).collect();
    while !open.is_empty() {
        let step = open.len().div_ceil(SAMPLE);
        let sample: Vec<&[u8]> = open.iter().copied().step_by(step).collect();
        chosen.extend(choose_of(&sample));
        let mut filter = Filter::new(chosen.len());
        chosen.keys().for_each(|bytes| filter.add(hash_of(bytes)));
        let is_chosen = |bytes| filter.has(hash_of(bytes)) && chosen.contains_key(bytes);
        open.retain(|text| !text.windows(LENGTH).any(is_chosen));
    }
    chosen
}

/// A hash of the bytes of a fragment or a gram.
pub(super) fn hash_of(fragment: &[u8]) -> u64 {
    let number = fragment.iter().fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Fragments for a few texts, greedily.
fn choose_of<'t>(texts: &[&'t [u8]]) -> Vec<(&'t [u8], f64)> {
    let mut holders: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (number, text) in texts.iter().enumerate() {
        for bytes in text.windows(LENGTH) {
            let holders = holders.entry(bytes).or_default();
            if holders.last() != Some(&number) {
                holders.push(number);
            }
        }
    }
    let mut open: Vec<(&[u8], f64, Vec<usize>, usize)> =
        holders.into_iter().map(|(bytes, texts)| (bytes, share_of(bytes), texts.clone(), texts.len())).collect();
    let mut covered = vec![false; texts.len()];
    let mut chosen = Vec::new();
    #[expect(clippy::cast_precision_loss, reason = "at most 1024 texts are counted")]
    let cost = |share: f64, count: usize| (share + ONE_MORE) / count as f64;
    while let Some((bytes, share, texts, _)) =
        open.iter().filter(|one| one.3 > 0).min_by(|a, b| cost(a.1, a.3).total_cmp(&cost(b.1, b.3)))
    {
        chosen.push((*bytes, *share));
        let now: HashSet<usize> = texts.iter().copied().filter(|&text| !covered[text]).collect();
        for &text in &now {
            covered[text] = true;
        }
        for one in &mut open {
            one.3 -= one.2.iter().filter(|text| now.contains(*text)).count();
        }
        open.retain(|one| one.3 > 0);
    }
    chosen
}

/// Puts fragments into groups so that what the tables cannot tell apart is rare. Where they are so many that the tables
/// let nearly everything through, they go around.
fn tables(fragments: &[Fragment]) -> Triples {
    let mut tables = Triples::default();
    if fragments.len() > MOST_SORTED {
        fragments.iter().zip((0..GROUPS).cycle()).for_each(|(&fragment, group)| tables.allow(group, fragment));
        return tables;
    }
    let mut groups: Vec<(Group, f64)> = vec![(Group::default(), 0.0); GROUPS];
    for &fragment in fragments {
        let wider = groups.iter().map(|(group, _)| group.with(fragment)).map(|group| {
            let share = group.share();
            (group, share)
        });
        let dearer = wider.zip(&groups).zip(0..).map(|((wider, (_, before)), at)| (wider.1 - before, at, wider));
        let Some((_, best, wider)) = dearer.min_by(|(one, ..), (other, ..)| one.total_cmp(other)) else { continue };
        groups[best] = wider;
        tables.allow(best, fragment);
    }
    tables
}

/// The low and the high halves of bytes that a group allows at each place, a bit each.
#[derive(Clone, Default)]
struct Group([(u16, u16); LENGTH]);

impl Group {
    fn with(&self, fragment: Fragment) -> Self {
        let mut group = self.clone();
        for (halves, byte) in group.0.iter_mut().zip(fragment) {
            let (low, high) = byte.map_or((u16::MAX, u16::MAX), |byte| (1 << (byte & 15), 1 << (byte >> 4)));
            *halves = (halves.0 | low, halves.1 | high);
        }
        group
    }

    /// The share of all places that the group lets through.
    fn share(&self) -> f64 {
        let at = |&(low, high): &(u16, u16)| {
            let lets = |byte: usize| low >> (byte & 15) & 1 == 1 && high >> (byte >> 4) & 1 == 1;
            BYTE_SHARES.iter().enumerate().filter(|&(byte, _)| lets(byte)).map(|(_, share)| share).sum::<f64>()
        };
        self.0.iter().map(at).product()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_holds_its_fragment_and_few_fragments_do() {
        let texts: Vec<String> = (0..3000).map(|n| format!("click here to read more about {n}")).collect();
        let mut texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        texts.extend([&b"by"[..], b"\xc2\xa9", b"x", b"photo: "]);
        let cover = cover(&texts);
        let mut found = Vec::new();
        for (text, offset) in texts.iter().zip(&cover.offsets) {
            cover.triples.find(text, &mut found);
            assert!(found.contains(offset), "{}", text.escape_ascii());
        }
        assert!(choose(&texts).len() < 8);
    }
}
