//! The cache of finished installs, in a folder of this node: one file an entry, bounded in bytes, the least recently used
//! go first.
//!
//! An entry is written under another name and renamed when it is whole, so that a crash leaves none that is half. Readers
//! hold it open, so that an eviction takes it from nobody. Two builds that store the same entry replace one whole by
//! another. What comes back is copied: a build that changes its packages changes only its own.

mod entry;
mod tree;

use entry::{About, Broken};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How the names of entries end, and of those that are being written.
const ENTRY: &str = "packages";
const PART: &str = "part";
/// One entry takes at most this share of the cache: a single project does not flush all others.
const SHARE: u64 = 4;

/// The cache.
#[derive(Debug, Clone)]
pub struct DependencyCache {
    folder: PathBuf,
    bytes_max: u64,
    evicting: Arc<Mutex<()>>,
}

/// What an entry is found by: a SHA-256 in hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key(pub String);

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Restored {
    pub packages: u64,
    pub age_ms: i64,
}

struct Held {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

impl DependencyCache {
    /// Opens a cache of at most so many bytes, 0 for none, and removes what a crash left unfinished.
    pub fn open(folder: PathBuf, bytes_max: u64) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        for file in std::fs::read_dir(&folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|end| end == PART) {
                std::fs::remove_file(path)?;
            }
        }
        let cache = Self { folder, bytes_max, evicting: Arc::default() };
        cache.make_room(0)?;
        Ok(cache)
    }

    /// Whether anything is kept.
    pub(super) fn is_on(&self) -> bool {
        self.bytes_max > 0
    }

    fn path_of(&self, key: &Key) -> PathBuf {
        self.folder.join(&key.0).with_extension(ENTRY)
    }

    /// Brings an entry's packages into a project's folder, in the stead of what is there. None where there is no entry, or
    /// none that is whole: then nothing of it is left in the folder.
    pub(super) fn restore(&self, key: &Key, project: &Path, now_ms: i64, over: &AtomicBool) -> Option<Restored> {
        let path = self.path_of(key);
        let mut file = File::open(&path).ok().filter(|_| self.is_on())?;
        let mut roots = Vec::new();
        let mut bring = || -> Result<Restored, Broken> {
            let (about, length) = entry::about(&mut file)?;
            roots.clone_from(&about.roots);
            remove_all(project, &roots)?;
            // what was used last goes last; a clock that is off only changes the order
            let _ = file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_millis(now_ms.unsigned_abs()));
            entry::read(file.try_clone()?, length, &about.sha256, project, over)?;
            Ok(Restored { packages: about.packages, age_ms: (now_ms - about.stored_at_ms).max(0) })
        };
        match bring() {
            Ok(restored) => Some(restored),
            Err(error) => {
                tracing::warn!(entry = key.0, %error, "packages did not come from the cache");
                if error.is_for_good() {
                    // another build may have been faster
                    let _ = std::fs::remove_file(&path);
                }
                let removed = remove_all(project, &roots);
                removed.inspect_err(|error| tracing::warn!(%error, "what came of a damaged entry is still there")).ok();
                None
            }
        }
    }

    /// Keeps what an install left in a project's folder. `writer` is the build's own name, for what is not finished. What
    /// can't be kept is no reason for a build to fail: the reason is logged.
    pub(super) fn store(&self, key: &Key, project: &Path, packages: u64, now_ms: i64, writer: &str, over: &AtomicBool) {
        let part = self.folder.join(format!("{}-{writer}.{PART}", key.0));
        let kept = self.try_store(key, &part, project, packages, now_ms, over);
        if let Err(error) = kept {
            tracing::warn!(entry = key.0, %error, "packages were not kept for the next build");
            // it may not have come to be
            let _ = std::fs::remove_file(&part);
        }
    }

    fn try_store(&self, key: &Key, part: &Path, project: &Path, packages: u64, now_ms: i64, over: &AtomicBool) -> io::Result<()> {
        let roots = tree::roots(project)?;
        let items = tree::items(project, &roots).map_err(io::Error::other)?;
        let bytes: u64 = items.iter().map(|item| if let tree::Kind::File { bytes, .. } = item.kind { bytes } else { 0 }).sum();
        if bytes > self.bytes_max / SHARE {
            return Err(io::Error::other(format!("{bytes} bytes are too many for a cache of {}", self.bytes_max)));
        }
        self.make_room(bytes)?;
        let about = About { packages, stored_at_ms: now_ms, roots, sha256: String::new() };
        let file = File::create_new(part)?;
        entry::write(file.try_clone()?, project, &items, about, over)?;
        // the order of use follows one clock
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_millis(now_ms.unsigned_abs()))?;
        std::fs::rename(part, self.path_of(key))?;
        // headers count too, and other builds have stored meanwhile
        self.make_room(0)
    }

    /// Removes the least recently used entries until so many bytes more are within the bound.
    fn make_room(&self, bytes: u64) -> io::Result<()> {
        let _one = self.evicting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held = Vec::new();
        for file in std::fs::read_dir(&self.folder)? {
            let path = file?.path();
            // one that is being written may get its final name at any moment
            let Ok(meta) = path.metadata() else { continue };
            held.push(Held { bytes: meta.len(), used: meta.modified()?, path });
        }
        held.sort_by_key(|held| held.used);
        let mut total = held.iter().map(|held| held.bytes).sum::<u64>() + bytes;
        for held in held.into_iter().filter(|held| held.path.extension().is_some_and(|end| end == ENTRY)) {
            if total <= self.bytes_max {
                break;
            }
            tracing::info!(entry = %held.path.display(), bytes = held.bytes, "making room in the cache of packages");
            gone(std::fs::remove_file(&held.path))?;
            total -= held.bytes;
        }
        Ok(())
    }
}

/// Removes places of a project's folder. None of its folders is a link: nothing of the project has run yet.
fn remove_all(project: &Path, roots: &[PathBuf]) -> io::Result<()> {
    for root in roots {
        let path = project.join(root);
        let removed = match path.symlink_metadata() {
            Ok(meta) if meta.is_dir() => std::fs::remove_dir_all(path),
            Ok(_) => std::fs::remove_file(path),
            Err(error) => Err(error),
        };
        gone(removed)?;
    }
    Ok(())
}

/// That a thing is gone already is what was wanted.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

#[cfg(test)]
mod tests;
