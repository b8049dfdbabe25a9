//! A dump as it is, from one file to another: read, decode, encode and write, with nothing between.
//!
//! Takes a JSONL file and the name of a new one, whose ending tells the codec. Reads and packs part by part as dechaff
//! does at `-j 1`, with the same libraries and levels: what dechaff takes more than this is cleaning.

use std::env;
use std::error::Error;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use dechaff::shard::{Codec, Container, Format, PartEncoder, PartOptions, PartReader, Unit, decode};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [input, output] = args.as_slice() else { return Err("usage: codec IN OUT".into()) };
    let codec = Codec::of_name(Path::new(output));
    let mut reader = PartReader::new(decode(codec_of(input)?, File::open(input)?)?, PartOptions::new(Format::Jsonl));
    let (mut encoder, mut container) = (PartEncoder::new(codec, None)?, Container::new(codec));
    let (mut file, mut out) = (File::create(output)?, container.header().to_vec());
    while let Some(unit) = reader.next()? {
        let (Unit::Part(part) | Unit::Verbatim(part)) = unit else { return Err("a record is too long".into()) };
        container.add(&encoder.encode(&part.bytes, &mut out)?);
        file.write_all(&out)?;
        out.clear();
        reader.recycle(part.bytes);
    }
    file.write_all(&container.trailer())?;
    Ok(())
}

fn codec_of(path: &str) -> std::io::Result<Codec> {
    let mut head = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut head)?;
    Ok(Codec::of_magic(&head))
}
