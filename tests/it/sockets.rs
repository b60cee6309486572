//! The WebSocket: many streams over one socket, the same events byte for byte, and only to whoever may listen.

use super::support::client::Events;
use super::support::project::{site, slow};
use super::support::{Frame, Kind, TestServer, on_both};
use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What a socket said.
#[derive(Debug)]
enum Said {
    Frame(Value, String),
    Closed(Option<u16>),
}

impl Socket {
    async fn open(server: &TestServer, token: Option<&str>) -> Self {
        let address = server.client.api.replace("http://", "ws://");
        let mut request = format!("{address}/v1/ws").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "buildcast.v1".parse().unwrap());
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        let (socket, response) = connect_async(request).await.unwrap();
        assert_eq!(response.headers()["sec-websocket-protocol"], "buildcast.v1");
        let mut socket = Self(socket);
        assert_eq!(socket.frame().await, json!({"type": "connection", "status": "connected", "locale": "en"}));
        socket
    }

    async fn say(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    async fn next(&mut self) -> Said {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(60), self.0.next()).await.expect("a socket went silent");
            match message {
                Some(Ok(Message::Text(text))) => return Said::Frame(serde_json::from_str(&text).unwrap(), text.to_string()),
                Some(Ok(Message::Close(frame))) => return Said::Closed(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Said::Closed(None),
            }
        }
    }

    async fn frame(&mut self) -> Value {
        match self.next().await {
            Said::Frame(frame, _) => frame,
            closed @ Said::Closed(_) => panic!("{closed:?}"),
        }
    }

    async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Said::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// Events of a stream until its end, each with its cursor and the frame's text.
    async fn events(&mut self, stream: &str) -> Vec<(String, String)> {
        let mut events = vec![];
        loop {
            match self.next().await {
                Said::Frame(frame, text) if frame["type"] == "event" => {
                    assert_eq!(frame["stream"], stream);
                    events.push((frame["cursor"].as_str().unwrap().to_owned(), text));
                }
                Said::Frame(frame, _) if frame["type"] == "end" => return events,
                Said::Frame(frame, _) => assert!(["subscribed", "live"].contains(&frame["type"].as_str().unwrap()), "{frame}"),
                closed @ Said::Closed(_) => panic!("{closed:?}"),
            }
        }
    }
}

fn stream_of(build: &Value) -> String {
    format!("build:{}", build["buildId"].as_str().unwrap())
}

fn same(socket: &[(String, String)], frames: &[Frame]) {
    let frames: Vec<&Frame> = frames.iter().filter(|f| f.id.is_some()).collect();
    assert_eq!(socket.iter().map(|(cursor, _)| cursor.as_str()).collect::<Vec<_>>(), frames.iter().map(|f| f.id.as_deref().unwrap()).collect::<Vec<_>>());
    for ((_, text), frame) in socket.iter().zip(frames) {
        assert!(text.contains(frame.data.as_deref().unwrap()), "not the same bytes: {text}");
    }
}

async fn live(kind: Kind) {
    let server = TestServer::start(kind).await;
    let build = server.client.start(&slow("u", 0.5)).await;
    let (token, stream) = (build["streamToken"].as_str().unwrap(), stream_of(&build));
    let mut socket = Socket::open(&server, Some(token)).await;
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
    let mut socket = Socket::open(&server, None).await;
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
}

#[tokio::test]
async fn the_fifth_refusal_closes_the_socket() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (build, other) = (server.client.start(&site("u")).await, server.client.start(&site("v")).await);
    let minted = server.client.post("/v1/stream-tokens", &json!({"userId": "u", "builds": ["elsewhere"]})).await.1;
    let mut socket = Socket::open(&server, None).await;
    let stream = stream_of(&build);
    let cases = [
        (json!({"type": "subscribe", "stream": stream}), "AUTH_FAILED"),
        (json!({"type": "subscribe", "stream": stream, "token": "forged"}), "AUTH_FAILED"),
        (json!({"type": "subscribe", "stream": stream, "token": other["streamToken"]}), "FORBIDDEN"),
        (json!({"type": "subscribe", "stream": stream, "token": minted["streamToken"]}), "FORBIDDEN"),
        (json!({"type": "subscribe", "stream": "logs:x", "token": build["streamToken"]}), "INVALID_INPUT"),
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
    let mut socket = Socket::open(&server, build["streamToken"].as_str()).await;
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
    let mut socket = Socket::open(&server, minted["streamToken"].as_str()).await;
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
    let mut socket = Socket::open(&server, None).await;
    let draining = tokio::spawn(server.running.take().unwrap().drain());
    assert_eq!(socket.closed().await, Some(CloseCode::Away.into()));
    draining.await.unwrap();
}

#[tokio::test]
async fn a_plain_request_is_no_socket() {
    let server = TestServer::start(Kind::Sqlite).await;
    let response = server.client.bare(Method::GET, "/v1/ws").send().await.unwrap();
    assert!(response.status().is_client_error(), "{}", response.status());
    assert!(response.json::<Value>().await.unwrap()["code"].is_string());
}
