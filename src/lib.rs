//! Strips the chaff from scraped text by rules that people can read.
//!
//! A document passes six stops and only ever moves right: source, lines, hits, verdicts, edits, sink. [`text`] knows
//! places in a text, [`pack`] rules as data, [`clean`] what rules make of a document, [`shard`] the files of a dump,
//! [`run`] drives many of them and times what that costs ([`run::bench`]), and [`report`] tells what can be learnt of
//! them.
//!
//! ```
//! use dechaff::clean::{Cleaner, Document, Options, Scratch};
//! use dechaff::pack::shipped;
//!
//! let cleaner = Cleaner::new(&shipped(), &Options::default())?;
//! let document = Document { text: b"The talks went on.\n\nLeave a comment\n", ..Document::default() };
//! let cleaned = cleaner.clean(&document, &mut Scratch::default());
//! assert_eq!(&*cleaned.text(), b"The talks went on.\n");
//! assert_eq!(cleaner.rule_id(cleaned.edits[0].rule), "en/comments/leave-a-comment");
//! # Ok::<(), dechaff::clean::CompileError>(())
//! ```

pub mod clean;
pub mod lint;
pub mod pack;
pub mod report;
pub mod run;
pub mod shard;
mod simd;
pub mod text;
