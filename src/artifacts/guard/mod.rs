//! The zip guard: an archive is hostile until all that it tells has been checked, before a byte is written. Its bytes are
//! read here and by nobody else, in one way: each belongs to an entry, the directory or the end record.
//!
//! Deliberately absent: writes. What an entry holds is held to what it says while it streams (`content.rs`).

mod content;
mod directory;
mod end;
mod entry;
mod layout;
mod read_at;

pub(super) use content::Reader;
pub(super) use entry::Entry;
pub use read_at::ReadAt;

use super::unpack::UnpackError;
use crate::domain::files::{FileLimits, path_fault, path_faults, quoted};
use std::collections::HashSet;

/// Entries at most for each file that is allowed: an artifact holds a source, an output and the output's compressed
/// variants; others' archives have entries for folders.
const ENTRIES_PER_FILE: u64 = 3;
/// What an entry takes in the directory, on average, and what a small directory may take besides: one name of any length.
const DIRECTORY_BYTES_PER_ENTRY: u64 = 512;
const DIRECTORY_BYTES_MORE: u64 = 256 << 10;
/// Faults told at once.
const FAULTS_MAX: usize = 20;

/// Checks all that the archive tells of itself; the files below `prefix`, without it, in the order of their bytes. Reads
/// no more than the end record of an archive that has too many entries.
pub(super) fn check<R: ReadAt + ?Sized>(zip: &R, prefix: &str, limits: FileLimits) -> Result<Vec<Entry>, UnpackError> {
    let end = end::read(zip)?;
    let most = (limits.count as u64).saturating_mul(ENTRIES_PER_FILE);
    if end.entries > most {
        return Err(refused(format!("{} entries are more than {most}", end.entries)));
    }
    let size = end.directory.end - end.directory.start;
    if size > end.entries * DIRECTORY_BYTES_PER_ENTRY + DIRECTORY_BYTES_MORE {
        return Err(refused(format!("a directory of {size} bytes is too much for {} entries", end.entries)));
    }
    let mut entries = directory::read(zip, &end)?;
    let mut faults: Vec<String> = entries.iter().flat_map(|entry| entry.faults(limits)).take(FAULTS_MAX).collect();
    faults.extend(twice(&entries));
    if !faults.is_empty() {
        return Err(UnpackError::Refused(faults));
    }
    layout::check(zip, &mut entries, end.directory.start)?;
    let all: u64 = entries.iter().map(|entry| entry.bytes).fold(0, u64::saturating_add);
    if all > limits.total_bytes.saturating_mul(ENTRIES_PER_FILE) {
        return Err(refused(format!("{all} bytes in all are more than {}", limits.total_bytes)));
    }
    below(entries, prefix, limits)
}

/// The files below the prefix, when their paths may stand in a project.
fn below(entries: Vec<Entry>, prefix: &str, limits: FileLimits) -> Result<Vec<Entry>, UnpackError> {
    let mut faults = vec![];
    let mut files: Vec<Entry> = entries
        .into_iter()
        .filter_map(|mut entry| {
            entry.name = entry.name.strip_prefix(prefix)?.to_owned();
            Some(entry)
        })
        .collect();
    files.retain(|entry| {
        let folder = entry.name.strip_suffix('/').filter(|name| !name.is_empty());
        faults.extend(folder.and_then(path_fault).map(|fault| format!("{} {fault}", quoted(&entry.name))));
        folder.is_none()
    });
    faults.extend(path_faults(files.iter().map(|file| file.name.as_str())));
    let total: u64 = files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
    if total > limits.total_bytes {
        faults.push(format!("{total} bytes in all are more than {}", limits.total_bytes));
    }
    if files.len() > limits.count {
        faults.push(format!("{} files are more than {}", files.len(), limits.count));
    }
    if files.is_empty() {
        faults.push("there is no file".into());
    }
    faults.truncate(FAULTS_MAX);
    if faults.is_empty() { Ok(files) } else { Err(UnpackError::Refused(faults)) }
}

/// The first name that the directory has twice; a folder's and a file's are one.
fn twice(entries: &[Entry]) -> Option<String> {
    let mut seen = HashSet::with_capacity(entries.len());
    let again = entries.iter().find(|entry| !seen.insert(entry.name.trim_end_matches('/')));
    again.map(|entry| format!("{} stands in it twice", quoted(&entry.name)))
}

fn refused(fault: String) -> UnpackError {
    UnpackError::Refused(vec![fault])
}

fn broken(why: &str) -> UnpackError {
    UnpackError::Broken(why.into())
}

/// Numbers of a record whose length was checked.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(std::array::from_fn(|n| bytes[at + n]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|n| bytes[at + n]))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|n| bytes[at + n]))
}
