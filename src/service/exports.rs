//! The tar.gz of versions: made once, by one at a time, remembered in a row, and removed when nobody asks any more.

use super::{Fault, ServiceError, Services};
use crate::artifacts::keyed_locks::KeyedLocks;
use crate::artifacts::targz::Made;
use crate::store::exports::{self, ExportRow};
use crate::store::versions::VersionRow;
use futures_util::TryStreamExt;
use tokio::sync::Semaphore;
use tracing::Instrument;

/// Made at once on this node: packing takes a processor and the disk.
const AT_ONCE: usize = 2;
/// Keys looked up with one question.
const PAGE: usize = 200;
/// Besides the life of an address, before an export that nobody asks for goes: downloads that began late still run.
const SPARE_MS: i64 = 3_600_000;

/// Where exports lie in the store.
const FOLDER: &str = "exports";
const SUFFIX: &str = ".tar.gz";

/// Who makes an export now.
#[derive(Debug)]
pub(super) struct Exports {
    locks: KeyedLocks,
    at_once: Semaphore,
}

impl Default for Exports {
    fn default() -> Self {
        Self { locks: KeyedLocks::default(), at_once: Semaphore::new(AT_ONCE) }
    }
}

/// The object of a version's export.
pub(super) fn export_key(version_id: &str) -> String {
    format!("{FOLDER}/{version_id}{SUFFIX}")
}

impl Services {
    /// The export of a version, made now if it is not there.
    pub(super) async fn export_of(&self, version: VersionRow) -> Result<ExportRow, ServiceError> {
        let services = self.clone();
        // whoever hangs up meanwhile and asks again finds it made
        let made = tokio::spawn(async move { services.found_or_made(&version).await }.in_current_span());
        made.await.map_err(|error| Fault::Bug(error.to_string()))?
    }

    async fn found_or_made(&self, version: &VersionRow) -> Result<ExportRow, ServiceError> {
        let _alone = self.inner.exports.locks.lock(&version.id).await;
        let key = export_key(&version.id);
        let mut tx = self.inner.db.begin().await?;
        let found = exports::ask(&mut tx, &version.id, self.now_ms()).await?;
        tx.commit().await?;
        // a row may have outlived its object
        if let Some(row) = found
            && self.in_time(self.inner.artifacts.exists(&key)).await?
        {
            return Ok(row);
        }
        let _slot = self.inner.exports.at_once.acquire().await.map_err(|error| Fault::Bug(error.to_string()))?;
        let Made { bytes, sha256 } = self.inner.artifacts.store_targz(&version.artifact_key, &version.artifact_sha256, &key).await?;
        let row = ExportRow { object_bytes: i64::try_from(bytes).unwrap_or(i64::MAX), object_sha256: sha256 };
        let mut tx = self.inner.db.begin().await?;
        exports::made(&mut tx, &version.id, &row, self.now_ms()).await?;
        tx.commit().await?;
        tracing::info!(version_id = version.id, bytes, "a version was exported");
        Ok(row)
    }

    /// Removes exports that no address leads to any more, and what a killed server left of one; how many objects there were.
    pub async fn sweep_exports(&self) -> Result<usize, ServiceError> {
        let before_ms = self.now_ms().saturating_sub(self.inner.settings.download_url_ms).saturating_sub(SPARE_MS);
        let mut tx = self.inner.db.begin().await?;
        exports::forget(&mut tx, before_ms).await?;
        tx.commit().await?;
        let mut removed = 0;
        let mut pages = self.inner.artifacts.list(FOLDER).try_ready_chunks(PAGE);
        while let Some(page) = pages.try_next().await.map_err(|error| error.1)? {
            let old: Vec<&str> = page.iter().filter(|object| object.modified_ms < before_ms).filter_map(|object| version_of(&object.key)).collect();
            if old.is_empty() {
                continue;
            }
            let known = exports::known(&self.inner.db, old.iter().copied()).await?;
            for id in old.into_iter().filter(|id| !known.iter().any(|k| k == id)) {
                self.inner.artifacts.delete(&export_key(id)).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

fn version_of(key: &str) -> Option<&str> {
    key.strip_prefix(FOLDER)?.strip_prefix('/')?.strip_suffix(SUFFIX)
}
