//! Server-sent event frames and control frames. A frame's data is one line of JSON, its id a cursor: nothing that
//! a project prints can end a frame early.

use super::cursor::Cursor;
use super::problem::ErrorBody;
use serde::Serialize;
use utoipa::ToSchema;

/// How long an EventSource waits before it comes back, milliseconds.
pub const RETRY_MS: u32 = 1000;
/// A comment that keeps a silent connection open.
pub const HEARTBEAT: &str = ": heartbeat\n\n";
/// A comment that ends a stream whose node is going away.
pub const DRAINING: &str = ": draining\n\n";

/// What a stream says about itself; it has no `id:`, so it never moves a cursor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ControlFrame {
    /// The first frame of every stream.
    Connection {
        /// Always `connected`.
        status: ConnectionStatus,
        /// The connection's locale, such as `en`.
        locale: String,
        /// True for a replay: what comes happened before.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        replay: Option<bool>,
    },
    /// What follows is new; what came before was history.
    Live {},
    /// The client's cursor can't be continued: history follows from the first event kept.
    Reset {
        /// Why.
        reason: ResetReason,
    },
    /// The stream ends with an error; the fields of the error body stand beside `type`.
    Error(Box<ErrorBody>),
}

/// The state that a connection frame tells.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// The stream is open.
    Connected,
}

/// Why a cursor can't be continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// The log has another event at that position.
    Diverged,
    /// The log no longer has that position.
    Expired,
    /// The log does not have that position yet.
    Ahead,
}

impl ControlFrame {
    /// The first frame of a stream, with the retry hint.
    pub fn connection(locale: &str, replay: bool, retry_ms: u64) -> String {
        let frame = Self::Connection { status: ConnectionStatus::Connected, locale: locale.to_owned(), replay: replay.then_some(true) };
        format!("retry: {retry_ms}\n{}", frame.to_sse())
    }

    /// The frame as a server-sent event without id.
    pub fn to_sse(&self) -> String {
        format!("data: {}\n\n", serde_json::to_string(self).expect("control frames have string keys only"))
    }
}

/// An event as a server-sent event: its cursor and its JSON.
pub fn event_frame(cursor: &Cursor, body: &str) -> String {
    format!("id: {cursor}\ndata: {body}\n\n")
}

/// An event as the text of a WebSocket frame, on the stream of this name. A name is a word and an id, which need no
/// escape; the body is JSON already.
pub fn socket_event_frame(stream: &str, cursor: &Cursor, body: &str) -> String {
    format!("{{\"type\":\"event\",\"stream\":\"{stream}\",\"cursor\":\"{cursor}\",\"event\":{body}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_frames_have_a_type_and_no_id() {
        assert_eq!(ControlFrame::connection("ar", false, 1000), "retry: 1000\ndata: {\"type\":\"connection\",\"status\":\"connected\",\"locale\":\"ar\"}\n\n");
        assert_eq!(ControlFrame::Live {}.to_sse(), "data: {\"type\":\"live\"}\n\n");
        assert_eq!(ControlFrame::Reset { reason: ResetReason::Ahead }.to_sse(), "data: {\"type\":\"reset\",\"reason\":\"ahead\"}\n\n");
    }
}
