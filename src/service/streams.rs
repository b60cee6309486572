//! Opening a stream: the same rules for history as for live.

use super::access::StreamCaller;
use super::{Fault, ServiceError, Services, Subscription};
use crate::domain::cursor::Cursor;
use crate::domain::frame::ResetReason;
use crate::domain::problem::{Forbidden, Problem};
use crate::hub::{History, Opened, StreamKey};

/// Events of one page of history at most.
pub const HISTORY_MAX: i64 = 1000;

/// A stream that its caller may read.
#[derive(Debug)]
pub enum OpenStream {
    /// Events to come.
    Open(Box<OpenedStream>),
    /// The cursor is the last event's: nothing is left to say.
    Ended,
}

/// An open stream.
#[derive(Debug)]
pub struct OpenedStream {
    /// What comes.
    pub subscription: Subscription,
    /// Why the cursor could not be continued, when it could not.
    pub reset: Option<ResetReason>,
    /// When the caller's right ends, epoch milliseconds; never for a signed request.
    pub expires_at_ms: Option<i64>,
    /// Whether the build has ended: the whole stream is finite then.
    pub finished: bool,
}

/// A build's stream that its caller may read.
struct Permitted {
    key: StreamKey,
    cursor: Option<Cursor>,
    expires_at_ms: Option<i64>,
    finished: bool,
}

impl Services {
    /// Opens a build's stream after a cursor.
    pub async fn open_build_stream(&self, caller: &StreamCaller, build_id: &str, cursor: &str) -> Result<OpenStream, ServiceError> {
        let Permitted { key, cursor, expires_at_ms, finished } = self.permit(caller, build_id, "lastEventId", cursor).await?;
        let opened = self.inner.hub.open(key, cursor).await.map_err(|_| Fault::Late)?;
        Ok(match opened {
            Opened::Ended => OpenStream::Ended,
            Opened::Open(subscription, reset) => OpenStream::Open(Box::new(OpenedStream { subscription, reset, expires_at_ms, finished })),
        })
    }

    /// Reads a page of a build's stream: the same rules as for the stream itself.
    pub async fn build_history(&self, caller: &StreamCaller, build_id: &str, cursor: &str, limit: i64) -> Result<History, ServiceError> {
        let Permitted { key, cursor, .. } = self.permit(caller, build_id, "after", cursor).await?;
        if !(1..=HISTORY_MAX).contains(&limit) {
            return Err(Problem::invalid("limit", "out_of_range").into());
        }
        Ok(self.inner.hub.history(&key, cursor, limit).await.map_err(|_| Fault::Late)?)
    }

    /// Authority first: a stranger learns nothing, not even whether there is such a build.
    async fn permit(&self, caller: &StreamCaller, build_id: &str, field: &str, cursor: &str) -> Result<Permitted, ServiceError> {
        let claims = self.claims(caller)?;
        let row = match (self.build_row(build_id).await, &claims) {
            (Err(ServiceError::Problem(_)), Some(claims)) if !claims.builds.iter().any(|b| b == build_id) => return Err(Forbidden {}.into()),
            (row, _) => row?,
        };
        if claims.as_ref().is_some_and(|claims| !claims.opens_build(build_id, &row.project_id)) {
            return Err(Forbidden {}.into());
        }
        let cursor = Cursor::parse(cursor).map_err(|_| Problem::invalid(field, "not_a_cursor"))?;
        let expires_at_ms = claims.map(|claims| claims.expires_at_ms());
        Ok(Permitted { finished: !row.state()?.is_active(), key: StreamKey::Build { id: row.id, project_id: row.project_id }, cursor, expires_at_ms })
    }
}
