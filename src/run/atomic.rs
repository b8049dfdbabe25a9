//! Files that appear under their name only when they are whole.
//!
//! Written as `.NAME.part` in the same folder, then flushed, synced and renamed, and the folder synced. A run that is
//! killed leaves at most such a part behind; one that is interrupted, or fails, takes it away.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The parts that are being written, so that an interrupted run can take them away.
#[derive(Debug, Clone, Default)]
pub struct Unfinished {
    parts: Arc<Mutex<Vec<PathBuf>>>,
}

impl Unfinished {
    /// Takes all parts away, and lets nothing be published any more: for the end of an interrupted process. The guard
    /// must be held until the process is gone.
    #[must_use]
    pub fn abandon(&self) -> impl Drop + '_ {
        let mut parts = self.lock();
        for part in parts.drain(..) {
            // Nothing can be done about a part that cannot be removed.
            let _ = std::fs::remove_file(part);
        }
        parts
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PathBuf>> {
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
        let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))?;
        let folder = folder_of(path);
        std::fs::create_dir_all(folder)?;
        let mut part_name = std::ffi::OsString::from(".");
        part_name.push(name);
        part_name.push(".part");
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
        parts.push(part.clone());
        drop(parts);
        Ok(Self { file, part, path: path.to_owned(), unfinished: unfinished.clone(), published: false })
    }

    /// Gives the file its name. An existing file of that name is replaced.
    ///
    /// # Errors
    /// When the disk does not take it; then nothing appears.
    pub fn publish(mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.sync_all()?;
        let mut parts = self.unfinished.lock();
        std::fs::rename(&self.part, &self.path)?;
        self.published = true;
        parts.retain(|part| *part != self.part);
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
            parts.retain(|part| *part != self.part);
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
