//! Checks what a request's check can't see, and finds the framework.

use super::{Project, StepError, blocking};
use crate::domain::event::{BuildFrameworkDetecting, BuildValidating};
use crate::domain::framework::{Manifest, detect};
use crate::domain::lock_file::{self, LockFile};
use crate::domain::package_manager::{Choice, PackageManager, choose};
use crate::engine::attempt::Attempt;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The most bytes of a manifest or lock file that are parsed.
const MANIFEST_MAX_BYTES: u64 = 32 << 20;

pub(super) async fn run(attempt: &Attempt, files: BTreeMap<String, PathBuf>) -> Result<Project, StepError> {
    let sized = files.clone();
    let total_bytes = blocking(move || sized.values().filter_map(|path| path.metadata().ok()).map(|meta| meta.len()).sum()).await?;
    attempt.emit(BuildValidating { count: u32::try_from(files.len()).unwrap_or(u32::MAX), total_bytes }).await?;
    let project = look(files).await?;
    attempt.emit(detected(&project)).await?;
    Ok(project)
}

/// Looks again at files that have changed, and tells of it when another framework is found.
pub(super) async fn again(attempt: &Attempt, before: Project, files: BTreeMap<String, PathBuf>) -> Result<Project, StepError> {
    let project = look(files).await?;
    if project.framework != before.framework {
        attempt.emit(detected(&project)).await?;
    }
    Ok(project)
}

fn detected(project: &Project) -> BuildFrameworkDetecting {
    let framework = project.framework.clone();
    BuildFrameworkDetecting { framework: Some(framework.name.into()), version: framework.version, confidence: Some(framework.confidence) }
}

async fn look(files: BTreeMap<String, PathBuf>) -> Result<Project, StepError> {
    let manifest: Option<Manifest> = parse(&files, "package.json", "manifest_invalid").await?;
    let (packages, lock) = packages(&files, manifest.as_ref()).await?;
    let framework = detect(manifest.as_ref(), files.contains_key("index.html"));
    Ok(Project { has_lock: lock.is_some(), packages, lock, manifest, framework, files })
}

/// Which package manager installs the project, and what its lock file says.
async fn packages(files: &BTreeMap<String, PathBuf>, manifest: Option<&Manifest>) -> Result<(Choice, Option<LockFile>), StepError> {
    let yarn = read(files, "yarn.lock").await?.flatten();
    let is_berry = yarn.is_some_and(|bytes| lock_file::read("yarn.lock", &bytes).is_some_and(|lock| lock.format.manager == PackageManager::YarnBerry));
    let choice = choose(manifest.and_then(Manifest::package_manager), |name| files.contains_key(name), is_berry);
    let Some(name) = choice.lock else { return Ok((choice, None)) };
    let lock = read(files, name).await?.flatten().and_then(|bytes| lock_file::read(name, &bytes));
    Ok((choice, Some(lock.ok_or_else(|| StepError::because("lockfile_invalid"))?)))
}

/// A file of the project's root; none inside where it can't be read or is too large to be.
async fn read(files: &BTreeMap<String, PathBuf>, name: &str) -> Result<Option<Option<Vec<u8>>>, StepError> {
    let Some(path) = files.get(name).cloned() else { return Ok(None) };
    let bytes = blocking(move || {
        let small = path.metadata().is_ok_and(|meta| meta.len() <= MANIFEST_MAX_BYTES);
        if small { std::fs::read(&path).ok() } else { None }
    });
    Ok(Some(bytes.await?))
}

async fn parse<T: serde::de::DeserializeOwned>(files: &BTreeMap<String, PathBuf>, name: &str, reason: &'static str) -> Result<Option<T>, StepError> {
    let Some(bytes) = read(files, name).await? else { return Ok(None) };
    // some editors leave a byte order mark
    let parsed = bytes.and_then(|bytes| serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).ok());
    parsed.map(Some).ok_or_else(|| StepError::because(reason))
}
