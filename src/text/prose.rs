//! Which lines are prose.

use super::word::words_by_kind;

/// Words that a prose line has at least; lines of scripts without blanks need more, since each character counts.
const LEAST: usize = 12;
const LEAST_UNSPACED: usize = 20;

/// How many words `line` holds if it is prose, that is at least 12 words (20 in scripts without blanks) and an end mark
/// of any script, perhaps followed by closing quotes or brackets; 0 for any other line.
#[must_use]
pub fn prose_words(line: &[u8]) -> usize {
    // Twelve words need eleven borders: shorter lines are not worth counting.
    if line.len() < 2 * LEAST - 1 || !has_end_mark(line) {
        return 0;
    }
    let (words, unspaced) = words_by_kind(line);
    let least = if 2 * unspaced > words { LEAST_UNSPACED } else { LEAST };
    if words >= least { words } else { 0 }
}

fn has_end_mark(line: &[u8]) -> bool {
    let mut end = line.len();
    while let Some(c) = super::char_before(&line[..end], end) {
        match c {
            '.' | '!' | '?' | '…' | '。' | '！' | '？' | '．' | '｡' | '؟' | '۔' | '।' | '॥' | '։' | '።' | '។' | '‼'
            | '⁇' => {
                return true;
            }
            '"' | '\'' | '”' | '’' | '“' | '‘' | '»' | '«' | '›' | '‹' | ')' | ']' | '}' | '」' | '』' | '）'
            | '】' | '》' | '*' | '_' => {}
            c if c.is_whitespace() => {}
            _ => return false,
        }
        end -= c.len_utf8();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWELVE: &str = "one two three four five six seven eight nine ten eleven twelve";

    #[test]
    fn prose_has_twelve_words_and_an_end_mark() {
        for (end, words) in
            [(".", 12), ("?", 12), (".”", 12), (".) \r", 12), ("…", 12), ("", 0), (":", 0), (" ...", 12)]
        {
            assert_eq!(prose_words(format!("{TWELVE}{end}").as_bytes()), words, "{end:?}");
        }
        assert_eq!(prose_words(b"Leave a comment."), 0);
        assert_eq!(prose_words(&[b'.'; 40]), 0);
    }

    #[test]
    fn scripts_without_blanks_need_twenty_characters() {
        assert_eq!(prose_words("中国国务委员杨洁篪在东京会见日本首相安倍晋三。".as_bytes()), 22);
        assert_eq!(prose_words("请在下面留下您的评论谢谢。".as_bytes()), 0);
    }
}
