//! Group commit: what queued while the last commit ran is written in the next one. No linger, so a lone write does
//! not wait.

use super::{Clock, Fault};
use crate::domain::build::Refused;
use crate::domain::event::StoredEvent;
use crate::hub::Hub;
use crate::store::events::{Append, Appended, append};
use crate::store::{Database, StoreError};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Appends in one transaction at most.
const BATCH_MAX: usize = 256;
const QUEUE: usize = 1024;

struct Request {
    append: Append,
    recheck: bool,
    reply: oneshot::Sender<Result<Appended, Fault>>,
}

/// Why an append did not happen.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordError {
    /// Another worker has the build.
    #[error("another worker has the build")]
    Fenced,
    /// The state machine has no such way.
    #[error(transparent)]
    Refused(Refused),
    /// It was promised, at this time, that the build would be cancelled.
    #[error("the build is to be cancelled")]
    CancelRequested(i64),
    /// Whether it happened is unknown until it is tried again with `recheck`.
    #[error(transparent)]
    Fault(Fault),
}

/// The one writer of events that builds make on this node.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    requests: mpsc::Sender<Request>,
}

impl Recorder {
    pub(super) fn start(db: Database, hub: Hub, clock: Arc<dyn Clock>) -> Self {
        let (requests, queue) = mpsc::channel(QUEUE);
        tokio::spawn(run(queue, db, hub, clock));
        Self { requests }
    }

    /// Appends, and answers when it is committed. After a fault the same append may be tried again with `recheck`.
    pub(super) async fn record(&self, append: Append, recheck: bool) -> Result<Vec<StoredEvent>, RecordError> {
        let (reply, answer) = oneshot::channel();
        let gone = || RecordError::Fault(Fault::Bug("the recorder is gone".into()));
        self.requests.send(Request { append, recheck, reply }).await.map_err(|_| gone())?;
        match answer.await.map_err(|_| gone())? {
            Ok(Appended::Written(events)) => Ok(events),
            Ok(Appended::Fenced) => Err(RecordError::Fenced),
            Ok(Appended::Refused(refused)) => Err(RecordError::Refused(refused)),
            Ok(Appended::CancelRequested(at_ms)) => Err(RecordError::CancelRequested(at_ms)),
            Err(fault) => Err(RecordError::Fault(fault)),
        }
    }
}

async fn run(mut queue: mpsc::Receiver<Request>, db: Database, hub: Hub, clock: Arc<dyn Clock>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while queue.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let requests: Vec<Request> = std::mem::take(&mut batch);
        let recheck = requests.iter().any(|r| r.recheck);
        let appends: Vec<Append> = requests.iter().map(|r| r.append.clone()).collect();
        match write(&db, &hub, &appends, recheck, clock.now_ms()).await {
            Ok(outcomes) => requests.into_iter().zip(outcomes).for_each(|(request, outcome)| answer(request, Ok(outcome))),
            // one bad append must not take its neighbours down; the answer of the batch's commit may have been lost
            Err(_) if requests.len() > 1 => {
                for request in requests {
                    let alone = write(&db, &hub, std::slice::from_ref(&request.append), true, clock.now_ms()).await;
                    answer(request, alone.map(|mut outcomes| outcomes.remove(0)));
                }
            }
            Err(error) => {
                if let Some(request) = requests.into_iter().next() {
                    answer(request, Err(error));
                }
            }
        }
    }
}

fn answer(request: Request, result: Result<Appended, StoreError>) {
    // a caller that has gone away does not need to know
    let _ = request.reply.send(result.map_err(Into::into));
}

async fn write(db: &Database, hub: &Hub, appends: &[Append], recheck: bool, now_ms: i64) -> Result<Vec<Appended>, StoreError> {
    let mut tx = db.begin().await?;
    let outcomes = append(&mut tx, appends, recheck, now_ms).await?;
    tx.commit().await?;
    let written = outcomes.iter().filter_map(|outcome| if let Appended::Written(events) = outcome { Some(events.as_slice()) } else { None });
    hub.publish(written.flatten().cloned().collect());
    Ok(outcomes)
}
