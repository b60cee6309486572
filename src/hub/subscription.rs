//! One reader of one stream: history, then `live`, then the tail, then the end, with no gap between them.
//!
//! A reader holds a position and always asks for what follows it: first the topic, else the log. It listens to the
//! topic before it reads the log, so that nothing can fall between the two, whatever the bus lost, doubled or swapped.

use super::entry::{Chunk, Record, StreamKey};
use super::topic::{CHUNK_MAX_BYTES, Take, Topic};
use super::{Hub, LogError};
use crate::domain::cursor::Cursor;
use crate::domain::frame::ResetReason;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

/// Events read from the log at once.
pub(super) const PAGE: i64 = 128;
/// A page of history that is larger than this is given as it is, though more was asked for.
const HISTORY_MAX_BYTES: usize = 1 << 20;
/// How long to wait for a log that lags behind the bus, and for one that can't be read: twice as long each time, up to
/// the longest.
const WAIT: Duration = Duration::from_millis(50);
const WAIT_MAX: Duration = Duration::from_secs(1);

/// What a reader gets next.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// The events that follow.
    Events(Arc<Chunk>),
    /// All that came before was history; said once.
    Live,
    /// The stream is over.
    Ended,
}

/// A stream that was opened.
#[derive(Debug)]
pub enum Opened {
    /// It goes on after the cursor, or from the first event with a reset.
    Open(Subscription, Option<ResetReason>),
    /// The cursor is the last event's: there is nothing left to say.
    Ended,
}

/// A reader's place in a stream.
pub struct Subscription {
    hub: Hub,
    topic: Arc<Topic>,
    seat: usize,
    /// The page of the log that is being read: by a task of its own, so that a connection to the database never waits for
    /// a client.
    reading: Option<AbortOnDropHandle<Vec<Record>>>,
    /// The doubts that were settled by reading the log to its end.
    settled: u64,
    position: i64,
    /// The log was read to its end since the topic is listened to.
    read_up: bool,
    live: bool,
    last_sent: bool,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("key", &self.topic.key).field("position", &self.position).finish_non_exhaustive()
    }
}

/// Where a cursor leads.
enum Place {
    After(i64),
    FromTheFirst(ResetReason),
    AtTheEnd,
}

/// A page of a stream's past.
#[derive(Debug)]
pub struct History {
    /// The events after the cursor, or from the first with a reset.
    pub records: Vec<Record>,
    /// Why the cursor could not be continued.
    pub reset: Option<ResetReason>,
    /// Whether the stream is over and all of it is read.
    pub finished: bool,
}

impl Hub {
    /// Opens a stream after a cursor, or from its first event.
    pub async fn open(&self, key: StreamKey, cursor: Option<Cursor>) -> Result<Opened, LogError> {
        // listens before it looks
        let mut subscription = Subscription::new(self.clone(), &key);
        let place = self.locate(&key, cursor).await?;
        Ok(match place {
            Place::AtTheEnd => Opened::Ended,
            Place::FromTheFirst(reason) => Opened::Open(subscription, Some(reason)),
            Place::After(position) => {
                subscription.position = position;
                Opened::Open(subscription, None)
            }
        })
    }

    /// Reads a page of a stream's past.
    pub async fn history(&self, key: &StreamKey, cursor: Option<Cursor>, limit: i64) -> Result<History, LogError> {
        let (position, reset) = match self.locate(key, cursor).await? {
            Place::AtTheEnd => return Ok(History { records: vec![], reset: None, finished: true }),
            Place::FromTheFirst(reason) => (0, Some(reason)),
            Place::After(position) => (position, None),
        };
        let records = self.page(key, position, limit).await?;
        let finished = records.last().is_some_and(|record| record.last);
        Ok(History { records, reset, finished })
    }

    /// Reads until there is enough, or nothing more: lines of a log may be long, and many.
    async fn page(&self, key: &StreamKey, mut position: i64, limit: i64) -> Result<Vec<Record>, LogError> {
        let (mut records, mut left, mut bytes) = (Vec::new(), limit, 0);
        while left > 0 && bytes < HISTORY_MAX_BYTES {
            let wanted = left.min(PAGE);
            let read = self.read(key, position, wanted).await?;
            let count = read.len() as i64;
            bytes += read.iter().map(|record| record.body.len()).sum::<usize>();
            records.extend(read);
            position = records.last().map_or(position, Record::position);
            left = if count < wanted { 0 } else { left - count };
        }
        Ok(records)
    }

