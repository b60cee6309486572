//! The queue as callers see it: places, forecasts, turns between users, delays.

use super::support::client::{Events, codes};
use super::support::process::ServerProcess;
use super::support::project::{scripted, site, slow};
use super::support::{Frame, Kind, Postgres, TestServer, on_both};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A shared database, and each node's own settings.
fn shared(postgres: &Postgres) -> Vec<(&'static str, String)> {
    vec![("DATABASE_URL", postgres.url()), ("WORKER_SHARED_SECRET", super::support::server::SECRET.into())]
}

/// A start that is not taken for a second click.
fn named(mut start: Value, n: usize) -> Value {
    start["name"] = json!(format!("project {n}"));
    start
}

async fn turns(kind: Kind) {
    const MANY: usize = 500;
    let server = &TestServer::start_with(kind, &[("BUILDCAST_ENGINE_CONCURRENCY", "1"), ("BUILDCAST_DRAIN_SECONDS", "0")]).await;
    for part in (0..MANY).collect::<Vec<_>>().chunks(50) {
        let answers = part.iter().map(|n| {
            let body = named(slow("many", 0.3), *n);
            async move { server.client.start(&body).await }
        });
        futures_util::future::join_all(answers).await;
    }
    let before = server.count("versions").await;
    let one = server.client.start(&site("one")).await;
    assert!(one["queuePosition"].as_i64().unwrap() <= 2, "{one}");
    assert_eq!(server.client.events(&one).await.last().unwrap()["code"], "BUILD_COMPLETED");
    // one of the many was under way, and one may have come before; the last is the one's own
    let meanwhile = server.count("versions").await - before;
    assert!(meanwhile <= 4, "{meanwhile}");
}
on_both!(five_hundred_builds_of_one_user_delay_another_by_one_build, turns);

async fn moves(kind: Kind) {
    let server = TestServer::start_with(kind, &[("BUILDCAST_ENGINE_CONCURRENCY", "1")]).await;
    let mut last = Value::Null;
    for n in 0..12 {
        last = server.client.start(&named(slow("many", 0.3), n)).await;
    }
    // who waits long is told how the queue moves, and the place falls
    let events = server.client.events(&last).await;
    let places: Vec<i64> = events.iter().filter(|e| e["code"] == "BUILD_QUEUED").map(|e| e["params"]["queuePosition"].as_i64().unwrap()).collect();
    assert!(places.len() >= 2 && places.windows(2).all(|pair| pair[0] > pair[1]), "{places:?}");
    assert_eq!(codes(&events).iter().filter(|code| **code == "BUILD_STARTED").count(), 1);
    let started = events.iter().position(|e| e["code"] == "BUILD_STARTED").unwrap();
    assert!(events[started..].iter().all(|e| e["code"] != "BUILD_QUEUED"), "nothing is told of the queue once a build has left it");
}
on_both!(a_build_that_waits_is_told_how_the_queue_moves, moves);

