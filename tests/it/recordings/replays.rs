//! Replays: one for all its viewers, resumable, at the pace that was asked for, and gone with its time.

use super::{id_of, on_a_socket, told};
use crate::support::client::Events;
use crate::support::clock::TestClock;
use crate::support::project::{site, slow};
use crate::support::{Kind, TestServer, on_both};
use buildcast::domain::signature::{SignedRequest, header, sign_v1};
use buildcast::service::Clock;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

async fn replay(server: &TestServer, build: &Value, wanted: Value) -> Value {
    let (status, answer) = server.client.post(&format!("/v1/builds/{}/replay", id_of(build)), &wanted).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer
}

async fn open(server: &TestServer, replay: &Value, last: &str) -> Response {
    let path = format!("/v1/replays/{}/events", replay["replayId"].as_str().unwrap());
    let request = server.client.bare(Method::GET, &path).bearer_auth(replay["streamToken"].as_str().unwrap());
    request.header("accept", "text/event-stream").header("last-event-id", last).send().await.unwrap()
}

fn stream(replay: &Value) -> String {
    format!("replay:{}", replay["replayId"].as_str().unwrap())
}

async fn same_bytes(kind: Kind) {
    let server = TestServer::start(kind).await;
    let build = server.client.start(&slow("u", 0.4)).await;
    let live = told(&server.client.watch(&build, None).await);
    for wanted in [json!({"speed": 0}), json!({"speed": 10}), json!({})] {
        let made = replay(&server, &build, wanted.clone()).await;
        let (token, name) = (made["streamToken"].as_str().unwrap(), stream(&made));
        let (one, two, socket) = tokio::join!(
            async { Events::of(open(&server, &made, "").await).rest().await },
            async { Events::of(open(&server, &made, "").await).rest().await },
            on_a_socket(&server, &name, token)
        );
        assert_eq!(one[0].json()["replay"], true, "{wanted}");
        assert_eq!((&told(&one), &told(&two), &socket), (&live, &live, &live), "{wanted}");
        // it ends, and a reader that comes back learns that
        assert_eq!(open(&server, &made, &live.last().unwrap().0).await.status(), StatusCode::NO_CONTENT);
        let rest = Events::of(open(&server, &made, &live[2].0).await).rest().await;
        assert_eq!(told(&rest), live[3..]);
    }
    let part = replay(&server, &build, json!({"fromSeq": 3, "speed": 0})).await;
    assert_eq!(told(&Events::of(open(&server, &part, "").await).rest().await), live[2..]);
}
on_both!(a_replay_gives_the_live_bytes_to_each_of_its_viewers, same_bytes);

