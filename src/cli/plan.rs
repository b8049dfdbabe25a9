//! What was typed, made into a plan: every question is answered here, before a byte is written.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use dechaff::run::{Head, Input, NoteStyle, Output, Plan, RunOptions, Shard, peek, peek_stdin, printable};
use dechaff::shard::json::{KNOWN_TEXT_KEYS, keys_of};
use dechaff::shard::{Codec, Format, KeyPath, Keys};

use super::args::{AuditText, FormatArg, InputArgs, OutputArgs, RunArgs, SourceArgs};
use super::inputs::{Found, Inputs, find};
use super::outputs::{Places, Wanted, places};
use super::{say, warn};

/// A plan, and what was noticed while it was made.
pub(super) struct Planned {
    pub plan: Plan,
    /// Files in folders that are not read, each with the reason.
    pub passed_over: Vec<(PathBuf, String)>,
    /// Whether files are taken as streams of lines.
    pub lines: bool,
}

/// A plan that writes what `output` asks for.
pub(super) fn to_clean(input: &InputArgs, output: &OutputArgs, run: &RunArgs) -> anyhow::Result<Planned> {
    let inputs = inputs_of(&input.source, output.output.as_deref())?;
    let wanted = Wanted {
        output: output.output.as_deref(),
        audit: output.audit.as_deref(),
        quarantine: output.quarantine.as_deref(),
        summary: run.summary_json.as_deref(),
        overwrite: output.overwrite,
        dry_run: output.dry_run,
    };
    let places = places(&inputs, &wanted)?;
    let options = RunOptions {
        compress_level: output.compress_level,
        drop_empty: output.drop_empty,
        strict: output.strict,
        quarantine: places.quarantine.clone(),
        note_style: NoteStyle::Json { text: output.audit_text == AuditText::Full },
        ..run_options(input, run.jobs)
    };
    let planned = planned(&input.source, &inputs, &places, output.dry_run, options)?;
    check_levels(&planned.plan)?;
    if let Some(wrong) = output.output.as_deref().and_then(|output| misnamed(output, &planned.plan)) {
        warn(&wrong);
    }
    Ok(planned)
}

/// A plan that writes nothing and tells cuts on standard output, but for `quiet` runs.
pub(super) fn to_check(input: &InputArgs, run: &RunArgs) -> anyhow::Result<Planned> {
    let inputs = inputs_of(&input.source, None)?;
    let summary = run.summary_json.as_deref();
    let places = places(&inputs, &Wanted { summary, dry_run: true, ..Wanted::default() })?;
    let options =
        RunOptions { note_style: NoteStyle::Plain, notes_to_stdout: !run.quiet, ..run_options(input, run.jobs) };
    planned(&input.source, &inputs, &places, true, options)
}

/// A plan that writes nothing and tells nothing by itself.
pub(super) fn to_survey(input: &InputArgs, jobs: Option<u16>) -> anyhow::Result<Planned> {
    let inputs = inputs_of(&input.source, None)?;
    let places = places(&inputs, &Wanted { dry_run: true, ..Wanted::default() })?;
    planned(&input.source, &inputs, &places, true, run_options(input, jobs))
}

/// A plan that is only timed.
pub(super) fn to_bench(source: &SourceArgs, level: Option<i32>, jobs: Option<u16>) -> anyhow::Result<Planned> {
    let inputs = find(&source.inputs, source.files_from.as_deref(), None)?;
    if inputs.stdin {
        bail!("nothing to time: name files, for they are read more than once");
    }
    let places = places(&inputs, &Wanted { dry_run: true, ..Wanted::default() })?;
    let options = RunOptions {
        threads: threads(jobs),
        max_record: source.max_record,
        compress_level: level,
        ..RunOptions::default()
    };
    let planned = planned(source, &inputs, &places, true, options)?;
    check_levels(&planned.plan)?;
    Ok(planned)
}

fn threads(jobs: Option<u16>) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    jobs.map_or(processors, usize::from)
}

fn run_options(input: &InputArgs, jobs: Option<u16>) -> RunOptions {
    RunOptions {
        threads: threads(jobs),
        max_record: input.source.max_record,
        sample: input.sample,
        limit: input.limit,
        ..RunOptions::default()
    }
}

fn inputs_of(args: &SourceArgs, output: Option<&Path>) -> anyhow::Result<Inputs> {
    let inputs = find(&args.inputs, args.files_from.as_deref(), output)?;
    if inputs.stdin && args.inputs.is_empty() && std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        bail!("nothing to clean: name files, or pipe text in (`-` reads from the terminal)");
    }
    Ok(inputs)
}

