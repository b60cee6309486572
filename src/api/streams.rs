//! `/v1/builds/{id}/events` and `/v1/projects/{id}/events`: streams as server-sent events, or their past as JSON.

use super::auth::Listener;
use super::body::Output;
use super::client_address::address_of;
use super::context::{Context, names_etag, query_value};
use super::error::ApiError;
use super::limits::listener_pays;
use super::sse;
use super::stream_settings::StreamSettings;
use super::ws::{ClientFrame, ServerFrame};
use crate::domain::event::BuildEvent;
use crate::domain::frame::{ControlFrame, ResetReason};
use crate::domain::locale::DEFAULT;
use crate::domain::problem::Problem;
use crate::service::Services;
use crate::service::access::StreamCaller;
use crate::service::streams::{Named, OpenStream};
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Data;
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Events of a page unless it is said.
const HISTORY_DEFAULT: i64 = 100;

/// A page of a stream's past.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct HistoryPage {
    /// The events after the cursor, in order.
    events: Vec<HistoryEvent>,
    /// The cursor to go on after; null while there is none.
    #[schema(required)]
    next_cursor: Option<String>,
    /// Whether the stream is over and this page reaches its end.
    finished: bool,
    /// Why the cursor could not be continued: these are the first events then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reset: Option<ResetReason>,
}

/// An event with its cursor.
#[derive(Serialize, ToSchema)]
pub(super) struct HistoryEvent {
    /// Its place in the stream.
    cursor: String,
    /// The event, the same bytes as on the stream.
    #[schema(value_type = BuildEvent)]
    event: Box<RawValue>,
}

/// An answer that is a stream, or says that there is none.
pub(super) struct EventStream(Response);

impl IntoResponse for EventStream {
    fn into_response(self) -> Response {
        self.0
    }
}

/// What the operations on streams answer: frames of which this is said, or a page of this shape.
pub(super) fn stream_responses(frames: &'static str, page: MetaSchemaRef) -> MetaResponses {
    let frames = MetaSchemaRef::Inline(Box::new(MetaSchema { description: Some(frames), ..MetaSchema::new("string") }));
    let plain = |status, description, content| MetaResponse { description, status: Some(status), status_range: None, content, headers: vec![] };
    MetaResponses {
        responses: vec![
            plain(
                200,
                "The stream: history after the cursor, `live`, and what is new, until the build's last event.",
                vec![MetaMediaType { content_type: "text/event-stream", schema: frames }, MetaMediaType { content_type: "application/json", schema: page }],
            ),
            plain(204, "The cursor is the last event's: nothing is left to say.", vec![]),
            plain(304, "The finished build's stream has not changed.", vec![]),
        ],
    }
}

impl ApiResponse for EventStream {
    fn meta() -> MetaResponses {
        stream_responses("Server-sent events; `data` of each is a BuildEvent or a ControlFrame.", super::body::schema_ref::<HistoryPage>())
    }

    fn register(registry: &mut Registry) {
        super::body::register::<BuildEvent>(registry);
        super::body::register::<ControlFrame>(registry);
        super::body::register::<HistoryPage>(registry);
        super::body::register::<ClientFrame>(registry);
        super::body::register::<ServerFrame<'_>>(registry);
    }
}

/// What a stream is opened with.
pub(super) type Parts<'a> = Data<&'a (Services, StreamSettings)>;

/// Opens a stream, or reads a page of its past.
pub(super) async fn open(parts: Parts<'_>, request: &Request, stream: Named<'_>) -> Result<EventStream, ApiError> {
    let (services, settings) = parts.0;
    let caller = Listener::caller(request);
    let past = wants_json(request);
    if !past && settings.stop.drain.is_cancelled() {
        return Err(ApiError::Problem(Problem::unavailable(2)));
    }
    listener_pays(services, request, &caller).await?;
    if past {
        return history(services, request, &caller, stream).await;
    }
    let last = last_event_id(request);
    let locale = Context::from_request(request).map_or(DEFAULT, |context| context.locale);
    let open = match services.open_stream(&caller, stream, &last).await? {
        OpenStream::Ended => return Ok(EventStream(Response::builder().status(StatusCode::NO_CONTENT).finish())),
        OpenStream::Open(open) => open,
    };
    let whole = open.finished && last.is_empty();
    let etag = match stream {
        Named::Build(id) | Named::Project(id) => format!("\"{id}-{locale}\""),
        Named::Replay(id) => format!("\"{id}-replay-{locale}\""),
        Named::Logs(id) => format!("\"{id}-logs-{locale}\""),
    };
    if whole && names_etag(request, &etag) {
        return Ok(EventStream(Response::builder().status(StatusCode::NOT_MODIFIED).header(header::ETAG, etag).finish()));
    }
    let mut response = Response::builder().content_type("text/event-stream").header("x-accel-buffering", "no").header(header::VARY, "accept");
    response = match whole {
        true => response.header(header::CACHE_CONTROL, "no-cache, no-transform").header(header::ETAG, etag),
        false => response.header(header::CACHE_CONTROL, "no-store, no-transform"),
    };
    let place = settings.limits.enter(&caller, address_of(request))?;
    let body = sse::body(*open, place, settings, services, Context::from_request(request));
    Ok(EventStream(response.body(body)))
}

