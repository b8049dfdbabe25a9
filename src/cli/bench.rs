//! `dechaff bench`: what a dump costs on this machine with these rules.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, bail};
use dechaff::run::Unfinished;
use dechaff::run::bench::{Ask, BenchError, Costs, Watch, measure};
use dechaff::run::printable;

use super::args::{InputArg, LevelArg};
use super::bench_args::{BenchArgs, BenchFormat};
use super::bench_json::json;
use super::bench_told::{Told, table};
use super::plan::{tell_keys, to_bench};
use super::rules::load::{rules, tell_single_words};
use super::{Outcome, progress, signals, warn};

/// How often everything is timed, unless it is asked for.
const REPEAT: usize = 3;

pub(super) fn bench(args: &BenchArgs) -> anyhow::Result<Outcome> {
    let rules = rules(&args.rules)?;
    let planned = to_bench(&args.input, args.compress_level, args.run.jobs)?;
    if !args.run.quiet {
        tell_keys(&args.input, &planned.plan);
        tell_single_words(&rules.packs);
    }
    let unfinished = Unfinished::default();
    let folder = folder(args, &unfinished)?;
    let ask = Ask {
        plan: &planned.plan,
        packs: &rules.packs,
        rules: &rules.options,
        bound: args.sample,
        repeat: args.repeat.map_or(REPEAT, usize::from),
        is_hasty: args.repeat.is_none(),
        folder: folder.path(),
        unfinished: &unfinished,
    };
    let watch = Watch::default();
    let costs = progress::steps(&watch, args.run.quiet, || measure(&ask, &watch));
    let kept = folder.path().display().to_string();
    folder.close().with_context(|| format!("cannot take the temporary folder `{kept}` away"))?;
    let costs = costs.inspect_err(tell_unread)?;
    tell_faults(&costs.faults);
    if costs.sampled.bad > 0 {
        warn(&format!("{} records of the sample are bad: clean would set them aside", costs.sampled.bad));
    }
    tell(&costs, args)?;
    // The program ends: to free the rules one by one takes longer than to leave them.
    std::mem::forget(rules);
    Ok(if costs.faults.is_empty() { Outcome::Done } else { Outcome::Incomplete })
}

/// A folder for outputs, which goes with the command however it ends.
fn folder(args: &BenchArgs, unfinished: &Unfinished) -> anyhow::Result<tempfile::TempDir> {
    let base = args.tmp.clone().unwrap_or_else(std::env::temp_dir);
    if !base.is_dir() {
        bail!("`{}` is no folder (--tmp names one for what is written and taken away again)", base.display());
    }
    let made: Arc<Mutex<Option<PathBuf>>> = Arc::default();
    // Locked until the folder is known, so that a signal cannot come between.
    let mut known = made.lock().unwrap_or_else(PoisonError::into_inner);
    let to_go = Arc::clone(&made);
    signals::watch_then(unfinished, "dechaff: interrupted: nothing is left of what was written", move || {
        if let Some(path) = to_go.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // The process ends; what cannot be removed stays.
            let _ = std::fs::remove_dir_all(path);
        }
    })?;
    let folder = tempfile::Builder::new().prefix("dechaff-bench-").tempdir_in(&base);
    let folder =
        folder.with_context(|| format!("cannot write into `{}` (--tmp names another folder)", base.display()))?;
    *known = Some(folder.path().to_owned());
    Ok(folder)
}

fn tell(costs: &Costs, args: &BenchArgs) -> anyhow::Result<()> {
    let told = Told {
        costs,
        level: match args.rules.level {
            LevelArg::One => 1,
            LevelArg::Two => 2,
        },
        input: match args.rules.input {
            InputArg::Article => "article",
            InputArg::Page => "page",
        },
        compress_level: args.compress_level,
        price: args.price,
    };
    let told = match args.format {
        BenchFormat::Table => table(&told),
        BenchFormat::Json => format!("{:#}\n", json(&told)),
    };
    Ok(anstream::stdout().lock().write_all(told.as_bytes())?)
}

fn tell_unread(error: &BenchError) {
    if let BenchError::Nothing { faults } = error {
        tell_faults(faults);
    }
}

fn tell_faults(faults: &[(String, String)]) {
    for (name, cause) in faults {
        warn(&format!("{}: {cause} (what was whole before that is timed)", printable(name)));
    }
}
