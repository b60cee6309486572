//! Processes that a build started: all of them are ended, not only the first.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::path::Path;

/// Asks a process group to end, or ends it.
pub(super) fn signal_group(leader: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        // a group that is gone already is what was wanted
        let _ = kill_process_group(pid, signal);
    }
}

/// Ends every process that works inside a folder: what a killed server left behind, or what left its group.
pub(super) fn kill_strays(folder: &Path) {
    let Ok(folder) = folder.canonicalize() else { return };
    let Ok(processes) = std::fs::read_dir("/proc") else { return };
    for entry in processes.flatten() {
        let inside = std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&folder));
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid.filter(|_| inside) {
            tracing::warn!(pid = pid.as_raw_nonzero().get(), "ending a process that a build left behind");
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}
