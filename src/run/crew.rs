//! Workers: each takes the next part of some shard, cleans and packs it while it is in its cache, and hands it in.
//!
//! Parts of a shard are read under its lock, one after another, and written in the same order by whoever hands in the
//! one that is next. A worker stays with its shard and opens another one when it cannot go on there; only when no more
//! can be opened does it help with those of others. Nobody waits with a part in hand: how many parts are under way is
//! asked before one is taken.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};

use super::packer::Packer;
use super::plan::{Input, Output, Plan, Shard};
use super::quarantine::{BadRecord, Raw};
use super::sink::{Packed, Sink, Written};
use super::survey::Survey;
use super::work::Cleaners;
use super::{Progress, RunError, ShardEnd, Unfinished};
use crate::shard::{Decoder, Format, PartOptions, PartReader, ReadError, Unit, decode, records::records};

/// So many shards for each thread may end before one that was opened earlier does: what was counted in them must wait
/// for it.
const AHEAD: usize = 16;

/// What all workers share.
pub(super) struct Crew<'r, S: Survey> {
    plan: &'r Plan,
    survey: &'r S,
    progress: &'r Progress,
    unfinished: &'r Unfinished,
    yard: Mutex<Yard<'r, S::Found>>,
    /// Grows when the yard changes, or a shard can give or take a part again.
    changes: AtomicU64,
    /// Workers that wait for a change; with none it need not be told, which happens for every part.
    waiting: AtomicUsize,
    changed: Condvar,
    stop: AtomicBool,
    /// Records that a limit still allows.
    left: Mutex<Option<u64>>,
    most_under_way: usize,
    ended: Ended<'r, S::Found>,
}

struct Yard<'r, F> {
    next: usize,
    open: Vec<Arc<OpenShard<'r, F>>>,
    /// Shards that are being opened.
    opening: usize,
    failure: Option<RunError>,
}

struct OpenShard<'r, F> {
    number: usize,
    shard: &'r Shard,
    feed: Mutex<Feed>,
    under_way: AtomicUsize,
    queue: Mutex<Queue<'r, F>>,
}

type Shared<'r, S> = Arc<OpenShard<'r, <S as Survey>::Found>>;

struct Feed {
    reader: Option<PartReader<Decoder<'static>>>,
    tickets: u64,
    consumed: u64,
}

struct Queue<'r, F> {
    waiting: BTreeMap<u64, Packed<F>>,
    next: u64,
    /// How many parts there are, once it is known, and how the stream ended.
    end: Option<(u64, StreamEnd)>,
    /// Absent while a worker writes.
    sink: Option<Sink<'r, F>>,
    /// Buffers to read into, as they were left.
    spare_in: Vec<Vec<u8>>,
    /// Buffers to write from: others, as they may be of quite another size.
    spare_out: Vec<Vec<u8>>,
}

enum StreamEnd {
    Whole,
    Damaged { cause: String, bad: Option<BadRecord> },
    Failed(RunError),
}

type Ended<'r, F> = Box<dyn Fn(usize, Result<(Written<F>, ShardEnd), RunError>) -> Result<(), RunError> + Sync + 'r>;

impl<'r, S: Survey> Crew<'r, S> {
    /// A crew for `plan`; `ended` is told of every shard that is done, or has failed, and may end the run by an error.
    pub(super) fn new(
        plan: &'r Plan,
        survey: &'r S,
        progress: &'r Progress,
        unfinished: &'r Unfinished,
        ended: Ended<'r, S::Found>,
    ) -> Self {
        Self {
            plan,
            survey,
            progress,
            unfinished,
            yard: Mutex::new(Yard { next: 0, open: Vec::new(), opening: 0, failure: None }),
            changes: AtomicU64::new(0),
            waiting: AtomicUsize::new(0),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
            left: Mutex::new(plan.options.limit),
            most_under_way: 2 * plan.options.threads + 2,
            ended,
        }
    }

