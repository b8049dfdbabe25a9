//! What a run counts: values that add up, whatever was done in between.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::texts::CutTexts;
use crate::pack::Flag;

/// The counts of a part, a shard or a run.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Records that were read: lines of JSONL that are not blank, documents of texts, lines of streams if they were
    /// counted.
    pub records: u64,
    /// Records that were written.
    pub written: u64,
    /// Records that an option left out: a sample, empty documents. What is beyond a limit is not read.
    pub dropped: u64,
    pub quarantined: u64,
    /// Texts that were cleaned: with several text keys a record has several.
    pub documents: u64,
    /// Documents whose address or site was told.
    pub addressed: u64,
    /// Documents that lost something.
    pub changed: u64,
    /// Documents that were left whole because they would have lost more than the budget.
    pub over_budget: u64,
    /// Documents that were marked, by what they were marked as.
    pub flags: BTreeMap<Flag, u64>,
    /// Records without the text key, and with null for a text: written as they were.
    pub without_text: u64,
    pub null_text: u64,
    /// Pieces of lines that were too long to be looked at: written as they were.
    pub long_lines: u64,
    /// Decoded bytes that were read and written.
    pub bytes_in: u64,
    pub bytes_out: u64,
    /// Bytes of the file that were read, before decoding.
    pub raw_bytes: u64,
    /// Bytes of text that were looked at, and that were cut.
    pub text_bytes: u64,
    pub cut_bytes: u64,
    pub cuts: u64,
    pub rules: HashMap<u32, RuleTally>,
    pub texts: CutTexts,
    /// What the next level would cut as well, tried on some parts.
    pub next_level: NextLevel,
}

/// What one rule has cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleTally {
    pub cuts: u64,
    pub bytes: u64,
    pub documents: u64,
    /// The record that it cut in last, so that none counts twice.
    last: Option<u64>,
}

impl RuleTally {
    /// Counts a cut of so many bytes in a record.
    pub(super) fn count(&mut self, bytes: u64, record: u64) {
        self.cuts += 1;
        self.bytes += bytes;
        self.documents += u64::from(self.last != Some(record));
        self.last = Some(record);
    }
}

/// A trial of the next level on some of the documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NextLevel {
    pub documents: u64,
    pub text_bytes: u64,
    /// Bytes that only the next level cut.
    pub more_bytes: u64,
    /// Documents that only the next level changed, or changed more.
    pub more_documents: u64,
}

impl Tally {
    /// Adds the counts of what comes after.
    pub fn absorb(&mut self, later: Self) {
        let Self {
            records,
            written,
            dropped,
            quarantined,
            documents,
            addressed,
            changed,
            over_budget,
            flags,
            without_text,
            null_text,
            long_lines,
            bytes_in,
            bytes_out,
            raw_bytes,
            text_bytes,
            cut_bytes,
            cuts,
            rules,
            texts,
            next_level,
        } = later;
        self.records += records;
        self.written += written;
        self.dropped += dropped;
        self.quarantined += quarantined;
        self.documents += documents;
        self.addressed += addressed;
        self.changed += changed;
        self.over_budget += over_budget;
        for (flag, documents) in flags {
            *self.flags.entry(flag).or_default() += documents;
        }
        self.without_text += without_text;
        self.null_text += null_text;
        self.long_lines += long_lines;
        self.bytes_in += bytes_in;
        self.bytes_out += bytes_out;
        self.raw_bytes += raw_bytes;
        self.text_bytes += text_bytes;
        self.cut_bytes += cut_bytes;
        self.cuts += cuts;
        for (rule, tally) in rules {
            let own = self.rules.entry(rule).or_default();
            own.cuts += tally.cuts;
            own.bytes += tally.bytes;
            own.documents += tally.documents;
        }
        self.texts.absorb(texts);
        self.next_level.documents += next_level.documents;
        self.next_level.text_bytes += next_level.text_bytes;
        self.next_level.more_bytes += next_level.more_bytes;
        self.next_level.more_documents += next_level.more_documents;
    }
}
