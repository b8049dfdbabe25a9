//! Words that are article text: what heads the parts of articles, and what stands in every sentence.
//!
//! A short list on purpose. A heading is here if articles of many sites are divided by it, a word if no sentence of the
//! language does without its kind. Menus have neither.

/// Whether `key`, a folded phrase, is one of them.
pub(super) fn is_common(key: &[u8]) -> bool {
    COMMON.iter().any(|common| common.as_bytes() == key)
}

/// Folded, by language.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    // English
    "the", "a", "an", "and", "or", "of", "to", "in", "is", "was", "it", "that", "for", "with", "on", "he", "she",
    "abstract", "introduction", "background", "conclusion", "conclusions", "summary", "results", "discussion", "methods",
    "references", "pros", "cons", "pros and cons", "ingredients", "instructions", "directions", "verdict", "faq",
    "frequently asked questions", "correction", "update", "timeline", "question", "answer", "thank you",
    // German
    "der", "die", "das", "und", "oder", "ist", "war", "ein", "eine", "mit", "von", "zu", "nicht",
    "einleitung", "fazit", "zusammenfassung", "hintergrund", "ergebnis", "ergebnisse", "vorteile", "nachteile", "zutaten",
    "zubereitung", "häufige fragen", "quellen",
    // French
    "le", "la", "les", "un", "une", "et", "ou", "est", "des", "du", "en", "pour", "avec",
    "résumé", "contexte", "bilan", "avantages", "inconvénients", "ingrédients", "préparation", "questions fréquentes",
    // Spanish, Italian, Portuguese
    "el", "los", "las", "y", "o", "es", "de", "que", "con", "por", "il", "lo", "gli", "e", "che", "di", "per", "os", "as", "é",
    "introducción", "conclusión", "conclusiones", "resumen", "ventajas", "desventajas", "ingredientes", "preparación",
    "preguntas frecuentes", "introduzione", "conclusione", "conclusioni", "riassunto", "vantaggi", "svantaggi", "ingredienti",
    "preparazione", "domande frequenti", "introdução", "conclusão", "resumo", "vantagens", "desvantagens", "perguntas frequentes",
    // Dutch, Swedish, Danish, Norwegian
    "het", "een", "van", "och", "att", "det", "som", "og", "er",
    "inleiding", "conclusie", "samenvatting", "voordelen", "nadelen", "bereiding", "veelgestelde vragen",
    "inledning", "slutsats", "sammanfattning", "ingredienser", "konklusion", "sammendrag", "konklusjon",
    // Polish, Czech, Hungarian, Romanian, Turkish
    "i", "w", "na", "nie", "z", "a", "az", "és", "și", "ve", "bir",
    "wstęp", "wnioski", "podsumowanie", "składniki", "zalety", "wady", "úvod", "závěr", "shrnutí", "bevezetés", "összefoglalás",
    "introducere", "concluzie", "rezumat", "giriş", "sonuç", "özet",
    // Russian, Ukrainian, Greek
    "и", "в", "не", "на", "что", "та", "у", "και", "το",
    "введение", "заключение", "выводы", "итоги", "вступ", "висновки", "підсумки", "εισαγωγή", "συμπέρασμα", "περίληψη",
    // Chinese, Japanese, Korean
    "的", "了", "引言", "结论", "结语", "总结", "摘要", "はじめに", "まとめ", "結論", "要約", "서론", "결론", "요약",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Case, Fold, key_into};

    #[test]
    fn each_is_folded_and_means_something() {
        for common in COMMON {
            let mut key = Vec::new();
            key_into(common.as_bytes(), Fold::Full, Case::Fold, &mut key);
            assert_eq!(String::from_utf8_lossy(&key), *common);
        }
        assert!(is_common(b"conclusion") && !is_common(b"leave a comment"));
    }
}
