//! The log's live side: topics, subscriptions that go from history to the tail without a gap, and the bus.
//!
//! May name: domain, metrics. Deliberately absent: sqlx and poem. The log is read through the `Log` trait; who may listen is
//! decided elsewhere.

mod bus;
mod entry;
mod lines;
mod log;
mod redis;
mod subscription;
mod topic;

pub use bus::{Bus, Grown, InProcess, Message};
pub use entry::{Chunk, Record, StreamKey};
pub use log::{Located, Log, LogError};
pub use redis::{RedisBus, RedisFeed};
use subscription::PAGE;
pub use subscription::{Delivery, History, Opened, Subscription};

use crate::domain::event::StoredEvent;
use crate::metrics::Metrics;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};
use topic::Topic;

/// Every topic of this node that has a listener. Cloning shares it.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    log: Arc<dyn Log>,
    bus: Arc<dyn Bus>,
    topics: Mutex<Topics>,
    metrics: Metrics,
    /// Readers of the log at once.
    reads: Semaphore,
    jobs: Notify,
}

/// Topics that have a listener.
#[derive(Default)]
struct Topics {
    by_key: HashMap<StreamKey, Arc<Topic>>,
    /// How many of them belong to a project.
    of_project: HashMap<String, usize>,
}

/// How long an event may take from the log to here by the bus before it is looked for.
const ON_ITS_WAY: Duration = Duration::from_millis(100);
/// Topics whose heads are asked for in one query.
const CHECKED_AT_ONCE: usize = 500;

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("topics", &self.topic_count()).finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub over a log, told of other nodes' news by a bus.
    pub fn new(log: Arc<dyn Log>, bus: Arc<dyn Bus>, metrics: Metrics) -> Self {
        let reads = Semaphore::new(log.readers());
        Self { inner: Arc::new(Inner { log, bus, topics: Mutex::default(), metrics, reads, jobs: Notify::new() }) }
    }

    /// Tells this node's listeners, and the other nodes, of events that have been committed.
    pub fn publish(&self, events: Vec<StoredEvent>) {
        self.deliver(&events);
        self.inner.bus.send(Message::Events(events));
    }

    /// Shows the next events of a stream to those who listen to it on this node.
    pub fn show(&self, key: &StreamKey, events: &[StoredEvent]) {
        if let Some(topic) = self.topic(key) {
            events.iter().for_each(|event| topic.push(Record::event(key, event)));
            topic.wake();
        }
    }

    /// Whether anybody on this node listens to a stream.
    pub fn listened(&self, key: &StreamKey) -> bool {
        self.topics().by_key.contains_key(key)
    }

    /// Tells every engine that a job may be claimed.
    pub fn publish_job(&self) {
        self.inner.jobs.notify_one();
        self.inner.bus.send(Message::Job);
    }

    /// Takes in what the bus brought from another node.
    pub fn receive(&self, message: &Message) {
        match message {
            Message::Events(events) => self.deliver(events),
            Message::Grown(grown) => self.follow(grown),
            Message::Job => self.inner.jobs.notify_one(),
        }
    }

    /// Something of a project may have been missed: its readers look at the log again.
    pub fn doubt(&self, project_id: &str) {
        let of_project: Vec<Arc<Topic>> = self.topics().by_key.values().filter(|topic| topic.key.project_id() == project_id).cloned().collect();
        of_project.iter().for_each(|topic| topic.doubt());
    }

    /// Anything may have been missed: every reader looks at the log again, and the engine at the queue.
    pub fn doubt_all(&self) {
        let all: Vec<Arc<Topic>> = self.topics().by_key.values().cloned().collect();
        all.iter().for_each(|topic| topic.doubt());
        self.inner.jobs.notify_one();
    }

    /// Compares every topic that has a listener with the log, again and again: the last message before a silence may
    /// have been lost, and nothing after it would tell.
    pub async fn check_forever(self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let topics: Vec<Arc<Topic>> = self.topics().by_key.values().cloned().collect();
            for part in topics.chunks(CHECKED_AT_ONCE) {
                let keys: Vec<StreamKey> = part.iter().map(|topic| topic.key.clone()).collect();
                // a log that can't be read now is asked again the next time
                let Ok(heads) = self.inner.log.heads(&keys).await else { continue };
                let behind = |topic: &&Arc<Topic>| heads.get(&topic.key).is_some_and(|head| *head > topic.position());
                if part.iter().any(|topic| behind(&topic)) {
                    // what is on its way by the bus gets here meanwhile
                    tokio::time::sleep(every.min(ON_ITS_WAY)).await;
                    for topic in part.iter().filter(behind) {
                        if topic.is_long_history() {
                            topic.doubt();
                            continue;
                        }
                        self.inner.metrics.refilled();
                        self.refill(topic).await;
                    }
                }
            }
        }
    }

    /// Reads what a topic missed, once for all its readers.
    async fn refill(&self, topic: &Topic) {
        let mut from = topic.position();
        while let Ok(records) = self.read(&topic.key, from, PAGE).await {
            let count = records.len() as i64;
            records.into_iter().for_each(|record| topic.push(record));
            topic.wake();
            // one that does not get on is its readers' own to read
            if count < PAGE || topic.position() == from {
                return;
            }
            from = topic.position();
        }
    }

    /// What this node counts.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// Waits until a job may be claimed; one that came before the call counts.
    pub async fn job(&self) {
        self.inner.jobs.notified().await;
    }

    /// How many topics have a listener here.
    pub fn topic_count(&self) -> usize {
        self.topics().by_key.len()
    }

    /// Reads a page of a stream, when it is its turn: however many readers there are, they leave connections to the
    /// database for others.
    async fn read(&self, key: &StreamKey, position: i64, limit: i64) -> Result<Vec<Record>, LogError> {
        let _turn = self.inner.reads.acquire().await.map_err(|_| LogError)?;
        self.inner.log.after(key, position, limit).await
    }

    fn deliver(&self, events: &[StoredEvent]) {
        let mut touched: Vec<Arc<Topic>> = Vec::new();
        for event in events {
            for key in StreamKey::of(event) {
                if let Some(topic) = self.topic(&key) {
                    topic.push(Record::event(&key, event));
                    if !touched.iter().any(|other| Arc::ptr_eq(other, &topic)) {
                        touched.push(topic);
                    }
                }
            }
        }
        // once, when all is in: who wakes takes all of it
        touched.iter().for_each(|topic| topic.wake());
        // the last line of a log was committed with the event that ended its build
        let ended = events.iter().filter(|event| event.finished).filter_map(|event| self.topic(&StreamKey::log_of(event)));
        ended.for_each(|topic| topic.doubt());
    }

    fn topic(&self, key: &StreamKey) -> Option<Arc<Topic>> {
        self.topics().by_key.get(key).cloned()
    }

    /// Joins a topic's listeners, under the lock that `leave` takes: no listener is left on a topic that nobody feeds.
    fn join(&self, key: &StreamKey) -> (Arc<Topic>, usize) {
        let mut topics = self.topics();
        if !topics.by_key.contains_key(key) {
            topics.by_key.insert(key.clone(), Arc::new(Topic::new(key.clone())));
            let listened = topics.of_project.entry(key.project_id().to_owned()).or_default();
            *listened += 1;
            if *listened == 1 {
                self.inner.bus.listen(key.project_id());
            }
        }
        let topic = topics.by_key[key].clone();
        let seat = topic.join();
        self.inner.metrics.reader_came();
        self.inner.metrics.topics(topics.by_key.len());
        (topic, seat)
    }

    fn leave(&self, topic: &Topic, seat: usize) {
        let mut topics = self.topics();
        self.inner.metrics.reader_left();
        if topic.leave(seat) {
            return;
        }
        let key = &topic.key;
        topics.by_key.remove(key);
        self.inner.metrics.topics(topics.by_key.len());
        if let Some(listened) = topics.of_project.get_mut(key.project_id()) {
            *listened -= 1;
            if *listened == 0 {
                topics.of_project.remove(key.project_id());
                self.inner.bus.leave(key.project_id());
            }
        }
    }

    fn topics(&self) -> std::sync::MutexGuard<'_, Topics> {
        self.inner.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
