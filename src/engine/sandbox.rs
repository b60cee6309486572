//! How a build's commands are kept apart from the server, its secrets and other projects.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders that tools need, read only.
const SYSTEM: &[&str] = &["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt"];
/// Parts of /etc that tools need: names, certificates, libraries. No secrets.
const ETC: &[&str] =
    &["ssl", "ca-certificates", "pki", "resolv.conf", "hosts", "nsswitch.conf", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime"];
/// Variables that commands get from the server's environment: none of its secrets among them.
const PASSED: &[&str] = &[
    "LANG",
    "LC_ALL",
    "TZ",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
];

/// What keeps commands apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sandbox {
    /// bubblewrap: own mounts, processes, and no network but for installing.
    Bubblewrap(PathBuf),
    /// Own process group and a clean environment only.
    None,
}

/// Whether a command may use the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    Allowed,
    Denied,
}

impl Sandbox {
    /// bubblewrap, where it is installed and works.
    pub fn find() -> Self {
        let works = |bwrap: &PathBuf| succeeds(Command::new(bwrap).args(["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]));
        in_path("bwrap").filter(works).map_or(Self::None, Self::Bubblewrap)
    }

    /// Whether commands can be run as another user.
    pub(super) fn works_as(&self, uid: u32) -> bool {
        let Self::Bubblewrap(bwrap) = self else { return false };
        let mut probe = Command::new(bwrap);
        probe.args(namespaces(Some(uid), Network::Denied)).args(["--ro-bind", "/", "/", "--proc", "/proc", "--"]).args(become_user(uid)).arg("true");
        succeeds(&mut probe)
    }

    /// The program with its arguments that runs a command so that it sees `room.work` as its own, writable world.
    pub(super) fn line(&self, room: &Room<'_>, network: Network, program: &str, arguments: &[&str]) -> (String, Vec<String>) {
        let command: Vec<String> = std::iter::once(program).chain(arguments.iter().copied()).map(str::to_owned).collect();
        match self {
            Self::None => (program.to_owned(), command[1..].to_vec()),
            Self::Bubblewrap(bwrap) => {
                let mut line = wrapped(room, network);
                line.extend(room.owner.map(become_user).unwrap_or_default());
                line.extend(command);
                (bwrap.display().to_string(), line)
            }
        }
    }
}

/// What a command finds around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room<'a> {
    /// What it may write: its files, home and temporary files.
    pub work: &'a Path,
    /// A folder with the lists of users and groups that it sees.
    pub lists: &'a Path,
    /// Who it runs as, where that is not the server's own user.
    pub owner: Option<u32>,
    /// Folders besides that it may read.
    pub shown: &'a [PathBuf],
}

impl Room<'_> {
    /// Makes what bubblewrap binds.
    pub fn prepare(&self) -> std::io::Result<()> {
        for name in ["tmp", "shm"] {
            std::fs::create_dir_all(self.work.join(name))?;
        }
        let uid = self.owner.unwrap_or_else(|| rustix::process::geteuid().as_raw());
        let gid = self.owner.unwrap_or_else(|| rustix::process::getegid().as_raw());
        // some tools do not run as a user that has no name
        let named = |id: u32, name: &str, rest: &str| if id == 0 { String::new() } else { format!("{name}:x:{id}:{rest}\n") };
        let home = self.work.join("home");
        let users = format!("root:x:0:0:root:/root:/bin/sh\n{}", named(uid, "build", &format!("{gid}:build:{}:/bin/sh", home.display())));
        let groups = format!("root:x:0:\n{}", named(gid, "build", ""));
        for (name, text) in [("passwd", users), ("group", groups)] {
            std::fs::write(self.lists.join(name), text)?;
            std::fs::set_permissions(self.lists.join(name), Permissions::from_mode(0o644))?;
        }
        Ok(())
    }
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Namespaces and capabilities. Root needs no user namespace, and becomes another user only inside, past all mounts.
fn namespaces(owner: Option<u32>, network: Network) -> Vec<String> {
    let mut words = match owner {
        None => vec!["--unshare-all", "--cap-drop", "ALL"],
        Some(_) => {
            // until it has become the other user: to do so, and to enter that user's folder before
            let kept = ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_DAC_READ_SEARCH"].into_iter().flat_map(|capability| ["--cap-add", capability]);
            let unshared = ["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL"];
            unshared.into_iter().chain(kept).collect()
        }
    };
    words.extend(match (owner, network) {
        (None, Network::Allowed) => Some("--share-net"),
        (Some(_), Network::Denied) => Some("--unshare-net"),
        _ => None,
    });
    words.extend(["--die-with-parent", "--new-session"]);
    words.into_iter().map(str::to_owned).collect()
}

/// What root puts before a command to run it as another user, without any way back.
fn become_user(uid: u32) -> Vec<String> {
    let ids = [format!("--reuid={uid}"), format!("--regid={uid}")];
    let rest = ["--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--"];
    std::iter::once("setpriv".to_owned()).chain(ids).chain(rest.map(str::to_owned)).collect()
}

fn wrapped(room: &Room<'_>, network: Network) -> Vec<String> {
    let mut line: Vec<String> = namespaces(room.owner, network);
    let mut add = |words: &[&str]| line.extend(words.iter().map(|word| (*word).to_owned()));
    let text = |path: &Path| path.display().to_string();
    // temporary files are files of the build, and count as such
    add(&["--proc", "/proc", "--dev", "/dev", "--bind", &text(&room.work.join("shm")), "/dev/shm", "--remount-ro", "/dev"]);
    add(&["--bind", &text(&room.work.join("tmp")), "/tmp"]);
    let mut shown: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
    shown.extend(ETC.iter().map(|name| Path::new("/etc").join(name)));
    shown.extend(tool_folders());
    shown.extend_from_slice(room.shown);
    // what bubblewrap makes by itself is for root only; sorted, a folder stands before those in it
    let ways: BTreeSet<&Path> = shown.iter().map(PathBuf::as_path).chain([room.work]).flat_map(|path| path.ancestors().skip(1)).collect();
    for way in ways.into_iter().filter(|way| *way != Path::new("/")) {
        add(&["--perms", "0755", "--dir", &text(way)]);
    }
    for path in &shown {
        add(&["--ro-bind-try", &text(path), &text(path)]);
    }
    for list in ["passwd", "group"] {
        add(&["--ro-bind", &text(&room.lists.join(list)), &format!("/etc/{list}")]);
    }
    add(&["--bind", &text(room.work), &text(room.work), "--remount-ro", "/", "--chdir", &text(&room.work.join("source")), "--"]);
    line
}

/// Where Node.js lives when it is not a system package: the folder above its `bin`.
fn tool_folders() -> Vec<PathBuf> {
    let real = in_path("node").and_then(|node| node.canonicalize().ok());
    let prefix = real.and_then(|node| Some(node.parent()?.parent()?.to_path_buf()));
    prefix.into_iter().filter(|prefix| prefix != Path::new("/")).collect()
}

/// A program of this machine that commands find and see: where it really is.
pub(super) fn installed(program: &str) -> Option<PathBuf> {
    let real = std::env::split_paths(&search_path()).find_map(|folder| folder.join(program).canonicalize().ok().filter(|file| file.is_file()))?;
    let seen = SYSTEM.iter().map(PathBuf::from).chain(tool_folders()).any(|folder| real.starts_with(folder));
    seen.then_some(real)
}

/// Where commands are looked for: the system's folders, and Node.js's own.
pub(super) fn search_path() -> String {
    let node = in_path("node").and_then(|node| Some(node.parent()?.display().to_string()));
    node.into_iter().chain(["/usr/local/bin", "/usr/bin", "/bin"].map(str::to_owned)).collect::<Vec<_>>().join(":")
}

/// Whether commands get the server's variable of this name. Of npm's settings those that hold credentials stay here: a
/// project's scripts would read them.
fn passes(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let credential = ["//", "auth", "password", "token", "username", "otp", "key"].iter().any(|part| lower.contains(part));
    PASSED.contains(&name) || (lower.starts_with("npm_config_") && !credential)
}

/// The whole environment of a command that works in a folder.
pub(super) fn environment(folder: &Path, extra: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut environment: BTreeMap<String, String> = std::env::vars().filter(|(name, _)| passes(name)).collect();
    let home = folder.join("home");
    let own = [
        ("PATH", search_path()),
        ("HOME", home.display().to_string()),
        ("TMPDIR", folder.join("tmp").display().to_string()),
        ("CI", "true".into()),
        ("NO_COLOR", "1".into()),
    ];
    environment.extend(own.map(|(name, value)| (name.to_owned(), value)));
    environment.extend(extra.clone());
    environment
}

#[cfg(test)]
mod tests {
    use super::passes;

    #[test]
    fn commands_get_settings_and_no_credentials() {
        for name in ["TZ", "https_proxy", "NODE_EXTRA_CA_CERTS", "npm_config_registry", "NPM_CONFIG_CAFILE", "npm_config_strict_ssl"] {
            assert!(passes(name), "{name}");
        }
        let secrets =
            ["WORKER_SHARED_SECRET", "DATABASE_URL", "npm_config__auth", "npm_config__authToken", "NPM_CONFIG__PASSWORD", "npm_config_//r.example/:_authToken"];
        for name in secrets.into_iter().chain(["npm_config_username", "npm_config_otp", "npm_config_key", "NPM_TOKEN"]) {
            assert!(!passes(name), "{name}");
        }
    }
}
