//! Processes that a build started: all of them are ended, not only the first.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Asks a process group to end, or ends it.
pub(super) fn signal_group(leader: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        // a group that is gone already is what was wanted
        let _ = kill_process_group(pid, signal);
    }
}

/// Ends every process that works inside a folder, or that was given its home there: what a killed server left behind, or
/// what left its group.
pub(super) fn kill_strays(folder: &Path) {
    let Ok(folder) = folder.canonicalize() else { return };
    let Ok(processes) = std::fs::read_dir("/proc") else { return };
    for entry in processes.flatten() {
        let works_inside = std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&folder));
        let inside = works_inside || std::fs::read(entry.path().join("environ")).is_ok_and(|environment| has_home_in(&environment, &folder));
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid.filter(|_| inside) {
            tracing::warn!(pid = pid.as_raw_nonzero().get(), "ending a process that a build left behind");
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// Whether an environment, as /proc shows it, says that home is below a folder.
fn has_home_in(environment: &[u8], folder: &Path) -> bool {
    let home = environment.split(|byte| *byte == 0).find_map(|variable| variable.strip_prefix(b"HOME="));
    home.is_some_and(|home| Path::new(OsStr::from_bytes(home)).starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::has_home_in;
    use std::path::Path;

    #[test]
    fn a_home_below_a_folder_is_told_from_others() {
        let inside = |environment: &[u8]| has_home_in(environment, Path::new("/data/scratch"));
        assert!(inside(b"PATH=/bin\0HOME=/data/scratch/b-1/work/home\0CI=true\0"));
        for other in [&b"HOME=/data/scratch2/home\0"[..], b"PATH=/data/scratch\0HOME=/root\0", b"OLDHOME=/data/scratch/b\0", b""] {
            assert!(!inside(other));
        }
    }
}
