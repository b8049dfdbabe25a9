//! The safe twins of the kernels: slower, for every processor, and right by looking at them.

use super::{Outline, Triples};

/// Adds the outline of `text` from byte `from` on, which is a multiple of 32.
pub(super) fn outline(text: &[u8], from: usize, outline: &mut Outline) {
    for (block, bytes) in text[from..].chunks(32).enumerate() {
        let start = from + 32 * block;
        let mut odd = 0_u32;
        for (step, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' {
                outline.feeds.push(start + step);
            }
            let next = text.get(start + step + 1);
            odd |= u32::from(is_odd(byte, next.copied())) << step;
        }
        outline.odd.push(odd);
    }
}

/// Adds the line feeds of `text` from byte `from` on.
pub(super) fn feeds(text: &[u8], from: usize, feeds: &mut Vec<usize>) {
    feeds.extend(memchr::memchr_iter(b'\n', &text[from..]).map(|step| from + step));
}

/// Where the first odd byte of `text` from byte `from` on stands, or its end.
pub(super) fn plain_run(text: &[u8], from: usize) -> usize {
    let is_odd = |at: &usize| is_odd(text[*at], text.get(at + 1).copied());
    (from..text.len()).find(is_odd).unwrap_or(text.len())
}

fn is_odd(byte: u8, next: Option<u8>) -> bool {
    !(0x20..0x7f).contains(&byte) || matches!((byte, next), (b' ', Some(b' ')) | (b']', Some(b'(')))
}

/// Adds the places of `text` from byte `from` on at which a triple may begin.
pub(super) fn triples(tables: &Triples, text: &[u8], from: usize, found: &mut Vec<usize>) {
    let groups = |at: usize, byte: u8| tables.low[at][usize::from(byte & 15)] & tables.high[at][usize::from(byte >> 4)];
    let ahead = |at: usize| text.get(at).copied().unwrap_or(0);
    let places = (from..).zip(&text[from..]);
    let begins = |&(at, &byte): &(usize, &u8)| {
        let first = groups(0, byte);
        first != 0 && first & groups(1, ahead(at + 1)) & groups(2, ahead(at + 2)) != 0
    };
    found.extend(places.filter(begins).map(|(at, _)| at));
}
