//! The figures of `dechaff bench`, for programs.

use dechaff::run::bench::{Costs, Times};
use serde_json::json;

use super::bench_helps::helps;
use super::bench_told::{PROJECTED, Told, clock, per};

/// The figures as JSON.
pub(super) fn json(told: &Told) -> serde_json::Value {
    let Costs { sampled, stages, whole, codecs, kinds, dearest, .. } = told.costs;
    let projected = told.projection();
    json!({
        "dechaff": env!("CARGO_PKG_VERSION"),
        "sample": {
            "files": sampled.files,
            "of_files": sampled.of_files,
            "file_bytes": sampled.file_bytes,
            "of_file_bytes": sampled.of_file_bytes,
            "bytes": sampled.bytes,
            (told.unit()): sampled.documents,
            "bad_records": sampled.bad,
            "cleaned_bytes": sampled.cleaned_bytes,
            "packed_bytes": sampled.packed_bytes,
            "first_read": {"bytes": sampled.first_read.0, "seconds": sampled.first_read.1},
            "faults": told.costs.faults.iter().map(|(file, cause)| json!({"file": file, "cause": cause})).collect::<Vec<_>>(),
        },
        "rules": {
            "acting": told.costs.rules,
            "level": told.level,
            "input": told.input,
            "compile_seconds": told.costs.compile,
        },
        "stages": stages.iter().map(|(stage, times)| timed(told, times, json!({
            "stage": stage.name(),
            "clock": clock(*stage),
            "share": told.costs.share(*stage),
        }))).collect::<Vec<_>>(),
        "threads": whole.iter().map(|one| timed(told, &one.times, json!({
            "threads": one.threads,
            "busy": one.busy,
        }))).collect::<Vec<_>>(),
        "packing": codecs.iter().map(|way| json!({
            "codec": way.codec.label(),
            "level": way.level,
            "seconds_per_byte": way.seconds_per_byte,
            "size": way.size,
        })).collect::<Vec<_>>(),
        "kinds": {
            "all_seconds": kinds.all.low,
            "none_seconds": kinds.none.low,
            "kinds": kinds.kinds.iter().map(|kind| json!({
                "kind": kind.kind,
                "rules": kind.rules,
                "alone": kind.alone,
                "saves": kind.saves,
            })).collect::<Vec<_>>(),
        },
        "dearest": {
            "complete": dearest.is_complete,
            "rules": dearest.rules.iter().map(|rule| json!({
                "rule": rule.id,
                "kind": rule.kind,
                "share": rule.share,
                "cuts": rule.cuts,
            })).collect::<Vec<_>>(),
        },
        "projection": projected.as_ref().map(|projected| json!({
            "file_bytes": PROJECTED,
            "threads": projected.threads,
            "seconds": projected.seconds,
            "core_hours": projected.core_hours(),
            "price": told.price,
            "cost": told.price.map(|price| price * projected.core_hours()),
            "all_files_seconds": projected.all,
        })),
        "helps": helps(told),
    })
}

/// Times and rates, beside what `what` holds.
fn timed(told: &Told, times: &Times, mut what: serde_json::Value) -> serde_json::Value {
    let sampled = &told.costs.sampled;
    let per_second = |number: u64| (times.median > 0.0).then(|| per(number, times.median));
    what["seconds"] = json!(times.median);
    what["low"] = json!(times.low);
    what["high"] = json!(times.high);
    what["runs"] = json!(times.runs);
    what["file_bytes_per_second"] = json!(per_second(sampled.file_bytes));
    what["bytes_per_second"] = json!(per_second(sampled.bytes));
    what[format!("{}_per_second", told.unit())] = json!(per_second(sampled.documents));
    what
}
