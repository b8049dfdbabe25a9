//! Stretches of a JSON string that stand for themselves.
//!
//! Takes bytes, tells where the first one is that a string cannot hold as it is: a quote, a backslash, a control byte.
//! Strings are the bulk of a dump, so this looks at many bytes at a time. Bytes beyond ASCII are never special.

/// Bytes that are looked at in one step; with 16 the loop over them becomes a few vector instructions everywhere.
pub(super) const BLOCK: usize = 16;

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// The place, from `at` on, of the first special byte; the length of `bytes` if there is none.
#[inline]
pub(super) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(block) = block_at(bytes, at) {
        match special_in(block) {
            None => at += BLOCK,
            Some(step) => return at + step,
        }
    }
    while bytes.get(at).is_some_and(|&byte| !is_special(byte)) {
        at += 1;
    }
    at
}

/// The whole block that begins at `at`; none near the end.
#[inline]
pub(super) fn block_at(bytes: &[u8], at: usize) -> Option<&[u8; BLOCK]> {
    bytes.get(at..)?.first_chunk()
}

/// Where the first special byte of a block is.
#[inline]
pub(super) fn special_in(block: &[u8; BLOCK]) -> Option<usize> {
    // Without a branch, or the compiler would look at one byte after another.
    let any = block.iter().fold(0, |any, &byte| any | u8::from(is_special(byte)));
    (any != 0).then(|| first_special(block))
}

/// The place of the first special byte of a block that has one.
fn first_special(block: &[u8; BLOCK]) -> usize {
    let (words, _) = block.as_chunks::<8>();
    let [low, high] = [words[0], words[1]].map(|word| specials(u64::from_le_bytes(word)));
    if low == 0 { 8 + first(high) } else { first(low) }
}

/// A quote (0x22), a backslash or a byte below 0x20; with its second bit turned, a quote is 0x20 and a blank is not.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "a branch would keep blocks from being looked at as a whole")]
pub(super) fn is_special(byte: u8) -> bool {
    (byte == b'\\') | ((byte ^ 2) < 0x21)
}

/// Sets the high bit of the first special byte of a word, and of none before it.
#[inline]
fn specials(word: u64) -> u64 {
    let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
    let low = (word ^ (ONES * 2)).wrapping_sub(ONES * 0x21);
    (backslash | low) & !word & HIGH
}

fn first(specials: u64) -> usize {
    specials.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_byte_is_special_or_not() {
        for byte in 0..=255 {
            let special = byte < 0x20 || byte == b'"' || byte == b'\\';
            assert_eq!(is_special(byte), special, "{byte}");
            for place in 0..BLOCK {
                for around in [b'!', b'#', b' ', b']', 0x80, 0xff, 0xa2, 0xdc] {
                    let mut block = [around; BLOCK];
                    block[place] = byte;
                    assert_eq!(special_in(&block), special.then_some(place), "{byte} among {around}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_end_is_that_of_a_search_byte_by_byte(
            bytes in proptest::collection::vec(prop_oneof![
                60 => b' '..=b'!', 60 => b'#'..=b'[', 40 => 0x7f_u8.., 1 => Just(b'"'), 1 => Just(b'\\'), 1 => 0..0x20_u8,
            ], 0..100),
            at in 0_usize..100,
        ) {
            let at = at.min(bytes.len());
            let end = bytes[at..].iter().position(|&byte| is_special(byte)).map_or(bytes.len(), |step| at + step);
            prop_assert_eq!(plain_end(&bytes, at), end);
        }
    }
}
