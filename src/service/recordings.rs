//! Recordings: all events of a build that has ended, as a file.

use super::access::StreamCaller;
use super::{ServiceError, Services};
use crate::domain::event::StoredEvent;
use crate::domain::problem::{PayloadTooLarge, Problem};
use crate::domain::recording::{self, RECORDING_MAX_BYTES};
use crate::store::history;

/// Events that are read at once.
const PAGE: i64 = 1000;

/// A recording, as it leaves.
#[derive(Debug)]
pub struct RecordingFile {
    /// Its text: the same bytes on every call.
    pub text: String,
    /// What an `If-None-Match` may name, with its quotes.
    pub etag: String,
}

impl Services {
    /// The recording of a build, or of a rollback's job, for whoever may listen to it. While it has not ended there is none:
    /// INVALID_STATE_TRANSITION.
    pub async fn recording(&self, caller: &StreamCaller, id: &str) -> Result<RecordingFile, ServiceError> {
        let claims = self.claims(caller)?;
        let (_, finished) = self.permit_build(claims.as_ref(), id).await?;
        if !finished {
            let state = self.build_row(id).await?.state()?;
            return Err(Problem::transition(state.word(), "recorded", state.valid_next().iter().map(|next| next.word())).into());
        }
        let events = self.all_events(id).await?;
        let text = recording::write(&events).ok_or_else(|| Problem::not_found("recording"))?;
        let etag = format!("\"{id}-v{}-{}\"", recording::VERSION, events.len());
        Ok(RecordingFile { text, etag })
    }

    /// Every event of a build that has ended, in order.
    pub(super) async fn all_events(&self, id: &str) -> Result<Vec<StoredEvent>, ServiceError> {
        let (mut events, mut bytes) = (Vec::<StoredEvent>::new(), 0_u64);
        loop {
            let after = events.last().map_or(0, |event| event.seq);
            let page = history::of_build(&self.inner.db, id, after, PAGE).await?;
            bytes += page.iter().map(|event| event.body.len() as u64).sum::<u64>();
            if bytes > RECORDING_MAX_BYTES {
                return Err(PayloadTooLarge { limit: RECORDING_MAX_BYTES, actual: None }.into());
            }
            let last = (page.len() as i64) < PAGE;
            events.extend(page);
            if last {
                return Ok(events);
            }
        }
    }
}
