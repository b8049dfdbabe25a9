//! Whole runs over the sample, by one thread and by more: the same [`run`] that cleans a dump, with its outputs in a folder
//! that nobody keeps.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::sample::{Piece, Stock};
use super::stages::write_file;
use super::times::{Times, process_seconds, rounds, wall};
use super::{Ask, Watch};
use crate::clean::Cleaner;
use crate::run::{Cleaners, Input, Output, Plan, Progress, RunError, RunOptions, Shard, Unfinished, run};

/// How long runs are repeated.
const WITHIN: Duration = Duration::from_secs(5);

/// A whole run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WholeCost {
    pub threads: usize,
    /// Of wall clock.
    pub times: Times,
    /// Of that time, the share in which its threads were at work rather than waited for a disk, each other or a processor;
    /// none where that is not told.
    pub busy: Option<f64>,
}

/// The numbers of threads that are tried: powers of two, and the most.
pub(super) fn threads(most: usize) -> Vec<usize> {
    let powers = std::iter::successors(Some(1_usize), |threads| threads.checked_mul(2));
    let mut all: Vec<usize> = powers.take_while(|&threads| threads < most).collect();
    all.push(most.max(1));
    all
}

/// Times whole runs over the sample.
pub(super) fn whole(ask: &Ask, stock: &Stock, cleaner: &Cleaner, watch: &Watch) -> Result<Vec<WholeCost>, RunError> {
    let inputs = inputs(stock, ask.folder, ask.unfinished)?;
    let outputs = ask.folder.join("out");
    let threads = threads(ask.plan.options.threads);
    let mut at_work = vec![Some(0.0); threads.len()];
    let times = rounds(ask.repeat, ask.within(WITHIN), || {
        let mut seconds = Vec::with_capacity(threads.len());
        for (&threads, at_work) in threads.iter().zip(&mut at_work) {
            watch.step(&format!("{threads} thread{}", if threads == 1 { "" } else { "s" }));
            let plan = plan(stock, &inputs, &outputs, ask.plan, threads);
            let cleaners = Cleaners { cleaner, next: None };
            let before = process_seconds();
            let (report, took) = wall(|| run(&plan, cleaners, &Progress::default(), ask.unfinished));
            report?;
            seconds.push(took);
            *at_work = Option::zip(*at_work, Option::zip(before, process_seconds()))
                .map(|(sum, (before, after))| sum + (after - before) / took.max(f64::MIN_POSITIVE));
            std::fs::remove_dir_all(&outputs).map_err(|e| RunError::write(&outputs.display().to_string(), e))?;
        }
        Ok(seconds)
    })?;
    let cost = |((threads, times), at_work): ((usize, Times), Option<f64>)| {
        #[expect(clippy::cast_precision_loss, reason = "threads and runs are few")]
        let busy = at_work.map(|sum| (sum / times.runs as f64 / threads as f64).min(1.0));
        WholeCost { threads, times, busy }
    };
    Ok(threads.into_iter().zip(times).zip(at_work).map(cost).collect())
}

/// Files that hold the sample: those that are in it whole, and copies of the beginnings of the others.
fn inputs(stock: &Stock, folder: &Path, unfinished: &Unfinished) -> Result<Vec<PathBuf>, RunError> {
    let input = |(at, piece): (usize, &Piece)| {
        if let (true, Input::File(path)) = (piece.whole, &piece.shard.input) {
            return Ok(path.clone());
        }
        let path = folder.join("in").join(at.to_string());
        write_file(&path, std::slice::from_ref(&piece.raw), unfinished)
            .map_err(|e| RunError::write(&path.display().to_string(), e))?;
        Ok(path)
    };
    stock.pieces.iter().enumerate().map(input).collect()
}

fn plan(stock: &Stock, inputs: &[PathBuf], outputs: &Path, plan: &Plan, threads: usize) -> Plan {
    let shard = |(at, (piece, input)): (usize, (&Piece, &PathBuf))| Shard {
        input: Input::File(input.clone()),
        output: Output::File(outputs.join(at.to_string())),
        ..piece.shard.clone()
    };
    let shards: Vec<Shard> = stock.pieces.iter().zip(inputs).enumerate().map(shard).collect();
    // A beginning that ends inside a record, as packed ones do, leaves that record here.
    let quarantine = Some(outputs.join("bad"));
    Plan { shards, options: RunOptions { threads, quarantine, ..plan.options.clone() } }
}

#[cfg(test)]
mod tests {
    use super::threads;

    #[test]
    fn powers_of_two_are_tried_and_the_most() {
        assert_eq!(threads(1), [1]);
        assert_eq!(threads(2), [1, 2]);
        assert_eq!(threads(6), [1, 2, 4, 6]);
        assert_eq!(threads(8), [1, 2, 4, 8]);
    }
}
