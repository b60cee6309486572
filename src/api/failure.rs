//! The body of every failure, the framework's own included: one place that knows what an error is in the contract's words.

use super::context::Context;
use super::downloads::SECRET_PATH;
use super::error::ApiError;
use super::methods::Methods;
use super::problem_details::{PROBLEM_JSON, ProblemDetails};
use crate::domain::catalogue::message;
use crate::domain::problem::{AuthReason, ErrorBody, InternalError, InvalidInput, MethodNotAllowed, PayloadTooLarge, Problem, UnsupportedMediaType};
use crate::domain::time::iso;
use crate::service::Services;
use poem::Response;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem_openapi::error::{AuthorizationError, ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError};
use serde_json::json;

/// What a request was, as far as its failure has to say it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub context: Context,
    pub method: Method,
    /// Without the query, which may hold a token.
    pub path: String,
}

/// What an error's body depends on besides the error: its form and its locale.
const VARY: &str = "accept, accept-language, x-sheen-locale, cookie";

/// Renders failures.
#[derive(Debug, Clone)]
pub(super) struct Failures {
    services: Services,
    methods: Methods,
}

impl Failures {
    pub const fn new(services: Services, methods: Methods) -> Self {
        Self { services, methods }
    }

    /// The answer to a request that failed; the cause is logged, once, here.
    pub fn render(&self, error: &poem::Error, asked: &Asked) -> Response {
        let problem = self.problem(error, &asked.path);
        let body = error_body(&problem, &asked.context, &self.services);
        log(error, &problem, &body, asked.method.as_str(), &asked.path);
        respond(&problem, body, &asked.context)
    }

    /// The paths that there are.
    pub const fn methods(&self) -> &Methods {
        &self.methods
    }

    /// What a failure is, in the contract's words.
    pub fn problem(&self, error: &poem::Error, path: &str) -> Problem {
        if let Some(ours) = error.downcast_ref::<ApiError>() {
            return ours.problem();
        }
        if let Some(parameter) = error.downcast_ref::<ParseParamError>() {
            return Problem::invalid(parameter.name, "invalid_value");
        }
        if let Some(parameter) = error.downcast_ref::<ParsePathError>() {
            return Problem::invalid(parameter.name, "invalid_value");
        }
        if error.is::<ParseRequestPayloadError>() {
            return Problem::invalid("body", "malformed_json");
        }
        if error.is::<AuthorizationError>() {
            self.services.metrics().edge().signature("none", AuthReason::Missing.word());
            return Problem::auth(AuthReason::Missing);
        }
        if error.is::<ContentTypeError>() {
            return UnsupportedMediaType {}.into();
        }
        match error.status() {
            StatusCode::NOT_FOUND => Problem::not_found("path"),
            StatusCode::METHOD_NOT_ALLOWED => MethodNotAllowed { allow: Some(self.methods.at(path)) }.into(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => UnsupportedMediaType {}.into(),
            StatusCode::PAYLOAD_TOO_LARGE => PayloadTooLarge { limit: super::body::BODY_MAX, actual: None }.into(),
            status if status.is_client_error() => Problem::invalid("request", "malformed"),
            _ => InternalError {}.into(),
        }
    }
}

/// The body of an error, in the request's locale.
pub(super) fn error_body(problem: &Problem, context: &Context, services: &Services) -> ErrorBody {
    let (params, now) = (problem.params(), iso(services.now_ms()));
    ErrorBody {
        error: problem.code().into(),
        code: problem.code().into(),
        message: message(context.locale, &format!("error-{}", problem.code()), &params),
        params,
        data: data(problem, context).or_else(|| services.problem_data(problem)),
        server_time: matches!(problem, Problem::AuthFailed(_)).then(|| now.clone()),
        request_id: context.request_id.clone(),
        correlation_id: context.correlation_id.clone(),
        reference_id: services.new_id(),
        timestamp: now,
    }
}

/// What some codes tell beside their params.
fn data(problem: &Problem, context: &Context) -> Option<serde_json::Value> {
    match problem {
        Problem::RateLimited(_) => Some(json!({"used": context.spending.used()?})),
        _ => None,
    }
}

fn respond(problem: &Problem, body: ErrorBody, context: &Context) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (content_type, body) = if context.problem_details {
        (PROBLEM_JSON, serde_json::to_vec(&ProblemDetails::of(body, status.as_u16())))
    } else {
        ("application/json", serde_json::to_vec(&body))
    };
    let mut response = Response::builder().status(status).content_type(content_type).body(body.expect("an error body is plain"));
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static(VARY));
    if let Some(seconds) = problem.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Problem::MethodNotAllowed(MethodNotAllowed { allow: Some(allow) }) = problem
        && let Ok(value) = HeaderValue::from_str(&allow.join(", "))
    {
        headers.insert(header::ALLOW, value);
    }
    // RFC 6455, 4.2.2: which version would have been right
    if let Problem::InvalidInput(InvalidInput { field: Some(field), .. }) = problem
        && field == header::SEC_WEBSOCKET_VERSION.as_str()
    {
        headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    }
    response
}

/// A cause is logged once, here; the path without its query, which may hold a token.
fn log(error: &poem::Error, problem: &Problem, body: &ErrorBody, method: &str, path: &str) {
    let (code, request_id, reference_id) = (problem.code(), &body.request_id, &body.reference_id);
    // an address of a download is a credential
    let path = if path.starts_with(SECRET_PATH) { SECRET_PATH } else { path };
    if problem.status() >= 500 {
        tracing::error!(code, request_id, reference_id, method, path, %error, "a request failed");
    } else {
        tracing::info!(code, request_id, reference_id, method, path, "a request was refused");
        // it may quote what the request said
        tracing::debug!(reference_id, %error, "why a request was refused");
    }
}
