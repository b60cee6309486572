//! The queue, measured: no-op jobs a second at several concurrencies, and how soon a job is picked up when nothing else is
//! to do; ours on a durable PostgreSQL, and `BullMQ` on Redis in the same rounds. Then whole builds, for what a job costs
//! that does something.
//!
//! `queue [--rounds N] [--jobs N] [--builds N] [--peers N]` starts what it needs on loopback and prints tables in Markdown.

mod builds;
mod ours;
mod peer;

#[path = "../../../tests/it/support/postgres.rs"]
#[allow(dead_code, reason = "the tests stop and restart it")]
mod postgres;
#[path = "../../../tests/it/support/redis.rs"]
#[allow(dead_code, reason = "the tests kill and freeze it")]
mod redis;

use peer::{PEERS, Peer};
use std::process::ExitCode;

/// Jobs under way at once.
const CONCURRENCIES: &[usize] = &[8, 100];
/// Jobs that are picked up one at a time.
const PICKUPS: usize = 500;

/// What one run did.
#[derive(Debug, Clone, Copy)]
struct Figures {
    per_second: f64,
    cpu_us_per_job: f64,
    p50_ms: f64,
    p99_ms: f64,
}

fn main() -> ExitCode {
    let (mut rounds, mut jobs, mut whole, mut peers) = (3, 20_000, 1000, PEERS.len());
    let mut arguments = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        match (name.as_str(), value.parse()) {
            ("--rounds", Ok(n)) => rounds = n,
            ("--jobs", Ok(n)) => jobs = n,
            ("--builds", Ok(n)) => whole = n,
            ("--peers", Ok(n)) => peers = PEERS.len().min(n),
            _ => {
                eprintln!("queue: [--rounds N] [--jobs N] [--builds N] [--peers N]");
                return ExitCode::from(2);
            }
        }
    }
    let peers = &PEERS[..peers];
    if !peers.is_empty() && !peer::installed() {
        eprintln!("queue: no BullMQ: run `npm ci` in benches/peers/bullmq");
        return ExitCode::FAILURE;
    }
    if jobs > 0 {
        compare(rounds, jobs, peers);
    }
    if whole > 0 {
        println!();
        measure_builds(rounds, whole);
    }
    ExitCode::SUCCESS
}

/// No-op jobs, here and there.
fn compare(rounds: usize, jobs: usize, peers: &[Peer]) {
    println!("| concurrency | queue | jobs a second | ours to it | CPU per job of its process, µs | pick-up p50, ms | pick-up p99, ms |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for concurrency in CONCURRENCIES {
        let (mut here, mut there): (Vec<Figures>, Vec<Vec<Figures>>) = (vec![], vec![vec![]; peers.len()]);
        for _ in 0..rounds {
            here.push(ours::run(jobs, *concurrency, PICKUPS));
            for (peer, runs) in peers.iter().zip(&mut there) {
                runs.push(peer::run(*peer, jobs, *concurrency, PICKUPS));
            }
        }
        row(*concurrency, "buildcast, durable PostgreSQL", &here, &here);
        peers.iter().zip(&there).for_each(|(peer, runs)| row(*concurrency, peer.name, runs, &here));
    }
}

/// Medians over the rounds; of the ratio, too, so that each round's machine is compared with itself.
fn row(concurrency: usize, name: &str, runs: &[Figures], ours: &[Figures]) {
    let of = |figure: fn(&Figures) -> f64| middle(runs.iter().map(figure).collect());
    let ratio = middle(ours.iter().zip(runs).map(|(ours, run)| ours.per_second / run.per_second).collect());
    let (per_second, cpu_us, p50_ms, p99_ms) = (of(|f| f.per_second), of(|f| f.cpu_us_per_job), of(|f| f.p50_ms), of(|f| f.p99_ms));
    println!("| {concurrency} | {name} | {per_second:.0} | {ratio:.2} | {cpu_us:.0} | {p50_ms:.2} | {p99_ms:.2} |");
}

/// Builds of a site of one file: this process serves them all.
fn measure_builds(rounds: usize, builds: usize) {
    println!("| builds at once | starts a second | builds a second | CPU per build, ms |");
    println!("| --- | --- | --- | --- |");
    for concurrency in CONCURRENCIES {
        let runs: Vec<builds::Figures> = (0..rounds).map(|_| builds::run(builds, *concurrency)).collect();
        let of = |figure: fn(&builds::Figures) -> f64| middle(runs.iter().map(figure).collect());
        println!("| {concurrency} | {:.0} | {:.0} | {:.2} |", of(|f| f.starts_per_second), of(|f| f.builds_per_second), of(|f| f.cpu_ms_per_build));
    }
}

/// User and system time of this process, which runs our dispatcher and its jobs.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: f64 = [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<f64>().ok()).sum();
    ticks / rustix::param::clock_ticks_per_second() as f64
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
