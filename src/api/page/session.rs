//! `/demo/session`: who the page is; a login with a page token, and its end.

use super::super::bodies::Bodies;
use super::super::body::Input;
use super::super::context::cookie_values;
use super::super::error::ApiError;
use super::{PageAccess, PageSettings, own_page};
use crate::domain::jwt::TOKEN_MAX_BYTES;
use crate::domain::problem::{AuthReason, Problem, UnsupportedMediaType};
use crate::domain::time::iso;
use crate::service::Services;
use crate::service::page_sessions::PageSession;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{Request, Response, handler};
use poem_openapi::payload::Payload;
use serde::Deserialize;
use serde_json::json;
use std::ops::RangeInclusive;

/// Who the page is without a login.
const DEMO_USER: &str = "demo";
/// The cookie that shows a session. It has no path, so that it goes where it was given, below a proxy's path too.
const COOKIE: &str = "buildcast_page";
/// What the page shows with it: a key of its own making, which it keeps where no other origin can read or write.
const KEY: &str = "x-page-key";
/// Characters of a key.
const KEY_CHARS: RangeInclusive<usize> = 16..=128;
/// Cookies of the name that are looked at: other sites can set more than one.
const COOKIES_MAX: usize = 8;
/// Bytes of a login at most: a token and its field.
const BODY_MAX: u64 = TOKEN_MAX_BYTES as u64 + 64;

/// What the handlers of this path know.
#[derive(Debug, Clone)]
pub(super) struct Door {
    pub services: Services,
    pub settings: PageSettings,
    pub bodies: Bodies,
}

/// A login.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    token: String,
}

/// The session that a request shows; AUTH_FAILED where it shows none. Of several cookies the page's own counts, wherever another
/// site has put one before it.
pub(super) fn of(request: &Request, services: &Services) -> Result<PageSession, Problem> {
    let key = key_of(request)?;
    let shown = cookie_values(request, COOKIE).filter(|token| !token.is_empty()).take(COOKIES_MAX).map(|token| services.page_session(&token, key));
    shown.reduce(|first, next| if first.is_ok() { first } else { next }).unwrap_or_else(|| Err(Problem::auth(AuthReason::Missing)))
}

/// The key that a page shows.
fn key_of(request: &Request) -> Result<&str, Problem> {
    let key = request.header(KEY).ok_or_else(|| Problem::auth(AuthReason::Missing))?;
    if KEY_CHARS.contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) { Ok(key) } else { Err(Problem::auth(AuthReason::Invalid)) }
}

/// Tells the page who it is, and what it may offer.
#[handler]
pub(super) fn look(request: &Request, Data(door): Data<&Door>) -> poem::Result<Response> {
    door.check(request)?;
    // no session, or one that is over, is no error: it is what the page asks
    Ok(door.tell(of(request, &door.services).ok().as_ref()))
}

/// Begins a session with a page token.
#[handler]
pub(super) async fn log_in(request: &Request, body: poem::Body, Data(door): Data<&Door>) -> poem::Result<Response> {
    door.check(request)?;
    if !request.content_type().is_some_and(Input::<()>::check_content_type) {
        return Err(ApiError::Problem(UnsupportedMediaType {}.into()).into());
    }
    let held = door.bodies.read(body, BODY_MAX).await?;
    let login: Login = serde_json::from_slice(&held.bytes).map_err(|_| ApiError::Problem(Problem::invalid("token", "missing_field")))?;
    let PageAccess::Login { session_seconds } = door.settings.access else { return Err(ApiError::Problem(Problem::not_found("login")).into()) };
    let key = key_of(request).map_err(ApiError::Problem)?;
    let (session, token) = door.services.open_page_session(&login.token, key, session_seconds).await.map_err(ApiError::Problem)?;
    Ok(door.with_cookie(door.tell(Some(&session)), &token, session_seconds))
}

/// Ends a session: the browser forgets it.
#[handler]
pub(super) fn log_out(request: &Request, Data(door): Data<&Door>) -> poem::Result<Response> {
    door.check(request)?;
    Ok(door.with_cookie(Response::builder().status(StatusCode::NO_CONTENT).finish(), "", 0))
}

impl Door {
    fn check(&self, request: &Request) -> Result<(), ApiError> {
        own_page::check(request, self.settings.access, self.services.public_url()).map_err(ApiError::Problem)
    }

    fn tell(&self, session: Option<&PageSession>) -> Response {
        let login = self.settings.access != PageAccess::Demo;
        let user = if login { session.map(|session| session.user_id.as_str()) } else { Some(DEMO_USER) };
        let body = json!({
            "environment": self.settings.environment,
            "version": env!("CARGO_PKG_VERSION"),
            "generator": self.settings.generator,
            "login": login,
            "userId": user,
            "expiresAt": session.map(|session| iso(session.expires_at_ms)),
        });
        Response::builder().content_type("application/json").header(header::CACHE_CONTROL, "no-store").body(body.to_string())
    }

    fn with_cookie(&self, mut response: Response, value: &str, seconds: i64) -> Response {
        let secure = if self.services.public_url().starts_with("https://") { "; Secure" } else { "" };
        let cookie = format!("{COOKIE}={value}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
        if let Ok(cookie) = cookie.parse() {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }
}
