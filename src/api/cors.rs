//! What pages of other origins may do: those of the listed ones ask and read, those of all others get no word of it.
//!
//! poem's own layer refuses whoever is not listed, says the same methods for every path and writes over `Vary`.

use super::context::Context;
use super::failure::{Asked, Failures};
use super::methods::Methods;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use std::sync::Arc;

/// What a page may send.
const ALLOWED: HeaderValue = HeaderValue::from_static(
    "accept, accept-language, authorization, cache-control, content-type, idempotency-key, if-match, if-none-match, if-range, last-event-id, range, \
     traceparent, tracestate, x-correlation-id, x-request-id, x-sheen-locale, x-sheen-nonce, x-sheen-sig-v2, x-sheen-signature, x-sheen-timestamp",
);
/// What a page may read, beside what every page may.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "accept-ranges, allow, content-disposition, content-language, content-range, etag, idempotency-replayed, ratelimit, ratelimit-policy, retry-after, \
     x-correlation-id, x-processing-time-ms, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-request-id, x-worker-version",
);
/// Seconds that a browser may keep a preflight's answer: Chromium keeps none longer.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// Set on a request from a page that is neither this server's own nor of a listed origin.
#[derive(Debug, Clone, Copy)]
pub(super) struct ForeignPage;

/// Where pages may come from.
#[derive(Debug, Clone)]
pub(super) struct Origins {
    listed: Arc<[HeaderValue]>,
    own: String,
}

/// Whose page a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum From {
    /// No page says so, or one of this server.
    Own,
    Listed(HeaderValue),
    Foreign,
}

impl Origins {
    /// The listed ones, and that of the address where clients reach the API.
    pub fn new(listed: &[String], public_url: &str) -> Self {
        let listed = listed.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
        Self { listed, own: origin_of(public_url).to_ascii_lowercase() }
    }

    fn of(&self, headers: &HeaderMap) -> From {
        let mut shown = headers.get_all(header::ORIGIN).iter();
        let Some(origin) = shown.next() else { return From::Own };
        if shown.next().is_some() {
            return From::Foreign;
        }
        if let Some(listed) = self.listed.iter().find(|listed| *listed == origin) {
            return From::Listed(listed.clone());
        }
        // the page may be reached by more names than one: then by that which the request came to
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let is_own = |origin: &str| origin == self.own || host.is_some_and(|host| origin.split_once("://").is_some_and(|(_, name)| name == host));
        if origin.to_str().is_ok_and(is_own) { From::Own } else { From::Foreign }
    }
}

/// The scheme, host and port of an address.
pub(super) fn origin_of(url: &str) -> &str {
    let path = url.match_indices('/').nth(2).map_or(url.len(), |(at, _)| at);
    &url[..path]
}

/// An endpoint that browsers' pages of listed origins may ask. A preflight goes no further.
pub(super) struct Cors<E> {
    inner: E,
    origins: Origins,
    methods: Methods,
    failures: Failures,
}

impl<E: Endpoint> Cors<E> {
    pub const fn around(inner: E, origins: Origins, methods: Methods, failures: Failures) -> Self {
        Self { inner, origins, methods, failures }
    }

    fn preflight(&self, path: &str) -> Response {
        let methods = self.methods.at(path).join(", ");
        Response::builder()
            .status(StatusCode::NO_CONTENT)
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, methods)
            .header(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED)
            .header(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE)
            .finish()
    }

    /// The answer, an error's too: its headers are ours to write.
    async fn answer(&self, request: Request) -> poem::Result<Response> {
        let Some(context) = Context::from_request(&request).cloned() else { return self.inner.call(request).await.map(IntoResponse::into_response) };
        let asked = Asked { context, method: request.method().clone(), path: request.uri().path().to_owned() };
        Ok(match self.inner.call(request).await {
            Ok(output) => output.into_response(),
            Err(error) => self.failures.render(&error, &asked),
        })
    }
}

impl<E: Endpoint> Endpoint for Cors<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let from = self.origins.of(request.headers());
        if from == From::Foreign {
            request.set_data(ForeignPage);
        }
        let listed = if let From::Listed(origin) = from { Some(origin) } else { None };
        let preflight = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        let mut response = match &listed {
            Some(_) if preflight => self.preflight(request.uri().path()),
            _ => self.answer(request).await?,
        };
        let headers = response.headers_mut();
        if !self.origins.listed.is_empty() {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        if let Some(origin) = listed {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            // an EventSource can show a token only in its address or as a cookie
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            if !preflight {
                headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            }
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(headers: &[(&'static str, &str)]) -> From {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Origins::new(&["https://app.example.com".into()], "https://API.example.com/sub").of(&headers)
    }

    #[test]
    fn an_origin_is_listed_or_own_to_the_letter_or_foreign() {
        let listed = || From::Listed(HeaderValue::from_static("https://app.example.com"));
        let cases = [
            (vec![], From::Own),
            (vec![("origin", "https://app.example.com")], listed()),
            (vec![("origin", "https://api.example.com")], From::Own),
            (vec![("origin", "http://localhost:8080"), ("host", "localhost:8080")], From::Own),
            (vec![("origin", "http://localhost:8081"), ("host", "localhost:8080")], From::Foreign),
            (vec![("origin", "null"), ("host", "null")], From::Foreign),
            (vec![("origin", "http://app.example.com")], From::Foreign),
            (vec![("origin", "https://app.example.com.evil.example")], From::Foreign),
            (vec![("origin", "https://app.example.com:8443")], From::Foreign),
            (vec![("origin", "")], From::Foreign),
        ];
        for (headers, expected) in cases {
            assert_eq!(from(&headers), expected, "{headers:?}");
        }
        let mut two = HeaderMap::new();
        two.append(header::ORIGIN, HeaderValue::from_static("https://app.example.com"));
        two.append(header::ORIGIN, HeaderValue::from_static("https://evil.example"));
        assert_eq!(Origins::new(&["https://app.example.com".into()], "").of(&two), From::Foreign);
    }

    #[test]
    fn an_address_has_an_origin() {
        for (url, origin) in [("http://a:1/b/c", "http://a:1"), ("https://a", "https://a"), ("https://a/", "https://a"), ("", "")] {
            assert_eq!(origin_of(url), origin);
        }
    }
}
