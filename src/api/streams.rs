//! `/v1/builds/{id}/events`: a build's stream as server-sent events.

use super::auth::Listener;
use super::context::{Context, query_value};
use super::error::ApiError;
use super::sse;
use crate::domain::event::BuildEvent;
use crate::domain::frame::ControlFrame;
use crate::domain::locale::DEFAULT;
use crate::service::Services;
use crate::service::streams::OpenStream;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How streams behave.
#[derive(Debug, Clone)]
pub struct StreamSettings {
    /// Silence after which a comment is sent.
    pub heartbeat: Duration,
    /// Cancelled when the server begins to drain.
    pub drain: CancellationToken,
    /// Streams end at random moments within this time after that.
    pub drain_window: Duration,
}

/// An answer that is a stream, or says that there is none.
pub(super) struct EventStream(Response);

impl IntoResponse for EventStream {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for EventStream {
    fn meta() -> MetaResponses {
        let frames = MetaSchemaRef::Inline(Box::new(MetaSchema {
            description: Some("Server-sent events; `data` of each is a BuildEvent or a ControlFrame."),
            ..MetaSchema::new("string")
        }));
        let plain = |status, description, content| MetaResponse { description, status: Some(status), status_range: None, content, headers: vec![] };
        MetaResponses {
            responses: vec![
                plain(
                    200,
                    "The stream: history after the cursor, `live`, and what is new, until the build's last event.",
                    vec![MetaMediaType { content_type: "text/event-stream", schema: frames }],
                ),
                plain(204, "The cursor is the last event's: nothing is left to say.", vec![]),
                plain(304, "The finished build's stream has not changed.", vec![]),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        super::body::register::<BuildEvent>(registry);
        super::body::register::<ControlFrame>(registry);
    }
}

/// What a stream is opened with.
type Parts<'a> = Data<&'a (Services, StreamSettings)>;

async fn open(parts: Parts<'_>, request: &Request, build_id: &str) -> Result<EventStream, ApiError> {
    let (services, settings) = parts.0;
    let caller = Listener::caller(request);
    let last = last_event_id(request);
    let locale = Context::from_request(request).map_or(DEFAULT, |context| context.locale);
    let stream = match services.open_build_stream(&caller, build_id, &last).await? {
        OpenStream::Ended => return Ok(EventStream(Response::builder().status(StatusCode::NO_CONTENT).finish())),
        OpenStream::Open(stream) => stream,
    };
    let whole = stream.finished && last.is_empty();
    let etag = format!("\"{build_id}-{locale}\"");
    if whole && request.header("if-none-match").is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag)) {
        return Ok(EventStream(Response::builder().status(StatusCode::NOT_MODIFIED).header(header::ETAG, etag).finish()));
    }
    let mut response = Response::builder().content_type("text/event-stream").header("x-accel-buffering", "no");
    response = match whole {
        true => response.header(header::CACHE_CONTROL, "no-cache, no-transform").header(header::ETAG, etag),
        false => response.header(header::CACHE_CONTROL, "no-store, no-transform"),
    };
    let body = sse::body(*stream, settings.clone(), services.clone(), Context::from_request(request).cloned());
    Ok(EventStream(response.body(body)))
}

/// The cursor that a client shows: in the header, else in the query; an empty one is none.
fn last_event_id(request: &Request) -> String {
    let header = request.headers().get("last-event-id").map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    header.filter(|id| !id.is_empty()).or_else(|| query_value(request, "lastEventId")).unwrap_or_default()
}

/// The streams.
pub(super) struct StreamsApi;

#[OpenApi]
impl StreamsApi {
    /// Listen to a build
    ///
    /// Every event of the build, in order, each once: what was, then what comes. An event's `id` is a cursor: show the
    /// last one as `Last-Event-ID` to go on after it.
    #[oai(path = "/v1/builds/:id/events", method = "get", operation_id = "listenToBuild")]
    #[allow(clippy::too_many_arguments, reason = "the document lists each")]
    async fn events(
        &self,
        _auth: Listener,
        parts: Parts<'_>,
        request: &Request,
        /// The build.
        id: Path<String>,
        /// The cursor of the last event that was read.
        #[oai(name = "Last-Event-ID")]
        _last_event_id: Header<Option<String>>,
        /// The same, for clients that can't send the header.
        #[oai(name = "lastEventId")]
        _cursor: Query<Option<String>>,
        /// The stream token, for clients that can't send a header.
        #[oai(name = "token")]
        _token: Query<Option<String>>,
        /// The locale, for clients that can't send a header.
        #[oai(name = "locale")]
        _locale: Query<Option<String>>,
    ) -> Result<EventStream, ApiError> {
        open(parts, request, &id).await
    }

    /// Listen to a build, at the former worker's path
    #[oai(path = "/api/builds/:id/events", method = "get", operation_id = "listenToBuildAlias", deprecated = true)]
    async fn events_alias(
        &self,
        _auth: Listener,
        parts: Parts<'_>,
        request: &Request,
        /// The build.
        id: Path<String>,
    ) -> Result<EventStream, ApiError> {
        open(parts, request, &id).await
    }
}
