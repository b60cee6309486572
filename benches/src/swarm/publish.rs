//! Publishes sequence-numbered, time-stamped events at a fixed rate, over HTTP POST or Redis PUBLISH.
use crate::PUB_TOKEN;
use crate::args::Args;
use crate::sys::{self, Epoll, EventFlags, now_us};
use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;

const IN: EventFlags = EventFlags::IN;

#[derive(PartialEq)]
enum Kind {
    None,
    Http,
    Redis,
}

struct Link {
    fd: Option<OwnedFd>,
    out: Vec<u8>,
    sent: usize,
    input: Vec<u8>,
    waiting: u64, // replies still to come
}

pub struct Publisher {
    kind: Kind,
    host: Ipv4Addr,
    port: u16,
    authority: String,
    path: String,
    ctype: String,
    header: String,
    channel: String,
    size: usize,
    rate: f64,
    burst: u64,
    links: Vec<Link>,
    free: Vec<usize>,
    queue: VecDeque<(usize, u64, u64)>, // topic, seq, ts
    topics: usize,
    topic_base: usize,
    seqs: Vec<u64>,
    subs: Vec<u64>,
    made: u64,
    confirmed: u64,
    expected: u64,
    errors: u64,
    max_late: u64,
    start: u64,
    end: u64,
}

impl Publisher {
    pub fn new(a: &mut Args, topics: usize, topic_base: usize) -> Result<Self, String> {
        let kind = match a.str("pub", "none").as_str() {
            "http" => Kind::Http,
            "redis" => Kind::Redis,
            _ => Kind::None,
        };
        let (host, port, authority, path) = crate::url(&a.str("pub-url", "http://127.0.0.1:8080/pub/{topic}"))?;
        let n = a.num("pub-conns", 8usize)?;
        let header = a.str("pub-header", "");
        Ok(Publisher {
            links: (0..if kind == Kind::Http { n } else { 1 }).map(|_| Link { fd: None, out: vec![], sent: 0, input: vec![], waiting: 0 }).collect(),
            kind,
            host,
            port,
            authority,
            path,
            ctype: a.str("pub-type", "application/json"),
            header: if header.is_empty() { header } else { format!("{header}\r\n") },
            channel: a.str("channel", "ev:{topic}"),
            size: a.num("payload", 300)?,
            rate: a.num("rate", 10.0)?,
            burst: a.num("pub-burst", 1)?,
            free: vec![],
            queue: VecDeque::new(),
            topics,
            topic_base,
            seqs: vec![0; topics],
            subs: vec![0; topics],
            made: 0,
            confirmed: 0,
            expected: 0,
            errors: 0,
            max_late: 0,
            start: 0,
            end: 0,
        })
    }

    pub fn open(&mut self, ep: &Epoll) -> Result<(), String> {
        if self.kind == Kind::None {
            return Ok(());
        }
        for (i, l) in self.links.iter_mut().enumerate() {
            let fd = sys::connect(None, self.host, self.port, 0).map_err(|e| format!("publisher: {e}"))?;
            ep.add(&fd, PUB_TOKEN + i as u64, IN);
            l.fd = Some(fd);
            self.free.push(i);
        }
        Ok(())
    }

    pub fn subscribers(&mut self, subs: Vec<u64>) {
        self.subs = subs;
    }
    pub fn start(&mut self, start: u64, end: u64) {
        (self.start, self.end) = (start, end);
    }
    pub fn published(&self) -> u64 {
        self.made
    }
    pub fn expected(&self) -> u64 {
        self.expected
    }
    pub fn errors(&self) -> u64 {
        self.errors
    }
    pub fn max_late_us(&self) -> u64 {
        self.max_late
    }
    pub fn pending(&self) -> u64 {
        self.queue.len() as u64 + self.links.iter().map(|l| l.waiting).sum::<u64>()
    }
    pub fn done(&self) -> bool {
        self.queue.is_empty()
    }

    fn payload(&self, topic: usize, seq: u64, ts: u64) -> String {
        let mut p = format!("{{\"seq\":{seq},\"ts\":{ts},\"topic\":\"{}\",\"pad\":\"", topic + self.topic_base);
        while p.len() + 2 < self.size {
            p.push((b'a' + (p.len() % 26) as u8) as char);
        }
        p.push_str("\"}");
        p
    }

    /// Emits every event that is due; returns µs until the next. The time stamp is the *scheduled*
    /// time, so a late generator shows up as latency instead of hiding it.
    pub fn tick(&mut self, now: u64, ep: &Epoll) -> u64 {
        if self.kind == Kind::None || self.rate <= 0.0 {
            return 1_000_000;
        }
        let gap = 1e6 * self.burst as f64 / self.rate;
        loop {
            let due = self.start + ((self.made / self.burst) as f64 * gap) as u64;
            if due > now || due >= self.end {
                self.flush(ep);
                return due.saturating_sub(now).max(1);
            }
            self.max_late = self.max_late.max(now - due);
            let topic = (self.made % self.topics as u64) as usize;
            self.made += 1;
            self.seqs[topic] += 1;
            self.expected += self.subs[topic];
            self.queue.push_back((topic, self.seqs[topic], due));
        }
    }

