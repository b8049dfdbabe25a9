//! What the tables of a rule file mean: legal tables in, rules out, and an error with its place for what makes no sense.

use std::ops::Range;

use toml::Spanned;

use super::error::PackError;
use super::scope;
use super::sought::sought;
use super::tables::{
    CaseName, Defaults, DisableTable, FoldName, InputName, KeepTable, NearTable, Number, PageTable, RuleTable,
    SideName, Strings, ZoneName, Zones,
};
use super::toml::Reader;
use super::{Action, Disable, Input, Level, Matches, Near, Neighbours, PageExample, Rule, Side, SiteName, Zone};
use crate::text::{Case, Fold};

/// The farthest that a neighbour may be.
const NEAR_MOST: usize = 20;
/// Tokens that a run has at least, unless it says otherwise.
const RUN_LEAST: usize = 2;

/// What rules and exceptions are both made of.
pub(super) struct Parts {
    pub kind: Kind,
    pub matches: Spanned<Strings>,
    pub min_tokens: Option<Spanned<Number>>,
    pub fold: Fold,
    pub case: Case,
    pub max_words: Option<Spanned<Number>>,
    pub all_of: Option<Spanned<Strings>>,
    pub only: Option<Spanned<Strings>>,
    /// Whether a pattern must match its whole line.
    pub whole: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Line,
    Prefix,
    Suffix,
    Inline,
    Run,
    Pattern,
}

impl Kind {
    const ALL: [Self; 6] = [Self::Line, Self::Prefix, Self::Suffix, Self::Inline, Self::Run, Self::Pattern];
}

/// The kinds of matches by the keys that they are written behind.
const KINDS: &str = "`line`, `prefix`, `suffix`, `inline`, `run`, `pattern`";

