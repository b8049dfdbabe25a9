//! What was typed after `dechaff rules`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use dechaff::lint::LINTS;
use dechaff::shard::KeyPath;

use crate::cli::args::{InputArg, LevelArg};

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List rules, or packs
    List(ListArgs),
    /// Show all about a rule: why, phrases, guards, examples, exceptions, and how often it fired
    Show(ShowArgs),
    /// Look for what is doubtful in rules; exit 1 if there is anything
    ///
    /// Phrases that another rule takes, rules that can never fire, words that articles use, missing guards, slow
    /// patterns, missing proof, unclear lines of plain lists. Your files are looked at beside the shipped packs.
    Lint(LintArgs),
    /// Try the examples of rules: those of files, or of the shipped packs
    ///
    /// A `strips` example must be taken by its rule alone; a `keeps` example must pass all packs at the rule's level
    /// unchanged; of a `page` example exactly what it says must be left.
    ///
    /// With --corpus, texts are cleaned of which nothing may go: every cut is told, and is a failure.
    Test(TestArgs),
    /// Add up what packs cut of labelled pages, for `rules list --measured`
    Measure(MeasureArgs),
    /// Print the JSON Schema of rule files, for editors
    #[command(after_long_help = "\
Example:
  dechaff rules schema > schema.json
      With `#:schema ./schema.json` for its first line a pack is completed and checked by editors
      that know Taplo (Even Better TOML).")]
    Schema,
    /// Write a commented pack to start from, with an example that fails until it is yours
    New(NewArgs),
    /// Make a pack of a plain list
    ///
    /// Comments stay, phrases that fold alike become one, single words get a guard, and unclear lines are told and
    /// commented out.
    Import(ImportArgs),
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  dechaff rules test              the examples of the shipped packs
  dechaff rules test mine.toml    those of a pack of your own, together with the shipped ones
  dechaff rules test mine.toml --corpus articles/ --corpus prose.jsonl.gz --level 2
      and clean texts, of which nothing may be cut")]
pub struct TestArgs {
    /// Rule files; none for the shipped packs
    pub files: Vec<PathBuf>,
    /// Leave the shipped packs out
    #[arg(long)]
    pub no_shipped: bool,
    /// Print every example, not only those that fail
    #[arg(short, long)]
    pub verbose: bool,
    /// Text that must stay whole: a file, a folder or a quoted pattern, of any kind that clean reads; may be given
    /// again
    #[arg(long, value_name = "FILE|DIR", help_heading = "Corpus")]
    pub corpus: Vec<PathBuf>,
    /// How sure the rules are that the corpus is tried with: 1 sure, 2 likely too
    #[arg(long, value_name = "LEVEL", default_value = "1", requires = "corpus", help_heading = "Corpus")]
    pub level: LevelArg,
    /// What the texts of the corpus are
    #[arg(long, value_name = "KIND", default_value = "article", requires = "corpus", help_heading = "Corpus")]
    pub input: InputArg,
    /// The key of the text in JSON records [default: text, or the one usual key that is there]
    #[arg(long, value_name = "KEY", requires = "corpus", help_heading = "Corpus")]
    pub text_key: Vec<KeyPath>,
}

