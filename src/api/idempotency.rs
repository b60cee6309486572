//! `Idempotency-Key`: a request that was answered under its key is answered so again, and one that was not is done once.

use super::auth::VerifiedRequest;
use super::context::Context;
use super::error::ApiError;
use super::failure::{Asked, Failures};
use super::named::Named;
use crate::domain::idempotency::IdempotencyKey;
use crate::domain::problem::{FieldError, IdempotencyKeyReused, Problem};
use crate::service::idempotency::{Answer, KeyedRequest, Once, Recorded};
use crate::service::{ServiceError, Services};
use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response};
use serde_json::{Value, json};

/// The header, as problems and the document name it.
pub(super) const HEADER: &str = "Idempotency-Key";
/// Set where an answer was given before.
pub(super) const REPLAYED: &str = "idempotency-replayed";
/// Paths whose answers are not kept: a token that is minted is nobody's to read again.
pub(super) const NEVER_KEPT: &[&str] = &["/v1/page-tokens", "/v1/stream-tokens"];

/// Paths whose bodies may bring the key of a POST as `idempotencyKey`.
const KEYED_BODIES: &[&str] = &["/v1/credits/reserve"];

/// Whether requests of this method may bring a key.
pub(super) fn takes_key(method: &Method) -> bool {
    [Method::POST, Method::PUT, Method::PATCH].contains(method)
}

/// The operations, each done once under a key. Whoever asks is known by now.
pub(super) struct Idempotent<E> {
    inner: E,
    services: Services,
    failures: Failures,
}

impl<E> Idempotent<E> {
    pub const fn around(inner: E, services: Services, failures: Failures) -> Self {
        Self { inner, services, failures }
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Idempotent<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        // a stranger writes no row
        let may = takes_key(request.method()) && request.data::<VerifiedRequest>().is_some();
        let key = if may { key_of(&request)? } else { None };
        let Some(key) = key.filter(|_| !NEVER_KEPT.contains(&request.uri().path())) else {
            request.set_data(Once::default());
            return self.inner.call(request).await;
        };
        let context = Context::from_request(&request).cloned().unwrap_or_else(|| Context::of(&request, &self.services));
        let asked = Asked { context, method: request.method().clone(), path: request.uri().path().to_owned() };
        let body = request.take_body().into_bytes().await?;
        let if_match = if_match(&request);
        let once = Once::of(&KeyedRequest {
            user: request.data::<Named>().and_then(|named| named.user.as_deref()),
            method: asked.method.as_str(),
            path: &asked.path,
            key: key.as_str(),
            query: request.uri().query().unwrap_or_default(),
            body: &body,
            if_match: if_match.as_deref(),
            request_id: &asked.context.request_id,
        });
        request.set_body(body);
        request.set_data(once.clone());
        self.once(request, &once, &asked).await
    }
}

impl<E: Endpoint<Output = Response>> Idempotent<E> {
    async fn once(&self, request: Request, once: &Once, asked: &Asked) -> poem::Result<Response> {
        if let Some(response) = self.replay(once, asked).await? {
            return Ok(response);
        }
        let turn = self.services.key_turn(once).await.map_err(|problem| self.counted(ApiError::Problem(problem)))?;
        // what came before this one has been answered meanwhile
        if let Some(response) = self.replay(once, asked).await? {
            return Ok(response);
        }
        let answered = match self.inner.call(request).await {
            Ok(response) => match once.kept() {
                Some(answer) => Ok(respond(answer, false)),
                None => {
                    let request_id = &asked.context.request_id;
                    tracing::error!(request_id, "an operation kept no answer for its key");
                    Ok(response)
                }
            },
            Err(error) => self.failed(once, error, asked).await,
        };
        drop(turn);
        answered
    }

    /// The answer that the same request got before.
    async fn replay(&self, once: &Once, asked: &Asked) -> Result<Option<Response>, ApiError> {
        match self.services.recorded(once).await? {
            None => Ok(None),
            Some(Recorded::Another) => Err(self.counted(ApiError::Problem(IdempotencyKeyReused {}.into()))),
            Some(Recorded::Same { answer, first_request_id }) => {
                self.services.metrics().edge().key_known("replayed");
                let (request_id, status) = (&asked.context.request_id, answer.status);
                tracing::info!(request_id, first_request_id, status, "an answer is given again");
                Ok(Some(respond(answer, true)))
            }
        }
    }

    /// The answer to a request that failed here: another node may have done it meanwhile. A refusal that will be the same
    /// whenever it is asked for is kept.
    async fn failed(&self, once: &Once, error: poem::Error, asked: &Asked) -> poem::Result<Response> {
        match self.replay(once, asked).await {
            Ok(Some(response)) => return Ok(response),
            Err(ApiError::Problem(reused)) => return Err(ApiError::Problem(reused).into()),
            Ok(None) | Err(ApiError::Range(_)) => {}
            Err(ApiError::Fault(fault)) => tracing::warn!(%fault, "whether a request with a key was answered meanwhile is not known"),
        }
        if !is_kept(&self.failures.problem(&error, &asked.path)) {
            if let Some(ours) = error.downcast_ref::<ApiError>() {
                self.count(ours);
            }
            return Err(error);
        }
        let rendered = self.failures.render(&error, asked);
        let (parts, body) = rendered.into_parts();
        let answer = Answer {
            status: parts.status.as_u16(),
            content_type: text_of(parts.headers.get(header::CONTENT_TYPE)),
            content_language: Some(asked.context.locale.to_owned()),
            etag: None,
            body: body.into_string().await?,
        };
        match self.services.keep_refusal(once, answer.clone()).await {
            Ok(()) => {}
            Err(ServiceError::Answered) => {
                if let Some(response) = self.replay(once, asked).await? {
                    return Ok(response);
                }
            }
            // it is the answer all the same, and will be found out again
            Err(error) => tracing::warn!(%error, "a refusal could not be kept for its key"),
        }
        Ok(respond(answer, false))
    }

