//! What a rule says: what matches, what goes, what must also be true, and its proof.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::sought::Sought;
use crate::text::{Case, Fold};

/// One rule of a pack; an exception (`[[keep]]`) is a rule whose action is to keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Pack and name, such as `en/comments/leave-a-comment`.
    pub id: String,
    pub why: String,
    pub family: Option<String>,
    pub level: Level,
    pub matches: Matches,
    /// What it looks for, folded as it says.
    pub sought: Vec<Sought>,
    /// Whether braces in its phrases are holes; in plain lists they are braces.
    pub holes: bool,
    pub action: Action,
    /// The most words that the whole line may have.
    pub max_words: Option<usize>,
    /// Words that must also stand in the line.
    pub all_of: Vec<String>,
    /// The words that the line may be made of; empty is any.
    pub only: Vec<String>,
    /// The parts of a document where it acts; empty is everywhere.
    pub zones: Vec<Zone>,
    pub near: Option<Near>,
    pub case: Case,
    pub fold: Fold,
    /// The kind of text that it is for; none is every kind.
    pub input: Option<Input>,
    /// The languages that it is for; empty is every one.
    pub langs: Vec<String>,
    /// The languages that it is not for.
    pub not_langs: Vec<String>,
    /// The sites that it is for; empty is every one.
    pub sites: Vec<SiteName>,
    /// The sites that it is not for.
    pub not_sites: Vec<SiteName>,
    /// Lines that the match alone must take.
    pub strips: Vec<String>,
    /// Lines that must pass all packs unchanged.
    pub keeps: Vec<String>,
    pub pages: Vec<PageExample>,
    /// Lints that were looked at and answered.
    pub allow: Vec<String>,
    /// Where it is written, for messages: source and line.
    pub place: String,
}

impl Rule {
    /// A rule of level 1 without guards, scope and examples, whose braces are braces; what it looks for is not worked out.
    pub(super) fn new(id: String, matches: Matches, action: Action, place: String) -> Self {
        Self {
            id,
            why: String::new(),
            family: None,
            level: Level::Sure,
            matches,
            sought: Vec::new(),
            holes: false,
            action,
            max_words: None,
            all_of: Vec::new(),
            only: Vec::new(),
            zones: Vec::new(),
            near: None,
            case: Case::Fold,
            fold: Fold::Full,
            input: None,
            langs: Vec::new(),
            not_langs: Vec::new(),
            sites: Vec::new(),
            not_sites: Vec::new(),
            strips: Vec::new(),
            keeps: Vec::new(),
            pages: Vec::new(),
            allow: Vec::new(),
            place,
        }
    }

    /// The pack that it stands in: its id without the last part.
    #[must_use]
    pub fn pack(&self) -> &str {
        self.id.rsplit_once('/').map_or("", |(pack, _)| pack)
    }

    /// Whether it can be judged by a line alone, without the lines around it.
    #[must_use]
    pub fn is_context_free(&self) -> bool {
        self.zones.is_empty() && self.near.is_none() && !self.action.reaches_far()
    }

    /// The rule without what only people read.
    pub(super) fn acting(self) -> Self {
        let matches = self.matches.emptied();
        let (strips, keeps, pages, allow) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { matches, why: String::new(), strips, keeps, pages, allow, ..self }
    }

    /// Whether it asks for the language or the site of a document.
    #[must_use]
    pub fn is_scoped(&self) -> bool {
        !(self.langs.is_empty() && self.not_langs.is_empty() && self.sites.is_empty() && self.not_sites.is_empty())
    }
}

/// What of a line a rule matches; the lists are never empty, and no phrase folds to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Matches {
    /// The whole line equals one of these.
    Line(Vec<String>),
    /// The line begins with one of these, on a word border.
    Prefix(Vec<String>),
    /// The line ends with one of these, on a word border.
    Suffix(Vec<String>),
    /// One of these stands in the line, on word borders.
    Inline(Vec<String>),
    /// The line is made of at least `least` of these tokens and of nothing else, glued or parted.
    Run { tokens: Vec<String>, least: usize },
    /// One of these regexes matches: the whole line, or a part of it if the action is to cut the match.
    Pattern(Vec<String>),
}

impl Matches {
    /// The phrases, tokens or regexes as they were written.
    #[must_use]
    pub fn phrases(&self) -> &[String] {
        match self {
            Self::Line(all)
            | Self::Prefix(all)
            | Self::Suffix(all)
            | Self::Inline(all)
            | Self::Run { tokens: all, .. }
            | Self::Pattern(all) => all,
        }
    }

