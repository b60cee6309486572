//! What is left of builds: processes by a mark on their command line.

use super::project::scripted;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Processes whose command line begins with this program and holds this word: a build's mark, unlike any other.
pub fn left(program: &str, word: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let marked = |line: &Vec<u8>| line.starts_with(format!("{program}\0").as_bytes()) && String::from_utf8_lossy(line).contains(word);
    lines.filter(marked).count()
}

/// Waits until there are this many, for a few seconds at most.
pub async fn until_left(program: &str, word: &str, count: usize) -> Duration {
    let begun = Instant::now();
    while left(program, word) != count {
        assert!(begun.elapsed() < Duration::from_secs(15), "{} of {program} {word} after {:?}, not {count}", left(program, word), begun.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    begun.elapsed()
}

/// A build script that leaves a daemon behind (another session, no parent, no environment, no folder, deaf to SIGTERM)
/// and sleeps itself; both carry the mark, a number of seconds.
pub fn daemon(user: &str, mark: u32) -> Value {
    let daemon = format!("cd /; trap '' TERM; exec env -i /bin/sleep {mark}");
    let mut start = scripted(user, &format!("(setsid bash daemon.sh &) ; trap '' TERM; sleep {mark}"));
    start["templateFiles"]["daemon.sh"] = format!("(setsid bash -c \"{daemon}\" > /dev/null 2>&1 < /dev/null &)").into();
    start
}
