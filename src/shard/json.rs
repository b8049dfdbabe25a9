//! One JSONL record: where its text, id, url and language stand.
//!
//! Takes a line and the keys that are wanted, gives byte spans of their raw values in that line. Never builds JSON
//! values and never writes JSON: what is kept of a record keeps its own spelling.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

pub use super::cut::delete;
pub use super::escape::unescape;
pub use super::keys::{EmptyKeyPath, KNOWN_TEXT_KEYS, KeyPath, Keys};
pub use super::line::RecordError;
use super::line::{Key, Line, name_of};
pub use super::reader::RecordReader;
use crate::text::Span;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    String,
    Null,
    /// Its JSON name: boolean, number, array or object.
    Other(&'static str),
}

/// A value of a record, as it is spelt there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    pub span: Span,
    pub kind: Kind,
}

/// The wanted values of a record; none where the record lacks the key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// One for each text key, in their order.
    pub text: Vec<Option<Value>>,
    pub id: Option<Value>,
    pub url: Option<Value>,
    pub lang: Option<Value>,
}

/// The wanted values of a record, which must be JSON from its first byte to its last. Of a key that stands there twice
/// the last one counts; a key that holds dots itself comes before the path they would make.
///
/// # Errors
/// If the line is blank, is broken JSON, or is JSON but no object. Strings need not be UTF-8.
pub fn fields(record: &[u8], keys: &Keys) -> Result<Fields, RecordError> {
    let line = Line::of(record)?;
    let others = [&keys.id, &keys.url, &keys.lang];
    let mut slots: Vec<Slot> = keys.text.iter().map(|path| Slot::new(Some(path))).collect();
    slots.extend(others.map(|path| Slot::new(path.as_ref())));
    line.parse(Wanted { slots: &mut slots })?;
    let mut values = slots.iter().map(|slot| slot.value(&line));
    let text = values.by_ref().take(keys.text.len()).collect();
    let mut next = || values.next().flatten();
    Ok(Fields { text, id: next(), url: next(), lang: next() })
}

/// The keys of a record and, with dots, those of the objects in it; as far as it can be read.
#[must_use]
pub fn keys_of(record: &[u8]) -> Vec<String> {
    let mut seen = Vec::new();
    if let Ok(line) = Line::of(record) {
        // A record that breaks off still shows the keys before the break.
        let _ = line.parse(Listed { prefix: "", seen: &mut seen });
    }
    seen
}

/// A wanted path and what was found of it.
struct Slot<'k, 'l> {
    path: Option<&'k KeyPath>,
    /// The value of the key that is spelt like the whole path.
    whole: Option<&'l RawValue>,
    /// The value of the path's first key.
    first: Option<&'l RawValue>,
}

impl<'k, 'l> Slot<'k, 'l> {
    fn new(path: Option<&'k KeyPath>) -> Self {
        Self { path, whole: None, first: None }
    }

    /// Whether the value of this key is of use.
    fn wants(&self, key: &[u8]) -> bool {
        self.path.is_some_and(|path| key == path.first() || key == path.as_str().as_bytes())
    }

    fn put(&mut self, key: &[u8], value: &'l RawValue) {
        if self.path.is_some_and(|path| key == path.as_str().as_bytes()) {
            self.whole = Some(value);
        } else {
            self.first = Some(value);
        }
    }

    fn value(&self, line: &Line<'_>) -> Option<Value> {
        let first = || self.path?.rest().try_fold(self.first?, member);
        let json = self.whole.or_else(first)?.get();
        let kind = match json.as_bytes().first() {
            Some(b'"') => Kind::String,
            Some(b'n') => Kind::Null,
            _ => Kind::Other(name_of(json.as_bytes())),
        };
        Some(Value { span: line.place(json), kind })
    }
}

/// The value of one key of an object.
fn member<'l>(object: &'l RawValue, key: &str) -> Option<&'l RawValue> {
    let path = KeyPath::single(key);
    let mut slots = [Slot::new(Some(&path))];
    let mut parser = serde_json::Deserializer::from_str(object.get());
    parser.deserialize_map(Wanted { slots: &mut slots }).ok()?;
    slots[0].whole
}

