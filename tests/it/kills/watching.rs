//! Watchers that outlast kills: a stream that is cut goes on after the last event that was seen, wherever its server is now.

use crate::support::Client;
use crate::support::client::Events;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How long a stream may bring nothing new before that is a fault.
const SILENCE: Duration = Duration::from_secs(90);
/// Between two tries to reach a server that is away.
const RETRY: Duration = Duration::from_millis(20);

/// An event as a watcher saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub cursor: String,
    pub data: String,
}

/// A stream, and what was seen of it so far.
#[derive(Debug)]
pub struct Watching {
    pub seen: Vec<Seen>,
    /// Times that it was cut while it was open.
    pub cuts: usize,
    path: String,
    token: watch::Receiver<String>,
    news: Instant,
}

/// Why a stream is over.
enum Over {
    /// Its last event was seen.
    Ended,
    /// It was cut, or can't be opened now.
    Cut,
}

/// Whether an answer is that of another test's server, which has the port while ours is away: it knows neither our secret
/// nor, where it asks for none, what we ask for.
pub fn is_strangers(status: StatusCode, body: &Value) -> bool {
    let ours = ["build", "project"].contains(&body["params"]["resource"].as_str().unwrap_or_default());
    status == StatusCode::UNAUTHORIZED || status == StatusCode::NOT_FOUND && !ours
}

impl Watching {
    pub fn new(path: String, token: watch::Receiver<String>) -> Self {
        Self { seen: vec![], cuts: 0, path, token, news: Instant::now() }
    }

    /// Watches until the last event was seen, or until it is told to stop; says what was wrong.
    pub async fn run(&mut self, clients: &watch::Receiver<Client>, stop: &CancellationToken) -> Result<(), String> {
        self.news = Instant::now();
        loop {
            let client = clients.borrow().clone();
            let over = tokio::select! {
                over = self.listen(&client) => over?,
                () = stop.cancelled() => return Ok(()),
            };
            match over {
                Over::Ended => return Ok(()),
                Over::Cut if self.news.elapsed() > SILENCE => return Err(format!("{}: nothing new for {SILENCE:?}", self.path)),
                Over::Cut => {}
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn listen(&mut self, client: &Client) -> Result<Over, String> {
        let mut request = client.bare(Method::GET, &self.path).bearer_auth(self.token.borrow().as_str());
        if let Some(last) = self.seen.last() {
            request = request.header("last-event-id", &last.cursor);
        }
        let Ok(response) = request.send().await else { return Ok(Over::Cut) };
        match response.status() {
            StatusCode::OK => {}
            StatusCode::SERVICE_UNAVAILABLE => return Ok(Over::Cut),
            // the cut came just behind the last event
            StatusCode::NO_CONTENT if self.ended() => return Ok(Over::Ended),
            status if is_strangers(status, &response.json().await.unwrap_or_default()) => return Ok(Over::Cut),
            status => return Err(format!("{} answers {status} after {:?}", self.path, self.seen.last())),
        }
        let mut events = Events::of(response);
        loop {
            match events.try_next().await {
                Err(_) => {
                    self.cuts += 1;
                    return Ok(Over::Cut);
                }
                Ok(None) if self.ended() => return Ok(Over::Ended),
                Ok(None) => return Err(format!("{} ended before its last event: {:?}", self.path, self.seen.last())),
                Ok(Some(frame)) => self.see(frame.id, frame.data)?,
            }
        }
    }

    fn see(&mut self, cursor: Option<String>, data: Option<String>) -> Result<(), String> {
        let data = data.unwrap_or_default();
        let Some(cursor) = cursor else {
            // what was told is in the log for ever: no cursor can be strange to it
            return if data.contains("\"reset\"") { Err(format!("{}: {data} after {:?}", self.path, self.seen.last())) } else { Ok(()) };
        };
        let place = |cursor: &str| cursor.split('-').next().and_then(|place| place.parse::<usize>().ok());
        if place(&cursor) != Some(self.seen.len() + 1) {
            return Err(format!("{}: {cursor} comes after {:?}", self.path, self.seen.last()));
        }
        self.news = Instant::now();
        self.seen.push(Seen { cursor, data });
        Ok(())
    }

    /// Whether the last event was seen: of a build's stream, a project's has none.
    fn ended(&self) -> bool {
        let of_build = self.path.starts_with("/v1/builds/");
        of_build && self.seen.last().is_some_and(|last| serde_json::from_str::<Value>(&last.data).unwrap()["finished"] == true)
    }
}
