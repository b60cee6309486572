//! What is told of the queue: places, when a build will start and end, and the news when that changes.

use super::{Fault, ServiceError, Services};
use crate::domain::event::BuildQueued;
use crate::domain::forecast::{UNKNOWN_SECONDS, expected_seconds, seconds_left, starts_in, worth_telling};
use crate::domain::time::seconds_between;
use crate::store::builds::BuildRow;
use crate::store::events::{Append, Appended, Generation, append};
use crate::store::queue::{self, Place};
use crate::store::{Database, nodes};
use std::sync::Arc;
use tokio::sync::Mutex;

/// A node that has not been seen for so long runs nothing, milliseconds.
pub(super) const NODE_SEEN_MS: i64 = 10_000;
/// How long a look at the queue serves every start, milliseconds: with many starts a second none reads the queue anew.
const FRESH_MS: i64 = 50;
/// Builds that are told of their new places at once.
const TOLD_AT_ONCE: usize = 100;

/// The queue as it was a moment ago.
#[derive(Debug)]
pub(super) struct QueueView {
    at_ms: i64,
    slots: usize,
    /// Seconds that the builds under way still need.
    running: Vec<f64>,
    /// The front of the queue, in order.
    waiting: Vec<Place>,
}

/// The last look at the queue.
#[derive(Debug, Default)]
pub(super) struct LastLook(Mutex<Option<Arc<QueueView>>>);

impl QueueView {
    async fn read(db: &Database, now_ms: i64) -> Result<Self, Fault> {
        let slots = usize::try_from(nodes::slots(db, now_ms - NODE_SEEN_MS).await?).unwrap_or(0);
        let under_way = queue::under_way(db).await?;
        let left = |expected: Option<f64>, started: Option<i64>| {
            seconds_left(expected.unwrap_or(UNKNOWN_SECONDS), started.map_or(0.0, |started| seconds_between(started, now_ms)))
        };
        let running = under_way.iter().map(|build| left(build.estimated_seconds, build.started_at_ms)).collect();
        Ok(Self { at_ms: now_ms, slots, running, waiting: queue::waiting(db).await? })
    }

    /// When each of the waiting builds starts, epoch milliseconds, as far as there are slots.
    fn starts(&self) -> Vec<i64> {
        let expected: Vec<f64> = self.waiting.iter().map(|place| place.estimated_seconds.unwrap_or(UNKNOWN_SECONDS)).collect();
        starts_in(self.slots, &self.running, &expected).into_iter().map(|seconds| self.at_ms + (seconds * 1000.0) as i64).collect()
    }

    /// When a build at this place of the queue starts, epoch milliseconds, not before now; unknown while no node runs builds.
    fn start_at(&self, position: i64, now_ms: i64) -> Option<i64> {
        let before = usize::try_from(position - 1).ok()?;
        let known = self.waiting.iter().map(|place| place.estimated_seconds.unwrap_or(UNKNOWN_SECONDS));
        // what is further back than the look went is as long as what is not known
        let mut expected: Vec<f64> = known.chain(std::iter::repeat(UNKNOWN_SECONDS)).take(before).collect();
        expected.push(0.0);
        starts_in(self.slots, &self.running, &expected).pop().map(|seconds| now_ms.max(self.at_ms + (seconds * 1000.0) as i64))
    }
}

/// What a start can be told before it is queued.
#[derive(Debug)]
pub(super) struct Outlook {
    view: Arc<QueueView>,
    /// Seconds that the build is expected to take; unknown where there were none before.
    pub expected_seconds: Option<f64>,
}

impl Outlook {
    /// When a build at this place of the queue starts, epoch milliseconds; unknown while no node runs builds.
    pub fn start_at(&self, position: i64, now_ms: i64) -> Option<i64> {
        self.view.start_at(position, now_ms)
    }
}

