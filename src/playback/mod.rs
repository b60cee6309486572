//! A server of recordings, for tests of front ends: no database, no token, the paths and frames of the real one, and faults on
//! purpose.
//!
//! May name: domain, hyper. Deliberately absent: poem, and every room that a real server has.

mod answer;
mod connection;
mod routes;
mod shelf;
mod sse;
mod steps;
mod view;
mod ws;

pub use shelf::Shelf;

use crate::domain::fault::Faults;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

/// How long a connection may take for a request's head.
const HEAD: Duration = Duration::from_secs(75);
/// Queries of faults that are counted apart, at most.
const COUNTED_MAX: usize = 10_000;

/// What is played, and how.
#[derive(Debug)]
pub struct Playback {
    shelf: Shelf,
    speed: f64,
    faults: Faults,
    seed: u64,
    /// The time, epoch milliseconds.
    now_ms: fn() -> i64,
    connections: AtomicU64,
    /// Requests for a stream so far, by the query that their faults came with.
    requests: Mutex<HashMap<String, u64>>,
    reset_used: AtomicBool,
}

impl Playback {
    /// Plays recordings so many times as fast as they were, 0 for all at once.
    pub fn new(shelf: Shelf, speed: f64, faults: Faults, seed: u64, now_ms: fn() -> i64) -> Self {
        Self { shelf, speed, faults, seed, now_ms, connections: AtomicU64::default(), requests: Mutex::default(), reset_used: AtomicBool::default() }
    }

    /// Serves for ever.
    pub async fn serve(self, listener: TcpListener) {
        let playback = Arc::new(self);
        loop {
            let Ok((connection, _)) = listener.accept().await else {
                // out of file descriptors: some come back
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let _ = connection.set_nodelay(true);
            let playback = playback.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let playback = playback.clone();
                    async move { Ok::<_, Infallible>(routes::answer(&playback, request).await) }
                });
                // a client that breaks off is nobody's error
                let _ = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD)
                    .serve_connection(TokioIo::new(connection), service)
                    .with_upgrades()
                    .await;
            });
        }
    }

    /// The number of a connection, from 1.
    fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The status that a request for a stream gets in place of the stream.
    fn status(&self, faults: &Faults, query: &str) -> Option<u16> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() >= COUNTED_MAX {
            requests.clear();
        }
        let number = requests.entry(query.to_owned()).or_default();
        *number += 1;
        faults.statuses.iter().find(|(_, nth)| nth == number).map(|(status, _)| *status)
    }
}
