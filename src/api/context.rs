//! What is known of a request before anything is done: its ids, its locale, when it came.

use super::problem_details::prefers_problem;
use super::spending::Spending;
use crate::domain::catalogue::LOCALES;
use crate::domain::ids::is_visible;
use crate::domain::locale::{LocaleHints, negotiate};
use crate::service::Services;
use poem::Request;
use std::time::Instant;

/// A request's context; a copy stands in its extensions.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub request_id: String,
    pub correlation_id: String,
    pub locale: &'static str,
    pub came: Instant,
    /// What its limits said.
    pub spending: Spending,
    /// Whether its client prefers errors as problem details.
    pub problem_details: bool,
}

impl Context {
    pub fn of(request: &Request, services: &Services) -> Self {
        let given = |name: &str| request.header(name).filter(|id| is_visible(id, 128)).map(str::to_owned);
        Self {
            request_id: given("x-request-id").unwrap_or_else(|| services.new_id()),
            correlation_id: given("x-correlation-id").unwrap_or_else(|| services.new_id()),
            locale: locale_of(request),
            came: Instant::now(),
            spending: Spending::default(),
            problem_details: prefers_problem(request.headers().get_all("accept").iter().filter_map(|header| header.to_str().ok())),
        }
    }

    /// The context that the envelope left; a bare one where a test calls without it.
    pub fn from_request(request: &Request) -> Option<&Self> {
        request.data::<Self>()
    }
}

/// The id of a request, where the envelope gave it one.
pub(super) fn request_id(request: &Request) -> Option<String> {
    Context::from_request(request).map(|context| context.request_id.clone())
}

fn locale_of(request: &Request) -> &'static str {
    let query = query_value(request, "locale");
    let cookie = cookie_value(request, "locale");
    let lists: Vec<&str> = request.headers().get_all("accept-language").iter().filter_map(|header| header.to_str().ok()).collect();
    let accept_language = lists.join(",");
    let hints =
        LocaleHints { header: request.header("x-sheen-locale"), query: query.as_deref(), cookie: cookie.as_deref(), accept_language: Some(&accept_language) };
    negotiate(hints, LOCALES)
}

/// The first value of a query parameter, decoded.
pub(super) fn query_value(request: &Request, name: &str) -> Option<String> {
    let query = request.original_uri().query()?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The first cookie of that name.
pub(super) fn cookie_value(request: &Request, name: &str) -> Option<String> {
    cookie_values(request, name).next()
}

/// All cookies of that name: of several paths, or of several hosts, there may be more than one.
pub(super) fn cookie_values<'r>(request: &'r Request, name: &'r str) -> impl Iterator<Item = String> + 'r {
    let cookies = request.headers().get_all("cookie").iter().filter_map(|header| header.to_str().ok());
    cookies.flat_map(|header| header.split(';')).filter_map(move |pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.trim_matches('"').to_owned())
    })
}

/// Whether `If-None-Match` names this ETag; weak tags count, as RFC 9110 says.
pub(super) fn names_etag(request: &Request, etag: &str) -> bool {
    let named = |tags: &str| tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag);
    request.header("if-none-match").is_some_and(named)
}