/// A page of the stream's past, for clients that ask for JSON and not for a stream.
async fn history(services: &Services, request: &Request, caller: &StreamCaller, stream: Named<'_>) -> Result<EventStream, ApiError> {
    let after = query_value(request, "after").unwrap_or_default();
    // one that can't be read is out of range, and judged after the caller
    let limit = query_value(request, "limit").map_or(HISTORY_DEFAULT, |limit| limit.parse().unwrap_or(0));
    let history = services.stream_history(caller, stream, &after, limit).await?;
    let events = history.records.iter().map(|record| HistoryEvent { cursor: record.cursor.to_string(), event: raw(&record.body) }).collect::<Vec<_>>();
    let next_cursor = events.last().map(|event| event.cursor.clone()).or_else(|| Some(after).filter(|cursor| !cursor.is_empty()));
    let page = HistoryPage { next_cursor, events, finished: history.finished, reset: history.reset };
    let mut response = Output(page).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(EventStream(response))
}

fn raw(body: &str) -> Box<RawValue> {
    RawValue::from_string(body.to_owned()).expect("the log holds JSON")
}

fn wants_json(request: &Request) -> bool {
    let accepts = request.header("accept").unwrap_or_default().to_ascii_lowercase();
    accepts.contains("application/json") && !accepts.contains("text/event-stream")
}

/// The cursor that a client shows: in the header, else in the query; an empty one is none.
fn last_event_id(request: &Request) -> String {
    let header = request.headers().get("last-event-id").map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    header.filter(|id| !id.is_empty()).or_else(|| query_value(request, "lastEventId")).unwrap_or_default()
}

/// The streams.
pub(super) struct StreamsApi;

#[OpenApi(tag = "super::document::Tag::Streams")]
impl StreamsApi {
    /// Listen to a build
    ///
    /// Every event of the build, in order, each once: what was, then what comes. An event's `id` is a cursor: show the
    /// last one as `Last-Event-ID` to go on after it.
    ///
    /// Asked for `application/json`, it answers with a page of the stream's past instead: `after` is the cursor to go on
    /// after, `limit` 1 to 1000.
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
        /// JSON history only: the cursor to go on after.
        #[oai(name = "after")]
        _after: Query<Option<String>>,
        /// JSON history only: events of the page, 1 to 1000; 100 unless said.
        #[oai(name = "limit")]
        _limit: Query<Option<String>>,
        /// The locale, for clients that can't send a header.
        #[oai(name = "locale")]
        _locale: Query<Option<String>>,
    ) -> Result<EventStream, ApiError> {
        open(parts, request, Named::Build(&id)).await
    }

    /// Listen to a build, at the former worker's path
    ///
    /// As `GET /v1/builds/{id}/events`.
    #[oai(path = "/api/builds/:id/events", method = "get", operation_id = "listenToBuildAlias", deprecated = true)]
    async fn events_alias(
        &self,
        _auth: Listener,
        parts: Parts<'_>,
        request: &Request,
        /// The build.
        id: Path<String>,
    ) -> Result<EventStream, ApiError> {
        open(parts, request, Named::Build(&id)).await
    }

    /// Listen to a project
    ///
    /// Every event of every build of the project, in the order of their commits. The stream begins at the first event
    /// kept and never ends. Over HTTP/1.1 a browser opens six connections per host: one project stream serves a whole
    /// page. Cursors, resume and JSON history are as on a build's stream; `seq` counts within a build, `project_seq` here.
    #[oai(path = "/v1/projects/:id/events", method = "get", operation_id = "listenToProject")]
    #[allow(clippy::too_many_arguments, reason = "the document lists each")]
    async fn project_events(
        &self,
        _auth: Listener,
        parts: Parts<'_>,
        request: &Request,
        /// The project.
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
        /// JSON history only: the cursor to go on after.
        #[oai(name = "after")]
        _after: Query<Option<String>>,
        /// JSON history only: events of the page, 1 to 1000; 100 unless said.
        #[oai(name = "limit")]
        _limit: Query<Option<String>>,
        /// The locale, for clients that can't send a header.
        #[oai(name = "locale")]
        _locale: Query<Option<String>>,
    ) -> Result<EventStream, ApiError> {
        open(parts, request, Named::Project(&id)).await
    }
}
