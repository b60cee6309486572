//! The WebSocket: many streams over one socket, the same events byte for byte, and only to whoever may listen.

use super::support::client::{Events, answer};
use super::support::project::{site, slow};
use super::support::raw::{Raw, UPGRADE, masked};
use super::support::socket::{Socket, same, stream_of};
use super::support::{Kind, TestServer, on_both};
use futures_util::SinkExt;
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

async fn live(kind: Kind) {
    let server = TestServer::start(kind).await;
    let build = server.client.start(&slow("u", 0.5)).await;
    let (token, stream) = (build["streamToken"].as_str().unwrap(), stream_of(&build));
    let mut socket = Socket::open(&server.client, Some(token)).await;
    socket.say(json!({"type": "subscribe", "stream": stream})).await;
    let (events, frames) = tokio::join!(socket.events(&stream), server.client.watch(&build, None));
    same(&events, &frames);
    // resume on the same socket, at a place and at the end; and over the other transport with the same cursor
    let middle = events.len() / 2;
    socket.say(json!({"type": "subscribe", "stream": stream, "cursor": events[middle].0})).await;
    assert_eq!(socket.events(&stream).await, events[middle + 1..]);
    socket.say(json!({"type": "subscribe", "stream": stream, "cursor": events.last().unwrap().0})).await;
    assert_eq!(socket.frame().await, json!({"type": "subscribed", "stream": stream}));
    assert_eq!(socket.frame().await, json!({"type": "end", "stream": stream}));
    let rest = Events::of(server.client.open(&build, Some(&events[middle].0)).await).rest().await;
    same(&events[middle + 1..], &rest);
}
on_both!(a_socket_carries_the_same_events_as_server_sent_events, live);

#[tokio::test]
async fn one_socket_carries_many_streams_each_by_its_own_token() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (one, two) = (server.client.start(&site("u")).await, server.client.start(&site("v")).await);
    server.client.events(&one).await;
    server.client.events(&two).await;
    let mut socket = Socket::open(&server.client, None).await;
    for build in [&one, &two] {
        socket.say(json!({"type": "subscribe", "stream": stream_of(build), "token": build["streamToken"]})).await;
        assert!(!socket.events(&stream_of(build)).await.is_empty());
    }
    // a project's stream never ends: live, then unsubscribed
    let project = format!("project:{}", one["projectId"].as_str().unwrap());
    socket.say(json!({"type": "subscribe", "stream": project, "token": one["streamToken"]})).await;
    loop {
        if socket.frame().await == json!({"type": "live", "stream": project}) {
            break;
        }
    }
    socket.say(json!({"type": "unsubscribe", "stream": project})).await;
    assert_eq!(socket.frame().await, json!({"type": "unsubscribed", "stream": project}));
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.frame().await, json!({"type": "pong"}));
    socket.say(json!({"type": "set_locale", "locale": "ar-EG"})).await;
    assert_eq!(socket.frame().await, json!({"type": "locale", "locale": "ar"}));
    socket.say(json!({"type": "set_locale", "locale": "no such"})).await;
    assert_eq!(socket.frame().await, json!({"type": "locale", "locale": "ar"}));
    // a frame that can't be read gets an error in the connection's locale, and the socket stays open
    for odd in ["{", "{\"type\":\"nope\"}", "{\"type\":\"subscribe\"}", "[]", "{\"type\":\"ping\",\"more\":1}"] {
        socket.0.send(Message::text(odd)).await.unwrap();
        let error = socket.frame().await;
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!("INVALID_INPUT")), "{odd}");
        assert!(!error["message"].as_str().unwrap().is_ascii());
    }
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.frame().await, json!({"type": "pong"}));
    // for a while
    for _ in 5..100 {
        socket.0.send(Message::text("{")).await.unwrap();
        assert_eq!(socket.frame().await["code"], "INVALID_INPUT");
    }
    assert_eq!(socket.closed().await, Some(CloseCode::Policy.into()));
}

#[tokio::test]
async fn the_fifth_refusal_closes_the_socket() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (build, other) = (server.client.start(&site("u")).await, server.client.start(&site("v")).await);
    let mut another = site("u");
    another["name"] = json!("another");
    let elsewhere = server.client.start(&another).await;
    let minted = server.client.post("/v1/stream-tokens", &json!({"userId": "u", "builds": [elsewhere["buildId"]]})).await.1;
    let mut socket = Socket::open(&server.client, None).await;
    let stream = stream_of(&build);
    let cases = [
        (json!({"type": "subscribe", "stream": stream}), "AUTH_FAILED"),
        (json!({"type": "subscribe", "stream": stream, "token": "forged"}), "AUTH_FAILED"),
        (json!({"type": "subscribe", "stream": stream, "token": other["streamToken"]}), "FORBIDDEN"),
        (json!({"type": "subscribe", "stream": stream, "token": minted["streamToken"]}), "FORBIDDEN"),
        (json!({"type": "subscribe", "stream": "nope:x", "token": build["streamToken"]}), "INVALID_INPUT"),
    ];
    for (frame, code) in cases {
        socket.say(frame).await;
        let error = socket.frame().await;
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!(code)), "{error}");
    }
    assert_eq!(socket.closed().await, Some(CloseCode::Policy.into()));
}

