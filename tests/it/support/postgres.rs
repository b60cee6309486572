//! A private PostgreSQL, as a child process on a socket of its own. Works as root and as anybody else.

use std::fs::File;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The server; it ends with this value, and with the process that holds it.
pub struct Postgres {
    guard: Child,
    folder: tempfile::TempDir,
    durable: bool,
}

/// Ends the server when the pipe to it closes: also when the test's process is killed.
const GUARD: &str = r#""$@" & server=$!; read -r _; kill -QUIT $server; wait $server"#;

fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed: `make tools`");
    let newest = versions.flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok()).max();
    PathBuf::from(format!("/usr/lib/postgresql/{}/bin", newest.expect("a PostgreSQL version")))
}

/// The user that runs the server: it refuses to run as root.
fn server_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    users.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        (fields[0] == "postgres").then(|| (fields[2].parse().unwrap(), fields[3].parse().unwrap()))
    })
}

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = server_user() {
        command.uid(user).gid(group);
    }
    command.current_dir(folder).env("LC_ALL", "C");
    command
}

fn own(path: &Path) {
    if let Some((user, group)) = server_user() {
        chown(path, Some(user), Some(group)).unwrap();
    }
}

/// An initialised data folder, made once and copied ever after.
fn template() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("buildcast-postgres-template-{}", rustix::process::geteuid().as_raw()));
    std::fs::create_dir_all(&folder).unwrap();
    own(&folder);
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let (ready, data) = (folder.join("ready"), folder.join("data"));
    if !ready.exists() {
        let _ = std::fs::remove_dir_all(&data);
        let made = command(&binaries().join("initdb"), &folder)
            .args(["-U", "buildcast", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        File::create(ready).unwrap();
    }
    data
}

impl Postgres {
    /// Without waiting for the disk: a crash of the machine is not what tests are about.
    pub fn start() -> Self {
        Self::with(false)
    }

    /// As it is meant to be run.
    #[allow(dead_code, reason = "the benchmarks start it so")]
    pub fn durable() -> Self {
        Self::with(true)
    }

    fn with(durable: bool) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
        own(folder.path());
        let data = folder.path().join("data");
        let copied = command(Path::new("cp"), folder.path()).args(["-a", "--reflink=auto"]).arg(template()).arg(&data).status().unwrap();
        assert!(copied.success());
        let guard = spawn(folder.path(), durable);
        Self { guard, folder, durable }
    }

    /// Stops the server at once, as a crash would.
    pub fn stop(&mut self) {
        drop(self.guard.stdin.take());
        self.guard.wait().unwrap();
    }

    /// Starts a stopped server again, on the same data.
    pub fn restart(&mut self) {
        self.guard = spawn(self.folder.path(), self.durable);
    }

    pub fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=buildcast", self.folder.path().display())
    }
}

fn spawn(folder: &Path, durable: bool) -> Child {
    let log = File::create(folder.join("log")).unwrap();
    let _ = std::fs::remove_file(folder.join("data/postmaster.pid"));
    let guard = command(Path::new("sh"), folder)
        .args(["-c", GUARD, "sh"])
        .arg(binaries().join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-c", "listen_addresses=", "-c", "max_connections=100", "-c", if durable { "fsync=on" } else { "fsync=off" }, "-c"])
        .arg(format!("unix_socket_directories={}", folder.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let ready = || std::fs::read_to_string(folder.join("data/postmaster.pid")).is_ok_and(|text| text.lines().nth(7).is_some_and(|line| line.trim() == "ready"));
    while !ready() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", std::fs::read_to_string(folder.join("log")).unwrap());
        std::thread::sleep(Duration::from_millis(5));
    }
    guard
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}