fn planned(
    args: &SourceArgs,
    inputs: &Inputs,
    places: &Places,
    nowhere: bool,
    options: RunOptions,
) -> anyhow::Result<Planned> {
    let mut passed_over: Vec<(PathBuf, String)> =
        inputs.passed_over.iter().map(|(path, reason)| (path.clone(), (*reason).to_owned())).collect();
    let output = |place: &Option<PathBuf>| match place {
        _ if nowhere => Output::Nowhere,
        Some(path) => Output::File(path.clone()),
        None => Output::Stdout,
    };
    let mut shards = Vec::new();
    if inputs.stdin {
        let (head, raw) = peek_stdin()?;
        let shard = shard(args, "standard input".to_owned(), None, &head, Input::Stdin { head: raw })?;
        shards.push(Shard { output: output(&places.outputs[0]), notes: places.notes[0].clone(), ..shard });
    }
    for (at, found) in inputs.files.iter().enumerate() {
        let head = peek(&found.path)?;
        if let Some(foreign) = head.foreign {
            if found.named {
                bail!("`{}` is {foreign}, which dechaff does not read", found.path.display());
            }
            passed_over.push((found.path.clone(), format!("it is {foreign}")));
            continue;
        }
        if head.is_json_document && !found.named && asks_no_format(args) {
            passed_over.push((found.path.clone(), "it is one JSON document, not a record a line".to_owned()));
            continue;
        }
        let shard = of_file(args, found, &head)?;
        shards.push(Shard { output: output(&places.outputs[at]), notes: places.notes[at].clone(), ..shard });
    }
    if shards.is_empty() {
        bail!("nothing to clean: no file holds text or JSON records");
    }
    Ok(Planned { plan: Plan { shards, options }, passed_over, lines: args.lines })
}

fn of_file(args: &SourceArgs, found: &Found, head: &Head) -> anyhow::Result<Shard> {
    let name = found.path.display().to_string();
    let size = std::fs::metadata(&found.path).ok().map(|meta| meta.len());
    let shard = shard(args, name, Some(&found.path), head, Input::File(found.path.clone()))?;
    if let Some(size) =
        size.filter(|&size| shard.format == Format::Text && head.codec == Codec::Plain && size > args.max_record as u64)
    {
        bail!(
            "`{}` is one document of {size} bytes, more than --max-record allows: is it many documents (--separator LINE) or a stream of lines (--lines)?",
            found.path.display()
        );
    }
    Ok(Shard { size, place: found.relative.to_string_lossy().into_owned(), ..shard })
}

fn shard(args: &SourceArgs, name: String, path: Option<&Path>, head: &Head, input: Input) -> anyhow::Result<Shard> {
    if let Some(foreign) = head.foreign {
        bail!("{name} is {foreign}, which dechaff does not read");
    }
    let format = format(args, &name, path, head)?;
    let keys = if format == Format::Jsonl { keys(args, &name, head)? } else { Keys::default() };
    if let Some(path) = path.filter(|path| Codec::of_name(path) != head.codec && !head.is_empty) {
        warn(&format!("`{}` is {} by its first bytes, whatever its name says", path.display(), packed(head.codec)));
    }
    let place = String::new();
    Ok(Shard { name, place, input, codec: head.codec, format, keys, output: Output::Nowhere, notes: None, size: None })
}

/// Whether it is left to looking what inputs are.
fn asks_no_format(args: &SourceArgs) -> bool {
    args.format.is_none() && !args.lines && args.separator.is_none()
}

fn packed(codec: Codec) -> &'static str {
    match codec {
        Codec::Plain => "not compressed",
        Codec::Gzip => "gzip",
        Codec::Zstd => "zstd",
    }
}

fn format(args: &SourceArgs, name: &str, path: Option<&Path>, head: &Head) -> anyhow::Result<Format> {
    if args.lines {
        return Ok(Format::Lines);
    }
    if let Some(line) = &args.separator {
        return Ok(Format::Separator(line.clone().into_bytes()));
    }
    match args.format {
        Some(FormatArg::Text) => return Ok(Format::Text),
        Some(FormatArg::Jsonl) => return Ok(Format::Jsonl),
        None => {}
    }
    let named = path.and_then(Format::of_name);
    match (named, &head.format) {
        (Some(Format::Text), Format::Jsonl) => {
            warn(&format!("`{name}` holds JSON records, whatever its name says (--format text takes it as text)"));
            Ok(Format::Jsonl)
        }
        (Some(Format::Jsonl), Format::Text) if !head.is_empty && head.is_json_document => {
            bail!(
                "{name} is one JSON document, not a record a line: make records of it first, for example with `jq -c '.[]'`"
            )
        }
        (Some(named), _) => Ok(named),
        (None, sniffed) => Ok(sniffed.clone()),
    }
}

