//! Finds the files of a dump: names, folders, patterns.

use std::ffi::OsStr;
use std::io::BufRead;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};
use dechaff::shard::Format;
use globset::GlobBuilder;
use walkdir::{DirEntry, WalkDir};

/// An input file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub path: PathBuf,
    /// Its path below the output folder.
    pub relative: PathBuf,
    /// Whether it was named, and so must be read; what was found in a folder may be passed over.
    pub named: bool,
}

/// What was found, and what was left lying.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Inputs {
    /// Sorted as they were named, those of a folder by the bytes of their path.
    pub files: Vec<Found>,
    /// Standard input instead of files.
    pub stdin: bool,
    /// Whether there may be several outputs: a folder or a pattern was named, or more than one file.
    pub many: bool,
    /// Files in folders that are not read, each with the reason.
    pub passed_over: Vec<(PathBuf, &'static str)>,
}

/// Finds what `named` and the list in `files_from` name; `output` is never an input.
pub(super) fn find(named: &[PathBuf], files_from: Option<&Path>, output: Option<&Path>) -> anyhow::Result<Inputs> {
    let mut inputs = Inputs::default();
    let listed = files_from.map(list).transpose()?.unwrap_or_default();
    if files_from.is_none() && (named.is_empty() || named == [Path::new("-")]) {
        return Ok(Inputs { stdin: true, ..inputs });
    }
    for path in named {
        add(path, output, &mut inputs)?;
    }
    for path in &listed {
        if !path.is_file() {
            bail!(
                "cannot read `{}`, which {} names: {}",
                path.display(),
                files_from.unwrap_or(Path::new("a list")).display(),
                missing(path)
            );
        }
        let relative =
            if is_plain_relative(path) { path.clone() } else { PathBuf::from(path.file_name().unwrap_or_default()) };
        inputs.files.push(Found { path: path.clone(), relative, named: true });
    }
    inputs.many |= named.len() + listed.len() > 1 || files_from.is_some();
    if inputs.files.is_empty() {
        let all: Vec<String> = named.iter().map(|path| format!("`{}`", path.display())).collect();
        let what = if all.is_empty() { "the list of files".to_owned() } else { all.join(", ") };
        let why = if inputs.passed_over.is_empty() {
            String::new()
        } else {
            format!(" ({} other files were passed over)", inputs.passed_over.len())
        };
        bail!("nothing to clean in {what}: no .txt, .md, .jsonl, .ndjson or .json file, plain, .gz or .zst{why}");
    }
    Ok(inputs)
}

fn add(path: &Path, output: Option<&Path>, inputs: &mut Inputs) -> anyhow::Result<()> {
    if path == Path::new("-") {
        bail!("standard input (`-`) cannot be mixed with files");
    }
    let kind = std::fs::metadata(path);
    if kind.as_ref().is_ok_and(std::fs::Metadata::is_dir) {
        inputs.many = true;
        return add_folder(path, path, output, None, inputs);
    }
    let text = path.to_str().filter(|text| kind.is_err() && text.contains(['*', '?', '[', '{']));
    if let Some(pattern) = text {
        inputs.many = true;
        return add_pattern(pattern, output, inputs);
    }
    let kind = kind.with_context(|| format!("cannot read `{}`", path.display()))?;
    if !kind.is_file() {
        bail!(
            "`{}` is no regular file and can be read but once: pipe it in, as in `… | dechaff clean`",
            path.display()
        );
    }
    let relative = path.file_name().map(PathBuf::from).with_context(|| format!("`{}` is no file", path.display()))?;
    inputs.files.push(Found { path: path.to_owned(), relative, named: true });
    Ok(())
}

fn add_pattern(pattern: &str, output: Option<&Path>, inputs: &mut Inputs) -> anyhow::Result<()> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob = glob.with_context(|| format!("`{pattern}` is neither a file nor a pattern"))?.compile_matcher();
    let literal = |part: &Component| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let base: PathBuf = Path::new(pattern).components().take_while(literal).collect();
    let root = if base.as_os_str().is_empty() { Path::new(".") } else { &base };
    if !root.is_dir() {
        bail!("`{pattern}` matches nothing: there is no folder `{}`", root.display());
    }
    let before = inputs.files.len();
    let prefix = if base.as_os_str().is_empty() { Path::new(".") } else { Path::new("") };
    add_folder(
        root,
        root,
        output,
        Some(&|path: &Path| glob.is_match(path.strip_prefix(prefix).unwrap_or(path))),
        inputs,
    )?;
    if inputs.files.len() == before {
        bail!("`{pattern}` matches no file");
    }
    Ok(())
}

type Matches<'m> = Option<&'m dyn Fn(&Path) -> bool>;

