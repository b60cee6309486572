//! What a build may take, and how much of it is taken.

use super::processes::{descendants_of, memory_bytes, open_files};
use rustix::fs::{AtFlags, CWD, FileType, StatxFlags, statx};
use rustix::process::Pid;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// Threads for each process allowed: what the kernel is told, which counts threads.
pub(super) const THREADS_PER_PROCESS: u64 = 8;
/// What an entry of a folder costs at least: many empty files fill a disk, too.
const ENTRY_BYTES: u64 = 1024;
/// Open files that are looked at in one pass, those that threads share once for each: it must not take long.
const OPEN_FILES_MAX: usize = 1 << 18;

/// What the commands of a build may take together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildLimits {
    /// Bytes in memory, of all processes.
    pub memory_bytes: u64,
    /// Processes at once.
    pub processes: u64,
    /// Bytes of the files that they leave or hold open at any moment.
    pub disk_bytes: u64,
    /// Bytes of one file.
    pub file_bytes: u64,
}

/// A limit that was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Limit {
    Memory,
    Processes,
    Disk,
}

impl Limit {
    /// The reason in the event.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Memory => "memory_limit",
            Self::Processes => "process_limit",
            Self::Disk => "disk_limit",
        }
    }
}

/// What processes take together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usage {
    processes: u64,
    threads: u64,
    memory_bytes: u64,
}

impl Usage {
    /// What the processes below `root` take now.
    pub fn below(root: Pid) -> Self {
        let processes = descendants_of(root);
        Self {
            processes: processes.len() as u64,
            threads: processes.iter().map(|process| process.threads).sum(),
            memory_bytes: processes.iter().map(|process| memory_bytes(process.pid)).sum(),
        }
    }

    /// Which limit is exceeded.
    pub const fn exceeds(self, limits: BuildLimits) -> Option<Limit> {
        if self.processes > limits.processes || self.threads > limits.processes * THREADS_PER_PROCESS {
            Some(Limit::Processes)
        } else if self.memory_bytes > limits.memory_bytes {
            Some(Limit::Memory)
        } else {
            None
        }
    }

    /// Whether more than a quarter of what is allowed is taken.
    pub const fn is_much(self, limits: BuildLimits) -> bool {
        self.processes * 4 > limits.processes || self.threads * 4 > limits.processes * THREADS_PER_PROCESS || self.memory_bytes * 4 > limits.memory_bytes
    }
}

/// Bytes of the files without a name, in memory or on any disk, that the processes below `root` hold open.
pub(super) fn nameless_bytes(root: Pid) -> u64 {
    let (mut total, mut seen) = (0, HashSet::new());
    for (looked_at, path) in descendants_of(root).into_iter().flat_map(|process| open_files(process.pid)).enumerate() {
        // what is not looked at could hold anything
        if looked_at == OPEN_FILES_MAX {
            return u64::MAX;
        }
        // by what the kernel knows already: a file system of the build's own could answer never
        let Ok(file) = statx(CWD, &path, AtFlags::STATX_DONT_SYNC, StatxFlags::BASIC_STATS) else { continue };
        let nameless = file.stx_nlink == 0 && FileType::from_raw_mode(file.stx_mode.into()) == FileType::RegularFile;
        if nameless && seen.insert((file.stx_dev_major, file.stx_dev_minor, file.stx_ino)) {
            total += file.stx_blocks * 512;
        }
    }
    total
}

/// Bytes of everything in a folder. What shares its bytes with files elsewhere counts as its share.
pub(super) fn disk_bytes(folder: &Path) -> u64 {
    let (mut total, mut folders) = (0_u64, vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            // its owner can always look again: nothing is hidden that way
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                let _ = std::fs::set_permissions(&folder, Permissions::from_mode(0o700));
                std::fs::read_dir(&folder)
            }
            other => other,
        };
        let entries = match entries {
            Ok(entries) => entries,
            // a path that the kernel refuses could hide anything
            Err(error) if error.kind() == ErrorKind::InvalidFilename => return u64::MAX,
            Err(_) => continue,
        };
        for entry in entries.flatten() {
            let Ok(meta) = entry.metadata() else { continue };
            total += (meta.blocks() * 512 / if meta.is_dir() { 1 } else { meta.nlink().max(1) }).max(ENTRY_BYTES);
            if meta.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn each_limit_has_its_reason() {
        let limits = BuildLimits { memory_bytes: 1000, processes: 10, disk_bytes: 0, file_bytes: 0 };
        let cases = [((10, 80, 1000), None), ((11, 11, 0), Some("process_limit")), ((1, 81, 0), Some("process_limit")), ((1, 1, 1001), Some("memory_limit"))];
        for ((processes, threads, memory_bytes), reason) in cases {
            let usage = Usage { processes, threads, memory_bytes };
            assert_eq!(usage.exceeds(limits).map(Limit::reason), reason, "{usage:?}");
            assert!(usage.is_much(limits));
        }
        assert!(!Usage { processes: 2, threads: 20, memory_bytes: 250 }.is_much(limits));
    }

    #[test]
    fn files_are_counted_by_what_they_take() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::fs::write(folder.path().join("a/full"), vec![1; 1 << 20]).unwrap();
        let full = disk_bytes(folder.path());
        assert!((1 << 20..(1 << 20) + 65_536).contains(&full), "{full}");
        // sparse: as long, but not as large
        std::fs::File::create(folder.path().join("sparse")).unwrap().set_len(1 << 30).unwrap();
        assert!(disk_bytes(folder.path()) < full + 65_536);
        std::fs::hard_link(folder.path().join("a/full"), folder.path().join("again")).unwrap();
        assert!(disk_bytes(folder.path()) < full + 131_072);
        std::os::unix::fs::symlink("/", folder.path().join("out")).unwrap();
        assert!(disk_bytes(folder.path()) < full + 131_072);
    }

    #[test]
    fn files_without_a_name_are_counted_once_while_they_are_held() {
        let folder = tempfile::tempdir().unwrap();
        let named = std::fs::File::create_new(folder.path().join("named")).unwrap();
        let nameless = tempfile::tempfile_in(folder.path()).unwrap();
        let in_memory = std::fs::File::from(rustix::fs::memfd_create("m", rustix::fs::MemfdFlags::CLOEXEC).unwrap());
        for mut file in [&named, &nameless, &in_memory] {
            file.write_all(&vec![1; 1 << 20]).unwrap();
        }
        let own = rustix::process::getpid();
        let hold = |files: [&std::fs::File; 3]| {
            let [first, second, third] = files.map(|file| file.try_clone().unwrap());
            std::process::Command::new("sleep").arg("60").stdin(first).stdout(second).stderr(third).spawn().unwrap()
        };
        let mut children = [hold([&named, &nameless, &nameless]), hold([&named, &nameless, &in_memory])];
        let bytes = nameless_bytes(own);
        assert!((2 << 20..(2 << 20) + 65_536).contains(&bytes), "{bytes}");
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert_eq!(nameless_bytes(own), 0);
    }

    #[test]
    fn a_folder_too_deep_to_be_counted_is_over_every_limit() {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("for i in $(seq 40); do mkdir {0} && cd {0}; done", "d".repeat(200));
        assert!(std::process::Command::new("bash").args(["-c", &script]).current_dir(folder.path()).status().unwrap().success());
        assert_eq!(disk_bytes(folder.path()), u64::MAX);
        super::super::scratch::remove(folder.path()).unwrap();
        assert!(!folder.path().exists());
    }
}
