//! The previews' listener: what users build is untrusted, so it never shares the API's origin.

use super::context::names_etag;
use super::envelope::Envelope;
use super::error::ApiError;
use super::failure::Failures;
use super::methods::Methods;
use super::range::byte_range;
use crate::service::Services;
use crate::service::previews::{Found, OpenSites, Preview, PreviewFile};
use poem::http::{StatusCode, header};
use poem::web::{Data, Path};
use poem::{Endpoint, EndpointExt, Request, Response, Route, get, handler};
use std::sync::Arc;

/// The paths that previews are at.
const PATHS: &[&str] = &["/p/{id}", "/p/{id}/{*path}", "/v/{id}", "/v/{id}/{*path}", "/live/{id}", "/live/{id}/{*path}"];

/// The previews' application.
pub fn preview_app(services: &Services) -> impl Endpoint<Output = Response> + 'static {
    let routes = Route::new()
        .at("/p/:id", get(add_slash))
        .at("/p/:id/*path", get(of_project))
        .at("/v/:id", get(add_slash))
        .at("/v/:id/*path", get(of_version))
        .at("/live/:id", get(add_slash))
        .at("/live/:id/*path", get(published))
        .at("/*path", get(absolute))
        .data(services.clone())
        .data(Arc::new(OpenSites::default()));
    let failures = Failures::new(services.clone(), Methods::of(&serde_json::Value::Null, PATHS));
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
        Some(Err(())) => Response::builder().status(StatusCode::RANGE_NOT_SATISFIABLE).header(header::CONTENT_RANGE, format!("bytes */{total}")).finish(),
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
