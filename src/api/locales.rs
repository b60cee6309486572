//! `/v1/locales`: the languages of messages, and the messages themselves. Open to anyone, and free of rate limits.

use super::body::Output;
use super::context::names_etag;
use super::error::ApiError;
use super::packing::{GZIP, taken};
use crate::domain::catalogue::{Direction, SHIPPED, Shipped};
use crate::domain::locale::DEFAULT;
use crate::domain::problem::Problem;
use flate2::Compression;
use flate2::write::GzEncoder;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::Path;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// Messages change with the server's version only; after this time they are asked for again, which costs a 304.
const CACHE: &str = "public, max-age=300";
/// Hex digits of an ETag.
const TAG_DIGITS: usize = 32;
/// Fluent has no registered media type.
const FLUENT: &str = "text/plain; charset=utf-8";

/// The locales that there are messages in.
#[derive(Serialize, ToSchema)]
pub(super) struct Locales {
    /// The locale of whoever asks for none, and of messages that another lacks.
    #[schema(example = "en")]
    default: &'static str,
    /// All of them, the default first.
    locales: Vec<LocaleView>,
}

/// A locale.
#[derive(Serialize, ToSchema)]
struct LocaleView {
    /// Its tag, for `x-sheen-locale`, `?locale=` or a cookie.
    #[schema(example = "ar")]
    locale: &'static str,
    /// The language's name, in that language.
    #[schema(example = "العربية")]
    name: &'static str,
    /// Which way it is written.
    direction: Direction,
}

/// A file of messages, or word that it has not changed.
pub(super) struct MessagesFile(Response);

impl IntoResponse for MessagesFile {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for MessagesFile {
    fn meta() -> MetaResponses {
        let text = MetaSchemaRef::Inline(Box::new(MetaSchema { description: Some("A Fluent file: messages by their ids."), ..MetaSchema::new("string") }));
        let plain = |status, description, content| MetaResponse { description, status: Some(status), status_range: None, content, headers: vec![] };
        MetaResponses {
            responses: vec![
                plain(200, "The messages, with an ETag.", vec![MetaMediaType { content_type: FLUENT, schema: text }]),
                plain(304, "The messages have not changed.", vec![]),
            ],
        }
    }

    fn register(_registry: &mut Registry) {}
}

/// The operations on locales.
pub(super) struct LocalesApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Locales")]
impl LocalesApi {
    /// See which languages there are messages in
    ///
    /// Each with its own name and the way it is written. Anybody may ask, and it costs nothing of a rate.
    #[oai(path = "/locales", method = "get", operation_id = "listLocales")]
    async fn list(&self) -> Result<Output<Locales>, ApiError> {
        let view = |shipped: &Shipped| LocaleView { locale: shipped.locale, name: shipped.name, direction: shipped.direction };
        Ok(Output(Locales { default: DEFAULT, locales: SHIPPED.iter().map(view).collect() }))
    }

    /// Get a language's messages
    ///
    /// A Fluent file: one message for each code of an event, `error-CODE` for each error, and the texts of the demo page.
    /// What it lacks is in the default locale's file: load that first, then this one over it.
    #[oai(path = "/locales/:locale/messages.ftl", method = "get", operation_id = "getMessages")]
    async fn messages(
        &self,
        request: &Request,
        /// The locale, as the list of locales writes it.
        locale: Path<String>,
    ) -> Result<MessagesFile, ApiError> {
        let shipped = SHIPPED.iter().find(|shipped| shipped.locale == locale.0).ok_or_else(|| Problem::not_found("locale"))?;
        let packed = taken(request.header("accept-encoding")).any(|(encoding, _)| encoding == GZIP).then(|| packed(shipped)).flatten();
        let tag = etag(shipped.text, packed.is_some());
        let unchanged = names_etag(request, &tag);
        let response = Response::builder()
            .status(if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK })
            .header(header::ETAG, tag)
            .header(header::CACHE_CONTROL, CACHE)
            .header(header::VARY, "accept-encoding")
            .header(header::CONTENT_LANGUAGE, shipped.locale);
        if unchanged {
            return Ok(MessagesFile(response.finish()));
        }
        let mut response = match packed {
            Some(packed) => response.header(header::CONTENT_ENCODING, GZIP).body(packed),
            None => response.body(shipped.text),
        };
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(FLUENT));
        Ok(MessagesFile(response))
    }
}

/// A strong tag: the same bytes have the same one, on every node, and packed ones another.
fn etag(text: &str, packed: bool) -> String {
    let digest = hex::encode(Sha256::digest(text));
    format!("\"{}{}\"", &digest[..TAG_DIGITS], if packed { "-gzip" } else { "" })
}

/// Every catalogue, packed when the first is asked for.
fn packed(shipped: &Shipped) -> Option<&'static [u8]> {
    static PACKED: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
        let pack = |text: &str| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish())
        };
        SHIPPED.iter().filter_map(|shipped| Some((shipped.locale, pack(shipped.text).ok()?))).collect()
    });
    PACKED.iter().find(|(locale, _)| *locale == shipped.locale).map(|(_, packed)| packed.as_slice())
}
