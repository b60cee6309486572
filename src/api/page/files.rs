//! The page and the reader of the document: static files of `web-demo/dist`, in the binary of a release build and read
//! from the folder by a debug build.

use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::{Response, handler};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "web-demo/dist"]
#[allow_missing = true]
struct Dist;

/// What the page may load: its own files only.
const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
/// The reader of the document styles itself.
const DOCS_POLICY: &str =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

#[handler]
pub(super) fn index() -> Response {
    html("index.html", PAGE_POLICY)
}

#[handler]
pub(in crate::api) fn docs() -> Response {
    html("docs.html", DOCS_POLICY)
}

#[handler]
pub(in crate::api) fn asset(Path(path): Path<String>) -> poem::Result<Response> {
    if path.split('/').any(|part| part == "..") {
        return Err(poem::error::NotFoundError.into());
    }
    let name = format!("assets/{path}");
    let file = Dist::get(&name).ok_or(poem::error::NotFoundError)?;
    let kind = mime_guess::from_path(&name).first_or_octet_stream();
    // their names hold their hashes
    Ok(Response::builder().content_type(kind.as_ref()).header(header::CACHE_CONTROL, "public, max-age=31536000, immutable").body(file.data.into_owned()))
}

fn html(name: &str, policy: &str) -> Response {
    let response = Response::builder().content_type("text/html; charset=utf-8").header(header::CACHE_CONTROL, "no-cache");
    match Dist::get(name) {
        Some(file) => response.header(header::CONTENT_SECURITY_POLICY, policy).header(header::REFERRER_POLICY, "same-origin").body(file.data.into_owned()),
        None => response
            .status(StatusCode::NOT_FOUND)
            .body("<!doctype html><title>buildcast</title><p>The page has not been built: run <code>make page</code>.</p>"),
    }
}
