//! What goes from the artifact store with time: artifacts that have had theirs, and objects that no row names. Rows whose
//! artifact is not there are told as such. Safe beside running builds, and beside other sweeps.

mod missing;
mod orphans;
mod retention;
mod sources;

use super::{ServiceError, Services};
use crate::artifacts::ArtifactStore;
use crate::domain::eligibility::Retention;
use crate::store::Database;
use serde::Serialize;

/// Rows, or objects, of one look.
const BATCH: usize = 500;

/// How long things are kept.
#[derive(Debug, Clone, Copy)]
pub struct SweepRules {
    /// A version's artifact.
    pub retention: Retention,
    /// An object that no row names, since it was stored, milliseconds.
    pub orphans_after_ms: i64,
}

/// What sweeps work on. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Sweeper {
    /// The rows.
    pub db: Database,
    /// The objects.
    pub artifacts: ArtifactStore,
    /// The rules.
    pub rules: SweepRules,
}

/// What a sweep looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Versions that have had their time: quick.
    Versions,
    /// Those, and every object of the store.
    All,
}

/// What happened, or would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SweptKind {
    /// A version's artifact had its time.
    ExpiredVersion,
    /// An object of such versions is removed.
    ExpiredObject,
    /// An object that no row names is removed.
    OrphanObject,
    /// A version's artifact is not in the store: the version says so now.
    MissingArtifact,
    /// An artifact that was missing is in the store: the version has it again.
    FoundArtifact,
}

/// One thing that a sweep did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// What.
    pub kind: SweptKind,
    /// The object that it is about.
    pub key: String,
    /// The version, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// The bytes of an object that is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// What a sweep came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SweepSum {
    /// Versions whose artifacts had their time.
    pub expired_versions: u64,
    /// Objects of such versions that are removed.
    pub expired_objects: u64,
    /// Objects that no row names that are removed.
    pub orphan_objects: u64,
    /// Versions whose artifacts are missing.
    pub missing_artifacts: u64,
    /// Versions whose artifacts are there again.
    pub found_artifacts: u64,
    /// Bytes of the objects that are removed.
    pub bytes: u64,
    /// Objects that could not be removed: the next sweep tries again.
    pub failed: u64,
}

/// Hears of each thing that a sweep does.
pub type Tell<'a> = &'a (dyn Fn(&Swept) + Send + Sync);

/// A sweep under way.
struct Run<'a> {
    sweeper: &'a Sweeper,
    now_ms: i64,
    dry: bool,
    tell: Tell<'a>,
    sum: SweepSum,
}

impl Sweeper {
    /// Sweeps once. A dry run tells what would be done, and changes nothing.
    pub async fn sweep(&self, extent: Extent, now_ms: i64, dry: bool, tell: Tell<'_>) -> Result<SweepSum, ServiceError> {
        let mut run = Run { sweeper: self, now_ms, dry, tell, sum: SweepSum::default() };
        retention::run(&mut run).await?;
        if extent == Extent::All {
            orphans::run(&mut run).await?;
            sources::run(&mut run).await?;
            missing::run(&mut run).await?;
        }
        Ok(run.sum)
    }
}

impl Services {
    /// What sweeps of this node work on.
    pub(super) fn sweeper(&self, orphans_after_ms: i64) -> Sweeper {
        let rules = SweepRules { retention: self.inner.settings.retention, orphans_after_ms };
        Sweeper { db: self.inner.db.clone(), artifacts: self.inner.artifacts.clone(), rules }
    }
}

impl Run<'_> {
    /// Objects stored before this time, epoch milliseconds, are old enough to be nobody's.
    fn orphans_before_ms(&self) -> i64 {
        self.now_ms.saturating_sub(self.sweeper.rules.orphans_after_ms)
    }

    /// Removes an object. One that can't be removed is left to the next sweep.
    async fn remove(&mut self, kind: SweptKind, key: &str, bytes: u64) {
        if !self.dry
            && let Err(error) = self.sweeper.artifacts.delete(key).await
        {
            return self.failed(key, &error);
        }
        self.told(Swept { kind, key: key.to_owned(), version_id: None, bytes: Some(bytes) });
    }

    fn failed(&mut self, key: &str, error: &dyn std::fmt::Display) {
        tracing::warn!(key, %error, "an object could not be removed");
        self.sum.failed += 1;
    }

    fn told_of_version(&mut self, kind: SweptKind, key: &str, version_id: &str) {
        self.told(Swept { kind, key: key.to_owned(), version_id: Some(version_id.to_owned()), bytes: None });
    }

    fn told(&mut self, swept: Swept) {
        let counter = match swept.kind {
            SweptKind::ExpiredVersion => &mut self.sum.expired_versions,
            SweptKind::ExpiredObject => &mut self.sum.expired_objects,
            SweptKind::OrphanObject => &mut self.sum.orphan_objects,
            SweptKind::MissingArtifact => &mut self.sum.missing_artifacts,
            SweptKind::FoundArtifact => &mut self.sum.found_artifacts,
        };
        *counter += 1;
        self.sum.bytes += swept.bytes.unwrap_or(0);
        (self.tell)(&swept);
    }
}
