//! The object store that holds sources and artifacts: a folder, or a bucket of S3.

use super::cache::{Cache, LocalFile};
use bytes::Bytes;
use object_store::aws::AmazonS3;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    /// An object is not what was stored.
    #[error("the object {0} is not what was stored")]
    Corrupt(String),
}

impl From<object_store::Error> for ArtifactError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::Missing(path),
            other => Self::Store(other),
        }
    }
}

impl ArtifactError {
    /// Whether the same may succeed later.
    pub const fn is_passing(&self) -> bool {
        !matches!(self, Self::Corrupt(_))
    }
}

/// The store. Cloning shares it.
#[derive(Debug, Clone)]
pub struct ArtifactStore {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) backing: Backing,
}

/// What the store stands on.
#[derive(Debug, Clone)]
pub(super) enum Backing {
    /// A folder: objects are files.
    Folder(PathBuf),
    /// A folder of a bucket, with what this node keeps of it.
    Bucket { within: Key, signer: AmazonS3, cache: Cache },
}

impl ArtifactStore {
    /// A store in a local folder, made when it is missing.
    pub fn local(folder: &Path) -> Result<Self, ArtifactError> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let objects = Arc::new(LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true));
        Ok(Self { objects, backing: Backing::Folder(folder) })
    }

    /// Stores bytes under a key that their hash is part of: stored twice, it is the same object.
    pub async fn put(&self, key: &str, bytes: impl Into<Bytes>) -> Result<(), ArtifactError> {
        self.objects.put(&self.place(key), PutPayload::from(bytes.into())).await?;
        Ok(())
    }

    /// Where the store keeps the object of a key.
    pub(super) fn place(&self, key: &str) -> Key {
        match &self.backing {
            Backing::Folder(_) => Key::from(key),
            Backing::Bucket { within, .. } => Key::from_iter(within.parts().chain(Key::from(key).parts())),
        }
    }

    /// The object as a file on this machine: the store's own, or a copy that this node keeps. `Missing` when it is not there.
    pub async fn fetch(&self, key: &str) -> Result<LocalFile, ArtifactError> {
        match &self.backing {
            Backing::Folder(folder) => {
                let path = folder.join(key);
                match tokio::fs::metadata(&path).await {
                    Ok(meta) if meta.is_file() => Ok(LocalFile::of_the_store(path)),
                    Ok(_) => Err(ArtifactError::Missing(key.to_owned())),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ArtifactError::Missing(key.to_owned())),
                    Err(error) => Err(error.into()),
                }
            }
            Backing::Bucket { cache, .. } => {
                let download = async {
                    let got = self.objects.get(&self.place(key)).await?;
                    Ok((got.meta.size, got.into_stream()))
                };
                cache.get(key, download).await
            }
        }
    }

    /// Answers when the store does.
    pub async fn ping(&self) -> Result<(), ArtifactError> {
        self.exists("ping").await.map(drop)
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
