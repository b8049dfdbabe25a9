//! Reads packs from TOML: first the shape (by serde, which names unknown keys), then the sense.

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;

use super::error::PackError;
use super::tables::{
    CaseName, CutName, Defaults, DisableTable, File, FoldName, InputName, KeepTable, NearTable, Number, RuleTable,
    SideName, Strings, ZoneName, Zones,
};
use super::{Action, Disable, Input, Level, Matches, Near, Neighbours, Pack, PageExample, Rule, Side, Zone};
use crate::text::{Case, Fold};

/// The most words that a line may have which an in-line phrase takes whole.
const INLINE_LINE_WORDS: usize = 12;
/// The farthest that a neighbour may be.
const NEAR_MOST: usize = 20;

/// How closely patterns are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patterns {
    /// Each is compiled, so that what cannot be used is shown where it stands.
    Compiled,
    /// They are taken on trust: those of shipped packs have been compiled by a test.
    Trusted,
}

/// Reads a pack from TOML; `source` names it in errors.
pub(super) fn parse(text: &str, source: &str, patterns: Patterns) -> Result<Pack, PackError> {
    let file: File = toml::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|e| {
        let shift = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
        let span = e.span().unwrap_or(0..0);
        PackError::at(source, text, span.start + shift..span.end + shift, e.message(), None)
    })?;
    let reader = Reader { text, source, patterns, shift: usize::from(text.starts_with('\u{feff}')) * 3 };
    reader.pack(file)
}

/// What rules and exceptions are both made of.
pub(super) struct Parts {
    pub kind: Kind,
    pub matches: Spanned<Strings>,
    pub fold: Fold,
    pub case: Case,
    pub max_words: Option<Spanned<Number>>,
    pub all_of: Option<Spanned<Strings>>,
    /// Whether a pattern must match its whole line.
    pub whole: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Line,
    Prefix,
    Suffix,
    Inline,
    Pattern,
}

