//! Signatures: a request that shows one is read, checked and passed on with its body; a wrong one goes no further.

use super::auth::VerifiedRequest;
use super::body::{BODY_MAX, LARGE_BODY_MAX, read_limited};
use super::error::ApiError;
use super::named::Named;
use crate::domain::problem::{AuthReason, PayloadTooLarge, Problem};
use crate::domain::signature::{SignatureHeaders, SignedRequest, header};
use crate::service::Services;
use futures_util::StreamExt;
use poem::http::Method;
use poem::{Body, Endpoint, Request, Response};
use std::time::Duration;

/// Paths whose bodies hold template files.
const LARGE: &[&str] = &["/v1/builds", "/v1/builds/batch", "/v1/create-preview-for-new-project", "/v1/update-project"];
/// What is read and dropped of a body that is too large, so that its sender gets to see the answer.
const DRAIN_MAX_BYTES: usize = 64 << 20;
const DRAIN_MAX: Duration = Duration::from_secs(5);

/// The path with query that is signed, where it is not the request line's: set by routes of this server only.
#[derive(Debug, Clone)]
pub(super) struct SignedPath(pub String);

/// An endpoint behind the check.
pub(super) struct Verified<E> {
    inner: E,
    services: Services,
}

impl<E> Verified<E> {
    pub fn around(inner: E, services: Services) -> Self {
        Self { inner, services }
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Verified<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let shown = [header::V1, header::V2, header::TIMESTAMP, header::NONCE].iter().any(|name| request.headers().contains_key(*name));
        if shown {
            let body = take_limited(&mut request).await?;
            self.verify(&request, &body).await?;
            request.set_data(VerifiedRequest);
            request.set_data(Named::of(&request, &body));
            request.set_body(body);
        }
        self.inner.call(request).await
    }
}

impl<E> Verified<E> {
    async fn verify(&self, request: &Request, body: &[u8]) -> Result<(), ApiError> {
        let one = |name: &str| request.header(name);
        let headers = SignatureHeaders { v1: one(header::V1), v2: one(header::V2), timestamp: one(header::TIMESTAMP), nonce: one(header::NONCE) };
        // two of one header, or one that is no text: neither is the one
        let names = [header::V1, header::V2, header::TIMESTAMP, header::NONCE];
        let odd =
            |name: &&str| request.headers().get_all(*name).iter().count() > 1 || request.headers().get(*name).is_some_and(|value| value.to_str().is_err());
        if names.iter().any(odd) {
            self.services.metrics().edge().signature(headers.version(), AuthReason::Invalid.word());
            return Err(ApiError::Problem(Problem::auth(AuthReason::Invalid)));
        }
        let path = match request.data::<SignedPath>() {
            Some(path) => path.0.clone(),
            None => request.original_uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        };
        let signed = SignedRequest { method: request.method().as_str(), path_and_query: &path, body };
        Ok(self.services.verify_signature(signed, headers).await?)
    }
}

/// Takes a request's body whole, up to the limit of its path.
pub(super) async fn take_limited(request: &mut Request) -> Result<Vec<u8>, ApiError> {
    let large = request.method() == Method::POST && LARGE.contains(&request.uri().path());
    let limit = if large { LARGE_BODY_MAX } else { BODY_MAX };
    let said: Option<u64> = request.header("content-length").and_then(|length| length.parse().ok());
    let waits = request.headers().contains_key("expect");
    let body = request.take_body();
    if let Some(actual) = said.filter(|length| *length > limit) {
        // a client that waits for "100 Continue" has sent nothing yet
        if !waits {
            drain(body).await;
        }
        return Err(ApiError::Problem(PayloadTooLarge { limit, actual: Some(actual) }.into()));
    }
    Ok(read_limited(body, limit).await?.to_vec())
}

async fn drain(body: Body) {
    let mut stream = body.into_bytes_stream();
    let mut left = DRAIN_MAX_BYTES;
    let all = async {
        while let Some(Ok(part)) = stream.next().await {
            left = left.saturating_sub(part.len());
            if left == 0 {
                break;
            }
        }
    };
    // whether it took too long does not matter
    let _ = tokio::time::timeout(DRAIN_MAX, all).await;
}