#[tokio::test]
async fn a_cursor_of_another_stream_is_reset_and_a_large_frame_closes() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    let events = server.client.events(&build).await;
    let mut socket = Socket::open(&server.client, build["streamToken"].as_str()).await;
    socket.say(json!({"type": "subscribe", "stream": stream_of(&build), "cursor": "2-0123456789ab"})).await;
    assert_eq!(socket.frame().await["type"], "subscribed");
    assert_eq!(socket.frame().await, json!({"type": "reset", "stream": stream_of(&build), "reason": "diverged"}));
    assert_eq!(socket.events(&stream_of(&build)).await.len(), events.len());
    socket.0.send(Message::text("x".repeat(70_000))).await.unwrap();
    assert_eq!(socket.closed().await, Some(CloseCode::Size.into()));
}

#[tokio::test]
async fn a_subscription_ends_with_its_token_and_the_socket_stays() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&slow("u", 5.0)).await;
    let minted = server.client.post("/v1/stream-tokens", &json!({"userId": "u", "builds": [build["buildId"]], "ttlSeconds": 1})).await.1;
    let mut socket = Socket::open(&server.client, minted["streamToken"].as_str()).await;
    socket.say(json!({"type": "subscribe", "stream": stream_of(&build)})).await;
    let error = loop {
        let frame = socket.frame().await;
        if frame["type"] == "error" {
            break frame;
        }
    };
    assert_eq!((&error["code"], &error["stream"]), (&json!("AUTH_EXPIRED"), &json!(stream_of(&build))));
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.frame().await, json!({"type": "pong"}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drain_closes_sockets_with_1001() {
    let mut server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_DRAIN_SECONDS", "1")]).await;
    let mut socket = Socket::open(&server.client, None).await;
    let draining = tokio::spawn(server.running.take().unwrap().drain());
    assert_eq!(socket.closed().await, Some(CloseCode::Away.into()));
    draining.await.unwrap();
}

#[tokio::test]
async fn what_is_no_opening_handshake_is_refused_in_the_envelope() {
    let server = TestServer::start(Kind::Sqlite).await;
    let handshake =
        [("upgrade", "websocket"), ("connection", "keep-alive, Upgrade"), ("sec-websocket-version", "13"), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")];
    // each wrong in one place: a header that is missing, or another value
    let cases = [("upgrade", None), ("upgrade", Some("h2c")), ("connection", None), ("connection", Some("close"))];
    let cases = cases.into_iter().chain([("sec-websocket-version", None), ("sec-websocket-version", Some("8"))]);
    let cases = cases.chain([("sec-websocket-key", None), ("sec-websocket-key", Some("c2hvcnQ=")), ("sec-websocket-key", Some("no base64 of 16 bytes"))]);
    for (wrong, value) in cases {
        let others = handshake.iter().filter(|(name, _)| *name != wrong).copied().chain(value.map(|value| (wrong, value)));
        let request = others.fold(server.client.bare(Method::GET, "/v1/ws"), |request, (name, value)| request.header(name, value));
        let (status, error) = answer(request.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &error["code"], &error["error"]), (400, &json!("INVALID_INPUT"), &json!("INVALID_INPUT")), "{wrong}: {value:?}");
        let field = if wrong == "connection" { "upgrade" } else { wrong };
        assert_eq!(error["params"]["field"], field, "{value:?}");
        assert!(error["requestId"].is_string() && error["message"].is_string());
    }
    // and with nothing wrong it is one, that names a subprotocol only to whoever offers it
    let (_, headers) = Socket::upgrade(&server.client, "", []).await;
    assert!(!headers.contains_key("sec-websocket-protocol"));
    let (_, headers) = Socket::upgrade(&server.client, "", [("sec-websocket-protocol", "graphql-ws, buildcast.v1".to_owned())]).await;
    assert_eq!(headers["sec-websocket-protocol"], "buildcast.v1");
}

#[tokio::test]
async fn each_way_to_break_the_protocol_has_its_close_code() {
    let server = TestServer::start(Kind::Sqlite).await;
    let large = |bytes| [masked(0x01, &vec![b'x'; bytes]), masked(0x80, &vec![b'x'; bytes])].concat();
    let cases = [
        ("text that is not UTF-8", masked(0x81, b"\xff"), CloseCode::Invalid),
        ("a reserved bit", masked(0xc1, b"{}"), CloseCode::Protocol),
        ("a reserved kind of frame", masked(0x83, b"{}"), CloseCode::Protocol),
        ("a reserved kind of control frame", masked(0x8b, b""), CloseCode::Protocol),
        ("a frame without a mask", vec![0x81, 2, b'{', b'}'], CloseCode::Protocol),
        ("a ping in pieces", masked(0x09, b""), CloseCode::Protocol),
        ("a large ping", masked(0x89, &[0; 126]), CloseCode::Protocol),
        ("a piece of nothing", masked(0x80, b"{}"), CloseCode::Protocol),
        ("a frame larger than 64 KiB", masked(0x81, &[b'x'; (64 << 10) + 1]), CloseCode::Size),
        ("a message larger than 64 KiB, in pieces that are not", large(40 << 10), CloseCode::Size),
    ];
    for (what, bytes, code) in cases {
        let mut socket = Socket::open(&server.client, None).await;
        socket.0.get_mut().write_all(&bytes).await.unwrap();
        assert_eq!(socket.closed().await, Some(code.into()), "{what}");
    }
    // what is only no frame of ours, or just not too large, gets an error
    let mut socket = Socket::open(&server.client, None).await;
    for bytes in [masked(0x82, b"{}"), masked(0x81, &[b'x'; 64 << 10]), large(32 << 10)] {
        socket.0.get_mut().write_all(&bytes).await.unwrap();
        assert_eq!(socket.frame().await["code"], "INVALID_INPUT");
    }
}

#[tokio::test]
async fn a_peer_that_answers_no_ping_is_let_go_and_one_that_does_stays() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_STREAM_HEARTBEAT_SECONDS", "1")]).await;
    let mut socket = Socket::open(&server.client, None).await;
    let begun = Instant::now();
    let mut silent = Raw::get(&server.client, "/v1/ws", UPGRADE, 4096).await;
    let gone = tokio::time::timeout(Duration::from_secs(30), silent.rest());
    let (heard, said) = tokio::join!(gone, tokio::time::timeout(Duration::from_secs(5), socket.next()));
    let heard = heard.expect("a peer that is silent is kept");
    // ten pings, the last one unanswered for a whole heartbeat, and no close: it would not be read either
    let pings = b"\x89\x00".repeat(10);
    assert!(heard.ends_with(&[b"\"locale\":\"en\"}", &pings[..]].concat()), "{:?}", String::from_utf8_lossy(&heard));
    assert!(begun.elapsed() >= Duration::from_secs(11));
    assert!(said.is_err(), "{said:?}");
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.frame().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn a_node_that_is_full_says_so_and_closes_with_1013() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_STREAMS_PER_NODE", "2")]).await;
    let build = server.client.start(&slow("u", 5.0)).await;
    // the socket itself has one of the places
    let mut socket = Socket::listen(&server.client, &build, None).await;
    let project = format!("project:{}", build["projectId"].as_str().unwrap());
    socket.say(json!({"type": "subscribe", "stream": project})).await;
    let error = loop {
        let frame = socket.frame().await;
        if !["event", "live"].contains(&frame["type"].as_str().unwrap()) {
            break frame;
        }
    };
    assert_eq!((&error["type"], &error["code"], &error["stream"]), (&json!("error"), &json!("SERVICE_UNAVAILABLE"), &json!(project)));
    assert!(error["params"]["retryAfter"].is_u64());
    assert_eq!(socket.closed().await, Some(CloseCode::Again.into()));
    // both places are free again once the peer is gone
    drop(socket);
    let mut open = vec![];
    while open.len() < 2 {
        open.extend(Some(server.client.open(&build, None).await).filter(|response| response.status() == 200));
    }
}

#[tokio::test]
async fn many_subscriptions_at_once_leave_the_database_to_others() {
    // SQLite has the fewest connections; nobody builds, so that each stream is one event and stays open
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_NODE_ROLE", "api,preview")]).await;
    let mut builds = vec![];
    for n in 0..40 {
        builds.push(server.client.start(&super::support::project::site(&format!("u{n}"))).await);
    }
    let mut sockets = vec![];
    for _ in 0..4 {
        let mut socket = Socket::open(&server.client, None).await;
        for build in &builds {
            socket.say(json!({"type": "subscribe", "stream": stream_of(build), "token": build["streamToken"]})).await;
        }
        sockets.push(socket);
    }
    let path = format!("/v1/builds/{}", builds[0]["buildId"].as_str().unwrap());
    for _ in 0..10 {
        assert_eq!(server.client.get(&path).await.0, 200);
    }
    for socket in &mut sockets {
        let mut live = 0;
        while live < builds.len() {
            let frame = socket.frame().await;
            assert_ne!(frame["type"], "error", "{frame}");
            live += usize::from(frame["type"] == "live");
        }
    }
}
