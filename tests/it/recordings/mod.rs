//! Recordings and replays: the bytes of the live stream, once more.

mod commands;
mod faults;
mod four_ways;
mod replays;

use crate::support::project::{scripted, site, slow};
use crate::support::socket::{Socket, stream_of};
use crate::support::{Client, Frame, Kind, TestServer, on_both};
use buildcast::domain::recording::{Recording, read};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The cursors and events of frames, as they came.
fn told(frames: &[Frame]) -> Vec<(String, String)> {
    frames.iter().filter_map(|frame| Some((frame.id.clone()?, frame.data.clone()?))).collect()
}

fn recorded(recording: &Recording) -> Vec<(String, String)> {
    recording.events.iter().map(|event| (event.cursor.to_string(), event.body.get().to_owned())).collect()
}

async fn recording(server: &TestServer, id: &str) -> String {
    recording_of(&server.client, id).await
}

async fn recording_of(client: &Client, id: &str) -> String {
    let answer = client.signed(Method::GET, &format!("/v1/builds/{id}/recording"), "").send().await.unwrap();
    assert_eq!((answer.status(), answer.headers()["content-type"].to_str().unwrap()), (StatusCode::OK, "application/x-ndjson"));
    answer.text().await.unwrap()
}

fn id_of(build: &Value) -> &str {
    build["buildId"].as_str().unwrap()
}

async fn recorded_as_seen(kind: Kind) {
    let server = TestServer::start(kind).await;
    let build = server.client.start(&slow("u", 0.3)).await;
    let (status, refused) = server.client.get(&format!("/v1/builds/{}/recording", id_of(&build))).await;
    assert_eq!((status, &refused["code"], &refused["params"]["to"]), (StatusCode::CONFLICT, &json!("INVALID_STATE_TRANSITION"), &json!("recorded")));
    let frames = server.client.watch(&build, None).await;
    let text = recording(&server, id_of(&build)).await;
    let read_back = read(text.as_bytes()).unwrap();
    assert_eq!(recorded(&read_back), told(&frames));
    assert_eq!((read_back.header.build_id.as_str(), read_back.header.event_count), (id_of(&build), told(&frames).len()));
    assert!(read_back.header.duration_ms >= 300, "{}", read_back.header.duration_ms);
    assert_eq!(recording(&server, id_of(&build)).await, text, "the same bytes on every call");
    // a build that failed, and a rollback
    let failed = server.client.start(&scripted("u", "exit 3")).await;
    let frames = server.client.watch(&failed, None).await;
    assert_eq!(recorded(&read(recording(&server, id_of(&failed)).await.as_bytes()).unwrap()), told(&frames));
    let version = server.client.get(&format!("/v1/builds/{}", id_of(&build))).await.1["versionId"].clone();
    let wanted = json!({"userId": "u", "projectId": build["projectId"], "targetVersionId": version});
    let (status, rollback) = server.client.post("/v1/versions/rollback", &wanted).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{rollback}");
    let job = json!({"buildId": rollback["jobId"], "streamToken": rollback["streamToken"]});
    let frames = server.client.watch(&job, None).await;
    assert_eq!(recorded(&read(recording(&server, id_of(&job)).await.as_bytes()).unwrap()), told(&frames));
}
on_both!(a_recording_has_the_bytes_that_were_seen_live, recorded_as_seen);

#[tokio::test]
async fn whoever_may_listen_may_record_and_nobody_else() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (build, other) = (server.client.start(&site("u")).await, server.client.start(&site("v")).await);
    server.client.events(&build).await;
    server.client.events(&other).await;
    let ask = async |id: &str, token: Option<&Value>, etag: &str| {
        let request = server.client.bare(Method::GET, &format!("/v1/builds/{id}/recording")).header("if-none-match", etag);
        let request = token.map_or(request.try_clone().unwrap(), |token| request.bearer_auth(token.as_str().unwrap()));
        request.send().await.unwrap()
    };
    let answer = ask(id_of(&build), Some(&build["streamToken"]), "").await;
    let etag = answer.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!((answer.status(), answer.headers()["cache-control"].to_str().unwrap()), (StatusCode::OK, "private, no-cache"));
    assert_eq!(ask(id_of(&build), Some(&build["streamToken"]), &etag).await.status(), StatusCode::NOT_MODIFIED);
    for (id, token, status) in [
        (id_of(&build), None, 401),
        (id_of(&build), Some(&other["streamToken"]), 403),
        (id_of(&build), Some(&json!("forged")), 401),
        ("019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1", Some(&build["streamToken"]), 403),
    ] {
        assert_eq!(ask(id, token, "").await.status(), status, "{id}");
    }
    assert_eq!(server.client.get("/v1/builds/nope/recording").await.0, 404);
}

/// The cursors and events of a stream on a socket, to its end.
async fn on_a_socket(server: &TestServer, stream: &str, token: &str) -> Vec<(String, String)> {
    let mut socket = Socket::open(&server.client, Some(token)).await;
    socket.say(json!({"type": "subscribe", "stream": stream})).await;
    let events = socket.events(stream).await;
    events.into_iter().map(|(cursor, text)| (cursor, event_of(&text).to_owned())).collect()
}

/// The bytes of the event in a frame's text.
fn event_of(text: &str) -> &str {
    let (_, event) = text.split_once(",\"event\":").unwrap();
    event.strip_suffix('}').unwrap()
}

#[tokio::test]
async fn a_socket_has_the_bytes_of_the_recording() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    let seen = on_a_socket(&server, &stream_of(&build), build["streamToken"].as_str().unwrap()).await;
    assert_eq!(recorded(&read(recording(&server, id_of(&build)).await.as_bytes()).unwrap()), seen);
}
