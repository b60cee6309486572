//! The subscribers: connections from their first SYN to their last event, each delivery checked.

use crate::hist::Hist;
use crate::sys::{Epoll, EventFlags, now_us};
use crate::{parse, sys};
use memchr::memmem::Finder;
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;

const IN: EventFlags = EventFlags::IN.union(EventFlags::RDHUP);

#[derive(Clone, Copy, PartialEq)]
pub enum State {
    Connecting,
    Head,
    Live,
    Stalled,
    Dead,
}

pub struct Conn {
    pub fd: Option<OwnedFd>,
    pub topic: u32,
    pub state: State,
    pub chunked: bool,
    pub chunk: parse::Chunk,
    pub last: u64,
    pub carry: Vec<u8>,
}

pub struct Cfg {
    pub host: Ipv4Addr,
    pub port: u16,
    pub authority: String,
    pub path: String,
    pub ws: bool,
    pub ws_send: String,
    pub header: String,
    pub conns: usize,
    pub topics: usize,
    pub topic_base: usize,
    pub stall: usize,
    pub rcvbuf: usize,
    pub targets: Vec<(String, String)>,
    /// Microseconds that one of the time stamp's units has.
    pub ts_unit: u64,
    /// What came before is not counted.
    pub first_seq: u64,
    pub burst: usize,
    pub srcs: usize,
}

impl Cfg {
    /// The path to ask for, and what to say first on a WebSocket.
    fn target(&self, topic: u32) -> (String, String) {
        let named = |text: &str| text.replace("{topic}", &topic.to_string());
        self.targets.get(topic as usize - self.topic_base).cloned().unwrap_or_else(|| (named(&self.path), named(&self.ws_send)))
    }
}

pub struct Counters {
    pub live: usize,
    pub failed: u64,
    pub dropped: u64,
    pub stalled_dropped: u64,
    pub events: u64,
    pub missed: u64,
    pub dup: u64,
    pub unordered: u64,
    pub bytes: u64,
    pub reads: u64,
    pub first_us: u64,
    pub last_us: u64,
    pub hist: Hist,
    pub measure_from: u64,
}

pub struct Swarm {
    pub cfg: Cfg,
    pub ep: Epoll,
    pub conns: Vec<Conn>,
    pub next: usize,
    pub opening: usize,
    pub c: Counters,
    pub buf: Vec<u8>,
    pub seq: Finder<'static>,
    pub ts: Finder<'static>,
}

impl Swarm {
    pub fn open_some(&mut self) {
        while self.opening < self.cfg.burst && self.next < self.cfg.conns {
            let i = self.next;
            self.next += 1;
            let src = match self.cfg.srcs {
                0 => None,
                n => Some(Ipv4Addr::new(127, 0, 1, 1 + (i % n) as u8)),
            };
            let stalled = i < self.cfg.stall;
            let rcvbuf = if stalled { self.cfg.rcvbuf } else { 0 };
            let topic = (self.cfg.topic_base + i % self.cfg.topics) as u32;
            let mut conn = Conn { fd: None, topic, state: State::Dead, chunked: false, chunk: parse::Chunk::Size(0), last: 0, carry: Vec::new() };
            match sys::connect(src, self.cfg.host, self.cfg.port, rcvbuf) {
                Ok(fd) => {
                    self.ep.add(&fd, i as u64, EventFlags::OUT);
                    conn.fd = Some(fd);
                    conn.state = State::Connecting;
                    self.opening += 1;
                }
                Err(e) => {
                    if self.c.failed == 0 {
                        eprintln!("connect: {e}");
                    }
                    self.c.failed += 1;
                }
            }
            self.conns.push(conn);
        }
    }

    fn fail(&mut self, i: usize, why: &str) {
        let c = &mut self.conns[i];
        match c.state {
            State::Connecting | State::Head => {
                self.opening -= 1;
                self.c.failed += 1;
            }
            State::Live => {
                self.c.dropped += 1;
                self.c.live -= 1;
            }
            State::Stalled => self.c.stalled_dropped += 1,
            State::Dead => return,
        }
        if self.c.failed + self.c.dropped <= 3 {
            eprintln!("connection {i}: {why}");
        }
        c.fd = None;
        c.state = State::Dead;
    }