/// Keeps the values of wanted keys and passes over the others.
struct Wanted<'s, 'k, 'l> {
    slots: &'s mut [Slot<'k, 'l>],
}

impl<'l> Visitor<'l> for Wanted<'_, '_, 'l> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            if !self.slots.iter().any(|slot| slot.wants(&key)) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value::<&RawValue>()?;
            for slot in self.slots.iter_mut().filter(|slot| slot.wants(&key)) {
                slot.put(&key, value);
            }
        }
        Ok(())
    }
}

/// Lists keys, and those of objects one level down.
struct Listed<'s> {
    prefix: &'s str,
    seen: &'s mut Vec<String>,
}

impl<'l> Visitor<'l> for Listed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            let name = format!("{}{}", self.prefix, String::from_utf8_lossy(&key));
            if !self.seen.contains(&name) {
                self.seen.push(name.clone());
            }
            let value = map.next_value::<&RawValue>()?.get();
            if self.prefix.is_empty() && value.starts_with('{') {
                let inside = Listed { prefix: &format!("{name}."), seen: self.seen };
                let _ = serde_json::Deserializer::from_str(value).deserialize_map(inside);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn path(path: &str) -> KeyPath {
        path.parse().unwrap()
    }

    fn raw<'r>(record: &'r [u8], key: &str) -> Option<(&'r [u8], Kind)> {
        let keys = Keys { text: vec![], id: Some(path(key)), url: None, lang: None };
        let value = fields(record, &keys).unwrap().id?;
        Some((&record[value.span.range()], value.kind))
    }

    #[test]
    fn wanted_values_are_found_where_they_stand() {
        for (record, key, value, kind) in [
            (&br#"{"text": "a\u00e9"}"#[..], "text", &br#""a\u00e9""#[..], Kind::String),
            (br#" {"n":1,"text" : null } "#, "text", b"null", Kind::Null),
            (br#"{"text": [1, {"text": 2}]}"#, "text", br#"[1, {"text": 2}]"#, Kind::Other("array")),
            (br#"{"t\u0065xt": -1.5e3}"#, "text", b"-1.5e3", Kind::Other("number")),
            (br#"{"text": true, "text": "last"}"#, "text", br#""last""#, Kind::String),
            (br#"{"m": {"u": {"x": 1}, "u": {"x": "in"}}}"#, "m.u.x", br#""in""#, Kind::String),
            (br#"{"m.u": "whole", "m": {"u": "parts"}}"#, "m.u", br#""whole""#, Kind::String),
            (b"\xef\xbb\xbf{\"text\": false}\r", "text", b"false", Kind::Other("boolean")),
            (b"{\"\xff\": \"\xff\", \"text\": \"\xe9t\xe9\"}", "text", b"\"\xe9t\xe9\"", Kind::String),
            (br#"{"\ud800": 1, "text": "\ud800"}"#, "text", br#""\ud800""#, Kind::String),
        ] {
            assert_eq!(raw(record, key), Some((value, kind)), "{}", String::from_utf8_lossy(record));
        }
    }

    #[test]
    fn a_key_that_is_not_there_is_none() {
        for (record, key) in [
            (&b"{}"[..], "text"),
            (br#"{"a": {"text": 1}}"#, "text"),
            (br#"{"m": "u"}"#, "m.u"),
            (br#"{"m": {"u": 1}, "m": {}}"#, "m.u"),
            (br#"{"m": {"u": 1}}"#, "m.u.x"),
        ] {
            assert_eq!(raw(record, key), None, "{}", String::from_utf8_lossy(record));
        }
    }

    #[test]
    fn each_key_has_its_own_place() {
        let text = ["title", "body", "title"].map(|key| key.parse().unwrap()).to_vec();
        let keys = Keys { text, id: Some(path("id")), url: Some(path("meta.url")), lang: Some(path("lang")) };
        let record = br#"{"meta": {"url": "u"}, "id": 7, "title": "t"}"#;
        let found = fields(record, &keys).unwrap();
        let spans = found.text.iter().map(|value| value.map(|value| value.span));
        let title = Some(Span::new(41, 44));
        assert_eq!(spans.collect::<Vec<_>>(), [title, None, title]);
        assert_eq!(found.id.map(|id| id.kind), Some(Kind::Other("number")));
        assert_eq!(found.url.map(|url| url.span), Some(Span::new(17, 20)));
        assert_eq!(found.lang, None);
    }

    #[test]
    fn what_is_no_record_is_told_with_its_place() {
        for (record, said) in [
            (&b""[..], "blank line"),
            (b"\xef\xbb\xbf \t\r", "blank line"),
            (b"[1]", "not a JSON object but array"),
            (b"12", "not a JSON object but number"),
            (b"{\"a\": }", "broken JSON at column 7: expected value"),
            (b"{\"a\": 1} x", "broken JSON at column 10: trailing characters"),
            (b"\xef\xbb\xbf{\"a\": 1} x", "broken JSON at column 13: trailing characters"),
            (b"{\"text\": \"a\nb\"}", "broken JSON at column 11: control character"),
            (b"{\"text\": \"cut", "broken JSON at column 13: EOF while parsing a string"),
            (b"{\xff}", "broken JSON at column 2: key must be a string"),
            (b"words", "broken JSON at column 1: expected value"),
        ] {
            let error = fields(record, &Keys { id: Some(path("a")), ..Keys::default() }).unwrap_err();
            assert!(error.to_string().starts_with(said), "{error} for {}", String::from_utf8_lossy(record));
        }
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let deep = [&b"{\"a\":"[..], &b"[".repeat(200_000), &b"]".repeat(200_000), b"}"].concat();
        assert!(raw(&deep, "a").is_some());
        assert_eq!(raw(&deep, "a.b"), None);
        let objects = [b"{\"a\":".repeat(100_000), b"1".to_vec(), b"}".repeat(100_000)].concat();
        assert_eq!(raw(&objects, "a.a.a").map(|(value, _)| value.len()), Some(objects.len() - 3 * 6));
        assert_eq!(keys_of(&objects), ["a", "a.a"]);
        assert!(keys_of(&b"{\"a\":".repeat(100_000)).len() <= 2);
    }

    #[test]
    fn the_keys_of_a_record_are_listed_one_level_down() {
        let record = br#"{"id": 1, "meta": {"url": 1, "deep": {"er": 2}}, "id": 2, "list": [{"no": 1}]}"#;
        assert_eq!(keys_of(record), ["id", "meta", "meta.url", "meta.deep", "list"]);
        assert_eq!(keys_of(br#"{"id": 1, "text": "cut"#), ["id", "text"]);
        assert!(keys_of(b"words").is_empty());
    }

    proptest! {
        #[test]
        fn spans_show_what_serde_reads(text in any::<String>(), other in any::<String>(), ascii: bool) {
            let spelt = serde_json::to_string(&text).unwrap();
            let spelt = if ascii { super::super::escape::ascii(&spelt) } else { spelt };
            let other = serde_json::to_string(&other).unwrap();
            let record = format!("{{\"a\": {other}, \"m\": {{\"text\" : {spelt}}}, \"z\": [{other}]}}");
            prop_assert_eq!(raw(record.as_bytes(), "m.text"), Some((spelt.as_bytes(), Kind::String)));
            prop_assert_eq!(&*unescape(spelt.as_bytes()), text.as_bytes());
        }

        #[test]
        fn any_bytes_are_a_record_or_an_error(record in proptest::collection::vec(any::<u8>(), 0..60)) {
            let keys = Keys { id: Some(path("a.b")), ..Keys::default() };
            let _ = fields(&record, &keys);
            let _ = keys_of(&record);
            let _ = super::super::line::shape(&record);
        }
    }
}
