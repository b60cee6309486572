//! Answers: bodies that are there at once, and bodies that come frame by frame.

use crate::domain::catalogue::message;
use crate::domain::problem::{AuthExpired, ErrorBody, Forbidden, InsufficientCredits, Problem, RateLimited};
use crate::domain::problem::{AuthReason, InternalError};
use crate::domain::time::iso;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::http::{HeaderValue, Response, StatusCode, header};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// A connection was broken off on purpose.
#[derive(Debug, thiserror::Error)]
#[error("broken off")]
pub(super) struct BrokenOff;

/// A body.
pub(super) enum Answered {
    /// It is there.
    Whole(Option<Bytes>),
    /// It comes.
    Frames(mpsc::Receiver<Result<Bytes, BrokenOff>>),
}

impl Body for Answered {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Frames(frames) => frames.poll_recv(cx).map(|frame| frame.map(|frame| frame.map(Frame::data))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Frames(_) => SizeHint::default(),
        }
    }
}

/// An answer with this type and body.
pub(super) fn whole(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response<Answered> {
    let mut response = Response::new(Answered::Whole(Some(body.into())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response<Answered> {
    let mut response = Response::new(Answered::Whole(None));
    *response.status_mut() = status;
    response
}

/// A problem, in the envelope; the time is epoch milliseconds.
pub(super) fn refusal(problem: &Problem, locale: &str, now_ms: i64) -> Response<Answered> {
    let body = serde_json::to_string(&error_body(problem, locale, now_ms)).unwrap_or_default();
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = whole(status, "application/json", body);
    if let Some(seconds) = problem.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The body of a problem. Nobody looks for its ids in a log.
pub(super) fn error_body(problem: &Problem, locale: &str, now_ms: i64) -> ErrorBody {
    let (code, params, now) = (problem.code(), problem.params(), iso(now_ms));
    let id = "replay";
    ErrorBody {
        error: code.into(),
        code: code.into(),
        message: message(locale, &format!("error-{code}"), &params),
        params,
        data: None,
        server_time: (code == "AUTH_FAILED").then(|| now.clone()),
        request_id: id.into(),
        correlation_id: id.into(),
        reference_id: id.into(),
        timestamp: now,
    }
}

/// The problem that goes with a status that was asked for; none for one that no problem has.
pub(super) fn problem_of(status: u16) -> Option<Problem> {
    Some(match status {
        400 => Problem::invalid("lastEventId", "not_a_cursor"),
        401 => Problem::auth(AuthReason::Missing),
        402 => InsufficientCredits { required: 100, available: 0, field: None }.into(),
        403 => Forbidden {}.into(),
        404 => Problem::not_found("build"),
        429 => RateLimited { retry_after: 1, limit: 60, window: 60 }.into(),
        500 => InternalError {}.into(),
        503 => Problem::unavailable(1),
        _ => return None,
    })
}

/// What a stale token is told.
pub(super) fn expired(now_ms: i64) -> Problem {
    AuthExpired { expired_at: Some(now_ms) }.into()
}
