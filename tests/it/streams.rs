//! Streams: every event once, in order, however often the client comes and goes; and only to whoever may listen.

use super::support::client::{Events, answer, codes};
use super::support::project::{site, slow};
use super::support::{Frame, Kind, TestServer, on_both};
use buildcast::domain::token::StreamClaims;
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

fn only_events(frames: &[Frame]) -> Vec<Frame> {
    frames.iter().filter(|frame| frame.id.is_some()).cloned().collect()
}

/// Watches a build through connections that are each cut after one event.
async fn watch_cut(server: &TestServer, build: &Value) -> Vec<Frame> {
    let mut seen: Vec<Frame> = vec![];
    loop {
        let last = seen.last().and_then(|frame| frame.id.clone());
        let response = server.client.open(build, last.as_deref()).await;
        if response.status() == StatusCode::NO_CONTENT {
            return seen;
        }
        assert_eq!(response.status(), StatusCode::OK);
        if let Some(frame) = Events::of(response).next_event().await {
            seen.push(frame);
        }
    }
}

async fn cut_clients(kind: Kind) {
    let server = TestServer::start(kind).await;
    let build = server.client.start(&slow("u", 1.0)).await;
    let (whole, one, other) = tokio::join!(server.client.watch(&build, None), watch_cut(&server, &build), watch_cut(&server, &build));
    let whole = only_events(&whole);
    assert_eq!(whole.last().unwrap().json()["code"], "BUILD_COMPLETED");
    assert_eq!(one, whole);
    assert_eq!(other, whole);
    let seqs: Vec<i64> = whole.iter().map(|frame| frame.json()["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=whole.len() as i64).collect::<Vec<_>>());
    // finished, and read again from every place
    let replayed = server.client.watch(&build, None).await;
    assert_eq!(only_events(&replayed), whole);
    for (place, frame) in whole.iter().enumerate() {
        let response = server.client.open(&build, frame.id.as_deref()).await;
        if place + 1 == whole.len() {
            assert_eq!(response.status(), StatusCode::NO_CONTENT);
        } else {
            let rest = Events::of(response).rest().await;
            assert_eq!(only_events(&rest), whole[place + 1..]);
            assert!(!rest.iter().any(|f| f.data.as_ref().is_some_and(|d| d.contains("\"reset\""))));
        }
    }
}
on_both!(a_client_cut_after_every_event_misses_and_doubles_nothing, cut_clients);

#[tokio::test]
async fn a_finished_stream_is_history_then_live_then_the_end() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    let frames = server.client.watch(&build, None).await;
    assert_eq!(frames.first().unwrap().json(), json!({"type": "connection", "status": "connected", "locale": "en"}));
    assert_eq!(frames.last().unwrap().json(), json!({"type": "live"}));
    let expected = [
        "BUILD_QUEUED",
        "BUILD_STARTED",
        "BUILD_VALIDATING",
        "BUILD_FRAMEWORK_DETECTING",
        "BUILD_OPTIMIZING",
        "BUILD_DEPLOYING",
        "BUILD_DEPLOY_PREPARING",
        "BUILD_DEPLOY_UPLOADING",
        "BUILD_PREVIEW_PREPARING",
        "BUILD_DEPLOY_ACTIVATING",
        "BUILD_METADATA_GENERATING",
        "BUILD_RECOMMENDATIONS_GENERATED",
        "BUILD_METADATA_COMPLETE",
        "BUILD_COMPLETED",
    ];
    let events: Vec<Value> = only_events(&frames).iter().map(Frame::json).collect();
    assert_eq!(codes(&events), expected);
}

#[tokio::test]
async fn a_cursor_that_cannot_be_continued_is_reset_and_said() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    let whole = only_events(&server.client.watch(&build, None).await);
    let other = server.client.start(&site("u")).await;
    let foreign = only_events(&server.client.watch(&other, None).await)[3].id.clone().unwrap();
    let cases = [(foreign.as_str(), "diverged"), ("999-0123456789ab", "ahead")];
    for (cursor, reason) in cases {
        let frames = server.client.watch(&build, Some(cursor)).await;
        assert_eq!(frames[1].json(), json!({"type": "reset", "reason": reason}));
        assert_eq!(only_events(&frames), whole);
    }
    for odd in ["7", "x-y", "1-0123456789ab-", &"1".repeat(300)] {
        let (status, error) = answer(server.client.open(&build, Some(odd)).await).await;
        assert_eq!((status, &error["code"], &error["params"]["field"]), (StatusCode::BAD_REQUEST, &json!("INVALID_INPUT"), &json!("lastEventId")), "{odd}");
    }
    // an empty cursor is none, and the query says what the header can't
    assert_eq!(only_events(&server.client.watch(&build, Some("")).await), whole);
    let path = format!(
        "/api/builds/{}/events?token={}&lastEventId={}",
        build["buildId"].as_str().unwrap(),
        build["streamToken"].as_str().unwrap(),
        whole[2].id.as_ref().unwrap()
    );
    let rest = Events::of(server.client.bare(Method::GET, &path).send().await.unwrap()).rest().await;
    assert_eq!(only_events(&rest), whole[3..]);
}

