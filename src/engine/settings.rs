//! What the engine is told at start.

use super::protection::Protection;
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
    /// How commands are kept apart, and what they may take.
    pub protection: Protection,
    /// The program that supervises commands: this one, which is not always the one that runs (a test's is not).
    pub supervisor: PathBuf,
    /// Time that an attempt may take.
    pub build_timeout: Duration,
    /// Time that one command of a build may take.
    pub step_timeout: Duration,
    /// Time between the request to end and the end, for the processes of a build that is stopped.
    pub cancel_grace: Duration,
    /// Between two renewals of a lease.
    pub renew: Duration,
}