pub(super) struct Reader<'t> {
    pub text: &'t str,
    pub source: &'t str,
    pub patterns: Patterns,
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
        let disables = file.disable.into_iter().map(|table| self.disable(table.into_inner())).collect();
        let hash = xxhash_rust::xxh3::xxh3_64(self.text.as_bytes());
        Ok(Pack { name, version: file.version.unwrap_or(1), source: self.source.to_owned(), rules, disables, hash })
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

    fn rule(&self, pack: &str, defaults: &Defaults, table: RuleTable, span: Range<usize>) -> Result<Rule, PackError> {
        let (kind, matches) = self.one_kind(
            &span,
            [
                (Kind::Line, table.line),
                (Kind::Prefix, table.prefix),
                (Kind::Suffix, table.suffix),
                (Kind::Inline, table.inline),
                (Kind::Pattern, table.pattern),
            ],
        )?;
        let mut parts = Parts {
            kind,
            matches,
            fold: fold(table.fold.or(defaults.fold)),
            case: case(table.case.or(defaults.case)),
            max_words: table.max_words.or_else(|| defaults.max_words.clone()),
            all_of: table.all_of,
            whole: true,
        };
        let own_cut = table.cut.is_some();
        let action = self
            .action(&parts, table.cut.or_else(|| defaults.cut.clone()).filter(|_| own_cut || kind_takes_cut(kind)))?;
        parts.whole = action != Action::CutMatch;
        if matches!(kind, Kind::Prefix | Kind::Suffix) && parts.max_words.is_none() {
            let what = "a prefix or suffix needs `max-words`, the most words that its line may have";
            return Err(self.error_with(parts.matches.span(), what, "add for example `max-words = 10`"));
        }
        let near = table.near.or_else(|| defaults.near.clone()).map(|near| self.near(pack, &near)).transpose()?;
        let mut rule = self.common(pack, &table.id, parts)?;
        rule.why = table.why.unwrap_or_default();
        rule.family = table.family.or_else(|| defaults.family.clone());
        rule.level = self.level(table.level.or_else(|| defaults.level.clone()))?;
        rule.action = action;
        rule.zones = self.zones(table.zone.or_else(|| defaults.zone.clone()))?;
        rule.near = near;
        rule.input = table.input.or(defaults.input).map(|InputName::Page| Input::Page);
        rule.langs = table.lang.or_else(|| defaults.lang.clone()).unwrap_or_default().into_vec();
        rule.strips = table.strips.unwrap_or_default().into_vec();
        rule.keeps = table.keeps.unwrap_or_default().into_vec();
        rule.pages = table.page.into_iter().map(|page| PageExample { text: page.text, left: page.left }).collect();
        Ok(rule)
    }

    fn keep(&self, pack: &str, defaults: &Defaults, table: KeepTable, span: Range<usize>) -> Result<Rule, PackError> {
        let (kind, matches) = self.one_kind(
            &span,
            [
                (Kind::Line, table.line),
                (Kind::Prefix, table.prefix),
                (Kind::Suffix, table.suffix),
                (Kind::Inline, table.inline),
                (Kind::Pattern, table.pattern),
            ],
        )?;
        let parts = Parts {
            kind,
            matches,
            fold: fold(table.fold),
            case: case(table.case),
            max_words: table.max_words,
            all_of: table.all_of,
            whole: true,
        };
        let mut rule = self.common(pack, &table.id, parts)?;
        rule.why = table.why.unwrap_or_default();
        rule.family = table.family.or_else(|| defaults.family.clone());
        rule.level = self.level(table.level)?;
        rule.langs = table.lang.unwrap_or_default().into_vec();
        rule.keeps = table.keeps.unwrap_or_default().into_vec();
        Ok(rule)
    }

    fn disable(&self, table: DisableTable) -> Disable {
        let place = self.place(table.rule.span());
        Disable { rule: table.rule.into_inner(), langs: table.lang.unwrap_or_default().into_vec(), place }
    }

    /// The source and line of a span.
    fn place(&self, span: Range<usize>) -> String {
        let line = 1 + self.text[..span.start + self.shift].matches('\n').count();
        format!("{}:{line}", self.source)
    }

    fn one_kind(
        &self,
        span: &Range<usize>,
        kinds: [(Kind, Option<Spanned<Strings>>); 5],
    ) -> Result<(Kind, Spanned<Strings>), PackError> {
        let mut found = kinds.into_iter().filter_map(|(kind, matches)| matches.map(|matches| (kind, matches)));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (None, _) => Err(self.error(
                self.first_line(span),
                "a rule must say what it matches: one of `line`, `prefix`, `suffix`, `inline`, `pattern`",
            )),
            (Some(_), Some((_, second))) => Err(self.error_with(
                second.span(),
                "a rule matches in one way: only one of `line`, `prefix`, `suffix`, `inline`, `pattern`",
                "make a second rule of it",
            )),
        }
    }

    fn action(&self, parts: &Parts, cut: Option<Spanned<CutName>>) -> Result<Action, PackError> {
        let most = parts.max_words.as_ref().map(|words| words.get_ref().0);
        let cut = cut.map(|cut| (*cut.get_ref(), cut.span()));
        match (parts.kind, cut) {
            (Kind::Inline, Some((CutName::Line, span))) if most.is_none_or(|most| most > INLINE_LINE_WORDS) => {
                Err(self.error_with(
                    span,
                    &format!(
                        "an in-line phrase takes its whole line only from lines of {INLINE_LINE_WORDS} words or fewer"
                    ),
                    &format!("add `max-words = {INLINE_LINE_WORDS}` or less, or leave `cut` at \"match\""),
                ))
            }
            (Kind::Line, Some((CutName::Match, span))) => {
                Err(self.error(span, "a `line` rule matches the whole line: its `cut` is \"line\""))
            }
            (_, Some((CutName::Line, _))) | (Kind::Line | Kind::Prefix | Kind::Suffix | Kind::Pattern, None) => {
                Ok(Action::CutLine)
            }
            (_, Some((CutName::Match, _))) | (Kind::Inline, None) => Ok(Action::CutMatch),
        }
    }

    fn common(&self, pack: &str, id: &Spanned<String>, parts: Parts) -> Result<Rule, PackError> {
        self.phrases(&parts)?;
        if let Some(words) = parts.max_words.as_ref().filter(|words| words.get_ref().0 == 0) {
            return Err(self.error(words.span(), "`max-words` is at least 1"));
        }
        let all_of = parts.all_of.map(|words| self.filled(words)).transpose()?.unwrap_or_default();
        let phrases = parts.matches.into_inner().into_vec();
        Ok(Rule {
            id: format!("{pack}/{}", id.get_ref()),
            why: String::new(),
            family: None,
            level: Level::Sure,
            matches: match parts.kind {
                Kind::Line => Matches::Line(phrases),
                Kind::Prefix => Matches::Prefix(phrases),
                Kind::Suffix => Matches::Suffix(phrases),
                Kind::Inline => Matches::Inline(phrases),
                Kind::Pattern => Matches::Pattern(phrases),
            },
            action: Action::Keep,
            max_words: parts.max_words.map(|words| words.into_inner().0),
            all_of,
            zones: Vec::new(),
            near: None,
            case: parts.case,
            fold: parts.fold,
            input: None,
            langs: Vec::new(),
            strips: Vec::new(),
            keeps: Vec::new(),
            pages: Vec::new(),
            place: self.place(id.span()),
        })
    }

    fn level(&self, level: Option<Spanned<Number>>) -> Result<Level, PackError> {
        let Some(level) = level else { return Ok(Level::Sure) };
        Level::from_number(level.get_ref().0)
            .ok_or_else(|| self.error(level.span(), "a level is 1 (sure) or 2 (likely)"))
    }

    fn zones(&self, zones: Option<Spanned<Zones>>) -> Result<Vec<Zone>, PackError> {
        let Some(zones) = zones else { return Ok(Vec::new()) };
        if zones.get_ref().0.is_empty() {
            return Err(self.error(zones.span(), "`zone` holds at least one of \"head\", \"body\", \"tail\""));
        }
        let zone = |name: &ZoneName| match name {
            ZoneName::Head => Zone::Head,
            ZoneName::Body => Zone::Body,
            ZoneName::Tail => Zone::Tail,
        };
        Ok(zones.get_ref().0.iter().map(zone).collect())
    }

    fn near(&self, pack: &str, near: &Spanned<NearTable>) -> Result<Near, PackError> {
        let table = near.get_ref();
        if !(1..=NEAR_MOST).contains(&table.within.get_ref().0) {
            return Err(self.error(table.within.span(), &format!("`within` is from 1 to {NEAR_MOST} lines")));
        }
        let rules = &table.rules.0;
        let neighbours = match rules.as_slice() {
            [] => return Err(self.error(near.span(), "`rules` is \"cut\" or a list of rule ids")),
            [(word, None)] if word == "cut" => Neighbours::Cut,
            [(word, None)] => {
                return Err(self.error_with(
                    near.span(),
                    &format!("`rules` is \"cut\" or a list of rule ids, not \"{word}\""),
                    &format!("write `rules = [\"{word}\"]`"),
                ));
            }
            // A name without a pack is of this one.
            ids => Neighbours::Rules(
                ids.iter().map(|(id, _)| if id.contains('/') { id.clone() } else { format!("{pack}/{id}") }).collect(),
            ),
        };
        let side = match table.side {
            SideName::Before => Side::Before,
            SideName::After => Side::After,
            SideName::Both => Side::Both,
        };
        Ok(Near { neighbours, within: table.within.get_ref().0, side })
    }

    /// The span of the line that a table begins in, for errors about the table as a whole.
    fn first_line(&self, span: &Range<usize>) -> Range<usize> {
        let start = span.start + self.shift;
        let end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        span.start..end.max(start) - self.shift
    }
}

