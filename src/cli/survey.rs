//! What `dechaff diff`, `lines` and `score` share: a run that writes nothing and shows every document to a survey.

use dechaff::clean::Cleaner;
use dechaff::run::{Cleaners, Place, Plan, Progress, Report, Survey, Unfinished, run_with};
use serde_json::json;

use super::clean::tell_faults;
use super::plan::{Planned, tell_keys};
use super::{args::InputArgs, progress};

/// Runs a plan, and tells which keys it reads and what went wrong.
pub(super) fn survey<S: Survey>(
    planned: &Planned,
    input: &InputArgs,
    cleaner: &Cleaner,
    survey: &S,
    quiet: bool,
) -> anyhow::Result<(Report, S::Found)> {
    if !quiet {
        tell_keys(&input.source, &planned.plan);
    }
    let (progress, unfinished) = (Progress::default(), Unfinished::default());
    let cleaners = Cleaners { cleaner, next: None };
    let found = progress::shown(&planned.plan, &progress, quiet, || {
        run_with(&planned.plan, cleaners, survey, &progress, &unfinished)
    })?;
    tell_faults(&found.0, false);
    Ok(found)
}

/// A place for programs.
pub(super) fn place_json(plan: &Plan, place: Place) -> serde_json::Value {
    json!({"file": plan.shards[place.shard].name, "record": (place.record > 0).then_some(place.record), "line": place.line})
}