#[tokio::test]
async fn only_a_token_for_the_stream_opens_it() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (build, other) = (server.client.start(&site("u")).await, server.client.start(&site("v")).await);
    server.client.events(&build).await;
    let id = build["buildId"].as_str().unwrap();
    let claims = |builds: &[&str], projects: &[&str], ttl| {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        StreamClaims::new("u", owned(builds), owned(projects), SystemClock.now_ms(), ttl).sign(server.client.secret.as_bytes())
    };
    let forged = StreamClaims::new("u", vec![id.into()], vec![], SystemClock.now_ms(), 60).sign(b"another secret of some length");
    let cases = [
        (other["streamToken"].as_str().unwrap().to_owned(), 403, "FORBIDDEN"),
        (claims(&["elsewhere"], &["nowhere"], 60), 403, "FORBIDDEN"),
        (forged, 401, "AUTH_FAILED"),
        ("nonsense".to_owned(), 401, "AUTH_FAILED"),
        (claims(&[id], &[], -1), 401, "AUTH_EXPIRED"),
    ];
    for (token, status, code) in cases {
        let (got, error) = answer(server.client.open_with(id, &token, None).await).await;
        assert_eq!((got.as_u16(), &error["code"]), (status, &json!(code)), "{error}");
    }
    // a stranger does not learn whether a build exists
    let (there, error) = answer(server.client.open_with("no-such-build", other["streamToken"].as_str().unwrap(), None).await).await;
    assert_eq!((there.as_u16(), &error["code"]), (403, &json!("FORBIDDEN")));
    let (status, error) = answer(server.client.bare(Method::GET, &format!("/v1/builds/{id}/events")).send().await.unwrap()).await;
    assert_eq!((status.as_u16(), &error["params"]["reason"]), (401, &json!("missing")));
    assert!(error["serverTime"].is_string());
    // by project, by cookie, and by signature
    let by_project = claims(&[], &[build["projectId"].as_str().unwrap()], 60);
    assert_eq!(server.client.open_with(id, &by_project, None).await.status(), 200);
    let cookie = server.client.bare(Method::GET, &format!("/v1/builds/{id}/events")).header("cookie", format!("a=b; buildcast_token={by_project}"));
    assert_eq!(cookie.send().await.unwrap().status(), 200);
    assert_eq!(server.client.signed(Method::GET, &format!("/v1/builds/{id}/events"), "").send().await.unwrap().status(), 200);
    assert_eq!(server.client.get("/v1/builds/no-such-build/events").await.0, 404);
}

#[tokio::test]
async fn a_stream_ends_with_its_token_and_says_so() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&slow("u", 5.0)).await;
    let minted = server.client.post("/v1/stream-tokens", &json!({"userId": "u", "builds": [build["buildId"]], "ttlSeconds": 1})).await;
    assert_eq!(minted.0, StatusCode::CREATED, "{}", minted.1);
    let response = server.client.open_with(build["buildId"].as_str().unwrap(), minted.1["streamToken"].as_str().unwrap(), None).await;
    let frames = Events::of(response).rest().await;
    let end = frames.last().unwrap();
    assert_eq!(end.id, None);
    assert_eq!((&end.json()["type"], &end.json()["code"]), (&json!("error"), &json!("AUTH_EXPIRED")));
}

