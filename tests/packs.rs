//! The table of the shipped packs is the one that the command prints.
//!
//! `DECHAFF_BLESS=1` writes it anew.

#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// What stands above the table.
const HEAD: &str = "\
# The shipped packs

`dechaff rules list --packs --format markdown --measured rules/measured.json` prints this table of rules and of the
tokens that each pack cut of labelled pages; *precision* is noise / (noise + article), a dash stands where nothing was
cut or the pack has changed since it was measured, and [CONTRIBUTING.md](../CONTRIBUTING.md) tells how to measure.

";

#[test]
fn the_table_of_packs_is_what_the_command_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let printed = Command::new(env!("CARGO_BIN_EXE_dechaff"))
        .args(["rules", "list", "--packs", "--format", "markdown", "--measured", "rules/measured.json"])
        .current_dir(root)
        .output()
        .unwrap_or_else(|e| panic!("{e}"));
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let wanted = format!("{HEAD}{}", String::from_utf8_lossy(&printed.stdout));
    let file = root.join("rules/PACKS.md");
    if std::env::var_os("DECHAFF_BLESS").is_some_and(|value| value == "1") {
        fs::write(&file, &wanted).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    let stale = wanted.lines().find(|line| !found.lines().any(|found| found == *line));
    assert!(
        found == wanted,
        "rules/PACKS.md is stale, {}; write it anew: DECHAFF_BLESS=1 cargo test --test packs",
        stale.map_or_else(|| "it has lines too many".to_owned(), |line| format!("it lacks `{line}`"))
    );
}
