//! Lines made of the tokens of one vocabulary: share bars, rows of menu entries.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::hole::{self, Seen};
use crate::pack::{Hole, Key, Spot, Token};
use crate::text::{Fold, Span};

/// The longest line that is taken apart, in folded bytes.
const LONGEST: usize = 1024;

/// The vocabulary of one rule.
pub(super) struct TokenRun {
    pub rule: u32,
    pub fold: Fold,
    /// The fewest tokens that make a run.
    least: usize,
    /// Folded.
    tokens: Vec<Token>,
    /// Which tokens begin with a byte; those that begin with a number stand apart.
    by_first: HashMap<u8, Vec<usize>>,
    numbers: Vec<usize>,
}

impl TokenRun {
    /// The run of `rule` over `tokens`, the longest first, that has at least `least` of them.
    pub(super) fn new(tokens: &[Token], least: usize, rule: u32, fold: Fold) -> Self {
        let mut by_first: HashMap<u8, Vec<usize>> = HashMap::new();
        let mut numbers = Vec::new();
        for (token, number) in tokens.iter().zip(0..) {
            match token.before.as_bytes().first() {
                Some(&first) => by_first.entry(first).or_default().push(number),
                None => numbers.push(number),
            }
        }
        Self { rule, fold, least, tokens: tokens.to_vec(), by_first, numbers }
    }

    /// The texts that a run may begin with.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        let spot = |text: &str| if text.is_empty() { Spot::Count } else { Spot::Start };
        self.tokens
            .iter()
            .map(move |token| Key { spot: spot(&token.before), text: token.before.trim_ascii().to_owned() })
    }

    /// What of the line it takes, if the line is a run.
    pub(super) fn span(&self, seen: &Seen) -> Option<Span> {
        let seen = &seen.folded_as(self.fold);
        let core = seen.core;
        (core.len() <= LONGEST && self.most(seen, core).is_some_and(|most| most >= self.least)).then_some(core)
    }

    /// The most tokens that `core` can be taken apart into; none if it cannot.
    fn most(&self, seen: &Seen, core: Span) -> Option<usize> {
        // Places that are reached, each with the most tokens before it. Most lines go on otherwise after a token or two.
        let mut open = BTreeMap::from([(core.start, 0)]);
        while let Some((at, count)) = open.pop_first() {
            if at == core.end {
                return Some(count);
            }
            for token in self.tokens_at(&seen.text[at..core.end]) {
                for end in ends(token, seen, at + token.before.len()).into_iter().filter(|&end| end <= core.end) {
                    let best = open.entry(end + gap(&seen.text[end..core.end])).or_default();
                    *best = (*best).max(count + 1);
                }
            }
        }
        None
    }

    /// The tokens whose text `ahead`, which is not empty, begins with.
    fn tokens_at(&self, ahead: &[u8]) -> impl Iterator<Item = &Token> {
        let first = self.by_first.get(&ahead[0]).map_or(&[][..], Vec::as_slice);
        let tokens = first.iter().chain(&self.numbers).map(|&number| &self.tokens[number]);
        tokens.filter(|token| ahead.starts_with(token.before.as_bytes()))
    }
}

/// Where `token` may end if its first text ends at `at`.
fn ends(token: &Token, seen: &Seen, at: usize) -> Vec<usize> {
    let Some(after) = &token.number else { return vec![at] };
    let ends = hole::ends(Hole::Number, seen, at).into_iter();
    ends.filter(|&end| seen.text[end..].starts_with(after.as_bytes())).map(|end| end + after.len()).collect()
}

/// How many bytes at the start of `text` part two tokens: blanks, and one mark among them.
fn gap(text: &[u8]) -> usize {
    let blank = usize::from(text.first() == Some(&b' '));
    let rest = &text[blank..];
    let mark = ["|", "·", "•", "/", "-", "+", ">", "»", "›"].iter().find(|mark| rest.starts_with(mark.as_bytes()));
    let mark = mark.map_or(0, |mark| mark.len());
    let behind = usize::from(mark > 0 && rest.get(mark) == Some(&b' '));
    blank + mark + behind
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{Pack, Sought};
    use crate::text::{Case, Folded};

    fn is_run(tokens: &[&str], least: usize, line: &str) -> bool {
        let text = format!("pack = \"t\"\n[[rule]]\nid = \"a\"\nrun = {tokens:?}\nmin-tokens = {least}\n");
        let rule = Pack::parse(&text, "t").unwrap().rules.remove(0);
        let [Sought::Run { tokens, least }] = rule.sought.as_slice() else { panic!("a run is sought as one") };
        let folded = Folded::new(line.as_bytes(), Fold::Full, Case::Fold);
        let seen = Seen::new(&folded, line.as_bytes());
        TokenRun::new(tokens, *least, 0, Fold::Full).span(&seen).is_some()
    }

    #[test]
    fn runs_are_made_of_tokens_alone() {
        let tokens = ["Facebook", "Twitter", "Email", "Copy", "Copy link", "{n} shares", "X"];
        for line in [
            "Facebook Twitter Email",
            "EmailFacebookTwitter",
            "Facebook | Twitter | X",
            "Copy linkEmailX",
            " • Facebook • Twitter •  Email",
            "12 shares Facebook Twitter",
            "Facebook/Twitter/Email",
        ] {
            assert!(is_run(&tokens, 3, line), "{line}");
        }
        for line in [
            "Facebook Twitter",
            "Facebook, Twitter, Email",
            "Facebook Twitter Emails",
            "Facebook Twitter feud X",
            "",
            "Facebook and Twitter and X",
        ] {
            assert!(!is_run(&tokens, 3, line), "{line}");
        }
    }
}
