//! The log's live side: topics, subscriptions that go from history to the tail without a gap, and the bus.
//!
//! May name: domain. Deliberately absent: sqlx and poem. The log is read through the `Log` trait; who may listen is
//! decided elsewhere.

mod bus;
mod entry;
mod log;
mod subscription;
mod topic;

pub use bus::{Bus, InProcess, Message};
pub use entry::{Chunk, Record, StreamKey};
pub use log::{Located, Log, LogError};
pub use subscription::{Delivery, History, Opened, Subscription};

use crate::domain::event::StoredEvent;
use entry::Entry;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, watch};
use topic::Topic;

/// Every topic of this node that has a listener. Cloning shares it.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    log: Arc<dyn Log>,
    bus: Arc<dyn Bus>,
    topics: Mutex<HashMap<StreamKey, Arc<Topic>>>,
    jobs: Notify,
}

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

    /// Waits until a job may be claimed; one that came before the call counts.
    pub async fn job(&self) {
        self.inner.jobs.notified().await;
    }

    /// How many topics have a listener here.
    pub fn topic_count(&self) -> usize {
        self.topics().len()
    }

    fn deliver(&self, events: &[StoredEvent]) {
        for event in events {
            for key in [StreamKey::Build(event.build_id.clone()), StreamKey::Project(event.project_id.clone())] {
                let topic = self.topics().get(&key).cloned();
                if let Some(topic) = topic {
                    topic.push(Entry::new(&key, event));
                }
            }
        }
    }

    /// Joins a topic's listeners, under the lock that `leave` takes: no listener is left on a topic that nobody feeds.
    fn join(&self, key: &StreamKey) -> (Arc<Topic>, watch::Receiver<i64>) {
        let mut topics = self.topics();
        let topic = topics.entry(key.clone()).or_default().clone();
        let head = topic.listen();
        (topic, head)
    }

    /// Called by a listener that still counts.
    fn leave(&self, key: &StreamKey) {
        let mut topics = self.topics();
        if topics.get(key).is_some_and(|topic| topic.listeners() <= 1) {
            topics.remove(key);
        }
    }

    fn topics(&self) -> std::sync::MutexGuard<'_, HashMap<StreamKey, Arc<Topic>>> {
        self.inner.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
