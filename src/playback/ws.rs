//! The WebSocket: many streams over one, each with its own script.

use super::Playback;
use super::answer::{error_body, problem_of};
use super::connection::{Outcome, open};
use super::steps::{Gone, Voice, play};
use crate::domain::catalogue::LOCALES;
use crate::domain::cursor::Cursor;
use crate::domain::frame::{ResetReason, socket_event_frame};
use crate::domain::locale::{LocaleHints, negotiate};
use crate::domain::problem::{ErrorBody, Problem};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::task::AbortOnDropHandle;

/// Bytes of a client's frame at most.
const FRAME_MAX_BYTES: usize = 64 << 10;
const WAITING: usize = 16;
/// How long a client may take to answer a close.
const CLOSING: Duration = Duration::from_secs(2);
/// Refusals before a socket is closed, as on a server.
const REFUSALS_MAX: u32 = 5;
/// A socket that stalls is let go after so long.
const STALLED: Duration = Duration::from_secs(600);

/// What is to leave.
enum Out {
    Text(String),
    /// Half of a text, and the end.
    Half(String),
    /// Nothing more, and no answer either.
    Stall,
    Ping,
    Close,
}

/// Converses on a socket that was upgraded.
pub(super) async fn converse(playback: Arc<Playback>, upgrade: OnUpgrade, locale: &'static str, query: Vec<(String, String)>) {
    let Ok(upgraded) = upgrade.await else { return };
    let config = WebSocketConfig::default().max_message_size(Some(FRAME_MAX_BYTES)).max_frame_size(Some(FRAME_MAX_BYTES));
    let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    let (sender, mut leaving) = mpsc::channel(WAITING);
    let mut session = Session { playback, sender, locale, query, streams: HashMap::new(), refusals: 0 };
    let hello = json!({"type": "connection", "status": "connected", "locale": locale});
    if socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            out = leaving.recv() => match out {
                Some(Out::Text(text)) => {
                    if socket.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
                Some(Out::Half(text)) => return break_off(socket, &text).await,
                // not even a ping is read: to the client it is as if the machine were gone
                Some(Out::Stall) => return sleep(STALLED).await,
                Some(Out::Ping) => {
                    if socket.send(Message::Ping(Bytes::new())).await.is_err() {
                        return;
                    }
                }
                Some(Out::Close) => return close(socket, CloseCode::Away).await,
                None => return,
            },
            said = socket.next() => match said {
                Some(Ok(Message::Text(text))) => {
                    for answer in session.heard(&text) {
                        if socket.send(Message::text(answer.to_string())).await.is_err() {
                            return;
                        }
                    }
                    if session.refusals >= REFUSALS_MAX {
                        return close(socket, CloseCode::Policy).await;
                    }
                }
                Some(Err(Error::Capacity(_))) => return close(socket, CloseCode::Size).await,
                Some(Err(Error::Utf8(_))) => return close(socket, CloseCode::Invalid).await,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            }
        }
    }
}

async fn close<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(mut socket: WebSocketStream<S>, code: CloseCode) {
    let _ = socket.close(Some(CloseFrame { code, reason: "".into() })).await;
    // what the client has said meanwhile is read: unread bytes would take the close frame from it
    let _ = tokio::time::timeout(CLOSING, async { while let Some(Ok(_)) = socket.next().await {} }).await;
}

/// A frame that says it is longer than what comes of it.
async fn break_off<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(mut socket: WebSocketStream<S>, text: &str) {
    let mut bytes = vec![0x81];
    match u16::try_from(text.len()) {
        Ok(short) if short < 126 => bytes.push(short as u8),
        Ok(medium) => {
            bytes.push(126);
            bytes.extend(medium.to_be_bytes());
        }
        Err(_) => {
            bytes.push(127);
            bytes.extend((text.len() as u64).to_be_bytes());
        }
    }
    bytes.extend(&text.as_bytes()[..text.len() / 2]);
    let _ = socket.get_mut().write_all(&bytes).await;
    let _ = socket.get_mut().flush().await;
}

struct Session {
    playback: Arc<Playback>,
    sender: mpsc::Sender<Out>,
    locale: &'static str,
    query: Vec<(String, String)>,
    streams: HashMap<String, AbortOnDropHandle<()>>,
    /// Frames that were none.
    refusals: u32,
}

