//! Reads packs from TOML: first the shape (by serde, which names unknown keys: `tables`), then the sense (`sense`).

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;

use super::Pack;
use super::error::PackError;
use super::tables::File;

/// Reads a pack from TOML; `source` names it in errors.
pub(super) fn parse(text: &str, source: &str) -> Result<Pack, PackError> {
    let file: File = toml::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|e| {
        let shift = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
        let span = e.span().unwrap_or(0..0);
        PackError::at(source, text, span.start + shift..span.end + shift, e.message(), None)
    })?;
    let reader = Reader { text, source, shift: usize::from(text.starts_with('\u{feff}')) * 3 };
    reader.pack(file)
}

pub(super) struct Reader<'t> {
    pub text: &'t str,
    pub source: &'t str,
    /// Bytes of a byte order mark, which spans do not count.
    pub shift: usize,
}

impl Reader<'_> {
    pub(super) fn error(&self, span: Range<usize>, what: &str) -> PackError {
        PackError::at(self.source, self.text, span.start + self.shift..span.end + self.shift, what, None)
    }

    pub(super) fn error_with(&self, span: Range<usize>, what: &str, help: &str) -> PackError {
        PackError::at(self.source, self.text, span.start + self.shift..span.end + self.shift, what, Some(help))
    }

    fn pack(&self, file: File) -> Result<Pack, PackError> {
        let name = file.pack.get_ref().clone();
        let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        if name.is_empty() || !name.chars().all(legal) || name.split('/').any(str::is_empty) {
            return Err(
                self.error(file.pack.span(), "a pack's name is made of letters, digits, `-`, `_`, `.` and single `/`")
            );
        }
        let mut rules = Vec::with_capacity(file.rule.len() + file.keep.len());
        let mut seen: HashMap<String, Range<usize>> = HashMap::new();
        for table in file.rule {
            let span = table.span();
            let table = table.into_inner();
            self.unique(&table.id, &mut seen)?;
            rules.push(self.rule(&name, &file.defaults, table, span)?);
        }
        for table in file.keep {
            let span = table.span();
            let table = table.into_inner();
            self.unique(&table.id, &mut seen)?;
            rules.push(self.keep(&name, &file.defaults, table, span)?);
        }
        let disables = file.disable.into_iter().map(|table| self.disable(table.into_inner()));
        Ok(Pack {
            name,
            about: file.about.unwrap_or_default(),
            version: file.version.unwrap_or(1),
            source: self.source.to_owned(),
            rules,
            disables: disables.collect::<Result<_, _>>()?,
            hash: xxhash_rust::xxh3::xxh3_64(self.text.as_bytes()),
        })
    }

    fn unique(&self, id: &Spanned<String>, seen: &mut HashMap<String, Range<usize>>) -> Result<(), PackError> {
        let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.get_ref().is_empty() || !id.get_ref().chars().all(legal) {
            return Err(self.error(id.span(), "an id is made of letters, digits, `-`, `_` and `.`"));
        }
        if let Some(first) = seen.insert(id.get_ref().clone(), id.span()) {
            let line = 1 + self.text[..first.start + self.shift].matches('\n').count();
            return Err(self.error(id.span(), &format!("the id `{}` is taken: line {line} has it", id.get_ref())));
        }
        Ok(())
    }

    /// The source and line of a span.
    pub(super) fn place(&self, span: Range<usize>) -> String {
        let line = 1 + self.text[..span.start + self.shift].matches('\n').count();
        format!("{}:{line}", self.source)
    }

    /// The span of the line that a table begins in, for errors about the table as a whole.
    pub(super) fn first_line(&self, span: &Range<usize>) -> Range<usize> {
        let start = span.start + self.shift;
        let end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        span.start..end.max(start) - self.shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{Action, Flag, Input, Level, Matches, Neighbours, ProseGuard, Rule, Side, SiteName, Zone};

    const HEAD: &str = "pack = \"t\"\n";

    fn rule(body: &str) -> Result<Rule, PackError> {
        let text = format!("{HEAD}[[rule]]\nid = \"a\"\n{body}\n");
        parse(&text, "t.toml").map(|mut pack| pack.rules.remove(0))
    }

    fn refusal(body: &str) -> String {
        rule(body).expect_err(body).to_string()
    }

    #[test]
    fn a_rule_says_what_matches_what_goes_and_what_must_be_true() {
        let rule = rule(
            "prefix = \"Tags:\"\nlevel = 2\nmax-words = 9\nzone = [\"tail\"]\nall-of = [\"x\"]\ncase = \"exact\"\n\
             near = { rules = [\"b\", \"other/c\"], within = 2, side = \"before\" }\ninput = \"page\"\nlang = \"en\"",
        )
        .unwrap();
        assert_eq!(rule.id, "t/a");
        assert_eq!(rule.matches, Matches::Prefix(vec!["Tags:".to_owned()]));
        assert_eq!((rule.action, rule.level, rule.max_words), (Action::CutLine, Level::Likely, Some(9)));
        assert_eq!(
            (rule.zones.as_slice(), rule.input, rule.langs.as_slice()),
            (&[Zone::Tail][..], Some(Input::Page), &["en".to_owned()][..])
        );
        let near = rule.near.unwrap();
        assert_eq!(near.neighbours, Neighbours::Rules(vec!["t/b".to_owned(), "other/c".to_owned()]));
        assert_eq!((near.within, near.side), (2, Side::Before));
    }

    #[test]
    fn a_rule_says_how_far_it_cuts_and_where() {
        let rule = rule(
            "run = [\"Facebook\", \"{n} shares\"]\nmin-tokens = 3\ncut = \"to-end\"\nmax-prose-after = 0.05\nmin-prose-share = 0.6\n\
             min-prose-before = 5\nsite = [\"example.com\", \"*.example.org\"]\nnot-lang = \"fr\"",
        )
        .unwrap();
        let tokens = ["Facebook", "{n} shares"].map(str::to_owned).to_vec();
        assert_eq!(rule.matches, Matches::Run { tokens, least: 3 });
        assert_eq!(rule.action, Action::CutToEnd(ProseGuard { most_lost: 50, least_left: 5, least_share: 600 }));
        assert_eq!(rule.sites, [SiteName::Host("example.com".to_owned()), SiteName::Below("example.org".to_owned())]);
        assert_eq!(rule.not_langs, ["fr"]);
        let flagged = super::tests::rule("line = \"x y\"\ncut = \"flag\"\nflag = \"error-page\"").unwrap();
        assert_eq!(flagged.action, Action::Flag(Flag::ErrorPage));
    }

    #[test]
    fn defaults_reach_rules_that_do_not_say_otherwise() {
        let text = "pack = \"t\"\ndefaults = { family = \"f\", level = 2, zone = [\"tail\"], cut = \"line\" }\n\
                    [[rule]]\nid = \"a\"\nline = \"one two\"\n[[rule]]\nid = \"b\"\nline = \"x y\"\nlevel = 1\nzone = [\"head\"]\n\
                    [[keep]]\nid = \"c\"\nline = \"FAQ\"\n";
        let pack = parse(text, "t.toml").unwrap();
        let told: Vec<_> = pack.rules.iter().map(|r| (r.level, r.zones.as_slice(), r.action)).collect();
        assert_eq!(
            told,
            [
                (Level::Likely, &[Zone::Tail][..], Action::CutLine),
                (Level::Sure, &[Zone::Head], Action::CutLine),
                (Level::Sure, &[], Action::Keep)
            ]
        );
        assert!(pack.rules.iter().all(|rule| rule.family.as_deref() == Some("f")));
    }

    #[test]
    fn what_is_wrong_is_shown_where_it_is() {
        for (body, place, cause) in [
            ("lines = [\"x y\"]", "t.toml:4:", "unknown field `lines`, expected one of"),
            ("line = []", "t.toml:4:", "an empty list"),
            ("line = [\"ok one\", \" \"]", "t.toml:4:", "an empty phrase"),
            ("line = [\"»\"]", "t.toml:4:", "nothing is left"),
            ("line = [\"{number} comments\"]", "t.toml:4:10", "no hole `{number}`"),
            ("line = [\"{n comments\"]", "t.toml:4:10", "is not closed"),
            ("line = [\"{n}{n}\"]", "t.toml:4:", "between two holes"),
            ("line = [\"{name}\"]", "t.toml:4:", "begins with {n}, {date} or {time}"),
            ("inline = [\"{n} likes\"]", "t.toml:4:", "begins with words"),
            ("line = \"x y\"\ncut = \"block\"", "t.toml:5:", "needs `max-lines`"),
            ("line = \"x y\"\ncut = \"flag\"", "t.toml:5:", "needs a name"),
            ("line = \"x y\"\ncut = \"flag\"\nflag = \"broken\"", "t.toml:6:", "expected one of `paywalled`"),
            ("line = \"x y\"\ncut = \"to-end\"\nmax-prose-after = 0.2", "t.toml:6:", "from 0 to 0.1"),
            ("line = \"x y\"\ncut = \"to-end\"\nmin-prose-before = 0", "t.toml:6:", "at least 1 line"),
            ("line = \"x y\"\nmax-prose-after = 0.1", "t.toml:5:", "goes with `cut = \"to-end\"` alone"),
            ("run = [\"Facebook\", \"{n}\"]", "t.toml:4:", "made of words"),
            ("run = [\"Facebook\", \"{name} x\"]", "t.toml:4:", "made of words"),
            ("run = [\"{n} a {n} b\"]", "t.toml:4:", "at most one hole"),
            ("line = \"x y\"\nmin-tokens = 3", "t.toml:5:", "only a `run`"),
            ("run = [\"x\", \"y\"]\ncut = \"match\"", "t.toml:5:", "its `cut` is \"line\""),
            ("line = \"x y\"\nsite = \"https://example.com\"", "t.toml:5:", "without scheme"),
            ("why = \"x\"", "t.toml:2:", "must say what it matches"),
            ("line = \"x y\"\ninline = \"z\"", "t.toml:5:", "only one of"),
            ("line = \"x y\"\nlevel = 3", "t.toml:5:", "a level is 1 (sure) or 2 (likely)"),
            ("line = \"x y\"\nzone = [\"foot\"]", "t.toml:5:", "expected one of `head`, `body`, `tail`"),
            ("prefix = \"Tags:\"", "t.toml:4:", "needs `max-words`"),
            ("inline = \"x\"\ncut = \"line\"", "t.toml:5:", "12 words or fewer"),
            ("line = \"x\"\ncut = \"match\"", "t.toml:5:", "its `cut` is \"line\""),
            ("pattern = \"(x\"", "t.toml:4:", "not a regex: unclosed group"),
            ("pattern = '(?:\\w{100}){100}'", "t.toml:4:", "more than 1048576 bytes"),
            ("line = \"x y\"\nmax-words = 0", "t.toml:5:", "at least 1"),
            ("line = \"x y\"\nnear = { rules = \"a\", within = 1 }", "t.toml:5:", "`rules` is \"cut\" or a list"),
            ("line = \"x y\"\nnear = { rules = \"cut\", within = 0 }", "t.toml:5:", "from 1 to 20"),
            ("line = \"x y\"\ncase = \"upper\"", "t.toml:5:", "unknown variant `upper`, expected `fold` or `exact`"),
        ] {
            let told = refusal(body);
            assert!(told.contains(place) && told.contains(cause) && told.contains('^'), "{body}:\n{told}");
        }
    }

    #[test]
    fn an_id_is_used_once() {
        let text = "pack = \"t\"\n[[rule]]\nid = \"a\"\nline = \"x y\"\n[[keep]]\nid = \"a\"\nline = \"z\"\n";
        let told = parse(text, "t.toml").unwrap_err().to_string();
        assert!(told.contains("t.toml:6:") && told.contains("line 3 has it"), "{told}");
    }

    #[test]
    fn broken_toml_is_shown_where_it_is() {
        let told = parse("\u{feff}pack = \"t\"\nrule = [\n", "t.toml").unwrap_err().to_string();
        assert!(told.contains("t.toml:"), "{told}");
        assert!(parse("\u{feff}pack = \"t\"\n", "t.toml").is_ok());
    }
}
