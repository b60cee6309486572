//! Cases of the store, each once, run on SQLite and on PostgreSQL.

mod cancels;
mod constraints;
mod exports;
mod generation;
mod idempotency;
mod log;
mod logs;
mod pages;
mod queue;
mod recent_starts;
mod sweeps;
mod turns;
mod versions;

use super::support::{Kind, Postgres};
use buildcast::domain::event::{BuildOptimizing, BuildQueued, EventDraft};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use buildcast::store::builds::NewBuild;
use buildcast::store::events::{Append, Appended, Generation, append};
use buildcast::store::projects::ProjectRow;
use buildcast::store::{Database, StoreError, builds, jobs, projects};

/// A migrated database of its own.
struct Store {
    db: Database,
    _postgres: Option<Postgres>,
    _folder: tempfile::TempDir,
}

impl Store {
    async fn open(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let postgres = (kind == Kind::Postgres).then(Postgres::start);
        let url = postgres.as_ref().map_or_else(|| format!("sqlite://{}/db", folder.path().display()), Postgres::url);
        let db = Database::open(&url).await.unwrap();
        db.migrate().await.unwrap();
        Self { db, _postgres: postgres, _folder: folder }
    }

    /// A project with a queued build and its job.
    async fn build(&self, project: &str, build: &str) {
        self.add_project(project).await;
        self.add_build(project, build).await.unwrap();
    }

    async fn add_project(&self, id: &str) {
        let row =
            ProjectRow { id: id.into(), user_id: "u".into(), name: "n".into(), source_key: "s".into(), preview_version_id: None, id_source: "server".into() };
        let mut tx = self.db.begin().await.unwrap();
        projects::insert(&mut tx, &row, "test", 1).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn add_build(&self, project: &str, build: &str) -> Result<(), StoreError> {
        let new = new_build(project, build);
        let mut tx = self.db.begin().await?;
        builds::insert(&mut tx, &new, 1).await?;
        jobs::enqueue(&mut tx, build, "u", 0, 1, 1).await?;
        tx.commit().await
    }

    async fn append(&self, items: &[Append]) -> Vec<Appended> {
        let mut tx = self.db.begin().await.unwrap();
        let outcomes = append(&mut tx, items, false, 1).await.unwrap();
        tx.commit().await.unwrap();
        outcomes
    }
}

fn new_build<'a>(project: &'a str, build: &'a str) -> NewBuild<'a> {
    NewBuild { id: build, project_id: project, user_id: "u", source_key: "s", id_source: "server", created_by_service: "test", ..NewBuild::default() }
}

fn queued() -> EventDraft {
    EventDraft::new(SystemClock.new_id(), 1, BuildQueued { queue_position: 1, estimated_start: None })
}

fn progress(step: u64, total: u64) -> EventDraft {
    EventDraft::new(SystemClock.new_id(), 1, BuildOptimizing { step, total, bytes_before: None, bytes_after: None })
}

fn events(project: &str, build: &str, drafts: Vec<EventDraft>) -> Append {
    Append {
        build_id: build.into(),
        project_id: project.into(),
        fencing_token: None,
        drafts,
        change: None,
        claimed_as: None,
        generation: Generation::default(),
    }
}
