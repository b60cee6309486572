//! kill -9 of the server in the middle of a build.

use super::support::client::Events;
use super::support::process::ServerProcess;
use super::support::project::slow;
use super::support::{Frame, Kind, Postgres, on_both};
use serde_json::{Value, json};

async fn until(stream: &mut Events, code: &str, seen: &mut Vec<Frame>) {
    loop {
        let frame = stream.next_event().await.unwrap_or_else(|| panic!("the stream ended before {code}"));
        let found = frame.json()["code"] == code;
        seen.push(frame);
        if found {
            return;
        }
    }
}

async fn killed(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let postgres = (kind == Kind::Postgres).then(Postgres::start);
    let url = postgres.as_ref().map(Postgres::url);
    let extra: Vec<(&str, &str)> = url.iter().map(|url| ("DATABASE_URL", url.as_str())).collect();
    let mut server = ServerProcess::start(folder.path(), &extra);
    let build = server.client.start(&slow("u", 1.5)).await;
    let mut seen = vec![];
    for attempt in 1..=2 {
        let mut stream = Events::of(server.client.open(&build, seen.last().and_then(|f: &Frame| f.id.as_deref())).await);
        until(&mut stream, "BUILD_COMPILING", &mut seen).await;
        server.kill();
        drop(stream);
        server = ServerProcess::start(folder.path(), &extra);
        let started: Value = {
            let mut stream = Events::of(server.client.open(&build, seen.last().and_then(|f| f.id.as_deref())).await);
            until(&mut stream, "BUILD_STARTED", &mut seen).await;
            seen.last().unwrap().json()
        };
        assert_eq!((&started["params"]["isRetry"], &started["params"]["attemptNumber"]), (&json!(true), &json!(attempt + 1)));
    }
    let rest = server.client.watch(&build, seen.last().unwrap().id.as_deref()).await;
    seen.extend(rest.into_iter().filter(|f| f.id.is_some()));
    // what was seen piece by piece is the log, without gap or double
    let whole: Vec<Frame> = server.client.watch(&build, None).await.into_iter().filter(|f| f.id.is_some()).collect();
    assert_eq!(seen, whole);
    let events: Vec<Value> = whole.iter().map(Frame::json).collect();
    assert_eq!(events.iter().map(|e| e["seq"].as_i64().unwrap()).collect::<Vec<_>>(), (1..=events.len() as i64).collect::<Vec<_>>());
    assert!(events.iter().map(|e| e["overall_progress"].as_f64().unwrap()).is_sorted());
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
    assert_eq!(events.iter().filter(|e| e["finished"] == true).count(), 1);
    assert_eq!(std::fs::read_dir(folder.path().join("scratch")).unwrap().count(), 0);
}
on_both!(a_build_goes_on_after_its_server_is_killed, killed);

#[tokio::test]
async fn a_build_whose_server_is_killed_three_times_fails_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = ServerProcess::start(folder.path(), &[]);
    let build = server.client.start(&slow("u", 60.0)).await;
    let mut seen = vec![];
    for _ in 0..3 {
        let mut stream = Events::of(server.client.open(&build, seen.last().and_then(|f: &Frame| f.id.as_deref())).await);
        until(&mut stream, "BUILD_COMPILING", &mut seen).await;
        server.kill();
        server = ServerProcess::start(folder.path(), &[]);
    }
    let rest = server.client.watch(&build, seen.last().unwrap().id.as_deref()).await;
    let end = rest.iter().rfind(|f| f.id.is_some()).unwrap().json();
    assert_eq!((&end["code"], &end["params"]["reason"], &end["params"]["recoverable"]), (&json!("BUILD_FAILED"), &json!("attempts_exhausted"), &json!(true)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_and_its_watchers_outlast_a_database_that_goes_away() {
    let mut postgres = Postgres::start();
    let node = super::support::TestServer::node(&postgres.url(), &[]).await;
    let build = node.client.start(&slow("u", 2.0)).await;
    let mut stream = Events::of(node.client.open(&build, None).await);
    let mut seen = vec![];
    until(&mut stream, "BUILD_COMPILING", &mut seen).await;
    postgres.stop();
    let begun = std::time::Instant::now();
    let path = format!("/v1/builds/{}", build["buildId"].as_str().unwrap());
    let away = node.client.signed(reqwest::Method::GET, &path, "").send().await.unwrap();
    assert_eq!((away.status().as_u16(), away.headers().contains_key("retry-after")), (503, true));
    assert_eq!(away.json::<Value>().await.unwrap()["code"], "SERVICE_UNAVAILABLE");
    // longer than the build script: its events have to wait
    while begun.elapsed() < std::time::Duration::from_secs(4) {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    postgres.restart();
    // the same stream, never cut, goes on
    while let Some(frame) = stream.next_event().await {
        seen.push(frame);
    }
    let events: Vec<Value> = seen.iter().map(Frame::json).collect();
    assert_eq!(events.iter().map(|e| e["seq"].as_i64().unwrap()).collect::<Vec<_>>(), (1..=events.len() as i64).collect::<Vec<_>>());
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
    assert_eq!(events.iter().filter(|e| e["code"] == "BUILD_STARTED").count(), 1, "no other attempt was needed");
}

/// The goodbye to the queue and a turn both want SQLite's one writer: neither waits for the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drain_that_meets_a_start_does_not_take_the_database_for_away() {
    let folder = tempfile::tempdir().unwrap();
    for turn in 0..8 {
        let log = folder.path().join(format!("log{turn}"));
        let mut server = ServerProcess::start_logged(folder.path(), &[], std::fs::File::create(&log).unwrap());
        let build = server.client.start(&slow(&format!("u{turn}"), 0.1)).await;
        server.signal(rustix::process::Signal::TERM);
        assert!(server.child.wait().unwrap().success(), "{build}");
        let told = std::fs::read_to_string(&log).unwrap();
        assert!(!told.contains("timed out") && !told.contains("no turn at the queue"), "{told}");
    }
}