#[derive(Debug, Args)]
pub struct PackArgs {
    /// Add rules: a TOML pack, a plain .txt list, or a folder of them; may be given again
    #[arg(long, value_name = "FILE|DIR")]
    pub rules: Vec<PathBuf>,
    /// Leave the shipped packs out
    #[arg(long)]
    pub no_shipped: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  dechaff rules list --select en/comments
  dechaff rules list --level 2 --kind prefix,suffix
  dechaff rules list --packs
  dechaff rules list --packs --format markdown --measured rules/measured.json
  dechaff rules list --rules mine.toml --no-shipped --format json | jq '.[].phrases[]'")]
pub struct ListArgs {
    /// Only rules of this id, pack (en, en/comments), family or language; may be given again
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub select: Vec<String>,
    /// No rules of this id, pack, family or language; may be given again
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Only rules of this level
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<LevelArg>,
    /// Only rules that match in this way; may be given again
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub kind: Vec<KindArg>,
    /// Only rules for whole pages, or only those for every kind of text
    #[arg(long, value_name = "KIND")]
    pub input: Option<InputArg>,
    /// A line a pack: version, hash, and how many rules, phrases and examples it has
    #[arg(long = "packs")]
    pub by_pack: bool,
    /// What the packs cut of labelled pages, level by level, in tokens: a file that `dechaff rules measure` wrote. A dash
    /// stands for packs that cut nothing, and for those that have changed since
    #[arg(long, value_name = "FILE", requires = "by_pack")]
    pub measured: Option<PathBuf>,
    /// How they are listed
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
    #[command(flatten)]
    pub packs: PackArgs,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  dechaff score labelled/ --level 1 --format json > 1.json
  dechaff score labelled/ --level 2 --format json > 2.json
  dechaff rules measure 1.json 2.json > measured.json
      The scores of pages and of articles, which take different rules, may be added up, too.")]
pub struct MeasureArgs {
    /// What `dechaff score --format json` printed, with the same rules on level 1 and level 2
    #[arg(value_name = "SCORE", required = true)]
    pub scores: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  dechaff rules show en/comments/leave-a-comment
  dechaff rules show leave-a-comment --audit cuts.jsonl.zst
  dechaff rules show mine/gazette/follow-prompt --rules gazette.toml")]
pub struct ShowArgs {
    /// Ids of rules; the last part is enough if only one rule is called so
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// How often it fired: an audit that `dechaff clean --audit` wrote, or a folder of them; .gz and .zst, too
    #[arg(long, value_name = "FILE|DIR")]
    pub audit: Option<PathBuf>,
    #[command(flatten)]
    pub packs: PackArgs,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  dechaff rules lint                                  the shipped packs
  dechaff rules lint mine.toml my_noise.txt           rules of your own, beside the shipped ones
  dechaff rules lint rules/ --format github           notes beside the lines of a pull request
  dechaff rules lint mine.toml --ignore no-keeps,single-word")]
pub struct LintArgs {
    /// Rule files or folders of them; none for the shipped packs
    pub files: Vec<PathBuf>,
    /// Leave the shipped packs out
    #[arg(long)]
    pub no_shipped: bool,
    /// Only this lint; may be given again
    #[arg(long, value_name = "LINT", value_delimiter = ',', value_parser = lint_names(), hide_possible_values = true)]
    pub only: Vec<String>,
    /// Not this lint; may be given again
    #[arg(long, value_name = "LINT", value_delimiter = ',', value_parser = lint_names())]
    pub ignore: Vec<String>,
    /// How findings are told
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: LintFormat,
}

fn lint_names() -> PossibleValuesParser {
    PossibleValuesParser::new(LINTS.iter().map(|lint| lint.name))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Columns for people
    Table,
    /// A table in Markdown; packs by folder, with sums
    Markdown,
    /// All of it, for programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// Place, what, why and a way out
    Human,
    /// For programs
    Json,
    /// Notes beside the lines of a change on GitHub
    Github,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  dechaff rules new mine/gazette               gazette.toml
  dechaff rules new mine/gazette -o rules/mine/gazette.toml")]
pub struct NewArgs {
    /// The pack's name, such as mine/gazette: the ids of its rules begin with it
    pub name: String,
    /// The file, which must not be there yet; `-` for standard output [default: the last part of NAME, .toml]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  dechaff rules import my_noise.txt -o my_noise.toml
  dechaff rules import prompts.txt --kind prefix --max-words 8 --level 2 --pack mine/prompts")]
pub struct ImportArgs {
    /// A phrase a line, # comments; `-` for standard input
    pub list: PathBuf,
    /// What the phrases match
    #[arg(long, value_name = "KIND", default_value = "line")]
    pub kind: ImportKind,
    /// The level of the rules
    #[arg(long, value_name = "LEVEL", default_value = "1")]
    pub level: LevelArg,
    /// The pack's name [default: mine/ and the name of the list]
    #[arg(long, value_name = "NAME")]
    pub pack: Option<String>,
    /// For prefixes and suffixes: the most words that their line may have
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..))]
    pub max_words: u16,
    /// The file, which must not be there yet [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How a rule matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// Whole lines
    Line,
    /// Beginnings of lines
    Prefix,
    /// Ends of lines
    Suffix,
    /// Parts of lines
    Inline,
    /// Lines of nothing but tokens
    Run,
    /// Regexes
    Pattern,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportKind {
    /// Whole lines
    Line,
    /// Beginnings of lines
    Prefix,
    /// Ends of lines
    Suffix,
    /// Parts of lines
    Inline,
    /// Tokens of lines that hold nothing else
    Run,
}

impl KindArg {
    /// The key of a rule that says it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Prefix => "prefix",
            Self::Suffix => "suffix",
            Self::Inline => "inline",
            Self::Run => "run",
            Self::Pattern => "pattern",
        }
    }
}

impl ImportKind {
    /// The key of a rule that says it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Prefix => "prefix",
            Self::Suffix => "suffix",
            Self::Inline => "inline",
            Self::Run => "run",
        }
    }
}
