//! The bus between nodes: it wakes readers and carries events as a fast path. What it loses, the log still has.

use crate::domain::event::StoredEvent;
use serde::{Deserialize, Serialize};

/// News for other nodes.
#[derive(Debug, Clone)]
pub enum Message {
    /// Committed events.
    Events(Vec<StoredEvent>),
    /// A log has grown. It says how far and not by what: readers elsewhere read it themselves, once a node.
    Grown(Grown),
    /// A job may be claimed.
    Job,
}

/// How far a build's log goes now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grown {
    /// The build.
    pub build_id: String,
    /// Its project.
    pub project_id: String,
    /// The place of the last line.
    pub last: i64,
}

/// Carries news between nodes. It never fails and never waits: the log is the truth, not the bus.
pub trait Bus: Send + Sync {
    /// Sends a message, or loses it.
    fn send(&self, message: Message);
    /// Somebody here listens to a project from now on.
    fn listen(&self, project_id: &str);
    /// Nobody here listens to a project any more.
    fn leave(&self, project_id: &str);
}

/// The bus of a single node: there is nobody else to tell.
#[derive(Debug, Clone, Copy, Default)]
pub struct InProcess;

impl Bus for InProcess {
    fn send(&self, _message: Message) {}
    fn listen(&self, _project_id: &str) {}
    fn leave(&self, _project_id: &str) {}
}
