//! Finds Markdown links, whose addresses no rule should have to know.

use super::Span;

/// The longest address that is looked through: without a bound, hostile brackets would be read again and again.
const ADDRESS: usize = 2048;

/// One `[text](address)` or `![text](address)` of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// From the opening bracket (or `!`) to the closing parenthesis.
    pub whole: Span,
    /// What a reader sees.
    pub text: Span,
}

/// The links of `line` by the end of their text, in one pass over it whatever it holds: brackets are matched by a
/// stack, and the next closing parenthesis is looked for once.
pub(super) fn links(line: &[u8]) -> Vec<Link> {
    if !memchr::memchr_iter(b']', line).any(|at| line.get(at + 1) == Some(&b'(')) {
        return Vec::new();
    }
    let (mut open, mut found) = (Vec::new(), Vec::new());
    let mut close = NextClose { line, at: 0 };
    let mut at = 0;
    while let Some(step) = memchr::memchr2(b'[', b']', &line[at..]) {
        let here = at + step;
        at = here + 1;
        if line[here] == b'[' {
            open.push(here);
            continue;
        }
        let Some(start) = open.pop() else { continue };
        if line.get(here + 1) == Some(&b'(')
            && let Some(end) = close.of_address(here + 2)
        {
            let image = start > 0 && line[start - 1] == b'!';
            found.push(Link { whole: Span::new(start - usize::from(image), end), text: Span::new(start + 1, here) });
            at = end;
        }
    }
    found
}

/// The next closing parenthesis, remembered so that a line of opening ones alone costs no more than any other.
struct NextClose<'l> {
    line: &'l [u8],
    at: usize,
}

impl NextClose<'_> {
    /// Where the address that begins at `from` ends, its parenthesis included; none if it holds a blank that no title
    /// explains, for then it is a remark in parentheses. One pair of parentheses inside is part of the address.
    fn of_address(&mut self, from: usize) -> Option<usize> {
        let mut end = self.after(from).filter(|end| end - from <= ADDRESS)?;
        let mut address = &self.line[from..end];
        if address.contains(&b'(') {
            let wider = memchr::memchr(b')', &self.line[end + 1..self.line.len().min(end + ADDRESS)])
                .map(|step| end + 1 + step);
            if let Some(wider) = wider.filter(|&wider| !self.line[end..wider].contains(&b' ')) {
                end = wider;
                address = &self.line[from..end];
            }
        }
        let blank = address.iter().position(u8::is_ascii_whitespace);
        blank.is_none_or(|at| address[at..].trim_ascii().starts_with(b"\"")).then_some(end + 1)
    }

    fn after(&mut self, from: usize) -> Option<usize> {
        if self.at < from {
            self.at = memchr::memchr(b')', &self.line[from..]).map_or(usize::MAX, |step| from + step);
        }
        (self.at != usize::MAX).then_some(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<&str> {
        links(line.as_bytes()).iter().map(|link| &line[link.text.range()]).collect()
    }

    #[test]
    fn links_are_told_from_remarks() {
        assert_eq!(texts("[Leave a comment](#respond)"), ["Leave a comment"]);
        assert_eq!(texts("see [a](x) and [b](y \"title here\")"), ["a", "b"]);
        assert_eq!(texts("[wiki](https://x.org/A_(b))"), ["wiki"]);
        assert_eq!(texts("[1](see below)"), Vec::<&str>::new());
        assert_eq!(texts("[a] (b) ](c)"), Vec::<&str>::new());
        let image = "[![alt](i.png)](page)";
        let whole: Vec<_> = links(image.as_bytes()).iter().map(|link| &image[link.whole.range()]).collect();
        assert_eq!(whole, ["![alt](i.png)", image]);
    }

    #[test]
    fn hostile_brackets_are_read_once() {
        assert_eq!(links("[".repeat(1 << 20).as_bytes()), Vec::new());
        assert_eq!(links("[](".repeat(1 << 19).as_bytes()), Vec::new());
        assert_eq!(links("](".repeat(1 << 19).as_bytes()), Vec::new());
    }
}
