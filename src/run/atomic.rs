//! Files that appear under their name only when they are whole.
//!
//! Written as `.NAME.part` in the same folder, then flushed, synced and renamed, and the folder synced. A run that is
//! killed leaves at most such a part behind; one that is interrupted, or fails, takes it away.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use xxhash_rust::xxh3::xxh3_64;

/// Bytes that file systems allow for a name.
const LONGEST_NAME: usize = 255;

/// The parts that are being written, so that an interrupted run can take them away.
#[derive(Debug, Clone, Default)]
pub struct Unfinished {
    parts: Arc<Mutex<Vec<Part>>>,
}

#[derive(Debug)]
struct Part {
    path: PathBuf,
    /// Its name, if what it holds is worth keeping whenever the process ends.
    keep_as: Option<PathBuf>,
}

impl Unfinished {
    /// Takes all parts away, but for those that are whole at any time, and lets nothing be published any more: for the end of an interrupted process. The guard
    /// must be held until the process is gone.
    #[must_use]
    pub fn abandon(&self) -> impl Drop + '_ {
        let mut parts = self.lock();
        for part in parts.drain(..) {
            // Nothing can be done about a part that cannot be removed, or kept.
            let _ = match part.keep_as {
                Some(path) => std::fs::rename(part.path, path),
                None => std::fs::remove_file(part.path),
            };
        }
        parts
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Part>> {
        // The list is whole after every statement, so that a panic elsewhere does not spoil it.
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that is not there until it is whole.
#[derive(Debug)]
pub struct AtomicFile {
    file: File,
    part: PathBuf,
    path: PathBuf,
    unfinished: Unfinished,
    published: bool,
}

impl AtomicFile {
    /// Begins to write what will be `path`; makes its folders. A part that a killed run left behind is written over.
    ///
    /// # Errors
    /// When the part cannot be made, or another process is writing it.
    pub fn create(path: &Path, unfinished: &Unfinished) -> io::Result<Self> {
        Self::begin(path, None, unfinished)
    }

    /// The same, for a file that is whole after each [`append`](Self::append): an interrupted process keeps it.
    ///
    /// # Errors
    /// As above.
    pub fn create_kept(path: &Path, unfinished: &Unfinished) -> io::Result<Self> {
        Self::begin(path, Some(path.to_owned()), unfinished)
    }

    /// Adds all that `from` holds; an interrupt waits until it is done.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn append(&mut self, from: &mut impl io::Read) -> io::Result<u64> {
        let unfinished = self.unfinished.clone();
        let _nothing_is_abandoned_meanwhile = unfinished.lock();
        io::copy(from, &mut self.file)
    }

    fn begin(path: &Path, keep_as: Option<PathBuf>, unfinished: &Unfinished) -> io::Result<Self> {
        let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))?;
        let folder = folder_of(path);
        std::fs::create_dir_all(folder)?;
        let mut part_name = std::ffi::OsString::from(".");
        part_name.push(name);
        part_name.push(".part");
        if part_name.len() > LONGEST_NAME {
            part_name = format!(".{:016x}.part", xxh3_64(name.as_encoded_bytes())).into();
        }
        let part = folder.join(part_name);
        let mut parts = unfinished.lock();
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&part)?;
        file.try_lock().map_err(|e| match e {
            std::fs::TryLockError::WouldBlock => {
                io::Error::new(io::ErrorKind::ResourceBusy, format!("another run is writing {}", part.display()))
            }
            std::fs::TryLockError::Error(e) => e,
        })?;
        file.set_len(0)?;
        parts.push(Part { path: part.clone(), keep_as });
        drop(parts);
        Ok(Self { file, part, path: path.to_owned(), unfinished: unfinished.clone(), published: false })
    }

    /// Makes sure that all of it is on the disk.
    ///
    /// # Errors
    /// When it is not.
    pub fn seal(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.sync_all()
    }

    /// Gives the file its name. An existing file of that name is replaced.
    ///
    /// # Errors
    /// When the disk does not take it; then nothing appears.
    pub fn publish(mut self) -> io::Result<()> {
        self.seal()?;
        let mut parts = self.unfinished.lock();
        std::fs::rename(&self.part, &self.path)?;
        self.published = true;
        parts.retain(|part| part.path != self.part);
        drop(parts);
        // Some file systems cannot sync a folder; the file itself is safe.
        if let Ok(folder) = File::open(folder_of(&self.path)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.published {
            let mut parts = self.unfinished.lock();
            let _ = std::fs::remove_file(&self.part);
            parts.retain(|part| part.path != self.part);
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/out.txt");
        let unfinished = Unfinished::default();
        let mut file = AtomicFile::create(&path, &unfinished).unwrap();
        file.write_all(b"text").unwrap();
        assert!(!path.exists() && folder.path().join("new/.out.txt.part").exists());
        let other = AtomicFile::create(&path, &unfinished).unwrap_err();
        assert_eq!(other.kind(), io::ErrorKind::ResourceBusy);
        file.publish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"text");
        assert_eq!(std::fs::read_dir(folder.path().join("new")).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_whole_at_any_time_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let unfinished = Unfinished::default();
        let path = folder.path().join("bad.jsonl");
        let mut file = AtomicFile::create_kept(&path, &unfinished).unwrap();
        file.append(&mut &b"a line\n"[..]).unwrap();
        drop(unfinished.abandon());
        assert_eq!(std::fs::read(&path).unwrap(), b"a line\n");
    }

    #[test]
    fn names_may_be_as_long_as_the_file_system_allows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n".repeat(LONGEST_NAME));
        AtomicFile::create(&path, &Unfinished::default()).unwrap().publish().unwrap();
        assert!(path.exists());
    }

    #[test]
    fn an_abandoned_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let unfinished = Unfinished::default();
        std::fs::write(folder.path().join(".a.part"), "left by a killed run").unwrap();
        drop(AtomicFile::create(&folder.path().join("a"), &unfinished).unwrap());
        let _kept = AtomicFile::create(&folder.path().join("b"), &unfinished).unwrap();
        drop(unfinished.abandon());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
