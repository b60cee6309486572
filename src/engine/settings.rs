//! What the engine is told at start.

use super::cache::DependencyCache;
use super::generator::Generator;
use super::protection::Protection;
use super::tools::Tools;
use super::working_directory::WorkingDirectories;
use crate::service::turns::NodeLife;
use std::path::PathBuf;
use std::time::Duration;

/// What an engine is told at start.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// This node: the same after a restart on the same data folder, and this life of it.
    pub life: NodeLife,
    /// Builds at once.
    pub concurrency: usize,
    /// Folder for the files of running builds; emptied at start.
    pub scratch: PathBuf,
    /// How commands are kept apart, and what they may take.
    pub protection: Protection,
    /// The program that supervises commands: this one, which is not always the one that runs (a test's is not).
    pub supervisor: PathBuf,
    /// Who is asked for code; none: prompts are kept, and nothing comes of them.
    pub generator: Option<Generator>,
    /// Finished installs.
    pub cache: DependencyCache,
    /// Package managers.
    pub tools: Tools,
    /// Time that an attempt may take.
    pub build_timeout: Duration,
    /// Time that an attempt of a rollback may take.
    pub rollback_max: Duration,
    /// Working directories of projects, with their histories beside them.
    pub projects: WorkingDirectories,
    /// Time that one command of a build may take.
    pub step_timeout: Duration,
    /// Time between the request to end and the end, for the processes of a build that is stopped.
    pub cancel_grace: Duration,
    /// Between two renewals of a lease.
    pub renew: Duration,
}
