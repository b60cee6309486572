//! Objects on their way into the store, part by part: visible once they are finished, whole or not at all.

use super::{ArtifactError, ArtifactStore};
use bytes::Bytes;
use object_store::{ObjectStoreExt, WriteMultipart};
use std::path::Path;
use tokio::io::AsyncReadExt;

/// One part of an upload, and so the step of its progress; a store over the network takes no smaller ones.
pub(super) const PART_BYTES: usize = 5 << 20;

/// An object whose parts come one after the other. Dropped before its end, it leaves nothing behind.
#[derive(Debug)]
pub struct Parts(Option<WriteMultipart>);

/// A file on its way into the store.
#[derive(Debug)]
pub struct Upload {
    file: tokio::fs::File,
    parts: Parts,
    stored: u64,
}

impl ArtifactStore {
    /// Begins to store an object.
    pub async fn parts(&self, key: &str) -> Result<Parts, ArtifactError> {
        let upload = self.objects.put_multipart(&self.place(key)).await?;
        Ok(Parts(Some(WriteMultipart::new_with_chunk_size(upload, PART_BYTES))))
    }

    /// Begins to store a file.
    pub async fn upload(&self, key: &str, path: &Path) -> Result<Upload, ArtifactError> {
        let file = tokio::fs::File::open(path).await?;
        Ok(Upload { file, parts: self.parts(key).await?, stored: 0 })
    }
}

impl Parts {
    /// Stores more bytes, once there is room for them: no more than a part waits in memory.
    pub async fn put(&mut self, bytes: Bytes) -> Result<(), ArtifactError> {
        if let Some(parts) = &mut self.0 {
            parts.wait_for_capacity(1).await?;
            parts.put(bytes);
        }
        Ok(())
    }

    /// Makes the object visible.
    pub async fn finish(mut self) -> Result<(), ArtifactError> {
        if let Some(parts) = self.0.take() {
            parts.finish().await?;
        }
        Ok(())
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        // a store over the network keeps the parts of an upload that nobody ends
        if let (Some(parts), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                if let Err(error) = parts.abort().await {
                    tracing::warn!(%error, "parts of an upload that was given up may be left in the store");
                }
            });
        }
    }
}

impl Upload {
    /// Stores the next part and tells the bytes stored so far; none when there is no more.
    pub async fn next_part(&mut self) -> Result<Option<u64>, ArtifactError> {
        let mut part = Vec::with_capacity(PART_BYTES);
        let read = (&mut self.file).take(PART_BYTES as u64).read_to_end(&mut part).await?;
        if read == 0 {
            return Ok(None);
        }
        self.parts.put(Bytes::from(part)).await?;
        self.stored += read as u64;
        Ok(Some(self.stored))
    }

    /// Makes the object visible.
    pub async fn finish(self) -> Result<(), ArtifactError> {
        self.parts.finish().await
    }
}
