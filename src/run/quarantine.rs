//! Records that cannot be cleaned: set aside whole, never lost.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::notes::{put, put_string};

/// A record that is set aside.
#[derive(Debug)]
pub struct BadRecord {
    /// Its number in the shard, from 1; 0 if records are not counted.
    pub record: u64,
    /// Its place in the decoded bytes of the shard.
    pub byte: u64,
    pub cause: String,
    /// Whether it is what is left of a record where its stream was damaged.
    pub cut_off: bool,
    pub raw: Raw,
}

/// The bytes of a bad record.
#[derive(Debug)]
pub enum Raw {
    Bytes(Vec<u8>),
    /// In a file, for it is long; how long it is.
    File(File, u64),
    /// Not kept, since nothing is written in this run.
    Left(u64),
}

impl Raw {
    /// How many bytes the record has.
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(_, len) | Self::Left(len) => *len,
        }
    }
}

impl BadRecord {
    /// Writes the record as a line of JSON: `raw` holds its bytes, or `raw_base64` if they are not UTF-8 or very many.
    ///
    /// # Errors
    /// When `out` does not take it, or its file cannot be read back.
    pub fn write(self, path: &str, out: &mut dyn Write) -> io::Result<()> {
        let mut line = Vec::new();
        line.extend_from_slice(b"{\"path\": ");
        put_string(&mut line, path);
        put(&mut line, format_args!(", \"record\": {}, \"byte\": {}, \"cause\": ", self.record, self.byte));
        put_string(&mut line, &self.cause);
        match self.raw {
            Raw::Bytes(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) => {
                    line.extend_from_slice(b", \"raw\": ");
                    put_string(&mut line, text);
                }
                Err(_) => put(&mut line, format_args!(", \"raw_base64\": \"{}\"", BASE64.encode(&bytes))),
            },
            Raw::File(file, _) => {
                line.extend_from_slice(b", \"raw_base64\": \"");
                out.write_all(&line)?;
                copy_base64(file, out)?;
                return out.write_all(b"\"}\n");
            }
            Raw::Left(len) => put(&mut line, format_args!(", \"bytes\": {len}")),
        }
        line.extend_from_slice(b"}\n");
        out.write_all(&line)
    }
}

fn copy_base64(mut file: File, out: &mut dyn Write) -> io::Result<()> {
    // A multiple of three, so that only the last piece is padded.
    let mut bytes = vec![0; 3 << 18];
    file.seek(SeekFrom::Start(0))?;
    loop {
        let mut filled = 0;
        while filled < bytes.len() {
            match file.read(&mut bytes[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        if filled == 0 {
            return Ok(());
        }
        out.write_all(BASE64.encode(&bytes[..filled]).as_bytes())?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(raw: Raw) -> serde_json::Value {
        let mut out = Vec::new();
        BadRecord { record: 3, byte: 70, cause: "broken".to_owned(), cut_off: false, raw }
            .write("a\"b", &mut out)
            .unwrap();
        assert!(out.ends_with(b"}\n"));
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn records_are_kept_whole_whatever_they_hold() {
        assert_eq!(written(Raw::Bytes(b"{\"text\": 1".to_vec()))["raw"], "{\"text\": 1");
        assert_eq!(written(Raw::Bytes(b"a\xff".to_vec()))["raw_base64"], "Yf8=");
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![b'x'; (3 << 18) + 1]).unwrap();
        let told = written(Raw::File(file, (3 << 18) + 1));
        assert_eq!(BASE64.decode(told["raw_base64"].as_str().unwrap()).unwrap(), vec![b'x'; (3 << 18) + 1]);
        assert_eq!(
            (told["path"].as_str(), told["record"].as_u64(), told["byte"].as_u64()),
            (Some("a\"b"), Some(3), Some(70))
        );
    }
}