/// The keys of a shard's records: as asked for, or as the first record shows.
fn keys(args: &SourceArgs, name: &str, head: &Head) -> anyhow::Result<Keys> {
    let seen = keys_of(&head.first_record);
    let has = |key: &KeyPath| {
        seen.iter().any(|seen| seen == key.as_str() || seen.starts_with(&format!("{key}.")) || deeper(seen, key))
    };
    let text = if args.text_key.is_empty() {
        vec![usual_text_key(name, &seen)?]
    } else {
        if !seen.is_empty() && !args.text_key.iter().any(has) {
            let asked: Vec<String> = args.text_key.iter().map(|key| format!("`{key}`")).collect();
            bail!(
                "{name}: the first record has no key {}{}",
                asked.join(" or "),
                seen_keys(&seen, args.text_key[0].as_str())
            );
        }
        let mut keys: Vec<KeyPath> = Vec::new();
        for key in &args.text_key {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        keys
    };
    let key = |asked: &Option<KeyPath>, usual: &str| asked.clone().or_else(|| usual.parse().ok());
    let nested = "metadata.url";
    let url = match &args.url_key {
        None if seen.iter().all(|key| key != "url") && seen.iter().any(|key| key == nested) => nested.parse().ok(),
        asked => key(asked, "url"),
    };
    Ok(Keys { text, id: key(&args.id_key, "id"), url, lang: key(&args.lang_key, "lang") })
}

/// Keys are listed one object deep; what lies deeper is taken on trust.
fn deeper(seen: &str, key: &KeyPath) -> bool {
    key.as_str().matches('.').count() > 1 && key.as_str().starts_with(&format!("{seen}."))
}

fn usual_text_key(name: &str, seen: &[String]) -> anyhow::Result<KeyPath> {
    let known: Vec<&str> = KNOWN_TEXT_KEYS.into_iter().filter(|known| seen.iter().any(|key| key == known)).collect();
    let key = match known.as_slice() {
        // An empty or broken first record shows no keys: the run will tell.
        [] if seen.is_empty() => "text",
        [] => bail!("{name}: the first record has no key `text`{}", seen_keys(seen, "text")),
        ["text", ..] => "text",
        [one] => one,
        several => bail!("{name}: which key holds the text, {}? Name it with --text-key", several.join(" or ")),
    };
    key.parse().context("a key")
}

fn seen_keys(seen: &[String], wanted: &str) -> String {
    let best = seen.iter().map(|key| (strsim::jaro_winkler(key, wanted), key)).max_by(|a, b| a.0.total_cmp(&b.0));
    let way_out = match best.filter(|(score, _)| *score > 0.7) {
        Some((_, key)) => format!("did you mean --text-key {key}?"),
        None => "name the right one with --text-key".to_owned(),
    };
    let shown: Vec<String> = seen.iter().take(30).map(|key| format!("`{key}`")).collect();
    format!(" (it has {}); {way_out}", shown.join(", "))
}

fn check_levels(plan: &Plan) -> anyhow::Result<()> {
    let Some(level) = plan.options.compress_level else { return Ok(()) };
    for shard in &plan.shards {
        dechaff::shard::encode::check_level(shard.codec, level)
            .with_context(|| format!("--compress-level {level} for `{}`", shard.name))?;
    }
    Ok(())
}

/// What to tell if a single output is named for another compression than it will have.
fn misnamed(output: &Path, plan: &Plan) -> Option<String> {
    let [shard] = plan.shards.as_slice() else { return None };
    let Output::File(path) = &shard.output else { return None };
    let told = path == output && Codec::of_name(output) != shard.codec && shard.output != Output::Nowhere;
    told.then(|| {
        format!("`{}` will be {}, as its input is, whatever its name says", output.display(), packed(shard.codec))
    })
}

/// Tells which keys were found, where they were not asked for: once for each finding.
pub(super) fn tell_keys(args: &SourceArgs, plan: &Plan) {
    let mut told: Vec<String> = Vec::new();
    for shard in plan.shards.iter().filter(|shard| shard.format == Format::Jsonl) {
        let mut finding = Vec::new();
        if args.text_key.is_empty() && shard.keys.text.iter().any(|key| key.as_str() != "text") {
            finding.push(format!("text in `{}`", shard.keys.text[0]));
        }
        if args.url_key.is_none() && shard.keys.url.as_ref().is_some_and(|key| key.as_str() != "url") {
            finding.push("address in `metadata.url`".to_owned());
        }
        let finding = finding.join(", ");
        if !finding.is_empty() && !told.contains(&finding) {
            say(&printable(&format!("{}: {finding}", shard.name)));
            told.push(finding);
        }
    }
}