/// Adds the files below `folder`, all that dechaff can read or those that `matches`.
fn add_folder(
    folder: &Path,
    base: &Path,
    output: Option<&Path>,
    matches: Matches,
    inputs: &mut Inputs,
) -> anyhow::Result<()> {
    let output = output.and_then(|output| output.canonicalize().ok());
    let is_output =
        |entry: &DirEntry| entry.depth() > 0 && output.is_some() && entry.path().canonicalize().ok() == output;
    let mut files = Vec::new();
    let mut walk = WalkDir::new(folder).into_iter();
    while let Some(entry) = walk.next() {
        let entry = entry.with_context(|| format!("cannot read folder `{}`", folder.display()))?;
        let path = entry.path();
        let hidden = entry.depth() > 0 && entry.file_name().as_bytes().starts_with(b".");
        let reason = if hidden {
            Some("its name begins with a dot")
        } else if is_output(&entry) {
            Some("it is the output")
        } else if entry.file_type().is_dir() && entry.depth() > 0 && holds_side_files(entry.file_name()) {
            Some("it holds dechaff's side files")
        } else if entry.file_type().is_dir() || matches.is_some_and(|matches| !matches(path)) {
            continue;
        } else if entry.path_is_symlink() {
            Some("it is a link")
        } else if !entry.file_type().is_file() {
            Some("it is no regular file")
        } else if matches.is_none() && Format::of_name(path).is_none() {
            Some("its name is of no known kind")
        } else {
            None
        };
        if let Some(reason) = reason {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            inputs.passed_over.push((path.to_owned(), reason));
        } else {
            let relative = path.strip_prefix(base).unwrap_or(path).to_owned();
            files.push(Found { path: path.to_owned(), relative, named: matches.is_some() });
        }
    }
    files.sort_by(|a, b| a.relative.as_os_str().as_bytes().cmp(b.relative.as_os_str().as_bytes()));
    inputs.files.extend(files);
    Ok(())
}

/// Whether a folder of this name stands beside or below outputs.
fn holds_side_files(name: &OsStr) -> bool {
    name == "_dechaff" || name.as_bytes().ends_with(b".dechaff")
}

fn list(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let told = || format!("cannot read the list of files `{}`", path.display());
    let reader: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::io::BufReader::new(std::fs::File::open(path).with_context(told)?))
    };
    let mut names = Vec::new();
    for line in reader.split(b'\n') {
        let line = line.with_context(told)?;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        if !line.is_empty() {
            names.push(PathBuf::from(OsStr::from_bytes(line)));
        }
    }
    Ok(names)
}

/// Whether `path` stays below the folder that it is relative to.
fn is_plain_relative(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

fn missing(path: &Path) -> String {
    match std::fs::metadata(path) {
        Err(e) => e.to_string(),
        Ok(meta) if meta.is_dir() => "it is a folder".to_owned(),
        Ok(_) => "it is no regular file".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "b.txt",
            "a/2.jsonl",
            "a/10.jsonl.gz",
            "a/pic.png",
            ".hidden.txt",
            "out/b.txt",
            "_dechaff/quarantine.jsonl",
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        folder
    }

    fn relative(inputs: &Inputs) -> Vec<&str> {
        inputs.files.iter().map(|found| found.relative.to_str().unwrap()).collect()
    }

    #[test]
    fn folders_are_walked_in_the_order_of_their_bytes() {
        let folder = dump();
        let inputs = find(&[folder.path().to_owned()], None, Some(&folder.path().join("out"))).unwrap();
        assert_eq!(relative(&inputs), ["a/10.jsonl.gz", "a/2.jsonl", "b.txt"]);
        let mut reasons: Vec<&str> = inputs.passed_over.iter().map(|(_, reason)| *reason).collect();
        reasons.sort_unstable();
        let want = [
            "it holds dechaff's side files",
            "it is the output",
            "its name begins with a dot",
            "its name is of no known kind",
        ];
        assert_eq!(reasons, want);
    }

    #[test]
    fn patterns_match_below_their_folder() {
        let folder = dump();
        let pattern = folder.path().join("**/*.jsonl*");
        let inputs = find(&[pattern], None, None).unwrap();
        assert_eq!(relative(&inputs), ["_dechaff/quarantine.jsonl", "a/10.jsonl.gz", "a/2.jsonl"][1..]);
        let none = find(&[folder.path().join("*.csv")], None, None).unwrap_err();
        assert!(none.to_string().contains("matches no file"), "{none}");
    }

    #[test]
    fn what_is_not_there_is_told() {
        let told = find(&[PathBuf::from("/no/such/file.txt")], None, None).unwrap_err();
        assert!(format!("{told:#}").contains("/no/such/file.txt"), "{told:#}");
        let empty = tempfile::tempdir().unwrap();
        let told = find(&[empty.path().to_owned()], None, None).unwrap_err();
        assert!(told.to_string().contains("nothing to clean"), "{told}");
    }
}
