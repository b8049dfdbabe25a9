//! `dechaff explain`: one document, line by line, with what goes, what stays, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::path::Path;

use anyhow::{Context, bail};
use dechaff::clean::{Cleaned, Document, Edit, Outcome as HitOutcome, Scratch, Verdict};
use dechaff::pack::shipped;
use dechaff::run::printable;
use dechaff::shard::json::{self, Kind};
use dechaff::shard::{Format, Keys, decode, records::records};
use dechaff::text::{Line, Span, is_blank, lines};

use super::args::{ExplainArgs, FormatArg};
use super::clean::Compiled;
use super::rules::describe::held;
use super::{Outcome, style};

pub(super) fn explain(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let compiled = Compiled::new(&args.rules, false)?;
    let read = read(args)?;
    let (lang, url) = (args.lang.as_deref().or(read.lang.as_deref()), args.url.as_deref().or(read.url.as_deref()));
    let document = Document { text: &read.text, lang, url };
    let cleaned = compiled.cleaner.clean(&document, &mut Scratch::default());
    let verdicts = compiled.cleaner.verdicts(&document);
    let shown = show(&compiled, &read.text, &cleaned, &verdicts, args.hits_only);
    anstream::stdout().lock().write_all(shown.as_bytes())?;
    Ok(Outcome::Done)
}

/// The text to explain, and what its record tells of it.
#[derive(Default)]
struct Told {
    text: Vec<u8>,
    lang: Option<String>,
    url: Option<String>,
}

fn read(args: &ExplainArgs) -> anyhow::Result<Told> {
    let path = args.file.as_deref().filter(|path| *path != Path::new("-"));
    let raw = if let Some(path) = path {
        std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?
    } else {
        let mut raw = Vec::new();
        std::io::stdin().read_to_end(&mut raw).context("cannot read standard input")?;
        raw
    };
    let codec = dechaff::shard::Codec::of_magic(&raw);
    let mut plain = Vec::new();
    let decoded = decode(codec, raw.as_slice())?.read_to_end(&mut plain);
    let named = path.and_then(Format::of_name);
    let format = match args.format {
        Some(FormatArg::Jsonl) => Format::Jsonl,
        Some(FormatArg::Text) => Format::Text,
        None if Format::of_head(&plain) == Format::Jsonl => Format::Jsonl,
        None => named.unwrap_or(Format::Text),
    };
    if format == Format::Jsonl {
        return record(args, &plain)
            .with_context(|| path.map_or("standard input".to_owned(), |path| path.display().to_string()));
    }
    if args.record != 1 {
        bail!("--record is for JSON records, and this is a text");
    }
    decoded.context("the input is damaged")?;
    Ok(Told { text: plain, ..Told::default() })
}

fn record(args: &ExplainArgs, plain: &[u8]) -> anyhow::Result<Told> {
    let mut all = (1..).zip(records(&Format::Jsonl, plain)).filter(|(_, record)| !record.body.trim_ascii().is_empty());
    let (number, found) = all
        .find(|(number, _)| *number >= args.record)
        .with_context(|| format!("there is no record {}", args.record))?;
    if number != args.record && args.record != 1 {
        bail!("line {} is blank", args.record);
    }
    let seen = json::keys_of(found.body);
    let known = || {
        json::KNOWN_TEXT_KEYS
            .into_iter()
            .find(|known| seen.iter().any(|key| key == known))
            .and_then(|key| key.parse().ok())
    };
    let key = args.text_key.clone().or_else(known).with_context(|| {
        format!("record {number} has no usual text key; name one with --text-key (it has {})", seen.join(", "))
    })?;
    let keys = Keys { text: vec![key.clone()], lang: "lang".parse().ok(), url: "url".parse().ok(), ..Keys::default() };
    let fields = json::fields(found.body, &keys).with_context(|| format!("record {number}"))?;
    let Some(value) = fields.text[0].filter(|value| value.kind == Kind::String) else {
        bail!("record {number}: `{key}` is no string")
    };
    let string = |value: json::Value| json::unescape(&found.body[value.span.range()]).into_owned();
    let told = |value: Option<json::Value>| {
        value.filter(|value| value.kind == Kind::String).and_then(|value| String::from_utf8(string(value)).ok())
    };
    Ok(Told { text: string(value), lang: told(fields.lang), url: told(fields.url) })
}

