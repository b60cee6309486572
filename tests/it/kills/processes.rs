//! Processes that have to do with a folder, as /proc shows them.

use rustix::process::{Pid, Signal, kill_process};
use std::path::Path;

/// A process: its id, and its command line to tell it by.
#[derive(Debug)]
pub struct Process {
    pub pid: Pid,
    pub line: String,
}

/// Every process whose program, working folder, environment or command line is or names what is below the folder. Not this
/// one, nor what has ended and is only not reaped yet.
pub fn about(folder: &Path) -> Vec<Process> {
    let own = rustix::process::getpid();
    let pids = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
    pids.filter(|pid| *pid != own).filter_map(|pid| is_about(pid, folder)).collect()
}

fn is_about(pid: Pid, folder: &Path) -> Option<Process> {
    let of = Path::new("/proc").join(pid.as_raw_nonzero().to_string());
    let line = std::fs::read(of.join("cmdline")).ok()?;
    let below = |name: &str| std::fs::read_link(of.join(name)).is_ok_and(|path| path.starts_with(folder));
    let names = |text: &[u8]| {
        let name = folder.as_os_str().as_encoded_bytes();
        text.windows(name.len()).any(|part| part == name)
    };
    let about = ["cwd", "exe", "root"].into_iter().any(below) || names(&line) || std::fs::read(of.join("environ")).is_ok_and(|text| names(&text));
    about.then(|| Process { pid, line: String::from_utf8_lossy(&line).replace('\0', " ") })
}

/// The processes that a process started with this word as their first argument.
pub fn started_by(parent: u32, word: &str) -> Vec<Process> {
    let threads = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let children: String = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok()).collect();
    let pids = children.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?));
    pids.filter_map(|pid| {
        let line = std::fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).ok()?;
        let first = line.split(|byte| *byte == 0).nth(1) == Some(word.as_bytes());
        first.then(|| Process { pid, line: String::from_utf8_lossy(&line).replace('\0', " ") })
    })
    .collect()
}

/// Kills a process; false when it was gone already.
pub fn kill(process: &Process) -> bool {
    kill_process(process.pid, Signal::KILL).is_ok()
}
