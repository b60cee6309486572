//! The least HTTP client: signed requests over connections that are kept, one at a time on each.

use buildcast::domain::signature::{SignedRequest, header, sign_v2};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use serde_json::Value;
use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The secret that server and requests share.
pub const SECRET: &str = "a-secret-that-only-the-benchmark-knows";

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its method.
    pub method: &'static str,
    /// Path with query.
    pub path: String,
    /// JSON, or nothing.
    pub body: String,
    /// What `Accept` says.
    pub accept: &'static str,
}

/// Connections to one server.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    idle: Rc<RefCell<Vec<TcpStream>>>,
}

impl Request {
    /// A GET.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), body: String::new(), accept: "*/*" }
    }

    /// A POST of JSON.
    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { method: "POST", path: path.into(), body: body.to_string(), accept: "*/*" }
    }

    fn bytes(&self) -> Vec<u8> {
        let Self { method, path, body, accept } = self;
        let (timestamp, nonce) = (SystemClock.now_ms().to_string(), SystemClock.new_id());
        let signed = SignedRequest { method, path_and_query: path, body: body.as_bytes() };
        let signature = sign_v2(SECRET.as_bytes(), signed, &timestamp, &nonce);
        let (t, n, s) = (header::TIMESTAMP, header::NONCE, header::V2);
        let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\n{t}: {timestamp}\r\n{n}: {nonce}\r\n{s}: {signature}\r\n{kind}content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

impl Client {
    /// Connections to this address; none is open yet.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, idle: Rc::default() }
    }

    /// Status and whole body of the answer.
    pub async fn ask(&self, request: &Request) -> io::Result<(u16, Vec<u8>)> {
        let idle = self.idle.borrow_mut().pop();
        let mut stream = match idle {
            Some(stream) => stream,
            None => TcpStream::connect(self.address).await?,
        };
        stream.set_nodelay(true)?;
        stream.write_all(&request.bytes()).await?;
        let (status, body) = read(&mut stream, request.method == "HEAD").await?;
        self.idle.borrow_mut().push(stream);
        Ok((status, body))
    }

    /// The JSON of an answer that is no failure.
    pub async fn json(&self, request: &Request) -> Value {
        let (status, body) = self.ask(request).await.expect("the server answers");
        assert!(status < 300, "{} {}: {status} {}", request.method, request.path, String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).expect("it is JSON")
    }
}

async fn read(stream: &mut TcpStream, bodiless: bool) -> io::Result<(u16, Vec<u8>)> {
    let mut read = Vec::with_capacity(16 << 10);
    loop {
        if stream.read_buf(&mut read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some(end) = memchr::memmem::find(&read, b"\r\n\r\n").map(|at| at + 4) else { continue };
        let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        let whole = match length {
            _ if bodiless || status == 204 || status == 304 => true,
            Some(length) => read.len() >= end + length,
            None => read.ends_with(b"\r\n0\r\n\r\n"),
        };
        if whole {
            return Ok((status, read.split_off(end)));
        }
    }
}
