//! The floor that others are measured against: one thread, bare epoll, one send for each delivery, and nothing else.
//!
//! `floor` listens on a free port and says which. `GET /sse/TOPIC` subscribes; `POST /pub/TOPIC` sends the body to every
//! subscriber, as the data of one event in one chunk.

#[path = "swarm/sys.rs"]
#[allow(dead_code, reason = "the load client uses the rest")]
mod sys;

use std::collections::HashMap;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;
use sys::{Epoll, EventFlags};

const LISTENER: u64 = u64::MAX;
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n6\r\n: ok\n\n\r\n";
const DONE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

struct Connection {
    fd: Rc<OwnedFd>,
    request: Vec<u8>,
}

#[derive(Default)]
struct Floor {
    connections: HashMap<u64, Connection>,
    topics: HashMap<String, Vec<Rc<OwnedFd>>>,
}

fn main() -> std::io::Result<()> {
    sys::raise_nofile();
    // std's own backlog of 128 would lose connections in the storm
    let listener = rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::STREAM, None)?;
    rustix::net::bind(&listener, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    rustix::net::listen(&listener, 4096)?;
    let mut epoll = Epoll::new()?;
    epoll.add(&listener, LISTENER, EventFlags::IN);
    let listener = TcpListener::from(listener);
    listener.set_nonblocking(true)?;
    println!("listening {}", listener.local_addr()?.port());
    let mut floor = Floor::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        for (token, _) in epoll.wait(1_000_000) {
            if token == LISTENER {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true)?;
                    stream.set_nodelay(true)?;
                    let fd = Rc::new(OwnedFd::from(stream));
                    let token = u64::try_from(fd.as_raw_fd()).unwrap_or_default();
                    epoll.add(&fd, token, EventFlags::IN);
                    floor.connections.insert(token, Connection { fd, request: vec![] });
                }
            } else {
                floor.read(token, &mut buffer);
            }
        }
    }
}

impl Floor {
    fn read(&mut self, token: u64, buffer: &mut [u8]) {
        let Some(connection) = self.connections.get_mut(&token) else { return };
        match sys::recv(&connection.fd, buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
            Ok(0) | Err(_) => {
                let gone = self.connections.remove(&token).map(|connection| connection.fd);
                self.topics.values_mut().for_each(|fds| fds.retain(|fd| gone.as_ref().is_none_or(|gone| !Rc::ptr_eq(fd, gone))));
                return;
            }
            Ok(read) => connection.request.extend_from_slice(&buffer[..read]),
        }
        let Some(end) = memchr::memmem::find(&connection.request, b"\r\n\r\n").map(|at| at + 4) else { return };
        let head = String::from_utf8_lossy(&connection.request[..end]).to_ascii_lowercase();
        let path = head.split(' ').nth(1).unwrap_or_default();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
        let fd = connection.fd.clone();
        if let Some(topic) = path.strip_prefix("/sse/") {
            connection.request = vec![];
            let _ = sys::send(&fd, HEAD);
            self.topics.entry(topic.to_owned()).or_default().push(fd);
        } else if connection.request.len() >= end + length {
            let chunk = chunk(&connection.request[end..end + length]);
            connection.request.clear();
            if let Some(fds) = self.topics.get_mut(path.strip_prefix("/pub/").unwrap_or_default()) {
                fds.retain(|fd| sys::send(fd, &chunk).is_ok_and(|sent| sent == chunk.len()));
            }
            let _ = sys::send(&fd, DONE);
        }
    }
}

fn chunk(data: &[u8]) -> Vec<u8> {
    let mut chunk = Vec::new();
    let _ = write!(chunk, "{:x}\r\ndata: ", data.len() + 8);
    chunk.extend_from_slice(data);
    chunk.extend_from_slice(b"\n\n\r\n");
    chunk
}
