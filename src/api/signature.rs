//! Signatures: a request that shows one is read, checked and passed on with its body; a wrong one goes no further.

use super::auth::VerifiedRequest;
use super::bodies::{Bodies, drop_body};
use super::error::ApiError;
use super::named::Named;
use crate::domain::problem::{AuthReason, Problem};
use crate::domain::signature::{SignatureHeaders, SignedRequest, header};
use crate::service::Services;
use poem::{Endpoint, Request, Response};

/// The headers of a signature, of either version.
const NAMES: [&str; 4] = [header::V1, header::V2, header::TIMESTAMP, header::NONCE];

/// The path with query that is signed, where it is not the request line's: set by routes of this server only.
#[derive(Debug, Clone)]
pub(super) struct SignedPath(pub String);

/// An endpoint behind the check.
pub(super) struct Verified<E> {
    inner: E,
    services: Services,
    bodies: Bodies,
}

impl<E> Verified<E> {
    pub const fn around(inner: E, services: Services, bodies: Bodies) -> Self {
        Self { inner, services, bodies }
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Verified<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        if NAMES.iter().any(|name| request.headers().contains_key(*name)) {
            // before the body: whoever knows no secret is to hold as little here as can be
            if let Err(refusal) = self.check_form(&request) {
                drop_body(&mut request).await;
                return Err(refusal.into());
            }
            let held = self.bodies.take(&mut request).await?;
            self.verify(&request, &held.bytes).await?;
            request.set_data(VerifiedRequest);
            request.set_data(Named::of(&request, &held.bytes));
            request.set_body(held.bytes);
        }
        self.inner.call(request).await
    }
}

impl<E> Verified<E> {
    fn check_form(&self, request: &Request) -> Result<(), ApiError> {
        let headers = headers_of(request);
        // two of one header, or one that is no text: neither is the one
        let odd =
            |name: &&str| request.headers().get_all(*name).iter().count() > 1 || request.headers().get(*name).is_some_and(|value| value.to_str().is_err());
        if NAMES.iter().any(odd) {
            self.services.metrics().edge().signature(headers.version(), AuthReason::Invalid.word());
            return Err(ApiError::Problem(Problem::auth(AuthReason::Invalid)));
        }
        Ok(self.services.check_signature_form(headers)?)
    }

    async fn verify(&self, request: &Request, body: &[u8]) -> Result<(), ApiError> {
        let path = match request.data::<SignedPath>() {
            Some(path) => path.0.clone(),
            None => request.original_uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        };
        let signed = SignedRequest { method: request.method().as_str(), path_and_query: &path, body };
        Ok(self.services.verify_signature(signed, headers_of(request)).await?)
    }
}

fn headers_of(request: &Request) -> SignatureHeaders<'_> {
    let one = |name: &str| request.header(name);
    SignatureHeaders { v1: one(header::V1), v2: one(header::V2), timestamp: one(header::TIMESTAMP), nonce: one(header::NONCE) }
}
