//! Every error that the API can answer with: code, status, params; and the body that carries it.
//!
//! One entry in the table gives all three. Messages stand in `locales/` as `error-CODE`.

use super::build::Refused;
use super::event::{Phase, RollbackPhase};
use super::ledger::Unresolvable;
use serde::Serialize;
use utoipa::ToSchema;

/// Expands the table: `CODE Name status { required params } optional { params }`.
macro_rules! problems {
    ($( $(#[doc = $doc:literal])* $code:ident $name:ident $status:literal
        { $( $field:ident : $ty:ty ),* $(,)? } optional { $( $ofield:ident : $oty:ty ),* $(,)? } )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
            #[serde(rename_all = "camelCase")]
            #[allow(missing_docs, reason = "the contract's table of errors says what each param is")]
            pub struct $name {
                $( pub $field: $ty, )*
                $( #[serde(skip_serializing_if = "Option::is_none")] #[schema(nullable = false)] pub $ofield: Option<$oty>, )*
            }
        )*

        /// What went wrong, with its params.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        #[expect(missing_docs, reason = "each variant is documented at its params")]
        pub enum Problem { $( $name($name) ),* }

        impl Problem {
            /// The code on the wire.
            pub const fn code(&self) -> &'static str { match self { $( Self::$name(_) => stringify!($code) ),* } }
            /// The HTTP status that follows from the code.
            pub const fn status(&self) -> u16 { match self { $( Self::$name(_) => $status ),* } }
        }

        $( impl From<$name> for Problem { fn from(params: $name) -> Self { Self::$name(params) } } )*

        /// Every error code with its status.
        pub const PROBLEM_CODES: &[(&str, u16)] = &[ $( (stringify!($code), $status) ),* ];
    };
}

problems! {
    /// A provider's limit is reached.
    AI_LIMIT_REACHED AiLimitReached 429 { reset_time: i64, retry_after: u64 } optional { provider: String }
    /// The account has too little.
    INSUFFICIENT_BALANCE InsufficientBalance 402 { required_balance: i64, current_balance: i64 } optional { recommendation: String }
    /// The account has too few credits; `field` says which start of a batch they do not last for.
    INSUFFICIENT_CREDITS InsufficientCredits 402 { required: i64, available: i64 } optional { field: String }
    /// Too many requests.
    RATE_LIMITED RateLimited 429 { retry_after: u64, limit: u64, window: u64 } optional {}
    /// The project has a build that has not ended; `field` says which start of a batch asked for another.
    BUILD_ALREADY_RUNNING BuildAlreadyRunning 429 { build_id: String } optional { estimated_completion: i64, field: String }
    /// The state machine has no such way.
    INVALID_STATE_TRANSITION InvalidStateTransition 409 { from: String, to: String, valid_next: Vec<String> } optional {}
    /// The key was used with another body.
    IDEMPOTENCY_KEY_REUSED IdempotencyKeyReused 422 {} optional {}
    /// The first request with the key has not ended.
    IDEMPOTENCY_IN_PROGRESS IdempotencyInProgress 409 { retry_after: u64 } optional {}
    /// The project has a rollback that has not ended; `field` says which start of a batch was refused for it.
    ROLLBACK_IN_PROGRESS RollbackInProgress 409 { job_id: String } optional { field: String }
    /// The version can't be rolled back to.
    VERSION_NOT_ELIGIBLE VersionNotEligible 409 { reason: String } optional {}
    /// A build failed.
    BUILD_FAILED BuildFailure 500 {} optional { reason: String, exit_code: i32, duration: f64, phase: Phase, recoverable: bool }
    /// A build took too long.
    BUILD_TIMEOUT BuildTimedOut 500 { duration: f64 } optional { phase: Phase }
    /// A rollback failed.
    ROLLBACK_FAILED RollbackFailure 500 {} optional { reason: String, duration: f64, phase: RollbackPhase, target_version_id: String, recoverable: bool }
    /// The request is not signed, or not rightly.
    AUTH_FAILED AuthFailed 401 {} optional { reason: AuthReason }
    /// The token is stale.
    AUTH_EXPIRED AuthExpired 401 {} optional { expired_at: i64 }
    /// The token opens another stream.
    FORBIDDEN Forbidden 403 {} optional {}
    /// There is no such thing, or it is another user's; `field` says which start of a batch, or which entry of a list, named it.
    NOT_FOUND NotFound 404 { resource: String } optional { field: String }
    /// The body is larger than the limit in bytes.
    PAYLOAD_TOO_LARGE PayloadTooLarge 413 { limit: u64 } optional { actual: u64 }
    /// Something that this server asked took too long.
    NETWORK_TIMEOUT NetworkTimeout 504 {} optional { duration: f64, endpoint: String }
    /// A provider is away.
    PROVIDER_UNAVAILABLE ProviderUnavailable 503 {} optional { provider: String, alternative_provider: String }
    /// A quota is used up.
    QUOTA_EXCEEDED QuotaExceeded 429 {} optional { quota_type: String, limit: u64, used: u64 }
    /// The request can't be read.
    INVALID_INPUT InvalidInput 400 {} optional { field: String, reason: String }
    /// The request can be read, but what it says can't be.
    VALIDATION_FAILED ValidationFailed 422 {} optional { errors: Vec<FieldError> }
    /// The path has no such method; `allow` lists those it has.
    METHOD_NOT_ALLOWED MethodNotAllowed 405 {} optional { allow: Vec<String> }
    /// The body's type is not accepted.
    UNSUPPORTED_MEDIA_TYPE UnsupportedMediaType 415 {} optional {}
    /// Nothing that the client accepts can be given.
    NOT_ACCEPTABLE NotAcceptable 406 {} optional {}
    /// The database is away, or the server drains or is overloaded.
    SERVICE_UNAVAILABLE ServiceUnavailable 503 { retry_after: u64 } optional {}
    /// A fault of this server.
    INTERNAL_ERROR InternalError 500 {} optional {}
}

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

/// The body of every error.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// The code, once more, for clients of the former worker.
    #[schema(example = "RATE_LIMITED")]
    pub error: String,
    /// The code to act on.
    #[schema(example = "RATE_LIMITED")]
    pub code: String,
    /// What to tell a person, in the negotiated locale.
    pub message: String,
    /// The code's params: raw values.
    #[schema(value_type = Object)]
    pub params: serde_json::Value,
    /// More of it for some codes, such as a recommendation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub data: Option<serde_json::Value>,
    /// The server's time as ISO 8601, on AUTH_FAILED, to show clock skew.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub server_time: Option<String>,
    /// The request's id.
    pub request_id: String,
    /// The id that ties requests of one action together.
    pub correlation_id: String,
    /// The id to quote to support: the log line has it too.
    pub reference_id: String,
    /// When it happened, ISO 8601.
    pub timestamp: String,
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
