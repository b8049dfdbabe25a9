//! The shape of a rule file: which tables and keys there are. Serde names unknown ones, with those that are legal.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{self, IntoDeserializer, SeqAccess, Visitor};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub pack: Spanned<String>,
    pub version: Option<u32>,
    pub about: Option<String>,
    #[serde(default)]
    pub defaults: Defaults,
    #[serde(default)]
    pub rule: Vec<Spanned<RuleTable>>,
    #[serde(default)]
    pub keep: Vec<Spanned<KeepTable>>,
    #[serde(default)]
    pub disable: Vec<Spanned<DisableTable>>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Defaults {
    pub family: Option<String>,
    pub level: Option<Spanned<Number>>,
    pub lang: Option<Strings>,
    pub input: Option<InputName>,
    pub zone: Option<Spanned<Zones>>,
    pub max_words: Option<Spanned<Number>>,
    pub case: Option<CaseName>,
    pub fold: Option<FoldName>,
    pub near: Option<Spanned<NearTable>>,
    pub cut: Option<Spanned<CutName>>,
    pub max_lines: Option<Spanned<Number>>,
    pub max_prose_after: Option<Spanned<Share>>,
    pub min_prose_before: Option<Spanned<Number>>,
    pub max_prose_before: Option<Spanned<Share>>,
    pub min_prose_after: Option<Spanned<Number>>,
    pub min_prose_share: Option<Spanned<Share>>,
    pub not_lang: Option<Strings>,
    pub site: Option<Spanned<Strings>>,
    pub not_site: Option<Spanned<Strings>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RuleTable {
    pub id: Spanned<String>,
    pub why: Option<String>,
    pub family: Option<String>,
    pub level: Option<Spanned<Number>>,
    pub line: Option<Spanned<Strings>>,
    pub prefix: Option<Spanned<Strings>>,
    pub suffix: Option<Spanned<Strings>>,
    pub inline: Option<Spanned<Strings>>,
    pub run: Option<Spanned<Strings>>,
    pub min_tokens: Option<Spanned<Number>>,
    pub pattern: Option<Spanned<Strings>>,
    pub cut: Option<Spanned<CutName>>,
    pub max_lines: Option<Spanned<Number>>,
    pub flag: Option<Spanned<FlagName>>,
    pub max_prose_after: Option<Spanned<Share>>,
    pub min_prose_before: Option<Spanned<Number>>,
    pub max_prose_before: Option<Spanned<Share>>,
    pub min_prose_after: Option<Spanned<Number>>,
    pub min_prose_share: Option<Spanned<Share>>,
    pub max_words: Option<Spanned<Number>>,
    pub all_of: Option<Spanned<Strings>>,
    pub only: Option<Spanned<Strings>>,
    pub zone: Option<Spanned<Zones>>,
    pub near: Option<Spanned<NearTable>>,
    pub case: Option<CaseName>,
    pub fold: Option<FoldName>,
    pub input: Option<InputName>,
    pub lang: Option<Strings>,
    pub not_lang: Option<Strings>,
    pub site: Option<Spanned<Strings>>,
    pub not_site: Option<Spanned<Strings>>,
    pub strips: Option<Strings>,
    pub keeps: Option<Strings>,
    pub allow: Option<Strings>,
    #[serde(default)]
    pub page: Vec<PageTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct KeepTable {
    pub id: Spanned<String>,
    pub why: Option<String>,
    pub family: Option<String>,
    pub level: Option<Spanned<Number>>,
    pub line: Option<Spanned<Strings>>,
    pub prefix: Option<Spanned<Strings>>,
    pub suffix: Option<Spanned<Strings>>,
    pub inline: Option<Spanned<Strings>>,
    pub run: Option<Spanned<Strings>>,
    pub min_tokens: Option<Spanned<Number>>,
    pub pattern: Option<Spanned<Strings>>,
    pub max_words: Option<Spanned<Number>>,
    pub all_of: Option<Spanned<Strings>>,
    pub only: Option<Spanned<Strings>>,
    pub zone: Option<Spanned<Zones>>,
    pub case: Option<CaseName>,
    pub fold: Option<FoldName>,
    pub lang: Option<Strings>,
    pub not_lang: Option<Strings>,
    pub site: Option<Spanned<Strings>>,
    pub not_site: Option<Spanned<Strings>>,
    pub keeps: Option<Strings>,
    pub allow: Option<Strings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DisableTable {
    pub rule: Spanned<String>,
    #[serde(rename = "why")]
    pub _why: Option<String>,
    pub lang: Option<Strings>,
    pub site: Option<Spanned<Strings>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageTable {
    pub text: String,
    pub left: String,
    pub lang: Option<String>,
    pub url: Option<String>,
    #[serde(default)]
    pub flags: Vec<FlagName>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct NearTable {
    pub rules: Strings,
    pub within: Spanned<Number>,
    #[serde(default)]
    pub side: SideName,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CutName {
    Line,
    Match,
    ToEnd,
    FromStart,
    Block,
    Flag,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FlagName {
    Paywalled,
    ErrorPage,
    Truncated,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum CaseName {
    Fold,
    Exact,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FoldName {
    Full,
    NoEdges,
    None,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum InputName {
    Page,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum ZoneName {
    Head,
    Body,
    Tail,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "lowercase")]
pub(super) enum SideName {
    Before,
    After,
    #[default]
    Both,
}

/// One zone or a list of them.
#[derive(Clone)]
pub(super) struct Zones(pub Vec<ZoneName>);

impl<'de> Deserialize<'de> for Zones {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Zones;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"head\", \"body\", \"tail\", or a list of them")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Zones, E> {
                ZoneName::deserialize(name.into_deserializer()).map(|zone| Zones(vec![zone]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Zones, A::Error> {
                let mut all = Vec::new();
                while let Some(zone) = items.next_element()? {
                    all.push(zone);
                }
                Ok(Zones(all))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

/// A whole number that is not negative.
#[derive(Clone, Copy)]
pub(super) struct Number(pub usize);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;
        impl Visitor<'_> for Whole {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, without quotes")
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Number, E> {
                usize::try_from(number).map(Number).map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
            }
        }
        deserializer.deserialize_any(Whole)
    }
}

/// A part of a whole, from 0 to 1.
#[derive(Clone, Copy)]
pub(super) struct Share(pub f64);

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Part;
        impl Visitor<'_> for Part {
            type Value = Share;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a share such as 0.05, without quotes")
            }
            fn visit_f64<E: de::Error>(self, share: f64) -> Result<Share, E> {
                Ok(Share(share))
            }
            fn visit_i64<E: de::Error>(self, share: i64) -> Result<Share, E> {
                i32::try_from(share).map(|share| Share(share.into())).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Part)
    }
}

/// One string or a list of them, each with its place where there is a list.
#[derive(Clone, Default)]
pub(super) struct Strings(pub Vec<(String, Option<Range<usize>>)>);

impl Strings {
    pub(super) fn into_vec(self) -> Vec<String> {
        self.0.into_iter().map(|(text, _)| text).collect()
    }
}

impl<'de> Deserialize<'de> for Strings {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Strings;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Strings, E> {
                Ok(Strings(vec![(text.to_owned(), None)]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strings, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = items.next_element::<Spanned<String>>()? {
                    let span = item.span();
                    all.push((item.into_inner(), Some(span)));
                }
                Ok(Strings(all))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}
