//! Problem details, RFC 9457: the other form of an error's body, for clients that ask for it.

use crate::domain::problem::ErrorBody;
use serde::Serialize;
use utoipa::ToSchema;

/// Its content type.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";
const JSON: &str = "application/json";
/// Ranges of an Accept header that are looked at.
const RANGES_MAX: usize = 32;

/// The members of RFC 9457, and beside them those of `ErrorBody`.
#[derive(Debug, Serialize)]
pub(super) struct ProblemDetails {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    detail: String,
    instance: String,
    #[serde(flatten)]
    body: ErrorBody,
}

// Only for the document: as one object. A union of all codes here, at every status of every operation, is what readers of
// the document work on for half a minute.

/// The body of every error for a client that prefers `application/problem+json`: the members of RFC 9457, and beside them
/// those of the `application/json` of the same status.
#[derive(ToSchema)]
#[schema(as = ProblemDetails, rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape is needed, by the document")]
pub(super) struct ProblemDetailsShape {
    /// What happened, as a reference that stays the same: `/docs#error-CODE`.
    #[schema(rename = "type", example = "/docs#error-RATE_LIMITED")]
    kind: String,
    /// The code in words, in English.
    #[schema(example = "Rate limited")]
    title: String,
    /// The HTTP status.
    status: u16,
    /// What to tell a person, in the negotiated locale.
    detail: String,
    /// This occurrence: `referenceId` as a URN.
    #[schema(example = "urn:uuid:01980000-0000-7000-8000-000000000000")]
    instance: String,
    /// The code, once more, for clients of the former worker.
    #[schema(example = "RATE_LIMITED")]
    error: String,
    /// The code to act on.
    #[schema(example = "RATE_LIMITED")]
    code: String,
    /// What to tell a person, in the negotiated locale.
    message: String,
    /// The code's params, as in `application/json`.
    #[schema(value_type = Object)]
    params: serde_json::Value,
    /// What a few codes tell beside their params, as in `application/json`.
    #[schema(value_type = Option<Object>, nullable = false)]
    data: Option<serde_json::Value>,
    /// The server's time, ISO 8601, on AUTH_FAILED, to show clock skew.
    #[schema(nullable = false)]
    server_time: Option<String>,
    /// The request's id.
    request_id: String,
    /// The id that ties requests of one action together.
    correlation_id: String,
    /// The id to quote to support: the log line has it too.
    reference_id: String,
    /// When it happened, ISO 8601.
    timestamp: String,
}

impl ProblemDetails {
    /// The same error with a status, in the other form.
    pub fn of(body: ErrorBody, status: u16) -> Self {
        Self {
            kind: format!("/docs#error-{}", body.code),
            title: words(&body.code),
            status,
            detail: body.message.clone(),
            instance: format!("urn:uuid:{}", body.reference_id),
            body,
        }
    }
}

/// `RATE_LIMITED` as `Rate limited`.
fn words(code: &str) -> String {
    let text = code.replace('_', " ").to_lowercase();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whether a client likes problem details better than plain JSON; whoever likes both the same gets plain JSON.
pub(super) fn prefers_problem<'h>(accept: impl Iterator<Item = &'h str>) -> bool {
    let ranges: Vec<(&str, u16)> = accept.flat_map(|header| header.split(',')).take(RANGES_MAX).filter_map(range).collect();
    quality(&ranges, PROBLEM_JSON) > quality(&ranges, JSON)
}

/// A range with its weight in thousandths; none where it can't be read.
fn range(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().filter(|kind| kind.contains('/'))?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let q: f64 = weight.map_or(Ok(1.0), str::parse).ok().filter(|q| (0.0..=1.0).contains(q))?;
    Some((kind, (q * 1000.0) as u16))
}

/// The weight of the range that fits a type most closely; 0 where none does.
fn quality(ranges: &[(&str, u16)], kind: &str) -> u16 {
    let of = |wanted: &str| ranges.iter().filter(|(range, _)| range.eq_ignore_ascii_case(wanted)).map(|(_, q)| *q).max();
    of(kind).or_else(|| of("application/*")).or_else(|| of("*/*")).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problem_details_are_given_to_whoever_prefers_them() {
        let cases = [
            ("application/problem+json", true),
            ("Application/Problem+JSON", true),
            ("application/problem+json, */*;q=0.8", true),
            ("application/json;q=0.5, application/problem+json;q=0.6", true),
            ("application/json, application/problem+json", false),
            ("application/problem+json;q=0.2, application/json;q=0.3", false),
            ("application/problem+json;q=0", false),
            ("application/problem+json;q=2", false),
            ("application/*, application/json;q=0.1", true),
            ("application/*", false),
            ("*/*", false),
            ("text/event-stream", false),
            ("text/html;q=x, ;;, /", false),
            ("", false),
        ];
        for (accept, expected) in cases {
            assert_eq!(prefers_problem(std::iter::once(accept)), expected, "{accept:?}");
        }
        assert!(!prefers_problem(std::iter::empty()));
    }

    #[test]
    fn titles_are_words() {
        assert_eq!(words("AI_LIMIT_REACHED"), "Ai limit reached");
        assert_eq!(words("NOT_FOUND"), "Not found");
    }
}