impl Reader<'_> {
    pub(super) fn rule(
        &self,
        pack: &str,
        defaults: &Defaults,
        table: RuleTable,
        span: Range<usize>,
    ) -> Result<Rule, PackError> {
        let (kind, matches) = self
            .one_kind(&span, [&table.line, &table.prefix, &table.suffix, &table.inline, &table.run, &table.pattern])?;
        let mut parts = Parts {
            kind,
            matches,
            min_tokens: table.min_tokens.clone(),
            fold: fold(table.fold.or(defaults.fold)),
            case: case(table.case.or(defaults.case)),
            max_words: table.max_words.clone().or_else(|| defaults.max_words.clone()),
            all_of: table.all_of.clone(),
            only: table.only.clone(),
            whole: true,
        };
        let action = self.action(&parts, &table, defaults)?;
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
        rule.not_langs = table.not_lang.or_else(|| defaults.not_lang.clone()).unwrap_or_default().into_vec();
        rule.sites = self.sites(table.site.or_else(|| defaults.site.clone()))?;
        rule.not_sites = self.sites(table.not_site.or_else(|| defaults.not_site.clone()))?;
        rule.strips = table.strips.unwrap_or_default().into_vec();
        rule.keeps = table.keeps.unwrap_or_default().into_vec();
        rule.allow = table.allow.unwrap_or_default().into_vec();
        rule.pages = table.page.into_iter().map(page).collect();
        rule.sought = sought(&rule, rule.fold, rule.case);
        Ok(rule)
    }

    pub(super) fn keep(
        &self,
        pack: &str,
        defaults: &Defaults,
        table: KeepTable,
        span: Range<usize>,
    ) -> Result<Rule, PackError> {
        let (kind, matches) = self
            .one_kind(&span, [&table.line, &table.prefix, &table.suffix, &table.inline, &table.run, &table.pattern])?;
        let parts = Parts {
            kind,
            matches,
            min_tokens: table.min_tokens,
            fold: fold(table.fold),
            case: case(table.case),
            max_words: table.max_words,
            all_of: table.all_of,
            only: table.only,
            whole: true,
        };
        let mut rule = self.common(pack, &table.id, parts)?;
        rule.why = table.why.unwrap_or_default();
        rule.family = table.family.or_else(|| defaults.family.clone());
        rule.level = self.level(table.level)?;
        rule.zones = self.zones(table.zone)?;
        rule.langs = table.lang.unwrap_or_default().into_vec();
        rule.not_langs = table.not_lang.unwrap_or_default().into_vec();
        rule.sites = self.sites(table.site)?;
        rule.not_sites = self.sites(table.not_site)?;
        rule.keeps = table.keeps.unwrap_or_default().into_vec();
        rule.allow = table.allow.unwrap_or_default().into_vec();
        rule.sought = sought(&rule, rule.fold, rule.case);
        Ok(rule)
    }

    pub(super) fn disable(&self, table: DisableTable) -> Result<Disable, PackError> {
        let place = self.place(table.rule.span());
        let sites = self.sites(table.site)?;
        Ok(Disable { rule: table.rule.into_inner(), langs: table.lang.unwrap_or_default().into_vec(), sites, place })
    }

    /// The one kind of matches that a table has, of those that are written in the order of [`Kind::ALL`].
    fn one_kind(
        &self,
        span: &Range<usize>,
        written: [&Option<Spanned<Strings>>; 6],
    ) -> Result<(Kind, Spanned<Strings>), PackError> {
        let mut found =
            Kind::ALL.into_iter().zip(written).filter_map(|(kind, matches)| Some((kind, matches.as_ref()?)));
        match (found.next(), found.next()) {
            (Some((kind, matches)), None) => Ok((kind, matches.clone())),
            (None, _) => {
                Err(self.error(self.first_line(span), &format!("a rule must say what it matches: one of {KINDS}")))
            }
            (Some(_), Some((_, second))) => Err(self.error_with(
                second.span(),
                &format!("a rule matches in one way: only one of {KINDS}"),
                "make a second rule of it",
            )),
        }
    }

    fn common(&self, pack: &str, id: &Spanned<String>, parts: Parts) -> Result<Rule, PackError> {
        self.phrases(&parts)?;
        if let Some(words) = parts.max_words.as_ref().filter(|words| words.get_ref().0 == 0) {
            return Err(self.error(words.span(), "`max-words` is at least 1"));
        }
        let least = self.min_tokens(&parts)?;
        let all_of = parts.all_of.map(|words| self.filled(words, "all-of")).transpose()?.unwrap_or_default();
        let only = parts.only.map(|words| self.filled(words, "only")).transpose()?.unwrap_or_default();
        let phrases = parts.matches.into_inner().into_vec();
        let matches = match parts.kind {
            Kind::Line => Matches::Line(phrases),
            Kind::Prefix => Matches::Prefix(phrases),
            Kind::Suffix => Matches::Suffix(phrases),
            Kind::Inline => Matches::Inline(phrases),
            Kind::Run => Matches::Run { tokens: phrases, least },
            Kind::Pattern => Matches::Pattern(phrases),
        };
        Ok(Rule {
            holes: parts.fold != Fold::None && parts.kind != Kind::Pattern,
            max_words: parts.max_words.map(|words| words.into_inner().0),
            all_of,
            only,
            case: parts.case,
            fold: parts.fold,
            ..Rule::new(format!("{pack}/{}", id.get_ref()), matches, Action::Keep, self.place(id.span()))
        })
    }

    /// The tokens that a run has at least.
    fn min_tokens(&self, parts: &Parts) -> Result<usize, PackError> {
        let Some(least) = &parts.min_tokens else { return Ok(RUN_LEAST) };
        if parts.kind != Kind::Run {
            return Err(self.error(least.span(), "only a `run` has `min-tokens`"));
        }
        if least.get_ref().0 < 1 {
            return Err(self.error(least.span(), "`min-tokens` is at least 1"));
        }
        Ok(least.get_ref().0)
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

    fn sites(&self, sites: Option<Spanned<Strings>>) -> Result<Vec<SiteName>, PackError> {
        let Some(sites) = sites else { return Ok(Vec::new()) };
        let whole = sites.span();
        let site = |(name, span): (String, Option<Range<usize>>)| {
            scope::site(&name).map_err(|what| self.error(span.unwrap_or_else(|| whole.clone()), what))
        };
        sites.into_inner().0.into_iter().map(site).collect()
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
}

fn page(page: PageTable) -> PageExample {
    let flags = page.flags.into_iter().map(super::cuts::flag).collect();
    PageExample { text: page.text, left: page.left, lang: page.lang, url: page.url, flags }
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