async fn forecasts(kind: Kind) {
    let server = TestServer::start_with(kind, &[("BUILDCAST_ENGINE_CONCURRENCY", "1")]).await;
    let first = server.client.start(&slow("u", 0.5)).await;
    assert_eq!(first["estimatedCompletionTime"], Value::Null, "nothing is known yet");
    server.client.events(&first).await;
    // from here on, a build takes what the last one took
    let (begun, running) = (Instant::now(), server.client.start(&slow("v", 0.5)).await);
    let waiting = server.client.start(&slow("w", 0.5)).await;
    let time = |value: &Value| chrono_ms(value.as_str().unwrap_or_else(|| panic!("a time: {value}")));
    assert!(time(&running["estimatedCompletionTime"]) < time(&waiting["estimatedCompletionTime"]));
    let queued = &server.client.events(&waiting).await[0];
    let (told, at) = (queued["params"]["estimatedStart"].as_i64().unwrap(), queued["params"]["timestamp"].as_i64().unwrap());
    assert!((-100..60_000).contains(&(told - at)), "{queued}");
    let again = server.client.post("/v1/builds", &json!({"userId": "w", "projectId": waiting["projectId"], "prompt": "as it is"})).await.1;
    let refused = server.client.post("/v1/builds", &json!({"userId": "w", "projectId": waiting["projectId"], "prompt": "as it is", "priority": 1})).await;
    assert_eq!((refused.0, &refused.1["params"]["buildId"]), (StatusCode::TOO_MANY_REQUESTS, &again["buildId"]));
    assert!(refused.1["params"]["estimatedCompletion"].is_i64(), "{refused:?}");
    assert!(begun.elapsed() < Duration::from_secs(60));
    // an end is counted after it was told
    let counted = async || {
        let metrics = server.client.bare(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
        let value = |name: &str| metrics.lines().find_map(|l| l.strip_prefix(name)?.trim().parse::<f64>().ok()).unwrap_or_default();
        value("build_start_estimate_error_seconds_count ") >= 2.0
            && value("build_duration_estimate_ratio_count ") >= 1.0
            && value("build_success_rate{outcome=\"deployed\"} ") >= 3.0
    };
    while !counted().await {
        assert!(begun.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
on_both!(a_start_is_told_when_it_will_run_and_end, forecasts);

fn chrono_ms(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

/// Waits until a build's stream says this, and answers with the event.
async fn until(stream: &mut Events, code: &str) -> Value {
    loop {
        let frame: Frame = stream.next_event().await.unwrap_or_else(|| panic!("the stream ended before {code}"));
        if frame.json()["code"] == code {
            return frame.json();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_killed_loses_its_build_to_another_within_fifteen_seconds() {
    let postgres = Postgres::start();
    let settings = shared(&postgres);
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (first, second, artifacts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = format!("file://{}", artifacts.path().display());
    let settings = [settings, vec![("BUILDCAST_ARTIFACTS", folder.as_str())]].concat();
    let mut builder = ServerProcess::start(first.path(), &settings);
    builder.client.secret = super::support::server::SECRET.into();
    let build = builder.client.start(&scripted("u", "node -e 'setTimeout(() => {}, 3000)' && mkdir dist && echo x > dist/index.html")).await;
    until(&mut Events::of(builder.client.open(&build, None).await), "BUILD_COMPILING").await;
    let mut other = ServerProcess::start(second.path(), &settings);
    other.client.secret = super::support::server::SECRET.into();
    let mut stream = Events::of(other.client.open(&build, None).await);
    builder.kill();
    let killed = Instant::now();
    let mut started = until(&mut stream, "BUILD_STARTED").await;
    if started["params"]["attemptNumber"] == 1 {
        started = until(&mut stream, "BUILD_STARTED").await;
    }
    assert!(killed.elapsed() < Duration::from_secs(15), "{:?}", killed.elapsed());
    assert_eq!((&started["params"]["isRetry"], &started["params"]["attemptNumber"]), (&json!(true), &json!(2)));
    until(&mut stream, "BUILD_COMPLETED").await;
    let metrics = other.client.bare(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.lines().any(|line| line == "job_lease_takeovers_total 1"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_frozen_changes_nothing_when_it_wakes_and_ends_its_children() {
    use rustix::process::Signal;
    let postgres = Postgres::start();
    let settings = shared(&postgres);
    let (first, second, artifacts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = format!("file://{}", artifacts.path().display());
    let mut settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    settings.extend([("BUILDCAST_ARTIFACTS", folder.as_str()), ("BUILDCAST_LEASE_SECONDS", "1.5")]);
    let mut frozen = ServerProcess::start(first.path(), &settings);
    frozen.client.secret = super::support::server::SECRET.into();
    let build = frozen.client.start(&scripted("u", "sleep 6 && mkdir dist && echo x > dist/index.html")).await;
    until(&mut Events::of(frozen.client.open(&build, None).await), "BUILD_COMPILING").await;
    let mut other = ServerProcess::start(second.path(), &settings);
    other.client.secret = super::support::server::SECRET.into();
    let mut stream = Events::of(other.client.open(&build, None).await);
    frozen.signal(Signal::STOP);
    let mut attempt = 1;
    while attempt == 1 {
        attempt = until(&mut stream, "BUILD_STARTED").await["params"]["attemptNumber"].as_i64().unwrap();
    }
    frozen.signal(Signal::CONT);
    let woken = Instant::now();
    // its own scratch is empty once its children are gone
    let scratch = first.path().join("scratch");
    while std::fs::read_dir(&scratch).unwrap().count() > 0 {
        assert!(woken.elapsed() < Duration::from_secs(3), "children of a build that went elsewhere are still there");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    until(&mut stream, "BUILD_COMPLETED").await;
    let events = other.client.events(&build).await;
    assert_eq!(codes(&events).iter().filter(|code| **code == "BUILD_STARTED").count(), 2, "{:?}", codes(&events));
    assert_eq!(events.iter().map(|e| e["seq"].as_i64().unwrap()).collect::<Vec<_>>(), (1..=events.len() as i64).collect::<Vec<_>>());
    assert_eq!(events.iter().filter(|e| e["finished"] == true).count(), 1);
}
