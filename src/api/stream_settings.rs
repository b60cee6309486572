//! How streams behave, on every transport, and when they end.

use super::stream_limits::StreamLimits;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How streams behave.
#[derive(Debug, Clone)]
pub struct StreamSettings {
    /// Silence after which a comment is sent.
    pub heartbeat: Duration,
    /// When streams end.
    pub stop: StreamStop,
    /// How many there may be.
    pub limits: StreamLimits,
    /// Streams end at random moments within this time after that.
    pub drain_window: Duration,
    /// Whether events have legacy messages, in the connection's locale.
    pub legacy_messages: bool,
}

/// The server's moments that end streams, and the count of those that still run.
#[derive(Debug, Clone, Default)]
pub struct StreamStop {
    /// Cancelled when the server begins to drain: streams end within the window.
    pub drain: CancellationToken,
    /// Cancelled at the window's end: streams end now.
    pub now: CancellationToken,
    /// Holds a token for each stream.
    pub open: TaskTracker,
}
