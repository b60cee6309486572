//! Who a request is from, as handlers see it.

use super::context::{cookie_value, query_value};
use super::cors::ForeignPage;
use crate::service::access::StreamCaller;
use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::{ApiKey, Bearer};

/// Set by the signature check on a request whose signature was right.
#[derive(Debug, Clone, Copy)]
pub(super) struct VerifiedRequest;

async fn verified(request: &Request, _key: ApiKey) -> Option<()> {
    request.data::<VerifiedRequest>().map(|_| ())
}

/// Version 2: hex HMAC-SHA256 of `v2`, method, path with query, timestamp, nonce and the body's SHA-256, one a line;
/// with `x-sheen-timestamp` (epoch ms) and `x-sheen-nonce`.
#[derive(SecurityScheme)]
#[oai(rename = "signatureV2", ty = "api_key", key_name = "x-sheen-sig-v2", key_in = "header", checker = "verified")]
pub(super) struct SignatureV2(());

/// Version 1: hex HMAC-SHA256 of the body followed by the path with query.
#[derive(SecurityScheme)]
#[oai(rename = "signatureV1", ty = "api_key", key_name = "x-sheen-signature", key_in = "header", checker = "verified")]
pub(super) struct SignatureV1(());

/// A request with a right signature, in either version.
#[derive(SecurityScheme)]
pub(super) enum Signed {
    V2(SignatureV2),
    V1(SignatureV1),
}

async fn any_token(_request: &Request, _token: Bearer) -> Option<()> {
    Some(())
}

/// A stream token; also as `?token=` or the cookie `buildcast_token`. The stream itself judges it.
#[derive(SecurityScheme)]
#[oai(rename = "streamToken", ty = "bearer", bearer_format = "JWT", checker = "any_token")]
pub(super) struct StreamToken(());

/// Whoever asks for a stream.
#[derive(SecurityScheme)]
pub(super) enum Listener {
    V2(SignatureV2),
    V1(SignatureV1),
    Token(StreamToken),
    #[oai(fallback)]
    Other,
}

impl Listener {
    /// What the request shows, the signature first.
    pub fn caller(request: &Request) -> StreamCaller {
        caller(request)
    }
}

fn caller(request: &Request) -> StreamCaller {
    if request.data::<VerifiedRequest>().is_some() {
        return StreamCaller::Signed;
    }
    let bearer = request.header("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    bearer
        .or_else(|| query_value(request, "token"))
        // a browser shows a cookie whichever page asks: another's page has no use of it
        .or_else(|| cookie_value(request, "buildcast_token").filter(|_| request.data::<ForeignPage>().is_none()))
        .filter(|token| !token.is_empty())
        .map_or(StreamCaller::Nobody, StreamCaller::Token)
}
