//! The servers under test, as child processes that end with their values.

use super::postgres::Postgres;
use super::redis::Redis;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SECRET: &str = "a-secret-that-only-the-benchmark-knows-0123456789";

/// A server that the load client can be pointed at.
pub struct Server {
    /// Options of the load client that lead to it.
    pub options: Vec<String>,
    /// Its own process.
    pub pid: u32,
    // ended from the last to the first
    children: Vec<Child>,
    _files: Vec<Box<dyn std::any::Any>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        while let Some(mut child) = self.children.pop() {
            // asked first: nginx takes its worker along then
            if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process(pid, Signal::TERM);
            }
            let begun = Instant::now();
            while matches!(child.try_wait(), Ok(None)) && begun.elapsed() < Duration::from_secs(2) {
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A program of this package, built beside this one.
pub fn program(name: &str) -> PathBuf {
    std::env::current_exe().expect("this program has a path").with_file_name(name)
}

fn start(command: &mut Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it says where it listens");
    (child, line)
}

fn port(line: &str) -> &str {
    line.trim().rsplit(' ').next().unwrap_or_default()
}

fn options(pairs: &[(&str, String)]) -> Vec<String> {
    pairs.iter().flat_map(|(name, value)| [format!("--{name}"), value.clone()]).collect()
}

/// The bare epoll server.
pub fn floor() -> Server {
    let (child, line) = start(&mut Command::new(program("floor")));
    let base = format!("http://127.0.0.1:{}", port(&line));
    // as many bytes a delivery as an event of ours has
    let options =
        options(&[("url", format!("{base}/sse/{{topic}}")), ("pub-url", format!("{base}/pub/{{topic}}")), ("pub", "http".into()), ("payload", "466".into())]);
    Server { options, pid: child.id(), children: vec![child], _files: vec![] }
}

/// A node that serves streams, over PostgreSQL and Redis, with the events from another one.
pub fn buildcast(mode: &str, topics: usize, extra: &[(&str, &str)]) -> Server {
    let (postgres, redis, folder) = (Postgres::start(), Redis::start(), tempfile::tempdir().expect("a folder"));
    let mut node = Command::new(program("buildcast"));
    let data = folder.path().join("node");
    node.arg("serve").env("BUILDCAST_LISTEN", "127.0.0.1:0").env("BUILDCAST_PREVIEW_LISTEN", "127.0.0.1:0").env("BUILDCAST_DATA_DIR", data);
    node.env("BUILDCAST_RATE_PER_MINUTE", "1000000");
    node.env("BUILDCAST_NODE_ROLE", "api").env("DATABASE_URL", postgres.url()).env("REDIS_URL", redis.url()).env("WORKER_SHARED_SECRET", SECRET);
    let many = "100000";
    node.env("BUILDCAST_STREAMS_PER_TOKEN", many).env("BUILDCAST_STREAMS_PER_ADDRESS", many).env("RUST_LOG", "warn").envs(extra.iter().copied());
    let (node, line) = start(&mut node);
    let listening: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not the listening line: {line:?}"));
    let api = listening["api"].as_str().expect("it serves the API").to_owned();
    let targets = folder.path().join("targets");
    let mut publisher = Command::new(program("publisher"));
    publisher.args([&postgres.url(), &redis.url(), SECRET, &topics.to_string()]).arg(&targets);
    let (publisher, line) = start(&mut publisher);
    let path = if mode == "ws" { "/v1/ws" } else { "/" };
    let options = options(&[
        ("url", format!("{api}{path}")),
        ("mode", mode.into()),
        ("targets", ws_or_sse(&targets, mode)),
        ("ts-key", "timestamp".into()),
        ("ts-unit", "1000".into()),
        // BUILD_QUEUED and BUILD_STARTED came before
        ("first-seq", "3".into()),
        ("pub", "http".into()),
        ("pub-url", format!("http://127.0.0.1:{}/pub/{{topic}}", port(&line))),
    ]);
    Server { options, pid: node.id(), children: vec![node, publisher], _files: vec![Box::new(postgres), Box::new(redis), Box::new(folder)] }
}

/// nginx with nchan, over Redis; none where it is not installed.
pub fn nchan() -> Option<Server> {
    const NGINX: &str = "/usr/sbin/nginx";
    if !Path::new(NGINX).exists() || !Path::new("/usr/lib/nginx/modules/ngx_nchan_module.so").exists() {
        return None;
    }
    let (redis, folder, port) = (Redis::start(), tempfile::tempdir().expect("a folder"), free_port());
    let template = include_str!("../../peers/nchan.conf");
    let text = template.replace("@PORT@", &port.to_string()).replace("@DIR@", &folder.path().display().to_string()).replace("@REDIS@", &redis.url());
    let (file, log) = (folder.path().join("nginx.conf"), folder.path().join("error.log"));
    std::fs::write(&file, text).expect("it can be written");
    let mut nginx = Command::new(NGINX);
    let child = nginx.arg("-p").arg(folder.path()).arg("-c").arg(file).arg("-e").arg(log).stdout(Stdio::null()).spawn().expect("nginx starts");
    // it listens before it is connected to Redis
    std::thread::sleep(Duration::from_secs(2));
    let workers = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap_or_default();
    let pid = workers.split_whitespace().next().and_then(|pid| pid.parse().ok()).expect("nginx has a worker");
    Some(Server { options: peer_options(port), pid, children: vec![child], _files: vec![Box::new(redis), Box::new(folder)] })
}

/// A competent Node.js server; none where its packages are not installed.
pub fn fastify() -> Option<Server> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/fastify");
    if !folder.join("node_modules").exists() {
        return None;
    }
    let (redis, port) = (Redis::start(), free_port());
    let (child, _) = start(Command::new("node").arg(folder.join("server.mjs")).env("PORT", port.to_string()).env("REDIS", redis.url()));
    // V8 gives its garbage of the start back in the first seconds
    std::thread::sleep(Duration::from_secs(10));
    Some(Server { options: peer_options(port), pid: child.id(), children: vec![child], _files: vec![Box::new(redis)] })
}

fn peer_options(port: u16) -> Vec<String> {
    let base = format!("http://127.0.0.1:{port}");
    options(&[("url", format!("{base}/sse/{{topic}}")), ("pub-url", format!("{base}/pub/{{topic}}")), ("pub", "http".into()), ("payload", "466".into())])
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_or(0, |address| address.port())
}

/// On a WebSocket the path is one for all, and the stream is named by the first frame.
fn ws_or_sse(targets: &Path, mode: &str) -> String {
    if mode == "ws" {
        let text = std::fs::read_to_string(targets).expect("the publisher wrote it");
        let lines: String = text.lines().filter_map(|line| Some(format!("/v1/ws\t{}\n", line.split_once('\t')?.1))).collect();
        std::fs::write(targets, lines).expect("it can be written");
    }
    targets.display().to_string()
}
