//! Places in a text: spans, lines, words, prose, and a line folded to its key.
//!
//! Takes bytes, gives places in them and keys to compare; never changes a byte. Bytes that are not UTF-8 are allowed
//! everywhere: they are no letters, no blanks and no end marks.

mod edges;
mod fold;
mod line;
mod links;
mod prose;
mod rarity;
mod span;
mod units;
mod word;

pub use fold::{Case, Fold, Folded, core_into, fold_into, key_into};
pub(crate) use fold::{core_of, without_stop};
pub(crate) use line::lines_by;
pub use line::{BOM, Line, after_bom, is_blank, lines, lines_from, trim};
pub use prose::prose_words;
pub(crate) use rarity::{BYTE_SHARES, share_of};
pub use span::Span;
pub(crate) use word::has_words;
pub use word::{border, char_after, char_before, count_words, is_unspaced, is_word_char, words_of};
