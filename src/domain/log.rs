//! A line of a build's log: what its commands print, and what the server says in between.

use super::event::Phase;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What the server says once no more lines fit into a log.
pub const LOG_TRUNCATED: &str = "log_truncated";
/// Bytes that a line counts at least: an empty one costs a row, too.
const LINE_MIN_BYTES: i64 = 64;

/// Where a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogStream {
    /// A command's standard output.
    Stdout,
    /// A command's standard error.
    Stderr,
    /// The server: a stable word such as `BUILD_COMPILING` or `log_truncated`, and `name=value` where there is a number.
    System,
}

/// A line of a build's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LogLine {
    /// Place in the log, from 1, without gaps.
    pub seq: i64,
    /// Where it came from.
    pub stream: LogStream,
    /// The phase of the build that it belongs to.
    pub step: Phase,
    /// What was printed, without the end of the line. Secrets are `***`; a line that was too long ends with ` [cut]`.
    pub text: String,
    /// When it was printed, epoch milliseconds.
    pub timestamp: i64,
}

/// A line before it has a place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDraft {
    /// Its id, unique for ever.
    pub line_id: String,
    /// When it was printed, epoch milliseconds.
    pub timestamp: i64,
    /// Where it came from.
    pub stream: LogStream,
    /// The phase that it belongs to.
    pub step: Phase,
    /// Its text as a JSON string: what the database keeps, since PostgreSQL's text can hold no NUL.
    pub text: String,
}

/// A line of the log. `body` is its final JSON, the same by every door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Unique for ever.
    pub line_id: String,
    /// Place in the log, from 1, without gaps.
    pub seq: i64,
    /// Whether it is the last of all.
    pub finished: bool,
    /// When it was printed, epoch milliseconds.
    pub timestamp: i64,
    /// A `LogLine` as JSON.
    pub body: Arc<str>,
}

impl LogStream {
    /// The word on the wire and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::System => "system",
        }
    }
}

impl LineDraft {
    /// A line that was just printed.
    pub fn new(line_id: String, timestamp: i64, stream: LogStream, step: Phase, text: &str) -> Self {
        Self { line_id, timestamp, stream, step, text: as_json(text) }
    }

    /// What the server says in this line's stead.
    pub fn instead(&self, text: &str) -> Self {
        Self::new(self.line_id.clone(), self.timestamp, LogStream::System, self.step, text)
    }

    /// Bytes that it counts towards the limit of its log. What the server says counts nothing: there is little of it.
    pub fn counted_bytes(&self) -> i64 {
        match self.stream {
            LogStream::System => 0,
            _ => i64::try_from(self.text.len()).unwrap_or(i64::MAX).max(LINE_MIN_BYTES),
        }
    }

    /// The line at its place in the log.
    pub fn place(&self, seq: i64) -> StoredLine {
        let body = line_body(seq, self.stream.word(), self.step.word(), &self.text, self.timestamp);
        StoredLine { line_id: self.line_id.clone(), seq, finished: false, timestamp: self.timestamp, body }
    }
}

/// Text as a JSON string.
pub fn as_json(text: &str) -> String {
    serde_json::to_string(text).expect("text is JSON")
}

/// A `LogLine` as JSON, of words that need no escape and a text that is JSON already.
pub fn line_body(seq: i64, stream: &str, step: &str, text: &str, timestamp: i64) -> Arc<str> {
    format!(r#"{{"seq":{seq},"stream":"{stream}","step":"{step}","text":{text},"timestamp":{timestamp}}}"#).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_line_is_one_line_of_the_documents_json() {
        let text = "a\r\nid: 9\0\n\n\u{2028}\"\\\u{1b}[31m";
        let draft = LineDraft::new("x".into(), 7, LogStream::Stderr, Phase::Build, text);
        let body = draft.place(3).body;
        assert!(!body.contains(['\r', '\n', '\0', '\u{1b}']));
        let line = LogLine { seq: 3, stream: LogStream::Stderr, step: Phase::Build, text: text.into(), timestamp: 7 };
        assert_eq!(&*body, serde_json::to_string(&line).unwrap());
    }

    #[test]
    fn every_line_of_a_command_counts_and_the_servers_own_do_not() {
        let of = |stream, text: &str| LineDraft::new("x".into(), 7, stream, Phase::Build, text).counted_bytes();
        assert_eq!((of(LogStream::Stdout, ""), of(LogStream::System, "BUILD_COMPILING")), (64, 0));
        assert_eq!(of(LogStream::Stderr, &"x".repeat(100)), 102);
    }
}
