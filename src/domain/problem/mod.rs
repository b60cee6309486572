//! Every error that the API can answer with: code, status, params.
//!
//! One entry in the table gives all three. Messages stand in `locales/` as `error-CODE`.

mod body;
mod row;
mod table;

pub use body::ErrorBody;
pub use row::ProblemInfo;
pub use table::*;

use super::build::Refused;
use super::ledger::Unresolvable;
use serde::Serialize;
use utoipa::ToSchema;

/// Characters of a field's name in an error at most.
const FIELD_MAX_CHARS: usize = 64;

/// Why a signature or token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthReason {
    /// The timestamp is outside the window.
    Expired,
    /// Malformed, or not the right one.
    Invalid,
    /// Not there.
    Missing,
    /// The nonce was seen before.
    Replayed,
}

impl AuthReason {
    /// The reason as the contract writes it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Invalid => "invalid",
            Self::Missing => "missing",
            Self::Replayed => "replayed",
        }
    }
}

/// One field that can't be as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field's path, such as `templateFiles`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl Problem {
    /// Something that is not there, or not the caller's.
    pub fn not_found(resource: &str) -> Self {
        NotFound { resource: resource.into(), field: None }.into()
    }

    /// A refused signature or token.
    pub fn auth(reason: AuthReason) -> Self {
        AuthFailed { reason: Some(reason) }.into()
    }

    /// A field that can't be read, and why. Its name is the request's, who knows how long: it is cut.
    pub fn invalid(field: &str, reason: &str) -> Self {
        InvalidInput { field: Some(field.chars().take(FIELD_MAX_CHARS).collect()), reason: Some(reason.into()) }.into()
    }

    /// Fields that can't be as they are.
    pub fn validation(errors: Vec<FieldError>) -> Self {
        ValidationFailed { errors: Some(errors) }.into()
    }

    /// A state machine has no such way.
    pub fn transition<'a>(from: &str, to: &str, valid_next: impl Iterator<Item = &'a str>) -> Self {
        InvalidStateTransition { from: from.into(), to: to.into(), valid_next: valid_next.map(str::to_owned).collect() }.into()
    }

    /// Try again after so many seconds.
    pub fn unavailable(retry_after: u64) -> Self {
        ServiceUnavailable { retry_after }.into()
    }

    /// The Retry-After of this problem, in seconds.
    pub const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::AiLimitReached(p) => Some(p.retry_after),
            Self::RateLimited(p) => Some(p.retry_after),
            Self::IdempotencyInProgress(p) => Some(p.retry_after),
            Self::ServiceUnavailable(p) => Some(p.retry_after),
            _ => None,
        }
    }

    /// The params as JSON.
    pub fn params(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("params have string keys only")
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::transition(refused.from.word(), refused.to.word(), refused.from.valid_next().iter().map(|state| state.word()))
    }
}

impl From<Unresolvable> for Problem {
    fn from(refused: Unresolvable) -> Self {
        Self::transition(refused.from.word(), refused.to.word(), refused.from.valid_next().iter().map(|state| state.word()))
    }
}

impl FieldError {
    /// A field and what is wrong with it.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::build::BuildState;
    use super::*;

    #[test]
    fn codes_are_unique_and_params_are_camel_case() {
        let mut codes: Vec<_> = PROBLEM_CODES.iter().map(|(code, _)| code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), PROBLEM_CODES.len());
        let problem: Problem = Refused { from: BuildState::Deployed, to: BuildState::Cancelled }.into();
        assert_eq!(problem.params(), serde_json::json!({"from": "deployed", "to": "cancelled", "validNext": []}));
        assert_eq!(Problem::from(InternalError {}).params(), serde_json::json!({}));
    }
}
