//! `/v1/builds/{id}/recording`: all events of a build that has ended, as a file.

use super::auth::Listener;
use super::context::names_etag;
use super::error::ApiError;
use super::limits::listener_pays;
use crate::domain::recording::{Header, Line};
use crate::service::Services;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::{Path, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};

/// A file, or word that the client has it.
pub(super) struct RecordingAnswer(Response);

impl IntoResponse for RecordingAnswer {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for RecordingAnswer {
    fn meta() -> MetaResponses {
        let lines = MetaSchema { description: Some("Lines of JSON: a RecordingHeader, and then a RecordedEvent for each event."), ..MetaSchema::new("string") };
        let file = vec![MetaMediaType { content_type: "application/x-ndjson", schema: MetaSchemaRef::Inline(Box::new(lines)) }];
        let plain = |status, description, content| MetaResponse { description, status: Some(status), status_range: None, content, headers: vec![] };
        MetaResponses { responses: vec![plain(200, "The recording.", file), plain(304, "The recording is the one that the client has.", vec![])] }
    }

    fn register(registry: &mut Registry) {
        super::body::register::<Header>(registry);
        super::body::register::<Line<'_>>(registry);
    }
}

/// The operation on recordings.
pub(super) struct RecordingsApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Replays")]
impl RecordingsApi {
    /// Record a build
    ///
    /// All events of a build, or of a rollback's job, as a file that `buildcast replay` plays: the same bytes on every call.
    /// While the build has not ended, 409 INVALID_STATE_TRANSITION. The first line is a RecordingHeader, each other one a
    /// RecordedEvent; the header's `checksum` is of all bytes after it.
    #[oai(path = "/builds/:id/recording", method = "get", operation_id = "recordBuild")]
    async fn recording(
        &self,
        _auth: Listener,
        services: Data<&Services>,
        request: &Request,
        /// The build.
        id: Path<String>,
        /// The stream token, for clients that can't send a header.
        #[oai(name = "token")]
        _token: Query<Option<String>>,
    ) -> Result<RecordingAnswer, ApiError> {
        let caller = Listener::caller(request);
        listener_pays(services.0, request, &caller).await?;
        let file = services.recording(&caller, &id).await?;
        let response = Response::builder().header(header::ETAG, &file.etag).header(header::CACHE_CONTROL, "private, no-cache");
        Ok(RecordingAnswer(match names_etag(request, &file.etag) {
            true => response.status(StatusCode::NOT_MODIFIED).finish(),
            false => {
                let name = format!("attachment; filename=\"{}.ndjson\"", id.0);
                response.content_type("application/x-ndjson").header(header::CONTENT_DISPOSITION, name).body(file.text)
            }
        }))
    }
}
