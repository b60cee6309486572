//! An event as one stream carries it: framed once, shared by all who read it.

use crate::domain::cursor::Cursor;
use crate::domain::event::StoredEvent;
use crate::domain::frame::event_frame;
use bytes::{Bytes, BytesMut};
use std::sync::Arc;

/// A stream of the log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StreamKey {
    /// One build, or one rollback's job.
    Build {
        /// Its id.
        id: String,
        /// Its project's.
        project_id: String,
    },
    /// Everything of one project.
    Project(String),
}

impl StreamKey {
    /// The project whose news the stream is part of.
    pub fn project_id(&self) -> &str {
        match self {
            Self::Build { project_id, .. } | Self::Project(project_id) => project_id,
        }
    }

    /// The streams that an event is part of.
    pub(super) fn of(event: &StoredEvent) -> [Self; 2] {
        [Self::Build { id: event.build_id.clone(), project_id: event.project_id.clone() }, Self::Project(event.project_id.clone())]
    }
}

/// An event at its place in one stream.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub position: i64,
    /// The last event of a build's stream; a project's stream has none.
    pub last: bool,
    pub frame: Bytes,
    pub record: Record,
}

/// An event as JSON history gives it.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its cursor.
    pub cursor: Cursor,
    /// Its JSON, the same bytes as in its frame.
    pub body: Arc<str>,
    /// Whether the stream ends with it.
    pub last: bool,
}

impl Record {
    pub(super) fn new(key: &StreamKey, event: &StoredEvent) -> Self {
        let (position, last) = place(key, event);
        Self { cursor: Cursor::of(position, &event.event_id), body: event.body.clone(), last }
    }
}

/// An event's position in a stream, and whether the stream ends with it.
fn place(key: &StreamKey, event: &StoredEvent) -> (i64, bool) {
    match key {
        StreamKey::Build { .. } => (event.seq, event.finished),
        StreamKey::Project(_) => (event.project_seq, false),
    }
}

/// Frames of consecutive events, ready to be written.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The frames.
    pub bytes: Bytes,
    /// The position of the last event in it.
    pub position: i64,
    /// Whether the stream ends with it.
    pub last: bool,
    /// The same events, for transports that frame them otherwise.
    pub records: Arc<[Record]>,
}

impl Entry {
    pub(super) fn new(key: &StreamKey, event: &StoredEvent) -> Self {
        let record = Record::new(key, event);
        Self { position: record.cursor.position, last: record.last, frame: event_frame(&record.cursor, &record.body).into(), record }
    }
}

impl Chunk {
    /// Joins consecutive entries; none when there are none. A single entry is shared, not copied.
    pub(super) fn join<'a>(entries: impl Iterator<Item = &'a Entry> + Clone) -> Option<Self> {
        let end = entries.clone().last()?;
        let records: Arc<[Record]> = entries.clone().map(|entry| entry.record.clone()).collect();
        let bytes = if records.len() == 1 {
            end.frame.clone()
        } else {
            let mut joined = BytesMut::with_capacity(entries.clone().map(|e| e.frame.len()).sum());
            entries.for_each(|entry| joined.extend_from_slice(&entry.frame));
            joined.freeze()
        };
        Some(Self { bytes, position: end.position, last: end.last, records })
    }
}
