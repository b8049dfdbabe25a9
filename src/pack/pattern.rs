//! How the regexes of rules are compiled.

use regex::bytes::{Regex, RegexBuilder};

use crate::text::Case;

/// What a compiled regex may take, in bytes.
const SIZE: usize = 1 << 20;

/// Compiles `pattern` to be tried on folded lines: on the whole of them, or on parts.
///
/// # Errors
/// When it is no regex, or takes more than 1 MiB compiled.
pub fn compile_pattern(pattern: &str, case: Case, whole: bool) -> Result<Regex, regex::Error> {
    let anchored = if whole { format!(r"\A(?:{pattern})\z") } else { pattern.to_owned() };
    RegexBuilder::new(&anchored).case_insensitive(case == Case::Fold).size_limit(SIZE).dfa_size_limit(SIZE).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_large_a_regex_is_refused() {
        assert!(compile_pattern(r"(?:a{1000}){1000}", Case::Fold, true).is_err());
        assert!(compile_pattern(r"share (?:this|it)", Case::Fold, true).is_ok_and(|regex| regex.is_match(b"SHARE it")));
    }
}
