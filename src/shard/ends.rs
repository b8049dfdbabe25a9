//! Where records end.
//!
//! Takes decoded bytes that begin with a record, gives the places where one record is over and the next begins. Never
//! holds bytes: a search that ran out of them says how far it came and goes on when there are more.

use memchr::{memchr, memchr_iter, memrchr};

use super::sniff::Format;

/// What ends a record.
#[derive(Debug, Clone)]
pub(super) enum Ends {
    /// Nothing but the end of the file.
    Never,
    /// Each line feed.
    Line,
    /// A line that equals this one.
    Separator(Vec<u8>),
}

/// How far a search for an end has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    /// What stands before needs no second look.
    at: usize,
    /// Where the line under way begins; unknown when its beginning has gone.
    line: Option<usize>,
}

impl Search {
    /// A search from the start of a record.
    pub(super) fn new() -> Self {
        Self { at: 0, line: Some(0) }
    }

    /// A search that passes over ends before `from`.
    pub(super) fn starting_at(bytes: &[u8], from: usize) -> Self {
        let line = memrchr(b'\n', &bytes[..from]).map_or(0, |feed| feed + 1);
        Self { at: from, line: Some(line) }
    }

    /// The same search after the first `gone` bytes were taken away.
    pub(super) fn without(self, gone: usize) -> Self {
        let line = self.line.and_then(|line| line.checked_sub(gone));
        Self { at: self.at.saturating_sub(gone), line }
    }
}

impl Ends {
    /// What ends the records of a format.
    pub(super) fn of(format: &Format) -> Self {
        match format {
            Format::Text => Self::Never,
            Format::Lines | Format::Jsonl => Self::Line,
            Format::Separator(line) => Self::Separator(line.clone()),
        }
    }

    /// The next place where a record is over.
    pub(super) fn next(&self, bytes: &[u8], search: &mut Search) -> Option<usize> {
        if matches!(self, Self::Never) {
            search.at = bytes.len();
            return None;
        }
        while let Some(feed) = memchr(b'\n', &bytes[search.at..]) {
            let end = search.at + feed + 1;
            let begins = search.line.replace(end);
            search.at = end;
            if self.is_end(begins.map(|begins| &bytes[begins..end])) {
                return Some(end);
            }
        }
        search.at = bytes.len();
        None
    }

    /// The last place in `bytes` where a record is over; 0 if none is.
    pub(super) fn last(&self, bytes: &[u8]) -> usize {
        let mut end = match self {
            Self::Never => 0,
            Self::Line | Self::Separator(_) => line_end(bytes),
        };
        while end > 0 {
            let begins = line_end(&bytes[..end - 1]);
            if self.is_end(Some(&bytes[begins..end])) {
                return end;
            }
            end = begins;
        }
        0
    }

    /// Whether a record is over where `bytes` are, which begin with one.
    pub(super) fn is_over(&self, bytes: &[u8]) -> bool {
        let end = line_end(bytes);
        end == bytes.len() && end > 0 && self.is_end(Some(&bytes[line_end(&bytes[..end - 1])..]))
    }

    /// How many records are over in `bytes`.
    pub(super) fn count(&self, bytes: &[u8]) -> u64 {
        match self {
            Self::Never => 0,
            Self::Line => memchr_iter(b'\n', bytes).count() as u64,
            Self::Separator(_) => {
                let mut search = Search::new();
                std::iter::from_fn(|| self.next(bytes, &mut search)).count() as u64
            }
        }
    }

    /// How much of the searched bytes no later search needs to see: all but a line that may become a separator.
    pub(super) fn spent(&self, search: Search) -> usize {
        match (self, search.line) {
            (Self::Separator(separator), Some(line)) if search.at - line <= separator.len() + "\r\n".len() => line,
            _ => search.at,
        }
    }

    fn is_end(&self, line: Option<&[u8]>) -> bool {
        match self {
            Self::Never => false,
            Self::Line => true,
            Self::Separator(separator) => line.is_some_and(|line| split_ending(line).0 == separator),
        }
    }
}

/// A line without its ending, and the ending (`\n`, `\r\n` or none).
pub(super) fn split_ending(line: &[u8]) -> (&[u8], &[u8]) {
    let ending = match line {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        _ => 0,
    };
    line.split_at(line.len() - ending)
}

/// Where the last whole line of `bytes` is over.
fn line_end(bytes: &[u8]) -> usize {
    memrchr(b'\n', bytes).map_or(0, |feed| feed + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(ends: &Ends, bytes: &[u8]) -> Vec<usize> {
        let mut search = Search::new();
        std::iter::from_fn(|| ends.next(bytes, &mut search)).collect()
    }

    #[test]
    fn each_format_ends_its_records_in_its_way() {
        let separator = Ends::of(&Format::Separator(b"--".to_vec()));
        for (ends, bytes, expected) in [
            (&Ends::Never, &b"a\nb\n"[..], &[][..]),
            (&Ends::Line, b"a\n\nb", &[2, 3]),
            (&separator, b"a\n--\nb\n--\r\n--\n", &[5, 11, 14]),
            (&separator, b"---\n --\n-- \nx--\n--", &[]),
        ] {
            assert_eq!(all(ends, bytes), expected, "{ends:?}");
            assert_eq!(ends.last(bytes), expected.last().copied().unwrap_or(0));
            assert_eq!(ends.count(bytes), expected.len() as u64);
            for end in 0..=bytes.len() {
                assert_eq!(ends.is_over(&bytes[..end]), expected.contains(&end), "{ends:?} {end}");
            }
        }
    }

    #[test]
    fn a_line_whose_beginning_has_gone_is_no_separator() {
        let ends = Ends::Separator(b"--".to_vec());
        let mut search = Search::new();
        assert_eq!(ends.next(b"a long line--", &mut search), None);
        assert_eq!(ends.spent(search), 13);
        search = search.without(11);
        assert_eq!(ends.next(b"--\n--\n", &mut search), Some(6));
    }

    #[test]
    fn a_line_that_may_become_a_separator_is_kept() {
        let ends = Ends::Separator(b"--".to_vec());
        let mut search = Search::new();
        assert_eq!(ends.next(b"text\n-", &mut search), None);
        assert_eq!(ends.spent(search), 5);
        search = search.without(5);
        assert_eq!(ends.next(b"--\r\n", &mut search), Some(4));
    }
}
