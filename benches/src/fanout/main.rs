//! Fan-out, measured: what a delivery costs the server, what a connection holds, and how late events are, as ratios to
//! the floor in the same round.
//!
//! `fanout [SCENARIO…] [--rounds N]` starts what it needs on loopback (PostgreSQL, Redis, a server, a publisher, the
//! floor; peers where they are installed) and prints tables in Markdown. `make bench` runs all of it.

mod report;
mod scenarios;
mod servers;

#[path = "../../../tests/it/support/postgres.rs"]
#[allow(dead_code, reason = "the tests stop and restart it")]
mod postgres;
#[path = "../../../tests/it/support/redis.rs"]
#[allow(dead_code, reason = "the tests kill and freeze it")]
mod redis;

use scenarios::SCENARIOS;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut wanted, mut rounds) = (Vec::new(), 3);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--rounds" {
            rounds = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(rounds);
        } else {
            wanted.push(argument);
        }
    }
    for scenario in &wanted {
        if !SCENARIOS.iter().any(|(name, ..)| name == scenario) {
            let names: Vec<&str> = SCENARIOS.iter().map(|(name, ..)| *name).collect();
            eprintln!("fanout: no scenario {scenario}; there are {}", names.join(", "));
            return ExitCode::from(2);
        }
    }
    let mut complete = true;
    for (name, title, run) in SCENARIOS {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            println!("\n### {title}\n");
            complete &= run(rounds);
        }
    }
    if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
