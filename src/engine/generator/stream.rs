//! A reply on its way: read event by event, within its times and its size, metered until its last byte.

use super::course::Course;
use super::failure::Failure;
use super::{anthropic, openai};
use crate::domain::generation::Provider;
use crate::domain::server_sent::{Event, EventReader};
use crate::service::metering::InUse;
use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout_at;

/// What an event says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing of the reply.
    Nothing,
    /// More of the reply.
    Text(String),
    /// The rest of the reply; the stream may go on.
    LastText(String),
    /// The reply is whole; the stream may go on.
    Complete,
    /// The stream is over.
    Done,
}

/// Tokens, as the provider counts them: for the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::engine) struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
}

impl Usage {
    pub(super) fn input(&mut self, tokens: &Value) {
        self.input_tokens = tokens.as_u64().unwrap_or(self.input_tokens);
    }

    pub(super) fn output(&mut self, tokens: &Value) {
        self.output_tokens = tokens.as_u64().unwrap_or(self.output_tokens);
    }
}

/// Types and codes of errors that the protocols have.
const ERROR_WORDS: &[&str] = &[
    "api_error",
    "authentication_error",
    "billing_error",
    "context_length_exceeded",
    "insufficient_quota",
    "invalid_api_key",
    "invalid_request_error",
    "model_not_found",
    "not_found_error",
    "overloaded_error",
    "permission_error",
    "rate_limit_error",
    "rate_limit_exceeded",
    "request_too_large",
    "requests",
    "server_error",
    "timeout_error",
    "tokens",
];

/// An error's type or code, if it is a known one: any other text may repeat what the provider was sent, the key too.
pub(super) fn error_word(value: &Value) -> &'static str {
    ERROR_WORDS.iter().find(|word| value.as_str() == Some(**word)).map_or("unknown", |word| word)
}

/// A reply on its way. Dropped, it closes the connection.
pub(in crate::engine) struct Generation {
    provider: Provider,
    course: Course,
    response: Response,
    in_use: InUse,
    events: EventReader,
    received_bytes: u64,
    reply: String,
    complete: bool,
    usage: Usage,
}

impl Generation {
    pub(super) fn new(provider: Provider, course: Course, response: Response, in_use: InUse) -> Self {
        let events = EventReader::new(course.limits.event_bytes());
        Self { provider, course, response, in_use, events, received_bytes: 0, reply: String::new(), complete: false, usage: Usage::default() }
    }

    /// Waits for more of the reply and tells its bytes so far; none once it is whole.
    pub async fn next(&mut self) -> Result<Option<u64>, Failure> {
        let before = self.reply.len();
        loop {
            while let Some(event) = self.events.pop() {
                if self.take(&event)? {
                    return Ok(None);
                }
            }
            if self.reply.len() > before {
                return Ok(Some(self.reply.len() as u64));
            }
            match timeout_at(self.course.silent_until(), self.response.chunk()).await {
                Ok(Ok(Some(bytes))) => self.receive(&bytes)?,
                // some servers leave out the very last event, or the end
                _ if self.complete => return Ok(None),
                Err(_) => return Err(self.course.timed_out()),
                Ok(Ok(None)) => return Err(Failure::Incomplete),
                Ok(Err(error)) => {
                    tracing::warn!(error = %error.without_url(), "a provider's stream broke off");
                    return Err(Failure::Incomplete);
                }
            }
        }
    }

    /// The whole reply, what was counted, and seconds from the first try to the last byte.
    pub fn finish(self) -> (String, Usage, f64) {
        drop(self.in_use);
        (self.reply, self.usage, self.course.seconds())
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.received_bytes += bytes.len() as u64;
        if self.received_bytes > self.course.limits.stream_bytes() {
            return Err(Failure::TooLarge);
        }
        self.events.push(bytes).map_err(|_| Failure::TooLarge)
    }

