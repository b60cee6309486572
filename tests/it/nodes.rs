//! Two nodes on one PostgreSQL and one Redis: builds on one, watchers on the other, while Redis comes and goes.

use super::support::client::{Client, Events};
use super::support::project::slow;
use super::support::{Frame, Postgres, Redis, TestServer};
use serde_json::Value;
use std::time::Duration;

struct Nodes {
    redis: Redis,
    engine: TestServer,
    api: TestServer,
    _artifacts: tempfile::TempDir,
    _postgres: Postgres,
}

async fn nodes() -> Nodes {
    let (postgres, redis, artifacts) = (Postgres::start(), Redis::start(), tempfile::tempdir().unwrap());
    let (redis_url, shared) = (redis.url(), format!("file://{}", artifacts.path().display()));
    let start = async |role: &'static str| {
        TestServer::node(&postgres.url(), &[("REDIS_URL", &redis_url), ("BUILDCAST_ARTIFACTS", &shared), ("BUILDCAST_NODE_ROLE", role)]).await
    };
    let engine = start("engine").await;
    let api = start("api,preview").await;
    Nodes { redis, engine, api, _artifacts: artifacts, _postgres: postgres }
}

/// A watcher's frames.
async fn watched(client: Client, build: Value) -> Vec<Frame> {
    let mut events = Events::of(client.open(&build, None).await);
    let mut frames = vec![];
    while let Some(frame) = events.next_event().await {
        frames.push(frame);
    }
    frames
}

fn whole(frames: &[Frame]) {
    let events: Vec<Value> = frames.iter().map(Frame::json).collect();
    let seqs: Vec<i64> = events.iter().map(|e| e["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=events.len() as i64).collect::<Vec<_>>());
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_one_node_are_live_on_the_other() {
    let nodes = nodes().await;
    let build = nodes.api.client.start(&slow("u", 1.0)).await;
    let frames = watched(nodes.api.client.clone(), build.clone()).await;
    whole(&frames);
    assert!(nodes.engine.running.is_some());
}

/// Breaks Redis in the middle of builds; every watcher must end with the log, soon after Redis is back at the latest.
async fn broken(break_it: impl AsyncFn(&mut Redis)) {
    let mut nodes = nodes().await;
    let mut watchers = vec![];
    for n in 0..4 {
        let build = nodes.api.client.start(&slow(&format!("u{n}"), 0.7)).await;
        watchers.push((build.clone(), tokio::spawn(watched(nodes.api.client.clone(), build))));
    }
    break_it(&mut nodes.redis).await;
    // and one more, with Redis back
    let build = nodes.api.client.start(&slow("last", 0.7)).await;
    watchers.push((build.clone(), tokio::spawn(watched(nodes.api.client.clone(), build))));
    for (build, watcher) in watchers {
        let frames = watcher.await.unwrap();
        whole(&frames);
        let replayed = nodes.api.client.watch(&build, None).await;
        assert_eq!(replayed.into_iter().filter(|f| f.id.is_some()).collect::<Vec<_>>(), frames);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_redis_is_killed_and_restarted_empty() {
    broken(async |redis: &mut Redis| {
        redis.kill();
        tokio::time::sleep(Duration::from_secs(5)).await;
        redis.restart();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_redis_is_frozen() {
    broken(async |redis: &mut Redis| {
        redis.freeze(true);
        tokio::time::sleep(Duration::from_secs(5)).await;
        redis.freeze(false);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_starts_while_redis_is_away() {
    let (postgres, mut redis) = (Postgres::start(), Redis::start());
    redis.kill();
    let node = TestServer::node(&postgres.url(), &[("REDIS_URL", &redis.url())]).await;
    let build = node.client.start(&slow("u", 0.2)).await;
    whole(&watched(node.client.clone(), build).await);
}
