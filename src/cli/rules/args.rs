//! What was typed after `dechaff rules`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use dechaff::lint::LINTS;

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Look for what is doubtful in rules; exit 1 if there is anything
    ///
    /// Phrases that another rule takes, rules that can never fire, words that articles use, missing guards, slow
    /// patterns, missing proof, unclear lines of plain lists. Your files are looked at beside the shipped packs.
    Lint(LintArgs),
    /// Try the examples of rules: those of files, or of the shipped packs
    ///
    /// A `strips` example must be taken by its rule alone; a `keeps` example must pass all packs at the rule's level
    /// unchanged; of a `page` example exactly what it says must be left.
    Test(TestArgs),
    /// Print the JSON Schema of rule files, for editors
    #[command(after_long_help = "\
Example:
  dechaff rules schema > schema.json
      With `#:schema ./schema.json` for its first line, an editor that knows Taplo (Even Better TOML)
      completes and checks a pack.")]
    Schema,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  dechaff rules test              the examples of the shipped packs
  dechaff rules test mine.toml    those of a pack of your own, together with the shipped ones")]
pub struct TestArgs {
    /// Rule files; none for the shipped packs
    pub files: Vec<PathBuf>,
    /// Leave the shipped packs out
    #[arg(long)]
    pub no_shipped: bool,
    /// Print every example, not only those that fail
    #[arg(short, long)]
    pub verbose: bool,
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
pub enum LintFormat {
    /// Place, what, why and a way out
    Human,
    /// For programs
    Json,
    /// Notes beside the lines of a change on GitHub
    Github,
}
