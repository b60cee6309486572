//! Writes that never ended: the local store writes beside an object, under its name with `#` and a number, until it is whole.
//! A process that is killed meanwhile leaves that file.

use super::store::Backing;
use super::{ArtifactError, ArtifactStore};
use std::io;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

impl ArtifactStore {
    /// Removes writes that nothing was added to since `before_ms`, epoch milliseconds; how many there were. A folder that
    /// other nodes write to as well has theirs, too: so the time must be longer ago than any write pauses. In a bucket there
    /// are none: its own rules end uploads that nobody ends.
    pub async fn remove_broken_off(&self, before_ms: i64) -> Result<usize, ArtifactError> {
        let Backing::Folder(folder) = &self.backing else { return Ok(0) };
        let folder = folder.clone();
        let removed = tokio::task::spawn_blocking(move || remove(&folder, before_ms)).await.map_err(io::Error::other)?;
        Ok(removed?)
    }
}

fn remove(folder: &Path, before_ms: i64) -> io::Result<usize> {
    let before = UNIX_EPOCH + Duration::from_millis(u64::try_from(before_ms).unwrap_or(0));
    let (mut removed, mut folders) = (0, vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if is_staged(&entry.path()) && entry.metadata().and_then(|meta| meta.modified()).is_ok_and(|modified| modified < before) {
                // another node may have been first
                removed += usize::from(std::fs::remove_file(entry.path()).is_ok());
            }
        }
    }
    Ok(removed)
}

/// Keys hold no `#`: the store would write it as `%23`.
fn is_staged(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.rsplit_once('#')).is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_old_writes_that_were_broken_off_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = ArtifactStore::local(folder.path()).unwrap();
        let file = folder.path().join("content");
        std::fs::write(&file, "whole").unwrap();
        // one that is whole, one that is broken off
        let mut whole = store.upload("artifacts/p/whole.zip", &file).await.unwrap();
        while whole.next_part().await.unwrap().is_some() {}
        whole.finish().await.unwrap();
        let mut broken_off = store.upload("artifacts/p/half.zip", &file).await.unwrap();
        while broken_off.next_part().await.unwrap().is_some() {}
        std::mem::forget(broken_off);
        let names = || {
            let entries = std::fs::read_dir(folder.path().join("artifacts/p")).unwrap().flatten();
            let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        assert_eq!(names(), ["half.zip#1", "whole.zip"]);
        let written = folder.path().join("artifacts/p/half.zip#1").metadata().unwrap().modified().unwrap();
        let written_ms = i64::try_from(written.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        assert_eq!(store.remove_broken_off(written_ms).await.unwrap(), 0);
        assert_eq!(names(), ["half.zip#1", "whole.zip"]);
        assert_eq!(store.remove_broken_off(written_ms + 1).await.unwrap(), 1);
        assert_eq!(names(), ["whole.zip"]);
        assert!(["a#", "a#b", "a%231", "a"].iter().all(|name| !is_staged(Path::new(name))));
    }
}
