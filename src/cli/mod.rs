//! What a user types and sees: arguments, messages, exit codes. One file a subcommand.

mod args;
mod bench;
mod bench_args;
mod bench_helps;
mod bench_json;
mod bench_told;
mod check;
mod clean;
mod diff;
mod diff_told;
mod explain;
mod inputs;
mod lines;
mod outputs;
mod plan;
mod progress;
mod rules;
mod score;
mod signals;
mod summary;
mod survey;
mod survey_args;

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context;
use clap::{CommandFactory, FromArgMatches};
use dechaff::pack::{PackError, shipped_acting, shipped_version};
use dechaff::run::printable;

use args::{Cli, Command};

/// How a command ended that did what it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    /// A check or a test found something.
    Found,
    /// Records were set aside, or an input was damaged.
    Incomplete,
    /// The run failed; what went wrong has been told.
    Failed,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let mut command = Cli::command();
    // The packs are read only for those who ask.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == "--version") {
        command = command.long_version(&*Box::leak(versions().into_boxed_str()));
    }
    let cli = Cli::from_arg_matches(&command.get_matches()).unwrap_or_else(|e| e.exit());
    let result = match cli.command {
        Command::Clean(args) => clean::clean(&args),
        Command::Check(args) => check::check(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Diff(args) => diff::diff(&args),
        Command::Lines(args) => lines::lines(&args),
        Command::Score(args) => score::score(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Rules(command) => rules::rules(&command),
        Command::Completions { shell } => completions(shell),
        Command::Man { dir } => manual(&dir),
    };
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Ok(Outcome::Failed) => ExitCode::from(2),
        Ok(Outcome::Incomplete) => ExitCode::from(3),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            tell_error(&error);
            ExitCode::from(2)
        }
    }
}

/// The version of the program, and those of the packs that it brings.
fn versions() -> String {
    let packs = shipped_acting();
    let mut told = format!("{}\n{} shipped packs {:016x}", env!("CARGO_PKG_VERSION"), packs.len(), shipped_version());
    for pack in packs {
        // Writing to a string does not fail.
        let _ = write!(told, "\n  {} version {} {:016x}", pack.name, pack.version, pack.hash);
    }
    told
}

/// Colours of messages; terminals that want none get none.
mod style {
    use anstyle::{AnsiColor, Style};

    pub const ERROR: Style = AnsiColor::Red.on_default().bold();
    pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
    pub const STRONG: Style = Style::new().bold();
    pub const CUT: Style = AnsiColor::Red.on_default().strikethrough();
    pub const RULE: Style = AnsiColor::Cyan.on_default();
    pub const KEPT: Style = AnsiColor::Green.on_default();
    pub const FAINT: Style = Style::new().dimmed();
}

/// Text in which nothing is Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whether the reader of standard output has gone: it has what it wanted.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe);
        io || matches!(cause.downcast_ref::<dechaff::run::RunError>(), Some(dechaff::run::RunError::ClosedPipe))
    })
}

fn tell_error(error: &anyhow::Error) {
    let label = style::ERROR;
    match error.downcast_ref::<PackError>() {
        // A drawing of the place, which begins with its own label.
        Some(PackError::Illegal(drawing)) => say(drawing),
        _ => say(&format!("{label}error:{label:#} {}", printable(&format!("{error:#}")))),
    }
}

fn warn(message: &str) {
    let label = style::WARNING;
    say(&format!("{label}warning:{label:#} {}", printable(message)));
}

/// Writes a line of words for people. Nobody may be there to read it, or the disk behind it may be full: that is no
/// reason to stop.
fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

fn completions(shell: clap_complete::Shell) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "dechaff", &mut script);
    std::io::Write::write_all(&mut std::io::stdout(), &script)?;
    Ok(Outcome::Done)
}

fn manual(dir: &std::path::Path) -> anyhow::Result<Outcome> {
    let told = || format!("cannot write manual pages into `{}`", dir.display());
    std::fs::create_dir_all(dir).with_context(told)?;
    clap_mangen::generate_to(Cli::command(), dir).with_context(told)?;
    Ok(Outcome::Done)
}
