//! JSON bodies. Their types are described once, by utoipa; poem-openapi describes the operations and refers to them.

use super::error::ApiError;
use crate::domain::problem::{PayloadTooLarge, Problem};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use poem::{IntoResponse, Request, RequestBody, Response};
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// Bytes of a body with template files, and of any other.
pub(super) const LARGE_BODY_MAX: u64 = 32 << 20;
pub(super) const BODY_MAX: u64 = 1 << 20;

/// The schemas of all types that an operation refers to, gathered while poem-openapi registers them.
static SCHEMAS: Mutex<BTreeMap<String, RefOr<Schema>>> = Mutex::new(BTreeMap::new());

/// A request's JSON body, and the bytes that it was read from.
#[derive(Debug)]
pub(super) struct Input<T>(pub T, pub Bytes);

/// An answer's JSON body, with status 200.
#[derive(Debug)]
pub(super) struct Output<T>(pub T);

pub(super) fn schema_ref<T: ToSchema>() -> MetaSchemaRef {
    MetaSchemaRef::Reference(T::name().into_owned())
}

/// Gives poem-openapi a name to refer to, and keeps the real schema for the document.
pub(super) fn register<T: ToSchema>(registry: &mut Registry) {
    registry.create_schema::<T, _>(T::name().into_owned(), |_| MetaSchema::new("object"));
    let mut found = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut found);
    SCHEMAS.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
}

/// The schemas registered so far.
pub(super) fn schemas() -> BTreeMap<String, RefOr<Schema>> {
    SCHEMAS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl<T: ToSchema + Send> Payload for Input<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
    }

    fn schema_ref() -> MetaSchemaRef {
        schema_ref::<T>()
    }

    fn register(registry: &mut Registry) {
        register::<T>(registry);
    }
}

impl<T: ToSchema + DeserializeOwned + Send> ParsePayload for Input<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(_request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let bytes = read_limited(body.take()?, LARGE_BODY_MAX).await?;
        // serde would take a list for a struct's fields in their order
        if !bytes.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok() {
            return Err(ApiError::Problem(Problem::invalid("body", "wrong_type")).into());
        }
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| unreadable(&error))?;
        json.end().map_err(|_| ApiError::Problem(malformed()))?;
        Ok(Self(value, bytes))
    }
}

impl<'a, T: ToSchema + DeserializeOwned + Send> ApiExtractor<'a> for Input<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <Self as Payload>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content = vec![MetaMediaType { content_type: Self::CONTENT_TYPE, schema: Self::schema_ref() }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(request: &'a Request, body: &mut RequestBody, _opts: ExtractParamOptions<()>) -> poem::Result<Self> {
        if !request.content_type().is_some_and(Self::check_content_type) {
            return Err(ApiError::Problem(crate::domain::problem::UnsupportedMediaType {}.into()).into());
        }
        // packed bytes would be taken for broken JSON
        if request.headers().get_all("content-encoding").iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(ApiError::Problem(crate::domain::problem::UnsupportedMediaType {}.into()).into());
        }
        <Self as ParsePayload>::from_request(request, body).await
    }
}

/// Reads a body up to a limit, and not past it.
async fn read_limited(body: poem::Body, limit: u64) -> Result<Bytes, ApiError> {
    let mut stream = body.into_bytes_stream();
    let mut read = BytesMut::new();
    while let Some(part) = stream.next().await {
        let part = part.map_err(|_| ApiError::Problem(Problem::invalid("body", "incomplete")))?;
        if read.len() as u64 + part.len() as u64 > limit {
            return Err(ApiError::Problem(PayloadTooLarge { limit, actual: None }.into()));
        }
        read.extend_from_slice(&part);
    }
    Ok(read.freeze())
}

fn malformed() -> Problem {
    Problem::invalid("body", "malformed_json")
}

/// Which field can't be read, and why, in a stable word.
fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let (inner, path) = (error.inner(), error.path().to_string());
    if !inner.is_data() {
        return ApiError::Problem(malformed());
    }
    let text = inner.to_string();
    let named = text.split('`').nth(1).unwrap_or_default();
    let base = if path == "." { String::new() } else { format!("{path}.") };
    let (field, reason) = if text.starts_with("unknown field") {
        (if path.ends_with(named) { path } else { format!("{base}{named}") }, "unknown_field")
    } else if text.starts_with("duplicate field") {
        (if path.ends_with(named) { path } else { format!("{base}{named}") }, "duplicate")
    } else if text.starts_with("missing field") {
        (format!("{base}{named}"), "missing_field")
    } else if text.starts_with("duplicate") {
        (path, "duplicate")
    } else if text.starts_with("invalid type") {
        (path, "wrong_type")
    } else {
        (path, "invalid_value")
    };
    ApiError::Problem(Problem::invalid(if field == "." { "body" } else { &field }, reason))
}

impl<T: Serialize> IntoResponse for Output<T>
where
    T: Send,
{
    fn into_response(self) -> Response {
        let json = serde_json::to_vec(&self.0).expect("answers have string keys only");
        Response::builder().content_type("application/json").body(json)
    }
}

impl<T: ToSchema + Serialize + Send> Payload for Output<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(_content_type: &str) -> bool {
        true
    }

    fn schema_ref() -> MetaSchemaRef {
        schema_ref::<T>()
    }

    fn register(registry: &mut Registry) {
        register::<T>(registry);
    }
}

impl<T: ToSchema + Serialize + Send> ApiResponse for Output<T> {
    fn meta() -> MetaResponses {
        let content = vec![MetaMediaType { content_type: Self::CONTENT_TYPE, schema: schema_ref::<T>() }];
        MetaResponses { responses: vec![MetaResponse { description: "Done.", status: Some(200), status_range: None, content, headers: vec![] }] }
    }

    fn register(registry: &mut Registry) {
        register::<T>(registry);
    }
}
