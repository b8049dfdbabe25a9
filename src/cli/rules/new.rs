//! `dechaff rules new`: a pack to start from.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::args::NewArgs;
use crate::cli::{Outcome, say};

/// A pack with every part that a rule needs. Its example does not hold yet: what it shows is not what the rule says.
const TEMPLATE: &str = include_str!("new.toml");

pub(super) fn new(args: &NewArgs) -> anyhow::Result<Outcome> {
    check_pack_name(&args.name)?;
    let last = args.name.rsplit('/').next().unwrap_or_default();
    let file = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{last}.toml")));
    write_new(Some(&file), &TEMPLATE.replace("PACK", &args.name))?;
    if file != Path::new("-") {
        let file = file.display();
        say(&format!("wrote {file}; its example fails until you make it your own: dechaff rules test {file}"));
    }
    Ok(Outcome::Done)
}

/// Refuses what no pack may be called.
pub(super) fn check_pack_name(name: &str) -> anyhow::Result<()> {
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if name.is_empty() || !name.chars().all(legal) || name.split('/').any(str::is_empty) {
        bail!("`{name}`: a pack's name is made of letters, digits, `-`, `_`, `.` and single `/`, such as mine/gazette");
    }
    Ok(())
}

/// Writes a file that is not there yet; without one, or for `-`, to standard output.
pub(super) fn write_new(file: Option<&Path>, text: &str) -> anyhow::Result<()> {
    let Some(file) = file.filter(|file| *file != Path::new("-")) else {
        return std::io::stdout().write_all(text.as_bytes()).context("cannot write to standard output");
    };
    let told = || format!("cannot write `{}`", file.display());
    let mut new = match OpenOptions::new().write(true).create_new(true).open(file) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            bail!(
                "`{}` is there already, and rules are never written over: choose another file with -o",
                file.display()
            )
        }
        other => other.with_context(told)?,
    };
    new.write_all(text.as_bytes()).and_then(|()| new.sync_all()).with_context(told)
}
