//! An answer that is an error. It stays whole inside poem's own error until the envelope renders it.

use super::problem_details::{PROBLEM_JSON, ProblemDetails};
use crate::domain::problem::{ErrorBody, IdempotencyInProgress, Problem};
use crate::service::{Fault, ServiceError};
use poem::error::ResponseError;
use poem::http::StatusCode;
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};

/// A failed request.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The caller did something, or wants something, that can't be.
    #[error("{}", .0.code())]
    Problem(Problem),
    /// It was us.
    #[error("{0}")]
    Fault(Fault),
}

impl ApiError {
    /// What the caller is told.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => problem.clone(),
            Self::Fault(fault) if fault.is_passing() => Problem::unavailable(2),
            Self::Fault(_) => crate::domain::problem::InternalError {}.into(),
        }
    }
}

impl ResponseError for ApiError {
    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.problem().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Problem(problem) => Self::Problem(problem),
            ServiceError::Fault(fault) => Self::Fault(fault),
            // without its record, which is looked for before this is told
            ServiceError::Answered => Self::Problem(IdempotencyInProgress { retry_after: 1 }.into()),
        }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// The statuses that any operation may fail with, as the document lists them.
const DOCUMENTED: &[(u16, &str)] = &[
    (400, "INVALID_INPUT: the request can't be read."),
    (401, "AUTH_FAILED or AUTH_EXPIRED: not signed, or not rightly; or a stale token."),
    (402, "INSUFFICIENT_CREDITS: the account has too few; `data` says what to buy."),
    (403, "FORBIDDEN: the token opens another stream."),
    (404, "NOT_FOUND: there is no such thing, or it is another user's."),
    (409, "INVALID_STATE_TRANSITION: not in this state. IDEMPOTENCY_IN_PROGRESS: the first request with the key has not ended."),
    (413, "PAYLOAD_TOO_LARGE: the body is over the limit."),
    (415, "UNSUPPORTED_MEDIA_TYPE: not JSON."),
    (422, "VALIDATION_FAILED: every field that can't be as it is. IDEMPOTENCY_KEY_REUSED: the key was used for another request."),
    (429, "RATE_LIMITED: too many requests of the address or the user; BUILD_ALREADY_RUNNING: the project has a build that has not ended."),
    (500, "INTERNAL_ERROR: a fault of the server."),
    (503, "SERVICE_UNAVAILABLE: try again after Retry-After seconds."),
];

impl ApiResponse for ApiError {
    fn meta() -> MetaResponses {
        let content = || {
            vec![
                MetaMediaType { content_type: "application/json", schema: super::body::schema_ref::<ErrorBody>() },
                MetaMediaType { content_type: PROBLEM_JSON, schema: super::body::schema_ref::<ProblemDetails>() },
            ]
        };
        let responses = DOCUMENTED
            .iter()
            .map(|(status, description)| MetaResponse { description, status: Some(*status), status_range: None, content: content(), headers: vec![] })
            .collect();
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        super::body::register::<ErrorBody>(registry);
        super::body::register::<ProblemDetails>(registry);
    }
}
