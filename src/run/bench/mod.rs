//! What it costs to clean a dump on this machine: the stages of a run, whole runs by more and more threads, rules by kind
//! and the dearest ones.
//!
//! Takes a plan and rules, times them on a sample that it holds in memory, gives [`Costs`]. It writes
//! into a folder that it is given and that nobody keeps, and never prints.

mod codecs;
mod dearest;
mod kinds;
mod sample;
mod stages;
mod times;
mod whole;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub use codecs::CodecCost;
pub use dearest::{Dearest, RuleCost};
pub use kinds::{KindCost, KindCosts};
pub use sample::{Bound, MOST as MOST_SAMPLED};
pub use times::Times;
pub use whole::WholeCost;

use super::{Plan, RunError, Tally, Unfinished};
use crate::clean::{Cleaner, CompileError, Options};
use crate::pack::{Pack, PackError};
use crate::shard::{Codec, Format};
use sample::Stock;
use stages::Parts;
use times::{busy, rounds};

/// How long stages are repeated.
const WITHIN: Duration = Duration::from_secs(6);

/// What is to be timed.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Shards that go nowhere; its options tell the most threads and the level of compression.
    pub plan: &'a Plan,
    pub packs: &'a [Pack],
    pub rules: &'a Options,
    pub bound: Bound,
    /// How often everything is timed.
    pub repeat: usize,
    /// Whether it is timed less often where that takes long.
    pub is_hasty: bool,
    /// Where outputs are written; they are taken away again, but for copies of the sample.
    pub folder: &'a Path,
    pub unfinished: &'a Unfinished,
}

impl Ask<'_> {
    /// How long something is repeated.
    fn within(&self, hasty: Duration) -> Duration {
        if self.is_hasty { hasty } else { Duration::MAX }
    }
}

/// Why nothing could be timed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error(transparent)]
    Pack(#[from] PackError),
    /// What could not be read: the name of a file and the cause.
    #[error("there is nothing to time: no document could be read")]
    Nothing { faults: Vec<(String, String)> },
}

/// What was timed of a dump.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sampled {
    pub files: usize,
    pub of_files: usize,
    /// Bytes of files, as they stand in them.
    pub file_bytes: u64,
    pub of_file_bytes: u64,
    /// The same bytes unpacked.
    pub bytes: u64,
    /// Documents, or lines if files are streams of lines.
    pub documents: u64,
    pub are_lines: bool,
    /// Records that would be set aside.
    pub bad: u64,
    /// Bytes of files and the seconds in which they were read first, when they may not have been in memory.
    pub first_read: (u64, f64),
    /// How the files are packed.
    pub codecs: Vec<Codec>,
    pub cleaned_bytes: u64,
    pub packed_bytes: u64,
}

/// The stages of a run, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Read,
    Decode,
    Clean,
    Encode,
    Write,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 5] = [Self::Read, Self::Decode, Self::Clean, Self::Encode, Self::Write];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Decode => "decode",
            Self::Clean => "clean",
            Self::Encode => "encode",
            Self::Write => "write",
        }
    }

    /// Whether it waits for a disk, and so is timed by the wall clock; the others are by processor time.
    #[must_use]
    pub fn waits(self) -> bool {
        matches!(self, Self::Read | Self::Write)
    }
}

/// What a dump costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Costs {
    pub sampled: Sampled,
    /// What could not be read: the name of a file and the cause.
    pub faults: Vec<(String, String)>,
    /// Rules that act.
    pub rules: usize,
    /// Seconds to compile them.
    pub compile: f64,
    /// The stages in their order, each by one thread.
    pub stages: Vec<(Stage, Times)>,
    /// Whole runs, by rising numbers of threads.
    pub whole: Vec<WholeCost>,
    pub codecs: Vec<CodecCost>,
    pub kinds: KindCosts,
    pub dearest: Dearest,
}

impl Costs {
    /// Seconds of all stages one after another.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.stages.iter().map(|(_, times)| times.median).sum()
    }

    /// The share of a stage in all of them.
    #[must_use]
    pub fn share(&self, stage: Stage) -> f64 {
        let own = self.stages.iter().find(|(other, _)| *other == stage);
        own.map_or(0.0, |(_, times)| times.median / self.seconds().max(f64::MIN_POSITIVE))
    }
}

/// How far the timing is; to be watched from another thread.
#[derive(Debug, Default)]
pub struct Watch {
    done: AtomicU64,
    steps: AtomicU64,
    doing: Mutex<String>,
}

