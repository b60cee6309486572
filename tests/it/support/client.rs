//! A client that signs, and reads server-sent events frame by frame.

use super::server::SECRET;
use buildcast::domain::signature::{SignedRequest, header, sign_v2};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Client {
    pub http: reqwest::Client,
    pub api: String,
    pub preview: String,
    pub secret: String,
}

/// A frame of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub id: Option<String>,
    pub data: Option<String>,
    pub comment: Option<String>,
}

/// An open stream.
pub struct Events {
    bytes: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    buffer: Vec<u8>,
}

impl Client {
    pub fn new(api: SocketAddr, preview: SocketAddr) -> Self {
        // the server's own client brings TLS without a provider of cryptography
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, api: format!("http://{api}"), preview: format!("http://{preview}"), secret: SECRET.into() }
    }

    /// A request without a signature.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.api))
    }

    /// A signed request with these bytes as its body.
    pub fn signed(&self, method: Method, path: &str, body: impl Into<Vec<u8>>) -> RequestBuilder {
        let (body, timestamp, nonce) = (body.into(), SystemClock.now_ms().to_string(), SystemClock.new_id());
        let request = SignedRequest { method: method.as_str(), path_and_query: path, body: &body };
        let signature = sign_v2(self.secret.as_bytes(), request, &timestamp, &nonce);
        let builder = self.bare(method, path).header(header::TIMESTAMP, timestamp).header(header::NONCE, nonce).header(header::V2, signature);
        if body.is_empty() { builder } else { builder.header("content-type", "application/json").body(body) }
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.signed(Method::POST, path, body.to_string()).send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.signed(Method::GET, path, "").send().await.unwrap()).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.signed(Method::PATCH, path, body.to_string()).send().await.unwrap()).await
    }

    /// Starts a build and answers with what the start said.
    pub async fn start(&self, body: &Value) -> Value {
        let (status, answer) = self.post("/v1/builds", body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        answer
    }

    /// Opens a build's stream with a token.
    pub async fn open(&self, build: &Value, last: Option<&str>) -> Response {
        let token = build["streamToken"].as_str().unwrap();
        self.open_with(build["buildId"].as_str().unwrap(), token, last).await
    }

    pub async fn open_with(&self, build_id: &str, token: &str, last: Option<&str>) -> Response {
        let mut request = self.bare(Method::GET, &format!("/v1/builds/{build_id}/events")).bearer_auth(token);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        request.send().await.unwrap()
    }

    /// All frames of a build's stream, to its end.
    pub async fn watch(&self, build: &Value, last: Option<&str>) -> Vec<Frame> {
        let response = self.open(build, last).await;
        assert_eq!(response.status(), StatusCode::OK);
        Events::of(response).rest().await
    }

    /// Starts a build that ends well, and answers with its project and its version.
    pub async fn deploy(&self, body: &Value) -> (String, String) {
        let build = self.start(body).await;
        let end = self.events(&build).await.pop().unwrap();
        assert_eq!(end["code"], "BUILD_COMPLETED", "{end}");
        (build["projectId"].as_str().unwrap().to_owned(), end["params"]["versionId"].as_str().unwrap().to_owned())
    }

    /// The events of a build, to its end.
    pub async fn events(&self, build: &Value) -> Vec<Value> {
        self.watch(build, None).await.iter().filter(|f| f.id.is_some()).map(Frame::json).collect()
    }
}

pub async fn answer(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// The answers to requests that are sent at once, each in a task of its own.
pub async fn at_once(requests: Vec<RequestBuilder>) -> Vec<(StatusCode, Value)> {
    let tasks: Vec<_> = requests.into_iter().map(|request| tokio::spawn(async move { answer(request.send().await.unwrap()).await })).collect();
    let mut answers = vec![];
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

/// The codes of events, in order.
pub fn codes(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["code"].as_str().unwrap()).collect()
}

impl Frame {
    pub fn json(&self) -> Value {
        serde_json::from_str(self.data.as_ref().unwrap()).unwrap()
    }

    pub fn parse(text: &str) -> Self {
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim_start().to_owned());
        Self { id: field("id:"), data: field("data:"), comment: field(":") }
    }
}

impl Events {
    pub fn of(response: Response) -> Self {
        Self { bytes: response.bytes_stream().boxed(), buffer: vec![] }
    }

    /// The next frame; none at the end. A stream that is cut inside a frame fails the test.
    pub async fn next(&mut self) -> Option<Frame> {
        self.try_next().await.unwrap()
    }

    /// The next frame; none at the end; what is wrong when the stream is cut.
    pub async fn try_next(&mut self) -> Result<Option<Frame>, String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let text = String::from_utf8(self.buffer.drain(..end + 2).collect()).unwrap();
                return Ok(Some(Frame::parse(&text)));
            }
            let part = tokio::time::timeout(Duration::from_secs(120), self.bytes.next()).await.expect("a stream went silent");
            match part {
                Some(bytes) => self.buffer.extend_from_slice(&bytes.map_err(|error| error.to_string())?),
                None if self.buffer.is_empty() => return Ok(None),
                None => return Err(format!("cut inside a frame: {:?}", String::from_utf8_lossy(&self.buffer))),
            }
        }
    }

    /// The next frame that is an event; none at the end.
    pub async fn next_event(&mut self) -> Option<Frame> {
        loop {
            match self.next().await {
                Some(frame) if frame.id.is_none() => {}
                other => return other,
            }
        }
    }

    pub async fn rest(&mut self) -> Vec<Frame> {
        let mut frames = vec![];
        while let Some(frame) = self.next().await {
            frames.push(frame);
        }
        frames
    }
}
