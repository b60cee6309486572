//! Development only: what the page sends under `/demo/v1` is signed here and handled as `/v1`. Only a page of this
//! very server, under a loopback name, is served: no other site can make a browser sign for it.

use super::bodies::Bodies;
use super::signature::SignedPath;
use crate::domain::problem::{Forbidden, Problem};
use crate::domain::signature::{SignedRequest, header as sheen};
use crate::service::Services;
use poem::http::header;
use poem::http::{HeaderValue, Uri};
use poem::{Endpoint, Request, Response, handler};
use serde_json::json;
use std::sync::Arc;

/// Who the page is.
const DEMO_USER: &str = "demo";

/// Tells the page that it may start builds.
#[handler]
pub(super) fn session() -> Response {
    let body = json!({"environment": "development", "userId": DEMO_USER, "version": env!("CARGO_PKG_VERSION")});
    Response::builder().content_type("application/json").header(header::CACHE_CONTROL, "no-store").body(body.to_string())
}

/// Signs and passes on.
pub(super) struct Sign<E> {
    services: Services,
    bodies: Bodies,
    v1: Arc<E>,
}

impl<E> Sign<E> {
    pub const fn new(services: Services, bodies: Bodies, v1: Arc<E>) -> Self {
        Self { services, bodies, v1 }
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Sign<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        if !is_own_page(&request) {
            return Err(super::error::ApiError::Problem(Problem::from(Forbidden {})).into());
        }
        let signed = request.original_uri().path_and_query().map_or("/", |path| path.as_str()).trim_start_matches("/demo").to_owned();
        *request.uri_mut() = signed.parse::<Uri>().map_err(poem::error::BadRequest)?;
        let body = self.bodies.take(&mut request).await?.bytes;
        let (timestamp, nonce, signature) = self.services.sign_v2(SignedRequest { method: request.method().as_str(), path_and_query: &signed, body: &body });
        for (name, value) in [(sheen::TIMESTAMP, timestamp), (sheen::NONCE, nonce), (sheen::V2, signature)] {
            request.headers_mut().insert(name, HeaderValue::from_str(&value).map_err(poem::error::InternalServerError)?);
        }
        request.headers_mut().remove(sheen::V1);
        request.set_body(body);
        request.set_data(SignedPath(signed));
        self.v1.call(request).await
    }
}

/// Whether a request comes from a page that this server served, under a name that only this machine has.
fn is_own_page(request: &Request) -> bool {
    let Some(host) = request.header("host") else { return false };
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host });
    let loopback = ["127.0.0.1", "localhost", "[::1]"].contains(&name);
    // a browser says where a request comes from; a program that does not is on this machine anyway
    let same_site = request.header("sec-fetch-site").is_none_or(|site| site == "same-origin");
    let same_origin = request.header("origin").is_none_or(|origin| origin == format!("http://{host}"));
    loopback && same_site && same_origin
}