impl Watch {
    /// Steps that were begun, and about how many there will be.
    #[must_use]
    pub fn steps(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.steps.load(Ordering::Relaxed))
    }

    /// What is timed now.
    #[must_use]
    pub fn doing(&self) -> String {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn step(&self, doing: &str) {
        self.done.fetch_add(1, Ordering::Relaxed);
        doing.clone_into(&mut self.doing.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn begin(&self, ask: &Ask) {
        let threads = whole::threads(ask.plan.options.threads).len();
        let steps = 2 + ask.repeat * (2 + threads) + (2 * ask.repeat + 1) + dearest::FOUND + 1;
        self.steps.store(steps as u64, Ordering::Relaxed);
    }
}

/// Times what cleaning the dump of `ask` costs.
///
/// # Errors
/// When there is nothing to time, an output cannot be written, or the rules do not make a cleaner.
pub fn measure(ask: &Ask, watch: &Watch) -> Result<Costs, BenchError> {
    watch.begin(ask);
    watch.step("drawing a sample");
    let (cleaner, compile) = busy(|| Cleaner::new(ask.packs, ask.rules));
    let cleaner = cleaner?;
    let mut stock = Stock::take(ask.plan, ask.bound);
    let faults = std::mem::take(&mut stock.faults);
    watch.step("a first look");
    let mut cleaned = Parts::new();
    let first = stages::clean(&mut stock, &cleaner, &ask.plan.options, |shard, plain| {
        cleaned.push((shard.codec, plain.to_vec()));
    })?;
    let mut sampled = sampled(ask.plan, &stock, &first.tally);
    if sampled.documents == 0 {
        return Err(BenchError::Nothing { faults });
    }
    let (packed, _) = stages::encode(&cleaned, ask.plan.options.compress_level)?;
    sampled.cleaned_bytes = total(cleaned.iter().map(|(_, plain)| plain));
    sampled.packed_bytes = total(&packed);
    let stages = stages(ask, &mut stock, &cleaner, (&cleaned, &packed), watch)?;
    drop(packed);
    let codecs = codecs::codecs(ask, &cleaned, watch)?;
    drop(cleaned);
    let whole = whole::whole(ask, &stock, &cleaner, watch)?;
    let per_byte = per_byte(first.seconds, sampled.bytes);
    let kinds = kinds::kinds(ask, &stock, per_byte, &cleaner, watch)?;
    let dearest = dearest::dearest(ask, &stock, per_byte, &cleaner, &cuts(&cleaner, &first.tally), watch)?;
    let rules = cleaner.rule_ids().len();
    Ok(Costs { sampled, faults, rules, compile, stages, whole, codecs, kinds, dearest })
}

#[expect(clippy::cast_precision_loss, reason = "a sample is no larger than 2^53 bytes")]
fn per_byte(seconds: f64, bytes: u64) -> f64 {
    seconds / bytes.max(1) as f64
}

/// Times the stages in turn.
fn stages(
    ask: &Ask,
    stock: &mut Stock,
    cleaner: &Cleaner,
    (cleaned, packed): (&Parts, &[Vec<u8>]),
    watch: &Watch,
) -> Result<Vec<(Stage, Times)>, RunError> {
    let options = &ask.plan.options;
    let times = rounds(ask.repeat, ask.within(WITHIN), || {
        watch.step("stage by stage");
        Ok::<_, RunError>(vec![
            stages::read(stock)?,
            stages::decode_all(stock, options)?,
            stages::clean(stock, cleaner, options, |_, _| ())?.seconds,
            stages::encode(cleaned, options.compress_level)?.1,
            stages::write(stock, packed, ask.folder, ask.unfinished)?,
        ])
    })?;
    Ok(Stage::ALL.into_iter().zip(times).collect())
}

fn sampled(plan: &Plan, stock: &Stock, tally: &Tally) -> Sampled {
    let (file_bytes, bytes) = stock.bytes();
    let are_lines = plan.shards.iter().any(|shard| shard.format == Format::Lines);
    let parts = stock.pieces.iter().flat_map(|piece| &piece.parts);
    let lines = |bytes: &Vec<u8>| memchr::memchr_iter(b'\n', bytes).count() as u64;
    let codecs: BTreeSet<&str> = stock.pieces.iter().map(|piece| piece.shard.codec.label()).collect();
    Sampled {
        files: stock.pieces.len(),
        of_files: plan.shards.len(),
        file_bytes,
        of_file_bytes: plan.shards.iter().filter_map(|shard| shard.size).sum(),
        bytes,
        documents: if are_lines { parts.map(|part| lines(&part.bytes)).sum() } else { tally.documents },
        are_lines,
        bad: tally.quarantined,
        first_read: (stock.first_read.1, stock.first_read.0),
        codecs: Codec::ALL.into_iter().filter(|codec| codecs.contains(codec.label())).collect(),
        cleaned_bytes: 0,
        packed_bytes: 0,
    }
}

fn cuts(cleaner: &Cleaner, tally: &Tally) -> HashMap<String, u64> {
    tally.rules.iter().map(|(&rule, tally)| (cleaner.rule_id(rule).to_owned(), tally.cuts)).collect()
}

fn total<'b>(parts: impl IntoIterator<Item = &'b Vec<u8>>) -> u64 {
    parts.into_iter().map(|part| part.len() as u64).sum()
}
