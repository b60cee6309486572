//! Whole objects of a store over the network, kept on this node's disk: each downloaded once, those unused for longest
//! removed when there are too many bytes. One node's process at a time works on the folder.

use super::ArtifactError;
use super::keyed_locks::KeyedLocks;
use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::AsyncWriteExt;

/// An object's size, and its bytes as they come.
pub(super) type Download = (u64, BoxStream<'static, object_store::Result<Bytes>>);

/// Objects on this node's disk. Cloning shares them.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    folder: Arc<Path>,
    bytes_max: u64,
    kept: Arc<Mutex<Kept>>,
    downloads: KeyedLocks,
}

#[derive(Debug, Default)]
struct Kept {
    copies: HashMap<String, Entry>,
    bytes: u64,
    /// Grows with every use.
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    bytes: u64,
    /// The number of its last use.
    used: u64,
    /// Every reader has one, too.
    reader: Arc<()>,
}

/// A file that holds an object, there as long as this value lives. Read it, and no more.
#[derive(Debug)]
pub struct LocalFile {
    path: PathBuf,
    held: Option<Held>,
}

/// What keeps a copy from being removed.
#[derive(Debug)]
struct Held {
    cache: Cache,
    reader: Arc<()>,
}

/// A download that has not ended: gone with this value, unless it got its name.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // one that got its name is not here any more
        let _ = std::fs::remove_file(&self.0);
    }
}

impl LocalFile {
    pub(super) const fn of_the_store(path: PathBuf) -> Self {
        Self { path, held: None }
    }
}

impl Deref for LocalFile {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

impl AsRef<Path> for LocalFile {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

impl Drop for LocalFile {
    fn drop(&mut self) {
        if let Some(Held { cache, reader }) = self.held.take() {
            drop(reader);
            cache.make_room(&mut cache.kept(), 0);
        }
    }
}

impl Cache {
    /// The cache in this folder, with what an earlier process left there whole.
    pub fn open(folder: &Path, bytes_max: u64) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut found = vec![];
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let (meta, name) = (entry.metadata()?, entry.file_name().into_string().unwrap_or_default());
            if meta.is_file() && is_name(&name) {
                found.push((meta.modified()?, name, meta.len()));
            } else if meta.is_file() {
                std::fs::remove_file(entry.path())?;
            }
        }
        found.sort();
        let mut kept = Kept::default();
        for (_, name, bytes) in found {
            kept.add(name, bytes);
        }
        let cache = Self { folder: folder.into(), bytes_max, kept: Arc::new(Mutex::new(kept)), downloads: KeyedLocks::default() };
        cache.make_room(&mut cache.kept(), 0);
        Ok(cache)
    }