async fn steps(kind: Kind) {
    let server = TestServer::start(kind).await;
    let build = server.client.start(&site("u")).await;
    let live = told(&server.client.watch(&build, None).await);
    let made = replay(&server, &build, json!({"step": true})).await;
    let step = async |count: i64| {
        let path = format!("/v1/replays/{}/step", made["replayId"].as_str().unwrap());
        server.client.post(&path, &json!({"count": count})).await
    };
    let mut reader = Events::of(open(&server, &made, "").await);
    assert_eq!(step(1).await, (StatusCode::OK, json!({"seq": 1, "finished": false})));
    assert_eq!(reader.next_event().await.unwrap().id.unwrap(), live[0].0);
    assert_eq!(step(2).await.1["seq"], 3);
    assert_eq!(reader.next_event().await.unwrap().id.unwrap(), live[1].0);
    assert_eq!(reader.next_event().await.unwrap().id.unwrap(), live[2].0);
    // who comes later sees what was shown, and no more
    let mut late = Events::of(open(&server, &made, "").await);
    for (cursor, _) in &live[..3] {
        assert_eq!(&late.next_event().await.unwrap().id.unwrap(), cursor);
    }
    assert_eq!(late.next().await.unwrap().json()["type"], "live");
    let (status, end) = step(1000).await;
    assert_eq!((status, &end), (StatusCode::OK, &json!({"seq": live.len(), "finished": true})));
    assert_eq!(told(&reader.rest().await), live[3..]);
    assert_eq!(told(&late.rest().await), live[3..]);
}
on_both!(a_replay_by_steps_shows_what_was_asked_for, steps);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_on_one_node_is_seen_on_another() {
    let first = TestServer::start(Kind::Postgres).await;
    let build = first.client.start(&site("u")).await;
    let live = told(&first.client.watch(&build, None).await);
    let second = TestServer::node(&first.database_url, &[("BUILDCAST_NODE_ROLE", "api")]).await;
    let made = replay(&first, &build, json!({"step": true})).await;
    let mut there = Events::of(open(&second, &made, "").await);
    for (cursor, _) in &live {
        first.client.post(&format!("/v1/replays/{}/step", made["replayId"].as_str().unwrap()), &json!({})).await;
        assert_eq!(&there.next_event().await.unwrap().id.unwrap(), cursor);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_is_gone_after_its_hour() {
    let clock = TestClock::default();
    let server = TestServer::start_at(Kind::Sqlite, &[("BUILDCAST_SWEEP_SECONDS", "1")], Arc::new(clock.clone())).await;
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    let made = replay(&server, &build, json!({"speed": 0})).await;
    let path = format!("/v1/replays/{}/events", made["replayId"].as_str().unwrap());
    // signed without a time: the clock will be moved
    let signature = sign_v1(server.client.secret.as_bytes(), SignedRequest { method: "GET", path_and_query: &path, body: b"" });
    let ask = || server.client.bare(Method::GET, &path).header(header::V1, &signature).header("accept", "application/json");
    assert_eq!(ask().send().await.unwrap().status(), 200);
    clock.stop_at(clock.now_ms() + 3_600_001);
    assert_eq!(ask().send().await.unwrap().status(), 404);
    while server.count("replays").await > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_replays_time_is_no_stale_token() {
    let clock = TestClock::default();
    let server = TestServer::start_at(Kind::Sqlite, &[], Arc::new(clock.clone())).await;
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    let made = replay(&server, &build, json!({"step": true})).await;
    // the clock stands: however long it takes to open the stream, a moment of it is left
    clock.stop_at(clock.now_ms());
    let soon = clock.now_ms() + 200;
    server.execute(&format!("UPDATE replays SET expires_at_ms = {soon}")).await;
    let frames = Events::of(open(&server, &made, "").await).rest().await;
    let last = frames.last().unwrap().json();
    assert_eq!((&last["code"], &last["params"]["resource"]), (&json!("NOT_FOUND"), &json!("replay")));
}

#[tokio::test]
async fn odd_replays_are_refused_by_name() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    let path = format!("/v1/builds/{}/replay", id_of(&build));
    let waiting = server.client.start(&slow("w", 5.0)).await;
    let (status, refused) = server.client.post(&format!("/v1/builds/{}/replay", id_of(&waiting)), &json!({})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("INVALID_STATE_TRANSITION")));
    server.client.events(&build).await;
    for (wanted, status, field) in [
        (json!({"fromSeq": 0}), 422, "fromSeq"),
        (json!({"fromSeq": 10_000}), 400, "fromSeq"),
        (json!({"speed": -1}), 422, "speed"),
        (json!({"speed": 0.01}), 422, "speed"),
        (json!({"speed": 1001}), 422, "speed"),
        (json!({"speed": 2, "step": true}), 422, "speed"),
        (json!({"pace": 2}), 400, "pace"),
    ] {
        let (answered, error) = server.client.post(&path, &wanted).await;
        let named = if status == 400 { &error["params"]["field"] } else { &error["params"]["errors"][0]["field"] };
        assert_eq!((answered.as_u16(), named), (status, &json!(field)), "{wanted}: {error}");
    }
    assert_eq!(server.client.post("/v1/builds/nope/replay", &json!({})).await.0, 404);
    // another's token opens it no more than it opens the build
    let made = replay(&server, &build, json!({})).await;
    let mut stolen = made.clone();
    stolen["streamToken"] = waiting["streamToken"].clone();
    assert_eq!(open(&server, &stolen, "").await.status(), StatusCode::FORBIDDEN);
    let runs = format!("/v1/replays/{}/step", made["replayId"].as_str().unwrap());
    assert_eq!(server.client.post(&runs, &json!({})).await.0, StatusCode::BAD_REQUEST);
    for (id, count, status) in [("nope", 1, 404), (made["replayId"].as_str().unwrap(), 0, 422)] {
        assert_eq!(server.client.post(&format!("/v1/replays/{id}/step"), &json!({"count": count})).await.0, status);
    }
}