    fn flush(&mut self, ep: &Epoll) {
        while let Some(&(topic, seq, ts)) = self.queue.front() {
            let Some(&i) = self.free.last() else { return };
            let p = self.payload(topic, seq, ts);
            let name = (topic + self.topic_base).to_string();
            let l = &mut self.links[i];
            match self.kind {
                Kind::Redis => {
                    let ch = self.channel.replace("{topic}", &name);
                    l.out.extend_from_slice(format!("*3\r\n$7\r\nPUBLISH\r\n${}\r\n{ch}\r\n${}\r\n{p}\r\n", ch.len(), p.len()).as_bytes());
                }
                _ => {
                    l.out.extend_from_slice(
                        format!(
                            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\n{}Content-Length: {}\r\n\r\n{p}",
                            self.path.replace("{topic}", &name),
                            self.authority,
                            self.ctype,
                            self.header,
                            p.len()
                        )
                        .as_bytes(),
                    );
                    self.free.pop();
                }
            }
            l.waiting += 1;
            self.queue.pop_front();
            if self.kind == Kind::Http {
                self.push(i, ep);
            }
        }
        if self.kind == Kind::Redis && !self.links[0].out.is_empty() {
            self.push(0, ep);
        }
    }

    fn push(&mut self, i: usize, ep: &Epoll) {
        let l = &mut self.links[i];
        let Some(fd) = &l.fd else { return };
        while l.sent < l.out.len() {
            match sys::send(fd, &l.out[l.sent..]) {
                Ok(n) => l.sent += n,
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => {
                    ep.modify(fd, PUB_TOKEN + i as u64, IN | EventFlags::OUT);
                    return;
                }
                Err(_) => {
                    self.errors += 1;
                    return;
                }
            }
        }
        l.out.clear();
        l.sent = 0;
    }

    pub fn ready(&mut self, i: usize, ep: &Epoll) {
        if self.links[i].sent < self.links[i].out.len() {
            if let Some(fd) = &self.links[i].fd {
                ep.modify(fd, PUB_TOKEN + i as u64, IN);
            }
            self.push(i, ep);
        }
        let mut buf = [0u8; 65536];
        let received = self.links[i].fd.as_ref().map_or(Ok(0), |fd| sys::recv(fd, &mut buf));
        let n = match received {
            Ok(0) => {
                self.reopen(i, ep);
                return;
            }
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => return,
            Err(_) => {
                self.reopen(i, ep);
                return;
            }
        };
        let l = &mut self.links[i];
        if self.kind == Kind::Redis {
            let replies = buf[..n].iter().filter(|&&b| b == b'\n').count() as u64;
            l.waiting = l.waiting.saturating_sub(replies);
            self.confirmed += replies;
            return;
        }
        l.input.extend_from_slice(&buf[..n]);
        let Some((status, _)) = reply(&l.input).filter(|(_, len)| l.input.len() >= *len) else { return };
        l.input.clear();
        l.waiting = 0;
        self.confirmed += 1;
        if !(200..300).contains(&status) {
            self.errors += 1;
            if self.errors <= 2 {
                eprintln!("publish: status {status}");
            }
        }
        self.free.push(i);
        self.flush(ep);
    }

    /// The server closed a publishing connection (nginx does after 1,000 requests): open it anew.
    fn reopen(&mut self, i: usize, ep: &Epoll) {
        let l = &mut self.links[i];
        if l.waiting > 0 {
            self.errors += 1;
        }
        *l = Link { fd: None, out: vec![], sent: 0, input: vec![], waiting: 0 };
        if now_us() > self.end + 1_000_000 {
            return;
        }
        if let Ok(fd) = sys::connect(None, self.host, self.port, 0) {
            ep.add(&fd, PUB_TOKEN + i as u64, IN);
            l.fd = Some(fd);
            if !self.free.contains(&i) {
                self.free.push(i);
            }
        }
    }
}

/// Status and whole length of a reply, once its head is complete.
fn reply(b: &[u8]) -> Option<(u32, usize)> {
    let (status, chunked, end) = crate::parse::head(b)?;
    if chunked {
        let done = b[end..].ends_with(b"0\r\n\r\n");
        return Some((status, if done { b.len() } else { usize::MAX }));
    }
    let text = String::from_utf8_lossy(&b[..end]).to_ascii_lowercase();
    let len = text.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok()).unwrap_or(0);
    Some((status, end + len))
}