/// Defaults for `cut` do not reach `line` rules, which have only one.
fn kind_takes_cut(kind: Kind) -> bool {
    kind != Kind::Line
}

fn fold(name: Option<FoldName>) -> Fold {
    match name {
        None | Some(FoldName::Full) => Fold::Full,
        Some(FoldName::NoEdges) => Fold::NoEdges,
        Some(FoldName::None) => Fold::None,
    }
}

fn case(name: Option<CaseName>) -> Case {
    match name {
        None | Some(CaseName::Fold) => Case::Fold,
        Some(CaseName::Exact) => Case::Exact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "pack = \"t\"\n";

    fn rule(body: &str) -> Result<Rule, PackError> {
        let text = format!("{HEAD}[[rule]]\nid = \"a\"\n{body}\n");
        parse(&text, "t.toml", Patterns::Compiled).map(|mut pack| pack.rules.remove(0))
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
    fn defaults_reach_rules_that_do_not_say_otherwise() {
        let text = "pack = \"t\"\ndefaults = { family = \"f\", level = 2, zone = [\"tail\"], cut = \"line\" }\n\
                    [[rule]]\nid = \"a\"\nline = \"one two\"\n[[rule]]\nid = \"b\"\nline = \"x y\"\nlevel = 1\nzone = [\"head\"]\n\
                    [[keep]]\nid = \"c\"\nline = \"FAQ\"\n";
        let pack = parse(text, "t.toml", Patterns::Compiled).unwrap();
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
            ("line = [\"{n} comments\"]", "t.toml:4:", "no braces"),
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
        let told = parse(text, "t.toml", Patterns::Compiled).unwrap_err().to_string();
        assert!(told.contains("t.toml:6:") && told.contains("line 3 has it"), "{told}");
    }

    #[test]
    fn broken_toml_is_shown_where_it_is() {
        let told = parse("\u{feff}pack = \"t\"\nrule = [\n", "t.toml", Patterns::Compiled).unwrap_err().to_string();
        assert!(told.contains("t.toml:"), "{told}");
        assert!(parse("\u{feff}pack = \"t\"\n", "t.toml", Patterns::Compiled).is_ok());
    }
}
