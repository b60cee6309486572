//! An event as one stream carries it: framed once for each transport, shared by all who read it.

use crate::domain::cursor::Cursor;
use crate::domain::event::StoredEvent;
use crate::domain::frame::{event_frame, socket_event_frame};
use crate::domain::log::StoredLine;
use bytes::{Bytes, BytesMut};
use std::sync::{Arc, OnceLock};

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
    /// One build once more, as far as its replay is.
    Replay {
        /// The replay's id.
        id: String,
        /// The build's project.
        project_id: String,
    },
    /// What the commands of one build print.
    Logs {
        /// The build.
        id: String,
        /// Its project's.
        project_id: String,
    },
}

impl StreamKey {
    /// The project whose news the stream is part of.
    pub fn project_id(&self) -> &str {
        match self {
            Self::Build { project_id, .. } | Self::Replay { project_id, .. } | Self::Logs { project_id, .. } | Self::Project(project_id) => project_id,
        }
    }

    /// Its name on a WebSocket: `build:ID`, `project:ID`, `replay:ID` or `logs:ID`.
    pub fn name(&self) -> String {
        match self {
            Self::Build { id, .. } => format!("build:{id}"),
            Self::Project(id) => format!("project:{id}"),
            Self::Replay { id, .. } => format!("replay:{id}"),
            Self::Logs { id, .. } => format!("logs:{id}"),
        }
    }

    /// Whether what comes on it happened long ago.
    pub(super) const fn is_replay(&self) -> bool {
        matches!(self, Self::Replay { .. })
    }

    /// Whether it has an end.
    pub const fn ends(&self) -> bool {
        !matches!(self, Self::Project(_))
    }

    /// The log of the build that an event belongs to.
    pub(super) fn log_of(event: &StoredEvent) -> Self {
        Self::Logs { id: event.build_id.clone(), project_id: event.project_id.clone() }
    }

    /// The streams that an event is part of.
    pub(super) fn of(event: &StoredEvent) -> [Self; 2] {
        [Self::Build { id: event.build_id.clone(), project_id: event.project_id.clone() }, Self::Project(event.project_id.clone())]
    }
}

/// An event, or a line of a log, at its place in one stream.
#[derive(Debug)]
pub struct Record {
    /// Its cursor.
    pub cursor: Cursor,
    /// Its JSON: the same bytes in every frame.
    pub body: Arc<str>,
    /// Whether the stream ends with it. A project's stream has no end.
    pub last: bool,
    /// When it happened, epoch milliseconds.
    pub timestamp: i64,
    sse: OnceLock<Bytes>,
    socket: OnceLock<Bytes>,
}

impl Record {
    /// An event in its build's stream, or in its project's.
    pub fn event(key: &StreamKey, event: &StoredEvent) -> Self {
        let (position, last) = if key.ends() { (event.seq, event.finished) } else { (event.project_seq, false) };
        Self::new(Cursor::of(position, &event.event_id), event.body.clone(), last, event.timestamp)
    }

    /// A line in its build's log.
    pub fn line(line: &StoredLine) -> Self {
        Self::new(Cursor::of(line.seq, &line.line_id), line.body.clone(), line.finished, line.timestamp)
    }

    const fn new(cursor: Cursor, body: Arc<str>, last: bool, timestamp: i64) -> Self {
        Self { cursor, body, last, timestamp, sse: OnceLock::new(), socket: OnceLock::new() }
    }

    pub(super) const fn position(&self) -> i64 {
        self.cursor.position
    }

    fn sse(&self) -> &Bytes {
        self.sse.get_or_init(|| event_frame(&self.cursor, &self.body).into())
    }

    /// The text of its WebSocket frame, on the stream of this name.
    pub fn socket(&self, stream: &str) -> Bytes {
        self.socket.get_or_init(|| socket_event_frame(stream, &self.cursor, &self.body).into()).clone()
    }
}

/// Consecutive events, at least one, shared by the readers that are at the same place.
#[derive(Debug)]
pub struct Chunk {
    /// The events, in order.
    pub records: Vec<Arc<Record>>,
    joined: OnceLock<Bytes>,
}

impl Chunk {
    /// Consecutive records; none when there are none.
    pub(super) fn of(records: Vec<Arc<Record>>) -> Option<Arc<Self>> {
        (!records.is_empty()).then(|| Arc::new(Self { records, joined: OnceLock::new() }))
    }

    fn end(&self) -> &Record {
        self.records.last().expect("a chunk is not empty")
    }

    /// The position of its last event.
    pub(super) fn position(&self) -> i64 {
        self.end().position()
    }

    /// When its last event happened, epoch milliseconds.
    pub(super) fn timestamp(&self) -> i64 {
        self.end().timestamp
    }

    /// Whether the stream ends with it.
    pub(super) fn last(&self) -> bool {
        self.end().last
    }

    /// Its server-sent events, one after the other. Those of a single event are shared, not copied.
    pub fn sse(&self) -> Bytes {
        if let [only] = &self.records[..] {
            return only.sse().clone();
        }
        let join = || {
            let mut joined = BytesMut::with_capacity(self.records.iter().map(|record| record.sse().len()).sum());
            self.records.iter().for_each(|record| joined.extend_from_slice(record.sse()));
            joined.freeze()
        };
        self.joined.get_or_init(join).clone()
    }
}
