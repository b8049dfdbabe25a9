//! What was typed for commands that look at a dump and tell what they find: `diff`, `lines`, `score`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dechaff::report::score::{GroupBy, Show};
use dechaff::run::{Sample, parse_share};

use super::args::{InputArg, InputArgs, LevelArg, RuleArgs};

#[derive(Debug, Args)]
#[command(
    mut_arg("format", |arg| arg.long("input-format")),
    after_long_help = "\
Both sides have the rules that the options under Rules give. What is given for one side stands in
their place: --from and --to for the shipped packs, the others for the option of their name.

Examples:
  dechaff diff dump/ --add mine.toml
      What a pack of your own changes. A pack that has the name of a shipped one stands in its place.
  dechaff diff dump/ --from old-rules/ --to new-rules/ --format markdown > comment.md
      Two versions of a folder of rules, told for a review.
  dechaff diff 'crawl/**/*.jsonl.zst' --sample 1% --to-level 2
      What level 2 takes that level 1 leaves, in a sample of the records.
  dechaff diff pages.jsonl --to-ignore share --format json | jq .rules
      What would stay if a family of rules were left out.

Exit codes: 0 nothing changes, 1 something does, 2 the request was wrong, 3 records were bad or an
input damaged."
)]
pub struct DiffArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub sides: SideArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// How the differences are told
    #[arg(id = "told", long = "format", value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub format: DiffFormat,
    /// The most changed lines that are shown of each rule, the most frequent ones first
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = "Output")]
    pub max_samples: usize,
    #[command(flatten)]
    pub run: SurveyRunArgs,
}

