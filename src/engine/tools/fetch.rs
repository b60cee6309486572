//! Fetching a version of a package manager: npm installs it, inside the sandbox and without running anything of it, in a
//! folder where there is nothing of the project; then it is asked for its version, and moved to its place whole.

use super::{Place, Tools};
use crate::domain::package_manager::PackageManager;
use crate::engine::attempt::Attempt;
use crate::engine::command::BuildCommand;
use crate::engine::sandbox::{Network, search_path};
use crate::engine::steps::{StepError, blocking};
use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::symlink;
use std::os::unix::fs::{PermissionsExt, lchown};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::timeout;

/// How the names of folders begin that are about to be removed.
pub(super) const GONE: &str = ".gone-";
/// How long a fetch may take: a program of 100 MB over a slow line.
const FETCH_MAX: Duration = Duration::from_secs(180);
/// Lines that are logged of a fetch that failed.
const LINES_TOLD: usize = 5;
const FLAGS: &[&str] = &["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--no-update-notifier", "--no-save", "--loglevel=error"];

/// Sees to it that a version is in its place. Of builds that need the same one, the first fetches it, and the others wait,
/// each within its own time.
pub(super) async fn ensure(attempt: &Attempt, tools: &Tools, place: &Place, manager: PackageManager, version: &str) -> Result<(), StepError> {
    let _one = place.fetching.lock().await;
    if place.folder.is_dir() {
        return Ok(());
    }
    let folder = attempt.folder.join("tool");
    let fetched = timeout(FETCH_MAX, fetch(attempt, &folder, manager, version)).await;
    let unavailable = |why: &str| StepError::fault("package_manager_unavailable", &format_args!("{} {version}: {why}", manager.word()));
    match fetched {
        Ok(Ok(())) => {}
        Ok(Err(StepError::Lost)) => return Err(StepError::Lost),
        Ok(Err(_)) => return Err(unavailable("it could not be installed")),
        Err(_) => return Err(unavailable("it took too long")),
    }
    let (tools, from, to) = (tools.clone(), folder.join("source"), place.folder.clone());
    let moved = blocking(move || {
        let gone = tools.make_room()?;
        open_to_all(&from)?;
        std::fs::rename(from, to)?;
        gone.iter().try_for_each(std::fs::remove_dir_all)
    });
    moved.await?.map_err(|error| StepError::fault("storage_unavailable", &error))
}

/// A tool is for every build, and none may change it: it becomes the server's, and readable by everybody.
fn open_to_all(path: &Path) -> io::Result<()> {
    let meta = path.symlink_metadata()?;
    let (uid, gid) = (rustix::process::geteuid(), rustix::process::getegid());
    if uid.is_root() {
        lchown(path, Some(uid.as_raw()), Some(gid.as_raw()))?;
    }
    if meta.is_symlink() {
        return Ok(());
    }
    let runs = meta.is_dir() || meta.permissions().mode() & 0o100 != 0;
    std::fs::set_permissions(path, Permissions::from_mode(if runs { 0o755 } else { 0o644 }))?;
    if meta.is_dir() {
        for entry in std::fs::read_dir(path)? {
            open_to_all(&entry?.path())?;
        }
    }
    Ok(())
}

async fn fetch(attempt: &Attempt, folder: &Path, manager: PackageManager, version: &str) -> Result<(), StepError> {
    let layout = folder.to_owned();
    let laid = blocking(move || {
        match std::fs::remove_dir_all(&layout) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        ["source", "home", "tmp"].into_iter().try_for_each(|name| std::fs::create_dir_all(layout.join(name)))?;
        std::fs::write(layout.join("source/package.json"), r#"{"private":true}"#)
    });
    laid.await?.map_err(|error| StepError::fault("storage_unavailable", &error))?;
    let package = format!("{}@{version}", manager.package());
    let arguments: Vec<&str> = FLAGS.iter().copied().chain([package.as_str()]).collect();
    let cache = BTreeMap::from([("npm_config_cache".to_owned(), folder.join("home/npm-cache").display().to_string())]);
    let install = BuildCommand { program: "npm", arguments: &arguments, network: Network::Allowed, environment: cache, shown: vec![] };
    output(attempt, install, folder).await?;
    let source = folder.join("source");
    blocking(move || lay_out(&source, manager)).await?.map_err(|error| StepError::fault("package_manager_unavailable", &error))?;
    let path = BTreeMap::from([("PATH".to_owned(), format!("{}:{}", folder.join("source/bin").display(), search_path()))]);
    let ask = BuildCommand { program: manager.word(), arguments: &["--version"], network: Network::Denied, environment: path, shown: vec![] };
    let said = output(attempt, ask, folder).await?;
    if said.iter().any(|line| line.trim() == version) { Ok(()) } else { Err(StepError::because("it does not say its version")) }
}

/// Runs a command to its end; answers with what it printed.
async fn output(attempt: &Attempt, command: BuildCommand<'_>, folder: &Path) -> Result<Vec<String>, StepError> {
    let mut running = command.start_in(attempt, folder)?;
    let mut lines = Vec::new();
    while let Some(line) = running.next_line().await? {
        tracing::debug!(build_id = attempt.claim.build_id, line, "a package manager is fetched");
        lines.push(line);
    }
    let ended = running.result();
    if ended.is_err() {
        let last = &lines[lines.len().saturating_sub(LINES_TOLD)..];
        tracing::warn!(build_id = attempt.claim.build_id, ?last, "a package manager was not fetched");
    }
    ended.map(|()| lines)
}

/// Makes `bin`, with the programs under their names. Bun's own package only has stand-ins, which its install script
/// would replace by the program that came beside.
fn lay_out(source: &Path, manager: PackageManager) -> io::Result<()> {
    if manager != PackageManager::Bun {
        return symlink("node_modules/.bin", source.join("bin"));
    }
    std::fs::create_dir(source.join("bin"))?;
    let program = bun_program(&source.join("node_modules/@oven"))?;
    let program = Path::new("../node_modules/@oven").join(program).join("bin/bun");
    symlink(&program, source.join("bin/bun"))?;
    symlink(&program, source.join("bin/bunx"))
}

/// The folder of Bun's program: of several, the plainest.
fn bun_program(folder: &Path) -> io::Result<PathBuf> {
    let mut names: Vec<_> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.file_name()).collect();
    names.retain(|name| folder.join(name).join("bin/bun").is_file());
    names.sort_by_key(|name| name.len());
    names.into_iter().next().map(PathBuf::from).ok_or_else(|| io::Error::other("no program of Bun for this machine"))
}
