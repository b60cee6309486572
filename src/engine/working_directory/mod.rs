//! The working directories of projects on this node: plain files of one version each, changed in one step, with their
//! history beside them. Each node has its own; one that is missing or old is made anew when it is needed.
//!
//! `{data}/projects/{id}/` holds `work/`, `history.git/`, `version` (what `work/` was made from, absent while that is not
//! sure) and, while something is under way, `next-…/`.

mod history;

pub(super) use history::{Entry, record};

use rustix::fs::{CWD, Mode, OFlags, RenameFlags, fsync, open, renameat_with, syncfs};
use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::OwnedMutexGuard;

/// What folders of versions that are not in their place yet, or no longer, begin with.
const NEXT: &str = "next-";

/// The working directories of a node. Cloning shares them.
#[derive(Debug, Clone)]
pub struct WorkingDirectories {
    folder: PathBuf,
    taken: Arc<Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>>,
}

/// A project's working directory, for one at a time.
#[derive(Debug)]
pub(super) struct WorkingDirectory {
    folder: PathBuf,
    _taken: OwnedMutexGuard<()>,
}

impl WorkingDirectories {
    /// Those in this folder, made when it is missing; what a former process left half done is removed.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        for project in std::fs::read_dir(&folder)? {
            remove_unfinished(&project?.path())?;
        }
        Ok(Self { folder, taken: Arc::default() })
    }

    /// Waits until nobody else here has the project's directory, and takes it. The id is one that has been checked.
    pub(super) async fn take(&self, project_id: &str) -> io::Result<WorkingDirectory> {
        let lock = {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            taken.retain(|_, lock| lock.strong_count() > 0);
            let known = taken.get(project_id).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let lock = Arc::default();
                taken.insert(project_id.to_owned(), Arc::downgrade(&lock));
                lock
            })
        };
        let directory = WorkingDirectory { folder: self.folder.join(project_id), _taken: lock.lock_owned().await };
        std::fs::create_dir_all(&directory.folder)?;
        Ok(directory)
    }
}

impl WorkingDirectory {
    /// The version that it was made from; none when it is missing, or when that is not sure.
    pub fn version(&self) -> Option<String> {
        let version = std::fs::read_to_string(self.marker()).ok()?;
        self.work().is_dir().then_some(version)
    }

    /// Whether it is there, whatever it was made from.
    pub fn exists(&self) -> bool {
        self.work().is_dir()
    }

    /// Where the history is.
    pub fn history(&self) -> PathBuf {
        self.folder.join("history.git")
    }

    /// Removes what was unpacked and did not get its place. Blocks on the disk.
    pub fn tidy(&self) -> io::Result<()> {
        remove_unfinished(&self.folder)
    }

    /// Puts a history that can't be written aside, in place of one that was put aside before. Blocks on the disk.
    pub fn put_history_aside(&self) -> io::Result<()> {
        let aside = self.folder.join("history-damaged.git");
        match std::fs::symlink_metadata(&aside) {
            Ok(meta) if meta.is_dir() => std::fs::remove_dir_all(&aside)?,
            Ok(_) => std::fs::remove_file(&aside)?,
            Err(_) => {}
        }
        std::fs::rename(self.history(), aside)
    }

    /// An empty folder for a version's files, which the directory may become. Blocks on the disk.
    pub fn fresh(&self, name: &str) -> io::Result<PathBuf> {
        remove_unfinished(&self.folder)?;
        let fresh = self.folder.join(format!("{NEXT}{name}"));
        std::fs::create_dir(&fresh)?;
        Ok(fresh)
    }

    /// Puts the files of a version in place of those that are there, in one step that a crash comes before or after. Blocks
    /// on the disk until they are on it.
    pub fn put(&self, fresh: &Path, version_id: &str) -> io::Result<()> {
        let folder = open(&self.folder, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())?;
        // all of a version's files at once: one by one would wait for the disk as often as there are files
        syncfs(&folder)?;
        match std::fs::remove_file(self.marker()) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => fsync(&folder)?,
        }
        match renameat_with(CWD, fresh, CWD, self.work(), RenameFlags::EXCHANGE) {
            Ok(()) => {}
            Err(rustix::io::Errno::NOENT) => std::fs::rename(fresh, self.work())?,
            Err(error) => return Err(error.into()),
        }
        fsync(&folder)?;
        let written = self.folder.join(format!("{NEXT}version"));
        std::fs::write(&written, version_id)?;
        std::fs::rename(written, self.marker())?;
        syncfs(&folder)?;
        remove_unfinished(&self.folder)
    }

    fn work(&self) -> PathBuf {
        self.folder.join("work")
    }

    fn marker(&self) -> PathBuf {
        self.folder.join("version")
    }
}

fn remove_unfinished(project: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(project)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(NEXT.as_bytes()) {
            if entry.file_type()?.is_dir() { std::fs::remove_dir_all(entry.path())? } else { std::fs::remove_file(entry.path())? }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_version_takes_the_place_of_another_whole() {
        let data = tempfile::tempdir().unwrap();
        let directories = WorkingDirectories::open(data.path().join("projects")).unwrap();
        let directory = directories.take("p").await.unwrap();
        assert_eq!(directory.version(), None);
        for (version, file) in [("v1", "a"), ("v2", "b")] {
            let fresh = directory.fresh(version).unwrap();
            std::fs::write(fresh.join(file), version).unwrap();
            directory.put(&fresh, version).unwrap();
            assert_eq!(directory.version().as_deref(), Some(version));
            let names: Vec<_> = std::fs::read_dir(directory.work()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(names, [file]);
        }
        // what was cut short is not taken for a version, and goes with the next start
        directory.fresh("cut").unwrap();
        drop(directory);
        let directory = WorkingDirectories::open(data.path().join("projects")).unwrap().take("p").await.unwrap();
        let mut names: Vec<_> = std::fs::read_dir(&directory.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["version", "work"]);
    }

    #[tokio::test]
    async fn one_has_it_at_a_time() {
        let data = tempfile::tempdir().unwrap();
        let directories = WorkingDirectories::open(data.path().to_path_buf()).unwrap();
        let first = directories.take("p").await.unwrap();
        let other = directories.clone();
        let mut second = tokio::spawn(async move { other.take("p").await });
        directories.take("q").await.unwrap();
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        second.await.unwrap().unwrap();
    }
}
