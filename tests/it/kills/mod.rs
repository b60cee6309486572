//! Random kill -9s over short builds: servers, workers and children of builds die at any moment, and in the end every build
//! has one whole history, and nothing of it is left.
//!
//! `KILLS` says how many (100 unless set, half of them on each database), `KILLS_SEED` throws the dice of
//! an earlier run again, `KILLS_KEEP` keeps the files of a run that went wrong.

mod aftermath;
pub mod dice;
mod figures;
mod load;
mod nodes;
mod processes;
mod recipes;
mod rows;
mod verdict;
mod watching;

use super::support::{Kind, on_both};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use dice::Dice;
use nodes::Nodes;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Clients at once.
const CLIENTS: usize = 4;
/// How long what was begun may take to end: leases included.
const END: Duration = Duration::from_secs(60);
/// The wait between two looks at what is to end.
const LOOK: Duration = Duration::from_millis(50);

/// The wait after dice that hit nothing.
const MISSED: Duration = Duration::from_millis(10);

/// A number that the environment sets.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

fn fresh_seed() -> u64 {
    SystemClock.now_ms().unsigned_abs()
}

/// Looks until nothing is wrong any more, and gives up after a while; what is wrong then.
async fn until_right(mut wrong: impl AsyncFnMut() -> Vec<String>) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let faults = wrong().await;
        if faults.is_empty() || begun.elapsed() > END {
            return faults;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Kills until enough is killed, with pauses in which builds get somewhere.
async fn kill_all(nodes: &mut Nodes, mut left: usize, dice: &mut Dice) {
    while left > 0 {
        tokio::time::sleep(dice.millis(20, 450)).await;
        let mut killed = 0;
        while killed == 0 {
            tokio::time::sleep(MISSED).await;
            killed = nodes.kill(dice);
        }
        left -= killed.min(left);
    }
    nodes.settle().await;
}

async fn killed_at_random(kind: Kind) {
    let (seed, kills) = (number("KILLS_SEED").unwrap_or_else(fresh_seed), number("KILLS").unwrap_or(100) as usize / 2);
    println!("KILLS_SEED={seed}");
    let (begun, mut nodes, stop) = (Instant::now(), Nodes::start(kind), CancellationToken::new());
    let clients = tokio::spawn(load::run(nodes.clients(), CLIENTS, seed, stop.clone()));
    kill_all(&mut nodes, kills, &mut Dice::of(seed, 0)).await;
    let took = begun.elapsed();
    stop.cancel();
    let outcome = clients.await.unwrap();
    let mut faults = outcome.faults.clone();
    let url = nodes.database_url.clone();
    faults.extend(
        until_right(async || {
            Some(rows::active(&url).await).filter(|active| *active > 0).map(|active| format!("{active} builds are active")).into_iter().collect()
        })
        .await,
    );
    faults.extend(until_right(async || nodes.left_behind()).await);
    let rows = rows::read(&url).await;
    faults.extend(verdict::faults(&rows, &outcome));
    faults.extend(aftermath::object_faults(&nodes.artifacts, &rows));
    faults.extend(aftermath::preview_faults(&nodes, &rows, &outcome).await);
    faults.extend(nodes.stop());
    let broken_off = aftermath::broken_off(&nodes.artifacts);
    figures::print(kind, seed, took, &nodes, &rows, &outcome);
    println!("  {} objects that no row names, {} writes broken off", aftermath::unnamed(&nodes.artifacts, &rows), broken_off.len());
    // a day later they are swept away
    aftermath::age(&broken_off);
    nodes.start_to_sweep();
    let left = || aftermath::broken_off(&nodes.artifacts).into_iter().map(|path| format!("a write broken off is left: {}", path.display())).collect();
    faults.extend(until_right(async || left()).await);
    faults.extend(nodes.stop());
    faults.extend(nodes.errors());
    end(nodes, seed, &faults);
}
on_both!(no_kill_loses_an_event_or_a_build, killed_at_random);

fn end(nodes: Nodes, seed: u64, faults: &[String]) {
    if !faults.is_empty() && std::env::var_os("KILLS_KEEP").is_some() {
        println!("kept: {}", nodes.keep().display());
    }
    let shown: Vec<&String> = faults.iter().take(20).collect();
    assert!(faults.is_empty(), "{} faults with KILLS_SEED={seed}: {shown:#?}", faults.len());
}
