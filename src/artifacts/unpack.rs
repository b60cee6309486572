//! Reads and unpacks archives that the guard has let through. An error leaves what was written until then, all of it in
//! the folder that was given, for the caller to remove.

pub use super::guard::ReadAt;

use super::guard::{Entry, Reader, check};
use crate::domain::files::FileLimits;
use rustix::fs::{Mode, OFlags, mkdirat, open, openat};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Why an archive is refused, whole, or was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// Not a zip, or a broken one.
    #[error("is not a readable zip: {0}")]
    Broken(String),
    /// What is wrong with its entries.
    #[error("{}", .0.join("; "))]
    Refused(Vec<String>),
    /// The watcher wanted no more.
    #[error("unpacking was stopped")]
    Stopped,
    /// The disk's trouble.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What a checked zip holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Is told how many files of how many are written: 0 before the first, then each, in order, on any thread. Its break ends
/// the unpacking.
pub type Watch<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + Send + 'a;

/// Threads that write: creating a file is work for the kernel, which does it for several folders at once.
const THREADS: usize = 2;
/// Files that a thread takes at a time, of one folder.
const FILES_AT_A_TIME: usize = 64;

/// Reads every entry to its end without writing it: what a request's zip has to pass.
pub fn inspect<R: ReadAt + ?Sized>(zip: &R, limits: FileLimits) -> Result<Contents, UnpackError> {
    let files = check(zip, "", limits)?;
    let mut reader = Reader::new();
    for file in &files {
        reader.read(zip, file, &mut |_| Ok(()))?;
    }
    Ok(contents(&files))
}

/// Unpacks the entries below `prefix` (such as `source/`, or empty for all) into a folder that holds nothing yet.
pub fn unpack(zip: &Path, prefix: &str, into: &Path, limits: FileLimits, watch: &mut Watch<'_>) -> Result<Contents, UnpackError> {
    let zip = File::open(zip)?;
    let files = check(&zip, prefix, limits)?;
    if watch(0, files.len()).is_break() {
        return Err(UnpackError::Stopped);
    }
    let root = open(into, FOLDER, Mode::empty()).map_err(io::Error::from)?;
    make_folders(&root, &files)?;
    let runs = files.chunk_by(|a, b| split(&a.name).0 == split(&b.name).0).flat_map(|run| run.chunks(FILES_AT_A_TIME)).collect();
    let progress = Mutex::new(Progress { done: 0, total: files.len(), watch });
    let extraction = Extraction { zip, root, runs, next: AtomicUsize::new(0), over: AtomicBool::new(false), progress };
    extraction.run()?;
    Ok(contents(&files))
}

fn contents(files: &[Entry]) -> Contents {
    Contents { files: files.len(), bytes: files.iter().map(|file| file.bytes).sum() }
}

/// A folder as a handle, never through a link.
const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
/// A file that is not there yet: nothing is followed or written over.
const NEW_FILE: OFlags = OFlags::WRONLY.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The folder of a path, empty for none, and its last name.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn folder(root: &OwnedFd, path: &str) -> io::Result<OwnedFd> {
    let mut at = root.try_clone()?;
    for name in path.split('/').filter(|name| !name.is_empty()) {
        at = openat(&at, name, FOLDER, Mode::empty())?;
    }
    Ok(at)
}

/// Makes every folder that a file lies in, each below the one made before it.
fn make_folders(root: &OwnedFd, files: &[Entry]) -> io::Result<()> {
    let mut folders = BTreeSet::new();
    for file in files {
        // from the deepest up, as far as they are new
        let _ = file.name.rmatch_indices('/').all(|(at, _)| folders.insert(&file.name[..at]));
    }
    for path in folders {
        let (parent, name) = split(path);
        mkdirat(folder(root, parent)?, name, Mode::from_raw_mode(0o777))?;
    }
    Ok(())
}

/// Files on their way to the disk.
struct Extraction<'a, 'w> {
    zip: File,
    root: OwnedFd,
    /// Files of one folder each.
    runs: Vec<&'a [Entry]>,
    next: AtomicUsize,
    over: AtomicBool,
    progress: Mutex<Progress<'w>>,
}

struct Progress<'w> {
    done: usize,
    total: usize,
    watch: &'w mut Watch<'w>,
}

impl Extraction<'_, '_> {
    /// Writes all, or tells what went wrong.
    fn run(&self) -> Result<(), UnpackError> {
        let outcomes = std::thread::scope(|scope| {
            let others: Vec<_> = (1..THREADS.min(self.runs.len())).map(|_| scope.spawn(|| self.work())).collect();
            let mut outcomes = vec![self.work()];
            outcomes.extend(others.into_iter().map(|other| other.join().unwrap_or_else(|_| Err(io::Error::other("a thread panicked").into()))));
            outcomes
        });
        // a thread that was stopped may have been so by the other's fault
        let mut errors: Vec<UnpackError> = outcomes.into_iter().filter_map(Result::err).collect();
        errors.sort_by_key(|error| matches!(error, UnpackError::Stopped));
        errors.into_iter().next().map_or(Ok(()), Err)
    }

    /// A thread's part: run after run, until there is none or somebody has given up.
    fn work(&self) -> Result<(), UnpackError> {
        let mut reader = Reader::new();
        let mut part = || {
            while let Some(run) = self.runs.get(self.next.fetch_add(1, Ordering::Relaxed)) {
                let folder = folder(&self.root, run.first().map_or("", |file| split(&file.name).0))?;
                for file in *run {
                    self.write(&mut reader, &folder, file)?;
                    self.tell()?;
                }
            }
            Ok(())
        };
        part().inspect_err(|_| self.over.store(true, Ordering::Relaxed))
    }

    fn write(&self, reader: &mut Reader, folder: &OwnedFd, file: &Entry) -> Result<(), UnpackError> {
        let new = openat(folder, split(&file.name).1, NEW_FILE, Mode::from_raw_mode(0o666)).map_err(io::Error::from)?;
        let mut new = File::from(new);
        reader.read(&self.zip, file, &mut |piece| match self.over.load(Ordering::Relaxed) {
            true => Err(UnpackError::Stopped),
            false => Ok(new.write_all(piece)?),
        })
    }

    fn tell(&self) -> Result<(), UnpackError> {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let progress = &mut *progress;
        // the other thread was told to stop meanwhile
        if self.over.load(Ordering::Relaxed) {
            return Err(UnpackError::Stopped);
        }
        progress.done += 1;
        match (progress.watch)(progress.done, progress.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => {
                self.over.store(true, Ordering::Relaxed);
                Err(UnpackError::Stopped)
            }
        }
    }
}
