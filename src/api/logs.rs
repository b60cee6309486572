//! `/v1/builds/{id}/logs`: what a build's commands print, as a stream of the same kind as its events.

use super::auth::Listener;
use super::body;
use super::error::ApiError;
use super::streams::{EventStream, Parts, open, stream_responses};
use crate::domain::frame::ResetReason;
use crate::domain::log::LogLine;
use crate::service::streams::Named;
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::{ApiResponse, OpenApi};
use utoipa::ToSchema;

// Only for the document: pages are written as every stream's are.

/// A page of a log's past.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape is needed, by the document")]
struct LogPage {
    /// The lines after the cursor, in order; fewer than asked for when they are long.
    events: Vec<LogPageLine>,
    /// The cursor to go on after; null while there is none.
    #[schema(required)]
    next_cursor: Option<String>,
    /// Whether the log is over and this page reaches its end.
    finished: bool,
    /// Why the cursor could not be continued: these are the first lines then.
    #[schema(nullable = false)]
    reset: Option<ResetReason>,
}

/// A line with its cursor.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is needed, by the document")]
struct LogPageLine {
    /// Its place in the log.
    cursor: String,
    /// The line, the same bytes as on the stream.
    event: LogLine,
}

/// A stream of lines.
pub(super) struct LogStream(EventStream);

impl IntoResponse for LogStream {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl ApiResponse for LogStream {
    fn meta() -> MetaResponses {
        stream_responses("Server-sent events; `data` of each is a LogLine or a ControlFrame.", body::schema_ref::<LogPage>())
    }

    fn register(registry: &mut Registry) {
        body::register::<LogLine>(registry);
        body::register::<LogPage>(registry);
    }
}

/// The logs.
pub(super) struct LogsApi;

#[OpenApi(tag = "super::document::Tag::Streams")]
impl LogsApi {
    /// Listen to a build's log
    ///
    /// Every line that the build's commands print, on standard output and on standard error, and between them words of the
    /// server's own: what begins, and how the build ended. Secrets are masked, long lines are cut, and a log that is full
    /// says `log_truncated`. Cursors, resume, the end and JSON history are as on the stream of the build's events, and so is
    /// who may listen.
    #[oai(path = "/v1/builds/:id/logs", method = "get", operation_id = "listenToLogs")]
    #[allow(clippy::too_many_arguments, reason = "the document lists each")]
    async fn logs(
        &self,
        _auth: Listener,
        parts: Parts<'_>,
        request: &Request,
        /// The build.
        id: Path<String>,
        /// The cursor of the last line that was read.
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
        /// JSON history only: lines of the page, 1 to 1000; 100 unless said.
        #[oai(name = "limit")]
        _limit: Query<Option<String>>,
        /// The locale, for clients that can't send a header.
        #[oai(name = "locale")]
        _locale: Query<Option<String>>,
    ) -> Result<LogStream, ApiError> {
        open(parts, request, Named::Logs(&id)).await.map(LogStream)
    }

    /// Listen to a build's log, at the former worker's path
    ///
    /// As `GET /v1/builds/{id}/logs`.
    #[oai(path = "/api/builds/:id/logs", method = "get", operation_id = "listenToLogsAlias", deprecated = true)]
    async fn logs_alias(
        &self,
        _auth: Listener,
        parts: Parts<'_>,
        request: &Request,
        /// The build.
        id: Path<String>,
    ) -> Result<LogStream, ApiError> {
        open(parts, request, Named::Logs(&id)).await.map(LogStream)
    }
}
