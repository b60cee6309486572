//! The object store that holds sources and artifacts.

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncReadExt;

/// One part of an upload, and so the step of its progress.
const PART_BYTES: usize = 5 << 20;

/// The store's trouble.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// There is no such object.
    #[error("there is no object {0}")]
    Missing(String),
    /// The store is away, full, or refuses.
    #[error("the artifact store: {0}")]
    Store(#[source] object_store::Error),
    /// This machine's disk.
    #[error("the disk: {0}")]
    Disk(#[from] std::io::Error),
}

impl From<object_store::Error> for ArtifactError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::Missing(path),
            other => Self::Store(other),
        }
    }
}

/// The store. Cloning shares it.
#[derive(Debug, Clone)]
pub struct ArtifactStore {
    pub(super) objects: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

impl ArtifactStore {
    /// A store in a local folder, made when it is missing.
    pub fn local(folder: &Path) -> Result<Self, ArtifactError> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        Ok(Self { objects: Arc::new(LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true)), folder })
    }

    /// Stores bytes under a key that their hash is part of: stored twice, it is the same object.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), ArtifactError> {
        self.objects.put(&self.place(key), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// Begins to store a file, part by part. The object is visible once it is finished, whole or not at all.
    pub async fn upload(&self, key: &str, path: &Path) -> Result<Upload, ArtifactError> {
        let file = tokio::fs::File::open(path).await?;
        let parts = WriteMultipart::new_with_chunk_size(self.objects.put_multipart(&self.place(key)).await?, PART_BYTES);
        Ok(Upload { file, parts, stored: 0 })
    }

    /// Where the store keeps the object of a key.
    #[expect(clippy::unused_self, reason = "a store within a bucket puts its folder before the key")]
    pub(super) fn place(&self, key: &str) -> Key {
        Key::from(key)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path where the object can be read as a file.
    pub fn local_path(&self, key: &str) -> PathBuf {
        self.folder.join(key)
    }

    /// Answers when the store does.
    pub async fn ping(&self) -> Result<(), ArtifactError> {
        match self.objects.head(&Key::from("ping")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A file on its way into the store.
#[derive(Debug)]
pub struct Upload {
    file: tokio::fs::File,
    parts: WriteMultipart,
    stored: u64,
}

impl Upload {
    /// Stores the next part and tells the bytes stored so far; none when there is no more.
    pub async fn next_part(&mut self) -> Result<Option<u64>, ArtifactError> {
        let mut part = Vec::with_capacity(PART_BYTES);
        let read = (&mut self.file).take(PART_BYTES as u64).read_to_end(&mut part).await?;
        if read == 0 {
            return Ok(None);
        }
        self.parts.wait_for_capacity(1).await?;
        self.parts.put(Bytes::from(part));
        self.stored += read as u64;
        Ok(Some(self.stored))
    }

    /// Makes the object visible.
    pub async fn finish(self) -> Result<(), ArtifactError> {
        self.parts.finish().await?;
        Ok(())
    }
}

/// The SHA-256 of a file, in hex. Blocks on the disk.
pub fn sha256_of_file(path: &Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = std::fs::File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer)?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}
