//! An answer that is an error. It stays whole inside poem's own error until the envelope renders it.

use super::problem_details::{PROBLEM_JSON, ProblemDetailsShape};
use crate::domain::problem::{ErrorBody, IdempotencyInProgress, Problem};
use crate::service::{Fault, ServiceError};
use poem::error::ResponseError;
use poem::http::StatusCode;
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, Registry};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A failed request.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The caller did something, or wants something, that can't be.
    #[error("{}", .0.code())]
    Problem(Problem),
    /// A range lies outside of what there is: so many bytes.
    #[error("a range outside of {0} bytes")]
    Range(u64),
    /// It was us.
    #[error("{0}")]
    Fault(Fault),
}

impl ApiError {
    /// What the caller is told.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => problem.clone(),
            Self::Range(_) => Problem::invalid("Range", "outside"),
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

/// An error's body in both of its forms, as the document has it.
pub(super) fn content(schema: &Value) -> Value {
    let problem_details = json!({"$ref": format!("#/components/schemas/{}", ProblemDetailsShape::name())});
    json!({"application/json": {"schema": schema}, PROBLEM_JSON: {"schema": problem_details}})
}

/// Which errors an operation has, the document says by itself.
impl ApiResponse for ApiError {
    fn meta() -> MetaResponses {
        MetaResponses { responses: vec![] }
    }

    fn register(registry: &mut Registry) {
        super::body::register::<ErrorBody>(registry);
        super::body::register::<ProblemDetailsShape>(registry);
    }
}