    /// The copy of an object; `download` gives its size and its bytes, and is asked where there is no copy yet.
    pub async fn get(&self, key: &str, download: impl Future<Output = Result<Download, ArtifactError>>) -> Result<LocalFile, ArtifactError> {
        // a key may be longer than a file's name, and says nothing of what the file holds
        let name = hex::encode(Sha256::digest(key));
        let _alone = self.downloads.lock(&name).await;
        if let Some(file) = self.hold(&name) {
            return Ok(file);
        }
        let (bytes, mut parts) = download.await?;
        self.make_room(&mut self.kept(), bytes);
        let unfinished = Unfinished(self.folder.join(format!("{name}.part")));
        let mut file = tokio::fs::File::create(&unfinished.0).await?;
        let mut written = 0;
        while let Some(part) = parts.try_next().await? {
            written += part.len() as u64;
            file.write_all(&part).await?;
        }
        if written != bytes {
            return Err(ArtifactError::Disk(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{written} of {bytes} bytes of {key} came"))));
        }
        // a name after a power cut must not stand for an empty file
        file.sync_all().await?;
        tokio::fs::rename(&unfinished.0, self.folder.join(&name)).await?;
        let reader = self.kept().add(name.clone(), bytes);
        Ok(self.held(&name, reader))
    }

    /// Forgets the copy of an object that the store has no more; whoever reads it reads on.
    pub fn remove(&self, key: &str) {
        let name = hex::encode(Sha256::digest(key));
        self.drop_copy(&mut self.kept(), &name);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self, name: &str, reader: Arc<()>) -> LocalFile {
        LocalFile { path: self.folder.join(name), held: Some(Held { cache: self.clone(), reader }) }
    }

    /// The copy of that name, when it is there as it was written.
    fn hold(&self, name: &str) -> Option<LocalFile> {
        let mut kept = self.kept();
        let bytes = kept.copies.get(name)?.bytes;
        if self.folder.join(name).metadata().ok().is_none_or(|meta| meta.len() != bytes) {
            self.drop_copy(&mut kept, name);
            return None;
        }
        kept.uses += 1;
        let used = kept.uses;
        let copy = kept.copies.get_mut(name)?;
        copy.used = used;
        Some(self.held(name, copy.reader.clone()))
    }

    /// Removes copies that nobody reads until so many more bytes have room, or none of them is left.
    fn make_room(&self, kept: &mut Kept, more: u64) {
        while kept.bytes.saturating_add(more) > self.bytes_max {
            let unread = kept.copies.iter().filter(|(_, copy)| Arc::strong_count(&copy.reader) == 1);
            let Some(name) = unread.min_by_key(|(_, copy)| copy.used).map(|(name, _)| name.clone()) else { return };
            self.drop_copy(kept, &name);
        }
    }

    fn drop_copy(&self, kept: &mut Kept, name: &str) {
        if let Some(copy) = kept.copies.remove(name) {
            kept.bytes -= copy.bytes;
            // only its name goes: an open file stays readable
            if let Err(error) = std::fs::remove_file(self.folder.join(name)) {
                tracing::debug!(%error, "a copy of an object was gone already");
            }
        }
    }
}

impl Kept {
    fn add(&mut self, name: String, bytes: u64) -> Arc<()> {
        self.uses += 1;
        self.bytes += bytes;
        let reader = Arc::default();
        self.copies.insert(name, Entry { bytes, used: self.uses, reader: Arc::clone(&reader) });
        reader
    }
}

fn is_name(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// An object of so many bytes, and how often it was downloaded.
    async fn get(cache: &Cache, key: &str, bytes: u64, count: &AtomicUsize) -> Result<LocalFile, ArtifactError> {
        let download = async {
            count.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            let parts = (0..bytes).map(|_| Ok(Bytes::from_static(b"x"))).collect::<Vec<_>>();
            Ok((bytes, futures_util::stream::iter(parts).boxed()))
        };
        cache.get(key, download).await
    }

    fn files(folder: &Path) -> usize {
        std::fs::read_dir(folder).unwrap().count()
    }

    #[tokio::test]
    async fn many_who_want_an_object_at_once_download_it_once() {
        let (folder, count) = (tempfile::tempdir().unwrap(), AtomicUsize::new(0));
        let cache = Cache::open(folder.path(), 100).unwrap();
        let readers = futures_util::future::join_all((0..20).map(|_| get(&cache, "a", 5, &count))).await;
        assert!(readers.iter().all(|file| std::fs::read(file.as_ref().unwrap()).unwrap() == b"xxxxx"));
        assert_eq!((count.load(Ordering::Relaxed), files(folder.path())), (1, 1));
    }

    #[tokio::test]
    async fn the_longest_unused_goes_and_what_is_read_stays() {
        let (folder, count) = (tempfile::tempdir().unwrap(), AtomicUsize::new(0));
        let cache = Cache::open(folder.path(), 10).unwrap();
        let read = get(&cache, "read", 4, &count).await.unwrap();
        drop(get(&cache, "old", 3, &count).await.unwrap());
        drop(get(&cache, "new", 3, &count).await.unwrap());
        drop(get(&cache, "old", 3, &count).await.unwrap());
        drop(get(&cache, "next", 3, &count).await.unwrap());
        assert_eq!((count.load(Ordering::Relaxed), cache.kept().bytes), (4, 10));
        drop(get(&cache, "old", 3, &count).await.unwrap());
        assert_eq!(count.load(Ordering::Relaxed), 4, "the one used last stayed");
        // larger than all that there is: it is there for its reader, and goes with it
        let large = get(&cache, "large", 50, &count).await.unwrap();
        assert!(read.exists() && large.exists());
        assert_eq!(files(folder.path()), 2);
        let open = std::fs::File::open(&large).unwrap();
        drop(large);
        assert_eq!((files(folder.path()), cache.kept().bytes), (1, 4));
        assert_eq!(io::read_to_string(open).unwrap().len(), 50, "an open file stays readable");
    }

    #[tokio::test]
    async fn what_is_not_whole_is_never_a_copy() {
        let (folder, count) = (tempfile::tempdir().unwrap(), AtomicUsize::new(0));
        let cache = Cache::open(folder.path(), 100).unwrap();
        let short = async { Ok((9, futures_util::stream::iter([Ok(Bytes::from_static(b"xxx"))]).boxed())) };
        assert!(cache.get("a", short).await.is_err());
        assert_eq!(files(folder.path()), 0);
        let path = get(&cache, "a", 9, &count).await.unwrap().to_path_buf();
        // a disk that lost something, and a download that a kill broke off
        std::fs::write(&path, "xx").unwrap();
        assert_eq!(std::fs::read(get(&cache, "a", 9, &count).await.unwrap()).unwrap().len(), 9);
        std::fs::write(folder.path().join("b.part"), "half").unwrap();
        let again = Cache::open(folder.path(), 100).unwrap();
        assert_eq!((files(folder.path()), again.kept().bytes), (1, 9));
        drop(get(&again, "a", 9, &count).await.unwrap());
        assert_eq!(count.load(Ordering::Relaxed), 2, "what was whole is there after a restart");
        again.remove("a");
        assert_eq!(files(folder.path()), 0);
    }
}
