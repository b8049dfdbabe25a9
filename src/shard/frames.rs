//! Frames of a packed file that may be passed on as they are.
//!
//! Takes the places where frames end, with their packed bytes, in the order of the stream; tells where a part may end
//! with one, and gives the packed form of a part that is made of whole frames. Never holds the packed bytes of a part
//! that is too long for it. A frame must have been decoded whole and must carry a checksum, because that is what we
//! promise of the frames that we write; skippable frames are passed over, for what they say about the others may not be
//! true any more. Gzip has no such frames: what we write is one member, and another member cannot stand inside it.

use std::collections::VecDeque;

/// A frame that was decoded whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// How many bytes of the stream are decoded when it is over.
    pub(super) end: u64,
    /// Its packed bytes; none if it is too long, or has no checksum.
    pub(super) packed: Option<Vec<u8>>,
}

/// The frames that end in the bytes that a reader holds.
#[derive(Debug)]
pub(super) struct Frames {
    /// Those that nobody has looked at.
    waiting: VecDeque<Frame>,
    /// The packed form of those that ended inside the part under way; none if it will not be made of whole ones.
    begun: Option<Vec<u8>>,
    /// Where the last of them ended.
    last: u64,
    /// Where the part begins.
    from: u64,
    /// Whether it begins inside a frame, where another part ended.
    is_inside: bool,
    /// The last place where both a part and a frame ended.
    base: u64,
    /// Parts that are longer, packed or not, are not passed on as they are.
    most: usize,
}

impl Frames {
    /// No frame yet, in a stream whose next byte is `from`.
    pub(super) fn new(from: u64, most: usize) -> Self {
        let begun = Some(Vec::new());
        Self { waiting: VecDeque::new(), begun, last: 0, from, is_inside: false, base: 0, most }
    }

    pub(super) fn add(&mut self, frame: Frame) {
        // One that ends where a record ended that was no part comes too late.
        if frame.end > self.from {
            self.waiting.push_back(frame);
        }
    }

    /// From where the stretches of parts are counted.
    pub(super) fn base(&self) -> u64 {
        self.base
    }

    /// After how many bytes the first one ends that ends the part: one that leaves it no less than `least`, unless it
    /// began inside a frame, and where `is_end` says that a record is over.
    pub(super) fn part_end(&mut self, least: usize, is_end: impl Fn(usize) -> bool) -> Option<usize> {
        let least = if self.is_inside { 0 } else { least };
        while let Some(frame) = self.waiting.front() {
            let len = usize::try_from(frame.end - self.from).unwrap_or(usize::MAX);
            if len >= least && is_end(len) {
                return Some(len);
            }
            self.pass();
        }
        None
    }

    /// Gives up the packed form of the part, of which there are more than `len` bytes.
    pub(super) fn outgrow(&mut self, len: usize) {
        if len > self.most {
            self.begun = None;
        }
    }

    /// Goes on to `to`, where a part is over; gives its packed form, if it is made of whole frames.
    pub(super) fn finish_part(&mut self, to: u64) -> Option<Vec<u8>> {
        if to == self.from {
            return None;
        }
        if self.waiting.front().is_some_and(|frame| frame.end == to) {
            self.pass();
        }
        self.outgrow(usize::try_from(to - self.from).unwrap_or(usize::MAX));
        self.is_inside = self.last != to;
        let packed = self.begun.take().filter(|packed| !self.is_inside && !packed.is_empty());
        if !self.is_inside {
            (self.base, self.begun) = (to, Some(Vec::new()));
        }
        self.from = to;
        packed
    }

    /// Goes on to `to`, if that is farther. No frame is known to begin there: whether one ended may not be known yet.
    pub(super) fn skip(&mut self, to: u64) {
        if to == self.from {
            return;
        }
        while self.waiting.front().is_some_and(|frame| frame.end <= to) {
            self.waiting.pop_front();
        }
        // What was passed because it left too little leaves even less from here, so that nothing is missed.
        (self.from, self.begun, self.is_inside) = (to, None, false);
    }

    /// Leaves the next frame to the part under way.
    fn pass(&mut self) {
        let Some(frame) = self.waiting.pop_front() else { return };
        self.last = frame.end;
        let packed = self.begun.take().zip(frame.packed).map(|(before, own)| join(before, own));
        self.begun = packed.filter(|packed| packed.len() <= self.most);
    }
}

fn join(mut before: Vec<u8>, own: Vec<u8>) -> Vec<u8> {
    if before.is_empty() {
        return own;
    }
    before.extend_from_slice(&own);
    before
}
