//! Opening a stream: the same rules for history as for live.

use super::access::StreamCaller;
use super::{Fault, ServiceError, Services, Subscription};
use crate::domain::cursor::Cursor;
use crate::domain::frame::ResetReason;
use crate::domain::ids::is_id;
use crate::domain::problem::Problem;
use crate::hub::{Opened, StreamKey};

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

impl Services {
    /// Opens a build's stream after a cursor.
    pub async fn open_build_stream(&self, caller: &StreamCaller, build_id: &str, cursor: &str) -> Result<OpenStream, ServiceError> {
        // authority first: a stranger learns nothing, not even whether there is such a build
        let claims = self.claims(caller)?;
        let cursor = Cursor::parse(cursor).map_err(|_| Problem::invalid("lastEventId", "not_a_cursor"))?;
        let row = match is_id(build_id) {
            true => self.build_row(build_id).await,
            false => Err(Problem::not_found("build").into()),
        };
        let row = match (row, claims) {
            (Err(ServiceError::Problem(_)), Some(claims)) if !claims.builds.iter().any(|b| b == build_id) => {
                return Err(crate::domain::problem::Forbidden {}.into());
            }
            (row, _) => row?,
        };
        let expires_at_ms = self.may_hear_build(caller, build_id, &row.project_id)?;
        let finished = !row.state()?.is_active();
        let opened = self.inner.hub.open(StreamKey::Build(row.id), cursor).await.map_err(|_| Fault::Late)?;
        Ok(match opened {
            Opened::Ended => OpenStream::Ended,
            Opened::Open(subscription, reset) => OpenStream::Open(Box::new(OpenedStream { subscription, reset, expires_at_ms, finished })),
        })
    }
}
