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

/// Runs it on a Redis that keeps nothing, or that writes each command to the disk before it answers.
pub fn run(jobs: usize, concurrency: usize, durable: bool) -> Figures {
    let redis = if durable { Redis::with(&["--appendonly", "yes", "--appendfsync", "always"]) } else { Redis::start() };
    let port = redis.url().rsplit([':', '/']).find_map(|part| part.parse::<u16>().ok()).expect("its address has a port");
    let mut node = Command::new("node");
    node.arg(folder().join("bench.mjs")).env("PORT", port.to_string()).env("JOBS", jobs.to_string());
    let output = node.env("CONCURRENCY", concurrency.to_string()).env("PICKUPS", "500").output().expect("node starts");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let figure = |name: &str| told[name].as_f64().unwrap_or(f64::NAN);
    Figures { per_second: figure("per_second"), cpu_us_per_job: figure("cpu_us_per_job"), p50_ms: figure("p50_ms"), p99_ms: figure("p99_ms") }
}