/// The whole display.
fn show(compiled: &Compiled, text: &[u8], cleaned: &Cleaned, verdicts: &[Verdict], hits_only: bool) -> String {
    let mut out = String::new();
    let cleaner = &compiled.cleaner;
    let all: Vec<Line> = lines(text).collect();
    let width = all.len().to_string().len().max(3);
    let (mut verdicts_left, mut edits_left) = (verdicts, cleaned.edits.as_slice());
    for (number, line) in (1..).zip(&all) {
        let (here, after) = verdicts_left.split_at(verdicts_left.partition_point(|v| v.span.start < line.end));
        verdicts_left = after;
        // An edit may run on into the next line.
        let touching = edits_left.partition_point(|edit| edit.span.start < line.end);
        let clipped = |edit: &Edit| Edit {
            span: Span::new(edit.span.start.max(line.span.start), edit.span.end.min(line.span.end)),
            rule: edit.rule,
        };
        let is_here = |edit: &&Edit| edit.span.start < line.span.end && edit.span.end > line.span.start;
        let edits: Vec<Edit> = edits_left[..touching].iter().filter(is_here).map(clipped).collect();
        edits_left = &edits_left[edits_left.partition_point(|edit| edit.span.end <= line.end)..];
        if hits_only && here.is_empty() && edits.is_empty() {
            continue;
        }
        let whole = edits.iter().map(|edit| edit.span.len()).sum::<usize>() == line.span.len() && !edits.is_empty();
        let mark = if whole {
            '-'
        } else if edits.is_empty() {
            ' '
        } else {
            '~'
        };
        put(&mut out, format_args!("{mark}{number:>width$} | {}\n", painted(text, line, &edits)));
        for verdict in here {
            put(&mut out, format_args!(" {:>width$} = {}\n", "", told(compiled, verdict)));
        }
        // A cut that reaches the line from elsewhere; blank lines go along with their neighbours.
        let own = |rule: u32| here.iter().any(|verdict| verdict.rule == rule);
        let far =
            edits.iter().filter(|edit| !own(edit.rule) && !is_blank(&text[line.span.range()])).map(|edit| edit.rule);
        for rule in far.collect::<BTreeSet<u32>>() {
            let (style, id) = (style::RULE, cleaner.rule_id(rule));
            put(&mut out, format_args!(" {:>width$} = {style}{id}{style:#} reaches here\n", ""));
        }
    }
    totals(text, cleaned, &mut out);
    whys(compiled, verdicts, &mut out);
    out
}

/// A line with its cuts marked: in colour, and by brackets where there is none.
fn painted(text: &[u8], line: &Line, edits: &[Edit]) -> String {
    let mut out = String::new();
    let mut at = line.span.start;
    let shown = |from: usize, to: usize| printable(String::from_utf8_lossy(&text[from..to]).trim_end_matches('\r'));
    let cut = style::CUT;
    for edit in edits {
        out.push_str(&shown(at, edit.span.start));
        put(&mut out, format_args!("{cut}[-{}-]{cut:#}", shown(edit.span.start, edit.span.end)));
        at = edit.span.end;
    }
    out.push_str(&shown(at, line.span.end));
    out
}

fn told(compiled: &Compiled, verdict: &Verdict) -> String {
    let cleaner = &compiled.cleaner;
    let (rule, kept, faint) = (style::RULE, style::KEPT, style::FAINT);
    let id = cleaner.rule_id(verdict.rule);
    match verdict.outcome {
        HitOutcome::Cut => {
            let mut rules = compiled.rules.packs.iter().flat_map(|pack| &pack.rules);
            let held = rules.find(|rule| rule.id == id).map(held).unwrap_or_default();
            let held = if held.is_empty() { held } else { format!(" {faint}({held} held){faint:#}") };
            format!("{rule}{id}{rule:#}{held}")
        }
        HitOutcome::Kept(by) => format!("{kept}kept by {}{kept:#} from {id}", cleaner.rule_id(by)),
        HitOutcome::OutOfZone(zone) => {
            format!("{faint}{id}: not cut, it does not act in the {zone} of a document{faint:#}")
        }
        HitOutcome::NotNear => format!("{faint}{id}: not cut, nothing that it asks for was cut close by{faint:#}"),
        HitOutcome::LittleProseLeft => {
            format!("{faint}{id}: not cut, it would leave too little prose of the document{faint:#}")
        }
        HitOutcome::ProseLost => format!("{faint}{id}: not cut, too much prose would go with it{faint:#}"),
        HitOutcome::Flagged(flag) => format!("{kept}marked as {}{kept:#} by {id}", flag.name()),
        HitOutcome::OverBudget => {
            format!("{faint}{id}: not cut, the document would lose more than its budget{faint:#}")
        }
    }
}

fn totals(text: &[u8], cleaned: &Cleaned, out: &mut String) {
    let cut: usize = cleaned.edits.iter().map(|edit| edit.span.len()).sum();
    let cuts = cleaned.edits.len();
    let plural = if cuts == 1 { "" } else { "s" };
    put(out, format_args!("\n{cuts} cut{plural}, {cut} of {} bytes\n", text.len()));
    for flag in &cleaned.flags {
        put(out, format_args!("marked as {}\n", flag.name()));
    }
    if cleaned.over_budget {
        out.push_str(
            "the document is left whole: it would lose more than its budget (--prose-budget, --word-budget)\n",
        );
    }
}

/// Why each rule that was hit is there.
fn whys(compiled: &Compiled, verdicts: &[Verdict], out: &mut String) {
    let hit: BTreeSet<&str> = verdicts.iter().map(|verdict| compiled.cleaner.rule_id(verdict.rule)).collect();
    // A cleaner's packs do not say why.
    let shipped = shipped();
    let rules = compiled.rules.packs.iter().chain(&shipped).flat_map(|pack| &pack.rules);
    let why: BTreeMap<&str, &str> = rules
        .filter(|rule| hit.contains(rule.id.as_str()) && !rule.why.is_empty())
        .map(|rule| (rule.id.as_str(), rule.why.as_str()))
        .collect();
    for (id, why) in why {
        let rule = style::RULE;
        put(out, format_args!("{rule}{id}{rule:#}: {why}\n"));
    }
}

fn put(out: &mut String, what: std::fmt::Arguments) {
    // Writing to a string does not fail.
    let _ = out.write_fmt(what);
}
