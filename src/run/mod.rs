//! Many shards: read, cleaned by many threads, written in order, each output whole or not there at all.
//!
//! Takes a [`Plan`] and compiled rules, gives a [`Report`]. What it writes is a function of the inputs, the rules and
//! the options: the same bytes for any number of threads. Never prints; [`Progress`] can be watched meanwhile.

pub mod bench;

mod atomic;
mod crew;
mod notes;
mod packer;
mod peek;
mod plan;
mod quarantine;
mod sample;
mod sink;
mod site;
mod survey;
mod tally;
mod texts;
mod work;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

pub use atomic::{AtomicFile, Unfinished};
pub use notes::{NoteStyle, printable};
pub use peek::{Head, peek, peek_stdin};
pub use plan::{Input, Output, Plan, RunOptions, Shard};
pub use sample::{NoShare, Sample, parse_share};
pub use site::site_of;
pub use survey::{Place, Seen, Sum, Survey};
pub use tally::{NextLevel, RuleTally, Tally};
pub use texts::{CutText, CutTexts};
pub use work::Cleaners;

use crate::shard::{DecodeError, EncodeError};
use crew::Crew;
use sink::Written;

/// Why a run, or a shard of it, failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    #[error("cannot read {name}")]
    Read { name: String, source: io::Error },
    #[error("cannot read {name} beyond its decoded byte {offset}")]
    ReadAt { name: String, offset: u64, source: io::Error },
    #[error("cannot read {name}")]
    Codec { name: String, source: DecodeError },
    #[error(
        "{name}: the document is larger than --max-record ({limit} bytes): is it many documents (--separator LINE) or a stream of lines (--lines)?"
    )]
    DocumentTooLarge { name: String, limit: usize },
    #[error("cannot write {name}")]
    Write { name: String, source: io::Error },
    #[error("cannot compress {name}")]
    Encode { name: String, source: EncodeError },
    #[error("cannot set a record of {name} aside")]
    Spool { name: String, source: io::Error },
    /// The reader of standard output has gone, and wants no more.
    #[error("standard output was closed")]
    ClosedPipe,
    #[error("{words} (stopped: --strict)")]
    Strict { words: String },
    #[error("{words} (stopped: there is no place to set it aside; name one with --quarantine FILE)")]
    NoQuarantine { words: String },
    #[error("internal error: a worker has failed; please report what stands above")]
    Internal,
    #[error("cannot start {threads} threads")]
    Threads { threads: usize, source: rayon::ThreadPoolBuildError },
}

impl RunError {
    fn write(name: &str, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::BrokenPipe {
            Self::ClosedPipe
        } else {
            Self::Write { name: name.to_owned(), source }
        }
    }

    fn encode(path: &Path, source: EncodeError) -> Self {
        Self::Encode { name: path.display().to_string(), source }
    }

    /// Whether other shards can still be cleaned.
    fn is_about_input(&self) -> bool {
        matches!(self, Self::Read { .. } | Self::ReadAt { .. } | Self::Codec { .. } | Self::DocumentTooLarge { .. })
    }
}

/// How far a run is; to be watched from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    raw: AtomicU64,
    files: AtomicU64,
    documents: AtomicU64,
    text: AtomicU64,
    cut: AtomicU64,
}

impl Progress {
    /// Bytes read from files, before decoding.
    #[must_use]
    pub fn raw_bytes(&self) -> u64 {
        self.raw.load(Ordering::Relaxed)
    }

    /// Files that are done.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }

    /// Documents that were cleaned.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents.load(Ordering::Relaxed)
    }

    /// Bytes of text that were looked at, and that were cut.
    #[must_use]
    pub fn text_and_cut_bytes(&self) -> (u64, u64) {
        (self.text.load(Ordering::Relaxed), self.cut.load(Ordering::Relaxed))
    }

    fn add_raw(&self, bytes: u64) {
        self.raw.fetch_add(bytes, Ordering::Relaxed);
    }

    fn add_file(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    fn add_work(&self, tally: &Tally) {
        self.documents.fetch_add(tally.documents, Ordering::Relaxed);
        self.text.fetch_add(tally.text_bytes, Ordering::Relaxed);
        self.cut.fetch_add(tally.cut_bytes, Ordering::Relaxed);
    }
}

/// How a shard came out.
#[derive(Debug)]
pub enum ShardEnd {
    Whole,
    /// Its input was damaged; what was whole before has been written.
    Truncated(String),
}