/// What the two sides of a comparison do not have in common.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sides")]
pub struct SideArgs {
    /// Rules that the second side has as well: a pack, a plain list, or a folder of them; may be given again
    #[arg(long, value_name = "FILE|DIR")]
    pub add: Vec<PathBuf>,
    /// Packs of the first side, in place of the shipped ones [default: the shipped ones]; may be given again
    #[arg(long, value_name = "FILE|DIR")]
    pub from: Vec<PathBuf>,
    /// Packs of the second side, in place of the shipped ones [default: the shipped ones]; may be given again
    #[arg(long, value_name = "FILE|DIR")]
    pub to: Vec<PathBuf>,
    /// No shipped packs on the first side
    #[arg(long)]
    pub from_no_shipped: bool,
    /// No shipped packs on the second side
    #[arg(long)]
    pub to_no_shipped: bool,
    /// The level of the first side [default: that of --level]
    #[arg(long, value_name = "LEVEL")]
    pub from_level: Option<LevelArg>,
    /// The level of the second side [default: that of --level]
    #[arg(long, value_name = "LEVEL")]
    pub to_level: Option<LevelArg>,
    /// What the first side takes the texts for [default: that of --input]
    #[arg(long, value_name = "KIND")]
    pub from_input: Option<InputArg>,
    /// What the second side takes the texts for [default: that of --input]
    #[arg(long, value_name = "KIND")]
    pub to_input: Option<InputArg>,
    /// Only these rules on the first side [default: those of --select]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub from_select: Vec<String>,
    /// Only these rules on the second side [default: those of --select]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub to_select: Vec<String>,
    /// Without these rules on the first side [default: those of --ignore]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub from_ignore: Vec<String>,
    /// Without these rules on the second side [default: those of --ignore]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub to_ignore: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people: a table and the changed lines, coloured on a terminal
    Text,
    /// For a review comment
    Markdown,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
#[command(
    mut_arg("format", |arg| arg.long("input-format")),
    after_long_help = "\
Lines are alike if rules take them for alike (case, width, blanks and bullets do not count) or if
they differ in numbers alone: a number is shown as n in braces, the hole of rules that takes one.
A line counts once a document; with --lines each line is a document. Lines that an exception
protects are known and left out, and lines of more than 500 bytes are not counted. Memory is
bounded: there is room for 32,768 lines, one that makes up more than a 32,768th of all is never
missed, and a count that may be too low is shown with a +.

Examples:
  dechaff lines dump/
      The 50 lines that stand in most documents and that no shipped rule takes.
  dechaff lines 'crawl/**/*.jsonl.zst' --min-sites 5 --format toml > mine.toml
      Those of five sites or more, ready to be made into rules.
  dechaff lines pages.jsonl.gz --by site --top 10
      The ten most frequent lines of each site."
)]
pub struct LinesArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Count the lines of each site apart; a site is the registered domain of a record's address
    #[arg(long, value_name = "WHAT", help_heading = "Output")]
    pub by: Option<LinesBy>,
    /// The most lines that are shown, with --by of each site
    #[arg(long, value_name = "N", default_value_t = 50, help_heading = "Output")]
    pub top: usize,
    /// Only lines that stand in at least so many documents
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Output")]
    pub min_documents: u64,
    /// Only lines that stand on at least so many sites
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "by", help_heading = "Output")]
    pub min_sites: u64,
    /// How the lines are told
    #[arg(id = "told", long = "format", value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: LinesFormat,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub run: SurveyRunArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinesBy {
    /// By the registered domain of the address
    Site,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinesFormat {
    /// For people
    Table,
    /// For programs
    Json,
    /// A pack of rules to start from
    Toml,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
A labelled page is a line of JSON:
  {\"id\": …, \"source\": …, \"url\": …, \"site\": …, \"lang\": …, \"kind\": …, \"text\": \"one\\ntwo\",
   \"lines\": [{\"text\": \"one\", \"label\": \"keep\"}, {\"text\": \"two\", \"label\": \"noise\"}], \"gold\": \"one\"}
`text` is the lines joined by newlines; a label is keep (article), noise (chaff), ambiguous (titles,
dates, bylines) or unknown; `gold` is the whole article text. All but text and lines may be left out.

Columns, in tokens (words; each Han and kana character):
  none, F1   F1 of article tokens kept against noise tokens kept, before and after: mean over pages
  gap        how much of the way from none to 1 is done
  noise      share of the noise that went: more is better
  unsure     share of what is ambiguous that went
  lost       share of the article that went: less is better
  hurt       pages that lose more than 5 % of their article
  worst      the most that one page loses, and which page
  gold       how alike the cleaned text and the whole article text are, as bags of tokens

Examples:
  dechaff score labelled.jsonl --level 2 --input page
  dechaff score labelled/ --by lang --show lost -n 20
  dechaff score labelled/ --rules mine.toml --max-lost 0.05% --max-hurt 1
      For continuous integration: exit 1 if more is lost, in any row of the table.")]
pub struct ScoreArgs {
    /// JSONL files of labelled pages, plain, .gz or .zst, folders of them, quoted patterns, or `-` for standard input
    #[arg(value_name = "LABELLED", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Only a sample of the pages, such as 1%; always the same ones
    #[arg(long, value_name = "SHARE")]
    pub sample: Option<Sample>,
    /// Only the first N pages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// A row of the table for each
    #[arg(long, value_name = "WHAT", default_value = "file", help_heading = "Output")]
    pub by: ScoreBy,
    /// The most rules that are shown, those that cut most tokens first
    #[arg(long, value_name = "N", default_value_t = 20, help_heading = "Output")]
    pub top: usize,
    /// Show article lines that something was cut from, or noise lines that nothing was cut from
    #[arg(long, value_name = "WHICH", help_heading = "Output")]
    pub show: Option<ShowArg>,
    /// The most lines that --show shows, the most frequent ones first
    #[arg(short = 'n', long = "lines", value_name = "N", default_value_t = 30, help_heading = "Output")]
    pub lines: usize,
    /// How the scores are told
    #[arg(long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: ScoreFormat,
    /// Exit 1 if a row loses a larger share of its article tokens, such as 0.05%
    #[arg(long, value_name = "SHARE", value_parser = parse_share, help_heading = "Limits")]
    pub max_lost: Option<f64>,
    /// Exit 1 if more pages of a row are hurt
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub max_hurt: Option<u64>,
    /// Exit 1 if a smaller share of the noise tokens of a row goes
    #[arg(long, value_name = "SHARE", value_parser = parse_share, help_heading = "Limits")]
    pub min_noise: Option<f64>,
    #[command(flatten)]
    pub run: SurveyRunArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScoreBy {
    /// One row for all pages
    All,
    /// By file
    File,
    /// By `source`
    Source,
    /// By `lang`
    Lang,
    /// By `kind`
    Kind,
    /// By `site`, or else the registered domain of `url`
    Site,
}

impl From<ScoreBy> for GroupBy {
    fn from(by: ScoreBy) -> Self {
        match by {
            ScoreBy::All => Self::All,
            ScoreBy::File => Self::File,
            ScoreBy::Source => Self::Source,
            ScoreBy::Lang => Self::Lang,
            ScoreBy::Kind => Self::Kind,
            ScoreBy::Site => Self::Site,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShowArg {
    /// Article lines that something was cut from
    Lost,
    /// Noise lines that nothing was cut from
    Missed,
}

impl From<ShowArg> for Show {
    fn from(show: ShowArg) -> Self {
        match show {
            ShowArg::Lost => Self::Lost,
            ShowArg::Missed => Self::Missed,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Run")]
pub struct SurveyRunArgs {
    /// Threads [default: as many as there are processors]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// No progress and no notes; only the result, and what went wrong
    #[arg(short, long)]
    pub quiet: bool,
}