    pub fn ready(&mut self, i: usize, events: EventFlags) {
        match self.conns[i].state {
            State::Connecting => {
                let c = &mut self.conns[i];
                let Some(fd) = &c.fd else { return };
                if let Err(error) = sys::connected(fd) {
                    return self.fail(i, &format!("connect: {error}"));
                }
                let path = self.cfg.target(c.topic).0;
                let kind = if self.cfg.ws {
                    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                } else {
                    "Accept: text/event-stream\r\n"
                };
                let req = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{kind}{}\r\n", self.cfg.authority, self.cfg.header);
                c.state = State::Head;
                if sys::send(fd, req.as_bytes()).is_ok_and(|n| n == req.len()) {
                    self.ep.modify(fd, i as u64, IN);
                } else {
                    self.fail(i, "request not sent");
                }
            }
            State::Dead => {}
            State::Stalled => {
                if events.intersects(EventFlags::HUP | EventFlags::ERR | EventFlags::RDHUP) {
                    self.fail(i, "stalled connection closed by the server");
                }
            }
            State::Head | State::Live => self.read(i),
        }
    }

    fn read(&mut self, i: usize) {
        let mut buf = std::mem::take(&mut self.buf);
        let mut why = None;
        let received = self.conns[i].fd.as_ref().map_or(Ok(0), |fd| sys::recv(fd, &mut buf));
        let n = match received {
            Ok(0) => {
                why = Some("end of stream".to_string());
                0
            }
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => 0,
            Err(e) => {
                why = Some(e.to_string());
                0
            }
        };
        if n > 0 {
            self.c.reads += 1;
            self.c.bytes += n as u64;
            let mut data = &buf[..n];
            let owned;
            if self.conns[i].state == State::Head {
                let c = &mut self.conns[i];
                c.carry.extend_from_slice(data);
                data = &[];
                if let Some((status, chunked, end)) = parse::head(&c.carry) {
                    if status == if self.cfg.ws { 101 } else { 200 } {
                        owned = c.carry.split_off(end);
                        data = &owned;
                        c.carry = Vec::new();
                        c.chunked = chunked;
                        c.state = State::Live;
                        self.opening -= 1;
                        self.c.live += 1;
                        let hello = self.cfg.target(c.topic).1;
                        if let Some(fd) = c.fd.as_ref().filter(|_| self.cfg.ws && !hello.is_empty()) {
                            let _ = sys::send(fd, &parse::ws_frame(1, hello.as_bytes()));
                        }
                        if i < self.cfg.stall {
                            c.state = State::Stalled;
                            self.c.live -= 1;
                            if let Some(fd) = &c.fd {
                                self.ep.modify(fd, i as u64, EventFlags::RDHUP);
                            }
                        }
                    } else {
                        why = Some(format!("status {status}"));
                    }
                }
            }
            if !data.is_empty() && self.conns[i].state == State::Live {
                self.body(i, data);
            }
        }
        self.buf = buf;
        if let Some(w) = why {
            self.fail(i, &w);
        }
    }

    fn body(&mut self, i: usize, data: &[u8]) {
        let now = now_us();
        let (c, k, seq, ts) = (&mut self.conns[i], &mut self.c, &self.seq, &self.ts);
        let (last, carry, chunk, fd) = (&mut c.last, &mut c.carry, &mut c.chunk, &c.fd);
        let (unit, first_seq, measure_from) = (self.cfg.ts_unit, self.cfg.first_seq, k.measure_from);
        let mut event = |line: &[u8]| {
            let Some(s) = parse::field(line, seq).filter(|s| *s >= first_seq) else { return };
            k.events += 1;
            if *last != 0 {
                if s == *last {
                    k.dup += 1;
                } else if s < *last {
                    k.unordered += 1;
                } else {
                    k.missed += s - *last - 1;
                }
            }
            *last = (*last).max(s);
            k.last_us = now;
            if k.first_us == 0 {
                k.first_us = now;
            }
            if let Some(t) = parse::field(line, ts).map(|t| t * unit).filter(|t| *t >= measure_from) {
                k.hist.add(now.saturating_sub(t));
            }
        };
        if self.cfg.ws {
            parse::frames(carry, data, |op, p| match op {
                1 | 2 => event(p),
                9 => {
                    let _ = fd.as_ref().map(|fd| sys::send(fd, &parse::ws_frame(10, p)));
                }
                _ => {}
            });
        } else {
            let mut line = |l: &[u8]| {
                if l.starts_with(b"data:") {
                    event(l);
                }
            };
            if c.chunked {
                parse::dechunk(chunk, data, |d| parse::lines(carry, d, &mut line));
            } else {
                parse::lines(carry, data, &mut line);
            }
        }
    }
}
