//! The steps of a build, in their order. A step that does not apply emits nothing.

mod compile;
mod dependencies;
mod deploy;
mod detect;
mod develop;
mod metadata;
mod optimise;
mod source;

use super::attempt::Attempt;
use crate::domain::event::{BuildCompleted, BuildFailed, RollbackFailed};
use crate::domain::framework::{Framework, Manifest};
use crate::domain::lock_file::LockFile;
use crate::domain::package_manager::Choice;
use crate::domain::problem::Problem;
use crate::service::work::{End, NotRecorded};
use std::collections::BTreeMap;
use std::path::PathBuf;
use tokio_util::task::TaskTracker;

/// Why the steps end early.
pub(super) enum StepError {
    /// The build failed, for a reason that is told.
    Failed(Box<BuildFailed>),
    /// The build failed, and the error that is shown is one of its own.
    Told(Box<BuildFailed>, Box<Problem>),
    /// The rollback failed.
    RollbackFailed(Box<RollbackFailed>),
    /// A command took longer than a step may.
    TimedOut,
    /// The build is no longer this node's.
    Lost,
}

impl From<NotRecorded> for StepError {
    fn from(not: NotRecorded) -> Self {
        match not {
            // only an end can meet a cancel
            NotRecorded::Lost | NotRecorded::CancelRequested(_) => Self::Lost,
            full @ NotRecorded::Full => Self::fault("storage_unavailable", &full),
        }
    }
}

impl StepError {
    /// A failure that the project has to mend.
    pub fn because(reason: &str) -> Self {
        Self::Failed(Box::new(BuildFailed { reason: Some(reason.into()), exit_code: None, duration: None, phase: None, recoverable: Some(false) }))
    }

    /// A command of the project that ended badly.
    pub fn command(exit_code: Option<i32>) -> Self {
        Self::Failed(Box::new(BuildFailed { reason: Some("command_failed".into()), exit_code, duration: None, phase: None, recoverable: Some(false) }))
    }

    /// A failure of this server, which another try may not meet.
    pub fn fault(reason: &str, error: &dyn std::fmt::Display) -> Self {
        tracing::error!(reason, %error, "a build meets a fault of this server");
        Self::Failed(Box::new(BuildFailed { reason: Some(reason.into()), exit_code: None, duration: None, phase: None, recoverable: Some(true) }))
    }
}

/// What is known of a project once it was looked at.
pub(super) struct Project {
    pub manifest: Option<Manifest>,
    pub has_lock: bool,
    /// The package manager that installs it.
    pub packages: Choice,
    /// What the lock file says that is kept to.
    pub lock: Option<LockFile>,
    pub framework: Framework,
    /// Its own files as they were sent, by path: what the artifact keeps.
    pub files: BTreeMap<String, PathBuf>,
}

/// Files to serve, by their path in the site.
pub(super) type OutputFiles = BTreeMap<String, PathBuf>;

tokio::task_local! {
    /// What counts the work on other threads of the attempt whose steps run here.
    pub(super) static THREADS: TaskTracker;
}

/// Runs on the thread pool for blocking work. The attempt's folder stays until it is done, whoever still waits for it.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StepError> {
    let counted = THREADS.try_with(TaskTracker::token).ok();
    let span = tracing::Span::current();
    let work = move || {
        let _counted = counted;
        span.in_scope(work)
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| StepError::fault("internal", &error))
}

/// Runs every step and says how the build ends.
pub(super) async fn run(attempt: &Attempt) -> Result<End, StepError> {
    let files = source::unpack(attempt).await?;
    let project = detect::run(attempt, files).await?;
    let project = develop::run(attempt, project).await?;
    let script = project.manifest.as_ref().and_then(Manifest::build_script).is_some();
    if script {
        let tool = dependencies::run(attempt, &project).await?;
        compile::run(attempt, &project, &tool).await?;
    }
    let mut output = compile::gather(attempt, &project, script).await?;
    optimise::run(attempt, &mut output).await?;
    let mut version = deploy::run(attempt, &project, output.clone()).await?;
    version.recommendations = metadata::run(attempt, &project, output).await?;
    let url = attempt.services.preview_url(&attempt.claim.project_id);
    let completed = BuildCompleted { duration: attempt.services.seconds_since_start(&attempt.claim), url, version_id: version.id.clone() };
    Ok(End::Deployed(Box::new(version), completed.into()))
}
