//! A build's events as a file: newline-delimited JSON, a header and then a line for each event. What is written here is
//! written the same for ever: versions that were given out stay readable.

mod compare;
mod header;
mod read;
mod wire;

pub use compare::{Comparison, Difference};
pub use header::{FORMAT, Header, VERSION};
pub use read::{RECORDING_MAX_BYTES, Recorded, Recording, Unreadable, read};
pub use wire::event_of;

use crate::domain::cursor::Cursor;
use crate::domain::event::{BuildEvent, StoredEvent};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Each other line of a recording: an event, with when and where it was.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordedEvent)]
pub struct Line<'a> {
    /// Milliseconds after the first event; never fewer than the line before says.
    #[schema(example = 12, minimum = 0)]
    offset_ms: i64,
    /// The event's cursor.
    #[schema(example = "7-6c7d8e9fa0b1")]
    cursor: String,
    /// The bytes of every stream.
    #[schema(value_type = BuildEvent)]
    event: &'a RawValue,
}

/// The recording of a build's events, which are all of them, in order; the same bytes whenever it is made. None of none.
pub fn write(events: &[StoredEvent]) -> Option<String> {
    let (first, mut body, mut offset_ms) = (events.first()?, String::new(), 0);
    for event in events {
        // a node whose clock was behind does not take the time back
        offset_ms = (event.timestamp - first.timestamp).max(offset_ms);
        let line = Line { offset_ms, cursor: Cursor::of(event.seq, &event.event_id).to_string(), event: serde_json::from_str(&event.body).ok()? };
        body.push_str(&serde_json::to_string(&line).ok()?);
        body.push('\n');
    }
    let header = Header::of(&first.build_id, &first.project_id, events.len(), offset_ms, &body);
    Some(format!("{}\n{body}", serde_json::to_string(&header).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{BuildCompiling, BuildFailed, BuildQueued, EventPayload};

    fn stored(seq: i64, timestamp: i64, payload: impl Into<EventPayload>) -> StoredEvent {
        let (event_id, payload) = (format!("019aa1b2-7c3d-7e4f-8a5b-{seq:012x}"), payload.into());
        let (code, finished) = (payload.code(), payload.place().finished);
        let body = serde_json::json!({"id": event_id, "build_id": "b", "project_id": "p", "seq": seq, "code": code, "finished": finished, "params": {"text": "a\n\u{2028}b"}}).to_string();
        StoredEvent { event_id, build_id: "b".into(), seq, project_id: "p".into(), project_seq: seq, code: code.into(), finished, timestamp, body: body.into() }
    }

    fn events() -> Vec<StoredEvent> {
        let failed = BuildFailed { reason: None, exit_code: None, duration: None, phase: None, recoverable: None };
        vec![
            stored(1, 1000, BuildQueued { queue_position: 1, estimated_start: None }),
            stored(2, 990, BuildCompiling { framework: "vite".into() }),
            stored(3, 4000, failed),
        ]
    }

    #[test]
    fn what_is_written_reads_back_with_the_same_bytes() {
        let text = write(&events()).unwrap();
        assert_eq!(Some(&text), write(&events()).as_ref());
        let recording = read(text.as_bytes()).unwrap();
        assert_eq!((recording.header.event_count, recording.header.duration_ms), (3, 3000));
        let offsets: Vec<i64> = recording.events.iter().map(|event| event.offset_ms).collect();
        assert_eq!(offsets, [0, 0, 3000], "a clock that was behind takes no time back");
        let bodies: Vec<&str> = recording.events.iter().map(|event| event.body.get()).collect();
        assert_eq!(bodies, events().iter().map(|event| event.body.to_string()).collect::<Vec<_>>());
        assert_eq!(recording.events[2].cursor.to_string(), "3-000000000003");
        assert_eq!(write(&[]), None);
    }

    #[test]
    fn a_changed_byte_is_found_wherever_it_is() {
        let text = write(&events()).unwrap();
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            assert!(read(&changed).is_err(), "byte {at}: {}", String::from_utf8_lossy(&changed));
        }
        for len in 0..text.len() {
            assert!(read(&text.as_bytes()[..len]).is_err(), "cut at {len}");
        }
    }
}
