//! Where outputs and side files go, and what must not happen there.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use anyhow::bail;
use same_file::Handle;

use super::inputs::Inputs;

/// The places of a run, before a byte is written.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// One for each input file; none is standard output.
    pub outputs: Vec<Option<PathBuf>>,
    /// One for each input file.
    pub notes: Vec<Option<PathBuf>>,
    pub quarantine: Option<PathBuf>,
    pub summary: Option<PathBuf>,
}

/// What was asked for.
#[derive(Default)]
pub(super) struct Wanted<'w> {
    pub output: Option<&'w Path>,
    pub audit: Option<&'w Path>,
    pub quarantine: Option<&'w Path>,
    pub summary: Option<&'w Path>,
    pub overwrite: bool,
    pub dry_run: bool,
}

/// The places for `inputs`; refuses whatever would write over something.
pub(super) fn places(inputs: &Inputs, wanted: &Wanted) -> anyhow::Result<Places> {
    let is_folder = |path: &Path| path.is_dir() || path.as_os_str().to_string_lossy().ends_with('/');
    let count = inputs.files.len().max(1);
    let mut places = Places {
        outputs: vec![None; count],
        notes: vec![None; count],
        quarantine: wanted.quarantine.map(Path::to_owned),
        summary: wanted.summary.map(Path::to_owned),
    };
    let many = inputs.many;
    if let Some(audit) = wanted.audit {
        for (at, notes) in places.notes.iter_mut().enumerate() {
            *notes = Some(match inputs.files.get(at) {
                Some(found) if many || is_folder(audit) => audit.join(audit_name(&found.relative)),
                None if is_folder(audit) => audit.join("stdin.jsonl"),
                _ => audit.to_owned(),
            });
        }
    }
    match wanted.output {
        _ if wanted.dry_run => {
            places.notes.fill(None);
            places.quarantine = None;
        }
        None if many => bail!("several inputs need a folder to go to: name one with -o"),
        None => {}
        Some(output) if inputs.stdin && is_folder(output) => {
            bail!("standard input has no name: name a file with -o, not the folder `{}`", output.display())
        }
        Some(output) if many || is_folder(output) => {
            if output.is_file() {
                bail!("several inputs need a folder to go to, and `{}` is a file", output.display());
            }
            for (place, found) in places.outputs.iter_mut().zip(&inputs.files) {
                *place = Some(output.join(&found.relative));
            }
            places.quarantine.get_or_insert_with(|| output.join("_dechaff/quarantine.jsonl"));
        }
        Some(output) => {
            places.outputs[0] = Some(output.to_owned());
            let mut beside = output.as_os_str().to_owned();
            beside.push(".dechaff");
            places.quarantine.get_or_insert_with(|| PathBuf::from(beside).join("quarantine.jsonl"));
        }
    }
    refuse_collisions(&places, inputs)?;
    refuse_inputs(&places, inputs)?;
    if !wanted.overwrite {
        refuse_existing(&places)?;
    }
    Ok(places)
}

/// The audit of `a/b.jsonl.gz` is `a/b.jsonl.gz.jsonl`: the name tells the shard, the ending what is inside.
fn audit_name(relative: &Path) -> PathBuf {
    let mut name = relative.as_os_str().to_owned();
    name.push(".jsonl");
    PathBuf::from(name)
}

impl Places {
    /// Every file that will be written.
    fn all(&self) -> impl Iterator<Item = &PathBuf> {
        self.outputs.iter().chain(&self.notes).flatten().chain(&self.quarantine).chain(&self.summary)
    }
}

