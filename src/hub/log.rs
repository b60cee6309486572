//! The log as the hub reads it.

use super::{Record, StreamKey};
use futures_util::future::BoxFuture;
use std::collections::HashMap;

/// The log can't be read now; it may be later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the log cannot be read now")]
pub struct LogError;

/// What the log has around a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The id of the event or line at the position, and whether it is its build's last.
    pub event: Option<(String, bool)>,
    /// The position of the last event.
    pub last: i64,
}

/// Reads streams of committed events, and of lines.
pub trait Log: Send + Sync {
    /// How many readers it may have at once; the rest of its connections are others'.
    fn readers(&self) -> usize;

    /// Events after a position, in order and without gaps, at most `limit`.
    fn after<'a>(&'a self, key: &'a StreamKey, position: i64, limit: i64) -> BoxFuture<'a, Result<Vec<Record>, LogError>>;

    /// The last positions of streams.
    fn heads<'a>(&'a self, keys: &'a [StreamKey]) -> BoxFuture<'a, Result<HashMap<StreamKey, i64>, LogError>>;

    /// The event at a position, and where the log ends.
    fn locate<'a>(&'a self, key: &'a StreamKey, position: i64) -> BoxFuture<'a, Result<Located, LogError>>;
}
