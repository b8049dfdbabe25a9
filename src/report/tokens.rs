//! Tokens, as scores count them: runs of letters, digits and `_` after NFKC and lower-casing; each character of Han and
//! kana is one.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// Marks that combine are no letters here: a Devanagari word is as many tokens as its vowel signs part it into. That
/// is how the published figures are counted.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    const UNSPACED: &str = r"\u{3040}-\u{30ff}\u{3400}-\u{9fff}\u{f900}-\u{faff}";
    Regex::new(&format!(r"[{UNSPACED}]|[[\p{{L}}\p{{N}}_]--[{UNSPACED}]]+")).expect("a regex of ours")
});

/// How many tokens `text` has.
pub(super) fn count(text: &str) -> u64 {
    if text.is_ascii() {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let runs = text.as_bytes().chunk_by(|&a, &b| is_token(a) == is_token(b));
        return runs.filter(|run| is_token(run[0])).count() as u64;
    }
    TOKEN.find_iter(&folded(text)).count() as u64
}

/// How alike the bags of tokens of `text` and `gold` are: the harmonic mean of precision and recall.
pub(super) fn likeness(text: &str, gold: &str) -> f64 {
    let (text, gold) = (folded(text), folded(gold));
    let mut bag: HashMap<&str, u64> = HashMap::new();
    let (mut ours, mut theirs, mut common) = (0_u64, 0_u64, 0_u64);
    for token in TOKEN.find_iter(&gold) {
        *bag.entry(token.as_str()).or_default() += 1;
        theirs += 1;
    }
    for token in TOKEN.find_iter(&text) {
        ours += 1;
        if let Some(left) = bag.get_mut(token.as_str()).filter(|left| **left > 0) {
            *left -= 1;
            common += 1;
        }
    }
    if ours == 0 || theirs == 0 { 0.0 } else { 2.0 * super::score::float(common) / super::score::float(ours + theirs) }
}

fn folded(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.nfkc().collect::<String>().to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_as_in_the_published_figures() {
        for (text, tokens) in [
            ("", 0),
            ("Leave a comment", 3),
            ("don't, 3.5 a_b", 5),
            ("Füße ½ ﬁne", 4),
            ("分享到微博 on 2 sites", 8),
            ("हिन्दी", 3),
            ("İstanbul", 2),
            ("--- * ---", 0),
        ] {
            assert_eq!(count(text), tokens, "{text}");
        }
    }

    #[test]
    fn likeness_is_of_bags() {
        let like = |text, gold| format!("{:.3}", likeness(text, gold));
        assert_eq!(like("A b c", "c B a"), "1.000");
        assert_eq!(like("a a a", "a"), "0.500");
        assert_eq!(like("", "a"), "0.000");
        assert_eq!(like("a b", "c"), "0.000");
    }
}
