//! The log's live side: topics, subscriptions that go from history to the tail without a gap, and the bus.
//!
//! May name: domain. Deliberately absent: sqlx and poem. The log is read through the `Log` trait; who may listen is
//! decided elsewhere.

mod bus;
mod entry;
mod log;
mod redis;
mod subscription;
mod topic;

pub use bus::{Bus, InProcess, Message};
pub use entry::{Chunk, Record, StreamKey};
pub use log::{Located, Log, LogError};
pub use redis::{RedisBus, RedisFeed};
pub use subscription::{Delivery, History, Opened, Subscription};

use crate::domain::event::StoredEvent;
use entry::Entry;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use topic::{Head, Topic};

/// Every topic of this node that has a listener. Cloning shares it.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    log: Arc<dyn Log>,
    bus: Arc<dyn Bus>,
    topics: Mutex<Topics>,
    jobs: Notify,
}

/// Topics that have a listener.
#[derive(Default)]
struct Topics {
    by_key: HashMap<StreamKey, Arc<Topic>>,
    /// How many of them belong to a project.
    of_project: HashMap<String, usize>,
}

/// Topics whose heads are asked for in one query.
const CHECKED_AT_ONCE: usize = 500;

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("topics", &self.topic_count()).finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub over a log, told of other nodes' news by a bus.
    pub fn new(log: Arc<dyn Log>, bus: Arc<dyn Bus>) -> Self {
        Self { inner: Arc::new(Inner { log, bus, topics: Mutex::default(), jobs: Notify::new() }) }
    }

    /// Tells this node's listeners, and the other nodes, of events that have been committed.
    pub fn publish(&self, events: Vec<StoredEvent>) {
        self.deliver(&events);
        self.inner.bus.send(Message::Events(events));
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
            Message::Job => self.inner.jobs.notify_one(),
        }
    }

    /// Something of a project may have been missed: its readers look at the log again.
    pub fn doubt(&self, project_id: &str) {
        self.topics().by_key.iter().filter(|(key, _)| key.project_id() == project_id).for_each(|(_, topic)| topic.doubt());
    }

    /// Anything may have been missed: every reader looks at the log again, and the engine at the queue.
    pub fn doubt_all(&self) {
        self.topics().by_key.values().for_each(|topic| topic.doubt());
        self.inner.jobs.notify_one();
    }

    /// Compares every topic that has a listener with the log, again and again: the last message before a silence may
    /// have been lost, and nothing after it would tell.
    pub async fn check_forever(self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let known: Vec<(StreamKey, i64)> = self.topics().by_key.iter().map(|(key, topic)| (key.clone(), topic.position())).collect();
            for part in known.chunks(CHECKED_AT_ONCE) {
                let keys: Vec<StreamKey> = part.iter().map(|(key, _)| key.clone()).collect();
                // a log that can't be read now is asked again the next time
                let Ok(heads) = self.inner.log.heads(&keys).await else { continue };
                let topics = self.topics();
                let behind = part.iter().filter(|(key, position)| heads.get(key).is_some_and(|head| head > position));
                behind.filter_map(|(key, _)| topics.by_key.get(key)).for_each(|topic| topic.doubt());
            }
        }
    }

    /// Waits until a job may be claimed; one that came before the call counts.
    pub async fn job(&self) {
        self.inner.jobs.notified().await;
    }

    /// How many topics have a listener here.
    pub fn topic_count(&self) -> usize {
        self.topics().by_key.len()
    }

    fn deliver(&self, events: &[StoredEvent]) {
        for event in events {
            for key in StreamKey::of(event) {
                let topic = self.topics().by_key.get(&key).cloned();
                if let Some(topic) = topic {
                    topic.push(Entry::new(&key, event));
                }
            }
        }
    }

    /// Joins a topic's listeners, under the lock that `leave` takes: no listener is left on a topic that nobody feeds.
    fn join(&self, key: &StreamKey) -> (Arc<Topic>, watch::Receiver<Head>) {
        let mut topics = self.topics();
        if !topics.by_key.contains_key(key) {
            topics.by_key.insert(key.clone(), Arc::default());
            let listened = topics.of_project.entry(key.project_id().to_owned()).or_default();
            *listened += 1;
            if *listened == 1 {
                self.inner.bus.listen(key.project_id());
            }
        }
        let topic = topics.by_key[key].clone();
        let head = topic.listen();
        (topic, head)
    }

    /// Called by a listener that still counts.
    fn leave(&self, key: &StreamKey) {
        let mut topics = self.topics();
        if topics.by_key.get(key).is_none_or(|topic| topic.listeners() > 1) {
            return;
        }
        topics.by_key.remove(key);
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
