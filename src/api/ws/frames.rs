//! The frames of the WebSocket: JSON text, as the contract's "WebSocket" says.

use crate::domain::event::BuildEvent;
use crate::domain::frame::{ConnectionStatus, ResetReason};
use crate::domain::log::LogLine;
use crate::domain::problem::ErrorBody;
use crate::service::streams::Named;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::schema::{OneOfBuilder, Schema};

/// What the server sends.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in super::super) enum ServerFrame<'a> {
    /// The first frame.
    Connection {
        /// Always `connected`.
        status: ConnectionStatus,
        /// The connection's locale.
        locale: &'a str,
    },
    /// The stream's history follows.
    Subscribed {
        /// The stream.
        stream: &'a str,
    },
    /// What follows is new.
    Live {
        /// The stream.
        stream: &'a str,
    },
    /// An event, or a line of a log, the same bytes as on server-sent events.
    #[allow(dead_code, reason = "its text is framed once for all; the document and a test need its shape")]
    Event {
        /// The stream.
        stream: &'a str,
        /// The event's place in it.
        cursor: &'a str,
        /// The event, or the line.
        #[schema(schema_with = event_or_line)]
        event: &'a RawValue,
    },
    /// The cursor can't be continued: history follows from the first event.
    Reset {
        /// The stream.
        stream: &'a str,
        /// Why.
        reason: ResetReason,
    },
    /// The stream is over.
    End {
        /// The stream.
        stream: &'a str,
    },
    /// The stream is not listened to any more.
    Unsubscribed {
        /// The stream.
        stream: &'a str,
    },
    /// Later frames use this locale.
    Locale {
        /// The locale.
        locale: &'a str,
    },
    /// The answer to a ping.
    Pong {},
    /// A refusal, or a frame that can't be read; the fields of the error body stand beside it.
    Error {
        /// The stream that was asked for.
        #[serde(skip_serializing_if = "Option::is_none")]
        stream: Option<&'a str>,
        /// The error.
        #[serde(flatten)]
        body: Box<ErrorBody>,
    },
}

/// What a stream carries: an event on `build:ID`, `project:ID` and `replay:ID`, a line on `logs:ID`.
fn event_or_line() -> Schema {
    OneOfBuilder::new()
        .description(Some("The event, or the line."))
        .item(Ref::from_schema_name(BuildEvent::name()))
        .item(Ref::from_schema_name(LogLine::name()))
        .into()
}

impl ServerFrame<'_> {
    /// The frame's text.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("frames have string keys only")
    }
}

/// The stream that a name stands for.
pub(super) fn named(stream: &str) -> Option<Named<'_>> {
    match stream.split_once(':')? {
        ("build", id) => Some(Named::Build(id)),
        ("project", id) => Some(Named::Project(id)),
        ("replay", id) => Some(Named::Replay(id)),
        ("logs", id) => Some(Named::Logs(id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cursor::Cursor;
    use crate::domain::frame::socket_event_frame;

    #[test]
    fn an_event_framed_for_all_is_the_frame_of_the_document() {
        let cursor = Cursor::of(7, "00000000-0000-7000-8000-0123456789ab");
        let (body, text) = (r#"{"seq":7,"params":{"a":"\u0000"}}"#, cursor.to_string());
        let frame = ServerFrame::Event { stream: "build:b", cursor: &text, event: serde_json::from_str(body).unwrap() };
        assert_eq!(socket_event_frame("build:b", &cursor, body), frame.text());
    }
}
