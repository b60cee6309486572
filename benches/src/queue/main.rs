//! The queue, measured: no-op jobs a second at several concurrencies, and how soon a job is picked up when nothing else is
//! to do; ours on a durable PostgreSQL, and `BullMQ` on Redis in the same rounds.
//!
//! `queue [--rounds N] [--jobs N]` starts what it needs on loopback and prints tables in Markdown.

mod ours;
mod peer;

#[path = "../../../tests/it/support/postgres.rs"]
#[allow(dead_code, reason = "the tests stop and restart it")]
mod postgres;
#[path = "../../../tests/it/support/redis.rs"]
#[allow(dead_code, reason = "the tests kill and freeze it")]
mod redis;

use std::process::ExitCode;

/// Jobs under way at once.
const CONCURRENCIES: &[usize] = &[8, 100];

/// What one run did.
#[derive(Debug, Clone, Copy, Default)]
struct Figures {
    per_second: f64,
    cpu_us_per_job: f64,
    p50_ms: f64,
    p99_ms: f64,
}

fn main() -> ExitCode {
    let (mut rounds, mut jobs) = (3, 20_000);
    let mut arguments = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        match (name.as_str(), value.parse()) {
            ("--rounds", Ok(n)) => rounds = n,
            ("--jobs", Ok(n)) => jobs = n,
            _ => {
                eprintln!("queue: [--rounds N] [--jobs N]");
                return ExitCode::from(2);
            }
        }
    }
    if !peer::installed() {
        eprintln!("queue: no BullMQ: run `npm ci` in benches/peers/bullmq");
        return ExitCode::FAILURE;
    }
    println!("| concurrency | queue | jobs a second | ratio to BullMQ | CPU per job of its process, µs | pick-up p50, ms | pick-up p99, ms |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for concurrency in CONCURRENCIES {
        let mut runs: [Vec<Figures>; 3] = Default::default();
        for _ in 0..rounds {
            runs[0].push(ours::run(jobs, *concurrency));
            runs[1].push(peer::run(jobs, *concurrency, false));
            runs[2].push(peer::run(jobs, *concurrency, true));
        }
        let medians = runs.map(|runs| median(&runs));
        let names = ["buildcast, durable PostgreSQL", "BullMQ, Redis without persistence", "BullMQ, Redis with AOF always"];
        for (name, figures) in names.iter().zip(medians) {
            let ratio = medians[0].per_second / figures.per_second;
            println!(
                "| {concurrency} | {name} | {:.0} | {ratio:.2} | {:.0} | {:.2} | {:.2} |",
                figures.per_second, figures.cpu_us_per_job, figures.p50_ms, figures.p99_ms
            );
        }
    }
    ExitCode::SUCCESS
}

fn median(runs: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(figure).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Figures { per_second: of(|f| f.per_second), cpu_us_per_job: of(|f| f.cpu_us_per_job), p50_ms: of(|f| f.p50_ms), p99_ms: of(|f| f.p99_ms) }
}
