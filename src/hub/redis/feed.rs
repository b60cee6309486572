//! The side of the bus that holds the connection: it takes in, sends, keeps the subscriptions and looks after the whole,
//! each without waiting for the others: a shard that is frozen must not keep the rest of a cluster waiting.

use super::link::Link;
use super::{JOBS, PROJECT, Wanted, broken};
use crate::domain::event::StoredEvent;
use crate::domain::seal::SealKeys;
use crate::hub::{Grown, Hub, Message};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use redis::{ConnectionInfo, PushInfo, PushKind, RedisError, RedisResult, Value};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Between two pings.
const PING: Duration = Duration::from_secs(1);
/// Between two tries to connect.
const RECONNECT: Duration = Duration::from_millis(200);
/// Messages sent in one go.
const BATCH: usize = 256;
/// Batches on their way at once.
const SENDING: usize = 16;

type Outgoing = mpsc::Receiver<(String, Vec<u8>)>;

/// The side that holds the connection; to be run once.
#[derive(Debug)]
pub struct RedisFeed {
    servers: Vec<ConnectionInfo>,
    keys: SealKeys,
    wanted: Arc<Wanted>,
    outgoing: Outgoing,
    /// Whether all was well when last said; a server that is away at the start is complained of too.
    well: bool,
}

/// A link, and what came of it so far.
struct Line {
    link: Link,
    pushed: mpsc::UnboundedReceiver<PushInfo>,
    state: State,
}

/// What is subscribed to on one link.
struct Subscribed<'a> {
    hub: &'a Hub,
    servers: &'a [ConnectionInfo],
    keys: &'a SealKeys,
    wanted: &'a Wanted,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    channels: BTreeSet<String>,
    /// A part of a cluster is away, or was: what is subscribed to there is unknown.
    shaken: bool,
}

impl RedisFeed {
    pub(super) fn new(servers: Vec<ConnectionInfo>, keys: SealKeys, wanted: Arc<Wanted>, outgoing: Outgoing) -> Self {
        Self { servers, keys, wanted, outgoing, well: true }
    }

    /// Feeds the hub, and sends what the bus was given, for ever.
    pub async fn run(mut self, hub: Hub) {
        while let Err(error) = self.serve(&hub).await {
            complain(&mut self.well, &hub, &error);
            sleep(RECONNECT).await;
        }
    }

    /// One link after the other, until one breaks with no better one at hand; ends well only when the bus is gone.
    async fn serve(&mut self, hub: &Hub) -> RedisResult<()> {
        let mut line = Line::open(hub, &self.servers, &self.keys, &self.wanted).await?;
        loop {
            let Line { link, pushed, state } = line;
            self.well = !state.shaken;
            hub.metrics().bus_connected(self.well);
            // whatever was said while nobody listened
            hub.doubt_all();
            tracing::info!(cluster = link.heals(), whole = self.well, "the bus is connected");
            let subscribed = Subscribed { hub, servers: &self.servers, keys: &self.keys, wanted: &self.wanted, state: Mutex::new(state) };
            line = tokio::select! {
                ended = subscribed.take_in(&link, pushed) => return ended,
                ended = send(&link, &mut self.outgoing) => return ended,
                ended = subscribed.follow_changes(&link) => return ended,
                better = subscribed.look_after(&link, &mut self.well) => better?,
            };
        }
    }
}

impl Line {
    /// A new link, with all that is wanted subscribed to as far as it goes.
    async fn open(hub: &Hub, servers: &[ConnectionInfo], keys: &SealKeys, wanted: &Wanted) -> RedisResult<Self> {
        let (pushes, pushed) = mpsc::unbounded_channel();
        let link = Link::open(servers, &pushes).await?;
        let subscribed = Subscribed { hub, servers, keys, wanted, state: Mutex::default() };
        subscribed.follow(&link).await?;
        let state = subscribed.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Self { link, pushed, state })
    }
}

/// Said once a break, not once a try.
fn complain(well: &mut bool, hub: &Hub, error: &RedisError) {
    hub.metrics().bus_connected(false);
    if std::mem::replace(well, false) {
        tracing::warn!(%error, "the bus is away: streams go on from the log");
    }
}

