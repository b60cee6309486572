//! The real binary as a child process, for what only a process can show: kill -9, signals, exit codes.

use super::client::Client;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);
pub const BINARY: &str = env!("CARGO_BIN_EXE_buildcast");

pub struct ServerProcess {
    pub child: Child,
    pub client: Client,
}

pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.env("BUILDCAST_LISTEN", "127.0.0.1:0").env("BUILDCAST_PREVIEW_LISTEN", "127.0.0.1:0").env("BUILDCAST_DATA_DIR", folder);
    // a test asks more often than anybody
    command.env("BUILDCAST_RATE_PER_MINUTE", "1000000");
    command
}

impl ServerProcess {
    pub fn start(folder: &Path, extra: &[(&str, &str)]) -> Self {
        Self::start_logged(folder, extra, Stdio::null())
    }

    pub fn start_logged(folder: &Path, extra: &[(&str, &str)], log: impl Into<Stdio>) -> Self {
        let mut command = command(folder);
        command.envs(extra.iter().copied());
        Self::run(command, folder, log)
    }

    /// A server that is not root; none where that can't be tried.
    pub fn start_as_nobody(folder: &Path, extra: &[(&str, &str)]) -> Option<Self> {
        const NOBODY: u32 = 65_534;
        let mut command = command(folder);
        command.uid(NOBODY).gid(NOBODY).envs(extra.iter().copied());
        let reaches = || Command::new(BINARY).arg("--version").uid(NOBODY).gid(NOBODY).stdout(Stdio::null()).status().is_ok_and(|status| status.success());
        if !rustix::process::geteuid().is_root() || !reaches() {
            eprintln!("not root, or the binary is out of another user's reach: no server that is not root");
            return None;
        }
        std::os::unix::fs::chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
        Some(Self::run(command, folder, Stdio::null()))
    }

    pub fn run(mut command: Command, folder: &Path, log: impl Into<Stdio>) -> Self {
        let mut child = command.arg("serve").stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let listening: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not the listening line: {line:?}"));
        // a node need not listen
        let address = |name: &str| listening[name].as_str().map_or(NOWHERE, |url| url.trim_start_matches("http://").parse().unwrap());
        let mut client = Client::new(address("api"), address("preview"));
        if let Ok(secret) = std::fs::read_to_string(folder.join("development-secret")) {
            client.secret = secret.trim().to_owned();
        }
        Self { child, client }
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
