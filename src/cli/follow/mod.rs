//! A stream of a server, followed to its end however often the connection breaks: for `record` and `tail`.

mod retry;

use super::Failure;
use crate::domain::ids::is_visible;
use crate::domain::server_sent::EventReader;
use reqwest::{Client, Response, StatusCode, Url};
use retry::Retry;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

/// An event of a stream is smaller, bytes.
const EVENT_MAX_BYTES: usize = 1 << 20;
/// A server says something each 15 s.
const SILENCE: Duration = Duration::from_secs(60);
/// Characters of a token at most.
const TOKEN_MAX: usize = 8192;
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// What a stream says.
#[derive(Debug)]
pub(super) enum Told {
    /// An event: the bytes that left the server.
    Event(String),
    /// A frame that is no event.
    Control(Value),
    /// The connection broke; it is tried again after a while.
    Lost(String),
    /// The stream is over.
    Ended,
}

/// A place in a stream.
pub(super) struct Follower {
    client: Client,
    url: Url,
    token: Option<String>,
    cursor: Option<String>,
    open: Option<(Response, EventReader)>,
    finished: bool,
    retry: Retry,
}

impl Follower {
    /// A follower of the stream at this address: `…/v1/builds/{id}/events`, or a build's address without `/events`; a replay's
    /// does as well. The token comes with it, else in its query, else in BUILDCAST_TOKEN; it is nowhere shown.
    pub fn new(address: &str, token: Option<String>) -> Result<Self, Failure> {
        let fault = |what: &str| Failure::Usage(format!("URL: {what}"));
        let mut url = Url::parse(address).map_err(|error| fault(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(fault("http or https"));
        }
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let of_query = || pairs.iter().find(|(name, _)| name == "token").map(|(_, value)| value.clone());
        let token = token.or_else(of_query).or_else(|| std::env::var("BUILDCAST_TOKEN").ok()).filter(|token| !token.is_empty());
        if token.as_ref().is_some_and(|token| !is_visible(token, TOKEN_MAX)) {
            return Err(Failure::Usage("the token: visible characters only".into()));
        }
        if url.path().contains("/projects/") {
            return Err(fault("the stream of a build, and not of a project"));
        }
        url.set_query(None);
        for (name, value) in pairs.iter().filter(|(name, _)| name != "token") {
            url.query_pairs_mut().append_pair(name, value);
        }
        if !url.path().ends_with("/events") {
            let path = format!("{}/events", url.path().trim_end_matches('/'));
            url.set_path(&path);
        }
        // what the process has already is as good
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().connect_timeout(CONNECT).build().map_err(|error| Failure::Other(error.to_string()))?;
        Ok(Self { client, url, token, cursor: None, open: None, finished: false, retry: Retry::default() })
    }

    /// What comes next.
    pub async fn next(&mut self) -> Result<Told, Failure> {
        loop {
            if self.finished {
                return Ok(Told::Ended);
            }
            let Some((response, reader)) = &mut self.open else {
                if let Some(told) = self.connect().await? {
                    return Ok(told);
                }
                continue;
            };
            if let Some(event) = reader.pop() {
                return self.read(event.id, event.data);
            }
            let lost = match timeout(SILENCE, response.chunk()).await {
                Ok(Ok(Some(bytes))) if reader.push(&bytes).is_ok() => continue,
                Ok(Ok(Some(_))) => return Err(Failure::Other(format!("an event of over {EVENT_MAX_BYTES} bytes"))),
                Ok(Ok(None)) => "the connection was closed".to_owned(),
                Ok(Err(error)) => error.without_url().to_string(),
                Err(_) => format!("nothing was said for {} s", SILENCE.as_secs()),
            };
            self.open = None;
            self.retry.wait(None).await?;
            return Ok(Told::Lost(lost));
        }
    }

    fn read(&mut self, id: Option<String>, data: String) -> Result<Told, Failure> {
        let value: Value = serde_json::from_str(&data).map_err(|_| Failure::Other("a frame that is no JSON".into()))?;
        match value["type"].as_str() {
            Some("error") => return Err(refused(&value)),
            // what was read is not what the log has: all of it comes again
            Some("reset") => self.cursor = None,
            Some(_) => {}
            None => {
                self.retry.reached();
                self.cursor = id.or(self.cursor.take());
                self.finished = value["finished"] == true;
                return Ok(Told::Event(data));
            }
        }
        Ok(Told::Control(value))
    }

    /// Connects; none when that is done, or tried again.
    async fn connect(&mut self) -> Result<Option<Told>, Failure> {
        let mut request = self.client.get(self.url.clone()).header("accept", "text/event-stream");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(cursor) = &self.cursor {
            request = request.header("last-event-id", cursor);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                let lost = error.without_url().to_string();
                self.retry.wait(None).await.map_err(|_| Failure::Other(lost.clone()))?;
                return Ok(Some(Told::Lost(lost)));
            }
        };
        match response.status() {
            StatusCode::OK => self.open = Some((response, EventReader::new(EVENT_MAX_BYTES))),
            StatusCode::NO_CONTENT => self.finished = true,
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                let after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
                self.retry.wait(after).await?;
                return Ok(Some(Told::Lost(format!("the server answers {status}"))));
            }
            status => {
                let body = response.bytes().await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(Value::Null);
                return Err(if body["code"].is_string() { refused(&body) } else { Failure::Other(format!("the server answers {status}")) });
            }
        }
        Ok(None)
    }
}

fn refused(error: &Value) -> Failure {
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    Failure::Other(format!("{}: {}", text("code"), text("message")))
}
