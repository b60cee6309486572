//! What the server tells the supervisor of a command, and what it is told at the end. Each is a line of JSON over the
//! socket that is the supervisor's standard input; between them the server may send `stop MILLISECONDS`.

use super::limits::{BuildLimits, Limit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A command to run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub program: String,
    pub arguments: Vec<String>,
    pub environment: BTreeMap<String, String>,
    /// Where it starts.
    pub folder: PathBuf,
    /// What it may write: counted, and given to its owner first.
    pub work: PathBuf,
    /// Who is to own `work`, where that is not the server's own user.
    pub owner: Option<u32>,
    /// Whether `program` is bubblewrap: it takes care of its user and session itself.
    pub sandboxed: bool,
    pub limits: BuildLimits,
}

/// How a command ended. Nothing of what it started is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// By itself or by a signal, which has no code.
    Ended(Option<i32>),
    /// It was stopped for taking too much.
    Exceeded(Limit),
    /// It could not be started.
    NotStarted(String),
    /// Whoever watched it is gone, and took the outcome along.
    Unknown,
}
