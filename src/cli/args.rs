//! What was typed.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use dechaff::run::Sample;
use dechaff::shard::KeyPath;

use super::bench_args::BenchArgs;
use super::rules::args::RulesCommand;
use super::survey_args::{DiffArgs, LinesArgs, ScoreArgs};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Strips the chaff from scraped text by rules that people can read.
///
/// Share bars, comment forms, cookie banners, newsletter prompts, photo credits and their like go; article text stays,
/// byte for byte. Every cut has a rule, every rule has examples, and every byte that went can be written to an audit.
#[derive(Debug, Parser)]
#[command(name = "dechaff", version, styles = STYLES, arg_required_else_help = true, after_long_help = "\
Examples:
  dechaff clean dump/ -o cleaned                 a folder of .txt, .jsonl, .jsonl.gz and .jsonl.zst files
  dechaff clean pages.jsonl.gz -o clean.jsonl.gz --level 2 --audit cuts.jsonl
  zcat pages.jsonl.gz | dechaff clean > clean.jsonl
  dechaff explain article.txt                    what would be cut from it, by which rule and why

Exit codes:
  0    done
  1    check or a test found something, a diff or a limit of a score
  2    the request was wrong and nothing was written, or the run failed
  3    done, but records were set aside, or an input was damaged
  130  interrupted (143: terminated); no half-written file is left")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Clean a dump: same files, same formats, same compression, without the chaff
    Clean(Box<CleanArgs>),
    /// Report chaff and change nothing; exit 1 if there is any
    Check(Box<CheckArgs>),
    /// Show one document with what would be cut, the rule and why
    Explain(Box<ExplainArgs>),
    /// Compare two sets of rules on a dump; exit 1 if anything changes
    Diff(Box<DiffArgs>),
    /// List the most frequent lines of a dump that no rule takes
    Lines(Box<LinesArgs>),
    /// Score rules on labelled pages: chaff cut, text lost, pages hurt
    Score(Box<ScoreArgs>),
    /// Time what a dump costs on this machine: stage by stage, rule by rule, and 1 TB of it
    Bench(Box<BenchArgs>),
    /// Work with rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Print a completion script for a shell
    #[command(after_long_help = "\
Examples:
  dechaff completions bash > ~/.local/share/bash-completion/completions/dechaff
  dechaff completions zsh > ~/.zfunc/_dechaff
  dechaff completions fish > ~/.config/fish/completions/dechaff.fish")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write manual pages into a folder
    #[command(after_long_help = "\
Example:
  dechaff man ~/.local/share/man/man1 && man dechaff-clean")]
    Man {
        /// The folder
        dir: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  dechaff clean dump/ -o cleaned
      Every text and JSONL file below dump/, to the same relative path below cleaned/.
  dechaff clean 'crawl/**/*.jsonl.zst' -o cleaned --level 2 -j 8
      Quoted, so that dechaff expands the pattern; likely chaff goes as well.
  dechaff clean news.jsonl --text-key article.body -o clean.jsonl --audit cuts.jsonl.zst
      The text of each record is in {\"article\": {\"body\": …}}; every cut is told.
  dechaff clean big.txt --lines --rules my_noise.txt --no-shipped -o big.clean.txt
      A stream of lines of any size, in constant memory, by a list of your own.
  zcat pages.jsonl.gz | dechaff clean --quarantine bad.jsonl | gzip > clean.jsonl.gz
      From standard input to standard output.")]
pub struct CleanArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub run: RunArgs,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  dechaff check article.txt          article.txt:1: en/comments/leave-a-comment: Leave a comment
  dechaff check -q dump/ && echo clean")]
pub struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub run: RunArgs,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  dechaff explain article.txt
  dechaff explain pages.jsonl.gz --record 18422 --level 2
  pbpaste | dechaff explain")]
pub struct ExplainArgs {
    /// A text, or JSONL with --record; standard input if absent or `-`
    pub file: Option<PathBuf>,
    /// Which record of a JSONL file, counted from 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub record: u64,
    /// What the input is, if looking at it does not tell
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<FormatArg>,
    /// The key of the text in JSON records
    #[arg(long, value_name = "KEY")]
    pub text_key: Option<KeyPath>,
    /// The language of the text, if its record does not tell; otherwise it is found when a rule asks
    #[arg(long, value_name = "LANG")]
    pub lang: Option<String>,
    /// The address of the text, if its record does not tell
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Show only lines that something was found in
    #[arg(long)]
    pub hits_only: bool,
    #[command(flatten)]
    pub rules: RuleArgs,
}

/// Which files, and how they are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct SourceArgs {
    /// Files, folders, quoted patterns such as 'dump/**/*.jsonl.gz', or `-` for standard input (the default)
    #[arg(value_name = "IN")]
    pub inputs: Vec<PathBuf>,
    /// Read the names of inputs from a file, one a line (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
    /// What the inputs are, if looking at them does not tell
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["lines", "separator"])]
    pub format: Option<FormatArg>,
    /// Take each file as one stream of lines, in constant memory; only rules that need no context act
    #[arg(long, conflicts_with = "separator")]
    pub lines: bool,
    /// Take each file as many documents with this line between them
    #[arg(long, value_name = "LINE", allow_hyphen_values = true)]
    pub separator: Option<String>,
    /// The key of the text in JSON records, with dots into objects; may be given again [default: text, or the one
    /// usual key that is there]
    #[arg(long, value_name = "KEY")]
    pub text_key: Vec<KeyPath>,
    /// The key of the id that the audit names records by [default: id]
    #[arg(long, value_name = "KEY")]
    pub id_key: Option<KeyPath>,
    /// The key of the address [default: url, or metadata.url]
    #[arg(long, value_name = "KEY")]
    pub url_key: Option<KeyPath>,
    /// The key of the language; rules for other languages leave the record alone [default: lang]
    #[arg(long, value_name = "KEY")]
    pub lang_key: Option<KeyPath>,
    /// The longest record that is held in memory; longer ones are set aside
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = parse_size)]
    pub max_record: usize,
}

