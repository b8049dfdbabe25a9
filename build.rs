//! Reads the rule files below `rules/`, so that adding a pack is adding a file, and writes them down in the form that
//! the program loads. A file that is no pack ends the build, with its place and cause.
//!
//! Reading a thousand rules from TOML takes longer than cleaning many a dump.

#![expect(dead_code, unused_imports, reason = "the rooms are read here for one of their doors")]

use std::path::{Path, PathBuf};
use std::{env, fs, io};

#[path = "src/pack/mod.rs"]
mod pack;
#[path = "src/simd/mod.rs"]
mod simd;
#[path = "src/text/mod.rs"]
mod text;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/pack");
    println!("cargo::rerun-if-changed=src/simd");
    println!("cargo::rerun-if-changed=src/text");
    println!("cargo::rustc-check-cfg=cfg(shipped)");
    println!("cargo::rustc-cfg=shipped");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("rules");
    let mut names = Vec::new();
    collect(&root, "", &mut names)?;
    names.sort();
    let mut packs = Vec::new();
    for name in names {
        let path = root.join(format!("{name}.toml"));
        let text = fs::read_to_string(&path)?;
        let read =
            pack::Pack::parse(&text, &format!("rules/{name}.toml")).map_err(|e| e.to_string()).and_then(|pack| {
                if pack.name == name {
                    Ok(pack)
                } else {
                    Err(format!("rules/{name}.toml: its pack is called {}", pack.name))
                }
            });
        match read {
            Ok(pack) => packs.push(pack),
            Err(cause) => {
                eprintln!("{cause}");
                std::process::exit(1);
            }
        }
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("shipped.packs"), postcard::to_allocvec(&packs).map_err(io::Error::other)?)?;
    println!("cargo::rustc-env=SHIPPED_VERSION={}", pack::version_of(&packs));
    let acting: Vec<pack::Pack> = packs.into_iter().map(pack::Pack::acting).collect();
    fs::write(out.join("shipped.acting"), postcard::to_allocvec(&acting).map_err(io::Error::other)?)
}

fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.is_dir() {
            collect(&path, &format!("{prefix}{stem}/"), names)?;
        } else if path.extension().is_some_and(|ext| ext == "toml") {
            names.push(format!("{prefix}{stem}"));
        }
    }
    Ok(())
}
