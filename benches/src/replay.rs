//! One replay, many viewers: how much later than it was due each event reaches each of them.
//!
//! `replay [--viewers N] [--events N] [--every-ms N] [--speed N]` records a build of that many events so far apart, starts
//! a node on SQLite, asks it for a replay and reads it in as many connections as there are viewers. An event is due when
//! the earliest that any viewer saw of the replay says so: nobody can be early, and lateness of the first counts for all.
//! What a viewer is given as history, since it came when it was shown already, has no due time and is counted apart.

use buildcast::artifacts::ArtifactStore;
use buildcast::domain::eligibility::Retention;
use buildcast::domain::event::{BuildCancelled, BuildDependenciesInstalling};
use buildcast::domain::files::FILE_LIMITS;
use buildcast::domain::signature::AcceptedVersions;
use buildcast::hub::InProcess;
use buildcast::service::clock::SystemClock;
use buildcast::service::idempotency::Once;
use buildcast::service::replays::NewReplay;
use buildcast::service::starts::{Source, Start};
use buildcast::service::turns::NodeLife;
use buildcast::service::work::End;
use buildcast::service::{Clock, Services, Settings};
use buildcast::store::Database;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SECRET: &str = "a-secret-that-only-the-benchmark-knows";
/// Nothing takes so long.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Clone, Copy)]
struct Wanted {
    viewers: usize,
    events: usize,
    every_ms: i64,
    speed: f64,
}

/// What one viewer saw: each event's place, whether it was live, and when.
type Seen = Vec<(usize, bool, Instant)>;

/// A clock that is put to where the next event is to be.
#[derive(Debug)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    fn new_id(&self) -> String {
        SystemClock.new_id()
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let mut wanted = Wanted { viewers: 1000, events: 120, every_ms: 500, speed: 10.0 };
    let mut arguments = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        match (name.as_str(), value.parse::<u32>()) {
            ("--viewers", Ok(n)) => wanted.viewers = n as usize,
            ("--events", Ok(n)) => wanted.events = n as usize,
            ("--every-ms", Ok(n)) => wanted.every_ms = i64::from(n),
            ("--speed", Ok(n)) => wanted.speed = f64::from(n),
            _ => {
                eprintln!("replay: [--viewers N] [--events N] [--every-ms N] [--speed N]");
                return ExitCode::from(2);
            }
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}/buildcast.db", folder.path().display());
    let (mut child, address) = node(folder.path(), &url);
    let hands = Arc::new(Hands(AtomicI64::new(SystemClock.now_ms() - 3_600_000)));
    let services = services(&url, folder.path(), hands.clone()).await;
    let build = record(&services, &hands, wanted).await;
    hands.0.store(SystemClock.now_ms(), Ordering::Relaxed);
    let replay = NewReplay { speed: Some(wanted.speed), ..NewReplay::default() };
    let made = services.start_replay(&build, &replay, &Once::default()).await.expect("a replay");
    let path = format!("/v1/replays/{}/events?token={}", made.replay_id, made.stream_token);
    let viewers: Vec<_> = (0..wanted.viewers).map(|_| tokio::spawn(view(address, path.clone()))).collect();
    let mut seen = vec![];
    for viewer in viewers {
        let read = tokio::time::timeout(PATIENCE, viewer).await;
        seen.push(read.ok().and_then(Result::ok).unwrap_or_default());
    }
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
    child.wait().expect("it ends");
    report(wanted, &seen)
}

