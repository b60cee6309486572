//! The page and the reader of the document: static files of `web-demo/dist`, in the binary of a release build and read
//! from the folder by a debug build.

use super::super::packing::taken;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Path;
use poem::{Request, Response, handler};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "web-demo/dist"]
#[allow_missing = true]
struct Dist;

const HTML: &str = "text/html; charset=utf-8";
/// What the page may load: its own files only.
const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
/// The reader of the document styles itself.
const DOCS_POLICY: &str =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

#[handler]
pub(super) fn index(request: &Request) -> Response {
    html(request, "index.html", PAGE_POLICY)
}

#[handler]
pub(in crate::api) fn docs(request: &Request) -> Response {
    html(request, "docs.html", DOCS_POLICY)
}

#[handler]
pub(in crate::api) fn asset(request: &Request, Path(path): Path<String>) -> poem::Result<Response> {
    // a packed copy has no address of its own
    if path.split('/').any(|part| part == "..") || path.contains('\\') || path.ends_with(".br") || path.ends_with(".gz") {
        return Err(poem::error::NotFoundError.into());
    }
    let name = format!("assets/{path}");
    let mut response = file(request, &name).ok_or(poem::error::NotFoundError)?;
    let kind = mime_guess::from_path(&name).first_or_octet_stream();
    response.headers_mut().insert(header::CONTENT_TYPE, kind.as_ref().parse().map_err(poem::error::InternalServerError)?);
    // their names hold their hashes
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(response)
}

/// A file, packed as the browser takes it.
fn file(request: &Request, name: &str) -> Option<Response> {
    let plain = Dist::get(name)?;
    let accepted = request.header("accept-encoding");
    let copy = taken(accepted).find_map(|(encoding, end)| Some((encoding, Dist::get(&format!("{name}{end}"))?)));
    let response = Response::builder().header(header::VARY, "accept-encoding");
    Some(match copy {
        Some((encoding, copy)) => response.header(header::CONTENT_ENCODING, encoding).body(copy.data.into_owned()),
        None => response.body(plain.data.into_owned()),
    })
}

fn html(request: &Request, name: &str, policy: &'static str) -> Response {
    let Some(mut response) = file(request, name) else {
        return Response::builder()
            .status(StatusCode::NOT_FOUND)
            .content_type(HTML)
            .header(header::CACHE_CONTROL, "no-cache")
            .body("<!doctype html><title>buildcast</title><p>The page has not been built: run <code>make page</code>.</p>");
    };
    let told = [
        (header::CONTENT_TYPE, HTML),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    told.into_iter().for_each(|(name, value)| drop(response.headers_mut().insert(name, HeaderValue::from_static(value))));
    response
}
