//! Readers that read slowly, or not at all: what they cost, and what they and the others get.

use super::support::client::Events;
use super::support::process::ServerProcess;
use super::support::publisher::{Publisher, RunningBuild};
use super::support::raw::{Raw, UPGRADE, body, masked};
use super::support::server::SECRET;
use super::support::socket::{Socket, same, stream_of};
use super::support::{Client, Frame, Postgres, Redis, TestServer};
use reqwest::StatusCode;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

/// What a client's kernel keeps that is not read: about so many bytes.
const RECEIVE_BUFFER: u32 = 4096;
/// Clients that never read, over each transport, that come before the flood, and as many that come after it.
const DEAF: usize = 5;
/// Events of the flood, and bytes of text in each: 4 MB in all.
const FLOOD: (usize, usize) = (8000, 100);

/// Opens a build's stream with a small receive buffer, and reads nothing.
async fn over_sse(client: &Client, build: &RunningBuild) -> Raw {
    let headers = format!("authorization: Bearer {}\r\nconnection: close\r\n", build.token());
    Raw::get(client, &format!("/v1/builds/{}/events", build.id()), &headers, RECEIVE_BUFFER).await
}

/// The same over a WebSocket.
async fn over_socket(client: &Client, build: &RunningBuild) -> Raw {
    let mut raw = Raw::get(client, "/v1/ws", UPGRADE, RECEIVE_BUFFER).await;
    let frame = json!({"type": "subscribe", "stream": stream_of(&build.build), "token": build.token()});
    raw.0.write_all(&masked(0x81, frame.to_string().as_bytes())).await.unwrap();
    raw
}

async fn deaf(client: &Client, build: &RunningBuild) -> Vec<Raw> {
    let mut deaf = vec![];
    for _ in 0..DEAF {
        deaf.extend([over_sse(client, build).await, over_socket(client, build).await]);
    }
    deaf
}

fn only_events(frames: Vec<Frame>) -> Vec<Frame> {
    frames.into_iter().filter(|frame| frame.id.is_some()).collect()
}

/// A server's connections as the kernel sees them, those included that the process has closed and whose peer has not taken
/// everything yet: how many, and how many bytes wait.
fn connections(client: &Client) -> (usize, usize) {
    let local = format!(":{:04X}", client.api.rsplit_once(':').unwrap().1.parse::<u16>().unwrap());
    let (mut count, mut unsent) = (0, 0);
    for line in std::fs::read_to_string("/proc/net/tcp").unwrap().lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        // 0A is the listener itself, 06 a connection that is over
        if fields[1].ends_with(&local) && !["0A", "06"].contains(&fields[3]) {
            count += 1;
            unsent += usize::from_str_radix(fields[4].split_once(':').unwrap().0, 16).unwrap();
        }
    }
    (count, unsent)
}

/// Kilobytes of memory of a process, as `VmRSS` or at its peak as `VmHWM`.
fn memory_kb(process: &ServerProcess, field: &str) -> i64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Pages in all TCP buffers of the machine: other tests' and other programs' too, so it is only told.
fn tcp_pages() -> i64 {
    let sockets = std::fs::read_to_string("/proc/net/sockstat").unwrap();
    sockets.lines().find(|line| line.starts_with("TCP:")).unwrap().rsplit_once(' ').unwrap().1.parse().unwrap()
}

/// A server of its own process, on a build that the test drives.
struct Flooded {
    running: RunningBuild,
    node: ServerProcess,
    _behind: (Postgres, Redis, tempfile::TempDir),
}

impl Flooded {
    async fn start() -> Self {
        let (postgres, redis, folder) = (Postgres::start(), Redis::start(), tempfile::tempdir().unwrap());
        let running = Publisher::start(&postgres.url(), Some(&redis.url())).await.build("u", None).await;
        let (database, bus, streams) = (postgres.url(), redis.url(), (3 + 4 * DEAF).to_string());
        let settings = [
            ("DATABASE_URL", database.as_str()),
            ("REDIS_URL", &bus),
            ("WORKER_SHARED_SECRET", SECRET),
            ("BUILDCAST_NODE_ROLE", "api,preview"),
            ("BUILDCAST_STREAM_STALL_SECONDS", "2"),
            ("BUILDCAST_STREAMS_PER_TOKEN", &streams),
        ];
        Self { running, node: ServerProcess::start(folder.path(), &settings), _behind: (postgres, redis, folder) }
    }

