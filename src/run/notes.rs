//! The audit: what was cut from each record, as lines that machines or people read.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::value::RawValue;

use crate::clean::{Cleaner, Edit};
use crate::pack::Flag;

/// How cuts are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteStyle {
    /// A JSON object a record, with the text of each cut or without it.
    Json { text: bool },
    /// `path:record: rule: text`, a line a cut; for a file that is one document `path:line: rule: text`.
    Plain,
    /// `path:record:line: rule: text`, a line a cut; for a file that is one document `path:line: rule: text`.
    Lines,
}

/// The record that cuts are told of.
#[derive(Debug, Clone, Copy)]
pub struct Noted<'r> {
    /// The shard's name.
    pub path: &'r str,
    /// Its number, from 1: a line of the stream if `is_line`.
    pub record: u64,
    pub is_line: bool,
    /// Whether it is a file of its own, in which places are lines.
    pub is_file: bool,
    /// Its id as it is spelt in JSON.
    pub id: Option<&'r [u8]>,
    /// Which of several text keys it is about.
    pub key: Option<&'r str>,
    /// What the cuts are spans of.
    pub text: &'r [u8],
    /// What is added to spans: the place of `text` in the file, for lines of a stream.
    pub offset: u64,
}

/// Appends what was found in a record to `out`, its cuts and what it is marked as; nothing if there is neither.
pub fn note(style: NoteStyle, cleaner: &Cleaner, noted: &Noted, found: (&[Edit], &[Flag]), out: &mut Vec<u8>) {
    let (edits, flags) = found;
    match style {
        _ if edits.is_empty() && flags.is_empty() => {}
        NoteStyle::Json { text } => note_json(cleaner, noted, (edits, flags), text, out),
        NoteStyle::Plain => note_plain(cleaner, noted, edits, false, out),
        NoteStyle::Lines => note_plain(cleaner, noted, edits, true, out),
    }
}

fn note_json(cleaner: &Cleaner, noted: &Noted, (edits, flags): (&[Edit], &[Flag]), with_text: bool, out: &mut Vec<u8>) {
    put(out, format_args!("{{\"{}\": {}", if noted.is_line { "line" } else { "record" }, noted.record));
    if let Some(id) = noted.id.and_then(json) {
        put(out, format_args!(", \"id\": {}", id.get()));
    }
    if let Some(key) = noted.key {
        out.extend_from_slice(b", \"key\": ");
        put_string(out, key);
    }
    for (at, flag) in flags.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b", \"flags\": [" } else { b", " });
        put_string(out, flag.name());
    }
    if !flags.is_empty() {
        out.push(b']');
    }
    out.extend_from_slice(b", \"cuts\": [");
    for (at, edit) in edits.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"[" } else { b", [" });
        put_string(out, cleaner.rule_id(edit.rule));
        put(out, format_args!(", {}, {}", noted.offset + edit.span.start as u64, noted.offset + edit.span.end as u64));
        if with_text {
            let cut = &noted.text[edit.span.range()];
            out.extend_from_slice(b", ");
            put_string(out, &String::from_utf8_lossy(cut));
            // What is not UTF-8 comes again as it was, so that no cut is beyond recall.
            if std::str::from_utf8(cut).is_err() {
                put(out, format_args!(", \"{}\"", BASE64.encode(cut)));
            }
        }
        out.push(b']');
    }
    out.extend_from_slice(b"]}\n");
}

fn note_plain(cleaner: &Cleaner, noted: &Noted, edits: &[Edit], with_line: bool, out: &mut Vec<u8>) {
    let (mut line, mut at) = (1, 0);
    for edit in edits {
        let begins = first_visible(noted.text, edit);
        line += memchr::memchr_iter(b'\n', &noted.text[at..begins]).count() as u64;
        at = begins;
        let place = if noted.is_file { line } else { noted.record };
        let cut = String::from_utf8_lossy(&noted.text[edit.span.range()]);
        let cut: Vec<String> = cut.split_whitespace().map(printable).collect();
        let (path, rule) = (printable(noted.path), cleaner.rule_id(edit.rule));
        let within = if with_line && !noted.is_file { format!(":{line}") } else { String::new() };
        put(out, format_args!("{path}:{place}{within}: {rule}: {}\n", cut.join(" ")));
    }
}

/// Where what `edit` cuts begins to be seen: blank lines may go before it.
fn first_visible(text: &[u8], edit: &Edit) -> usize {
    let blanks = text[edit.span.range()].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    edit.span.start + blanks
}

/// `text` without control characters, which could play tricks on a terminal.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A value as it is spelt, if it is spelt in UTF-8.
fn json(raw: &[u8]) -> Option<&RawValue> {
    serde_json::from_slice(raw).ok()
}

/// Appends `text` as a JSON string.
pub(super) fn put_string(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(&mut *out, text).expect("a string can always be written to memory");
}

pub(super) fn put(out: &mut Vec<u8>, what: std::fmt::Arguments) {
    out.write_fmt(what).expect("memory can always be written to");
}
