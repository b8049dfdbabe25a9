//! What can be wrong with a rule file, told with its place.

use std::ops::Range;
use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// Why a rule file is no pack.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    #[error("cannot read rule file `{}`", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    /// The message is a snippet: file, line, caret, and what is legal.
    #[error("{0}")]
    Illegal(String),
}

impl PackError {
    /// An error at `span` of `text`: `what` is wrong there, and `help`, if any, is the way out.
    pub(super) fn at(source: &str, text: &str, span: Range<usize>, what: &str, help: Option<&str>) -> Self {
        let span = on_bounds(text, span);
        let snippet = Snippet::source(text).path(source).annotation(AnnotationKind::Primary.span(span));
        let mut report = vec![Level::ERROR.primary_title(what).element(snippet)];
        if let Some(help) = help {
            report.push(annotate_snippets::Group::with_title(Level::HELP.secondary_title(help)));
        }
        Self::Illegal(Renderer::plain().render(&report))
    }

    pub(super) fn not_utf8(source: &str, error: &std::string::FromUtf8Error) -> Self {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + memchr::memchr_iter(b'\n', &error.as_bytes()[..at]).count();
        Self::Illegal(format!("error: {source}:{line}: not UTF-8 at byte {at}: save the file as UTF-8"))
    }
}

/// The renderer wants a span on char bounds that is not past the end.
fn on_bounds(text: &str, span: Range<usize>) -> Range<usize> {
    let floor = |at: usize| (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    let start = floor(span.start);
    start..floor(span.end).max(start)
}
