//! Installs the project's packages with npm: by its lock file where there is one.

use super::package_log::fetched;
use super::{Project, StepError, blocking};
use crate::domain::event::{BuildDependenciesAnalyzing, BuildDependenciesComplete, BuildDependenciesInstalling};
use crate::domain::framework::Manifest;
use crate::engine::attempt::Attempt;
use crate::engine::command::BuildCommand;
use crate::engine::sandbox::Network;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tokio::time::Instant;

const NPM: &str = "npm";
const FLAGS: &[&str] = &["--include=dev", "--no-audit", "--no-fund", "--no-progress", "--no-update-notifier", "--loglevel=http"];
/// Events of one install at most, whatever a project's own scripts print.
const EVENTS: u64 = 20;

pub(super) async fn run(attempt: &Attempt, project: &Project) -> Result<(), StepError> {
    let declared = project.manifest.as_ref().map_or(0, Manifest::dependency_count);
    if declared == 0 {
        return Ok(());
    }
    let begun = Instant::now();
    attempt.emit(BuildDependenciesAnalyzing { package_manager: NPM.into(), count: u32::try_from(declared).unwrap_or(u32::MAX) }).await?;
    let locked = packages_in(attempt.source().join("package-lock.json")).await?;
    let expected = if locked > 0 { locked } else { declared as u64 };
    install(attempt, project.has_lock, expected).await?;
    let installed = packages_in(attempt.source().join("node_modules/.package-lock.json")).await?;
    let complete = BuildDependenciesComplete {
        package_manager: NPM.into(),
        packages_installed: u32::try_from(installed).unwrap_or(u32::MAX),
        duration: begun.elapsed().as_secs_f64(),
    };
    Ok(attempt.emit(complete).await?)
}

async fn install(attempt: &Attempt, has_lock: bool, expected: u64) -> Result<(), StepError> {
    let installing = |step, package: Option<super::package_log::Fetched>| {
        let (package, version) = package.map(|p| (p.package, p.version)).unzip();
        BuildDependenciesInstalling { package_manager: NPM.into(), step, total: expected.max(step), package, version }
    };
    attempt.emit(installing(0, None)).await?;
    let mut arguments = vec![if has_lock { "ci" } else { "install" }];
    arguments.extend(FLAGS);
    let cache = attempt.work().join("npm-cache").display().to_string();
    let environment = BTreeMap::from([("npm_config_cache".to_owned(), cache)]);
    let command = BuildCommand { program: NPM, arguments: &arguments, network: Network::Allowed, environment };
    let (mut step, mut told, mut events) = (0, 0, 0);
    let mut running = command.start(attempt)?;
    while let Some(line) = running.next_line().await? {
        tracing::debug!(build_id = attempt.claim.build_id, line, "npm");
        let Some(package) = fetched(&line) else { continue };
        step += 1;
        if step - told >= (expected / EVENTS).max(1) && events < EVENTS {
            (told, events) = (step, events + 1);
            attempt.emit(installing(step, Some(package))).await?;
        }
    }
    running.result()
}

/// How many packages a lock file lists; none where there is no such file.
async fn packages_in(lock: PathBuf) -> Result<u64, StepError> {
    let count = blocking(move || {
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(lock).ok()?).ok()?;
        // the entry with the empty name is the project itself
        Some(json["packages"].as_object()?.keys().filter(|name| !name.is_empty()).count() as u64)
    });
    Ok(count.await?.unwrap_or(0))
}
