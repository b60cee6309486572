//! The bus over Redis pub/sub: one channel a project, and one for jobs. On a cluster they are sharded channels.
//!
//! It reconnects for ever, notices a frozen server by its own pings, and after each reconnect has every reader look at
//! the log again: what was published meanwhile is lost here, and there. Messages are sealed: what anybody else writes
//! into a channel is not taken in.

mod feed;
mod link;

pub use feed::RedisFeed;

use super::{Bus, Message};
use crate::domain::event::StoredEvent;
use crate::domain::seal::SealKeys;
use redis::{ConnectionInfo, IntoConnectionInfo, ProtocolVersion, RedisError, RedisResult};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, mpsc};

const PROJECT: &str = "buildcast:project:";
const JOBS: &str = "buildcast:jobs";
/// Messages that wait to be sent; more are lost, and found in the log.
const QUEUE: usize = 4096;

/// The sending side.
#[derive(Debug, Clone)]
pub struct RedisBus {
    wanted: Arc<Wanted>,
    keys: SealKeys,
    outgoing: mpsc::Sender<(String, Vec<u8>)>,
}

/// The projects that are listened to here.
#[derive(Debug, Default)]
struct Wanted {
    projects: Mutex<BTreeSet<String>>,
    changed: Notify,
}

impl RedisBus {
    /// A bus to the server at this URL, or to a cluster through the nodes at these, with commas; messages are sealed with
    /// the secrets that are valid now. The feed has to be run for it to do anything.
    pub fn new(urls: &str, secrets: &[Vec<u8>]) -> RedisResult<(Self, RedisFeed)> {
        let servers = urls.split(',').map(|url| {
            let info = url.trim().into_connection_info()?;
            let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
            Ok(info.set_redis_settings(settings))
        });
        let servers = servers.collect::<RedisResult<Vec<ConnectionInfo>>>()?;
        let (sender, outgoing) = mpsc::channel(QUEUE);
        let (wanted, keys) = (Arc::new(Wanted::default()), SealKeys::new(secrets));
        let feed = RedisFeed::new(servers, keys.clone(), wanted.clone(), outgoing);
        Ok((Self { wanted, keys, outgoing: sender }, feed))
    }

    fn queue(&self, channel: String, payload: &[u8]) {
        let sealed = self.keys.seal(&channel, payload);
        if self.outgoing.try_send((channel, sealed)).is_err() {
            tracing::debug!("a message for other nodes is lost: they find it in the log");
        }
    }
}

impl Bus for RedisBus {
    fn send(&self, message: Message) {
        match message {
            Message::Job => self.queue(JOBS.to_owned(), b""),
            Message::Grown(grown) => {
                let channel = format!("{PROJECT}{}", grown.project_id);
                self.queue(channel, &serde_json::to_vec(&grown).expect("a place is plain"));
            }
            Message::Events(events) => {
                let mut by_project = BTreeMap::<&str, Vec<&StoredEvent>>::new();
                events.iter().for_each(|event| by_project.entry(&event.project_id).or_default().push(event));
                for (project, events) in by_project {
                    self.queue(format!("{PROJECT}{project}"), &serde_json::to_vec(&events).expect("events are plain"));
                }
            }
        }
    }

    fn listen(&self, project_id: &str) {
        self.wanted.projects().insert(project_id.to_owned());
        self.wanted.changed.notify_one();
    }

    fn leave(&self, project_id: &str) {
        self.wanted.projects().remove(project_id);
        self.wanted.changed.notify_one();
    }
}

impl Wanted {
    fn projects(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.projects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn channels(&self) -> BTreeSet<String> {
        self.projects().iter().map(|project| format!("{PROJECT}{project}")).chain([JOBS.to_owned()]).collect()
    }
}

fn broken() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()
}
