//! Exports: remembered as often as they are asked for, and the newest version of a project.

use super::{Store, events};
use crate::support::{Kind, on_both};
use buildcast::domain::build::BuildTransition;
use buildcast::domain::event::{BuildCancelled, EventDraft};
use buildcast::domain::version::Semver;
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use buildcast::store::StoreError;
use buildcast::store::events::{Append, Change};
use buildcast::store::exports::{self, ExportRow};
use buildcast::store::versions::{self, NewVersion};

impl Store {
    /// A version of the project, from a build of its own that is over.
    async fn add_version(&self, project: &str, id: &str, minor: i32, now_ms: i64) -> Result<(), StoreError> {
        let version = NewVersion {
            id: id.into(),
            project_id: project.into(),
            build_id: id.into(),
            framework: "static".into(),
            artifact_key: format!("artifacts/{project}/{id}.zip"),
            artifact_bytes: 1,
            artifact_sha256: "h".into(),
            source_files: 1,
            output_files: 1,
            recommendations: "[]".into(),
        };
        // a project has one build at a time that is not over
        self.add_build(project, id).await?;
        let cancelled = EventDraft::new(SystemClock.new_id(), 1, BuildCancelled { duration: None, phase: None, stop_duration: None });
        let change = Change { transition: BuildTransition::Cancel, version: None, error: None };
        self.append(&[Append { change: Some(change), ..events(project, id, vec![cancelled]) }]).await;
        let mut tx = self.db.begin().await?;
        versions::insert(&mut tx, &version, Semver { major: 1, minor, patch: 0 }, now_ms).await?;
        tx.commit().await
    }

    async fn ask(&self, id: &str, now_ms: i64) -> Option<ExportRow> {
        let mut tx = self.db.begin().await.unwrap();
        let row = exports::ask(&mut tx, id, now_ms).await.unwrap();
        tx.commit().await.unwrap();
        row
    }

    async fn made(&self, id: &str, row: &ExportRow, now_ms: i64) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await.unwrap();
        exports::made(&mut tx, id, row, now_ms).await?;
        tx.commit().await
    }

    async fn forget(&self, before_ms: i64) -> u64 {
        let mut tx = self.db.begin().await.unwrap();
        let count = exports::forget(&mut tx, before_ms).await.unwrap();
        tx.commit().await.unwrap();
        count
    }
}

async fn remembered(kind: Kind) {
    let store = Store::open(kind).await;
    store.add_project("p").await;
    for (id, minor) in [("v", 0), ("w", 1)] {
        store.add_version("p", id, minor, 1).await.unwrap();
    }
    let row = |bytes, hash: &str| ExportRow { object_bytes: bytes, object_sha256: hash.into() };
    assert_eq!(store.ask("v", 10).await, None);
    store.made("v", &row(5_000_000_000, "a"), 10).await.unwrap();
    assert_eq!(store.ask("v", 20).await, Some(row(5_000_000_000, "a")));
    // made again, as when the object was lost
    store.made("v", &row(7, "b"), 30).await.unwrap();
    store.made("w", &row(8, "c"), 30).await.unwrap();
    assert_eq!(store.ask("w", 40).await, Some(row(8, "c")));
    assert!(store.made("nothing", &row(1, "d"), 1).await.is_err(), "of a version that is not there");
    let known = async || exports::known(&store.db, ["v", "w", "x"].into_iter()).await.unwrap();
    let mut both = known().await;
    both.sort();
    assert_eq!(both, ["v", "w"]);
    assert_eq!((store.forget(30).await, store.forget(40).await), (0, 1), "v was made at 30, w asked for at 40");
    assert_eq!((known().await, store.ask("v", 50).await), (vec!["w".to_owned()], None));
}
on_both!(exports_are_remembered_while_they_are_asked_for, remembered);

async fn newest(kind: Kind) {
    let store = Store::open(kind).await;
    store.add_project("p").await;
    store.add_project("q").await;
    let found = async || versions::newest_deployed(&store.db, "p").await.unwrap().map(|version| (version.id, version.user_id, version.is_preview));
    assert_eq!(found().await, None);
    store.add_version("p", "b", 0, 5).await.unwrap();
    store.add_version("p", "a", 1, 9).await.unwrap();
    store.add_version("p", "c", 2, 9).await.unwrap();
    store.add_version("q", "z", 0, 99).await.unwrap();
    assert_eq!(found().await, Some(("c".into(), "u".into(), false)));
}
on_both!(the_newest_version_of_a_project_is_found, newest);
