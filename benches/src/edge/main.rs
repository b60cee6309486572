//! How late the API answers: every operation of the document at a steady rate, beside `/healthz` at the same rate in the
//! same seconds.
//!
//! `edge [--rate N] [--seconds N] [--postgres] [--only OPERATION]` starts a server in a folder of its own, fills it, and
//! prints a table in Markdown. It fails when a request is refused, or when an operation of the document has no request.

mod fill;
mod http;
mod load;
mod node;
mod operations;

#[path = "../../../tests/it/support/postgres.rs"]
#[allow(dead_code, reason = "the tests stop and restart it")]
mod postgres;

use load::Load;
use operations::{LEFT_OUT, request, wanted_ms};
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (mut load, mut postgres, mut only) = (Load { rate: 200, seconds: 5 }, false, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = if name == "--postgres" { None } else { arguments.next() };
        match (name.as_str(), value.as_deref().map(str::parse::<u32>)) {
            ("--postgres", _) => postgres = true,
            ("--rate", Some(Ok(n))) => load.rate = n.max(1),
            ("--seconds", Some(Ok(n))) => load.seconds = n.max(1),
            ("--only", Some(_)) => only = value,
            _ => {
                eprintln!("edge: [--rate N] [--seconds N] [--postgres] [--only OPERATION]");
                return ExitCode::from(2);
            }
        }
    }
    let private = postgres.then(postgres::Postgres::durable);
    let database = private.as_ref().map_or_else(|| "sqlite://{data}/buildcast.db".to_owned(), postgres::Postgres::url);
    if measure(load, &database, only.as_deref()).await { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Measures every operation, or one; whether all went well.
async fn measure(load: Load, database: &str, only: Option<&str>) -> bool {
    let (node, mut world) = fill::fill(database).await;
    let mut operations = node.operations().await;
    // what is cancelled was started before
    operations.sort_by_key(|operation| operation == "cancelBuild");
    operations.retain(|operation| only.is_none_or(|only| only == operation || only == "cancelBuild" && operation == "startBuild"));
    println!("{} requests a second, {} s each, {}\n", load.rate, load.seconds, database.split(':').next().unwrap_or_default());
    println!("| operation | p50, ms | p95, ms | p99, ms | max, ms | p95 to `/healthz` | p95 wanted, ms |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let mut well = true;
    for operation in operations {
        if let Some((_, reason)) = LEFT_OUT.iter().find(|(left, _)| *left == operation) {
            println!("| {operation} | left out: {reason} | | | | | |");
            continue;
        }
        if request(&operation, 0, &world).is_none() {
            eprintln!("edge: no request for {operation}: add one to operations.rs");
            well = false;
            continue;
        }
        let requests = (0..load.count()).filter_map(|n| request(&operation, n, &world)).collect();
        let outcome = load.run(&node.client, requests).await;
        let [p50, p95, p99, max] = outcome.figures;
        let ratio = p95 / outcome.floor[1];
        println!("| {operation} | {p50:.2} | {p95:.2} | {p99:.2} | {max:.2} | {ratio:.2} | {:.0} |", wanted_ms(&operation));
        if let Some((status, body)) = outcome.refused.first() {
            eprintln!("edge: {operation}: {} refused, the first with {status}: {body}", outcome.refused.len());
            well = false;
        }
        if operation == "startBuild" {
            world.started = outcome.bodies.iter().filter_map(|body| body["buildId"].as_str().map(str::to_owned)).collect();
        }
    }
    node.stop();
    well
}
