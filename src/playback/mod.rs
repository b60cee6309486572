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
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    /// The time, epoch milliseconds.
    now_ms: fn() -> i64,
    /// What each stream was asked so far, apart for each query of faults.
    runs: Mutex<HashMap<String, Run>>,
}

/// What a stream was asked so far under the same faults.
#[derive(Debug, Default)]
struct Run {
    requests: u64,
    reset_used: bool,
}

impl Playback {
    /// Plays recordings so many times as fast as they were, 0 for all at once.
    pub fn new(shelf: Shelf, speed: f64, faults: Faults, now_ms: fn() -> i64) -> Self {
        Self { shelf, speed, faults, now_ms, runs: Mutex::default() }
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

    /// The number of a request for a stream, from 1, and whether it may be reset.
    fn count(&self, run: &str) -> (u64, bool) {
        let mut runs = self.runs();
        if runs.len() >= COUNTED_MAX {
            runs.clear();
        }
        let run = runs.entry(run.to_owned()).or_default();
        run.requests += 1;
        (run.requests, !run.reset_used)
    }

    /// The reset that a stream's readers get once was used.
    fn use_reset(&self, run: &str) {
        if let Some(run) = self.runs().get_mut(run) {
            run.reset_used = true;
        }
    }

    fn runs(&self) -> MutexGuard<'_, HashMap<String, Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