impl SourceArgs {
    /// What it is to name `inputs` and nothing else.
    pub fn of(inputs: Vec<PathBuf>) -> Self {
        Self {
            inputs,
            files_from: None,
            format: None,
            lines: false,
            separator: None,
            text_key: Vec::new(),
            id_key: None,
            url_key: None,
            lang_key: None,
            max_record: 64 << 20,
        }
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// Only a sample of the records, such as 1%; always the same ones
    #[arg(long, value_name = "SHARE")]
    pub sample: Option<Sample>,
    /// Only the first N records
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Args)]
#[command(next_help_heading = "Rules")]
pub struct RuleArgs {
    /// Add rules: a TOML pack, a plain .txt list, or a folder of them; may be given again
    #[arg(long, value_name = "FILE|DIR")]
    pub rules: Vec<PathBuf>,
    /// Leave the shipped packs out
    #[arg(long)]
    pub no_shipped: bool,
    /// Only rules of this id, pack (en, en/comments), family or language; may be given again
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub select: Vec<String>,
    /// No rules of this id, pack, family or language; may be given again
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// What the texts are: what an extractor left of a page, or all the text of it
    #[arg(long, value_name = "KIND", default_value = "article")]
    pub input: InputArg,
    /// How sure a rule must be: 1 sure, 2 likely too
    #[arg(long, value_name = "LEVEL", default_value = "1")]
    pub level: LevelArg,
    /// Take every phrase verbatim: case, blanks and punctuation count
    #[arg(long)]
    pub exact: bool,
    /// Leave a document whole that would lose a larger share of the words of its prose
    #[arg(long, value_name = "SHARE", default_value = "30%", value_parser = dechaff::run::parse_share)]
    pub prose_budget: f64,
    /// Leave a document whole that would lose a larger share of all its words (article input only)
    #[arg(long, value_name = "SHARE", default_value = "60%", value_parser = dechaff::run::parse_share)]
    pub word_budget: f64,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct OutputArgs {
    /// A file for one input, a folder for several; standard output if absent
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Replace files that are there already
    #[arg(long)]
    pub overwrite: bool,
    /// The level of compression, for gzip 0 to 9 [6], for zstd 1 to 22 [3]
    #[arg(long, value_name = "N")]
    pub compress_level: Option<i32>,
    /// Write nothing; only count
    #[arg(long)]
    pub dry_run: bool,
    /// Leave out documents of which nothing is left
    #[arg(long)]
    pub drop_empty: bool,
    /// Tell every cut: a JSONL file for one input, a folder of them for several; .gz or .zst by name
    #[arg(long, value_name = "PATH")]
    pub audit: Option<PathBuf>,
    /// Whether the audit holds the text of each cut
    #[arg(long, value_name = "WHAT", default_value = "full")]
    pub audit_text: AuditText,
    /// Set bad records aside in this file [default: _dechaff/quarantine.jsonl in OUT, or OUT.dechaff/quarantine.jsonl]
    #[arg(long, value_name = "FILE")]
    pub quarantine: Option<PathBuf>,
    /// Exit 3 only if more bad records than this share, or this number of them, were set aside
    #[arg(long, value_name = "SHARE|N", default_value = "0")]
    pub max_quarantine: MaxQuarantine,
    /// Stop at the first bad record
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Run")]
pub struct RunArgs {
    /// Threads [default: as many as there are processors]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Write the summary to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub summary_json: Option<PathBuf>,
    /// No progress and no summary; only what went wrong
    #[arg(short, long)]
    pub quiet: bool,
    /// A longer summary: every rule, idle ones by name
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// A file is a document
    Text,
    /// A line is a JSON record
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InputArg {
    /// What an extractor left of a page
    Article,
    /// All the text of a page, as in WET
    Page,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LevelArg {
    /// Sure
    #[value(name = "1")]
    One,
    /// Likely as well
    #[value(name = "2")]
    Two,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuditText {
    /// With the text of each cut
    Full,
    /// Rules and places alone
    None,
}

/// How many bad records are no failure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxQuarantine {
    Share(f64),
    Records(u64),
}

impl std::str::FromStr for MaxQuarantine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<u64>() {
            Ok(records) => Ok(Self::Records(records)),
            Err(_) => dechaff::run::parse_share(text)
                .map(Self::Share)
                .map_err(|e| format!("a number of records, or a share: {e}")),
        }
    }
}

/// Reads a number of bytes, such as `64M` or `1GiB`; the units are powers of 1024.
pub(super) fn parse_size(text: &str) -> Result<usize, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let unit = match text[digits..].to_ascii_lowercase().trim_end_matches("ib").trim_end_matches('b') {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return Err("a size is a number of bytes, such as 64M or 1GiB".to_owned()),
    };
    let size = text[..digits].parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    size.filter(|&size| size > 0).ok_or_else(|| "a size is a number of bytes, such as 64M or 1GiB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        for (text, size) in [
            ("1", Some(1)),
            ("64M", Some(64 << 20)),
            ("1GiB", Some(1 << 30)),
            ("2kb", Some(2048)),
            ("0", None),
            ("x", None),
            ("9T", None),
        ] {
            assert_eq!(parse_size(text).ok(), size, "{text}");
        }
    }
}
