//! The one middleware around all routes: ids and headers of every answer, the body of every failure, the span that every log
//! line of a request stands in, and how long it took.

use super::context::Context;
use super::error::ApiError;
use super::failure::{Asked, Failures};
use super::methods::named_in;
use crate::domain::ids::{is_id, is_visible};
use crate::domain::problem::Problem;
use crate::service::Services;
use poem::http::{HeaderName, HeaderValue, Method, Version, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use tracing::field::Empty;
use tracing::{Instrument, Span};

/// Bytes of a W3C `traceparent` at most.
const TRACEPARENT_MAX: usize = 128;

/// The endpoint inside its envelope.
pub(super) struct Envelope<E> {
    inner: E,
    services: Services,
    failures: Failures,
}

impl<E: Endpoint> Envelope<E> {
    pub const fn around(inner: E, services: Services, failures: Failures) -> Self {
        Self { inner, services, failures }
    }
}

impl<E: Endpoint> Endpoint for Envelope<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let context = Context::of(&request, &self.services);
        let asked = Asked { context: context.clone(), method: request.method().clone(), path: request.uri().path().to_owned() };
        let (route, method) = (self.failures.methods().route(&asked.path), word_of(&asked.method));
        let span = span_of(&request, &asked, route, method);
        request.set_data(context.clone());
        let answered = match check_host(&request) {
            Ok(()) => self.inner.call(request).instrument(span.clone()).await,
            Err(problem) => Err(ApiError::Problem(problem).into()),
        };
        let _in_span = span.enter();
        let mut response = match answered {
            Ok(output) => output.into_response(),
            Err(error) => self.failures.render(&error, &asked),
        };
        stamp(&mut response, &context);
        let (status, seconds) = (response.status().as_u16(), context.came.elapsed().as_secs_f64());
        self.services.metrics().edge().answered(route, method, class_of(status), seconds);
        span.record("status", status);
        tracing::debug!(seconds, "a request was answered");
        Ok(response)
    }
}

/// RFC 9112, 3.2: with HTTP/1.1 exactly one; two may lead a proxy to one place and us to another.
fn check_host(request: &Request) -> Result<(), Problem> {
    match request.headers().get_all(header::HOST).iter().count() {
        1 => Ok(()),
        0 if request.version() < Version::HTTP_11 => Ok(()),
        0 => Err(Problem::invalid("Host", "missing_field")),
        _ => Err(Problem::invalid("Host", "duplicate")),
    }
}

/// The span of a request. At the level of errors, so that no choice of what is logged loses the ids. It never holds a query,
/// which may have a token in it, nor a path, which may be a credential.
fn span_of(request: &Request, asked: &Asked, route: &str, method: &str) -> Span {
    let Context { request_id, correlation_id, .. } = &asked.context;
    let (project, build) = named_in(route, &asked.path);
    let (project_id, build_id) = (project.filter(|id| is_id(id)), build.filter(|id| is_id(id)));
    let traceparent = request.header("traceparent").filter(|parent| is_visible(parent, TRACEPARENT_MAX));
    tracing::error_span!("request", request_id, correlation_id, method, route, project_id, build_id, traceparent, status = Empty)
}

/// A method by its name, if it is one that everybody knows.
fn word_of(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

const fn class_of(status: u16) -> &'static str {
    match status {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

fn stamp(response: &mut Response, context: &Context) {
    context.spending.stamp(response.headers_mut());
    let elapsed = context.came.elapsed().as_millis().to_string();
    let stamps = [
        (HeaderName::from_static("x-request-id"), context.request_id.as_str()),
        (HeaderName::from_static("x-correlation-id"), context.correlation_id.as_str()),
        (HeaderName::from_static("x-worker-version"), env!("CARGO_PKG_VERSION")),
        (HeaderName::from_static("x-processing-time-ms"), elapsed.as_str()),
        (header::CONTENT_LANGUAGE, context.locale),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in stamps {
        // an answer that is given again has the language that it had
        if name == header::CONTENT_LANGUAGE && response.headers().contains_key(&name) {
            continue;
        }
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
}
