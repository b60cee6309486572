//! What a client sends over the WebSocket: one JSON object a frame, known fields only.
//!
//! On its own, so that the fuzzer reads what the server reads.

use serde::Deserialize;
use utoipa::ToSchema;

/// What a client sends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(in super::super) enum ClientFrame {
    /// Listen to a stream.
    Subscribe {
        /// `build:ID`, `project:ID`, `logs:ID` or `replay:ID`.
        stream: String,
        /// The cursor of the last event that was read.
        cursor: Option<String>,
        /// A token for this stream; without it the upgrade's counts.
        token: Option<String>,
    },
    /// Listen no more.
    Unsubscribe {
        /// The stream.
        stream: String,
    },
    /// Later frames use this locale.
    SetLocale {
        /// Such as `ar`.
        locale: String,
    },
    /// Answered by a pong.
    Ping {},
}

impl ClientFrame {
    /// Reads a frame's text; none when it is not one. A list is none, though serde would take it for a frame's fields in
    /// their order.
    pub(in super::super) fn read(text: &str) -> Option<Self> {
        let object = text.trim_ascii_start().starts_with('{');
        object.then(|| serde_json::from_str(text).ok()).flatten()
    }
}
