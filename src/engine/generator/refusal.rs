//! An answer that is no stream, and what it means.

use super::failure::Failure;
use super::stream::error_word;
use super::waits::Wait;
use reqwest::Response;
use std::time::Duration;

/// Of a refusal's body, looked at for its kind.
const BODY_MAX_BYTES: usize = 64 << 10;
const BODY_MAX: Duration = Duration::from_secs(5);

/// A try that came to nothing.
#[derive(Debug)]
pub(super) struct Refused {
    pub failure: Failure,
    /// Whether the next try may do better.
    pub may_pass: bool,
}

/// What a refusal means. Its body is only looked at for the log.
pub(super) async fn refusal(mut response: Response, now_ms: i64) -> Failure {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let kind = tokio::time::timeout(BODY_MAX, kind(&mut response)).await.unwrap_or_default();
    match status {
        401..=404 => tracing::error!(status, kind, "the provider does not let this server in: look at CODE_GENERATOR_URL, _KEY and _MODEL"),
        _ => tracing::warn!(status, kind, "the provider refuses"),
    }
    match status {
        429 => Failure::Limited(Wait::read(|name| headers.get(name).and_then(|value| value.to_str().ok()), now_ms)),
        // it does not let us in, or took too long itself: nothing is wrong with the request
        401..=404 | 408 => Failure::Unavailable,
        400..=499 => Failure::Refused,
        // a redirect, too, which nobody follows
        _ => Failure::Unavailable,
    }
}

/// The word of a refusal's own error.
async fn kind(response: &mut Response) -> &'static str {
    let mut body = Vec::new();
    while body.len() < BODY_MAX_BYTES {
        match response.chunk().await {
            Ok(Some(bytes)) => body.extend_from_slice(&bytes),
            _ => break,
        }
    }
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    error_word(&json["error"]["type"])
}

/// An error with its causes: what says why a connection failed stands below.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
