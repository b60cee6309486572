//! An event as it left a server, read back into what the log had.

use crate::domain::event::StoredEvent;
use serde::Deserialize;

#[derive(Deserialize)]
struct Wire {
    id: String,
    seq: i64,
    build_id: String,
    project_id: String,
    project_seq: i64,
    code: String,
    finished: bool,
    params: Params,
}

#[derive(Deserialize)]
struct Params {
    timestamp: i64,
}

/// The event whose bytes these are; none when they are none.
pub fn event_of(body: &str) -> Option<StoredEvent> {
    let Wire { id, seq, build_id, project_id, project_seq, code, finished, params } = serde_json::from_str(body).ok()?;
    Some(StoredEvent { event_id: id, build_id, seq, project_id, project_seq, code, finished, timestamp: params.timestamp, body: body.into() })
}
