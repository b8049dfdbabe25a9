//! Rows of text in columns.

use std::fmt::Write as _;

use dechaff::run::printable;

use crate::cli::style;

/// A table with a head; the columns `numbers` are set to the right. A column in which nothing stands is left out.
pub(super) fn table(heads: &[&str], numbers: &[usize], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| printable(cell)).collect()).collect();
    let columns = filled(heads, &rows);
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).chain([heads[at].len()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |cells: &[&str]| {
        let mut out = String::new();
        for &at in &columns {
            let (cell, width) = (cells[at], widths[at]);
            let pad = " ".repeat(width - cell.chars().count());
            let _ = if numbers.contains(&at) { write!(out, "{pad}{cell}  ") } else { write!(out, "{cell}{pad}  ") };
        }
        format!("{}\n", out.trim_end())
    };
    let strong = style::STRONG;
    let mut out = format!("{strong}{}{strong:#}", line(heads));
    for row in &rows {
        out.push_str(&line(&row.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    out
}

/// The same in Markdown, which the cells are already.
pub(super) fn markdown(heads: &[&str], numbers: &[usize], rows: &[Vec<String>]) -> String {
    let columns = filled(heads, rows);
    let line = |cell: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = columns.iter().map(|&at| cell(at)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = |at| if numbers.contains(&at) { "---:" } else { "---" }.to_owned();
    let mut out = line(&|at| heads[at].to_owned()) + &line(&rule);
    for row in rows {
        out.push_str(&line(&|at| row[at].clone()));
    }
    out
}

/// The columns in which something stands; all of them if there are no rows.
fn filled(heads: &[&str], rows: &[Vec<String>]) -> Vec<usize> {
    let is_filled = |at: &usize| rows.is_empty() || rows.iter().any(|row| !row[*at].is_empty());
    (0..heads.len()).filter(is_filled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["en/α", "12", ""], ["b", "3", ""]].map(|row| row.map(str::to_owned).to_vec());
        let shown = anstream::adapter::strip_str(&table(&["id", "n", "none"], &[1], &rows)).to_string();
        assert_eq!(shown, "id     n\nen/α  12\nb      3\n");
    }
}
