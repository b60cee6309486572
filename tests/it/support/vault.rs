//! Rows and objects made by hand, without a server: what a sweep meets, at whatever time.

use super::publisher::settings;
use super::{Kind, Postgres};
use buildcast::artifacts::ArtifactStore;
use buildcast::domain::eligibility::Retention;
use buildcast::hub::InProcess;
use buildcast::service::clock::SystemClock;
use buildcast::service::sweeps::{Extent, SweepRules, SweepSum, Sweeper, Swept};
use buildcast::service::{Clock, Services};
use buildcast::store::Database;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;
/// A time when versions were made.
pub const MADE: i64 = 1_750_000_000_000;

pub struct Vault {
    pub db: Database,
    pub store: ArtifactStore,
    pub url: String,
    pub folder: tempfile::TempDir,
    _postgres: Option<Postgres>,
}

/// A clock that a test sets.
#[derive(Debug)]
pub struct StoppedClock(pub AtomicI64);

impl Clock for StoppedClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    fn new_id(&self) -> String {
        SystemClock.new_id()
    }
}

/// Runs a statement past all code of ours.
pub async fn execute(url: &str, text: &str) {
    let text = sqlx::AssertSqlSafe(text.to_owned());
    if url.starts_with("sqlite") {
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(url).await.unwrap();
        sqlx::query(text).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(url).await.unwrap();
        sqlx::query(text).execute(&mut connection).await.unwrap();
    }
}

impl Vault {
    pub async fn open(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let postgres = (kind == Kind::Postgres).then(Postgres::start);
        let url = postgres.as_ref().map_or_else(|| format!("sqlite://{}/db", folder.path().display()), Postgres::url);
        let db = Database::open(&url).await.unwrap();
        db.migrate().await.unwrap();
        let store = ArtifactStore::local(&folder.path().join("artifacts")).unwrap();
        Self { db, store, url, folder, _postgres: postgres }
    }

    pub async fn execute(&self, text: &str) {
        execute(&self.url, text).await;
    }

    /// A project of the user `u` that builds on this source.
    pub async fn project(&self, id: &str, source_key: &str) {
        self.execute(&format!(
            "INSERT INTO projects (id, user_id, name, source_key, id_source, created_by_service, created_at_ms, updated_at_ms)
             VALUES ('{id}', 'u', 'n', '{source_key}', 'server', 'test', 1, 1)"
        ))
        .await;
    }

    pub async fn build(&self, project: &str, id: &str, states: (&str, &str), source_key: &str) {
        let previous = if states.0.is_empty() { "NULL".to_owned() } else { format!("'{}'", states.0) };
        self.execute(&format!(
            "INSERT INTO builds (id, project_id, user_id, previous_state, current_state, source_key, id_source, created_by_service, created_at_ms)
             VALUES ('{id}', '{project}', 'u', {previous}, '{}', '{source_key}', 'server', 'test', 1)",
            states.1
        ))
        .await;
    }

    /// A deployed version with an artifact of its own, which is not stored.
    pub async fn version(&self, project: &str, id: &str, created_at_ms: i64) {
        self.build(project, &format!("b-{id}"), ("building", "deployed"), "s").await;
        self.execute(&format!(
            "INSERT INTO versions (id, project_id, build_id, major, minor, patch, deploy_status, framework, artifact_key, artifact_bytes, artifact_sha256,
                                   output_files, recommendations, created_at_ms)
             VALUES ('{id}', '{project}', 'b-{id}', 1, (SELECT COUNT(*) FROM versions WHERE project_id = '{project}'), 0, 'deployed', 'static',
                     'artifacts/{project}/{id}.zip', 7, 'h', 1, '[]', {created_at_ms})"
        ))
        .await;
    }

    /// One whose artifact is stored.
    pub async fn stored_version(&self, project: &str, id: &str, created_at_ms: i64) {
        self.version(project, id, created_at_ms).await;
        self.object(&format!("artifacts/{project}/{id}.zip"), created_at_ms).await;
    }

    /// A rollback in this state to a version, from the one that was previewed, by a version that shares the target's artifact.
    pub async fn rollback(&self, project: &str, states: (&str, &str), target: &str, made: &str, previous: &str) {
        self.build(project, &format!("job-{made}"), states, "s").await;
        self.execute(&format!(
            "INSERT INTO rollbacks (job_id, target_version_id, version_id, previous_version_id, skip_working_directory)
             VALUES ('job-{made}', '{target}', '{made}', '{previous}', FALSE)"
        ))
        .await;
    }

    /// An object that was stored at a time.
    pub async fn object(&self, key: &str, stored_at_ms: i64) {
        self.store.put(key, b"content".to_vec()).await.unwrap();
        self.touch(key, stored_at_ms);
    }

    pub fn touch(&self, key: &str, stored_at_ms: i64) {
        let at = UNIX_EPOCH + Duration::from_millis(stored_at_ms.try_into().unwrap());
        std::fs::File::options().write(true).open(self.path(key)).unwrap().set_modified(at).unwrap();
    }

    pub fn path(&self, key: &str) -> PathBuf {
        self.folder.path().join("artifacts").join(key)
    }

    /// The keys of all objects.
    pub fn objects(&self) -> Vec<String> {
        buildcast::artifacts::pack::files_under(&self.folder.path().join("artifacts"), &[]).unwrap().into_keys().collect()
    }

    /// Why each version's artifact is not there any more, by version; empty where it is.
    pub async fn gone(&self) -> BTreeMap<String, String> {
        const TEXT: &str = "SELECT id, COALESCE(artifact_gone, '') FROM versions";
        let rows: Vec<(String, String)> = if self.url.starts_with("sqlite") {
            let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&self.url).await.unwrap();
            sqlx::query_as(TEXT).fetch_all(&mut connection).await.unwrap()
        } else {
            let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&self.url).await.unwrap();
            sqlx::query_as(TEXT).fetch_all(&mut connection).await.unwrap()
        };
        rows.into_iter().collect()
    }

    /// Whether a transaction waits for a lock that another one holds; PostgreSQL only.
    pub async fn someone_waits(&self) -> bool {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&self.url).await.unwrap();
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)").fetch_one(&mut connection).await.unwrap()
    }

    /// One that keeps artifacts for 30 days, and orphans for one.
    pub fn sweeper(&self) -> Sweeper {
        let rules = SweepRules { retention: Retention { days: 30 }, orphans_after_ms: DAY };
        Sweeper { db: self.db.clone(), artifacts: self.store.clone(), rules }
    }

    /// Sweeps everything, and tells what was done as `kind key version`.
    pub async fn sweep(&self, now_ms: i64, dry: bool) -> (Vec<String>, SweepSum) {
        let told = Mutex::new(vec![]);
        let tell = |swept: &Swept| {
            let kind = serde_json::to_value(swept.kind).unwrap();
            let text = format!("{} {} {}", kind.as_str().unwrap(), swept.key, swept.version_id.as_deref().unwrap_or_default());
            told.lock().unwrap().push(text.trim_end().to_owned());
        };
        let sum = self.sweeper().sweep(Extent::All, now_ms, dry, &tell).await.unwrap();
        let mut told = told.into_inner().unwrap();
        told.sort();
        (told, sum)
    }

    /// The use cases, at whatever time the clock shows.
    pub fn services(&self, clock: Arc<StoppedClock>) -> Services {
        Services::new(settings(), self.db.clone(), self.store.clone(), Arc::new(InProcess), clock)
    }
}
