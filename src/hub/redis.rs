//! The bus over Redis pub/sub: one channel a project, and one for jobs.
//!
//! It reconnects for ever, notices a frozen server by its own pings, and after each reconnect has every reader look at
//! the log again: what was published meanwhile is lost here, and there.

use super::{Bus, Hub, Message};
use crate::domain::event::StoredEvent;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo, ProtocolVersion, PushInfo, PushKind, RedisResult, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::{MissedTickBehavior, interval, sleep};

const PROJECT: &str = "buildcast:project:";
const JOBS: &str = "buildcast:jobs";
/// A server that does not answer within this is frozen.
const ANSWER: Duration = Duration::from_secs(1);
/// Between two pings.
const PING: Duration = Duration::from_secs(1);
/// Between two tries to connect.
const RECONNECT: Duration = Duration::from_millis(200);
/// Messages that wait to be sent; more are lost, and found in the log.
const QUEUE: usize = 4096;
/// Messages sent in one go.
const BATCH: usize = 256;

/// The sending side.
#[derive(Debug, Clone)]
pub struct RedisBus {
    wanted: Arc<Wanted>,
    outgoing: mpsc::Sender<(String, Vec<u8>)>,
}

/// The side that holds the connection; to be run once.
#[derive(Debug)]
pub struct RedisFeed {
    client: Client,
    wanted: Arc<Wanted>,
    outgoing: mpsc::Receiver<(String, Vec<u8>)>,
    /// Whether there was a connection since the last complaint; a server that is away at the start is complained of too.
    was_up: bool,
}

/// The projects that are listened to here.
#[derive(Debug, Default)]
struct Wanted {
    projects: Mutex<BTreeSet<String>>,
    changed: Notify,
}

impl RedisBus {
    /// A bus to the server at this URL; the feed has to be run for it to do anything.
    pub fn new(url: &str) -> RedisResult<(Self, RedisFeed)> {
        let info = url.into_connection_info()?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(info.set_redis_settings(settings))?;
        let (sender, outgoing) = mpsc::channel(QUEUE);
        let wanted = Arc::new(Wanted::default());
        Ok((Self { wanted: wanted.clone(), outgoing: sender }, RedisFeed { client, wanted, outgoing, was_up: true }))
    }

    fn queue(&self, channel: String, payload: Vec<u8>) {
        if self.outgoing.try_send((channel, payload)).is_err() {
            tracing::debug!("a message for other nodes is lost: they find it in the log");
        }
    }
}

impl Bus for RedisBus {
    fn send(&self, message: Message) {
        match message {
            Message::Job => self.queue(JOBS.to_owned(), vec![]),
            Message::Events(events) => {
                let mut by_project = BTreeMap::<&str, Vec<&StoredEvent>>::new();
                events.iter().for_each(|event| by_project.entry(&event.project_id).or_default().push(event));
                for (project, events) in by_project {
                    self.queue(format!("{PROJECT}{project}"), serde_json::to_vec(&events).expect("events are plain"));
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
}

impl RedisFeed {
    /// Feeds the hub, and sends what the bus was given, for ever.
    pub async fn run(mut self, hub: Hub) {
        while let Err(error) = self.serve(&hub).await {
            // said once a break, not once a try
            if std::mem::replace(&mut self.was_up, false) {
                tracing::warn!(%error, "the bus is away: streams go on from the log");
            }
            sleep(RECONNECT).await;
        }
    }

    /// One connection, until it breaks; ends well only when the bus is gone.
    async fn serve(&mut self, hub: &Hub) -> RedisResult<()> {
        let (pushes, mut pushed) = mpsc::unbounded_channel::<PushInfo>();
        let config = AsyncConnectionConfig::new().set_push_sender(pushes).set_connection_timeout(Some(ANSWER)).set_response_timeout(Some(ANSWER));
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        let mut subscribed = BTreeSet::new();
        connection.subscribe(JOBS).await?;
        self.follow(&mut connection, &mut subscribed).await?;
        // whatever was said while nobody listened
        hub.doubt_all();
        self.was_up = true;
        tracing::info!("the bus is connected");
        let mut pings = interval(PING);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                push = pushed.recv() => match push {
                    Some(push) if push.kind == PushKind::Disconnection => return Err(broken()),
                    Some(push) => take_in(hub, &push),
                    None => return Err(broken()),
                },
                count = self.outgoing.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        return Ok(());
                    }
                    publish(&mut connection, &mut batch).await?;
                }
                () = self.wanted.changed.notified() => {
                    for project in self.follow(&mut connection, &mut subscribed).await? {
                        hub.doubt(&project);
                    }
                }
                _ = pings.tick() => redis::cmd("PING").exec_async(&mut connection).await?,
            }
        }
    }

    /// Makes the subscriptions those that are wanted, and tells which are new.
    async fn follow(&self, connection: &mut MultiplexedConnection, subscribed: &mut BTreeSet<String>) -> RedisResult<Vec<String>> {
        let wanted = self.wanted.projects().clone();
        let new: Vec<String> = wanted.difference(subscribed).cloned().collect();
        let old: Vec<String> = subscribed.difference(&wanted).cloned().collect();
        let channels = |projects: &[String]| projects.iter().map(|project| format!("{PROJECT}{project}")).collect::<Vec<_>>();
        if !new.is_empty() {
            connection.subscribe(channels(&new)).await?;
        }
        if !old.is_empty() {
            connection.unsubscribe(channels(&old)).await?;
        }
        *subscribed = wanted;
        Ok(new)
    }
}

async fn publish(connection: &mut MultiplexedConnection, batch: &mut Vec<(String, Vec<u8>)>) -> RedisResult<()> {
    let mut pipeline = redis::pipe();
    for (channel, payload) in batch.drain(..) {
        pipeline.cmd("PUBLISH").arg(channel).arg(payload).ignore();
    }
    pipeline.exec_async(connection).await
}

fn broken() -> redis::RedisError {
    std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()
}

fn take_in(hub: &Hub, push: &PushInfo) {
    let (PushKind::Message, [Value::BulkString(channel), Value::BulkString(payload)]) = (&push.kind, &push.data[..]) else { return };
    if channel == JOBS.as_bytes() {
        return hub.receive(&Message::Job);
    }
    match serde_json::from_slice(payload) {
        Ok(events) => hub.receive(&Message::Events(events)),
        // another version's, or somebody else's: the log has it
        Err(_) => {
            let project = std::str::from_utf8(channel).ok().and_then(|channel| channel.strip_prefix(PROJECT));
            hub.doubt(project.unwrap_or_default());
        }
    }
}
