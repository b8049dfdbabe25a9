//! What a file holds: a text, JSON records, or something else altogether.
//!
//! Takes a name, or the first decoded bytes, and gives a [`Format`] or the name of what is [`Foreign`]. Never reads a
//! file itself and never decides which of name and bytes is right.

use std::fmt;
use std::path::Path;

use memchr::memchr_iter;

use super::codec::Codec;
use super::line::{Shape, shape};
use crate::text::BOM;

/// How the documents of a file are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// The file is one document.
    Text,
    /// The file is one stream of lines.
    Lines,
    /// Lines that equal this one (without its ending) stand between documents.
    Separator(Vec<u8>),
    /// Each line is a JSON object.
    Jsonl,
}

impl Format {
    /// The format that a name promises, whatever its compression.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
        let bare = match Codec::of_name(path) {
            Codec::Plain => path,
            Codec::Gzip | Codec::Zstd => Path::new(path.file_stem()?),
        };
        let extension = bare.extension()?.to_ascii_lowercase();
        match extension.to_str()? {
            "txt" | "text" | "md" | "markdown" => Some(Self::Text),
            "jsonl" | "ndjson" | "json" | "jsonlines" => Some(Self::Jsonl),
            _ => None,
        }
    }

    /// The format that the first decoded bytes show: [`Format::Jsonl`] if the first line that is not blank is a JSON
    /// object, or the beginning of one that goes on behind the head; else [`Format::Text`].
    #[must_use]
    pub fn of_head(head: &[u8]) -> Self {
        let text = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
        let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let goes_on = line.len() == text.len();
        match shape(line) {
            Shape::Whole => Self::Jsonl,
            Shape::Cut if goes_on => Self::Jsonl,
            Shape::Cut | Shape::Other => Self::Text,
        }
    }

    /// Its name in messages.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Lines => "lines",
            Self::Separator(_) => "separated documents",
            Self::Jsonl => "JSONL",
        }
    }
}

/// Something that is neither text nor JSON records; its `Display` is a name with its article, as in "is a Parquet file".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign {
    name: &'static str,
}

/// What begins so is known: where, with which bytes, and its name.
const MAGIC: [(usize, &[u8], &str); 34] = [
    (0, b"\xff\xfe\0\0", "a UTF-32 text"),
    (0, b"\0\0\xfe\xff", "a UTF-32 text"),
    (0, b"\xff\xfe", "a UTF-16 text"),
    (0, b"\xfe\xff", "a UTF-16 text"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"PARE", "an encrypted Parquet file"),
    (0, b"ARROW1", "an Arrow file"),
    (0, b"Obj\x01", "an Avro file"),
    (0, b"WARC/0.", "a WARC file"),
    (0, b"WARC/1.", "a WARC file"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0, b"PK\x07\x08", "a zip archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\x1f\x8b\x08", "gzip data"),
    (0, b"\x28\xb5\x2f\xfd", "zstd data"),
    (0, b"\xfd7zXZ\0", "xz data"),
    (0, b"\x04\x22\x4d\x18", "lz4 data"),
    (4, b"1AY&SY", "bzip2 data"),
    (4, b"\x17\x72\x45\x38\x50\x90", "bzip2 data"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"%PDF-", "a PDF file"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF87a", "a GIF image"),
    (0, b"GIF89a", "a GIF image"),
    (8, b"WEBPVP8", "a WebP image"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (0, b"\x7fELF", "a program"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"wOF2", "a font"),
];

/// A text may hold a stray NUL or a few; this many are none.
const NULS: usize = 16;

impl Foreign {
    /// What the first decoded bytes are, if they are neither text nor JSON records. A text that merely holds a NUL or
    /// bytes that are not UTF-8 is a text.
    #[must_use]
    pub fn of_head(head: &[u8]) -> Option<Self> {
        let known = MAGIC.iter().find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
        let name = known.map(|&(_, _, name)| name).or_else(|| of_nuls(head))?;
        Some(Self { name })
    }

    /// Its name with its article.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What many NULs tell.
fn of_nuls(head: &[u8]) -> Option<&'static str> {
    let nuls = memchr_iter(0, head).count();
    let odd = memchr_iter(0, head).filter(|at| at % 2 == 1).count();
    if nuls < NULS || nuls < head.len() / 10 {
        return None;
    }
    // Latin letters in UTF-16 have their NULs all on one side.
    let one_sided = odd * 10 >= nuls * 9 || odd * 10 <= nuls;
    let half = nuls >= head.len() / 3 && nuls <= head.len() / 2 + 1;
    Some(if one_sided && half { "a UTF-16 text without a byte order mark" } else { "binary data" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise_a_format() {
        for (name, format) in [
            ("a/b.jsonl.gz", Some(Format::Jsonl)),
            ("b.NDJSON.zst", Some(Format::Jsonl)),
            ("b.json", Some(Format::Jsonl)),
            ("b.jsonlines.zstd", Some(Format::Jsonl)),
            ("b.txt", Some(Format::Text)),
            ("b.md.gz", Some(Format::Text)),
            ("b.gz", None),
            ("b.parquet", None),
            ("jsonl", None),
        ] {
            assert_eq!(Format::of_name(Path::new(name)), format, "{name}");
        }
    }

    #[test]
    fn the_first_line_tells_the_format() {
        for (head, format) in [
            (&b"{\"text\": \"a\"}\n{\"te"[..], Format::Jsonl),
            (b"\xef\xbb\xbf\r\n\n {\"text\": 1}\r\n", Format::Jsonl),
            (b"{}", Format::Jsonl),
            (b"{\"text\": \"goes on behind the head \xc3", Format::Jsonl),
            (b"{ \"text", Format::Jsonl),
            (b"{\"text\": \"\xff\"}\n", Format::Jsonl),
            (b"{\"text\": \"cut at the line's end\n\"}", Format::Text),
            (b"{\n  \"pretty\": true\n}", Format::Text),
            (b"{name} wrote:\n", Format::Text),
            (b"[{\"text\": 1}]\n", Format::Text),
            (b"12\n", Format::Text),
            (b"Plain words.\n{\"a\": 1}\n", Format::Text),
            (b"", Format::Text),
        ] {
            assert_eq!(Format::of_head(head), format, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn what_is_foreign_is_named() {
        for (at, magic, name) in MAGIC {
            let mut head = vec![b'x'; at];
            head.extend_from_slice(magic);
            assert_eq!(Foreign::of_head(&head).map(Foreign::name), Some(name));
        }
        let utf16: Vec<u8> = "plain words, but in UTF-16".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (head, name) in [(utf16, "a UTF-16 text without a byte order mark"), (vec![0; 512], "binary data")] {
            assert_eq!(Foreign::of_head(&head).unwrap().to_string(), name);
        }
    }

    #[test]
    fn a_text_with_odd_bytes_is_a_text() {
        for head in [
            &b""[..],
            b"a\0b",
            b"caf\xe9 au lait",
            b"\xef\xbb\xbfwith a mark",
            b"PK is short for public key",
            b"WARC/WET files",
            b"{\"text\": \"PAR1\"}",
        ] {
            assert_eq!(Foreign::of_head(head), None, "{head:?}");
        }
    }
}
