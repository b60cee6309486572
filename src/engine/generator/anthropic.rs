//! The Messages API: the request, and what its stream says.

use super::failure::Failure;
use super::stream::{Said, Usage, error_word};
use super::waits::Wait;
use super::{GeneratorSettings, Request};
use crate::domain::server_sent::Event;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

/// Below the base address.
pub(super) const PATH: &str = "/v1/messages";
const VERSION: &str = "2023-06-01";

pub(super) fn headers(key: Option<HeaderValue>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("anthropic-version", HeaderValue::from_static(VERSION));
    headers.extend(key.map(|key| (reqwest::header::HeaderName::from_static("x-api-key"), key)));
    headers
}

pub(super) fn body(settings: &GeneratorSettings, request: &Request) -> Value {
    json!({
        "model": settings.model,
        "max_tokens": settings.output_tokens_max,
        "stream": true,
        "system": request.system,
        "messages": [{"role": "user", "content": request.user}],
    })
}

/// What an event of the stream says.
pub(super) fn read(event: &Event, usage: &mut Usage, now_ms: i64) -> Result<Said, Failure> {
    let json: Value = serde_json::from_str(&event.data).map_err(|_| Failure::Unreadable)?;
    // the name stands in the data, too, and is lost by some proxies outside of it
    match json["type"].as_str().unwrap_or(&event.name) {
        "message_start" => usage.input(&json["message"]["usage"]["input_tokens"]),
        "content_block_delta" => {
            let delta = &json["delta"];
            let text = delta["text"].as_str().or_else(|| delta["partial_json"].as_str());
            return Ok(text.map_or(Said::Nothing, |text| Said::Text(text.to_owned())));
        }
        "message_delta" => {
            usage.output(&json["usage"]["output_tokens"]);
            return json["delta"]["stop_reason"].as_str().map_or(Ok(Said::Nothing), stopped);
        }
        "message_stop" => return Ok(Said::Done),
        "error" => return Err(failure(error_word(&json["error"]["type"]), now_ms)),
        // ping, the beginning and end of a block, and what may come one day
        _ => {}
    }
    Ok(Said::Nothing)
}

fn stopped(reason: &str) -> Result<Said, Failure> {
    match reason {
        "max_tokens" | "model_context_window_exceeded" => Err(Failure::Truncated),
        "refusal" => Err(Failure::Filtered),
        _ => Ok(Said::Complete),
    }
}

/// What an error within the stream means.
fn failure(word: &str, now_ms: i64) -> Failure {
    tracing::warn!(error = word, "the provider ends its stream with an error");
    match word {
        "rate_limit_error" => Failure::Limited(Wait::untold(now_ms)),
        "invalid_request_error" | "request_too_large" => Failure::Refused,
        // overloaded_error, api_error, authentication_error, …
        _ => Failure::Unavailable,
    }
}