/// What a run has done.
#[derive(Debug, Default)]
pub struct Report {
    pub tally: Tally,
    /// Shards that are whole.
    pub done: usize,
    /// Shards whose input was damaged, with the cause.
    pub truncated: Vec<(String, String)>,
    /// Shards that failed, with the cause.
    pub failed: Vec<RunError>,
    /// The first bad records of each shard, in words.
    pub bad: Vec<String>,
    /// Where bad records have been set aside, if there were any.
    pub quarantine: Option<PathBuf>,
}

/// Runs `plan`.
///
/// # Errors
/// When an output cannot be written, or a bad record must not be passed over. Shards that were finished before stay;
/// a shard that cannot be read is told in the report, and the others go on.
pub fn run(plan: &Plan, cleaners: Cleaners, progress: &Progress, unfinished: &Unfinished) -> Result<Report, RunError> {
    run_with(plan, cleaners, &(), progress, unfinished).map(|(report, ())| report)
}

/// Runs `plan`, shows every document to `survey`, and gives what it found as well.
///
/// # Errors
/// As [`run`].
pub fn run_with<S: Survey>(
    plan: &Plan,
    cleaners: Cleaners,
    survey: &S,
    progress: &Progress,
    unfinished: &Unfinished,
) -> Result<(Report, S::Found), RunError> {
    let threads = plan.options.threads;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|source| RunError::Threads { threads, source })?;
    let ledger = Mutex::new(Ledger {
        plan,
        unfinished,
        next: 0,
        waiting: BTreeMap::new(),
        report: Report::default(),
        found: S::Found::default(),
        quarantine: None,
    });
    let ended = |number, result| ledger.lock().unwrap_or_else(PoisonError::into_inner).enter(number, result);
    let crew = Crew::new(plan, survey, progress, unfinished, Box::new(ended));
    pool.broadcast(|_| crew.work(cleaners));
    let failure = crew.into_failure();
    let mut ledger = ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
    match failure {
        // Shards that are finished stay, and so must what was set aside from them.
        Some(error) => ledger.keep_waiting().and_then(|()| ledger.close()).and(Err(error)),
        None => ledger.close(),
    }
}

/// Enters shards in their order, whenever they end.
struct Ledger<'r, F> {
    plan: &'r Plan,
    unfinished: &'r Unfinished,
    next: usize,
    waiting: BTreeMap<usize, Result<(Written<F>, ShardEnd), RunError>>,
    report: Report,
    found: F,
    quarantine: Option<AtomicFile>,
}

impl<F: Sum> Ledger<'_, F> {
    fn enter(&mut self, number: usize, result: Result<(Written<F>, ShardEnd), RunError>) -> Result<(), RunError> {
        let result = match result {
            Err(error) if !error.is_about_input() => return Err(error),
            result => result,
        };
        self.waiting.insert(number, result);
        while let Some(result) = self.waiting.remove(&self.next) {
            let name = self.plan.shards[self.next].name.clone();
            self.next += 1;
            match result {
                Err(error) => self.report.failed.push(error),
                Ok((written, end)) => {
                    self.keep(written)?;
                    match end {
                        ShardEnd::Whole => self.report.done += 1,
                        ShardEnd::Truncated(cause) => self.report.truncated.push((name, cause)),
                    }
                }
            }
        }
        Ok(())
    }

    /// Keeps what was set aside from shards that ended before others that will not end any more.
    fn keep_waiting(&mut self) -> Result<(), RunError> {
        for (_, result) in std::mem::take(&mut self.waiting) {
            if let Ok((written, _)) = result {
                self.keep(written)?;
            }
        }
        Ok(())
    }

    fn keep(&mut self, written: Written<F>) -> Result<(), RunError> {
        self.report.tally.absorb(written.tally);
        self.found.absorb(written.found);
        self.report.bad.extend(written.told);
        let (Some(mut bad), Some(path)) = (written.bad, &self.plan.options.quarantine) else { return Ok(()) };
        let failed = |source| RunError::Write { name: path.display().to_string(), source };
        if self.quarantine.is_none() {
            self.quarantine = Some(AtomicFile::create_kept(path, self.unfinished).map_err(failed)?);
            self.report.quarantine = Some(path.clone());
        }
        if let Some(quarantine) = &mut self.quarantine {
            quarantine.append(&mut bad).map_err(failed)?;
        }
        Ok(())
    }

    fn close(self) -> Result<(Report, F), RunError> {
        if let (None, Some(path)) = (&self.quarantine, &self.plan.options.quarantine) {
            // What stands there is of an earlier run.
            sink::remove(path)?;
        }
        if let (Some(quarantine), Some(path)) = (self.quarantine, &self.plan.options.quarantine) {
            quarantine.publish().map_err(|source| RunError::Write { name: path.display().to_string(), source })?;
        }
        Ok((self.report, self.found))
    }
}
