//! A client of the WebSocket, frame by frame.

use super::{Client, Frame};
use futures_util::{SinkExt, StreamExt};
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What a socket said.
#[derive(Debug)]
pub enum Said {
    Frame(Value, String),
    Closed(Option<u16>),
}

/// A build's stream, by its name on a socket.
pub fn stream_of(build: &Value) -> String {
    format!("build:{}", build["buildId"].as_str().unwrap())
}

/// A socket's events are those of server-sent events, byte for byte.
pub fn same(socket: &[(String, String)], frames: &[Frame]) {
    let frames: Vec<&Frame> = frames.iter().filter(|f| f.id.is_some()).collect();
    assert_eq!(socket.iter().map(|(cursor, _)| cursor.as_str()).collect::<Vec<_>>(), frames.iter().map(|f| f.id.as_deref().unwrap()).collect::<Vec<_>>());
    for ((_, text), frame) in socket.iter().zip(frames) {
        assert!(text.contains(frame.data.as_deref().unwrap()), "not the same bytes: {text}");
    }
}

impl Socket {
    pub async fn open(client: &Client, token: Option<&str>) -> Self {
        let bearer = token.map(|token| ("authorization", format!("Bearer {token}")));
        let offered = ("sec-websocket-protocol", "buildcast.v1".to_owned());
        let (socket, headers) = Self::upgrade(client, "", bearer.into_iter().chain([offered])).await;
        assert_eq!(headers["sec-websocket-protocol"], "buildcast.v1");
        socket
    }

    /// Opens a socket with this query and these headers, and gives those of the answer too.
    pub async fn upgrade(client: &Client, query: &str, headers: impl IntoIterator<Item = (&'static str, String)>) -> (Self, HeaderMap) {
        let (mut socket, headers) = Self::dial(client, query, headers).await;
        assert_eq!(socket.frame().await, json!({"type": "connection", "status": "connected", "locale": "en"}));
        (socket, headers)
    }

    /// Opens a socket with this query and these headers, and gives its first frame.
    pub async fn connect(client: &Client, query: &str, headers: Vec<(&'static str, String)>) -> (Self, Value) {
        let (mut socket, _) = Self::dial(client, query, headers).await;
        let first = socket.frame().await;
        (socket, first)
    }

    async fn dial(client: &Client, query: &str, headers: impl IntoIterator<Item = (&'static str, String)>) -> (Self, HeaderMap) {
        let address = client.api.replace("http://", "ws://");
        let mut request = format!("{address}/v1/ws{query}").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().append(HeaderName::from_static(name), value.parse().unwrap());
        }
        let (socket, response) = connect_async(request).await.unwrap();
        (Self(socket), response.headers().clone())
    }

    /// Opens a socket that listens to a build, after a cursor where there is one.
    pub async fn listen(client: &Client, build: &Value, cursor: Option<&str>) -> Self {
        let mut socket = Self::open(client, build["streamToken"].as_str()).await;
        socket.say(json!({"type": "subscribe", "stream": stream_of(build), "cursor": cursor.unwrap_or_default()})).await;
        assert_eq!(socket.frame().await, json!({"type": "subscribed", "stream": stream_of(build)}));
        socket
    }

    pub async fn say(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    pub async fn next(&mut self) -> Said {
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

    pub async fn frame(&mut self) -> Value {
        match self.next().await {
            Said::Frame(frame, _) => frame,
            closed @ Said::Closed(_) => panic!("{closed:?}"),
        }
    }

    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Said::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// The next event, its cursor and the frame's text; the close code when the socket is closed before, and none at the
    /// stream's end.
    pub async fn next_event(&mut self, stream: &str) -> Result<Option<(String, String)>, Option<u16>> {
        loop {
            match self.next().await {
                Said::Frame(frame, text) if frame["type"] == "event" => {
                    assert_eq!(frame["stream"], stream);
                    return Ok(Some((frame["cursor"].as_str().unwrap().to_owned(), text)));
                }
                Said::Frame(frame, _) if frame["type"] == "end" => return Ok(None),
                Said::Frame(frame, _) => assert!(["subscribed", "live"].contains(&frame["type"].as_str().unwrap()), "{frame}"),
                Said::Closed(code) => return Err(code),
            }
        }
    }

    /// Events of a stream until its end, each with its cursor and the frame's text.
    pub async fn events(&mut self, stream: &str) -> Vec<(String, String)> {
        let mut events = vec![];
        while let Some(event) = self.next_event(stream).await.unwrap() {
            events.push(event);
        }
        events
    }
}
