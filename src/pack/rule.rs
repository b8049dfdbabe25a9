//! What a rule says: what matches, what goes, what must also be true, and its proof.

use std::fmt;

use crate::text::{Case, Fold};

/// One rule of a pack; an exception (`[[keep]]`) is a rule whose action is to keep.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Pack and name, such as `en/comments/leave-a-comment`.
    pub id: String,
    pub why: String,
    pub family: Option<String>,
    pub level: Level,
    pub matches: Matches,
    pub action: Action,
    /// The most words that the whole line may have.
    pub max_words: Option<usize>,
    /// Words that must also stand in the line.
    pub all_of: Vec<String>,
    /// The parts of a document where it acts; empty is everywhere.
    pub zones: Vec<Zone>,
    pub near: Option<Near>,
    pub case: Case,
    pub fold: Fold,
    /// The kind of text that it is for; none is every kind.
    pub input: Option<Input>,
    /// The languages that it is for; empty is every one.
    pub langs: Vec<String>,
    /// Lines that the match alone must take.
    pub strips: Vec<String>,
    /// Lines that must pass all packs unchanged.
    pub keeps: Vec<String>,
    pub pages: Vec<PageExample>,
    /// Where it is written, for messages: source and line.
    pub place: String,
}

impl Rule {
    /// The pack that it stands in: its id without the last part.
    #[must_use]
    pub fn pack(&self) -> &str {
        self.id.rsplit_once('/').map_or("", |(pack, _)| pack)
    }

    /// Whether it can be judged by a line alone, without the document around it.
    #[must_use]
    pub fn is_context_free(&self) -> bool {
        self.zones.is_empty() && self.near.is_none()
    }
}

/// What of a line a rule matches; the lists are never empty, and no phrase folds to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matches {
    /// The whole line equals one of these.
    Line(Vec<String>),
    /// The line begins with one of these, on a word border.
    Prefix(Vec<String>),
    /// The line ends with one of these, on a word border.
    Suffix(Vec<String>),
    /// One of these stands in the line, on word borders.
    Inline(Vec<String>),
    /// One of these regexes matches: the whole line, or a part of it if the action is to cut the match.
    Pattern(Vec<String>),
}

impl Matches {
    /// The phrases or regexes as they were written.
    #[must_use]
    pub fn phrases(&self) -> &[String] {
        match self {
            Self::Line(all) | Self::Prefix(all) | Self::Suffix(all) | Self::Inline(all) | Self::Pattern(all) => all,
        }
    }
}

/// What happens to what a rule matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The line goes.
    CutLine,
    /// What matched goes.
    CutMatch,
    /// The line is protected from every rule of the same or a higher level.
    Keep,
}

/// How sure a rule is: the dial that users turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// Sure.
    #[default]
    Sure,
    /// Likely.
    Likely,
}

impl Level {
    /// The level that is written as this number.
    #[must_use]
    pub fn from_number(number: usize) -> Option<Self> {
        match number {
            1 => Some(Self::Sure),
            2 => Some(Self::Likely),
            _ => None,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sure => "1",
            Self::Likely => "2",
        })
    }
}

/// What kind of text a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Input {
    /// What an extractor left of a page.
    #[default]
    Article,
    /// All the text of a page.
    Page,
}

/// A part of a document, told by its prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Zone {
    /// Before the first prose line.
    Head,
    /// Between the two.
    Body,
    /// After the line with which nine tenths of the prose words are out.
    Tail,
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "head",
            Self::Body => "body",
            Self::Tail => "tail",
        })
    }
}

/// What must have been cut close to a line. Sees only what rules without neighbours of their own cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    pub neighbours: Neighbours,
    /// How many non-blank lines away it may be.
    pub within: usize,
    pub side: Side,
}

/// Which cuts count as neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Neighbours {
    /// Those of any rule.
    Cut,
    /// Those of these rules, by full id.
    Rules(Vec<String>),
}

/// Where a neighbour must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    After,
    Both,
}

/// A small document, and what must be left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageExample {
    pub text: String,
    pub left: String,
}

/// Switches a rule off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disable {
    /// The full id.
    pub rule: String,
    /// Only for documents of these languages; empty is for all.
    pub langs: Vec<String>,
    /// Where it is written, for messages: source and line.
    pub place: String,
}
