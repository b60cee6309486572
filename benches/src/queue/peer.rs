//! `BullMQ` in one Node.js process, on a private Redis.

use super::Figures;
use super::redis::Redis;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/bullmq")
}

/// Whether its packages are there.
pub fn installed() -> bool {
    folder().join("node_modules/bullmq").exists()
}

/// How it is run.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    pub name: &'static str,
    /// Whether Redis writes each command to the disk before it answers, or keeps nothing.
    durable: bool,
    /// Whether done jobs are kept, as it does by itself, or removed, as ours are.
    keeps: bool,
}

/// The ways that it is run.
pub const PEERS: &[Peer] = &[
    Peer { name: "BullMQ, AOF always, as it comes: keeps done jobs", durable: true, keeps: true },
    Peer { name: "BullMQ, AOF always, removes done jobs", durable: true, keeps: false },
    Peer { name: "BullMQ, no persistence, as it comes: keeps done jobs", durable: false, keeps: true },
    Peer { name: "BullMQ, no persistence, removes done jobs", durable: false, keeps: false },
];

/// One run: throughput, then pick-up.
pub fn run(peer: Peer, jobs: usize, concurrency: usize, pickups: usize) -> Figures {
    let redis = if peer.durable { Redis::with(&["--appendonly", "yes", "--appendfsync", "always"]) } else { Redis::start() };
    let port = redis.url().rsplit([':', '/']).find_map(|part| part.parse::<u16>().ok()).expect("its address has a port");
    let mut node = Command::new("node");
    node.arg(folder().join("bench.mjs")).env("PORT", port.to_string()).env("JOBS", jobs.to_string()).env("KEEP", if peer.keeps { "1" } else { "0" });
    let output = node.env("CONCURRENCY", concurrency.to_string()).env("PICKUPS", pickups.to_string()).output().expect("node starts");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let figure = |name: &str| told[name].as_f64().unwrap_or(f64::NAN);
    Figures { per_second: figure("per_second"), cpu_us_per_job: figure("cpu_us_per_job"), p50_ms: figure("p50_ms"), p99_ms: figure("p99_ms") }
}