    /// Works until nothing is left to do, or the run has failed.
    pub(super) fn work(&self, cleaners: Cleaners) {
        let mut packer = Packer::new(cleaners, self.survey, &self.plan.options);
        let mut own = None;
        let shift = catch_unwind(AssertUnwindSafe(|| {
            while let Some((open, ticket, unit)) = self.take(&mut own) {
                let packed = self.finish(&mut packer, &open, unit);
                let handed = packed.and_then(|packed| self.hand_in(&open, ticket, packed));
                if let Err(error) = handed {
                    self.fail(error);
                }
            }
        }));
        // The others would wait for its part for ever.
        if shift.is_err() {
            self.fail(RunError::Internal);
        }
    }

    /// Why the run failed, if it did.
    pub(super) fn into_failure(self) -> Option<RunError> {
        self.yard.into_inner().unwrap_or_else(PoisonError::into_inner).failure
    }

    /// The next part to work on, from the worker's own shard if possible; none when there will be no more.
    fn take(&self, own: &mut Option<Shared<'r, S>>) -> Option<(Shared<'r, S>, u64, Unit)> {
        loop {
            if self.stop.load(Ordering::Acquire) {
                return None;
            }
            let seen = self.changes.load(Ordering::SeqCst);
            if let Some(open) = own.as_ref()
                && let Some((ticket, unit)) = self.read(open)
            {
                return Some((Arc::clone(open), ticket, unit));
            }
            match self.open_next() {
                Ok(Some(open)) => {
                    *own = Some(open);
                    continue;
                }
                Ok(None) => {}
                Err(error) => {
                    self.fail(error);
                    return None;
                }
            }
            let others = self.yard().open.clone();
            for open in others {
                if let Some((ticket, unit)) = self.read(&open) {
                    *own = Some(Arc::clone(&open));
                    return Some((open, ticket, unit));
                }
            }
            let mut yard = self.yard();
            if yard.open.is_empty() && yard.opening == 0 && self.is_all_open(&yard) {
                return None;
            }
            self.waiting.fetch_add(1, Ordering::SeqCst);
            while self.changes.load(Ordering::SeqCst) == seen {
                yard = self.changed.wait(yard).unwrap_or_else(PoisonError::into_inner);
            }
            self.waiting.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn is_all_open(&self, yard: &Yard<S::Found>) -> bool {
        yard.next >= self.plan.shards.len() || *lock(&self.left) == Some(0)
    }

    /// Opens the next shard, if one more may be open.
    fn open_next(&self) -> Result<Option<Shared<'r, S>>, RunError> {
        let most = if self.plan.options.one_by_one() { 1 } else { self.plan.options.threads };
        let mut yard = self.yard();
        let oldest = yard.open.iter().map(|open| open.number).min().unwrap_or(yard.next);
        let far = yard.next - oldest >= AHEAD * self.plan.options.threads;
        if far || yard.open.len() + yard.opening >= most || self.is_all_open(&yard) {
            return Ok(None);
        }
        let number = yard.next;
        yard.next += 1;
        yard.opening += 1;
        drop(yard);
        let opened = self.open(number);
        let mut yard = self.yard();
        yard.opening -= 1;
        let opened = opened.map(Arc::new);
        yard.open.extend(opened.as_ref().ok().map(Arc::clone));
        drop(yard);
        self.tell();
        match opened {
            Ok(open) => Ok(Some(open)),
            Err(error) => {
                (self.ended)(number, Err(error))?;
                Ok(None)
            }
        }
    }

    fn open(&self, number: usize) -> Result<OpenShard<'r, S::Found>, RunError> {
        let shard = &self.plan.shards[number];
        let options = &self.plan.options;
        let raw: Box<dyn Read + Send> = match &shard.input {
            Input::File(path) => {
                Box::new(File::open(path).map_err(|source| RunError::Read { name: shard.name.clone(), source })?)
            }
            Input::Stdin { head } => Box::new(io::Cursor::new(head.clone()).chain(io::stdin())),
        };
        let decoder =
            decode(shard.codec, raw).map_err(|source| RunError::Codec { name: shard.name.clone(), source })?;
        let spool = (shard.output != Output::Nowhere && options.quarantine.is_some()).then(std::env::temp_dir);
        let part_options = PartOptions {
            part_bytes: options.part_bytes,
            max_record: options.max_record,
            spool_dir: spool,
            // A level that was asked for is for all that is written.
            keep_packed: shard.output != Output::Nowhere && options.compress_level.is_none(),
            count_lines: shard.notes.is_some() || options.notes_to_stdout || options.sample.is_some() || S::LOOKS,
            ..PartOptions::new(shard.format.clone())
        };
        let sink = Sink::open(shard, options, self.unfinished)?;
        let reader = Some(PartReader::of_decoder(decoder, part_options));
        Ok(OpenShard {
            number,
            shard,
            feed: Mutex::new(Feed { reader, tickets: 0, consumed: 0 }),
            under_way: AtomicUsize::new(0),
            queue: Mutex::new(Queue {
                waiting: BTreeMap::new(),
                next: 0,
                end: None,
                sink: Some(sink),
                spare_in: Vec::new(),
                spare_out: Vec::new(),
            }),
        })
    }

