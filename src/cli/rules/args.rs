//! What was typed after `dechaff rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Try the examples of rules: those of files, or of the shipped packs
    ///
    /// A `strips` example must be taken by its rule alone; a `keeps` example must pass all packs at the rule's level
    /// unchanged; of a `page` example exactly what it says must be left.
    Test(TestArgs),
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
