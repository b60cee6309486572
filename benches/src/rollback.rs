//! A rollback to a version of many files, measured from its request: when its preview shows the old version, and when the
//! working directory is of it.
//!
//! `rollback [--rounds N] [--files N]` starts a node on SQLite in a folder of its own and prints a table in Markdown. The
//! node finds the job by polling, within a second: the working directory's time is from the first file to the end.

use buildcast::app;
use buildcast::artifacts::ArtifactStore;
use buildcast::config::load;
use buildcast::domain::eligibility::Retention;
use buildcast::domain::files::FILE_LIMITS;
use buildcast::domain::rollback::{RollbackStatus, SyncPhase};
use buildcast::domain::signature::AcceptedVersions;
use buildcast::hub::InProcess;
use buildcast::service::clock::SystemClock;
use buildcast::service::idempotency::Once;
use buildcast::service::previews::{Found, OpenSites, Preview};
use buildcast::service::rollbacks::Rollback;
use buildcast::service::starts::{Source, Start, Started};
use buildcast::service::{Services, Settings};
use buildcast::store::Database;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SECRET: &str = "a-secret-that-only-the-benchmark-knows";
/// Between two looks at how far something is.
const LOOK: Duration = Duration::from_millis(5);

/// Milliseconds of one rollback.
struct Figures {
    answered: f64,
    previewed: f64,
    synced: f64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let (mut rounds, mut files) = (5_usize, 10_000_usize);
    let mut arguments = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        match (name.as_str(), value.parse()) {
            ("--rounds", Ok(n)) => rounds = n,
            ("--files", Ok(n)) => files = n,
            _ => {
                eprintln!("rollback: [--rounds N] [--files N]");
                return ExitCode::from(2);
            }
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}/node/buildcast.db", folder.path().display());
    let node = node(&url, folder.path()).await;
    let services = services(&url, &folder.path().join("artifacts")).await;
    let first = deploy(&services, None, "old", files).await;
    let second = deploy(&services, Some(&first.0), "new", files).await;
    let mut figures = vec![];
    for round in 0..rounds {
        let (target, word) = if round % 2 == 0 { (&first.1, "old") } else { (&second.1, "new") };
        figures.push(roll_back(&services, &first.0, target, word, files).await);
    }
    node.stop().await;
    println!("{files} files, {rounds} rounds: worst and median, ms\n\n| what | median | worst |\n| --- | --- | --- |");
    row("the request is answered", figures.iter().map(|f| f.answered).collect());
    row("the preview shows the old version, from the request", figures.iter().map(|f| f.previewed).collect());
    row("the working directory, from the first file to the end", figures.iter().map(|f| f.synced).collect());
    ExitCode::SUCCESS
}

fn row(what: &str, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    println!("| {what} | {:.0} | {:.0} |", values[values.len() / 2], values[values.len() - 1]);
}

async fn services(url: &str, artifacts: &Path) -> Services {
    let settings = Settings {
        public_url: "http://127.0.0.1".into(),
        preview_url: "http://127.0.0.1".into(),
        secrets: vec![SECRET.into()],
        signatures: AcceptedVersions { v1: true, v2: true },
        files: FILE_LIMITS,
        lease_ms: 9000,
        attempts: 3,
        builds_per_user: 0,
        retention: Retention { days: 30 },
        progress_files: 10,
        // looked up anew each time: the node is another process as far as these services know
        progress_ttl_ms: 0,
        download_url_ms: 86_400_000,
        log_bytes_max: 16 << 20,
        log_line_bytes_max: 8192,
        idempotency_ms: 86_400_000,
        statistics_ms: 0,
        mask: Arc::default(),
        money: buildcast::service::money::MoneySettings::default(),
    };
    let db = Database::open(url).await.expect("a database");
    Services::new(settings, db, ArtifactStore::local(artifacts).expect("a folder"), Arc::new(InProcess), Arc::new(SystemClock))
}

/// Builds a static site; its project, and the version.
async fn deploy(services: &Services, project_id: Option<&str>, word: &str, files: usize) -> (String, String) {
    let page = ("index.html".to_owned(), word.as_bytes().to_vec());
    let others = (1..files).map(|at| (format!("f{}/{word}-{at}.txt", at / 40), format!("{word} {at}\n").repeat(20 + at % 300).into_bytes()));
    let source = Source::Files(std::iter::once(page).chain(others).collect());
    let start = Start { user_id: "u".into(), project_id: project_id.map(str::to_owned), source: Some(source), ..Start::default() };
    let Ok(Started::Queued(build)) = services.start_build(start, None, &Once::default()).await else { panic!("a build is queued") };
    loop {
        let view = services.build(&build.build_id, None).await.expect("it is there");
        if let Some(version) = view.version_id {
            return (view.project_id, version);
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn roll_back(services: &Services, project_id: &str, target: &str, word: &str, files: usize) -> Figures {
    let rollback =
        Rollback { user_id: "u".into(), project_id: project_id.into(), target_version_id: target.into(), skip_working_directory: false, request_id: None };
    let (begun, sites) = (Instant::now(), OpenSites::default());
    let job = services.roll_back(&rollback, &Once::default()).await.expect("it may").job_id;
    let answered = begun.elapsed();
    let Ok(Found::File(page)) = services.preview_file(&sites, Preview::OfProject(project_id), "", false).await else { panic!("a page") };
    assert_eq!(page.read().await.expect("it can be read"), word.as_bytes(), "the preview shows another version");
    let previewed = begun.elapsed();
    let (mut first, mut processed) = (None, 0);
    loop {
        let seen = services.rollback_progress(&job, None).await.expect("it is there");
        let progress = seen.progress;
        assert!(progress.total_files == files as i64 && progress.files_processed >= processed, "{progress:?}");
        processed = progress.files_processed;
        if progress.current_phase != SyncPhase::Downloading {
            first.get_or_insert_with(Instant::now);
        }
        match seen.status {
            RollbackStatus::InProgress => tokio::time::sleep(LOOK).await,
            RollbackStatus::Completed => break assert_eq!(processed, files as i64),
            RollbackStatus::Failed => panic!("{:?}", seen.error),
        }
    }
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    Figures { answered: ms(answered), previewed: ms(previewed), synced: first.map_or(0.0, |first| ms(first.elapsed())) }
}

async fn node(url: &str, folder: &Path) -> app::Running {
    let (artifacts, data) = (format!("file://{}/artifacts", folder.display()), folder.join("node").display().to_string());
    std::fs::create_dir_all(&data).expect("a folder");
    let settings = [
        ("DATABASE_URL", url),
        ("WORKER_SHARED_SECRET", SECRET),
        ("BUILDCAST_NODE_ROLE", "engine"),
        ("BUILDCAST_DATA_DIR", &data),
        ("BUILDCAST_ARTIFACTS", &artifacts),
    ];
    let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = load(None, settings, BTreeMap::new()).expect("settings").config;
    app::start(&config, Arc::new(SystemClock)).await.expect("a node")
}
