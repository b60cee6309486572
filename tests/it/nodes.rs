//! Two nodes on one PostgreSQL and one Redis: builds on one, watchers on the other, while Redis comes and goes.

use super::support::client::{Client, Events};
use super::support::project::slow;
use super::support::publisher::{Publisher, RunningBuild};
use super::support::socket::{Socket, same, stream_of};
use super::support::{Frame, Postgres, Redis, TestServer};
use serde_json::Value;
use std::time::{Duration, Instant};

struct Nodes {
    redis: Redis,
    /// A build of a third node, that the test drives.
    running: RunningBuild,
    engine: TestServer,
    api: TestServer,
    _artifacts: tempfile::TempDir,
    _postgres: Postgres,
}

async fn nodes() -> Nodes {
    let (postgres, redis, artifacts) = (Postgres::start(), Redis::start(), tempfile::tempdir().unwrap());
    let (redis_url, shared) = (redis.url(), format!("file://{}", artifacts.path().display()));
    // claimed before there is an engine that would
    let running = Publisher::start(&postgres.url(), Some(&redis_url)).await.build("driven", None).await;
    let start = async |role: &'static str| {
        TestServer::node(&postgres.url(), &[("REDIS_URL", &redis_url), ("BUILDCAST_ARTIFACTS", &shared), ("BUILDCAST_NODE_ROLE", role)]).await
    };
    let engine = start("engine").await;
    let api = start("api,preview").await;
    Nodes { redis, running, engine, api, _artifacts: artifacts, _postgres: postgres }
}

/// A watcher's frames, over both transports.
pub async fn watched(client: Client, build: Value) -> Vec<Frame> {
    let stream = stream_of(&build);
    let (mut events, mut socket) = (Events::of(client.open(&build, None).await), Socket::listen(&client, &build, None).await);
    let (frames, told) = tokio::join!(events.rest(), socket.events(&stream));
    same(&told, &frames);
    frames.into_iter().filter(|frame| frame.id.is_some()).collect()
}

pub fn whole(frames: &[Frame]) {
    let events: Vec<Value> = frames.iter().map(Frame::json).collect();
    let seqs: Vec<i64> = events.iter().map(|e| e["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=events.len() as i64).collect::<Vec<_>>());
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED", "{:?}", events.last());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_one_node_are_live_on_the_other() {
    let nodes = nodes().await;
    let build = nodes.api.client.start(&slow("u", 1.0)).await;
    let frames = watched(nodes.api.client.clone(), build.clone()).await;
    whole(&frames);
    assert!(nodes.engine.running.is_some());
}

/// A build that another node records, as one watcher sees it over both transports.
struct Watch<'a> {
    running: &'a RunningBuild,
    events: Events,
    socket: Socket,
    seq: i64,
}

impl<'a> Watch<'a> {
    async fn start(client: &Client, running: &'a RunningBuild) -> Self {
        let (events, socket) = (Events::of(client.open(&running.build, None).await), Socket::listen(client, &running.build, None).await);
        let mut watch = Self { running, events, socket, seq: 0 };
        for _ in ["BUILD_QUEUED", "BUILD_STARTED"] {
            watch.next().await;
        }
        watch
    }

    /// The next event: the same on both, and the one that follows.
    async fn next(&mut self) {
        let stream = stream_of(&self.running.build);
        let (frame, told) = tokio::join!(self.events.next_event(), self.socket.next_event(&stream));
        let frame = frame.unwrap();
        same(&[told.unwrap().unwrap()], std::slice::from_ref(&frame));
        self.seq += 1;
        assert_eq!(frame.json()["seq"], self.seq);
    }

    /// Records one event after the other, each when the one before has arrived, until ten in a row came in well under a
    /// second: a node by itself looks every two seconds, so the bus brought them. When the first of the ten came.
    async fn live_again(&mut self) -> Instant {
        let (begun, mut quick) = (Instant::now(), vec![]);
        while quick.len() < 10 {
            let recorded = Instant::now();
            assert!(begun.elapsed() < Duration::from_secs(20), "the bus brings nothing");
            self.running.record(10).await;
            self.next().await;
            match recorded.elapsed() < Duration::from_millis(500) {
                true => quick.push(Instant::now()),
                false => quick.clear(),
            }
        }
        quick[0]
    }
}

/// Breaks Redis in the middle of builds; every watcher must end with the log, soon after Redis is back at the latest.
async fn broken(break_it: impl AsyncFn(&mut Redis)) {
    let mut nodes = nodes().await;
    let mut watch = Watch::start(&nodes.api.client, &nodes.running).await;
    let mut watchers = vec![];
    for n in 0..4 {
        let build = nodes.api.client.start(&slow(&format!("u{n}"), 0.7)).await;
        watchers.push((build.clone(), tokio::spawn(watched(nodes.api.client.clone(), build))));
    }
    // what happens meanwhile is found in the log, over both transports too
    let meanwhile = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        watch.running.record(10).await;
        watch.next().await;
        Instant::now()
    };
    let outage = async {
        break_it(&mut nodes.redis).await;
        Instant::now()
    };
    let (back, found) = tokio::join!(outage, meanwhile);
    assert!(found < back, "an event waited for Redis");
    let live = watch.live_again().await - back;
    println!("events of the other node were live again {live:?} after Redis was back");
    assert!(live < Duration::from_secs(3), "{live:?}");
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_write_into_redis_reaches_nobody() {
    let nodes = nodes().await;
    let build = nodes.api.client.start(&slow("u", 1.5)).await;
    let watcher = tokio::spawn(watched(nodes.api.client.clone(), build.clone()));
    let (build_id, project_id) = (build["buildId"].as_str().unwrap(), build["projectId"].as_str().unwrap());
    for round in 0..20_i64 {
        for position in [1, 2, 3, 4, 5, 6, i64::MAX] {
            let body = format!("{{\"forged\":true}}\n\nid: {position}-0123456789ab\ndata: {{\"code\":\"BUILD_COMPLETED\"}}\n\n");
            let event = serde_json::json!([{
                "event_id": format!("00000000-0000-7000-8000-{round:06}{:06}", position % 1_000_000), "build_id": build_id, "seq": position,
                "project_id": project_id, "project_seq": position, "code": "BUILD_COMPLETED", "finished": true, "timestamp": 0, "body": body,
            }]);
            let message = serde_json::to_vec(&event).unwrap();
            nodes.redis.publish(&format!("buildcast:project:{project_id}"), &message);
            // as long as a sealed one, with another seal
            nodes.redis.publish(&format!("buildcast:project:{project_id}"), &[&[7; 32][..], &message].concat());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let frames = watcher.await.unwrap();
    whole(&frames);
    assert!(frames.iter().all(|frame| !frame.data.as_ref().unwrap().contains("forged")));
}
