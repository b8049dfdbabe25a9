//! Trims the edges of a folded line: bullets, arrows, colons, bars, emoji, Markdown marks.
//!
//! Never trims quotes, brackets, `?` and `!`: a quoted prompt is somebody's words, a prompt is not.

use super::{Span, has_words};

/// What is left of `folded` between its edges. `dialogue` tells that its first dash was written as a long one, as
/// speech is in many languages, and stays.
pub(super) fn core(folded: &[u8], dialogue: bool) -> Span {
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    if is_word(folded.first()) && is_word(folded.last()) {
        return Span::new(0, folded.len());
    }
    let (span, guillemets) = trimmed(folded, dialogue, true);
    // »Leave a comment» is a quotation in some languages; » at one side alone is an arrow.
    if guillemets == (true, true) { trimmed(folded, dialogue, false).0 } else { span }
}

/// `key` without its full stop, if it has three words or more: shorter ones are more often the end of a wrapped
/// sentence than an entry of a menu.
pub(super) fn without_stop(key: &[u8]) -> &[u8] {
    if key.last().is_some_and(|&byte| byte.is_ascii() && byte != b'.') {
        return key;
    }
    let Some(stop) = super::char_before(key, key.len()).filter(|c| matches!(c, '.' | '。' | '।' | '۔' | '։' | '።'))
    else {
        return key;
    };
    let rest = &key[..key.len() - stop.len_utf8()];
    if rest.ends_with(b".") || !has_words(rest, 3) { key } else { rest }
}

fn trimmed(folded: &[u8], dialogue: bool, guillemets: bool) -> (Span, (bool, bool)) {
    let (mut start, mut end) = (0, folded.len());
    let mut seen = (false, false);
    let goes = |c: char| is_edge(c) || (guillemets && is_guillemet(c));
    while let Some(c) = super::char_after(&folded[..end], start).filter(|_| !dialogue) {
        let hashes = folded[start..end].iter().take_while(|&&b| b == b'#').count();
        // Hashes are a heading's mark only with a blank behind them.
        if hashes > 0 && folded[..end].get(start + hashes) == Some(&b' ') {
            start += hashes;
        } else if goes(c) {
            seen.0 |= is_guillemet(c);
            start += c.len_utf8();
        } else {
            break;
        }
    }
    while let Some(c) = super::char_before(&folded[start..end], end - start) {
        let hashes = folded[start..end].iter().rev().take_while(|&&b| b == b'#').count();
        if hashes > 0 && folded[start..end - hashes].last() == Some(&b' ') {
            end -= hashes;
        } else if goes(c) {
            seen.1 |= is_guillemet(c);
            end -= c.len_utf8();
        } else {
            break;
        }
    }
    (Span::new(start, end), seen)
}

fn is_guillemet(c: char) -> bool {
    matches!(c, '»' | '›')
}

fn is_edge(c: char) -> bool {
    // Ornamental quotes and brackets are quotes and brackets.
    if matches!(c, '\u{275b}'..='\u{2760}' | '\u{2768}'..='\u{2775}') {
        return false;
    }
    matches!(
        c,
        ' ' | '*' | '_' | '-' | '>' | '<' | '~' | ':' | '|' | '¦' | '•' | '·' | '‣' | '∙' | '⁃' | '●' | '◦'
        | '\u{2190}'..='\u{21ff}'      // arrows
        | '\u{25a0}'..='\u{27bf}'      // shapes, symbols, dingbats
        | '\u{27f0}'..='\u{27ff}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}'
        | '\u{e000}'..='\u{f8ff}'      // glyphs of icon fonts
        | '\u{1f000}'..='\u{1faff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core_of(line: &str) -> &str {
        &line[core(line.as_bytes(), false).range()]
    }

    #[test]
    fn edges_are_ornaments_not_words() {
        for (line, left) in [
            ("» leave a reply:", "leave a reply"),
            ("## related ##", "related"),
            ("#hashtag", "#hashtag"),
            ("**share**", "share"),
            ("- • share | ", "share"),
            ("👍 like 🎉", "like"),
            ("next →", "next"),
            ("\"share\"", "\"share\""),
            ("(share)", "(share)"),
            ("share?", "share?"),
            ("» no comment »", "» no comment »"),
            ("«share»", "«share"),
            ("---", ""),
            ("## ", ""),
            ("####", "####"),
        ] {
            assert_eq!(core_of(line), left, "{line}");
        }
        assert_eq!(core("- no comment".as_bytes(), true), Span::new(0, 12));
    }

    #[test]
    fn a_full_stop_goes_from_three_words_on() {
        for (key, left) in [
            ("comments are closed.", "comments are closed"),
            ("infrastructure.", "infrastructure."),
            ("two words.", "two words."),
            ("read more now...", "read more now..."),
            ("请登录后评论。", "请登录后评论"),
        ] {
            assert_eq!(without_stop(key.as_bytes()), left.as_bytes(), "{key}");
        }
    }
}
