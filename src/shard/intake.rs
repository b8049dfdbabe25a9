//! The raw bytes of a packed file, in blocks, counted.
//!
//! Takes a reader, gives a block to look at and is told how much of it was used. Not `BufReader`, because a decoder
//! must know at which raw byte it stands.

use std::io::{self, Read};

/// Large enough that a system call costs nothing beside decoding, small enough to stay in cache.
const BLOCK: usize = 128 << 10;

/// A buffered reader that counts what was taken from it.
pub(super) struct Intake<'r> {
    reader: Box<dyn Read + Send + 'r>,
    block: Box<[u8]>,
    from: usize,
    to: usize,
    taken: u64,
}

impl<'r> Intake<'r> {
    pub(super) fn new(reader: Box<dyn Read + Send + 'r>) -> Self {
        let block = vec![0; BLOCK].into_boxed_slice();
        Self { reader, block, from: 0, to: 0, taken: 0 }
    }

    /// The bytes that come next; empty only at the end of the file.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        while self.from == self.to {
            match self.reader.read(&mut self.block) {
                Ok(0) => break,
                Ok(got) => (self.from, self.to) = (0, got),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.block[self.from..self.to])
    }

    /// Whether the next look needs no read, which may fail.
    pub(super) fn is_ready(&self) -> bool {
        self.from < self.to
    }

    /// Passes over `count` bytes of what [`Intake::peek`] showed.
    pub(super) fn take(&mut self, count: usize) {
        debug_assert!(count <= self.to - self.from, "took more than was shown");
        self.from += count;
        self.taken += count as u64;
    }

    /// How many bytes were taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }
}
