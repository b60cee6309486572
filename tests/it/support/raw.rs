//! A client over a bare TCP connection: it reads when the test says and as much as it says, and sends any bytes.

use super::Client;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// Headers of an opening handshake.
pub const UPGRADE: &str = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

pub struct Raw(pub TcpStream);

impl Raw {
    /// Asks for a path with these header lines; the kernel keeps about so many bytes that are not read.
    pub async fn get(client: &Client, path: &str, headers: &str, receive_buffer: u32) -> Self {
        Self::send(client, &format!("GET {path} HTTP/1.1\r\nhost: x\r\n{headers}\r\n"), receive_buffer).await
    }

    /// Sends these bytes.
    pub async fn send(client: &Client, head: &str, receive_buffer: u32) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // before it is connected, or the window is larger already
        socket.set_recv_buffer_size(receive_buffer).unwrap();
        let address: SocketAddr = client.api.trim_start_matches("http://").parse().unwrap();
        let mut socket = socket.connect(address).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        Self(socket)
    }

    /// What is there, at most so much; nothing when the peer has closed or reset the connection.
    pub async fn some(&mut self, at_most: usize) -> Vec<u8> {
        let mut bytes = vec![0; at_most];
        let read = tokio::time::timeout(Duration::from_secs(60), self.0.read(&mut bytes)).await.expect("a connection went silent");
        bytes.truncate(read.unwrap_or(0));
        bytes
    }

    pub async fn rest(&mut self) -> Vec<u8> {
        let mut rest = vec![];
        loop {
            match self.some(1 << 16).await {
                some if some.is_empty() => return rest,
                some => rest.extend(some),
            }
        }
    }
}

/// The body of a chunked answer; none when it was cut.
pub fn body(answer: &[u8]) -> Option<Vec<u8>> {
    let (mut rest, mut body) = (after_line(answer, b"\r\n\r\n")?.1, vec![]);
    loop {
        let (size, chunk) = after_line(rest, b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(chunk.get(..size)?);
        rest = chunk.get(size + 2..)?;
    }
}

fn after_line<'a>(bytes: &'a [u8], end: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(end.len()).position(|window| window == end)?;
    Some((&bytes[..at], &bytes[at + end.len()..]))
}

/// A WebSocket frame as a client sends it, its first byte as given. The mask is of zeros, which is one.
pub fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len() as u64;
    let mut frame = vec![first];
    match length {
        0..=125 => frame.push(0x80 | length as u8),
        126..=0xffff => frame.extend([&[0x80 | 126], &(length as u16).to_be_bytes()[..]].concat()),
        _ => frame.extend([&[0x80 | 127], &length.to_be_bytes()[..]].concat()),
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
