//! Processes as /proc shows them: who descends from whom, what they hold, and how they are ended.

use rustix::process::{Pid, Signal, kill_process};
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Times a tree is looked through for processes that are not frozen yet. Each pass can only meet what was started
/// during the one before.
const PASSES_MAX: usize = 64;

/// A process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    pub pid: Pid,
    parent: i32,
    pub threads: u64,
}

fn parse(stat: &str) -> Option<Process> {
    // the name stands in brackets, and may hold brackets and spaces itself
    let (head, tail) = stat.rsplit_once(')')?;
    let pid = Pid::from_raw(head.split_once(' ')?.0.parse().ok()?)?;
    let fields: Vec<&str> = tail.split_whitespace().collect();
    Some(Process { pid, parent: fields.get(1)?.parse().ok()?, threads: fields.get(17)?.parse().ok()? })
}

fn pids() -> impl Iterator<Item = Pid> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
}

fn file_of(pid: Pid, name: &str) -> Option<String> {
    // a name need not be UTF-8
    let bytes = std::fs::read(format!("/proc/{}/{name}", pid.as_raw_nonzero())).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Every process that `root` started, that those started, and so on; not `root` itself.
pub(super) fn descendants_of(root: Pid) -> Vec<Process> {
    let mut children: HashMap<i32, Vec<Process>> = HashMap::new();
    for process in pids().filter_map(|pid| parse(&file_of(pid, "stat")?)) {
        children.entry(process.parent).or_default().push(process);
    }
    let (mut found, mut next) = (Vec::new(), vec![root.as_raw_nonzero().get()]);
    while let Some(parent) = next.pop() {
        let of_parent = children.remove(&parent).unwrap_or_default();
        next.extend(of_parent.iter().map(|process| process.pid.as_raw_nonzero().get()));
        found.extend(of_parent);
    }
    found
}

/// Bytes that a process holds in memory for itself, files that it maps left out.
pub(super) fn memory_bytes(pid: Pid) -> u64 {
    let status = file_of(pid, "status").unwrap_or_default();
    let kib = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse::<u64>().ok());
    // processes without memory of their own (zombies, kernel threads) have no such lines
    1024 * (kib("RssAnon:").unwrap_or(0) + kib("RssShmem:").unwrap_or(0))
}

/// Where /proc shows what a process holds open, that of each thread, as it may have files of its own.
pub(super) fn open_files(pid: Pid) -> impl Iterator<Item = PathBuf> {
    // what ends meanwhile holds nothing any more
    let entries = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries(format!("/proc/{}/task", pid.as_raw_nonzero()).into()).flat_map(move |thread| entries(thread.join("fd")))
}

/// Threads of all processes of a user.
pub(super) fn threads_of_user(uid: u32) -> u64 {
    let of_user = |pid: &Pid| std::fs::metadata(format!("/proc/{}", pid.as_raw_nonzero())).is_ok_and(|meta| meta.uid() == uid);
    pids().filter(of_user).filter_map(|pid| Some(parse(&file_of(pid, "stat")?)?.threads)).sum()
}

/// Sends a signal. A process that is gone already is what was wanted.
pub(super) fn signal(pid: Pid, signal: Signal) {
    let _ = kill_process(pid, signal);
}

/// Ends everything that `root` started. What is frozen first can't start more while the rest is looked for.
pub(super) fn kill_descendants_of(root: Pid) {
    let mut frozen = HashSet::new();
    for _ in 0..PASSES_MAX {
        let fresh: Vec<Pid> = descendants_of(root).into_iter().map(|process| process.pid).filter(|pid| frozen.insert(*pid)).collect();
        if fresh.is_empty() {
            break;
        }
        fresh.into_iter().for_each(|pid| signal(pid, Signal::STOP));
    }
    frozen.into_iter().for_each(|pid| signal(pid, Signal::KILL));
}

/// Ends every process that works inside a folder, or was given its home there, and says how many there were: what outlived the one that watched it.
pub(super) fn kill_strays(folder: &Path) -> usize {
    let Ok(folder) = folder.canonicalize() else { return 0 };
    let works_inside = |pid: &Pid| std::fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero())).is_ok_and(|cwd| cwd.starts_with(&folder));
    let lives_inside = |pid: &Pid| std::fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).is_ok_and(|text| has_home_in(&text, &folder));
    let inside = |pid: &Pid| works_inside(pid) || lives_inside(pid);
    let strays: Vec<Pid> = pids().filter(inside).collect();
    strays.iter().for_each(|pid| signal(*pid, Signal::KILL));
    strays.len()
}

/// Whether an environment, as /proc shows it, says that home is below a folder.
fn has_home_in(environment: &[u8], folder: &Path) -> bool {
    let home = environment.split(|byte| *byte == 0).find_map(|variable| variable.strip_prefix(b"HOME="));
    home.is_some_and(|home| Path::new(OsStr::from_bytes(home)).starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_below_a_folder_is_told_from_others() {
        let inside = |environment: &[u8]| has_home_in(environment, Path::new("/data/scratch"));
        assert!(inside(b"PATH=/bin\0HOME=/data/scratch/b-1/home\0CI=true\0"));
        for other in [&b"HOME=/data/scratch2/home\0"[..], b"PATH=/data/scratch\0HOME=/root\0", b"OLDHOME=/data/scratch/b\0", b""] {
            assert!(!inside(other));
        }
    }

    #[test]
    fn a_name_cannot_forge_a_parent() {
        let stat = "4242 (a) S 1 (b c) R 77 4242 4242 0 -1 4194304 1 0 0 0 1 2 0 0 20 0 7 0 100 1 1";
        assert_eq!(parse(stat), Some(Process { pid: Pid::from_raw(4242).unwrap(), parent: 77, threads: 7 }));
        assert_eq!(parse("nonsense"), None);
    }

    #[test]
    fn a_child_is_found_below_its_parent() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let found = descendants_of(rustix::process::getpid());
        assert!(found.iter().any(|process| process.pid.as_raw_nonzero().get() == child.id() as i32));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
