//! Reserve, commit and release at a steady rate, on one hot account and over many; and the balance of an account with a long
//! history.
//!
//! `ledger [--url postgres://…] [--rate N] [--seconds N] [--accounts N] [--entries N]` works on a database of its own, SQLite
//! in a folder unless an address is given, and prints a table in Markdown. Requests come at their time whether the earlier
//! ones are answered or not, and are measured from that time.

use buildcast::artifacts::ArtifactStore;
use buildcast::domain::eligibility::Retention;
use buildcast::domain::files::FILE_LIMITS;
use buildcast::domain::ledger::Terms;
use buildcast::domain::signature::AcceptedVersions;
use buildcast::hub::InProcess;
use buildcast::service::clock::SystemClock;
use buildcast::service::idempotency::Once;
use buildcast::service::money::{Commit, Credit, MoneySettings, Release, Reserve};
use buildcast::service::{Services, Settings};
use buildcast::store::Database;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is measured, and how much of it.
struct Plan {
    url: Option<String>,
    rate: u64,
    seconds: u64,
    accounts: u64,
    entries: u64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let mut plan = Plan { url: None, rate: 200, seconds: 30, accounts: 1000, entries: 100_000 };
    let mut arguments = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        match (name.as_str(), value.parse()) {
            ("--url", _) => plan.url = Some(value),
            ("--rate", Ok(n)) => plan.rate = n,
            ("--seconds", Ok(n)) => plan.seconds = n,
            ("--accounts", Ok(n)) => plan.accounts = n,
            ("--entries", Ok(n)) => plan.entries = n,
            _ => {
                eprintln!("ledger: [--url URL] [--rate N] [--seconds N] [--accounts N] [--entries N]");
                return ExitCode::from(2);
            }
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let url = plan.url.clone().unwrap_or_else(|| format!("sqlite://{}/ledger.db", folder.path().display()));
    let services = services(&url, folder.path()).await;
    println!("| operation | accounts | p50 ms | p99 ms | max ms |\n| --- | --- | --- | --- | --- |");
    for accounts in [1, plan.accounts] {
        run(&services, &plan, accounts).await;
    }
    history(&services, plan.entries).await;
    ExitCode::SUCCESS
}

async fn services(url: &str, folder: &Path) -> Services {
    let db = Database::open(url).await.expect("a database");
    db.migrate().await.expect("it can be migrated");
    let money = MoneySettings { terms: Terms { welcome: 1_000_000_000, daily: 0 }, reservation_ms: 1_800_000, ..MoneySettings::default() };
    let settings = Settings {
        public_url: "http://localhost".into(),
        preview_url: "http://localhost".into(),
        secrets: vec![b"a-secret-that-only-the-benchmark-knows".to_vec()],
        signatures: AcceptedVersions { v1: true, v2: true },
        files: FILE_LIMITS,
        lease_ms: 9000,
        attempts: 3,
        builds_per_user: 0,
        retention: Retention { days: 30 },
        progress_files: 10,
        progress_ttl_ms: 0,
        download_url_ms: 86_400_000,
        log_bytes_max: 16 << 20,
        log_line_bytes_max: 8192,
        idempotency_ms: 86_400_000,
        statistics_ms: 0,
        mask: Arc::default(),
        money,
    };
    let artifacts = ArtifactStore::local(&folder.join("artifacts")).expect("a folder");
    Services::new(settings, db, artifacts, Arc::new(InProcess), Arc::new(SystemClock))
}

/// Milliseconds of one reservation's life: set aside, and ended.
async fn one(services: Services, n: u64, accounts: u64, due: Instant) -> (f64, f64) {
    let ms = |since: Instant| since.elapsed().as_secs_f64() * 1e3;
    let reserve = Reserve { user_id: format!("user-{accounts}-{}", n % accounts), build_id: "b".into(), estimated_credits: 10, actor: None };
    let reserved = services.reserve(&reserve, "bench", &Once::default()).await.expect("there is enough");
    let (first, then) = (ms(due), Instant::now());
    let (reservation_id, user_id) = (reserved.reservation_id, None);
    if n.is_multiple_of(2) {
        let commit = Commit { reservation_id, build_id: "b".into(), user_id, actual_credits: 7, allow_overage: false, reason: None, actor: None };
        services.commit(&commit, "bench", &Once::default()).await.expect("it is held");
    } else {
        services.release(&Release { reservation_id, user_id, reason: None, actor: None }, "bench", &Once::default()).await.expect("it is held");
    }
    (first, ms(then))
}

/// Half of the operations set aside, half end that.
async fn run(services: &Services, plan: &Plan, accounts: u64) {
    let (begun, pairs) = (Instant::now(), plan.rate * plan.seconds / 2);
    let mut tasks = Vec::new();
    for n in 0..pairs {
        let due = begun + Duration::from_secs_f64(n as f64 * 2.0 / plan.rate as f64);
        tokio::time::sleep_until(due.into()).await;
        tasks.push((n.is_multiple_of(2), tokio::spawn(one(services.clone(), n, accounts, due))));
    }
    let (mut reserves, mut commits, mut releases) = (vec![], vec![], vec![]);
    for (committed, task) in tasks {
        let (reserved, ended) = task.await.expect("it does not panic");
        reserves.push(reserved);
        if committed { &mut commits } else { &mut releases }.push(ended);
    }
    for (name, times) in [("reserve", reserves), ("commit", commits), ("release", releases)] {
        row(name, accounts, times);
    }
}

/// The balance of an account of many lines.
async fn history(services: &Services, entries: u64) {
    for n in 0..entries {
        let credit = Credit { user_id: "old".into(), credits: 1, reference: format!("r{n}"), reason: None };
        services.credit(&credit, None, "bench", &Once::default()).await.expect("it has room");
    }
    for (name, user) in [("balance, new", "new"), ("balance, old", "old")] {
        let mut times = vec![];
        for _ in 0..1000 {
            let begun = Instant::now();
            services.balance(user, "bench").await.expect("it is there");
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        row(name, 1, times);
    }
}

fn row(name: &str, accounts: u64, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get(((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1))).copied().unwrap_or_default();
    println!("| {name} | {accounts} | {:.2} | {:.2} | {:.2} |", at(0.5), at(0.99), at(1.0));
}