    /// The same kind of matches without the phrases.
    fn emptied(&self) -> Self {
        match self {
            Self::Line(_) => Self::Line(Vec::new()),
            Self::Prefix(_) => Self::Prefix(Vec::new()),
            Self::Suffix(_) => Self::Suffix(Vec::new()),
            Self::Inline(_) => Self::Inline(Vec::new()),
            Self::Run { least, .. } => Self::Run { tokens: Vec::new(), least: *least },
            Self::Pattern(_) => Self::Pattern(Vec::new()),
        }
    }

    /// The key of a rule file that they stand behind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Line(_) => "line",
            Self::Prefix(_) => "prefix",
            Self::Suffix(_) => "suffix",
            Self::Inline(_) => "inline",
            Self::Run { .. } => "run",
            Self::Pattern(_) => "pattern",
        }
    }
}

/// What happens to what a rule matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// The line goes.
    CutLine,
    /// What matched goes.
    CutMatch,
    /// The line goes, and all that comes after it.
    CutToEnd(ProseGuard),
    /// The line goes, and all that comes before it.
    CutFromStart(ProseGuard),
    /// The line goes, and the lines after it up to prose or a kept line; at most so many lines that are not blank.
    CutBlock { max_lines: usize },
    /// Nothing goes: the document is marked.
    Flag(Flag),
    /// The line is protected from every rule of the same or a higher level.
    Keep,
}

impl Action {
    /// Whether it may cut lines that the rule does not match.
    #[must_use]
    pub fn reaches_far(self) -> bool {
        matches!(self, Self::CutToEnd(_) | Self::CutFromStart(_) | Self::CutBlock { .. })
    }

    /// What it is called in a rule file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CutLine => "line",
            Self::CutMatch => "match",
            Self::CutToEnd(_) => "to-end",
            Self::CutFromStart(_) => "from-start",
            Self::CutBlock { .. } => "block",
            Self::Flag(_) => "flag",
            Self::Keep => "keep",
        }
    }
}

/// How much prose a cut to the end, or from the start, may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProseGuard {
    /// The most of the document's prose words that may go, in thousandths.
    pub most_lost: u16,
    /// The prose lines that must stay, at least.
    pub least_left: usize,
    /// Of all words between the first line of the prose that stays and its last, so many must stand in prose lines,
    /// in thousandths: where prose is scarce, what follows is more likely text.
    pub least_share: u16,
}

/// What a document can be marked as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Flag {
    /// Its text ends where one would have to pay.
    Paywalled,
    /// It is no article but what a server says when it has none.
    ErrorPage,
    /// Its text breaks off.
    Truncated,
}

impl Flag {
    pub const ALL: [Self; 3] = [Self::Paywalled, Self::ErrorPage, Self::Truncated];

    /// What it is called in rule files and audits.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Paywalled => "paywalled",
            Self::ErrorPage => "error-page",
            Self::Truncated => "truncated",
        }
    }
}

/// The sites that a rule names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SiteName {
    /// A host, and every host below it.
    Host(String),
    /// Every host below this one, written `*.example.com`.
    Below(String),
}

impl fmt::Display for SiteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => f.write_str(host),
            Self::Below(host) => write!(f, "*.{host}"),
        }
    }
}

/// How sure a rule is: the dial that users turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Input {
    /// What an extractor left of a page.
    #[default]
    Article,
    /// All the text of a page.
    Page,
}

/// A part of a document, told by its prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Near {
    pub neighbours: Neighbours,
    /// How many non-blank lines away it may be.
    pub within: usize,
    pub side: Side,
}

/// Which cuts count as neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Neighbours {
    /// Those of any rule.
    Cut,
    /// Those of these rules, by full id.
    Rules(Vec<String>),
}

/// Where a neighbour must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    Before,
    After,
    Both,
}

/// A small document, and what must be left of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageExample {
    pub text: String,
    pub left: String,
    /// Its language, if that is told.
    pub lang: Option<String>,
    /// Its address, if that is told.
    pub url: Option<String>,
    /// What it is marked as.
    pub flags: Vec<Flag>,
}

/// Switches a rule off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disable {
    /// The full id.
    pub rule: String,
    /// Only for documents of these languages; empty is for all.
    pub langs: Vec<String>,
    /// Only for documents of these sites; empty is for all.
    pub sites: Vec<SiteName>,
    /// Where it is written, for messages: source and line.
    pub place: String,
}
