//! A server that speaks the protocols of code generation, and misbehaves as it is told.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// A part of an answer's body.
#[derive(Debug, Clone)]
pub enum Piece {
    /// A chunk.
    Bytes(Vec<u8>),
    /// Nothing, for a while.
    Pause(Duration),
    /// Nothing more, until the client closes.
    Stall,
    /// The connection is reset.
    Reset,
    /// The connection ends in the middle of the body.
    Cut,
}

/// An answer: pieces after a head.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub pieces: Vec<Piece>,
}

/// What the server was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

pub struct FakeProvider {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    closed: Arc<Semaphore>,
    task: JoinHandle<()>,
}

impl FakeProvider {
    /// Answers request by request; the last answer is for all that follow.
    pub async fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, closed) = (Arc::new(Mutex::new(vec![])), Arc::new(Semaphore::new(0)));
        let (seen, ends) = (asked.clone(), closed.clone());
        let task = tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (answers, seen, ends) = (answers.clone(), seen.clone(), ends.clone());
                tokio::spawn(async move { serve(socket, &answers, &seen, &ends).await });
            }
        });
        Self { url, asked, closed, task }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Waits until the client has closed a connection that stalls.
    pub async fn closed(&self) {
        tokio::time::timeout(Duration::from_secs(30), self.closed.acquire()).await.expect("the client keeps its connection").unwrap().forget();
    }
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Answer {
    /// A stream of these bytes, in one piece.
    pub fn stream(text: impl Into<Vec<u8>>) -> Self {
        Self::pieces(vec![Piece::Bytes(text.into())])
    }

    pub fn pieces(pieces: Vec<Piece>) -> Self {
        Self { status: 200, headers: vec![("content-type", "text/event-stream".into())], pieces }
    }

    /// A refusal with an error in the providers' shape.
    pub fn refusal(status: u16, headers: &[(&'static str, &str)]) -> Self {
        let body = json!({"type": "error", "error": {"type": "some_error", "message": "a sentence"}}).to_string();
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { status, headers, pieces: vec![Piece::Bytes(body.into())] }
    }

    pub fn then(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }
}

/// A text as a stream of the Messages API or of Chat Completions, a few characters an event, without its end.
pub fn begun(protocol: &str, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let parts = letters.chunks(200).map(|part| part.iter().collect::<String>());
    if protocol == "anthropic" {
        let event = |value: Value| format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap());
        let head = [json!({"type": "message_start", "message": {"usage": {"input_tokens": 11}}}), json!({"type": "ping"})];
        let deltas = parts.map(|part| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": part}}));
        head.into_iter().chain(deltas).map(event).collect()
    } else {
        let first = json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}]});
        let deltas = parts.map(|part| json!({"choices": [{"index": 0, "delta": {"content": part}, "finish_reason": null}]}));
        std::iter::once(first).chain(deltas).map(|value| format!("data: {value}\n\n")).collect()
    }
}

/// The end of such a stream, for this reason.
pub fn ended(protocol: &str, reason: &str) -> String {
    if protocol == "anthropic" {
        let delta = json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 22}});
        format!("event: message_delta\ndata: {delta}\n\nevent: message_stop\ndata: {}\n\n", json!({"type": "message_stop"}))
    } else {
        let last = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]});
        let usage = json!({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 22}});
        format!("data: {last}\n\ndata: {usage}\n\ndata: [DONE]\n\n")
    }
}

/// A whole stream that ends well.
pub fn whole(protocol: &str, text: &str) -> String {
    format!("{}{}", begun(protocol, text), ended(protocol, if protocol == "anthropic" { "end_turn" } else { "stop" }))
}

async fn serve(mut socket: TcpStream, answers: &[Answer], seen: &Mutex<Vec<Asked>>, ends: &Semaphore) {
    let Some(asked) = read(&mut socket).await else { return };
    let answer = {
        let mut seen = seen.lock().unwrap();
        seen.push(asked);
        answers[(seen.len() - 1).min(answers.len() - 1)].clone()
    };
    let headers: String = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("HTTP/1.1 {} X\r\n{headers}transfer-encoding: chunked\r\nconnection: close\r\n\r\n", answer.status);
    // a head that never comes: the first piece stalls before it
    let mut head = Some(head.into_bytes());
    for piece in answer.pieces {
        match piece {
            Piece::Bytes(bytes) => {
                let mut chunk = head.take().unwrap_or_default();
                chunk.extend(format!("{:x}\r\n", bytes.len()).bytes().chain(bytes).chain(*b"\r\n"));
                if socket.write_all(&chunk).await.is_err() {
                    return;
                }
            }
            Piece::Pause(time) => tokio::time::sleep(time).await,
            Piece::Stall => {
                while socket.read(&mut [0; 64]).await.is_ok_and(|read| read > 0) {}
                ends.add_permits(1);
                return;
            }
            Piece::Reset => {
                socket.set_zero_linger().unwrap();
                return;
            }
            Piece::Cut => return,
        }
    }
    let mut end = head.take().unwrap_or_default();
    end.extend(b"0\r\n\r\n");
    let _ = socket.write_all(&end).await;
}

async fn read(socket: &mut TcpStream) -> Option<Asked> {
    let (mut bytes, mut buffer) = (vec![], vec![0; 1 << 16]);
    loop {
        let read = socket.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let headers: BTreeMap<String, String> =
            head.lines().skip(1).filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        let length: usize = headers["content-length"].parse().unwrap();
        if bytes.len() < end + 4 + length {
            continue;
        }
        let path = head.split(' ').nth(1).unwrap().to_owned();
        return Some(Asked { path, headers, body: serde_json::from_slice(&bytes[end + 4..]).unwrap() });
    }
}
