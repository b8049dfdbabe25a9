//! Which language a text is in.
//!
//! Takes a text, gives the code of its language if that is sure; tags are brought to the same codes. Rules for certain
//! languages ask, once a document.

use std::sync::LazyLock;

use hashbrown::HashMap;

use crate::text::{Line, count_words, lines};

/// Bytes of text that its language is found from.
const SAMPLE: usize = 4096;
/// Bytes in which the little words are counted.
const FIRST_SAMPLE: usize = 1200;
/// Lines of fewer words are more often interface than text.
const TELLING_WORDS: usize = 8;
/// The share of words, in hundredths, that little words of a language make up in its texts at least, and in those of any
/// other one never do.
const PLENTY: usize = 14;

/// Words that every text of a language is full of, and texts of others are not.
const FUNCTION_WORDS: [(&str, &str); 3] = [
    (
        "en",
        "the of and to that is was for with on as by it at from be this are have has which they you not but had their",
    ),
    (
        "de",
        "der die und den von zu das mit sich des auf für ist im dem nicht ein eine als auch es werden aus er hat dass sie",
    ),
    ("fr", "le les des et du une est dans pour qui sur pas au par plus avec il ce ne sont aux ont cette mais"),
];

/// The primary language of a tag, by its shortest code.
pub(super) fn primary(tag: &str) -> String {
    let tag = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    match tag.as_str() {
        "nb" | "nn" | "nob" | "nno" | "nor" => "no".to_owned(),
        "iw" => "he".to_owned(),
        "in" => "id".to_owned(),
        "fre" => "fr".to_owned(),
        "ger" => "de".to_owned(),
        "chi" | "zho" => "zh".to_owned(),
        "dut" => "nl".to_owned(),
        "cze" => "cs".to_owned(),
        "gre" => "el".to_owned(),
        "per" | "fas" => "fa".to_owned(),
        "rum" => "ro".to_owned(),
        "slo" => "sk".to_owned(),
        "ara" => "ar".to_owned(),
        "may" | "msa" => "ms".to_owned(),
        code if code.len() == 3 => {
            whatlang::Lang::from_code(code).map_or(tag.clone(), |lang| short_code(lang).to_owned())
        }
        _ => tag,
    }
}

/// The language that `text` is written in, if its sentences tell: by the little words of a few languages, where these are
/// plenty, otherwise by whatlang, which compares with the profiles of seventy.
pub(super) fn language_of(text: &[u8]) -> Option<&'static str> {
    let content = |line: &Line| &text[line.span.range()];
    let telling =
        lines(text).filter(|line| line.span.len() > TELLING_WORDS && count_words(content(line)) >= TELLING_WORDS);
    let mut sample = String::new();
    let mut first = true;
    for line in telling {
        let Ok(line) = std::str::from_utf8(content(&line)) else { continue };
        sample.extend(line.chars().take(SAMPLE - sample.len().min(SAMPLE)));
        sample.push('\n');
        if first && sample.len() >= FIRST_SAMPLE {
            first = false;
            if let Some(code) = by_function_words(&sample) {
                return Some(code);
            }
        }
        if sample.len() >= SAMPLE {
            break;
        }
    }
    let info = whatlang::detect(&sample)?;
    info.is_reliable().then(|| short_code(info.lang()))
}

/// The language whose little words are plenty in `sample`.
fn by_function_words(sample: &str) -> Option<&'static str> {
    static LANGUAGES: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
        let words =
            FUNCTION_WORDS.iter().zip(0..).flat_map(|((_, words), at)| words.split(' ').map(move |word| (word, at)));
        words.collect()
    });
    let (mut counts, mut all) = ([0; FUNCTION_WORDS.len()], 0);
    let sample = sample.to_ascii_lowercase();
    for word in sample.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
        all += 1;
        if let Some(&language) = LANGUAGES.get(word) {
            counts[language] += 1;
        }
    }
    let best = (0..counts.len()).max_by_key(|&language| counts[language])?;
    let is_alone = counts.iter().zip(0..).all(|(&count, language)| language == best || 4 * count <= counts[best]);
    (is_alone && counts[best] > 0 && 100 * counts[best] >= PLENTY * all).then_some(FUNCTION_WORDS[best].0)
}

/// The code of two letters, which tags are written with.
fn short_code(lang: whatlang::Lang) -> &'static str {
    use whatlang::Lang;
    match lang {
        Lang::Epo => "eo",
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "no",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        Lang::Cym => "cy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_words_tell_a_language_where_they_are_plenty() {
        let english = "The ferry had been late for a week, and nobody on the quay could say why it was so.";
        let german = "Die Fähre kam seit einer Woche zu spät, und niemand auf dem Kai konnte sagen, woran das lag.";
        let dutch = "De veerboot was al een week te laat, en niemand op de kade kon zeggen waarom dat zo was.";
        let spanish = "El transbordador llegaba tarde desde hacía una semana, y nadie en el muelle sabía por qué.";
        assert_eq!(by_function_words(english), Some("en"));
        assert_eq!(by_function_words(german), Some("de"));
        assert_eq!(by_function_words(dutch), None);
        assert_eq!(by_function_words(spanish), None);
        assert_eq!(by_function_words(""), None);
        assert_eq!(by_function_words("Home Menu Contact About Login Register Share"), None);
    }

    #[test]
    fn long_texts_are_told_by_their_first_lines() {
        let told = |text: &str| language_of(text.repeat(20).as_bytes());
        assert_eq!(
            told("The ferry had been late for a week, and nobody on the quay could say why it was so.\n"),
            Some("en")
        );
    }
}
