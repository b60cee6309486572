//! Starting a command under its limits, as its user, in a folder that is that user's. Part of the supervisor.

use super::limits::{BuildLimits, THREADS_PER_PROCESS};
use super::order::Order;
use super::processes::threads_of_user;
use rustix::fs::Mode;
use rustix::process::{Pid, Resource, Rlimit, geteuid, getrlimit, setrlimit};
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Files that a process may have open.
const FILES_MAX: u64 = 16_384;
/// How far commands stand back for the server.
const NICE: i32 = 10;

/// Starts the command under its limits.
pub(super) fn launch(order: &Order) -> io::Result<Pid> {
    if let Some(owner) = order.owner {
        give(&order.work, owner)?;
    }
    limit(&order.limits, order.owner)?;
    // what tools are used to, and not what keeps the server's own files from builds
    rustix::process::umask(Mode::WGRP | Mode::WOTH);
    let mut command = Command::new(&order.program);
    command.args(&order.arguments).env_clear().envs(&order.environment).stdin(Stdio::null()).process_group(0);
    if !order.sandboxed {
        // no program of the machine that makes its user another one
        rustix::thread::set_no_new_privs(true)?;
        command.current_dir(&order.folder);
        if let Some(owner) = order.owner {
            command.uid(owner).gid(owner);
        }
    }
    // when the machine's memory runs out, builds go first, and not the server or what ends them
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let child = command.spawn();
    let _ = std::fs::write("/proc/self/oom_score_adj", "0");
    let child = Pid::from_raw(child?.id().cast_signed()).ok_or_else(|| io::Error::other("a process without an id"))?;
    // a machine full of its processes must leave time to end them; only root may take some in advance
    let _ = rustix::process::setpriority_process(Some(child), NICE);
    let _ = rustix::process::setpriority_process(None, -NICE);
    Ok(child)
}

fn limit(limits: &BuildLimits, owner: Option<u32>) -> io::Result<()> {
    let set = |resource, wanted: u64| {
        let allowed = getrlimit(resource).maximum.map_or(wanted, |maximum| maximum.min(wanted));
        setrlimit(resource, Rlimit { current: Some(allowed), maximum: Some(allowed) })
    };
    set(Resource::Core, 0)?;
    // no file alone fills the disk between two counts
    set(Resource::Fsize, limits.file_bytes.min(limits.disk_bytes))?;
    set(Resource::Nofile, FILES_MAX)?;
    // the kernel counts all threads of a user: those that the server's own user has come on top; root is never refused
    let own = geteuid();
    let others = if owner.is_some() || own.is_root() { 0 } else { threads_of_user(own.as_raw()) };
    Ok(set(Resource::Nproc, others + limits.processes * THREADS_PER_PROCESS)?)
}

/// Gives a folder with all that the server put into it to its owner, and nobody else a way in. What has a second name
/// elsewhere stays the server's.
fn give(work: &Path, owner: u32) -> io::Result<()> {
    if let Some(above) = work.parent() {
        lchown(above, None, Some(owner))?;
        std::fs::set_permissions(above, Permissions::from_mode(0o710))?;
    }
    let ours = geteuid().as_raw();
    let mut folders = vec![work.to_path_buf()];
    lchown(work, Some(owner), Some(owner))?;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let (entry, meta) = entry.and_then(|entry| entry.metadata().map(|meta| (entry, meta)))?;
            if meta.uid() == ours && (meta.is_dir() || meta.nlink() == 1) {
                lchown(entry.path(), Some(owner), Some(owner))?;
            }
            if meta.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    Ok(())
}
