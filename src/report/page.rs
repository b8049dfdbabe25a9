//! A labelled page: a JSON record with its `text` and `lines`, each a text with a label; the lines joined by a newline
//! are the text.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::run::Sum;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// Article text.
    Keep,
    /// Chaff.
    Noise,
    /// A title, a date, a byline, or a line that joins both.
    Ambiguous,
    /// Not labelled.
    Unknown,
}

impl Label {
    pub const ALL: [Self; 4] = [Self::Keep, Self::Noise, Self::Ambiguous, Self::Unknown];
}

/// Tokens by label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Labelled([u64; 4]);

impl Labelled {
    /// The tokens of one label.
    #[must_use]
    pub fn of(&self, label: Label) -> u64 {
        self.0[label as usize]
    }

    /// The tokens of all labels.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.0.iter().sum()
    }

    pub(super) fn add(&mut self, label: Label, tokens: u64) {
        self.0[label as usize] += tokens;
    }
}

impl Sum for Labelled {
    fn absorb(&mut self, later: Self) {
        for (own, more) in self.0.iter_mut().zip(later.0) {
            *own += more;
        }
    }
}

/// A labelled page, as far as it is looked at; its text has been taken out before.
#[derive(Deserialize)]
pub(super) struct Page<'r> {
    #[serde(borrow)]
    pub lines: Vec<LabelledLine<'r>>,
    #[serde(borrow)]
    pub id: Option<&'r RawValue>,
    pub url: Option<String>,
    pub source: Option<String>,
    pub site: Option<String>,
    pub lang: Option<String>,
    pub kind: Option<String>,
    pub gold: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct LabelledLine<'r> {
    #[serde(borrow)]
    pub text: Cow<'r, str>,
    pub label: Label,
}

impl<'r> Page<'r> {
    /// Reads a record, whose text has been taken out before: the lines must be that text.
    pub(super) fn read(record: &'r [u8], text: &[u8]) -> Result<Self, String> {
        let page: Self = serde_json::from_slice(record).map_err(|e| format!("no labelled page: {e}"))?;
        check(&page.lines, text)?;
        Ok(page)
    }

    /// What to call it: its id, or else its address.
    pub(super) fn name(&self) -> Option<String> {
        self.id.and_then(spelt).or_else(|| self.url.clone().filter(|url| !url.is_empty()))
    }
}

/// The lines of a page must be its text.
fn check(lines: &[LabelledLine], text: &[u8]) -> Result<(), String> {
    let mut rest = Some(text);
    for (number, line) in (1..).zip(lines) {
        let here =
            rest.ok_or_else(|| format!("its lines do not join to its text: the text ends before line {number}"))?;
        let after = here.strip_prefix(line.text.as_bytes()).filter(|after| matches!(after.first(), None | Some(b'\n')));
        let after = after.ok_or_else(|| {
            let has = here.split(|&byte| byte == b'\n').next().unwrap_or_default();
            let has = String::from_utf8_lossy(has);
            format!(
                "its lines do not join to its text: line {number} is {:?}, and the text has {:?}",
                clip(&line.text),
                clip(&has)
            )
        })?;
        rest = after.get(1..);
    }
    match rest {
        None => Ok(()),
        Some([]) if lines.is_empty() => Ok(()),
        Some(_) => Err(format!("its lines do not join to its text: the text goes on after line {}", lines.len())),
    }
}

fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A JSON string's value, or another value as it is spelt.
fn spelt(raw: &RawValue) -> Option<String> {
    match raw.get() {
        "null" | "\"\"" => None,
        other => Some(serde_json::from_str(other).unwrap_or_else(|_| other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(json: &str) -> Page<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn lines_must_be_the_text() {
        let two = page(r#"{"lines": [{"text": "a", "label": "keep"}, {"text": "", "label": "unknown"}]}"#);
        assert_eq!(check(&two.lines, b"a\n"), Ok(()));
        for (text, said) in [
            ("a", "the text ends before line 2"),
            ("b\n", "line 1 is \"a\", and the text has \"b\""),
            ("ab\n", "line 1 is \"a\", and the text has \"ab\""),
            ("a\nb", "line 2 is \"\", and the text has \"b\""),
            ("a\n\n", "the text goes on after line 2"),
        ] {
            let told = check(&two.lines, text.as_bytes()).unwrap_err();
            assert_eq!(told, format!("its lines do not join to its text: {said}"), "{text:?}");
        }
        assert_eq!(check(&page(r#"{"lines": []}"#).lines, b""), Ok(()));
    }

    #[test]
    fn a_label_that_is_none_is_told_with_the_right_ones() {
        let wrong = r#"{"lines": [{"text": "a", "label": "nosie"}]}"#;
        let told = serde_json::from_str::<Page>(wrong).map(|_| ()).unwrap_err().to_string();
        assert!(told.contains("`nosie`") && told.contains("`keep`, `noise`, `ambiguous`, `unknown`"), "{told}");
    }
}