    async fn locate(&self, key: &StreamKey, cursor: Option<Cursor>) -> Result<Place, LogError> {
        let Some(cursor) = cursor else { return Ok(Place::After(0)) };
        let located = self.inner.log.locate(key, cursor.position).await?;
        Ok(match located.event {
            Some((event_id, last)) if cursor.matches(&event_id) => match last && key.ends() {
                true => Place::AtTheEnd,
                false => Place::After(cursor.position),
            },
            Some(_) => Place::FromTheFirst(ResetReason::Diverged),
            None if cursor.position > located.last => Place::FromTheFirst(ResetReason::Ahead),
            None => Place::FromTheFirst(ResetReason::Expired),
        })
    }
}

impl Subscription {
    fn new(hub: Hub, key: &StreamKey) -> Self {
        let (topic, seat) = hub.join(key);
        Self { hub, topic, seat, reading: None, settled: 0, position: 0, read_up: false, live: false, last_sent: false }
    }

    /// What comes next. Safe to drop and call again: the place only moves when something is given out.
    pub async fn next(&mut self) -> Delivery {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// What comes next. A log that can't be read is asked again and again; the stream stays open meanwhile.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Delivery> {
        loop {
            if let Some(reading) = &mut self.reading {
                let read = ready!(Pin::new(reading).poll(cx));
                self.reading = None;
                let Ok(records) = read else {
                    // the task ended badly, and read nothing: asked again, but not in this turn
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                };
                if let Some(chunk) = self.read(records) {
                    return Poll::Ready(self.take(chunk));
                }
            }
            if self.last_sent {
                return Poll::Ready(self.live_once().unwrap_or(Delivery::Ended));
            }
            let (take, doubts) = self.topic.after(self.position, self.seat, cx.waker());
            if doubts != self.settled {
                (self.settled, self.read_up) = (doubts, false);
            }
            match take {
                Take::Chunk(chunk) => return Poll::Ready(self.take(chunk)),
                Take::CaughtUp if self.read_up => return self.live_once().map_or(Poll::Pending, Poll::Ready),
                Take::CaughtUp => self.start_reading(false),
                Take::Behind => self.start_reading(true),
            }
        }
    }

    /// Reads the next page. When the bus was quicker than the log is readable, events are `awaited`.
    fn start_reading(&mut self, awaited: bool) {
        if self.live {
            self.hub.inner.metrics.refilled();
        }
        let (hub, topic, position) = (self.hub.clone(), self.topic.clone(), self.position);
        self.reading = Some(AbortOnDropHandle::new(tokio::spawn(async move {
            let mut wait = WAIT;
            loop {
                match hub.read(&topic.key, position, PAGE).await {
                    Ok(records) if !records.is_empty() || !awaited => return records,
                    _ => sleep(wait).await,
                }
                wait = (wait * 2).min(WAIT_MAX);
            }
        })));
    }

    fn read(&mut self, mut records: Vec<Record>) -> Option<Arc<Chunk>> {
        let fitting = fitting(&records);
        self.read_up = (records.len() as i64) < PAGE && fitting == records.len();
        records.truncate(fitting);
        let chunk = Chunk::of(records.into_iter().map(Arc::new).collect());
        if self.read_up {
            self.topic.learn(chunk.as_ref().map_or(self.position, |chunk| chunk.position()));
        }
        chunk
    }

    fn take(&mut self, chunk: Arc<Chunk>) -> Delivery {
        self.position = chunk.position();
        self.last_sent = chunk.last();
        let metrics = &self.hub.inner.metrics;
        metrics.delivered(chunk.records.len());
        if self.live && !self.topic.key.is_replay() {
            metrics.lagged(chunk.timestamp());
        }
        Delivery::Events(chunk)
    }

    fn live_once(&mut self) -> Option<Delivery> {
        (!std::mem::replace(&mut self.live, true)).then_some(Delivery::Live)
    }
}

/// How many of a page's events go into one chunk.
fn fitting(records: &[Record]) -> usize {
    let mut bytes = 0;
    let over = records.iter().position(|record| {
        bytes += record.body.len();
        bytes > CHUNK_MAX_BYTES
    });
    over.map_or(records.len(), |over| over.max(1))
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.leave(&self.topic, self.seat);
    }
}
