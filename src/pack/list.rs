//! Plain lists: a phrase a line.

use super::error::PackError;
use super::sought::sought;
use super::{Action, Matches, Pack, Rule};
use crate::text::{BOM, Case, Fold, Folded};

/// Reads a plain list; braces and all else in a phrase are literal. Blanks at a phrase's ends are not part of it, but
/// for [`crate::clean::Options::exact`] runs, which take the phrase as it stands.
pub(super) fn parse(text: &str, name: &str, source: &str) -> Result<Pack, PackError> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut at = text.len() - body.len();
    debug_assert!(at == 0 || at == BOM.len());
    let mut rules = Vec::new();
    for (number, line) in body.split_inclusive('\n').enumerate() {
        let span = at..at + line.len();
        at = span.end;
        let line = line.strip_suffix('\n').unwrap_or(line);
        let phrase = line.strip_suffix('\r').unwrap_or(line);
        if phrase.trim().is_empty() || phrase.starts_with('#') {
            continue;
        }
        let phrase = phrase.strip_prefix('\\').filter(|rest| rest.starts_with('#')).unwrap_or(phrase);
        let seen = |fold| !Folded::new(phrase.as_bytes(), fold, Case::Fold).core().is_empty();
        // A phrase of ornaments alone, such as `***`, can only mean itself.
        let Some(fold) = [Fold::Full, Fold::NoEdges].into_iter().find(|&fold| seen(fold)) else {
            return Err(PackError::at(
                source,
                text,
                span.start..span.start + line.len(),
                "a phrase in which nothing can be seen",
                None,
            ));
        };
        rules.push(rule(format!("{name}/{}", number + 1), format!("{source}:{}", number + 1), phrase, fold));
    }
    Ok(Pack {
        name: name.to_owned(),
        about: "A plain list.".to_owned(),
        version: 1,
        source: source.to_owned(),
        rules,
        disables: Vec::new(),
        hash: xxhash_rust::xxh3::xxh3_64(text.as_bytes()),
    })
}

fn rule(id: String, place: String, phrase: &str, fold: Fold) -> Rule {
    let rule = Rule {
        why: "A phrase of a plain list.".to_owned(),
        fold,
        ..Rule::new(id, Matches::Line(vec![phrase.to_owned()]), Action::CutLine, place)
    };
    Rule { sought: sought(&rule, rule.fold, rule.case), ..rule }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_a_phrase_a_line() {
        let pack = parse("# my noise\r\nShare {this}\r\n\n  \n\\#hashtag\n\\n\n", "mine", "mine.txt").unwrap();
        let rules: Vec<_> =
            pack.rules.iter().map(|rule| (rule.id.as_str(), rule.matches.phrases()[0].as_str())).collect();
        assert_eq!(rules, [("mine/2", "Share {this}"), ("mine/5", "#hashtag"), ("mine/6", "\\n")]);
    }

    #[test]
    fn a_phrase_of_ornaments_means_itself() {
        assert_eq!(parse("***\n", "mine", "mine.txt").unwrap().rules[0].fold, Fold::NoEdges);
    }

    #[test]
    fn a_phrase_that_cannot_be_seen_is_shown_with_its_place() {
        let error = parse("ok phrase\n\u{200b}\n", "mine", "mine.txt").unwrap_err().to_string();
        assert!(error.contains("mine.txt:2:1"), "{error}");
    }
}
