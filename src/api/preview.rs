//! The previews' listener: what users build is untrusted, so it never shares the API's origin.

use super::context::names_etag;
use super::cors::origin_of;
use super::envelope::Envelope;
use super::error::ApiError;
use super::failure::Failures;
use super::methods::Methods;
use super::range::byte_range;
use crate::service::Services;
use crate::service::previews::{Found, OpenSites, Preview, PreviewFile};
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Endpoint, EndpointExt, Request, Response, Route, get, handler};
use std::sync::Arc;

/// The paths that previews are at.
const PATHS: &[&str] = &["/p/{id}", "/p/{id}/{*path}", "/v/{id}", "/v/{id}/{*path}", "/live/{id}", "/live/{id}/{*path}"];
/// Severs a preview from whoever opened it and from what it opens, whether of the same origin or not.
const OPENER_POLICY: (HeaderName, HeaderValue) = (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("noopener-allow-popups"));

/// The content security policy of what users build.
#[derive(Debug, Clone)]
pub struct PreviewPolicy(Option<HeaderValue>);

impl PreviewPolicy {
    /// The policy as it is set, with the origins that may frame previews, the API's first, in place of `{origins}`.
    pub fn new(text: &str, services: &Services, origins: &[String]) -> Self {
        let framing: Vec<&str> = std::iter::once(origin_of(services.public_url())).chain(origins.iter().map(String::as_str)).collect();
        let policy = text.replace("{origins}", &framing.join(" "));
        Self(HeaderValue::from_str(&policy).ok().filter(|policy| !policy.is_empty()))
    }

    /// Whether its documents have an origin that no other has, not even their own files.
    fn is_opaque(&self) -> bool {
        let directives = self.0.as_ref().and_then(|policy| policy.to_str().ok()).unwrap_or_default().split(';');
        let mut sandboxes =
            directives.map(|directive| directive.split_ascii_whitespace()).filter_map(|mut words| (words.next()? == "sandbox").then_some(words));
        sandboxes.any(|mut allowed| !allowed.any(|word| word == "allow-same-origin"))
    }

    fn stamp(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if let Some(policy) = &self.0 {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        if self.is_opaque() {
            // such a document's own scripts and fonts are another origin's to the browser
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        }
        let (name, value) = OPENER_POLICY;
        headers.insert(name, value);
        response
    }
}

/// The previews' application.
pub fn preview_app(services: &Services, policy: PreviewPolicy) -> impl Endpoint<Output = Response> + 'static {
    let routes = Route::new()
        .at("/p/:id", get(add_slash))
        .at("/p/:id/*path", get(of_project))
        .at("/v/:id", get(add_slash))
        .at("/v/:id/*path", get(of_version))
        .at("/live/:id", get(add_slash))
        .at("/live/:id/*path", get(published))
        .at("/*path", get(absolute))
        .data(services.clone())
        .data(Arc::new(OpenSites::default()))
        .map_to_response()
        .after(move |answer: poem::Result<Response>| {
            let policy = policy.clone();
            async move { answer.map(|response| policy.stamp(response)) }
        });
    let failures = Failures::new(services.clone(), Methods::of(&serde_json::Value::Null, PATHS, &[]));
    Envelope::around(routes, services.clone(), failures)
}

/// Leads to another path with the same query.
fn redirect(request: &Request, path: &str) -> Response {
    let to = request.original_uri().query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    Response::builder().status(StatusCode::TEMPORARY_REDIRECT).header(header::LOCATION, to).header(header::CACHE_CONTROL, "no-store").finish()
}

#[handler]
fn add_slash(request: &Request) -> Response {
    redirect(request, &format!("{}/", request.original_uri().path()))
}

#[handler]
async fn of_project(
    request: &Request,
    Path((id, path)): Path<(String, String)>,
    Data(services): Data<&Services>,
    Data(sites): Data<&Arc<OpenSites>>,
) -> poem::Result<Response> {
    serve(request, services, sites, Preview::OfProject(&id), &path).await
}