    fn counted(&self, error: ApiError) -> ApiError {
        self.count(&error);
        error
    }

    fn count(&self, error: &ApiError) {
        let edge = self.services.metrics().edge();
        match error {
            ApiError::Problem(Problem::IdempotencyKeyReused(_)) => edge.key_known("reused"),
            ApiError::Problem(Problem::IdempotencyInProgress(_)) => edge.key_known("in_progress"),
            _ => {}
        }
    }
}

/// The key that a request brings, in its header or, where that means the same, in its body.
fn key_of(request: &Request) -> Result<Option<IdempotencyKey>, ApiError> {
    let of_header = header_key(request)?;
    let may_be_told = request.method() == Method::POST && KEYED_BODIES.contains(&request.uri().path());
    let told = request.data::<Named>().and_then(|named| named.key.as_deref()).filter(|_| may_be_told);
    let Some(told) = told else { return Ok(of_header) };
    let of_body = IdempotencyKey::plain(told).ok_or_else(|| body_fault("1 to 255 visible ASCII characters"))?;
    match of_header {
        Some(key) if key != of_body => Err(body_fault("another key than the header's")),
        _ => Ok(Some(of_body)),
    }
}

fn body_fault(message: &str) -> ApiError {
    ApiError::Problem(Problem::validation(vec![FieldError::new("idempotencyKey", message)]))
}

fn header_key(request: &Request) -> Result<Option<IdempotencyKey>, ApiError> {
    let mut values = request.headers().get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let refused = |reason: &str| ApiError::Problem(Problem::invalid(HEADER, reason));
    if values.next().is_some() {
        return Err(refused("duplicate"));
    }
    let key = value.to_str().ok().and_then(IdempotencyKey::parse);
    key.map(Some).ok_or_else(|| refused("invalid_value"))
}

/// The request's `If-Match`, which says what is to be done as its body does: several headers are one list.
fn if_match(request: &Request) -> Option<Vec<u8>> {
    let values: Vec<&[u8]> = request.headers().get_all(header::IF_MATCH).iter().map(HeaderValue::as_bytes).collect();
    (!values.is_empty()).then(|| values.join(&b", "[..]))
}

/// Refusals that tell of the request itself. What may pass (a payment due, a build under way, a limit, a revision that is
/// not there yet, a fault of ours) must not outlive its cause.
fn is_kept(problem: &Problem) -> bool {
    match problem {
        Problem::InvalidInput(_) | Problem::NotFound(_) => true,
        Problem::ValidationFailed(failed) => failed.errors.iter().flatten().all(|error| !error.field.eq_ignore_ascii_case(header::IF_MATCH.as_str())),
        _ => false,
    }
}

/// An answer as it was kept: the first time as every time after.
fn respond(answer: Answer, again: bool) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::builder().status(status).content_type(answer.content_type).body(answer.body);
    let given =
        [(header::ETAG, answer.etag), (header::CONTENT_LANGUAGE, answer.content_language), (HeaderName::from_static(REPLAYED), again.then(|| "true".into()))];
    for (name, text) in given {
        if let Some(value) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn text_of(value: Option<&HeaderValue>) -> String {
    value.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// Tells of the header, and of answers that are given again, at every operation of the document that takes a key.
pub(super) fn describe(document: &mut Value) {
    let operations = document["paths"].as_object_mut().into_iter().flatten().flat_map(|(path, item)| {
        let of_path = item.as_object_mut().into_iter().flatten();
        of_path.map(move |(method, operation)| (path, method, operation))
    });
    for (path, method, operation) in operations {
        if !method.to_uppercase().parse().is_ok_and(|method| takes_key(&method)) {
            continue;
        }
        let Some(operation) = operation.as_object_mut() else { continue };
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        parameters.as_array_mut().into_iter().for_each(|list| list.push(parameter()));
        if NEVER_KEPT.contains(&path.as_str()) {
            continue;
        }
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten();
        for (_, response) in responses.filter(|(status, _)| status.starts_with('2') || ["400", "404", "422"].contains(&status.as_str())) {
            if response["headers"].is_null() {
                response["headers"] = json!({});
            }
            if response["headers"][REPLAYED].is_null() {
                response["headers"][REPLAYED] = json!({"description": "`true`: an earlier request got this answer.", "schema": {"type": "boolean"}});
            }
        }
    }
}

fn parameter() -> Value {
    json!({
        "name": HEADER,
        "in": "header",
        "required": false,
        "description": "A key of the caller's own, 1 to 255 visible characters, with or without quotes: the request is done once, however often it is sent.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-~][!-~]*$"},
    })
}
