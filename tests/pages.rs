//! Whole pages and what must be left of them, as a person reads it when a rule changes.
//!
//! Beside `pages/NAME.txt` stands what is left of it: `NAME.level1.txt` and `NAME.level2.txt` as an article,
//! `NAME.page.txt` as a whole page on level 1. Where such a file is missing, the page must stay as it is.
//! `DECHAFF_BLESS=1` writes these files from what happens now; look at them before you commit, for what happens is
//! not always right.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dechaff::clean::{Cleaner, Document, Options, Scratch};
use dechaff::pack::{Input, Level, shipped};
use libtest_mimic::{Arguments, Failed, Trial};

/// Every way in which a page is cleaned, by the name that its expected file ends in.
const DIALS: [(&str, Level, Input); 3] = [
    ("level1", Level::Sure, Input::Article),
    ("level2", Level::Likely, Input::Article),
    ("page", Level::Sure, Input::Page),
];
/// Equal lines shown around a difference.
const CONTEXT: usize = 2;

fn main() {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let pages = pages(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let bless = std::env::var_os("DECHAFF_BLESS").is_some_and(|value| value == "1");
    let packs = shipped();
    let mut trials = Vec::new();
    for (dial, level, input) in DIALS {
        let options = Options { level, input, ..Options::default() };
        let cleaner = Arc::new(Cleaner::new(&packs, &options).unwrap_or_else(|e| panic!("{e}")));
        for page in &pages {
            let name = page.file_stem().unwrap_or_default().to_string_lossy();
            let expected = page.with_file_name(format!("{name}.{dial}.txt"));
            let (cleaner, page) = (Arc::clone(&cleaner), page.clone());
            trials.push(Trial::test(format!("{name}.{dial}"), move || check(&cleaner, &page, &expected, bless)));
        }
    }
    trials.push(Trial::test("every expected file has its page", move || no_orphans(&folder)));
    libtest_mimic::run(&arguments, trials).exit();
}

/// The pages of the folder, without what is expected of them.
fn pages(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_page = path.file_stem().is_some_and(|stem| !stem.to_string_lossy().contains('.'));
        if is_page && path.extension().is_some_and(|extension| extension == "txt") {
            pages.push(path);
        }
    }
    pages.sort();
    Ok(pages)
}

fn check(cleaner: &Cleaner, page: &Path, expected: &Path, bless: bool) -> Result<(), Failed> {
    let text = fs::read(page)?;
    let document = Document { text: &text, ..Document::default() };
    let left = cleaner.clean(&document, &mut Scratch::default());
    if bless {
        return Ok(write_expected(expected, &text, &left.text())?);
    }
    let wanted = if expected.exists() { fs::read(expected)? } else { text.clone() };
    if *left.text() == *wanted {
        return Ok(());
    }
    let name = expected.file_name().unwrap_or_default().to_string_lossy();
    let mut message = difference(&wanted, &left.text());
    for edit in &left.edits {
        let cut = String::from_utf8_lossy(&text[edit.span.range()]);
        message.push_str(&["  cut by ", cleaner.rule_id(edit.rule), ": ", cut.trim(), "\n"].concat());
    }
    Err(format!("{name} (- must be left, + is left)\n{message}").into())
}

/// A misspelt name would go unread.
fn no_orphans(folder: &Path) -> Result<(), Failed> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Some((page, rest)) = name.strip_suffix(".txt").and_then(|stem| stem.split_once('.')) else { continue };
        if !DIALS.iter().any(|(dial, ..)| *dial == rest) || !folder.join(format!("{page}.txt")).exists() {
            return Err(format!("{name} belongs to no page").into());
        }
    }
    Ok(())
}

/// Writes what is left now; a page that stays as it is has no such file.
fn write_expected(expected: &Path, text: &[u8], left: &[u8]) -> io::Result<()> {
    if left != text {
        fs::write(expected, left)
    } else if expected.exists() {
        fs::remove_file(expected)
    } else {
        Ok(())
    }
}

/// The lines that are in one text only, with some equal ones around them.
fn difference(wanted: &[u8], found: &[u8]) -> String {
    let (wanted, found) = (lines(wanted), lines(found));
    let script = script(&wanted, &found);
    let mut shown = String::new();
    let mut skipped = false;
    for (at, &(sign, line)) in script.iter().enumerate() {
        let around = &script[at.saturating_sub(CONTEXT)..script.len().min(at + CONTEXT + 1)];
        if around.iter().any(|(sign, _)| *sign != " ") {
            shown.push_str(&["  ", sign, " ", line, "\n"].concat());
            skipped = false;
        } else if !skipped {
            shown.push_str("  ...\n");
            skipped = true;
        }
    }
    shown
}

/// The lines of a text with their endings made visible where they are not plain.
fn lines(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let mut lines: Vec<String> =
        text.split('\n').map(|line| line.replace('\r', "\\r").replace('\u{feff}', "\\u{feff}")).collect();
    match lines.last_mut() {
        Some(last) if last.is_empty() => drop(lines.pop()),
        Some(last) => last.push_str("\\ no newline"),
        None => {}
    }
    lines
}

/// The shortest way from one text to the other: a line of both (` `), of the first (`-`) or of the second (`+`).
fn script<'t>(first: &'t [String], second: &'t [String]) -> Vec<(&'t str, &'t str)> {
    // common[a][b]: the most lines that first[a..] and second[b..] share in order.
    let mut common = vec![vec![0_usize; second.len() + 1]; first.len() + 1];
    for a in (0..first.len()).rev() {
        for b in (0..second.len()).rev() {
            common[a][b] =
                if first[a] == second[b] { common[a + 1][b + 1] + 1 } else { common[a + 1][b].max(common[a][b + 1]) };
        }
    }
    let (mut a, mut b, mut script) = (0, 0, Vec::new());
    while a < first.len() || b < second.len() {
        if a < first.len() && b < second.len() && first[a] == second[b] {
            script.push((" ", first[a].as_str()));
            (a, b) = (a + 1, b + 1);
        } else if b == second.len() || a < first.len() && common[a + 1][b] >= common[a][b + 1] {
            script.push(("-", first[a].as_str()));
            a += 1;
        } else {
            script.push(("+", second[b].as_str()));
            b += 1;
        }
    }
    script
}
