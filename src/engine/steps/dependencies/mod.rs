//! Installs the project's packages: from the cache where this very install is known, else with the package manager that
//! the lock file is from.

mod arrivals;
mod install;
mod installed;
mod key;
mod package_log;

use super::{Project, StepError, blocking};
use crate::domain::event::{BuildDependenciesAnalyzing, BuildDependenciesCached, BuildDependenciesComplete};
use crate::domain::framework::Manifest;
use crate::domain::package_manager::PackageManager;
use crate::engine::attempt::Attempt;
use crate::engine::cache::Key;
use crate::engine::tools::Tool;
use std::collections::BTreeMap;
use std::time::Instant;

/// Leaves the packages in the project's folder; answers with the tool that the build script runs with.
pub(super) async fn run(attempt: &Attempt, project: &Project) -> Result<Tool, StepError> {
    let declared = project.manifest.as_ref().map_or(0, Manifest::dependency_count);
    let has_members = project.manifest.as_ref().is_some_and(Manifest::has_workspaces) || project.files.contains_key("pnpm-workspace.yaml");
    let (choice, format) = (&project.packages, project.lock.as_ref().map_or(0, |lock| lock.format.version));
    if declared == 0 && !has_members {
        return attempt.settings.tools.obtain(attempt, choice, format).await;
    }
    let begun = Instant::now();
    let package_manager = || choice.manager.word().to_owned();
    attempt.emit(BuildDependenciesAnalyzing { package_manager: package_manager(), count: small(declared as u64) }).await?;
    let mut tool = attempt.settings.tools.obtain(attempt, choice, format).await?;
    if choice.manager == PackageManager::YarnBerry {
        tool.asked = yarn_settings(project).await?;
    }
    let key = key_of(attempt, project, &tool).await?;
    let packages = match restored(attempt, key.as_ref(), &package_manager()).await? {
        Some(packages) => packages,
        None => {
            let listed = project.lock.as_ref().map_or(0, |lock| lock.packages.len());
            install::run(attempt, project, &tool, if listed > 0 { listed } else { declared } as u64).await?;
            keep(attempt, project, key).await?
        }
    };
    let complete =
        BuildDependenciesComplete { package_manager: package_manager(), packages_installed: small(packages), duration: begun.elapsed().as_secs_f64() };
    attempt.emit(complete).await?;
    Ok(tool)
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What this install is known by; none where nothing says which packages it brings, or nothing is kept.
async fn key_of(attempt: &Attempt, project: &Project, tool: &Tool) -> Result<Option<Key>, StepError> {
    let tools = &attempt.settings.tools;
    let Some(lock) = project.lock.clone().filter(|_| attempt.settings.cache.is_on()) else { return Ok(None) };
    let (Some(version), Some(node)) = (tools.version_of(tool).await, tools.node().await) else { return Ok(None) };
    let made_by = key::MadeBy { user_id: attempt.claim.user_id.clone(), manager: tool.manager, version, node, asked: tool.asked.clone() };
    let files = project.files.clone();
    let key = blocking(move || key::of(&made_by, &lock, &files)).await?;
    key.map(Some).map_err(|error| StepError::fault("storage_unavailable", &error))
}

/// Brings packages from the cache and tells of it; answers with their number.
async fn restored(attempt: &Attempt, key: Option<&Key>, package_manager: &str) -> Result<Option<u64>, StepError> {
    let Some(key) = key.cloned() else { return Ok(None) };
    let (cache, source, now_ms, over) = (attempt.settings.cache.clone(), attempt.source(), attempt.services.now_ms(), attempt.over());
    let Some(found) = blocking(move || cache.restore(&key, &source, now_ms, &over)).await? else { return Ok(None) };
    let cached =
        BuildDependenciesCached { package_manager: package_manager.to_owned(), count: small(found.packages), age_seconds: found.age_ms as f64 / 1000.0 };
    attempt.emit(cached).await?;
    Ok(Some(found.packages))
}

/// Counts what was installed, and keeps it for the next build, before anything else of the project runs.
async fn keep(attempt: &Attempt, project: &Project, key: Option<Key>) -> Result<u64, StepError> {
    let (cache, source, now_ms, over) = (attempt.settings.cache.clone(), attempt.source(), attempt.services.now_ms(), attempt.over());
    let writer = format!("{}-{}", attempt.claim.build_id, attempt.claim.fencing_token);
    let (manager, listed) = (project.packages.manager, project.lock.as_ref().map_or(0, |lock| lock.packages.len()));
    blocking(move || {
        let packages = installed::count(&source, manager).unwrap_or(listed as u64);
        if let Some(key) = key {
            cache.store(&key, &source, packages, now_ms, &writer, &over);
        }
        packages
    })
    .await
}

/// Yarn 2 and later lays packages out in `node_modules` unless the project says how; a layout that reads them from Yarn's
/// own folder has that folder in the project.
async fn yarn_settings(project: &Project) -> Result<BTreeMap<String, String>, StepError> {
    let path = project.files.get(".yarnrc.yml").cloned();
    let text = blocking(move || path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()).await?;
    let set = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(|value| value.trim().trim_matches(['"', '\'']));
    let mut settings = BTreeMap::new();
    let linker = set("nodeLinker");
    if linker.is_none() {
        settings.insert("YARN_NODE_LINKER".to_owned(), "node-modules".to_owned());
    }
    if linker == Some("pnp") || set("enableGlobalCache").is_none() {
        settings.insert("YARN_ENABLE_GLOBAL_CACHE".to_owned(), (linker != Some("pnp")).to_string());
    }
    Ok(settings)
}