#[tokio::test]
async fn a_silent_stream_gets_heartbeats() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_STREAM_HEARTBEAT_SECONDS", "0.2")]).await;
    let build = server.client.start(&slow("u", 2.0)).await;
    let frames = server.client.watch(&build, None).await;
    assert!(frames.iter().filter(|frame| frame.data.is_none()).count() >= 3, "{frames:?}");
}

#[tokio::test]
async fn stream_headers_keep_proxies_and_caches_away() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&slow("u", 1.0)).await;
    let header = |response: &reqwest::Response, name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
    let live = server.client.open(&build, None).await;
    assert_eq!(header(&live, "cache-control").unwrap(), "no-store, no-transform");
    assert_eq!(header(&live, "x-accel-buffering").unwrap(), "no");
    assert_eq!(header(&live, "content-type").unwrap(), "text/event-stream");
    server.client.events(&build).await;
    let finished = server.client.open(&build, None).await;
    assert_eq!(header(&finished, "cache-control").unwrap(), "no-cache, no-transform");
    let etag = header(&finished, "etag").unwrap();
    let path = format!("/v1/builds/{}/events", build["buildId"].as_str().unwrap());
    let again = server.client.bare(Method::GET, &path).bearer_auth(build["streamToken"].as_str().unwrap()).header("if-none-match", &etag);
    assert_eq!(again.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
}

async fn forged(kind: Kind) {
    let server = TestServer::start(kind).await;
    let version = "1\r\n\r\nid: 9-0123456789ab\ndata: {\"code\":\"BUILD_COMPLETED\"}\n\n\u{0}";
    let manifest = json!({"dependencies": {"vite": version}});
    let body = json!({"userId": "u", "templateFiles": {"index.html": "x", "package.json": manifest.to_string()}});
    let build = server.client.start(&body).await;
    let events = server.client.events(&build).await;
    let detected = events.iter().find(|e| e["code"] == "BUILD_FRAMEWORK_DETECTING").unwrap();
    assert_eq!(detected["params"]["version"], version);
    assert_eq!(codes(&events).iter().filter(|code| **code == "BUILD_COMPLETED").count(), 1);
}
on_both!(what_a_project_names_cannot_forge_a_frame, forged);

