//! Opening a stream: the same rules for history as for live.

use super::access::StreamCaller;
use super::replays::Playing;
use super::{Fault, ServiceError, Services, Subscription};
use crate::domain::cursor::Cursor;
use crate::domain::frame::ResetReason;
use crate::domain::ids::is_id;
use crate::domain::problem::{AuthExpired, Forbidden, Problem};
use crate::domain::token::StreamClaims;
use crate::hub::{History, Opened, StreamKey};
use crate::store::projects;
use std::sync::Arc;

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

/// A moment at which a stream has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// Epoch milliseconds.
    pub at_ms: i64,
    /// Whether it is a replay's: there is none from then on, whatever token is shown.
    pub of_replay: bool,
}

impl Expiry {
    /// What the reader is told.
    pub fn problem(self) -> Problem {
        if self.of_replay { Problem::not_found("replay") } else { AuthExpired { expired_at: Some(self.at_ms) }.into() }
    }
}

/// An open stream.
#[derive(Debug)]
pub struct OpenedStream {
    /// What comes.
    pub subscription: Subscription,
    /// Why the cursor could not be continued, when it could not.
    pub reset: Option<ResetReason>,
    /// When it has to end whatever there is to say; never for a signed request.
    pub expiry: Option<Expiry>,
    /// Whether the build has ended: the whole stream is finite then.
    pub finished: bool,
    /// Whether it is a replay.
    pub replay: bool,
}

/// A stream that a caller names.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// A build's, or a rollback job's.
    Build(&'a str),
    /// A project's: every build and rollback of it. It never ends.
    Project(&'a str),
    /// A build's once more, as far as its replay is.
    Replay(&'a str),
    /// A build's log: what its commands print.
    Logs(&'a str),
}

/// A stream that its caller may read.
struct Permitted {
    key: StreamKey,
    cursor: Option<Cursor>,
    expiry: Option<Expiry>,
    finished: bool,
    /// Kept until the stream is open: what nobody holds or listens to is forgotten.
    replay: Option<Arc<Playing>>,
}

impl Services {
    /// Opens a stream after a cursor.
    pub async fn open_stream(&self, caller: &StreamCaller, stream: Named<'_>, cursor: &str) -> Result<OpenStream, ServiceError> {
        let Permitted { key, cursor, expiry, finished, replay } = self.permit(caller, stream, "lastEventId", cursor).await?;
        let opened = self.inner.hub.open(key, cursor).await.map_err(|_| Fault::Late)?;
        Ok(match opened {
            Opened::Ended => OpenStream::Ended,
            Opened::Open(subscription, reset) => OpenStream::Open(Box::new(OpenedStream { subscription, reset, expiry, finished, replay: replay.is_some() })),
        })
    }

    /// Reads a page of a stream: the same rules as for the stream itself.
    pub async fn stream_history(&self, caller: &StreamCaller, stream: Named<'_>, cursor: &str, limit: i64) -> Result<History, ServiceError> {
        let Permitted { key, cursor, replay: _replay, .. } = self.permit(caller, stream, "after", cursor).await?;
        if !(1..=HISTORY_MAX).contains(&limit) {
            return Err(Problem::invalid("limit", "out_of_range").into());
        }
        Ok(self.inner.hub.history(&key, cursor, limit).await.map_err(|_| Fault::Late)?)
    }

    /// Authority first: a stranger learns nothing, not even whether there is such a stream.
    async fn permit(&self, caller: &StreamCaller, stream: Named<'_>, field: &str, cursor: &str) -> Result<Permitted, ServiceError> {
        let claims = self.claims(caller)?;
        let mut expiry = claims.as_ref().map(|claims| Expiry { at_ms: claims.expires_at_ms(), of_replay: false });
        let mut replay = None;
        let (key, finished) = match stream {
            Named::Replay(id) => {
                let (playing, gone_at_ms) = self.permit_replay(claims.as_ref(), id).await?;
                if expiry.is_none_or(|expiry| gone_at_ms <= expiry.at_ms) {
                    expiry = Some(Expiry { at_ms: gone_at_ms, of_replay: true });
                }
                let key = playing.key.clone();
                replay = Some(playing);
                (key, false)
            }
            Named::Build(id) => self.permit_build(claims.as_ref(), id).await?,
            Named::Project(id) => self.permit_project(claims.as_ref(), id).await?,
            // whoever may listen to a build may read its log
            Named::Logs(id) => match self.permit_build(claims.as_ref(), id).await? {
                (StreamKey::Build { id, project_id }, finished) => (StreamKey::Logs { id, project_id }, finished),
                other => other,
            },
        };
        let cursor = Cursor::parse(cursor).map_err(|_| Problem::invalid(field, "not_a_cursor"))?;
        Ok(Permitted { key, cursor, expiry, finished, replay })
    }

    pub(super) async fn permit_build(&self, claims: Option<&StreamClaims>, id: &str) -> Result<(StreamKey, bool), ServiceError> {
        let row = match (self.build_row(id).await, claims) {
            (Err(ServiceError::Problem(_)), Some(claims)) if !claims.builds.iter().any(|b| b == id) => return Err(Forbidden {}.into()),
            (row, _) => row?,
        };
        if claims.is_some_and(|claims| !claims.opens_build(id, &row.project_id)) {
            return Err(Forbidden {}.into());
        }
        Ok((StreamKey::Build { project_id: row.project_id.clone(), id: row.id.clone() }, !row.state()?.is_active()))
    }

    async fn permit_project(&self, claims: Option<&StreamClaims>, id: &str) -> Result<(StreamKey, bool), ServiceError> {
        if claims.is_some_and(|claims| !claims.opens_project(id)) {
            return Err(Forbidden {}.into());
        }
        let project = if is_id(id) { projects::find(&self.inner.db, id).await? } else { None };
        let project = project.ok_or_else(|| Problem::not_found("project"))?;
        Ok((StreamKey::Project(project.id), false))
    }
}
