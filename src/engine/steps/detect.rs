//! Checks what a request's check can't see, and finds the framework.

use super::{Project, StepError, blocking};
use crate::domain::event::{BuildFrameworkDetecting, BuildValidating};
use crate::domain::framework::{Manifest, detect};
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
    let lock: Option<serde_json::Value> = parse(&files, "package-lock.json", "lockfile_invalid").await?;
    let framework = detect(manifest.as_ref(), files.contains_key("index.html"));
    Ok(Project { has_lock: lock.is_some() || files.contains_key("npm-shrinkwrap.json"), manifest, framework, files })
}

async fn parse<T: serde::de::DeserializeOwned + Send + 'static>(
    files: &BTreeMap<String, PathBuf>,
    name: &str,
    reason: &'static str,
) -> Result<Option<T>, StepError> {
    let Some(path) = files.get(name).cloned() else { return Ok(None) };
    let parsed = blocking(move || {
        let small = path.metadata().is_ok_and(|meta| meta.len() <= MANIFEST_MAX_BYTES);
        let bytes = if small { std::fs::read(&path).ok()? } else { return None };
        // some editors leave a byte order mark
        serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).ok()
    });
    parsed.await?.map(Some).ok_or_else(|| StepError::because(reason))
}
