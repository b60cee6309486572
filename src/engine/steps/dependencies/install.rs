//! Running the package manager, by its lock file where there is one, and telling of packages as they come.

use super::arrivals::Arrivals;
use super::package_log::{Fetched, fetched};
use crate::domain::event::BuildDependenciesInstalling;
use crate::domain::package_manager::PackageManager;
use crate::engine::attempt::Attempt;
use crate::engine::command::BuildCommand;
use crate::engine::sandbox::Network;
use crate::engine::steps::{Project, StepError, blocking};
use crate::engine::tools::Tool;
use std::time::Duration;
use tokio::time::interval;

const NPM: &[&str] = &["--include=dev", "--no-audit", "--no-fund", "--no-progress", "--no-update-notifier", "--loglevel=http"];
/// Events of one install at most, whatever a project's own scripts print.
const EVENTS: u64 = 20;
/// Between two looks at what a package manager has fetched that does not tell.
const LOOK: Duration = Duration::from_millis(250);

/// The arguments of an install: as the lock file says and not otherwise, where there is one.
fn arguments(manager: PackageManager, locked: bool) -> Vec<&'static str> {
    match (manager, locked) {
        (PackageManager::Npm, true) => [&["ci"], NPM].concat(),
        (PackageManager::Npm, false) => [&["install"], NPM].concat(),
        (PackageManager::Pnpm, true) => vec!["install", "--frozen-lockfile", "--reporter=ndjson"],
        (PackageManager::Pnpm, false) => vec!["install", "--no-frozen-lockfile", "--reporter=ndjson"],
        (PackageManager::YarnClassic, true) => vec!["install", "--frozen-lockfile", "--non-interactive", "--verbose"],
        (PackageManager::YarnClassic, false) => vec!["install", "--non-interactive", "--verbose"],
        (PackageManager::YarnBerry, true) => vec!["install", "--immutable", "--json"],
        // in CI it would insist on a lock file
        (PackageManager::YarnBerry, false) => vec!["install", "--no-immutable", "--json"],
        (PackageManager::Bun, true) => vec!["install", "--frozen-lockfile", "--no-progress", "--verbose"],
        (PackageManager::Bun, false) => vec!["install", "--no-progress", "--verbose"],
    }
}

/// What an install has told so far.
struct Told<'a> {
    attempt: &'a Attempt,
    manager: PackageManager,
    expected: u64,
    step: u64,
    last: u64,
    events: u64,
}

impl Told<'_> {
    async fn packages(&mut self, packages: impl IntoIterator<Item = Fetched>) -> Result<(), StepError> {
        for package in packages {
            self.step += 1;
            if self.step - self.last >= (self.expected / EVENTS).max(1) && self.events < EVENTS {
                (self.last, self.events) = (self.step, self.events + 1);
                self.emit(Some(package)).await?;
            }
        }
        Ok(())
    }

    async fn emit(&self, package: Option<Fetched>) -> Result<(), StepError> {
        let (package, version) = package.map(|p| (p.package, p.version)).unzip();
        let (step, total) = (self.step, self.expected.max(self.step));
        Ok(self.attempt.emit(BuildDependenciesInstalling { package_manager: self.manager.word().into(), step, total, package, version }).await?)
    }
}

/// Installs; `expected` is the number of packages, as far as the lock file tells.
pub(super) async fn run(attempt: &Attempt, project: &Project, tool: &Tool, expected: u64) -> Result<(), StepError> {
    let mut told = Told { attempt, manager: tool.manager, expected, step: 0, last: 0, events: 0 };
    told.emit(None).await?;
    let arguments = arguments(tool.manager, project.lock.is_some());
    let environment = tool.environment(&attempt.work());
    let command = BuildCommand { program: tool.program(), arguments: &arguments, network: Network::Allowed, environment, shown: tool.shown() };
    let mut arrivals = (tool.manager == PackageManager::YarnBerry).then(|| Arrivals::within(&attempt.work(), project.lock.as_ref()));
    let mut look = interval(LOOK);
    let mut running = command.start(attempt)?;
    loop {
        tokio::select! {
            line = running.next_line() => {
                let Some(line) = line? else { break };
                tracing::debug!(build_id = attempt.claim.build_id, line, "an install");
                told.packages(fetched(tool.manager, &line)).await?;
            }
            _ = look.tick(), if arrivals.is_some() => arrivals = come(&mut told, arrivals).await?,
        }
    }
    come(&mut told, arrivals).await?;
    running.result()
}

/// Tells of the packages that have come since the last look.
async fn come(told: &mut Told<'_>, arrivals: Option<Arrivals>) -> Result<Option<Arrivals>, StepError> {
    let Some(mut arrivals) = arrivals else { return Ok(None) };
    let (arrivals, fresh) = blocking(move || {
        let fresh = arrivals.fresh();
        (arrivals, fresh)
    })
    .await?;
    told.packages(fresh).await?;
    Ok(Some(arrivals))
}
