//! A private Redis, as a child process on a free port.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Redis {
    child: Child,
    port: u16,
    bus_port: u16,
    folder: tempfile::TempDir,
    extra: Vec<String>,
}

impl Redis {
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// A server with options, in which `{bus}` is its port on a cluster's bus.
    pub fn with(options: &[&str]) -> Self {
        let (port, bus_port, folder) = (free_port(), free_port(), tempfile::tempdir().unwrap());
        let extra: Vec<String> = options.iter().map(|option| option.replace("{bus}", &bus_port.to_string())).collect();
        let child = spawn(port, folder.path(), &extra);
        Self { child, port, bus_port, folder, extra }
    }

    /// Its answer to a command; one read is enough for the short ones of tests.
    pub fn say(&self, command: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(format!("{command}\r\n").as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Publishes bytes, as anybody who reaches the server can.
    pub fn publish(&self, channel: &str, message: &[u8]) {
        let mut command = format!("*3\r\n$7\r\nPUBLISH\r\n${}\r\n{channel}\r\n${}\r\n", channel.len(), message.len()).into_bytes();
        command.extend_from_slice(message);
        command.extend_from_slice(b"\r\n");
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(&command).unwrap();
        let read = stream.read(&mut [0; 64]).unwrap();
        assert!(read > 0);
    }

    /// Kills the server.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts a killed server again, empty.
    pub fn restart(&mut self) {
        self.child = spawn(self.port, self.folder.path(), &self.extra);
    }

    /// Freezes the server, or lets it go on.
    pub fn freeze(&self, frozen: bool) {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, if frozen { Signal::STOP } else { Signal::CONT }).unwrap();
    }
}

/// A cluster of three servers, each with a third of the slots, and no replicas.
pub struct RedisCluster {
    pub servers: Vec<Redis>,
}

const CLUSTER: &[&str] = &["--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-require-full-coverage", "no", "--cluster-port", "{bus}"];
const SLOTS: u32 = 16384;

impl RedisCluster {
    pub fn start() -> Self {
        let servers: Vec<Redis> = (0..3).map(|_| Redis::with(CLUSTER)).collect();
        for (n, server) in (0..).zip(&servers) {
            server.say(&format!("CLUSTER ADDSLOTSRANGE {} {}", SLOTS * n / 3, SLOTS * (n + 1) / 3 - 1));
            server.say(&format!("CLUSTER MEET 127.0.0.1 {} {}", servers[0].port, servers[0].bus_port));
        }
        let begun = Instant::now();
        let whole = |server: &Redis| {
            let info = server.say("CLUSTER INFO");
            info.contains("cluster_state:ok") && info.contains("cluster_size:3")
        };
        while !servers.iter().all(whole) {
            assert!(begun.elapsed() < Duration::from_secs(20), "the cluster does not come together");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { servers }
    }

    pub fn url(&self) -> String {
        self.servers.iter().map(Redis::url).collect::<Vec<_>>().join(",")
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn spawn(port: u16, folder: &std::path::Path, extra: &[String]) -> Child {
    let child = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .args(extra)
        .arg("--dir")
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server is installed: `make tools`");
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(10), "redis-server does not listen");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