fn report(wanted: Wanted, seen: &[Seen]) -> ExitCode {
    let all = wanted.events + 2;
    let whole = seen.iter().filter(|events| events.iter().map(|event| event.0).eq(1..=all)).count();
    // the first event is the build's start, the others follow at their distance; the last comes with the one before it
    let offset = |seq: usize| (seq - 1).min(wanted.events) as f64 * wanted.every_ms as f64 / 1000.0 / wanted.speed;
    let live: Vec<_> = seen.iter().flatten().filter(|event| event.1).collect();
    let Some(begun) = live.iter().filter_map(|(seq, _, at)| at.checked_sub(Duration::from_secs_f64(offset(*seq)))).min() else {
        eprintln!("replay: nobody saw an event live");
        return ExitCode::FAILURE;
    };
    let mut late: Vec<f64> = live.iter().map(|(seq, _, at)| (at.duration_since(begun).as_secs_f64() - offset(*seq)) * 1000.0).collect();
    late.sort_by(f64::total_cmp);
    let at = |share: f64| late[((late.len() - 1) as f64 * share) as usize];
    let history = seen.iter().flatten().count() - live.len();
    println!("| viewers | saw all in order | events live | as history | late p50, ms | p99 | worst |\n| --- | --- | --- | --- | --- | --- | --- |");
    println!("| {} | {whole} | {} | {history} | {:.1} | {:.1} | {:.1} |", seen.len(), live.len(), at(0.5), at(0.99), at(1.0));
    if whole == wanted.viewers { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Reads the stream to its end.
async fn view(address: SocketAddr, path: String) -> Seen {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut lines = tokio::io::BufReader::new(stream).lines();
    let (mut seen, mut live) = (vec![], false);
    while let Ok(Some(line)) = lines.next_line().await {
        live |= line.starts_with("data: {\"type\":\"live\"");
        // a cursor is the event's place and a tag
        if let Some(seq) = line.strip_prefix("id: ").and_then(|cursor| cursor.split_once('-')?.0.parse().ok()) {
            seen.push((seq, live, Instant::now()));
        }
    }
    seen
}

/// A build that was queued and started, told so many events, and was cancelled.
async fn record(services: &Services, hands: &Hands, wanted: Wanted) -> String {
    let files = BTreeMap::from([("index.html".to_owned(), b"x".to_vec())]);
    let start = Start { user_id: "u".into(), source: Some(Source::Files(files)), ..Start::default() };
    services.start_build(start, None, &Once::default()).await.expect("a build");
    let life = NodeLife { node_id: "recorder".into(), incarnation: "1".into() };
    let claim = services.turn(&life, Some(1)).await.expect("a turn").remove(0);
    // the start and BUILD_STARTED are events, too
    for at in 1..wanted.events {
        hands.0.fetch_add(wanted.every_ms, Ordering::Relaxed);
        let event = BuildDependenciesInstalling {
            package_manager: "npm".into(),
            step: at as _,
            total: wanted.events as _,
            package: Some("react".into()),
            version: None,
        };
        services.record(&claim, event).await.expect("it is recorded");
    }
    services.end(&claim, End::Cancelled(BuildCancelled { duration: None, phase: None, stop_duration: None }.into())).await.expect("it ends");
    claim.build_id
}

fn node(folder: &Path, url: &str) -> (Child, SocketAddr) {
    let program = std::env::current_exe().expect("this program has a path").with_file_name("buildcast");
    let mut command = Command::new(&program);
    command.arg("serve").env("BUILDCAST_DATA_DIR", folder.join("node")).env("DATABASE_URL", url).env("BUILDCAST_NODE_ROLE", "api");
    command.env("BUILDCAST_LISTEN", "127.0.0.1:0").env("BUILDCAST_PREVIEW_LISTEN", "127.0.0.1:0").env("WORKER_SHARED_SECRET", SECRET);
    // one reader of many is not what is measured
    command.env("BUILDCAST_RATE_PER_MINUTE", "1000000").env("BUILDCAST_STREAMS_PER_TOKEN", "10000").env("BUILDCAST_LOG", "error");
    let mut child = command.env("BUILDCAST_DRAIN_SECONDS", "1").stdout(Stdio::piped()).spawn().expect("the server was built");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it says where it listens");
    let said: serde_json::Value = serde_json::from_str(&line).expect("the line is JSON");
    let address = said["api"].as_str().and_then(|url| url.strip_prefix("http://")).and_then(|address| address.parse().ok());
    (child, address.expect("an address"))
}

async fn services(url: &str, folder: &Path, clock: Arc<Hands>) -> Services {
    let settings = Settings {
        public_url: String::new(),
        preview_url: String::new(),
        secrets: vec![SECRET.into()],
        signatures: AcceptedVersions { v1: true, v2: true },
        files: FILE_LIMITS,
        lease_ms: 86_400_000,
        attempts: 1,
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
        money: buildcast::service::money::MoneySettings::default(),
    };
    let db = Database::open(url).await.expect("a database");
    Services::new(settings, db, ArtifactStore::local(&folder.join("artifacts")).expect("a folder"), Arc::new(InProcess), clock)
}
