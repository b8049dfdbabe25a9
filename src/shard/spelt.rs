//! Records for the laws: whole ones in odd spellings, and broken ones.

use proptest::prelude::*;
use proptest::sample::select;

use super::escape::spelling;
use super::json::Keys;

/// Keys of which the records hold some: plain ones, one that is looked for in an object, one that is named twice.
pub(super) fn keys() -> Keys {
    let path = |path: &str| path.parse().ok();
    let text = ["text", "m.text", "te?t", "text", "m..é"].iter().filter_map(|key| path(key)).collect();
    Keys { text, id: path("id"), url: path("m.u.x"), lang: path(".l") }
}

const KEYS: &[&str] = &[
    "text",
    "te\\u0078t",
    "te?t",
    "m",
    "\\u006d",
    "m.text",
    "u",
    "x",
    "m.u.x",
    "id",
    "l",
    ".l",
    "",
    "é",
    "\\u00e9",
    "m..é",
    "\\ud800",
    "\\ud83d\\ude00",
    "a\\nb",
];

fn blanks() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => Just(""), 3 => Just(" "), 1 => select(&["  ", "\t", "\r", "\n \t\r"][..])]
}

fn string() -> impl Strategy<Value = String> {
    spelling().prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?"
}

/// Some entries between brackets, with blanks wherever they may stand.
fn list(open: char, entries: &[(&str, String, &str)], close: char) -> String {
    let entries: Vec<String> = entries.iter().map(|(before, entry, after)| format!("{before}{entry}{after}")).collect();
    format!("{open}{}{close}", entries.join(","))
}

fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let entry = (select(KEYS), blanks(), blanks(), value)
        .prop_map(|(key, before, after, value)| format!("\"{key}\"{before}:{after}{value}"));
    proptest::collection::vec((blanks(), entry, blanks()), 0..6).prop_map(|entries| list('{', &entries, '}'))
}

fn value() -> impl Strategy<Value = String> {
    let literal = select(&["true", "false", "null", "{}", "[ ]"][..]).prop_map(str::to_owned);
    let leaf = prop_oneof![4 => string(), 2 => number(), 1 => literal];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let array = proptest::collection::vec((blanks(), inner.clone(), blanks()), 0..4);
        prop_oneof![2 => object(inner), 1 => array.prop_map(|entries| list('[', &entries, ']'))]
    })
}

/// A record that is JSON.
pub(super) fn record() -> impl Strategy<Value = String> {
    (any::<bool>(), blanks(), object(value()), blanks()).prop_map(|(bom, before, object, after)| {
        let bom = if bom { "\u{feff}" } else { "" };
        format!("{bom}{before}{object}{after}")
    })
}

/// What may happen to a record: bytes that others stand in for, and its end cut off.
#[derive(Debug, Clone)]
pub(super) struct Breaks {
    bytes: Vec<(prop::sample::Index, u8)>,
    cut: Option<prop::sample::Index>,
}

pub(super) fn breaks() -> impl Strategy<Value = Breaks> {
    let byte = prop_oneof![select(&b"\"\\{}[],:0.eu \n?\xff\xc3\x1f"[..]), any::<u8>()];
    let bytes = proptest::collection::vec((any::<prop::sample::Index>(), byte), 0..4);
    let cut = proptest::option::weighted(0.2, any::<prop::sample::Index>());
    (bytes, cut).prop_map(|(bytes, cut)| Breaks { bytes, cut })
}

pub(super) fn broken(mut record: Vec<u8>, breaks: &Breaks) -> Vec<u8> {
    for (place, byte) in &breaks.bytes {
        let place = place.index(record.len());
        record[place] = *byte;
    }
    if let Some(cut) = &breaks.cut {
        record.truncate(cut.index(record.len()));
    }
    record
}