impl Services {
    /// What a start can be told: of its project as it was built before, else of its framework, else of all builds.
    pub(super) async fn outlook(&self, project_id: Option<&str>, framework: Option<&str>) -> Result<Outlook, Fault> {
        let framework = match (framework, project_id) {
            (Some(hint), _) => Some(hint.to_owned()),
            (None, Some(id)) => queue::last_framework(&self.inner.db, id).await?,
            (None, None) => None,
        };
        let past = queue::past_seconds(&self.inner.db, project_id, framework.as_deref()).await?;
        Ok(Outlook { view: self.queue_view().await?, expected_seconds: expected_seconds(&past) })
    }

    /// When a build that has not ended is expected to, epoch milliseconds.
    pub(super) fn estimated_end_ms(&self, row: &BuildRow) -> Option<i64> {
        let (now_ms, expected) = (self.now_ms(), row.estimated_seconds?);
        let start = match (row.started_at_ms, row.estimated_start_ms) {
            (Some(started), _) => return Some(now_ms + (seconds_left(expected, seconds_between(started, now_ms)) * 1000.0) as i64),
            (None, told) => told?.max(now_ms),
        };
        Some(start + (expected * 1000.0) as i64)
    }

    /// When a build at this place of the queue starts, epoch milliseconds; unknown while no node runs builds.
    pub(super) async fn start_at(&self, position: i64) -> Result<Option<i64>, Fault> {
        Ok(self.queue_view().await?.start_at(position, self.now_ms()))
    }

    /// The queue, as it was a moment ago at most.
    async fn queue_view(&self) -> Result<Arc<QueueView>, Fault> {
        let now_ms = self.now_ms();
        let mut last = self.inner.last_look.0.lock().await;
        if let Some(view) = last.as_ref().filter(|view| (0..FRESH_MS).contains(&(now_ms - view.at_ms))) {
            return Ok(view.clone());
        }
        let view = Arc::new(QueueView::read(&self.inner.db, now_ms).await?);
        *last = Some(view.clone());
        Ok(view)
    }

    /// Tells waiting builds whose place has changed enough, by another BUILD_QUEUED. Nodes that do so at once do not tell twice.
    pub async fn tell_queue(&self) -> Result<(), ServiceError> {
        let (waiting, running) = queue::depth(&self.inner.db).await?;
        self.inner.metrics.queue(waiting, running);
        if waiting == 0 {
            return Ok(());
        }
        let view = QueueView::read(&self.inner.db, self.now_ms()).await?;
        let starts = view.starts();
        let placed = view.waiting.iter().zip(1_i64..).enumerate();
        let mut news: Vec<_> = placed
            // a rollback has no place that anybody waits for: its preview shows the version already
            .filter(|(_, (place, now))| place.kind == "build" && worth_telling(place.told_position, *now))
            .map(|(at, (place, now))| (place, now, starts.get(at).copied()))
            .collect();
        news.truncate(TOLD_AT_ONCE);
        // in one order on every node
        news.sort_by(|a, b| a.0.build_id.cmp(&b.0.build_id));
        let (now_ms, mut tx, mut items) = (self.now_ms(), self.inner.db.begin().await?, Vec::new());
        for (place, now, estimated_start) in news {
            if queue::tell(&mut tx, &place.build_id, place.told_position, now).await? {
                let queued = BuildQueued { queue_position: u32::try_from(now).unwrap_or(u32::MAX), estimated_start };
                items.push(Append {
                    build_id: place.build_id.clone(),
                    project_id: place.project_id.clone(),
                    // the job's row is locked as one that waits: no worker has the build
                    fencing_token: None,
                    drafts: vec![self.draft(queued)],
                    change: None,
                    claimed_as: None,
                    generation: Generation::default(),
                });
            }
        }
        if items.is_empty() {
            return Ok(());
        }
        let outcomes = append(&mut tx, &items, false, now_ms).await?;
        tx.commit().await?;
        self.inner
            .hub
            .publish(outcomes.into_iter().filter_map(|outcome| if let Appended::Written(events) = outcome { Some(events) } else { None }).flatten().collect());
        Ok(())
    }
}