    /// Kilobytes that the server grows by at most while three clients read a flood, and others do not.
    async fn growth_kb(&self, with_deaf: bool) -> i64 {
        let (client, build) = (&self.node.client, &self.running.build);
        let stream = stream_of(build);
        let mut readers = vec![];
        for _ in 0..2 {
            let mut events = Events::of(client.open(build, None).await);
            readers.push(tokio::spawn(async move { events.rest().await }));
        }
        let mut socket = Socket::listen(client, build, None).await;
        let told = tokio::spawn(async move { socket.events(&stream).await });
        let (before_kb, pages, others) = (memory_kb(&self.node, "VmRSS"), tcp_pages(), connections(client).0);
        let mut silent = if with_deaf { deaf(client, &self.running).await } else { vec![] };
        self.running.flood(FLOOD.0, FLOOD.1).await;
        if with_deaf {
            silent.extend(deaf(client, &self.running).await);
            self.until_dropped(others).await;
        }
        let growth_kb = memory_kb(&self.node, "VmHWM") - before_kb;
        println!("{} deaf: the process grew by {growth_kb} kB at most; TCP pages of the machine {pages} before, {} now", silent.len(), tcp_pages());
        self.running.end().await;
        let log = only_events(client.watch(build, None).await);
        assert_eq!(log.len(), FLOOD.0 + 3);
        for reader in readers {
            assert_eq!(only_events(reader.await.unwrap()), log);
        }
        same(&told.await.unwrap(), &log);
        growth_kb
    }

    /// Waits until only the others are left, in the process and in the kernel.
    async fn until_dropped(&self, others: usize) {
        let (client, begun, mut most) = (&self.node.client, Instant::now(), 0);
        loop {
            let (count, unsent) = connections(client);
            most = most.max(unsent);
            if count <= others {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(15), "{count} connections are left, with {unsent} bytes for them");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        println!("all are dropped {:?} after the last came; at most {most} bytes waited in the kernel", begun.elapsed());
        assert!(most < 4 * DEAF * (128 << 10), "{most}");
        // as many as the token may have besides the three that read: every place is free again
        for _ in 0..4 * DEAF {
            assert_eq!(client.open(&self.running.build, None).await.status(), StatusCode::OK);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_never_read_are_dropped_and_cost_little() {
    let alone = Flooded::start().await.growth_kb(false).await;
    let together = Flooded::start().await.growth_kb(true).await;
    assert!(together - alone < 10 << 10, "{together} kB, and {alone} kB without them");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_reads_a_kilobyte_a_second_is_kept_and_gets_everything() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    let running = Publisher::start(&postgres.url(), Some(&redis.url())).await.build("u", None).await;
    let bus = redis.url();
    let settings = [("REDIS_URL", bus.as_str()), ("BUILDCAST_NODE_ROLE", "api"), ("BUILDCAST_STREAM_STALL_SECONDS", "10")];
    let node = TestServer::node(&postgres.url(), &settings).await;
    let mut slow = over_sse(&node.client, &running).await;
    let mut answer = slow.some(1024).await;
    // more than a topic remembers, and than the kernel takes
    running.flood(2000, 1000).await;
    running.end().await;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(12) {
        answer.extend(slow.some(1024).await);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    answer.extend(slow.rest().await);
    let text = String::from_utf8(body(&answer).expect("it was dropped though it reads")).unwrap();
    let frames = only_events(text.split_terminator("\n\n").map(Frame::parse).collect());
    let log = only_events(node.client.watch(&running.build, None).await);
    assert_eq!((frames.len(), log.len()), (2003, 2003));
    assert_eq!(frames, log);
}
