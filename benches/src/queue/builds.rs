//! Whole builds of a site of one file, through the service and the engine: what a job costs that does something. Its project,
//! events and version are written to a PostgreSQL that waits for the disk, its artifact to the disk.

use super::cpu_seconds;
use super::postgres::Postgres;
use buildcast::app;
use buildcast::artifacts::ArtifactStore;
use buildcast::config::load;
use buildcast::domain::eligibility::Retention;
use buildcast::domain::files::FILE_LIMITS;
use buildcast::domain::signature::AcceptedVersions;
use buildcast::hub::InProcess;
use buildcast::service::clock::SystemClock;
use buildcast::service::idempotency::Once;
use buildcast::service::starts::{Source, Start};
use buildcast::service::{Services, Settings};
use buildcast::store::{Database, queue};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Starts under way at once, and the users that ask for them.
const STARTERS: usize = 16;
const USERS: usize = 100;
const SECRET: &str = "a-secret-that-only-the-benchmark-knows";
/// Between two looks at what is left.
const LOOK: Duration = Duration::from_millis(10);

/// What one run did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    pub starts_per_second: f64,
    pub builds_per_second: f64,
    pub cpu_ms_per_build: f64,
}

/// One run: all builds are started, then a node runs them.
pub fn run(builds: usize, concurrency: usize) -> Figures {
    let (postgres, folder) = (Postgres::durable(), tempfile::tempdir().expect("a folder"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let db = Database::open(&postgres.url()).await.expect("a database");
        db.migrate().await.expect("its tables");
        let begun = Instant::now();
        start_all(&db, &folder.path().join("artifacts"), builds).await;
        let started = begun.elapsed().as_secs_f64();
        let (begun, cpu) = (Instant::now(), cpu_seconds());
        let node = node(&postgres.url(), folder.path(), concurrency).await;
        while queue::depth(&db).await.expect("the database stays") != (0, 0) {
            tokio::time::sleep(LOOK).await;
        }
        let (seconds, used) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        node.stop().await;
        let of = builds as f64;
        Figures { starts_per_second: of / started, builds_per_second: of / seconds, cpu_ms_per_build: used * 1e3 / of }
    })
}

async fn start_all(db: &Database, artifacts: &Path, builds: usize) {
    let settings = Settings {
        public_url: String::new(),
        preview_url: String::new(),
        secrets: vec![SECRET.as_bytes().to_vec()],
        signatures: AcceptedVersions { v1: true, v2: true },
        files: FILE_LIMITS,
        lease_ms: 9000,
        attempts: 3,
        builds_per_user: 0,
        retention: Retention { days: 30 },
        progress_files: 10,
        progress_ttl_ms: 300_000,
        download_url_ms: 86_400_000,
        log_bytes_max: 16 << 20,
        log_line_bytes_max: 8192,
        idempotency_ms: 86_400_000,
        statistics_ms: 0,
        mask: Arc::default(),
        money: buildcast::service::money::MoneySettings::default(),
    };
    let store = ArtifactStore::local(artifacts).expect("a folder");
    let services = Services::new(settings, db.clone(), store, Arc::new(InProcess), Arc::new(SystemClock));
    let no_key = Once::default();
    let (mut under_way, mut next) = (FuturesUnordered::new(), 0);
    while next < builds || !under_way.is_empty() {
        while next < builds && under_way.len() < STARTERS {
            let files = BTreeMap::from([("index.html".to_owned(), format!("<!doctype html><title>{next}</title>").into_bytes())]);
            let start = Start { user_id: format!("user{}", next % USERS), source: Some(Source::Files(files)), ..Start::default() };
            under_way.push(services.start_build(start, None, &no_key));
            next += 1;
        }
        if let Some(started) = under_way.next().await {
            started.expect("a build is queued");
        }
    }
}

async fn node(database_url: &str, folder: &Path, concurrency: usize) -> app::Running {
    let (artifacts, data, concurrency) = (format!("file://{}/artifacts", folder.display()), folder.join("node").display().to_string(), concurrency.to_string());
    let settings = [
        ("DATABASE_URL", database_url),
        ("WORKER_SHARED_SECRET", SECRET),
        ("BUILDCAST_NODE_ROLE", "engine"),
        ("BUILDCAST_DATA_DIR", &data),
        ("BUILDCAST_ARTIFACTS", &artifacts),
        ("BUILDCAST_ENGINE_CONCURRENCY", &concurrency),
    ];
    let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = load(None, settings, BTreeMap::new()).expect("settings").config;
    app::start(&config, Arc::new(SystemClock)).await.expect("a node")
}
