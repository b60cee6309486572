//! Requests at a steady rate, whether or not the answers come; each one's time is from when it should have been sent.

use super::http::{Client, Request};
use serde_json::Value;
use std::time::Duration;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep_until};

/// How much is asked.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Requests a second.
    pub rate: u32,
    /// Seconds of each operation.
    pub seconds: u32,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// p50, p95, p99 and the longest, milliseconds.
    pub figures: [f64; 4],
    /// The same of `/healthz`, asked between two requests each.
    pub floor: [f64; 4],
    /// Status and body of what was refused.
    pub refused: Vec<(u16, String)>,
    /// The answers, where they are JSON.
    pub bodies: Vec<Value>,
}

type Answer = (f64, u16, Vec<u8>);

impl Load {
    /// Requests of one operation: a second more, which warms what it meets and is not counted.
    pub const fn count(self) -> usize {
        self.rate as usize * (self.seconds as usize + 1)
    }

    /// Asks all of them.
    pub async fn run(self, client: &Client, requests: Vec<Request>) -> Outcome {
        let begin = Instant::now() + Duration::from_millis(50);
        let gap = Duration::from_secs(1) / self.rate;
        let tasks = LocalSet::new();
        let (mut asked, mut floor) = (vec![], vec![]);
        for (n, request) in (0..).zip(requests) {
            asked.push(tasks.spawn_local(ask(client.clone(), request, begin + gap * n)));
            floor.push(tasks.spawn_local(ask(client.clone(), Request::get("/healthz"), begin + gap * n + gap / 2)));
        }
        tasks.await;
        let mut outcome = Outcome::default();
        let mut times = vec![];
        for task in asked {
            let (ms, status, body) = task.await.expect("it ends");
            times.push(ms);
            if status >= 400 || status == 0 {
                outcome.refused.push((status, String::from_utf8_lossy(&body).into_owned()));
            } else {
                outcome.bodies.extend(serde_json::from_slice::<Value>(&body));
            }
        }
        let mut others = vec![];
        for task in floor {
            others.push(task.await.expect("it ends").0);
        }
        let warm = self.rate as usize;
        (outcome.figures, outcome.floor) = (figures(times.split_off(warm.min(times.len()))), figures(others.split_off(warm.min(others.len()))));
        outcome
    }
}

async fn ask(client: Client, request: Request, at: Instant) -> Answer {
    sleep_until(at).await;
    let (status, body) = client.ask(&request).await.unwrap_or_else(|error| (0, error.to_string().into_bytes()));
    (at.elapsed().as_secs_f64() * 1000.0, status, body)
}

fn figures(mut times: Vec<f64>) -> [f64; 4] {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get(((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1))).copied().unwrap_or_default();
    [at(0.5), at(0.95), at(0.99), at(1.0)]
}
