//! Deterministic zips: the same files give the same bytes, whatever their times, owners or order.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Files that deflate does not make smaller.
const DENSE: &[&str] = &["gz", "br", "zst", "zip", "png", "jpg", "jpeg", "gif", "webp", "avif", "mp4", "webm", "mp3", "woff", "woff2"];

/// Where an entry's bytes come from.
#[derive(Debug, Clone)]
pub enum Content<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// A file on disk.
    File(PathBuf),
}

/// Entries by their name in the zip.
pub type Entries<'a> = BTreeMap<String, Content<'a>>;

/// Folders within folders at most.
const DEPTH_MAX: usize = 64;

/// A reader that fails once nobody wants the result any more.
struct Wanted<'a, R> {
    inner: R,
    over: &'a AtomicBool,
}

impl<R: Read> Read for Wanted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.over.load(Ordering::Relaxed) {
            return Err(io::Error::other("nobody wants it any more"));
        }
        self.inner.read(buffer)
    }
}

/// Writes the zip and gives its writer back, at the end; stops with an error once `over` is set.
pub fn pack<W: Write + Seek>(entries: &Entries<'_>, into: W, over: &AtomicBool) -> io::Result<W> {
    let mut zip = ZipWriter::new(into);
    for (name, content) in entries {
        zip.start_file(name.as_str(), options(name)).map_err(io::Error::from)?;
        match content {
            Content::Bytes(bytes) => zip.write_all(bytes)?,
            Content::File(path) => {
                io::copy(&mut Wanted { inner: File::open(path)?, over }, &mut zip)?;
            }
        }
    }
    zip.finish().map_err(io::Error::from)
}

fn options(name: &str) -> SimpleFileOptions {
    let extension = Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default();
    let method = if DENSE.contains(&extension) { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default()).unix_permissions(0o644)
}

/// The plain files under a folder, by their path from it with `/`; links and special files are left out, and so is
/// whatever `skip` names at the top. Folders that are too deep are `InvalidInput`.
pub fn files_under(root: &Path, skip: &[&str]) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![(root.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            // a name that is no UTF-8 can be neither an URL nor an entry
            let Ok(name) = entry.file_name().into_string() else { continue };
            if prefix.is_empty() && skip.contains(&name.as_str()) {
                continue;
            }
            let (kind, path) = (entry.file_type()?, format!("{prefix}{name}"));
            if kind.is_dir() && path.split('/').count() > DEPTH_MAX {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "folders are too deep"));
            }
            if kind.is_dir() {
                folders.push((entry.path(), format!("{path}/")));
            } else if kind.is_file() {
                found.insert(path, entry.path());
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b"), "two").unwrap();
        let memory: Entries<'_> = [("a".into(), Content::Bytes(b"one")), ("b".into(), Content::Bytes(b"two"))].into();
        let disk: Entries<'_> = [("b".into(), Content::File(folder.path().join("b"))), ("a".into(), Content::Bytes(b"one"))].into();
        let bytes = |entries| pack(&entries, Cursor::new(vec![]), &AtomicBool::new(false)).unwrap().into_inner();
        assert_eq!(bytes(memory), bytes(disk));
    }

    #[test]
    fn links_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        std::fs::create_dir(folder.path().join("node_modules")).unwrap();
        std::fs::write(folder.path().join("a/b/c"), "").unwrap();
        std::fs::write(folder.path().join("node_modules/x"), "").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("a/link")).unwrap();
        let found = files_under(folder.path(), &["node_modules"]).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["a/b/c"]);
    }
}
