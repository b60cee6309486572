//! A node goes away under a thousand open streams: each ends between two frames, and goes on at another node.

use super::support::client::Events;
use super::support::process::ServerProcess;
use super::support::publisher::{Publisher, RunningBuild};
use super::support::server::SECRET;
use super::support::socket::{Socket, stream_of};
use super::support::{Client, Postgres, Redis};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const OVER_SSE: usize = 850;
const OVER_SOCKETS: usize = 150;
const CLIENTS: usize = OVER_SSE + OVER_SOCKETS;
/// The drain's window.
const WINDOW: Duration = Duration::from_secs(4);

/// A thousand connections, at each end.
fn allow_many_files() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let wanted = maximum.map_or(8192, |maximum| maximum.min(8192));
    setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).unwrap();
}

fn node(folder: &Path, postgres: &Postgres, redis: &Redis) -> ServerProcess {
    let (database, bus, window) = (postgres.url(), redis.url(), WINDOW.as_secs().to_string());
    let extra = [
        ("DATABASE_URL", database.as_str()),
        ("REDIS_URL", &bus),
        ("WORKER_SHARED_SECRET", SECRET),
        ("BUILDCAST_NODE_ROLE", "api,preview"),
        ("BUILDCAST_DRAIN_SECONDS", &window),
        ("BUILDCAST_STREAMS_PER_TOKEN", "2000"),
    ];
    ServerProcess::start(folder, &extra)
}

/// What a client tells the test.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// It listens, at the first node or at the second.
    Listens,
    /// The first node ended its stream.
    Ended(Instant),
}

/// A client that listens at one node until that ends the stream, and then at the other, to the build's end.
struct Listener {
    build: Value,
    cursors: Vec<String>,
    tell: UnboundedSender<Told>,
}

impl Listener {
    fn saw(&mut self, cursor: String, first: &mut bool) {
        self.cursors.push(cursor);
        if std::mem::take(first) {
            self.tell.send(Told::Listens).unwrap();
        }
    }

    fn last(&self) -> Option<&str> {
        self.cursors.last().map(String::as_str)
    }

    /// Over server-sent events; the comment that ended the stream, or none at the build's end.
    async fn sse(&mut self, client: &Client) -> Option<String> {
        let (mut events, mut first) = (Events::of(client.open(&self.build, self.last()).await), true);
        let mut comment = None;
        // this fails on a frame that is cut, and on a connection that is
        while let Some(frame) = events.next().await {
            assert!(!frame.data.is_some_and(|data| data.contains("\"reset\"")), "a cursor could not be continued");
            comment = frame.comment;
            frame.id.into_iter().for_each(|cursor| self.saw(cursor, &mut first));
        }
        comment
    }

    /// Over a WebSocket; the code that it was closed with, or none at the stream's end.
    async fn socket(&mut self, client: &Client) -> Option<u16> {
        let stream = stream_of(&self.build);
        let (mut socket, mut first) = (Socket::listen(client, &self.build, self.last()).await, true);
        loop {
            match socket.next_event(&stream).await {
                Ok(Some((cursor, _))) => self.saw(cursor, &mut first),
                Ok(None) => return None,
                Err(code) => return Some(code.expect("a close frame")),
            }
        }
    }

    async fn over_sse(mut self, one: Client, two: Client) -> Vec<String> {
        assert_eq!(self.sse(&one).await.as_deref(), Some("draining"));
        self.tell.send(Told::Ended(Instant::now())).unwrap();
        assert_eq!(self.sse(&two).await, None);
        self.cursors
    }

    async fn over_socket(mut self, one: Client, two: Client) -> Vec<String> {
        assert_eq!(self.socket(&one).await, Some(1001));
        self.tell.send(Told::Ended(Instant::now())).unwrap();
        assert_eq!(self.socket(&two).await, None);
        self.cursors
    }
}

/// Records events until all clients listen, and tells when the streams ended that did meanwhile.
async fn until_all_listen(running: &RunningBuild, told: &mut UnboundedReceiver<Told>) -> Vec<Instant> {
    let (begun, mut listening, mut ends) = (Instant::now(), 0, vec![]);
    while listening < CLIENTS {
        assert!(begun.elapsed() < Duration::from_secs(60), "{listening} of {CLIENTS} listen");
        running.record(10).await;
        let pause = Instant::now();
        while let Ok(Some(told)) = tokio::time::timeout_at((pause + Duration::from_millis(200)).into(), told.recv()).await {
            match told {
                Told::Listens => listening += 1,
                Told::Ended(at) => ends.push(at),
            }
        }
    }
    ends
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_streams_of_a_node_that_drains_go_on_at_another() {
    allow_many_files();
    let (postgres, redis, folders) = (Postgres::start(), Redis::start(), [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()]);
    let running = Publisher::start(&postgres.url(), Some(&redis.url())).await.build("u", None).await;
    let (mut one, two) = (node(folders[0].path(), &postgres, &redis), node(folders[1].path(), &postgres, &redis));
    let (tell, mut told) = unbounded_channel();
    let mut clients = vec![];
    for n in 0..CLIENTS {
        let listener = Listener { build: running.build.clone(), cursors: vec![], tell: tell.clone() };
        let (one, two) = (one.client.clone(), two.client.clone());
        clients.push(if n < OVER_SSE { tokio::spawn(listener.over_sse(one, two)) } else { tokio::spawn(listener.over_socket(one, two)) });
    }
    assert_eq!(until_all_listen(&running, &mut told).await, []);
    let begun = Instant::now();
    one.signal(Signal::TERM);
    let exit = tokio::task::spawn_blocking(move || (one.child.wait().unwrap(), begun.elapsed()));
    // the build goes on meanwhile, and after
    let ends = until_all_listen(&running, &mut told).await;
    let (status, took) = exit.await.unwrap();
    running.flood(5, 10).await;
    running.end().await;
    let log: Vec<String> = two.client.watch(&running.build, None).await.into_iter().filter_map(|frame| frame.id).collect();
    for client in clients {
        assert_eq!(client.await.unwrap(), log);
    }
    let (first, last) = (*ends.iter().min().unwrap() - begun, *ends.iter().max().unwrap() - begun);
    println!("{} events; streams ended {first:?} to {last:?} after the signal, the node after {took:?}", log.len());
    assert!(status.success(), "{status}");
    assert_eq!(ends.len(), CLIENTS);
    assert!(last - first > WINDOW / 4, "they all ended at once");
    assert!(took < WINDOW + Duration::from_secs(3), "the node took {took:?} to end");
}
