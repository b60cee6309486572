//! The one writer of lines of this node: what queued while the last commit ran is written in the next one, as events are.
//!
//! Lines wait here while the database is slow or away; there are so many of them at most, and then whoever prints waits.

use super::build_log::Lines;
use crate::domain::log::LineDraft;
use crate::hub::{Grown, Hub};
use crate::store::logs::{AppendLines, AppendedLines, append_lines};
use crate::store::{Database, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Lines in one transaction at most, and as many that wait for the next one.
const BATCH_MAX: usize = 512;
/// The longest wait between two tries while the database is away.
const RETRY_MAX: Duration = Duration::from_secs(2);

pub(super) enum Request {
    /// A line of an attempt's log.
    Line(Arc<Lines>, LineDraft),
    /// Answered once all that was asked before is done.
    Flush(oneshot::Sender<()>),
}

/// Lines of one attempt that go in together.
struct Part {
    of: Arc<Lines>,
    append: AppendLines,
}

struct Writer {
    db: Database,
    hub: Hub,
    bytes_max: i64,
}

/// Starts the writer, which ends with the last sender.
pub(super) fn start(db: Database, hub: Hub, bytes_max: i64) -> mpsc::Sender<Request> {
    let (requests, queue) = mpsc::channel(BATCH_MAX);
    tokio::spawn(Writer { db, hub, bytes_max }.run(queue));
    requests
}

impl Writer {
    async fn run(self, mut queue: mpsc::Receiver<Request>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while queue.recv_many(&mut batch, BATCH_MAX).await > 0 {
            let (mut parts, mut flushes) = (Vec::<Part>::new(), Vec::new());
            for request in batch.drain(..) {
                match request {
                    Request::Line(of, line) => add(&mut parts, of, line),
                    Request::Flush(done) => flushes.push(done),
                }
            }
            self.write_all(&parts).await;
            for done in flushes {
                // who asked may be gone
                let _ = done.send(());
            }
        }
    }

    /// Writes until the database has taken or refused them; what it refuses for good is lost, and counted as such.
    async fn write_all(&self, parts: &[Part]) {
        match self.write(parts, false).await {
            Ok(()) => {}
            // one bad part must not take its neighbours down
            Err(_) if parts.len() > 1 => {
                for part in parts {
                    if let Err(error) = self.write(std::slice::from_ref(part), true).await {
                        part.of.lose(part.append.lines.len(), &error);
                    }
                }
            }
            Err(error) => parts.iter().for_each(|part| part.of.lose(part.append.lines.len(), &error)),
        }
    }

    /// A database that is away is tried again. One without room is not: a build must not wait for a log.
    async fn write(&self, parts: &[Part], mut recheck: bool) -> Result<(), StoreError> {
        let items: Vec<AppendLines> = parts.iter().map(|part| part.append.clone()).collect();
        let mut wait = Duration::from_millis(50);
        let outcomes = loop {
            match self.commit(&items, recheck).await {
                Ok(outcomes) => break outcomes,
                Err(error) if error.is_passing() && !matches!(error, StoreError::Full(_)) => {
                    tracing::warn!(%error, "lines of builds wait for the database");
                    (wait, recheck) = ((wait * 2).min(RETRY_MAX), true);
                    tokio::time::sleep(wait).await;
                }
                Err(error) => return Err(error),
            }
        };
        for (part, outcome) in parts.iter().zip(outcomes) {
            let AppendedLines::Written(written) = outcome else {
                part.of.fence();
                continue;
            };
            part.of.note(written.dropped, written.full);
            let grown = Grown { build_id: part.of.build_id.clone(), project_id: part.of.project_id.clone(), last: written.last };
            self.hub.publish_lines(&written.lines, grown);
        }
        Ok(())
    }

    async fn commit(&self, items: &[AppendLines], recheck: bool) -> Result<Vec<AppendedLines>, StoreError> {
        let mut tx = self.db.begin().await?;
        let outcomes = append_lines(&mut tx, items, self.bytes_max, recheck).await?;
        tx.commit().await?;
        Ok(outcomes)
    }
}

fn add(parts: &mut Vec<Part>, of: Arc<Lines>, line: LineDraft) {
    match parts.iter_mut().find(|part| Arc::ptr_eq(&part.of, &of)) {
        Some(part) => part.append.lines.push(line),
        None => {
            let append = AppendLines { build_id: of.build_id.clone(), fencing_token: of.fencing_token, lines: vec![line] };
            parts.push(Part { of, append });
        }
    }
}
