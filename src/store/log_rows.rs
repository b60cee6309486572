//! Rows of the log as they are read and written, and the texts where a list goes in at once.

use crate::domain::event::StoredEvent;
use sqlx::FromRow;

/// An event's row.
#[derive(Debug, FromRow)]
pub(super) struct EventRow {
    build_id: String,
    seq: i64,
    project_id: String,
    project_seq: i64,
    event_id: String,
    code: String,
    finished: bool,
    body: String,
    created_at_ms: i64,
}

/// A build's place in its streams, held while events are appended.
#[derive(Debug, FromRow)]
pub(super) struct BuildHead {
    pub id: String,
    pub current_state: String,
    pub fencing_token: i64,
    pub last_seq: i64,
    pub progress: f64,
    pub started_at_ms: Option<i64>,
    pub ai_seconds: f64,
    /// `build` or `rollback`.
    pub kind: String,
    /// What its end resolves, where it pays.
    pub reservation_id: Option<String>,
    /// The phase of the last event appended now.
    #[sqlx(skip)]
    pub phase: &'static str,
}

impl From<EventRow> for StoredEvent {
    fn from(row: EventRow) -> Self {
        Self {
            event_id: row.event_id,
            build_id: row.build_id,
            seq: row.seq,
            project_id: row.project_id,
            project_seq: row.project_seq,
            code: row.code,
            finished: row.finished,
            timestamp: row.created_at_ms,
            body: row.body.into(),
        }
    }
}

// `COLLATE "C"`: the order of the bytes, as whoever sorts ids outside of the database has it. A caller's own ids may have
// capitals, which PostgreSQL's other collations put elsewhere.

/// Jobs of a JSON list of builds' ids, locked in one order by everybody.
pub(super) const LOCK_JOBS: (&str, &str) = (
    "SELECT build_id, cancel_requested_at_ms FROM jobs WHERE build_id IN (SELECT json_array_elements_text($1::json)) ORDER BY build_id COLLATE \"C\" FOR UPDATE",
    "SELECT build_id, cancel_requested_at_ms FROM jobs WHERE build_id IN (SELECT value FROM json_each($1)) ORDER BY build_id",
);

/// Projects of a JSON list of ids, locked in one order by everybody.
pub(super) const LOCK_PROJECTS: (&str, &str) = (
    "SELECT id, last_seq FROM projects WHERE id IN (SELECT json_array_elements_text($1::json)) ORDER BY id COLLATE \"C\" FOR UPDATE",
    "SELECT id, last_seq FROM projects WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
);

/// Builds of a JSON list of ids, locked in one order by everybody.
pub(super) const LOCK_BUILDS: (&str, &str) = (
    "SELECT id, current_state, fencing_token, last_seq, progress, started_at_ms, ai_seconds, kind, reservation_id FROM builds
     WHERE id IN (SELECT json_array_elements_text($1::json)) ORDER BY id COLLATE \"C\" FOR UPDATE",
    "SELECT id, current_state, fencing_token, last_seq, progress, started_at_ms, ai_seconds, kind, reservation_id FROM builds
     WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
);

/// Events of a JSON list of rows, each an array in the order of the columns.
pub(super) const INSERT_EVENTS: (&str, &str) = (
    "INSERT INTO project_build_events (build_id, seq, project_id, project_seq, event_id, code, finished, body, created_at_ms)
     SELECT r->>0, (r->>1)::bigint, r->>2, (r->>3)::bigint, r->>4, r->>5, (r->>6)::boolean, r->>7, (r->>8)::bigint
     FROM json_array_elements($1::json) AS r",
    "INSERT INTO project_build_events (build_id, seq, project_id, project_seq, event_id, code, finished, body, created_at_ms)
     SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8 FROM json_each($1)",
);

/// Events whose ids are in a JSON list.
pub(super) const EVENTS_BY_ID: (&str, &str) = (
    "SELECT build_id, seq, project_id, project_seq, event_id, code, finished, body, created_at_ms FROM project_build_events
     WHERE event_id IN (SELECT json_array_elements_text($1::json)) ORDER BY build_id, seq",
    "SELECT build_id, seq, project_id, project_seq, event_id, code, finished, body, created_at_ms FROM project_build_events
     WHERE event_id IN (SELECT value FROM json_each($1)) ORDER BY build_id, seq",
);

/// The rows of `INSERT_EVENTS` as JSON.
pub(super) fn rows_json(events: &[StoredEvent]) -> String {
    let rows: Vec<_> =
        events.iter().map(|e| (&e.build_id, e.seq, &e.project_id, e.project_seq, &e.event_id, &e.code, e.finished, &*e.body, e.timestamp)).collect();
    serde_json::to_string(&rows).expect("rows are plain")
}
