//! How rare bytes are in running text.
//!
//! Takes bytes, gives the share of the places of a text at which they stand. Told by a table of letter pairs, not by a dump:
//! what is found must not hang on what was read before.

use std::sync::LazyLock;

/// How rare pairs are in running text, in bits (`0` to `9`, then `a` to `n`): a row for each first one of `a` to `z`, a
/// blank and anything else, a column for each second one. Counted in scraped pages of thirty languages.
const PAIRS: [&[u8; 28]; 28] = [
    b"e989eb9c9ea797faf787aacdad8b",
    b"aeff8hggaehaefagjabeahglbhcd",
    b"8ebg8ih8agaagg8fgac9ahijcfac",
    b"9eec7fce8fgcedadibaeacekcg7a",
    b"8b889aab9fc897bac678b9aabd68",
    b"aghh9afh9jhbhg8gjaebbihjeh8b",
    b"afhf8gcaakfbebafkabdbihjci8a",
    b"8fff7ggg8ifcdc8ffadabhejcg8b",
    b"9b898a9dfgb9968ae987d9gdfbab",
    b"ckkkcjlkfkjliichkhfjbkikllfe",
    b"bfgg9efgajgcgcbfjdbcdhgjeh9b",
    b"8dda8cdg8jd8dd9cieaaadej9f8a",
    b"8bff8egi9jheaf99mgbebifjcg9b",
    b"9d978b7d9ebbda9ege87bcegbc69",
    b"bbaad8adbdb98799i7997a9dde8b",
    b"9gfe9dfbakg9df9am8bbbhhhdkab",
    b"ikgnmjmjhlmflklkkkglamknnkfg",
    b"8caa7cad8habaa8chb99abdjad79",
    b"ae9d8dea8hbcbd9aee979eckbf68",
    b"8ecf7de67jfbdd7di99a9ebhac69",
    b"bbabacbfagdaa8eaj889gfhedfab",
    b"ajhi8jij9ljhhibfngejfjikgkdd",
    b"9ggg9hi99kiegcahndbfeifkfjac",
    b"dgdkdjkhcmjihkhblkicfkjfgkcd",
    b"ddefbgfidhhddd9clebdhhejjg7a",
    b"cgigbhhhcjhghfdhlhhebiekffce",
    b"677787887aa87877b876997e9bn7",
    b"bbbbcccccedbcbccfa9adccfef63",
];

fn pair_bits(first: u8, second: u8) -> i32 {
    bits_of(PAIRS[class(first)][class(second)])
}

fn bits_of(digit: u8) -> i32 {
    i32::from(if digit.is_ascii_digit() { digit - b'0' } else { digit - b'a' + 10 })
}

fn class(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b'A'..=b'Z' => usize::from(byte - b'A'),
        b' ' => 26,
        _ => 27,
    }
}

/// How much rarer a byte is than all of its class.
fn extra_bits(byte: u8) -> i32 {
    match byte {
        b'a'..=b'z' | b' ' => 0,
        b',' | b'.' => 4,
        b'A'..=b'Z' | b'-' | b'0'..=b'9' | 0x80.. => 5,
        b'"' | b'\'' | b'(' | b')' | b':' | b'/' => 7,
        _ => 9,
    }
}

/// The share of the places of a text at which each byte stands.
pub(crate) static BYTE_SHARES: LazyLock<[f64; 256]> = LazyLock::new(|| {
    let mut shares = [0.0; 256];
    shares.iter_mut().zip(0..=u8::MAX).for_each(|(share, byte)| *share = byte_share(byte));
    shares
});

fn byte_share(byte: u8) -> f64 {
    let all: f64 = PAIRS[class(byte)].iter().map(|&digit| 0.5_f64.powi(bits_of(digit))).sum();
    all * 0.5_f64.powi(extra_bits(byte))
}

/// The share of the places of a text at which some bytes stand, as if each hung on the one before it alone.
pub(crate) fn share_of(bytes: &[u8]) -> f64 {
    let pairs: i32 = bytes.windows(2).map(|pair| pair_bits(pair[0], pair[1])).sum();
    let extra: i32 = bytes.iter().copied().map(extra_bits).sum();
    let inner = bytes.get(1..bytes.len().saturating_sub(1)).unwrap_or_default();
    let again: f64 = inner.iter().map(|&byte| BYTE_SHARES[usize::from(byte)].max(1e-9)).product();
    (0.5_f64.powi(pairs + extra) / again).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_is_what_is_seldom_written() {
        for (rare, common) in [("zqx", "the"), ("k h", "ing"), ("o :", "on "), ("ff:", "ent")] {
            assert!(share_of(rare.as_bytes()) < share_of(common.as_bytes()), "{rare} {common}");
        }
        let sum: f64 = (b'a'..=b'z').chain([b' ']).map(byte_share).sum();
        assert!((0.7..1.1).contains(&sum), "{sum}");
    }
}
