//! How far a cut reaches that takes more than its own line: to the end of the document, from its start, or over a
//! block.
//!
//! What holds it back are prose and kept lines. Never cuts: the stretch that it gives is judged like any other cut.

use super::page::Page;
use crate::pack::{Action, Level, ProseGuard};
use crate::text::Span;

/// Why a cut that would reach far does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// The document has too few prose lines, or too few would be left.
    LittleProseLeft,
    /// Too much prose would go.
    ProseLost,
    /// The exception of this number protects a line that would go.
    Kept(u32),
}

/// A line that an exception protects from rules of some levels.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeptLine {
    pub start: usize,
    pub level: Level,
    pub keeper: u32,
}

/// What of the document goes if a rule of `level` cuts as `action` says at the line that begins at `start`. `kept` is in
/// the order of the document.
pub(super) fn reach(action: Action, level: Level, start: usize, page: &Page, kept: &[KeptLine]) -> Result<Span, Held> {
    let holds = |line: &&KeptLine| level >= line.level && line.start != start;
    match action {
        Action::CutToEnd(guard) => {
            prose_allows(guard, page.prose_lines_before(start), page.prose_words_after(start), page, start)?;
            if !is_dense(guard, page.prose_words_before(start), || page.words_of_prose_before(start)) {
                return Err(Held::LittleProseLeft);
            }
            let first = kept.partition_point(|line| line.start <= start);
            match kept[first..].iter().find(holds) {
                Some(line) => Err(Held::Kept(line.keeper)),
                None => Ok(Span::new(start, page.end())),
            }
        }
        Action::CutFromStart(guard) => {
            prose_allows(guard, page.prose_lines_after(start), page.prose_words_before(start), page, start)?;
            if !is_dense(guard, page.prose_words_after(start), || page.words_of_prose_after(start)) {
                return Err(Held::LittleProseLeft);
            }
            let first = kept.partition_point(|line| line.start < start);
            match kept[..first].iter().find(holds) {
                Some(line) => Err(Held::Kept(line.keeper)),
                None => Ok(Span::new(page.begin(), page.end_of_line(start))),
            }
        }
        Action::CutBlock { max_lines } => {
            let first = kept.partition_point(|line| line.start <= start);
            let stop = kept[first..].iter().find(holds).map_or(page.end(), |line| line.start);
            Ok(Span::new(start, page.end_of_block(start, max_lines, stop)))
        }
        _ => Ok(Span::new(start, page.end_of_line(start))),
    }
}

/// Whether enough of the words where prose stands are prose. `words` is asked only if the guard asks.
fn is_dense(guard: ProseGuard, prose: usize, words: impl FnOnce() -> usize) -> bool {
    guard.least_share == 0 || prose * 1000 >= words() * usize::from(guard.least_share)
}

fn prose_allows(
    guard: ProseGuard,
    lines_left: usize,
    words_lost: usize,
    page: &Page,
    start: usize,
) -> Result<(), Held> {
    if !page.has_zones(start) || lines_left < guard.least_left {
        return Err(Held::LittleProseLeft);
    }
    if words_lost * 1000 > page.prose_words(start) * usize::from(guard.most_lost) {
        return Err(Held::ProseLost);
    }
    Ok(())
}
