//! swarm: N SSE or WebSocket subscribers plus a publisher in one epoll thread; every event is
//! checked (sequence, latency) and the servers' CPU and memory are read from /proc.

mod args;
mod clients;
mod hist;
mod parse;
mod publish;
mod sys;

use clients::{Cfg, Counters, State, Swarm};
use hist::Hist;
use memchr::memmem::Finder;
use std::net::Ipv4Addr;
use sys::{Epoll, now_us};

const PUB_TOKEN: u64 = 1 << 40;

/// A line a topic: its path, and after a tab the WebSocket's first text.
fn targets(file: &str) -> Result<Vec<(String, String)>, String> {
    if file.is_empty() {
        return Ok(vec![]);
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("--targets: {error}"))?;
    Ok(text.lines().map(|line| line.split_once('\t').unwrap_or((line, ""))).map(|(path, hello)| (path.to_owned(), hello.to_owned())).collect())
}

/// `http://host:port/path` to its parts.
pub fn url(u: &str) -> Result<(Ipv4Addr, u16, String, String), String> {
    let rest = u.split_once("://").map_or(u, |x| x.1);
    let (auth, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (h, p) = auth.split_once(':').unwrap_or((auth, "80"));
    let h = h.parse().map_err(|_| format!("{u}: host must be an IPv4 address"))?;
    Ok((h, p.parse().map_err(|_| format!("{u}: bad port"))?, auth.to_string(), format!("/{path}")))
}

fn main() {
    if let Err(e) = run() {
        eprintln!("swarm: {e}");
        std::process::exit(2);
    }
}

fn pids(s: &str) -> Vec<u32> {
    s.split(',').filter_map(|p| p.trim().parse().ok()).collect()
}

fn run() -> Result<(), String> {
    let mut a = args::Args::parse()?;
    let nofile = sys::raise_nofile();
    let label = a.str("label", "");
    let (host, port, authority, path) = url(&a.str("url", "http://127.0.0.1:8080/"))?;
    let header = a.str("header", "");
    let cfg = Cfg {
        host,
        port,
        authority,
        path,
        ws: a.str("mode", "sse") == "ws",
        ws_send: a.str("ws-send", ""),
        header: if header.is_empty() { header } else { format!("{header}\r\n") },
        conns: a.num("conns", 1)?,
        topics: a.num("topics", 1)?,
        topic_base: a.num("topic-base", 0)?,
        stall: a.num("stall", 0)?,
        rcvbuf: a.num("rcvbuf", 4096)?,
        targets: targets(&a.str("targets", ""))?,
        ts_unit: a.num("ts-unit", 1)?,
        first_seq: a.num("first-seq", 1)?,
        burst: a.num("burst", 256)?,
        srcs: a.num("srcs", 8)?,
    };
    let ts_key = format!("\"{}\":", a.str("ts-key", "ts"));
    let secs: f64 = a.num("secs", 10.0)?;
    let settle: f64 = a.num("settle", 1.0)?;
    let warm: f64 = a.num("warm", 1.0)?;
    let drain: f64 = a.num("drain", 5.0)?;
    let setup_limit: f64 = a.num("setup-limit", 60.0)?;
    let (spids, apids) = (pids(&a.str("pids", "")), pids(&a.str("aux-pids", "")));
    let (conns, topics, stall) = (cfg.conns, cfg.topics, cfg.stall);
    let ep = Epoll::new().map_err(|error| error.to_string())?;
    let mut publisher = publish::Publisher::new(&mut a, cfg.topics, cfg.topic_base)?;
    a.finish()?;
    if conns as u64 + 64 > nofile {
        return Err(format!("{conns} connections but only {nofile} files"));
    }

    let mut s = Swarm {
        ep,
        conns: Vec::with_capacity(conns),
        next: 0,
        opening: 0,
        c: Counters {
            live: 0,
            failed: 0,
            dropped: 0,
            stalled_dropped: 0,
            events: 0,
            missed: 0,
            dup: 0,
            unordered: 0,
            bytes: 0,
            reads: 0,
            first_us: 0,
            last_us: 0,
            hist: Hist::new(),
            measure_from: 0,
        },
        buf: vec![0; 256 * 1024],
        seq: Finder::new("\"seq\":").into_owned(),
        ts: Finder::new(&ts_key).into_owned(),
        cfg,
    };

    // 1. open everything
    let before = sys::sample(&spids, true);
    let tcp_before = sys::tcp_mem_kb();
    let t0 = now_us();
    s.open_some();
    while s.opening > 0 && now_us() < t0 + (setup_limit * 1e6) as u64 {
        for (t, f) in s.ep.wait(100_000) {
            s.ready(t as usize, f);
        }
        s.open_some();
    }
    let setup_us = now_us() - t0;
    let established = s.c.live;
    publisher.open(&s.ep)?;

    // 2. settle, then read the idle memory
    let pump = |s: &mut Swarm, p: &mut publish::Publisher, until: u64, publishing: bool| -> u64 {
        let mut peak = 0;
        let mut next_sample = 0;
        loop {
            let now = now_us();
            if now >= until {
                return peak;
            }
            if now >= next_sample {
                peak = sys::sample(&spids, false).rss_kb.max(peak);
                next_sample = now + 500_000;
            }
            let mut wait = until - now;
            if publishing {
                wait = wait.min(p.tick(now, &s.ep)).min(next_sample - now);
            }
            for (t, f) in s.ep.wait(wait.min(50_000)) {
                if t >= PUB_TOKEN { p.ready((t - PUB_TOKEN) as usize, &s.ep) } else { s.ready(t as usize, f) }
            }
            if !publishing && p.done() && s.c.events >= p.expected() && p.expected() > 0 {
                return peak;
            }
        }
    };
    let t = now_us();
    let after_setup = sys::sample(&spids, false);
    pump(&mut s, &mut publisher, t + (settle * 1e6) as u64, false);
    let idle = sys::sample(&spids, true);
    let tcp_idle = sys::tcp_mem_kb();

    // 3. publish
    let mut subs = vec![0u64; topics];
    for c in &s.conns {
        if c.state == State::Live {
            subs[c.topic as usize - s.cfg.topic_base] += 1;
        }
    }
    publisher.subscribers(subs);
    let (own0, cpu0, aux0) = (sys::sample(&[std::process::id()], false).cpu_us, sys::sample(&spids, false), sys::sample(&apids, false));
    let start = now_us();
    s.c.measure_from = start + (warm * 1e6) as u64;
    publisher.start(start, start + (secs * 1e6) as u64);
    let mut peak = pump(&mut s, &mut publisher, start + (secs * 1e6) as u64, true);
    let pub_end = now_us();
    let backlog = publisher.pending();
    let tcp_busy = sys::tcp_mem_kb();
    // 4. drain what is still on its way
    peak = peak.max(pump(&mut s, &mut publisher, pub_end + (drain * 1e6) as u64, false));
    let end = now_us();
    let (own1, cpu1, aux1) = (sys::sample(&[std::process::id()], false).cpu_us, sys::sample(&spids, true), sys::sample(&apids, false));

    let k = &s.c;
    let n = k.events.max(1) as f64;
    let cpu = (cpu1.cpu_us - cpu0.cpu_us) as f64;
    let took = (k.last_us.max(start + 1) - start) as f64 / 1e6;
    let (expected, published) = (publisher.expected(), publisher.published());
    let per = |kb: u64, kb0: u64| (kb as f64 - kb0 as f64) * 1024.0 / (established + stall).max(1) as f64;
    let mut o: Vec<(&str, String)> = vec![("label", format!("\"{label}\""))];
    let mut put = |k: &'static str, v: f64| o.push((k, if v == v.trunc() { format!("{v:.0}") } else { format!("{v:.3}") }));
    put("conns", conns as f64);
    put("established", established as f64);
    put("failed", k.failed as f64);
    put("dropped", k.dropped as f64);
    put("stalled_dropped", k.stalled_dropped as f64);
    put("connects_per_s", (established + stall) as f64 / (setup_us as f64 / 1e6));
    put("setup_cpu_us_per_conn", (after_setup.cpu_us - before.cpu_us) as f64 / (established + stall).max(1) as f64);
    put("published", published as f64);
    put("publish_errors", publisher.errors() as f64);
    put("publish_per_s", published as f64 / ((pub_end - start) as f64 / 1e6));
    put("publish_backlog", backlog as f64);
    put("publish_max_late_ms", publisher.max_late_us() as f64 / 1e3);
    put("expected", expected as f64);
    put("delivered", k.events as f64);
    put("lost", expected as f64 - k.events as f64);
    put("gaps", k.missed as f64);
    put("dup", k.dup as f64);
    put("unordered", k.unordered as f64);
    put("deliveries_per_s", k.events as f64 / took);
    put("p50_ms", k.hist.q(0.5) as f64 / 1e3);
    put("p90_ms", k.hist.q(0.9) as f64 / 1e3);
    put("p99_ms", k.hist.q(0.99) as f64 / 1e3);
    put("p999_ms", k.hist.q(0.999) as f64 / 1e3);
    put("max_ms", k.hist.max() as f64 / 1e3);
    put("mean_ms", k.hist.mean() / 1e3);
    put("cpu_us_per_delivery", cpu / n);
    put("cpu_share", cpu / (end - start) as f64);
    put("cpu_us_per_publish", cpu / published.max(1) as f64);
    put("aux_cpu_us_per_publish", (aux1.cpu_us - aux0.cpu_us) as f64 / published.max(1) as f64);
    put("swarm_cpu_us_per_delivery", (own1 - own0) as f64 / n);
    put("swarm_cpu_share", (own1 - own0) as f64 / (end - start) as f64);
    put("events_per_read", n / k.reads.max(1) as f64);
    put("mib_read", k.bytes as f64 / 1048576.0);
    put("rss_before_mib", before.rss_kb as f64 / 1024.0);
    put("rss_idle_mib", idle.rss_kb as f64 / 1024.0);
    put("rss_peak_mib", peak as f64 / 1024.0);
    put("rss_end_mib", cpu1.rss_kb as f64 / 1024.0);
    put("pss_before_mib", before.pss_kb as f64 / 1024.0);
    put("pss_idle_mib", idle.pss_kb as f64 / 1024.0);
    put("pss_end_mib", cpu1.pss_kb as f64 / 1024.0);
    put("idle_bytes_per_conn", per(idle.pss_kb, before.pss_kb));
    put("end_bytes_per_conn", per(cpu1.pss_kb, before.pss_kb));
    put("tcp_mem_before_mib", tcp_before as f64 / 1024.0);
    put("tcp_mem_idle_mib", tcp_idle as f64 / 1024.0);
    put("tcp_mem_busy_mib", tcp_busy as f64 / 1024.0);
    let text: Vec<String> = o.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
    println!("{{{}}}", text.join(","));
    Ok(())
}