#[handler]
async fn of_version(
    request: &Request,
    Path((id, path)): Path<(String, String)>,
    Data(services): Data<&Services>,
    Data(sites): Data<&Arc<OpenSites>>,
) -> poem::Result<Response> {
    serve(request, services, sites, Preview::OfVersion(&id), &path).await
}

#[handler]
async fn published(
    request: &Request,
    Path((id, path)): Path<(String, String)>,
    Data(services): Data<&Services>,
    Data(sites): Data<&Arc<OpenSites>>,
) -> poem::Result<Response> {
    serve(request, services, sites, Preview::Published(&id), &path).await
}

/// A page that thinks it is at the root asks for `/assets/…`: the preview that it was asked from has it.
#[handler]
fn absolute(request: &Request) -> poem::Result<Response> {
    let path = request.original_uri().path();
    let from = request.header("referer").and_then(|referer| referer.split_once("://")).and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
    let mut parts = from.unwrap_or_default().splitn(3, '/');
    match (parts.next(), parts.next()) {
        (Some(kind @ ("p" | "v" | "live")), Some(id)) if crate::domain::ids::is_id(id) => Ok(redirect(request, &format!("/{kind}/{id}{path}"))),
        _ => Err(poem::error::NotFoundError.into()),
    }
}

async fn serve(request: &Request, services: &Services, sites: &OpenSites, preview: Preview<'_>, path: &str) -> poem::Result<Response> {
    let range = request.header("range").map(str::to_owned);
    let if_range = request.header("if-range").map(str::to_owned);
    let gzip = range.is_none() && accepts_gzip(request);
    let file = match services.preview_file(sites, preview, path, gzip).await.map_err(ApiError::from)? {
        Found::Folder => return Ok(redirect(request, &format!("{}/", request.original_uri().path()))),
        Found::File(file) => file,
    };
    let etag = file.etag();
    let head = |status: StatusCode, file: &PreviewFile| {
        let mut response = Response::builder()
            .status(status)
            .header(header::ETAG, &etag)
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::VARY, "accept-encoding")
            .header(header::ACCEPT_RANGES, "bytes")
            .content_type(content_type(&file.path));
        if file.gzip {
            response = response.header(header::CONTENT_ENCODING, "gzip");
        }
        response
    };
    if names_etag(request, &etag) {
        return Ok(head(StatusCode::NOT_MODIFIED, &file).finish());
    }
    let (ok, partial) = (head(StatusCode::OK, &file), head(StatusCode::PARTIAL_CONTENT, &file));
    // a part of another version is worth nothing
    let range = range.filter(|_| if_range.is_none_or(|tag| tag == etag));
    let bytes = file.read().await.map_err(ApiError::from)?;
    let total = bytes.len();
    Ok(match range.and_then(|range| byte_range(&range, total as u64)) {
        None => ok.body(bytes),
        Some(Ok((from, to))) => partial.header(header::CONTENT_RANGE, format!("bytes {from}-{to}/{total}")).body(cut(&bytes, from, to)),
        Some(Err(())) => return Err(ApiError::Range(total as u64).into()),
    })
}

/// Bytes from one to another, the other included; both lie within.
fn cut(bytes: &[u8], from: u64, to: u64) -> Vec<u8> {
    let at = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    bytes.get(at(from)..=at(to)).unwrap_or_default().to_vec()
}

fn accepts_gzip(request: &Request) -> bool {
    let accepted = request.header("accept-encoding").unwrap_or_default();
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next() == Some("gzip") && !matches!(parts.next(), Some("q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn content_type(path: &str) -> String {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let text = kind.type_() == "text" || matches!(kind.subtype().as_str(), "javascript" | "json");
    if text { format!("{kind}; charset=utf-8") } else { kind.to_string() }
}