impl Session {
    /// Takes a client's frame in, and says what it is answered at once.
    fn heard(&mut self, text: &str) -> Vec<Value> {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        let word = |name: &str| frame[name].as_str().unwrap_or_default();
        let stream = word("stream");
        match word("type") {
            "ping" => vec![json!({"type": "pong"})],
            "set_locale" => {
                self.locale = negotiate(LocaleHints { query: Some(word("locale")), ..LocaleHints::default() }, LOCALES);
                vec![json!({"type": "locale", "locale": self.locale})]
            }
            "unsubscribe" => {
                self.streams.remove(stream);
                vec![json!({"type": "unsubscribed", "stream": stream})]
            }
            "subscribe" => self.subscribe(stream, word("cursor")),
            _ => {
                self.refusals += 1;
                vec![self.refused(None, &Problem::invalid("type", "unknown_type"))]
            }
        }
    }

    fn subscribe(&mut self, stream: &str, cursor: &str) -> Vec<Value> {
        self.streams.retain(|_, task| !task.is_finished());
        if self.streams.contains_key(stream) {
            return vec![self.refused(Some(stream), &Problem::invalid("stream", "duplicate"))];
        }
        let opening = match open(&self.playback, stream, cursor, "cursor", &self.query) {
            Outcome::Open(opening) => opening,
            Outcome::Ended => return vec![json!({"type": "subscribed", "stream": stream}), json!({"type": "end", "stream": stream})],
            Outcome::Refused(problem) => return vec![self.refused(Some(stream), &problem)],
            Outcome::Status(status) => return vec![self.refused(Some(stream), &problem_of(status).unwrap_or_else(|| Problem::unavailable(1)))],
        };
        let mut said = Said { sender: self.sender.clone(), stream: stream.to_owned() };
        let (locale, at_once, now_ms) = (self.locale, self.playback.speed == 0.0, self.playback.now_ms);
        let slow_start = Duration::from_millis(opening.faults.slow_start_ms);
        let task = tokio::spawn(async move {
            sleep(slow_start).await;
            let _ = said.frame(json!({"type": "subscribed", "stream": said.stream})).await;
            let _ = play(&opening, &mut said, locale, at_once, now_ms).await;
        });
        self.streams.insert(stream.to_owned(), AbortOnDropHandle::new(task));
        vec![]
    }

    fn refused(&self, stream: Option<&str>, problem: &Problem) -> Value {
        error_frame(stream, error_body(problem, self.locale, (self.playback.now_ms)()))
    }
}

fn error_frame(stream: Option<&str>, body: ErrorBody) -> Value {
    let mut frame = serde_json::to_value(body).unwrap_or_default();
    frame["type"] = "error".into();
    if let Some(stream) = stream {
        frame["stream"] = stream.into();
    }
    frame
}

struct Said {
    sender: mpsc::Sender<Out>,
    stream: String,
}

impl Said {
    async fn say(&self, out: Out) -> Result<(), Gone> {
        self.sender.send(out).await.map_err(|_| Gone)
    }

    async fn frame(&self, frame: Value) -> Result<(), Gone> {
        self.say(Out::Text(frame.to_string())).await
    }

    fn text(&self, cursor: &str, body: &str) -> String {
        Cursor::parse(cursor).ok().flatten().map(|cursor| socket_event_frame(&self.stream, &cursor, body)).unwrap_or_default()
    }
}

impl Voice for Said {
    async fn live(&mut self) -> Result<(), Gone> {
        self.frame(json!({"type": "live", "stream": self.stream})).await
    }

    async fn reset(&mut self, reason: ResetReason) -> Result<(), Gone> {
        self.frame(json!({"type": "reset", "stream": self.stream, "reason": reason})).await
    }

    async fn event(&mut self, cursor: &str, body: &str) -> Result<(), Gone> {
        self.say(Out::Text(self.text(cursor, body))).await
    }

    async fn half(&mut self, cursor: &str, body: &str) -> Result<(), Gone> {
        self.say(Out::Half(self.text(cursor, body))).await
    }

    async fn error(&mut self, body: ErrorBody) -> Result<(), Gone> {
        self.frame(error_frame(Some(&self.stream), body)).await
    }

    async fn heartbeat(&mut self) -> Result<(), Gone> {
        self.say(Out::Ping).await
    }

    async fn over(&mut self) -> Result<(), Gone> {
        self.frame(json!({"type": "end", "stream": self.stream})).await
    }

    async fn stall(&mut self) -> Result<(), Gone> {
        self.say(Out::Stall).await
    }

    async fn end(&mut self) -> Result<(), Gone> {
        self.say(Out::Close).await
    }
}
