//! Made-up text and phrases: as varied as real ones, the same in every run.

/// A small generator of numbers that look random.
pub struct Chance(u64);

impl Chance {
    pub fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// Small numbers more often than large ones.
    fn low(&mut self, bound: usize) -> usize {
        let top = self.below(bound) + 1;
        self.below(top)
    }

    fn word(&mut self) -> String {
        const SMALL: [&str; 12] = ["the", "of", "and", "to", "in", "that", "was", "for", "on", "with", "as", "by"];
        const PARTS: [&str; 20] = [
            "an", "ber", "con", "der", "est", "fi", "gra", "hol", "in", "ket", "lor", "ment", "ner", "op", "pre", "ra",
            "sta", "tion", "ver", "wic",
        ];
        if self.once_in(3) {
            return self.pick(&SMALL).to_owned();
        }
        (0..2 + self.below(2)).map(|_| self.pick(&PARTS)).collect()
    }

    fn name(&mut self) -> String {
        let mut word = self.word();
        while word.len() < 4 {
            word = self.word();
        }
        word[..1].to_uppercase() + &word[1..]
    }

    fn sentence(&mut self) -> String {
        let words: Vec<String> = (0..7 + self.below(14)).map(|_| self.word()).collect();
        format!("{} {}.", self.name(), words.join(" "))
    }

    fn paragraph(&mut self) -> String {
        let mut text = (0..=self.below(2)).map(|_| self.sentence()).collect::<Vec<_>>().join(" ");
        if self.once_in(12) {
            text.push_str(" “It’s late again,” she said – and it was…");
        }
        text
    }
}

/// Phrases that stand alone on a line; the first ones of a longer list are the same.
pub fn lines(count: usize) -> Vec<String> {
    phrases(count, |chance, name, other| match chance.below(5) {
        0 => format!("Like {name} on Facebook"),
        1 => format!("Follow {name} {other} on Twitter"),
        2 => format!("Tags: {name}, {other}"),
        3 => format!("More from {name} {other}"),
        _ => format!("Photo: {name}/{other}"),
    })
}

/// Phrases that stand inside lines.
pub fn inline(count: usize) -> Vec<String> {
    phrases(count, |chance, name, other| match chance.below(5) {
        0 => format!("Read more: {name} {other}"),
        1 => format!("(Reporting by {name} {other};"),
        2 => format!("Sign up for our {name} {other} newsletter"),
        3 => format!("Image copyright {name} {other}"),
        _ => format!("Story continues below {name} {other}"),
    })
}

fn phrases(count: usize, make: impl Fn(&mut Chance, String, String) -> String) -> Vec<String> {
    let mut chance = Chance::new();
    let mut seen = std::collections::HashSet::new();
    let mut made = Vec::new();
    while made.len() < count {
        let (name, other) = (chance.name(), chance.name());
        let phrase = make(&mut chance, name, other);
        if seen.insert(phrase.clone()) {
            made.push(phrase);
        }
    }
    made
}

/// Documents of about 4 KB that hold about `bytes` bytes. One line in five is one of `lines`, one paragraph in twenty-five
/// holds one of `inline`; where there is none it is prose.
pub fn documents(bytes: usize, lines: &[String], inline: &[String]) -> Vec<String> {
    let mut chance = Chance::new();
    let (mut documents, mut size) = (Vec::new(), 0);
    while size < bytes {
        let mut document = String::new();
        while document.len() < 4000 {
            let paragraph = chance.paragraph();
            if !lines.is_empty() && chance.once_in(5) {
                document.push_str(&lines[chance.low(lines.len())]);
            } else if !inline.is_empty() && chance.once_in(25) {
                document.push_str(&inline[chance.low(inline.len())]);
                document.push(' ');
                document.push_str(&paragraph);
            } else {
                document.push_str(&paragraph);
            }
            document.push('\n');
        }
        size += document.len();
        documents.push(document);
    }
    documents
}
