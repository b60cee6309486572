//! Rate limits: around all routes the address pays, and behind the signature the users that a request names. A request that is
//! refused takes nothing from anybody.

use super::auth::VerifiedRequest;
use super::client_address::{ClientAddress, find};
use super::context::Context;
use super::error::ApiError;
use super::named::Named;
use crate::domain::problem::{Problem, RateLimited};
use crate::service::access::StreamCaller;
use crate::service::{Payer, Services, Verdict, WINDOW_SECONDS};
use futures_util::future::join_all;
use ipnet::IpNet;
use poem::http::{Method, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use poem_openapi::error::AuthorizationError;

/// What a start of a build or a rollback costs; everything else costs 1.
const START: u32 = 2;
const STARTS: &[&str] = &["/v1/builds", "/v1/builds/batch", "/v1/create-preview-for-new-project", "/v1/update-project", "/v1/versions/rollback"];
/// What costs nothing, besides the page's assets and the locales.
const FREE: &[&str] = &["/", "/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/openapi-3.2.json", "/v1/locales"];
/// Who the page is costs nothing; a login does.
const SESSION: &str = "/demo/session";
const FREE_BELOW: &[&str] = &["/assets/", "/v1/locales/"];
/// Users that one request pays for at most: as many as a batch may name.
const USERS_MAX: usize = 100;

/// An endpoint for which the address pays.
pub(super) struct AddressPays<E> {
    inner: E,
    services: Services,
    trusted: Vec<IpNet>,
}

/// An endpoint for which the users that a signed request names pay.
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
        let (context, address) = (Context::from_request(&request).cloned(), find(&request, &self.trusted));
        let Some((context, address)) = context.zip(address) else { return self.inner.call(request).await.map(IntoResponse::into_response) };
        request.set_data(ClientAddress(address));
        let (payer, cost) = (Payer::Address(address), cost(&request));
        if is_free(&request) {
            context.spending.note(&payer, self.services.rate_of(payer));
            return self.inner.call(request).await.map(IntoResponse::into_response);
        }
        pay(&self.services, &request, payer, cost).await?;
        let outcome = self.inner.call(request).await;
        let back = outcome.as_ref().err().map_or(0, |error| not_charged(error, cost));
        if back > 0 {
            context.spending.note(&payer, self.services.give_back(payer, back).await);
        }
        outcome.map(IntoResponse::into_response)
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for UsersPay<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if request.data::<VerifiedRequest>().is_some() {
            let users: Vec<&str> = request.data::<Named>().into_iter().flat_map(|named| &named.all).map(String::as_str).take(USERS_MAX).collect();
            users_pay(&self.services, &request, &users).await?;
        }
        self.inner.call(request).await
    }
}

/// All of them, or none: what some have paid they get back when another can't.
async fn users_pay(services: &Services, request: &Request, users: &[&str]) -> Result<(), ApiError> {
    let cost = cost(request);
    let verdicts = join_all(users.iter().map(|user| services.take(Payer::User(user), cost))).await;
    let paid = users.iter().zip(&verdicts).filter(|(_, verdict)| verdict.allowed);
    let Some(longest) = verdicts.iter().filter(|verdict| !verdict.allowed).max_by_key(|verdict| verdict.retry_after_seconds).copied() else {
        users.iter().zip(&verdicts).for_each(|(user, verdict)| note(request, Payer::User(user), *verdict));
        return Ok(());
    };
    join_all(paid.map(|(user, _)| services.give_back(Payer::User(user), cost))).await;
    note(request, Payer::User(""), longest);
    Err(limited(longest))
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
    note(request, payer, verdict);
    if verdict.allowed { Ok(()) } else { Err(limited(verdict)) }
}

fn note(request: &Request, payer: Payer<'_>, verdict: Verdict) {
    if let Some(context) = Context::from_request(request) {
        context.spending.note(&payer, verdict);
    }
}

fn limited(verdict: Verdict) -> ApiError {
    let limited = RateLimited { retry_after: verdict.retry_after_seconds, limit: verdict.limit.into(), window: WINDOW_SECONDS };
    ApiError::Problem(Problem::from(limited))
}

/// What an address gets back of what it paid for a request that failed so: all of it when a user's limit was in the way, and all
/// but 1 when nobody's signature was on it.
fn not_charged(error: &poem::Error, cost: u32) -> u32 {
    match error.downcast_ref::<ApiError>() {
        Some(ApiError::Problem(Problem::RateLimited(_))) => cost,
        Some(ApiError::Problem(Problem::AuthFailed(_))) => cost - 1,
        // an operation's own check, where no signature was shown
        None if error.is::<AuthorizationError>() => cost - 1,
        _ => 0,
    }
}

fn cost(request: &Request) -> u32 {
    let path = request.uri().path();
    let start = request.method() == Method::POST && STARTS.contains(&path.strip_prefix("/demo").unwrap_or(path));
    if start { START } else { 1 }
}

fn is_free(request: &Request) -> bool {
    let path = request.uri().path();
    let preflight = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    preflight || is_free_path(path) || (path == SESSION && matches!(*request.method(), Method::GET | Method::HEAD))
}

/// Whether what is asked for at a path costs nothing.
pub(super) fn is_free_path(path: &str) -> bool {
    FREE.contains(&path) || FREE_BELOW.iter().any(|below| path.starts_with(below))
}
