//! One reader of one stream: history, then `live`, then the tail, then the end, with no gap between them.
//!
//! A reader holds a position and always asks for what follows it: first the topic, else the log. It listens to the
//! topic before it reads the log, so that nothing can fall between the two, whatever the bus lost, doubled or swapped.

use super::entry::{Chunk, Entry, Record, StreamKey};
use super::topic::{Head, Take, Topic};
use super::{Hub, LogError};
use crate::domain::cursor::Cursor;
use crate::domain::frame::ResetReason;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Events read from the log at once.
const PAGE: i64 = 256;
/// How long to wait for a log that lags behind the bus.
const LOG_LAG: Duration = Duration::from_millis(50);

/// What a reader gets next.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// The events that follow.
    Events(Chunk),
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
    key: StreamKey,
    topic: Arc<Topic>,
    head: watch::Receiver<Head>,
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
        f.debug_struct("Subscription").field("key", &self.key).field("position", &self.position).finish_non_exhaustive()
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
        let mut subscription = Subscription::new(self.clone(), key);
        let place = self.locate(&subscription.key, cursor).await?;
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
        let records: Vec<Record> = self.inner.log.after(key, position, limit).await?.iter().map(|event| Record::new(key, event)).collect();
        let finished = records.last().is_some_and(|record| record.last);
        Ok(History { records, reset, finished })
    }

    async fn locate(&self, key: &StreamKey, cursor: Option<Cursor>) -> Result<Place, LogError> {
        let Some(cursor) = cursor else { return Ok(Place::After(0)) };
        let located = self.inner.log.locate(key, cursor.position).await?;
        Ok(match located.event {
            Some((event_id, last)) if cursor.matches(&event_id) => match last && matches!(key, StreamKey::Build { .. }) {
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
    fn new(hub: Hub, key: StreamKey) -> Self {
        let (topic, head) = hub.join(&key);
        Self { hub, key, topic, head, settled: 0, position: 0, read_up: false, live: false, last_sent: false }
    }

    /// What comes next. Safe to drop and call again: the place only moves when something is given out.
    pub async fn next(&mut self) -> Result<Delivery, LogError> {
        loop {
            if self.last_sent {
                return Ok(self.live_once().unwrap_or(Delivery::Ended));
            }
            // before looking: a push after this wakes us below
            let doubts = self.head.borrow_and_update().doubts;
            if doubts != self.settled {
                (self.settled, self.read_up) = (doubts, false);
            }
            match self.topic.after(self.position) {
                Take::Chunk(chunk) => return Ok(self.take(chunk)),
                Take::CaughtUp if self.read_up => {
                    if let Some(live) = self.live_once() {
                        return Ok(live);
                    }
                    // the sender lives as long as the topic, which this reader holds
                    let _ = self.head.changed().await;
                }
                Take::CaughtUp => {
                    if let Some(chunk) = self.read_page().await? {
                        return Ok(self.take(chunk));
                    }
                }
                Take::Behind => match self.read_page().await? {
                    Some(chunk) => return Ok(self.take(chunk)),
                    // the bus was quicker than the log is readable
                    None => tokio::time::sleep(LOG_LAG).await,
                },
            }
        }
    }

    async fn read_page(&mut self) -> Result<Option<Chunk>, LogError> {
        let events = self.hub.inner.log.after(&self.key, self.position, PAGE).await?;
        let entries: Vec<Entry> = events.iter().map(|event| Entry::new(&self.key, event)).collect();
        self.read_up = (entries.len() as i64) < PAGE;
        let chunk = Chunk::join(entries.iter());
        if self.read_up {
            self.topic.learn(chunk.as_ref().map_or(self.position, |chunk| chunk.position));
        }
        Ok(chunk)
    }

    fn take(&mut self, chunk: Chunk) -> Delivery {
        self.position = chunk.position;
        self.last_sent = chunk.last;
        Delivery::Events(chunk)
    }

    fn live_once(&mut self) -> Option<Delivery> {
        (!std::mem::replace(&mut self.live, true)).then_some(Delivery::Live)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.leave(&self.key);
    }
}
