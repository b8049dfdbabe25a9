//! The schema of rule files is the one that is checked in, the packs name it, and it says of files what the reader says.

use std::fs;
use std::path::{Path, PathBuf};

use dechaff::pack::{schema, shipped};
use serde_json::Value;

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft7::new(&schema()).unwrap_or_else(|e| panic!("{e}"))
}

fn value(toml: &str) -> Value {
    toml::from_str(toml).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn the_schema_is_the_one_that_is_checked_in() {
    let file = rules().join("schema.json");
    let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let checked_in: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}"));
    assert!(checked_in == schema(), "write it anew: dechaff rules schema > rules/schema.json");
}

#[test]
fn every_shipped_pack_names_the_schema_and_fits_it() {
    let validator = validator();
    for pack in shipped() {
        let file = format!("{}.toml", pack.name);
        let text = fs::read_to_string(rules().join(&file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        let up = "../".repeat(pack.name.matches('/').count());
        assert_eq!(
            text.lines().next(),
            Some(format!("#:schema {up}schema.json").as_str()),
            "first line of rules/{file}"
        );
        let faults: Vec<String> =
            validator.iter_errors(&value(&text)).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "rules/{file}: {}", faults.join("\n"));
    }
}

#[test]
fn what_is_no_rule_does_not_fit() {
    let validator = validator();
    for (fits, toml) in [
        (
            true,
            "pack = 't'\n[[rule]]\nid = 'a'\nline = ['x y', 'z']\nzone = 'tail'\nnear = { rules = 'cut', within = 2 }",
        ),
        (
            true,
            "pack = 't'\n[[keep]]\nid = 'a'\nprefix = 'x'\nmax-words = 3\n[[disable]]\nrule = 'u/b'\nsite = 'x.org'",
        ),
        (true, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x y'\ncut = 'to-end'\nmax-prose-after = 0.05\nlevel = 2"),
        (false, "version = 1"),
        (false, "pack = 't'\nrules = []"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x'\ninline = 'x'"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = []"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x'\nmax_words = 3"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x'\nlevel = 3"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x'\nzone = ['foot']"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x'\nnear = { rules = 'cut' }"),
        (true, "pack = 't'\n[[keep]]\nid = 'a'\nline = 'x'\nzone = 'tail'"),
        (false, "pack = 't'\n[[keep]]\nid = 'a'\nline = 'x'\nnear = { rules = 'cut', within = 2 }"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x'\ncut = 'to-end'\nmax-prose-after = 0.5"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x'\ncut = 'to-end'\nmin-prose-before = 0"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x'\ncut = 'block'\nmax-lines = 501"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nrun = ['x', 'y']\nmin-tokens = 0"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x'\nmax-words = 0"),
        (false, "pack = 't'\n[[rule]]\nid = 'a'\nline = 'x'\nnear = { rules = 'cut', within = 21 }"),
    ] {
        assert_eq!(validator.is_valid(&value(toml)), fits, "{toml}");
        assert_eq!(dechaff::pack::Pack::parse(toml, "t.toml").is_ok(), fits, "the reader disagrees: {toml}");
    }
}
