//! What every answer of the API's listener tells browsers: nothing of it is run, framed, embedded elsewhere or sniffed.

use poem::http::{HeaderName, HeaderValue, header};
use poem::{Endpoint, IntoResponse, Request, Response};

/// For all but pages, which bring a policy of their own.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// Where an answer has none of its own.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, DATA_POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
];
/// A year.
const ONLY_TLS: &str = "max-age=31536000";

/// An endpoint whose answers have them.
pub(super) struct SecurityHeaders<E> {
    inner: E,
    /// Whether clients reach the API by https, and are to do so only.
    tls: bool,
}

impl<E: Endpoint> SecurityHeaders<E> {
    pub fn around(inner: E, public_url: &str) -> Self {
        Self { inner, tls: public_url.starts_with("https://") }
    }
}

impl<E: Endpoint> Endpoint for SecurityHeaders<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let mut response = self.inner.call(request).await?.into_response();
        let tls = self.tls.then_some((header::STRICT_TRANSPORT_SECURITY, ONLY_TLS));
        for (name, value) in ALWAYS.into_iter().chain(tls) {
            response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
        Ok(response)
    }
}
