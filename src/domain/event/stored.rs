//! An event with its place in the log, and the JSON that every door gives out.

use super::draft::{EventDraft, Numbers};
use super::table::EventPayload;
use super::vocabulary::{EventType, Phase};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An event of the log. `body` is its final JSON: the same bytes live, in history, in a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredEvent {
    /// Unique for ever.
    pub event_id: String,
    /// The build, or the rollback's job.
    pub build_id: String,
    /// Place in the build's stream, from 1, without gaps.
    pub seq: i64,
    /// The project.
    pub project_id: String,
    /// Place in the project's stream, from 1, without gaps.
    pub project_seq: i64,
    /// The code on the wire.
    pub code: String,
    /// Whether it is the build's last.
    pub finished: bool,
    /// When it happened, epoch milliseconds.
    pub timestamp: i64,
    /// The event as JSON, one line.
    pub body: Arc<str>,
}

#[derive(Serialize)]
struct Wire<'a> {
    id: &'a str,
    seq: i64,
    build_id: &'a str,
    project_id: &'a str,
    project_seq: i64,
    event_type: EventType,
    phase: Phase,
    code: &'static str,
    params: Params<'a>,
    overall_progress: f64,
    finished: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    preview_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_seconds: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Params<'a> {
    timestamp: i64,
    project_id: &'a str,
    #[serde(flatten)]
    own: &'a EventPayload,
}

pub(super) fn store(draft: &EventDraft, numbers: Numbers<'_>) -> StoredEvent {
    let place = draft.payload.place();
    let wire = Wire {
        id: &draft.event_id,
        seq: numbers.seq,
        build_id: numbers.build_id,
        project_id: numbers.project_id,
        project_seq: numbers.project_seq,
        event_type: place.event_type,
        phase: draft.phase(),
        code: draft.payload.code(),
        params: Params { timestamp: draft.timestamp, project_id: numbers.project_id, own: &draft.payload },
        overall_progress: draft.progress(numbers.progress),
        finished: place.finished,
        preview_url: draft.preview_url(),
        duration_seconds: draft.duration_seconds(),
    };
    StoredEvent {
        event_id: draft.event_id.clone(),
        build_id: numbers.build_id.to_owned(),
        seq: numbers.seq,
        project_id: numbers.project_id.to_owned(),
        project_seq: numbers.project_seq,
        code: wire.code.to_owned(),
        finished: wire.finished,
        timestamp: draft.timestamp,
        body: serde_json::to_string(&wire).expect("an event has string keys and finite numbers only").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BuildFailed, BuildQueued, CODES};
    use super::*;
    use std::collections::BTreeSet;

    fn numbers() -> Numbers<'static> {
        Numbers { build_id: "b", seq: 1, project_id: "p", project_seq: 4, progress: 0.0 }
    }

    #[test]
    fn an_event_is_one_line_of_json_whatever_its_params_hold() {
        let params =
            BuildFailed { reason: Some("a\r\nid: 9\0\n\n".into()), exit_code: Some(1), duration: None, phase: Some(Phase::Build), recoverable: Some(false) };
        let event = store(&EventDraft::new("e".into(), 7, params), numbers());
        assert!(!event.body.contains(['\r', '\n', '\0']));
        let json: serde_json::Value = serde_json::from_str(&event.body).unwrap();
        assert_eq!(json["phase"], "build");
        assert_eq!(json["params"]["reason"], "a\r\nid: 9\0\n\n");
        assert_eq!(json["finished"], true);
    }

    #[test]
    fn params_hold_timestamp_and_project_and_leave_out_what_is_unknown() {
        let event = store(&EventDraft::new("e".into(), 7, BuildQueued { queue_position: 2, estimated_start: None }), numbers());
        let json: serde_json::Value = serde_json::from_str(&event.body).unwrap();
        assert_eq!(json["params"], serde_json::json!({"timestamp": 7, "projectId": "p", "queuePosition": 2}));
        assert!(json.get("preview_url").is_none());
    }

    #[test]
    fn the_contract_has_35_codes_and_six_ends() {
        assert_eq!(CODES.len(), 35);
        assert_eq!(CODES.iter().map(|c| c.code).collect::<BTreeSet<_>>().len(), 35);
        let ends: Vec<_> = CODES.iter().filter(|c| c.place.finished).map(|c| c.code).collect();
        assert_eq!(ends, ["BUILD_COMPLETED", "BUILD_FAILED", "BUILD_TIMEOUT", "BUILD_CANCELLED", "ROLLBACK_COMPLETED", "ROLLBACK_FAILED"]);
    }
}