fn refuse_collisions(places: &Places, inputs: &Inputs) -> anyhow::Result<()> {
    let mut seen: HashMap<&Path, &Path> = HashMap::new();
    for (place, found) in places.outputs.iter().zip(&inputs.files) {
        let Some(place) = place else { continue };
        if let Some(other) = seen.insert(place, &found.path) {
            bail!(
                "`{}` and `{}` would both be written to `{}`: clean them into different folders",
                other.display(),
                found.path.display(),
                place.display()
            );
        }
    }
    // `./a` and `a` are one file.
    let plain = |path: &PathBuf| path.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
    let mut all: Vec<PathBuf> = places.all().map(plain).collect();
    all.sort();
    match all.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => bail!("two outputs would be written to `{}`", pair[0].display()),
        None => Ok(()),
    }
}

/// An output that is an input, by whatever name or link, would destroy it.
fn refuse_inputs(places: &Places, inputs: &Inputs) -> anyhow::Result<()> {
    let existing: Vec<(Handle, &PathBuf)> =
        places.all().filter_map(|place| Handle::from_path(place).ok().map(|handle| (handle, place))).collect();
    if existing.is_empty() {
        return Ok(());
    }
    for found in &inputs.files {
        let Ok(input) = Handle::from_path(&found.path) else { continue };
        if let Some((_, place)) = existing.iter().find(|(handle, _)| *handle == input) {
            bail!("`{}` is the input `{}` itself: inputs are never written to", place.display(), found.path.display());
        }
    }
    Ok(())
}

fn refuse_existing(places: &Places) -> anyhow::Result<()> {
    let mut existing = places.all().filter(|place| place.symlink_metadata().is_ok());
    let Some(first) = existing.next() else { return Ok(()) };
    let more = existing.count();
    let and = if more > 0 { format!(" and {more} more") } else { String::new() };
    bail!("`{}`{and} is there already: choose another output, or replace with --overwrite", first.display())
}

#[cfg(test)]
mod tests {
    use super::super::inputs::find;
    use super::*;

    fn wanted<'w>(output: Option<&'w Path>, audit: Option<&'w Path>) -> Wanted<'w> {
        Wanted { output, audit, quarantine: None, summary: None, overwrite: false, dry_run: false }
    }

    #[test]
    fn one_file_goes_to_a_file_and_a_folder_to_a_folder() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("in/a.txt");
        std::fs::create_dir(dir.path().join("in")).unwrap();
        std::fs::write(&file, "x").unwrap();
        let one = find(std::slice::from_ref(&file), None, None).unwrap();
        let out = dir.path().join("out");
        let told = places(&one, &wanted(Some(&out), Some(&dir.path().join("cuts.jsonl")))).unwrap();
        assert_eq!(told.outputs, [Some(out.clone())]);
        assert_eq!(told.notes, [Some(dir.path().join("cuts.jsonl"))]);
        assert_eq!(told.quarantine, Some(dir.path().join("out.dechaff/quarantine.jsonl")));
        let many = find(&[dir.path().join("in")], None, None).unwrap();
        let told = places(&many, &wanted(Some(&out), Some(&dir.path().join("audit")))).unwrap();
        assert_eq!(told.outputs, [Some(out.join("a.txt"))]);
        assert_eq!(told.notes, [Some(dir.path().join("audit/a.txt.jsonl"))]);
        assert_eq!(told.quarantine, Some(out.join("_dechaff/quarantine.jsonl")));
        assert!(places(&many, &wanted(None, None)).unwrap_err().to_string().contains("-o"));
    }

    #[test]
    fn nothing_is_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.txt");
        std::fs::write(&file, "x").unwrap();
        std::fs::hard_link(&file, dir.path().join("link.txt")).unwrap();
        std::fs::write(dir.path().join("b.txt"), "y").unwrap();
        let one = find(std::slice::from_ref(&file), None, None).unwrap();
        let refused = |output: &str, overwrite| {
            let output = dir.path().join(output);
            places(&one, &Wanted { overwrite, ..wanted(Some(&output), None) }).map(|_| ()).unwrap_err().to_string()
        };
        assert!(refused("a.txt", true).contains("is the input"));
        assert!(refused("link.txt", true).contains("is the input"));
        assert!(refused("b.txt", false).contains("--overwrite"));
    }
}
