//! What the store holds: whether an object is there, how large it is, all of them, and away with one.

use super::store::Backing;
use super::{ArtifactError, ArtifactStore};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::{ObjectStore, ObjectStoreExt};

/// An object of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Its key, such as `artifacts/{project}/{version}.zip`.
    pub key: String,
    /// Its bytes.
    pub bytes: u64,
    /// When it was stored, epoch milliseconds by the store's clock.
    pub modified_ms: i64,
}

impl ArtifactStore {
    /// Whether there is such an object.
    pub async fn exists(&self, key: &str) -> Result<bool, ArtifactError> {
        match self.size(key).await {
            Ok(_) => Ok(true),
            Err(ArtifactError::Missing(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// An object's bytes. `Missing` when it is not there.
    pub async fn size(&self, key: &str) -> Result<u64, ArtifactError> {
        Ok(self.objects.head(&self.place(key)).await?.size)
    }

    /// An object as it is now; none when it is not there.
    pub async fn find(&self, key: &str) -> Result<Option<StoredObject>, ArtifactError> {
        match self.objects.head(&self.place(key)).await {
            Ok(meta) => Ok(Some(StoredObject { key: key.to_owned(), bytes: meta.size, modified_ms: meta.last_modified.timestamp_millis() })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes an object. One that is not there is as good as removed; whoever reads it may read on.
    pub async fn delete(&self, key: &str) -> Result<(), ArtifactError> {
        if let Backing::Bucket { cache, .. } = &self.backing {
            cache.remove(key);
        }
        match self.objects.delete(&self.place(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The objects in a folder such as `artifacts`, those of its folders included, in no order; read from the store page by
    /// page. What is being written is not among them.
    pub fn list(&self, folder: &str) -> BoxStream<'static, Result<StoredObject, ArtifactError>> {
        let above = self.place("").parts_count();
        let objects = self.objects.list(Some(&self.place(folder)));
        let stored = move |meta: object_store::ObjectMeta| StoredObject {
            key: meta.location.parts().skip(above).map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/"),
            bytes: meta.size,
            modified_ms: meta.last_modified.timestamp_millis(),
        };
        objects.map(move |object| object.map(&stored).map_err(ArtifactError::from)).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt;

    #[tokio::test]
    async fn objects_are_counted_measured_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = ArtifactStore::local(folder.path()).unwrap();
        assert_eq!(store.list("artifacts").try_collect::<Vec<_>>().await.unwrap(), []);
        store.put("artifacts/p/v.zip", b"four".to_vec()).await.unwrap();
        store.put("artifacts/q/w.zip", b"three".to_vec()).await.unwrap();
        store.put("sources/s.zip", b"".to_vec()).await.unwrap();
        // what is not whole is no object
        std::fs::write(folder.path().join("artifacts/p/half.zip#1"), "half").unwrap();
        let mut found: Vec<StoredObject> = store.list("artifacts").try_collect().await.unwrap();
        found.sort_by(|a, b| a.key.cmp(&b.key));
        let known: Vec<_> = found.iter().map(|object| (object.key.as_str(), object.bytes)).collect();
        assert_eq!(known, [("artifacts/p/v.zip", 4), ("artifacts/q/w.zip", 5)]);
        let written = folder.path().join("artifacts/p/v.zip").metadata().unwrap().modified().unwrap();
        let written_ms = written.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
        assert_eq!(u128::try_from(found[0].modified_ms).unwrap(), written_ms);
        assert_eq!((store.exists("sources/s.zip").await.unwrap(), store.size("sources/s.zip").await.unwrap()), (true, 0));
        assert_eq!(store.find("artifacts/p/v.zip").await.unwrap().as_ref(), Some(&found[0]));
        store.delete("artifacts/p/v.zip").await.unwrap();
        assert_eq!(store.find("artifacts/p/v.zip").await.unwrap(), None);
        store.delete("artifacts/p/v.zip").await.unwrap();
        assert!(!store.exists("artifacts/p/v.zip").await.unwrap());
        assert!(matches!(store.size("artifacts/p/v.zip").await, Err(ArtifactError::Missing(_))));
        assert!(!store.exists("artifacts").await.unwrap(), "a folder is no object");
    }
}