    /// The next part of a shard; none if another worker reads it, enough of it is under way, or it has ended.
    fn read(&self, open: &Shared<'r, S>) -> Option<(u64, Unit)> {
        if open.under_way.load(Ordering::Acquire) >= self.most_under_way {
            return None;
        }
        let mut feed = match open.feed.try_lock() {
            Ok(feed) => feed,
            Err(TryLockError::Poisoned(feed)) => feed.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let reader = feed.reader.as_mut()?;
        if let Some(spare) = lock(&open.queue).spare_in.pop() {
            reader.recycle(spare);
        }
        let unit = if *lock(&self.left) == Some(0) { Ok(None) } else { reader.next() };
        let consumed = reader.get_ref().consumed();
        self.progress.add_raw(consumed - feed.consumed);
        feed.consumed = consumed;
        let end = match unit {
            Ok(Some(unit)) => {
                let unit = self.limited(open.shard, unit);
                open.under_way.fetch_add(1, Ordering::AcqRel);
                let ticket = feed.tickets;
                feed.tickets += 1;
                drop(feed);
                self.tell();
                return Some((ticket, unit));
            }
            Ok(None) => StreamEnd::Whole,
            Err(error) => stream_end(open.shard, error),
        };
        feed.reader = None;
        lock(&open.queue).end = Some((feed.tickets, end));
        drop(feed);
        if let Err(error) = self.pump(open) {
            self.fail(error);
        }
        self.tell();
        None
    }

    /// A part without the records that are beyond the limit.
    fn limited(&self, shard: &Shard, unit: Unit) -> Unit {
        let mut left = lock(&self.left);
        let Some(left) = left.as_mut() else { return unit };
        let mut part = match unit {
            Unit::Part(part) => part,
            Unit::Oversize(_) => {
                *left = left.saturating_sub(1);
                return unit;
            }
            Unit::Verbatim(_) => return unit,
        };
        let counts = |body: &[u8]| shard.format != Format::Jsonl || !crate::text::is_blank(body);
        let mut end = part.bytes.len();
        for record in records(&shard.format, &part.bytes) {
            if *left == 0 {
                end = record.offset;
                break;
            }
            *left -= u64::from(counts(record.body));
        }
        if end < part.bytes.len() {
            part.bytes.truncate(end);
            part.packed = None;
        }
        Unit::Part(part)
    }

    /// Cleans and packs a part, or passes on what stands in its place.
    fn finish(
        &self,
        packer: &mut Packer<S>,
        open: &OpenShard<S::Found>,
        unit: Unit,
    ) -> Result<Packed<S::Found>, RunError> {
        let mut room = lock(&open.queue).spare_out.pop().unwrap_or_default();
        room.clear();
        let (packed, used) = packer.pack(open.shard, open.number, unit, room)?;
        self.progress.add_work(&packed.tally);
        self.keep(&mut lock(&open.queue).spare_in, used);
        Ok(packed)
    }

    fn keep(&self, spare: &mut Vec<Vec<u8>>, bytes: Vec<u8>) {
        let fits = (1..=4 * self.plan.options.part_bytes).contains(&bytes.capacity());
        if fits && spare.len() < self.most_under_way {
            spare.push(bytes);
        }
    }

    /// Puts a part in its place, and writes what is next.
    fn hand_in(&self, open: &Shared<'r, S>, ticket: u64, packed: Packed<S::Found>) -> Result<(), RunError> {
        lock(&open.queue).waiting.insert(ticket, packed);
        self.pump(open)
    }

    /// Writes the parts of a shard that are next, unless another worker does.
    fn pump(&self, open: &Shared<'r, S>) -> Result<(), RunError> {
        let mut queue = lock(&open.queue);
        loop {
            let Some(mut sink) = queue.sink.take() else { return Ok(()) };
            let next = queue.next;
            if let Some(packed) = queue.waiting.remove(&next) {
                queue.next += 1;
                drop(queue);
                let spare = sink.write(packed)?;
                open.under_way.fetch_sub(1, Ordering::AcqRel);
                self.tell();
                queue = lock(&open.queue);
                self.keep(&mut queue.spare_out, spare);
                queue.sink = Some(sink);
            } else if let Some((_, end)) = queue.end.take_if(|(total, _)| *total == next) {
                drop(queue);
                return self.close(open, sink, end);
            } else {
                queue.sink = Some(sink);
                return Ok(());
            }
        }
    }

    fn close(&self, open: &Shared<'r, S>, mut sink: Sink<'r, S::Found>, end: StreamEnd) -> Result<(), RunError> {
        let result = match end {
            StreamEnd::Failed(error) => Err(error),
            StreamEnd::Whole => {
                sink.tally().raw_bytes = lock(&open.feed).consumed;
                // An empty file is an empty document.
                let empty = open.shard.format == Format::Text && sink.tally().records == 0;
                sink.publish(empty && self.plan.options.drop_empty).map(|written| (written, ShardEnd::Whole))
            }
            StreamEnd::Damaged { cause, bad } => {
                // A document that is its whole file has nothing that was whole.
                let nothing = open.shard.format == Format::Text;
                if let Some(bad) = bad {
                    sink.tally().records += 1;
                    sink.add_bad(bad)?;
                }
                sink.tally().raw_bytes = lock(&open.feed).consumed;
                sink.publish(nothing).map(|written| (written, ShardEnd::Truncated(cause)))
            }
        };
        // What cannot be written ends the run; what cannot be read ends its shard.
        let result = match result {
            Err(error) if !error.is_about_input() => return Err(error),
            result => result,
        };
        self.progress.add_file();
        let ended = (self.ended)(open.number, result);
        self.yard().open.retain(|other| other.number != open.number);
        self.tell();
        ended
    }

    fn fail(&self, error: RunError) {
        self.yard().failure.get_or_insert(error);
        self.stop.store(true, Ordering::Release);
        self.tell();
    }

    /// Wakes those who wait for a change. Who begins to wait says so before looking for changes, and a change is made
    /// before looking who waits, so that none is missed.
    fn tell(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            // Who looked before the change now sleeps, or lets go of the yard to do so.
            drop(self.yard());
            self.changed.notify_all();
        }
    }

    fn yard(&self) -> MutexGuard<'_, Yard<'r, S::Found>> {
        lock(&self.yard)
    }
}

/// How a stream ended that ended by `error`.
fn stream_end(shard: &Shard, error: ReadError) -> StreamEnd {
    let name = shard.name.clone();
    match error {
        ReadError::Damaged { cause, offset, record, fragment, .. } => {
            let cause = cause.to_string();
            let bad = (!fragment.is_empty()).then(|| BadRecord {
                record,
                byte: offset,
                cause: format!("cut off: {cause}"),
                cut_off: true,
                raw: Raw::Bytes(fragment),
            });
            StreamEnd::Damaged { cause, bad }
        }
        ReadError::DocumentTooLarge { limit } => StreamEnd::Failed(RunError::DocumentTooLarge { name, limit }),
        ReadError::Io { offset, source } => StreamEnd::Failed(RunError::ReadAt { name, offset, source }),
        other => StreamEnd::Failed(RunError::Spool { name, source: io::Error::other(other) }),
    }
}

/// Every value behind a lock is whole between two statements, so that a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
