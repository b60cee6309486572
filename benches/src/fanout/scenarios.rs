//! What is measured.

use super::report::{Rounds, hold, swarm};
use super::servers::{buildcast, fastify, floor, nchan};

/// A scenario: its name, its title, and how to run it so many times; it says whether nothing was lost, doubled or
/// disordered.
pub type Scenario = (&'static str, &'static str, fn(usize) -> bool);

/// All of them.
pub const SCENARIOS: &[Scenario] = &[
    ("sse", "5,000 event streams of one build, 10 events a second: 50,000 deliveries a second", sse),
    ("memory", "What an idle connection holds, after as many are open already", memory),
    ("bursts", "1,000 event streams of one build, 10 bursts of 20 events a second: 200,000 deliveries a second", bursts),
    ("stalled", "1,000 event streams, 50 events a second, with and without 20 clients that never read", stalled),
    ("peers", "1,000 event streams, 20 events a second, beside others' servers", peers),
    ("ws", "1,000 WebSockets of one build, 20 events a second", ws),
];

/// Columns: the load client's figure, its title, and what it is divided by.
const COLUMNS: &[(&str, &str, f64)] = &[
    ("p50_ms", "p50, ms", 1.0),
    ("p99_ms", "p99, ms", 1.0),
    ("deliveries_per_s", "deliveries/s", 1.0),
    ("idle_bytes_per_conn", "KB per idle connection", 1000.0),
    ("events_per_read", "events in a read", 1.0),
    ("setup_cpu_us_per_conn", "CPU to connect, µs", 1.0),
    ("swarm_cpu_share", "load client's core", 1.0),
];

fn sse(rounds: usize) -> bool {
    let mut runs = Rounds::default();
    for _ in 0..rounds {
        let load = "--conns 5000 --rate 10 --secs 8 --warm 2";
        runs.add("floor", swarm(&floor(), load));
        runs.add("buildcast", swarm(&buildcast("sse", 1, &[]), load));
    }
    runs.print(COLUMNS)
}

fn ws(rounds: usize) -> bool {
    let mut runs = Rounds::default();
    for _ in 0..rounds {
        let load = "--conns 1000 --rate 20 --secs 8 --warm 2";
        runs.add("floor (event streams)", swarm(&floor(), load));
        runs.add("buildcast", swarm(&buildcast("ws", 1, &[]), load));
    }
    runs.print(COLUMNS)
}

/// The second thousand is what is measured: the first has filled pools and caches, which no connection after it costs.
fn memory(_: usize) -> bool {
    println!("| | complete | KB per idle event stream | KB per idle WebSocket |\n| --- | --- | --- | --- |");
    let measured = ["sse", "ws"].map(|mode| {
        let server = buildcast(mode, 1, &[]);
        let mut first = hold(&server, "--conns 1000 --pub none --settle 60 --secs 0");
        let second = swarm(&server, "--conns 1000 --rate 1 --secs 3 --settle 3");
        let _ = first.kill();
        let _ = first.wait();
        second
    });
    let complete = measured.iter().all(super::report::Figures::complete);
    let [sse, ws] = measured.map(|figures| figures.get("idle_bytes_per_conn") / 1000.0);
    println!("| buildcast | {complete} | {sse:.1} | {ws:.1} |");
    complete
}

fn bursts(rounds: usize) -> bool {
    let mut runs = Rounds::default();
    for _ in 0..rounds {
        let load = "--conns 1000 --rate 200 --pub-burst 20 --secs 6 --warm 2 --pub-conns 32 --drain 20";
        runs.add("floor", swarm(&floor(), load));
        runs.add("buildcast", swarm(&buildcast("sse", 1, &[]), load));
    }
    runs.print(COLUMNS)
}

fn stalled(rounds: usize) -> bool {
    let mut runs = Rounds::default();
    let stall = [("BUILDCAST_STREAM_STALL_SECONDS", "3")];
    let columns = [
        ("p50_ms", "p50, ms", 1.0),
        ("p99_ms", "p99, ms", 1.0),
        ("rss_peak_mib", "peak of the server's memory, MiB", 1.0),
        ("tcp_mem_busy_mib", "kernel's socket buffers, MiB", 1.0),
        ("stalled_dropped", "dropped of the 20", 1.0),
    ];
    for _ in 0..rounds {
        let load = "--rate 50 --secs 14 --warm 2 --payload 466";
        runs.add("all read", swarm(&buildcast("sse", 1, &stall), &format!("--conns 1000 {load}")));
        runs.add("20 more never read", swarm(&buildcast("sse", 1, &stall), &format!("--conns 1020 --stall 20 {load}")));
    }
    runs.print(&columns) && runs.median("20 more never read", "stalled_dropped") >= 20.0
}

fn peers(rounds: usize) -> bool {
    let mut runs = Rounds::default();
    let load = "--conns 1000 --rate 20 --secs 8 --warm 2";
    for _ in 0..rounds {
        runs.add("floor", swarm(&floor(), load));
        runs.add("buildcast", swarm(&buildcast("sse", 1, &[]), load));
        for (name, peer) in [("nchan", nchan as fn() -> _), ("fastify + ioredis", fastify)] {
            match peer() {
                Some(server) => runs.add(name, swarm(&server, load)),
                None => eprintln!("fanout: {name} is not installed"),
            }
        }
    }
    runs.print(COLUMNS)
}
