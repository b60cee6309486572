//! Rate limits: around all routes the address pays, and behind the signature the users that a request names.

use super::auth::VerifiedRequest;
use super::client_address::{ClientAddress, address_of, find};
use super::context::Context;
use super::error::ApiError;
use super::named::Named;
use crate::domain::problem::{Problem, RateLimited};
use crate::service::access::StreamCaller;
use crate::service::{Payer, Services, WINDOW_SECONDS};
use futures_util::future::try_join_all;
use ipnet::IpNet;
use poem::http::{Method, header};
use poem::{Endpoint, IntoResponse, Request, Response};

/// What a start of a build or a rollback costs; everything else costs 1.
const START: u32 = 2;
const STARTS: &[&str] = &["/v1/builds", "/v1/builds/batch", "/v1/create-preview-for-new-project", "/v1/update-project", "/v1/versions/rollback"];
/// What costs nothing, besides the page's assets and the locales.
const FREE: &[&str] = &["/", "/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/openapi-3.2.json", "/demo/session", "/v1/locales"];
const FREE_BELOW: &[&str] = &["/assets/", "/v1/locales/"];
/// Users that one request pays for at most: as many as a batch may name.
const USERS_MAX: usize = 100;

/// An endpoint for which the address pays.
pub(super) struct AddressPays<E> {
    inner: E,
    services: Services,
    trusted: Vec<IpNet>,
}

/// An endpoint for which the users that a signed request names pay, and the address for what costs more than others.
pub(super) struct UsersPay<E> {
    inner: E,
    services: Services,
}

impl<E> AddressPays<E> {
    pub const fn around(inner: E, services: Services, trusted: Vec<IpNet>) -> Self {
        Self { inner, services, trusted }
    }
}

impl<E> UsersPay<E> {
    pub const fn around(inner: E, services: Services) -> Self {
        Self { inner, services }
    }
}

impl<E: Endpoint> Endpoint for AddressPays<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        if let Some(address) = find(&request, &self.trusted) {
            request.set_data(ClientAddress(address));
            let payer = Payer::Address(address);
            match Context::from_request(&request) {
                Some(context) if is_free(&request) => context.spending.note(&payer, self.services.rate_of(payer)),
                _ => pay(&self.services, &request, payer, 1).await?,
            }
        }
        self.inner.call(request).await.map(IntoResponse::into_response)
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for UsersPay<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if request.data::<VerifiedRequest>().is_some() {
            let cost = cost(&request);
            if let Some(address) = address_of(&request).filter(|_| cost > 1) {
                pay(&self.services, &request, Payer::Address(address), cost - 1).await?;
            }
            let users = request.data::<Named>().map(|named| &named.all).into_iter().flatten().take(USERS_MAX);
            try_join_all(users.map(|user| pay(&self.services, &request, Payer::User(user), cost))).await?;
        }
        self.inner.call(request).await
    }
}

/// The user that a stream's token was minted for pays for the stream.
pub(super) async fn listener_pays(services: &Services, request: &Request, caller: &StreamCaller) -> Result<(), ApiError> {
    match services.listener(caller)? {
        Some(user) => pay(services, request, Payer::User(&user), 1).await,
        None => Ok(()),
    }
}

async fn pay(services: &Services, request: &Request, payer: Payer<'_>, cost: u32) -> Result<(), ApiError> {
    let verdict = services.take(payer, cost).await;
    if let Some(context) = Context::from_request(request) {
        context.spending.note(&payer, verdict);
    }
    if verdict.allowed {
        return Ok(());
    }
    let limited = RateLimited { retry_after: verdict.retry_after_seconds, limit: verdict.limit.into(), window: WINDOW_SECONDS };
    Err(ApiError::Problem(Problem::from(limited)))
}

fn cost(request: &Request) -> u32 {
    let start = request.method() == Method::POST && STARTS.contains(&request.uri().path());
    if start { START } else { 1 }
}

fn is_free(request: &Request) -> bool {
    let path = request.uri().path();
    let preflight = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    preflight || FREE.contains(&path) || FREE_BELOW.iter().any(|below| path.starts_with(below))
}
