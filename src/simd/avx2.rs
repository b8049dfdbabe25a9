//! The kernels for x86-64 processors with AVX2, 32 bytes a step.
//!
//! `unsafe` for two things: to load bytes that a slice or an array is known to hold, and to call what needs AVX2 where it is
//! known to be there.
#![expect(unsafe_code, reason = "vector loads and the calls of functions that need AVX2")]

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_adds_epu8, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
    _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_sub_epi8,
};

use super::{Outline, Triples, portable};

/// Bytes that a step looks at.
const STEP: usize = 32;

/// Whether the processor can run the kernels.
pub(super) fn is_there() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1")
}

/// As [`portable::outline`] of the whole text; only where [`is_there`] says so.
pub(super) fn outline(text: &[u8], outline: &mut Outline) {
    debug_assert!(is_there());
    // SAFETY: the callers ask `is_there` first.
    unsafe { outline_avx2(text, outline) }
}

/// As [`portable::feeds`] of the whole text; only where [`is_there`] says so.
pub(super) fn feeds(text: &[u8], feeds: &mut Vec<usize>) {
    debug_assert!(is_there());
    // SAFETY: the callers ask `is_there` first.
    unsafe { feeds_avx2(text, feeds) }
}

/// As [`portable::plain_run`] of the whole text; only where [`is_there`] says so.
pub(super) fn plain_run(text: &[u8]) -> usize {
    debug_assert!(is_there());
    // SAFETY: the callers ask `is_there` first.
    unsafe { plain_run_avx2(text) }
}

/// As [`portable::triples`] of the whole text; only where [`is_there`] says so.
pub(super) fn triples(tables: &Triples, text: &[u8], found: &mut Vec<usize>) {
    debug_assert!(is_there());
    // SAFETY: the callers ask `is_there` first.
    unsafe { triples_avx2(tables, text, found) }
}

#[target_feature(enable = "avx2,bmi1")]
fn outline_avx2(text: &[u8], outline: &mut Outline) {
    // The byte behind a step is looked at as well.
    let steps = text.len().saturating_sub(1) / STEP;
    outline.odd.resize(steps, 0);
    for (step, word) in outline.odd.iter_mut().enumerate() {
        let at = step * STEP;
        let (bytes, next) = (load(text, at), load(text, at + 1));
        // Two words are never made one: the compiler then takes the vector apart, bit by bit.
        *word = odd_ones(bytes, next);
        push_places(bits(is(bytes, b'\n')), at, &mut outline.feeds);
    }
    portable::outline(text, steps * STEP, outline);
}

#[target_feature(enable = "avx2,bmi1")]
fn feeds_avx2(text: &[u8], feeds: &mut Vec<usize>) {
    let steps = text.len() / STEP;
    for at in (0..steps).map(|step| step * STEP) {
        push_places(bits(is(load(text, at), b'\n')), at, feeds);
    }
    portable::feeds(text, steps * STEP, feeds);
}

#[target_feature(enable = "avx2,bmi1")]
fn plain_run_avx2(text: &[u8]) -> usize {
    let mut at = 0;
    while at + STEP < text.len() {
        let odd = odd_ones(load(text, at), load(text, at + 1));
        if odd != 0 {
            return at + odd.trailing_zeros() as usize;
        }
        at += STEP;
    }
    portable::plain_run(text, at)
}

/// The odd ones of 32 bytes, a bit each; `next` are the bytes behind them.
#[target_feature(enable = "avx2,bmi1")]
fn odd_ones(bytes: __m256i, next: __m256i) -> u32 {
    // The highest bit is what counts: the sum has it from 0x7f on, the difference below the blank (and from 0xa0 on).
    let unseen = _mm256_or_si256(_mm256_adds_epu8(bytes, all(1)), _mm256_sub_epi8(bytes, all(b' ')));
    let blanks = _mm256_and_si256(is(bytes, b' '), is(next, b' '));
    let link = _mm256_and_si256(is(bytes, b']'), is(next, b'('));
    bits(_mm256_or_si256(unseen, _mm256_or_si256(blanks, link)))
}

#[target_feature(enable = "avx2")]
fn all(byte: u8) -> __m256i {
    _mm256_set1_epi8(byte.cast_signed())
}

#[target_feature(enable = "avx2")]
fn is(bytes: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(bytes, all(byte))
}

#[target_feature(enable = "avx2,bmi1")]
fn triples_avx2(tables: &Triples, text: &[u8], found: &mut Vec<usize>) {
    let low = tables.low.each_ref().map(|table| twice(table));
    let high = tables.high.each_ref().map(|table| twice(table));
    let half = _mm256_set1_epi8(15);
    let groups = |bytes: __m256i, nth: usize| {
        let below = _mm256_shuffle_epi8(low[nth], _mm256_and_si256(bytes, half));
        let above = _mm256_shuffle_epi8(high[nth], _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
        _mm256_and_si256(below, above)
    };
    let places = |at: usize| {
        let two = _mm256_and_si256(groups(load(text, at), 0), groups(load(text, at + 1), 1));
        let all = _mm256_and_si256(two, groups(load(text, at + 2), 2));
        !bits(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()))
    };
    let mut at = 0;
    while at + STEP + 2 <= text.len() {
        push_places(places(at), at, found);
        at += STEP;
    }
    portable::triples(tables, text, at, found);
}

/// Adds the place of each bit, counted from `at`.
fn push_places(mut bits: u32, at: usize, places: &mut Vec<usize>) {
    while bits != 0 {
        places.push(at + bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

#[target_feature(enable = "avx2")]
fn bits(lanes: __m256i) -> u32 {
    _mm256_movemask_epi8(lanes).cast_unsigned()
}

#[target_feature(enable = "avx2")]
fn load(text: &[u8], at: usize) -> __m256i {
    let bytes: &[u8] = &text[at..at + 32];
    // SAFETY: the slice holds 32 bytes, and the load asks for no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// A table of 16 bytes for both halves of a vector.
#[target_feature(enable = "avx2")]
fn twice(table: &[u8; 16]) -> __m256i {
    // SAFETY: the table holds 16 bytes, and the load asks for no alignment.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(table.as_ptr().cast()) })
}