/// Sends what the bus was given. A shard that does not answer holds its own batches up, until there are too many.
async fn send(link: &Link, outgoing: &mut Outgoing) -> RedisResult<()> {
    let mut sending = FuturesUnordered::new();
    loop {
        let mut batch = Vec::with_capacity(BATCH);
        tokio::select! {
            count = outgoing.recv_many(&mut batch, BATCH), if sending.len() < SENDING => match count {
                0 => return Ok(()),
                _ => sending.push(link.publish(batch)),
            },
            Some(sent) = sending.next() => match sent {
                // what a part of a cluster did not take is found in the log
                Err(error) if link.heals() => tracing::debug!(%error, "messages for other nodes are lost"),
                sent => sent?,
            },
        }
    }
}

impl Subscribed<'_> {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the subscriptions those that are wanted, as far as it goes now.
    async fn follow(&self, link: &Link) -> RedisResult<()> {
        let (new, old) = {
            let (wanted, mut state) = (self.wanted.channels(), self.state());
            let new: Vec<String> = wanted.difference(&state.channels).cloned().collect();
            let old: Vec<String> = state.channels.difference(&wanted).cloned().collect();
            // before they are: what is left meanwhile is seen as old the next time
            state.channels = wanted;
            (new, old)
        };
        if !old.is_empty() {
            link.unsubscribe(old).await?;
        }
        if !new.is_empty() {
            let missing = link.subscribe(new.clone()).await?;
            self.state().shaken |= !missing.is_empty();
            new.iter().filter_map(|channel| channel.strip_prefix(PROJECT)).for_each(|project| self.hub.doubt(project));
        }
        Ok(())
    }

    async fn follow_changes(&self, link: &Link) -> RedisResult<()> {
        loop {
            self.wanted.changed.notified().await;
            self.follow(link).await?;
        }
    }

    /// Is all there? While a part of a cluster is away the rest goes on; once all answer again a new link takes over, since
    /// what the old one is still subscribed to nobody can say.
    async fn look_after(&self, link: &Link, well: &mut bool) -> RedisResult<Line> {
        let mut pings = interval(PING);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pings.tick().await;
            match link.ping().await {
                Err(error) if !link.heals() => return Err(error),
                Err(_) => self.state().shaken = true,
                Ok(()) => {}
            }
            if self.state().shaken {
                complain(well, self.hub, &broken());
                if let Some(line) = self.better().await {
                    return Ok(line);
                }
            }
        }
    }

    /// A link to a cluster that is whole.
    async fn better(&self) -> Option<Line> {
        if !Link::whole(self.servers).await {
            return None;
        }
        Line::open(self.hub, self.servers, self.keys, self.wanted).await.ok().filter(|line| !line.state.shaken)
    }

    /// Takes in what Redis says by itself: messages, and that it no longer will.
    async fn take_in(&self, link: &Link, mut pushed: mpsc::UnboundedReceiver<PushInfo>) -> RedisResult<()> {
        while let Some(push) = pushed.recv().await {
            match (&push.kind, &push.data[..]) {
                (PushKind::Disconnection, _) if link.heals() => {
                    self.state().shaken = true;
                    self.hub.metrics().bus_connected(false);
                }
                (PushKind::Disconnection, _) => return Err(broken()),
                (PushKind::Message | PushKind::SMessage, [Value::BulkString(channel), Value::BulkString(message)]) => {
                    self.receive(&String::from_utf8_lossy(channel), message);
                }
                // a channel that moved to another node of the cluster, unless we left it
                (PushKind::SUnsubscribe, [Value::BulkString(channel), ..]) => {
                    let mut state = self.state();
                    state.shaken |= state.channels.contains(&*String::from_utf8_lossy(channel));
                }
                _ => {}
            }
        }
        Err(broken())
    }

    fn receive(&self, channel: &str, message: &[u8]) {
        let project = channel.strip_prefix(PROJECT);
        match (project, self.keys.open(channel, message)) {
            (Some(project), Some(payload)) => match news_of(project, payload) {
                Some(news) => self.hub.receive(&news),
                // sealed by another version: the log has it
                None => self.hub.doubt(project),
            },
            (None, Some(_)) if channel == JOBS => self.hub.receive(&Message::Job),
            _ => tracing::debug!(channel, "a message that no node of ours sealed"),
        }
    }
}

/// What a node told of a project: a list of events, or how far one of its logs goes.
fn news_of(project: &str, payload: &[u8]) -> Option<Message> {
    if payload.starts_with(b"{") {
        let grown: Grown = serde_json::from_slice(payload).ok()?;
        return (grown.project_id == project).then_some(Message::Grown(grown));
    }
    let events: Vec<StoredEvent> = serde_json::from_slice(payload).ok()?;
    events.iter().all(|event| event.project_id == project).then_some(Message::Events(events))
}
