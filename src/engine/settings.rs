//! What the engine is told at start.

use super::cache::DependencyCache;
use super::sandbox::Sandbox;
use super::tools::Tools;
use std::path::PathBuf;
use std::time::Duration;

/// What an engine is told at start.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// This node's id: the same after a restart on the same data folder.
    pub node_id: String,
    /// Builds at once.
    pub concurrency: usize,
    /// Folder for the files of running builds; emptied at start.
    pub scratch: PathBuf,
    /// How commands are kept apart.
    pub sandbox: Sandbox,
    /// Finished installs.
    pub cache: DependencyCache,
    /// Package managers.
    pub tools: Tools,
    /// Time that an attempt may take.
    pub build_timeout: Duration,
    /// Between two renewals of a lease.
    pub renew: Duration,
}