    /// Whether the stream is over with this event.
    fn take(&mut self, event: &Event) -> Result<bool, Failure> {
        let read = match self.provider {
            Provider::Anthropic => anthropic::read,
            Provider::OpenAi => openai::read,
        };
        match read(event, &mut self.usage, self.course.now_ms())? {
            Said::Nothing => {}
            Said::Text(text) => self.reply.push_str(&text),
            Said::LastText(text) => {
                self.reply.push_str(&text);
                self.complete = true;
            }
            Said::Complete => self.complete = true,
            Said::Done => return Ok(true),
        }
        if self.reply.len() > self.course.limits.output_bytes_max { Err(Failure::TooLarge) } else { Ok(false) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(data: &str) -> Event {
        Event { name: String::new(), id: None, data: data.into() }
    }

    #[test]
    fn both_protocols_say_the_same_things() {
        let (mut a, mut o) = (Usage::default(), Usage::default());
        let mut anthropic = |data| anthropic::read(&event(data), &mut a, 0);
        let mut openai = |data| openai::read(&event(data), &mut o, 0);
        assert_eq!(anthropic(r#"{"type":"message_start","message":{"usage":{"input_tokens":7}}}"#), Ok(Said::Nothing));
        assert_eq!(anthropic(r#"{"type":"ping"}"#), Ok(Said::Nothing));
        assert_eq!(anthropic(r#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"x"}}"#), Ok(Said::Text("x".into())));
        assert_eq!(anthropic(r#"{"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{"}}"#), Ok(Said::Text("{".into())));
        assert_eq!(anthropic(r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"#), Ok(Said::Complete));
        assert_eq!(anthropic(r#"{"type":"message_stop"}"#), Ok(Said::Done));
        assert_eq!(openai(r#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#), Ok(Said::Nothing));
        assert_eq!(openai(r#"{"choices":[{"delta":{"content":"x"},"finish_reason":null}]}"#), Ok(Said::Text("x".into())));
        assert_eq!(openai(r#"{"choices":[{"delta":{"content":"y"},"finish_reason":"stop"}]}"#), Ok(Said::LastText("y".into())));
        assert_eq!(openai(r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9}}"#), Ok(Said::Nothing));
        assert_eq!(openai("[DONE]"), Ok(Said::Done));
        assert_eq!((a, o), (Usage { input_tokens: 7, output_tokens: 9 }, Usage { input_tokens: 7, output_tokens: 9 }));
    }

    #[test]
    fn ends_that_are_no_ends_have_their_failures() {
        let anthropic = |data| anthropic::read(&event(data), &mut Usage::default(), 0).unwrap_err();
        let openai = |data| openai::read(&event(data), &mut Usage::default(), 0).unwrap_err();
        assert_eq!(anthropic(r#"{"type":"message_delta","delta":{"stop_reason":"max_tokens"}}"#), Failure::Truncated);
        assert_eq!(anthropic(r#"{"type":"message_delta","delta":{"stop_reason":"refusal"}}"#), Failure::Filtered);
        assert_eq!(anthropic(r#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#), Failure::Unavailable);
        assert!(matches!(anthropic(r#"{"type":"error","error":{"type":"rate_limit_error"}}"#), Failure::Limited(wait) if wait.retry_after == 60));
        assert_eq!(anthropic("<html>"), Failure::Unreadable);
        assert_eq!(openai(r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#), Failure::Truncated);
        assert_eq!(openai(r#"{"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#), Failure::Filtered);
        assert_eq!(openai(r#"{"choices":[{"delta":{"refusal":"no"}}]}"#), Failure::Filtered);
        assert_eq!(openai(r#"{"error":{"type":"server_error","code":null}}"#), Failure::Unavailable);
        assert!(matches!(openai(r#"{"error":{"type":"x","code":"rate_limit_exceeded"}}"#), Failure::Limited(_)));
    }

    #[test]
    fn only_words_of_an_error_are_logged() {
        assert_eq!(error_word(&"overloaded_error".into()), "overloaded_error");
        assert_eq!(error_word(&"Incorrect API key provided: sk-1".into()), "unknown");
        assert_eq!(error_word(&"sk-1".into()), "unknown");
        assert_eq!(error_word(&Value::Null), "unknown");
    }
}
