//! The figures of a run, for docs/.

use super::load::Outcome;
use super::nodes::Nodes;
use super::rows::Rows;
use super::verdict::reason;
use crate::support::Kind;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Prints what died, and how the builds ended.
pub fn print(kind: Kind, seed: u64, took: Duration, nodes: &Nodes, rows: &Rows, outcome: &Outcome) {
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for event in rows.events.iter().filter(|event| event.finished) {
        let end = reason(event).map_or_else(|| event.code.clone(), |reason| format!("{} {reason}", event.code));
        *ends.entry(end).or_default() += 1;
    }
    let started = rows.events.iter().filter(|event| event.code == "BUILD_STARTED").count();
    let begun: BTreeSet<&String> = rows.events.iter().filter(|event| event.code == "BUILD_STARTED").map(|event| &event.build_id).collect();
    let watched = outcome.promises.iter().filter_map(|promise| promise.watched.as_ref());
    let (streams, cuts) = watched.chain(outcome.projects.iter().map(|(_, watching)| watching)).fold((0, 0), |(n, cuts), w| (n + 1, cuts + w.cuts));
    println!("{kind:?}, seed {seed}: {} kills in {:.0} s", nodes.kills.values().sum::<usize>(), took.as_secs_f64());
    println!("  killed: {:?}; a worker stayed away for longer than a lease {} times", nodes.kills, nodes.long_away);
    println!(
        "  {} builds in {} projects: {} promised, {} answers lost, {} cancels",
        rows.builds.len(),
        rows.projects.len(),
        outcome.promises.len(),
        outcome.lost,
        outcome.cancels
    );
    println!("  ends: {ends:?}");
    println!("  {} events, {started} attempts, {} of them again", rows.events.len(), started - begun.len());
    println!("  {streams} streams watched live, cut and gone on with {cuts} times");
}