#[tokio::test]
async fn json_history_is_the_stream_page_by_page() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    let whole = only_events(&server.client.watch(&build, None).await);
    let page = async |query: &str| {
        let path = format!("/v1/builds/{}/events?{query}", build["buildId"].as_str().unwrap());
        let request = server.client.bare(Method::GET, &path).bearer_auth(build["streamToken"].as_str().unwrap()).header("accept", "application/json");
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (mut after, mut seen) = (String::new(), vec![]);
    loop {
        let (status, text) = page(&format!("limit=5&after={after}")).await;
        assert_eq!(status, 200, "{text}");
        let json: Value = serde_json::from_str(&text).unwrap();
        for event in json["events"].as_array().unwrap() {
            let frame = &whole[seen.len()];
            assert_eq!(event["cursor"].as_str(), frame.id.as_deref());
            // the same bytes, not only the same meaning
            assert!(text.contains(frame.data.as_ref().unwrap().as_str()));
            seen.push(event.clone());
        }
        after = json["nextCursor"].as_str().unwrap().to_owned();
        if json["finished"] == true {
            break;
        }
    }
    assert_eq!(seen.len(), whole.len());
    let (_, text) = page(&format!("after={after}")).await;
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json!({"events": [], "nextCursor": after, "finished": true}));
    assert_eq!(page("limit=0").await.0, 400);
    assert_eq!(page("limit=1001").await.0, 400);
    assert_eq!(page("after=7").await.0, 400);
    let stranger = server.client.bare(Method::GET, &format!("/v1/builds/{}/events", build["buildId"].as_str().unwrap())).header("accept", "application/json");
    assert_eq!(stranger.send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drain_ends_every_stream_between_two_frames() {
    let mut server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_DRAIN_SECONDS", "2")]).await;
    let build = server.client.start(&slow("u", 30.0)).await;
    let mut streams = vec![];
    for _ in 0..50 {
        let mut events = Events::of(server.client.open(&build, None).await);
        assert!(events.next_event().await.is_some());
        streams.push(tokio::spawn(async move {
            // `rest` fails on a frame that is cut
            let frames = events.rest().await;
            (frames.last().cloned(), std::time::Instant::now())
        }));
    }
    let running = server.running.take().unwrap();
    let begun = std::time::Instant::now();
    let draining = tokio::spawn(running.drain());
    let mut ends = vec![];
    for stream in streams {
        let (last, at) = stream.await.unwrap();
        assert_eq!(last, Some(Frame { id: None, data: None, comment: Some("draining".into()) }));
        ends.push(at - begun);
    }
    draining.await.unwrap();
    ends.sort();
    assert!(ends[ends.len() - 1] - ends[0] > std::time::Duration::from_millis(300), "they all ended at once: {ends:?}");
}

async fn project_stream(kind: Kind) {
    let server = TestServer::start(kind).await;
    let first = server.client.start(&site("u")).await;
    let one = server.client.events(&first).await;
    let token = first["streamToken"].as_str().unwrap();
    let path = format!("/v1/projects/{}/events", first["projectId"].as_str().unwrap());
    let open = async |last: Option<&str>| {
        let request = server.client.bare(Method::GET, &path).bearer_auth(token);
        let response = last.iter().fold(request, |request, last| request.header("last-event-id", *last)).send().await.unwrap();
        assert_eq!(response.status(), 200);
        Events::of(response)
    };
    let mut stream = open(None).await;
    let mut seen = vec![];
    for _ in 0..one.len() {
        seen.push(stream.next_event().await.unwrap());
    }
    // a second build goes on in the same stream, live; the build's own end is not the stream's
    let second = server.client.start(&json!({"userId": "u", "projectId": first["projectId"], "prompt": "as it is"})).await;
    let two = server.client.events(&second).await;
    for _ in 0..two.len() {
        seen.push(stream.next_event().await.unwrap());
    }
    let events: Vec<Value> = seen.iter().map(Frame::json).collect();
    assert_eq!(events, one.iter().chain(&two).cloned().collect::<Vec<_>>());
    let places: Vec<i64> = events.iter().map(|e| e["project_seq"].as_i64().unwrap()).collect();
    assert_eq!(places, (1..=events.len() as i64).collect::<Vec<_>>());
    // and resumes after any place, a build's last event included
    for place in [0, one.len() - 1, one.len()] {
        let mut rest = open(seen[place].id.as_deref()).await;
        assert_eq!(rest.next_event().await.unwrap(), seen[place + 1]);
    }
    // only for whoever may listen
    let stranger = server.client.start(&site("v")).await;
    let refused = server.client.bare(Method::GET, &path).bearer_auth(stranger["streamToken"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    let nowhere = server.client.get("/v1/projects/no-such-project/events").await;
    assert_eq!(nowhere.0, 404);
}
on_both!(a_projects_stream_holds_all_its_builds_in_commit_order, project_stream);

#[tokio::test]
async fn a_token_has_only_so_many_streams_at_once() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_STREAMS_PER_TOKEN", "2")]).await;
    let build = server.client.start(&slow("u", 3.0)).await;
    let (_one, two) = (server.client.open(&build, None).await, server.client.open(&build, None).await);
    let (status, error) = answer(server.client.open(&build, None).await).await;
    assert_eq!(
        (status.as_u16(), &error["code"], &error["params"]),
        (429, &json!("QUOTA_EXCEEDED"), &json!({"limit": 2, "used": 2, "quotaType": "streams_per_token"}))
    );
    // a place is free once its client is gone
    drop(two);
    loop {
        let response = server.client.open(&build, None).await;
        if response.status() == 200 {
            break;
        }
        tokio::task::yield_now().await;
    }
}
