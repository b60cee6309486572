//! How a build's commands are kept apart from the server, its secrets and other projects.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tokio::process::Command;

/// Folders that tools need, read only.
const SYSTEM: &[&str] = &["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt"];
/// Parts of /etc that tools need: names, certificates, libraries. No secrets.
const ETC: &[&str] = &[
    "ssl",
    "ca-certificates",
    "pki",
    "resolv.conf",
    "hosts",
    "nsswitch.conf",
    "passwd",
    "group",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "alternatives",
    "localtime",
];
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

/// Bytes of /tmp inside a sandbox, which is memory: 256 MiB.
const TMP_BYTES: &str = "268435456";
/// Limits of every process of a build: the size of a file that it writes, and no core dumps.
const LIMITS: &[&str] = &["--fsize=1073741824", "--core=0", "--"];

/// Whether the tool that sets limits is there and may set these.
static CAN_LIMIT: LazyLock<bool> =
    LazyLock::new(|| std::process::Command::new("prlimit").args(LIMITS).arg("true").output().is_ok_and(|output| output.status.success()));

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
        let found = in_path("bwrap");
        let works = |bwrap: &PathBuf| {
            let probe = std::process::Command::new(bwrap).args(["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]).output();
            probe.is_ok_and(|output| output.status.success())
        };
        found.filter(works).map_or(Self::None, Self::Bubblewrap)
    }

    /// A command that sees `folder` as its own, writable world, works in `folder/source`, and may read what is `shown`.
    pub(super) fn command(&self, program: &str, folder: &Path, shown: &[PathBuf], network: Network, extra: &BTreeMap<String, String>) -> Command {
        let environment = environment(folder, extra);
        let mut command = match self {
            Self::None => {
                let mut words = limited(program);
                let mut command = Command::new(words.remove(0));
                command.args(words).current_dir(folder.join("source"));
                command
            }
            Self::Bubblewrap(bwrap) => wrapped(bwrap, program, folder, shown, network),
        };
        command.env_clear().envs(environment);
        command.process_group(0).kill_on_drop(true);
        command
    }
}

/// A program under its limits, where they can be set.
fn limited(program: &str) -> Vec<String> {
    let mut words = Vec::new();
    if *CAN_LIMIT {
        words.push("prlimit".to_owned());
        words.extend(LIMITS.iter().map(|limit| (*limit).to_owned()));
    }
    words.push(program.to_owned());
    words
}

fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn wrapped(bwrap: &Path, program: &str, folder: &Path, more: &[PathBuf], network: Network) -> Command {
    let mut command = Command::new(bwrap);
    command.args([
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--size",
        TMP_BYTES,
        "--tmpfs",
        "/tmp",
    ]);
    if network == Network::Allowed {
        command.arg("--share-net");
    }
    let mut shown: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
    shown.extend(ETC.iter().map(|name| Path::new("/etc").join(name)));
    shown.extend(tool_folders());
    shown.extend_from_slice(more);
    for path in &shown {
        command.arg("--ro-bind-try").arg(path).arg(path);
    }
    command.arg("--bind").arg(folder).arg(folder).args(["--remount-ro", "/"]).arg("--chdir").arg(folder.join("source")).arg("--").args(limited(program));
    command
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

fn environment(folder: &Path, extra: &BTreeMap<String, String>) -> BTreeMap<String, String> {
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
