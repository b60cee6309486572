//! The Chat Completions API: the request, and what its stream says.

use super::failure::Failure;
use super::stream::{Said, Usage, error_word};
use super::waits::Wait;
use super::{GeneratorSettings, Request};
use crate::domain::server_sent::Event;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::{Value, json};

/// Below the base address.
pub(super) const PATH: &str = "/v1/chat/completions";

pub(super) fn headers(bearer: Option<HeaderValue>) -> HeaderMap {
    bearer.map(|bearer| (AUTHORIZATION, bearer)).into_iter().collect()
}

pub(super) fn body(settings: &GeneratorSettings, request: &Request) -> Value {
    json!({
        "model": settings.model,
        "max_completion_tokens": settings.output_tokens_max,
        "stream": true,
        "stream_options": {"include_usage": true},
        "messages": [{"role": "system", "content": request.system}, {"role": "user", "content": request.user}],
    })
}

/// What an event of the stream says.
pub(super) fn read(event: &Event, usage: &mut Usage, now_ms: i64) -> Result<Said, Failure> {
    if event.data.trim() == "[DONE]" {
        return Ok(Said::Done);
    }
    let json: Value = serde_json::from_str(&event.data).map_err(|_| Failure::Unreadable)?;
    if !json["error"].is_null() {
        return Err(failure(&json["error"], now_ms));
    }
    usage.input(&json["usage"]["prompt_tokens"]);
    usage.output(&json["usage"]["completion_tokens"]);
    let choice = &json["choices"][0];
    if choice["delta"]["refusal"].as_str().is_some_and(|text| !text.is_empty()) {
        return Err(Failure::Filtered);
    }
    match choice["finish_reason"].as_str() {
        Some("length") => return Err(Failure::Truncated),
        Some("content_filter") => return Err(Failure::Filtered),
        _ => {}
    }
    let text = choice["delta"]["content"].as_str().unwrap_or_default();
    Ok(match choice["finish_reason"].as_str() {
        // the last delta may come with it
        Some(_) => Said::LastText(text.to_owned()),
        None if text.is_empty() => Said::Nothing,
        None => Said::Text(text.to_owned()),
    })
}

/// What an error within the stream means.
fn failure(error: &Value, now_ms: i64) -> Failure {
    let (kind, code) = (error_word(&error["type"]), error_word(&error["code"]));
    tracing::warn!(error = kind, code, "the provider ends its stream with an error");
    if [kind, code].iter().any(|word| ["rate_limit_exceeded", "rate_limit_error", "insufficient_quota", "tokens", "requests"].contains(word)) {
        Failure::Limited(Wait::untold(now_ms))
    } else if kind == "invalid_request_error" {
        Failure::Refused
    } else {
        Failure::Unavailable
    }
}
