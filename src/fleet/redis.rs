//! Redis as the fleet's memory: asked with a short patience, and left alone for a while when it does not answer, so that one
//! that is frozen costs few requests their time.

use super::WINDOW_SECONDS;
use super::link::Link;
use super::nonces::{Nonces, nonce_key};
use super::rate::Spent;
use redis::{Cmd, ConnectionInfo, FromRedisValue, RedisError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How long a question may take.
const ANSWER: Duration = Duration::from_millis(250);
/// How long Redis is left alone after it did not answer.
const REST: Duration = Duration::from_secs(1);
const TAKE: &str = include_str!("take.lua");
const MICROS: u64 = 1_000_000;
/// Nonces that Redis is told in one go.
const TOLD_AT_ONCE: usize = 1000;

/// The time, epoch milliseconds.
pub(super) type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The fleet's memory.
#[derive(Debug)]
pub(super) struct Redis {
    state: Arc<watch::Sender<State>>,
    keeper: JoinHandle<()>,
}

#[derive(Default)]
enum State {
    /// Nothing is known yet: worth waiting for.
    #[default]
    Connecting,
    /// The link, and which one it is.
    Up(u64, Link),
    Away,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Connecting => "Connecting",
            Self::Up(..) => "Up",
            Self::Away => "Away",
        })
    }
}

impl Redis {
    /// Connects, and connects again for ever.
    /// Whenever it does, Redis is told the nonces that this node remembers: it may have been emptied.
    pub fn connect(servers: Vec<ConnectionInfo>, nonces: Arc<Nonces>, now_ms: Now) -> Self {
        let state = Arc::new(watch::Sender::new(State::default()));
        let keeper = tokio::spawn(keep(servers, state.clone(), nonces, now_ms));
        Self { state, keeper }
    }

    /// Takes a cost from a bucket of so many requests a minute, or gives back what is less than 0; none when Redis does not say.
    pub async fn take(&self, key: &str, rate: u32, cost: i64) -> Option<Spent> {
        let interval = WINDOW_SECONDS * MICROS / u64::from(rate);
        let mut command = redis::cmd("EVAL");
        command.arg(TAKE).arg(1).arg(key).arg(interval).arg(rate).arg(cost);
        let (until_full, wait): (u64, i64) = self.ask(&command).await?;
        let wait = u64::try_from(wait).ok().map(Duration::from_micros);
        Some(Spent { until_full: Duration::from_micros(until_full), wait })
    }

    /// Sets a key that is to go by itself; whether it was new; none when Redis does not say.
    pub async fn set_new(&self, key: &str, life_ms: i64) -> Option<bool> {
        self.ask::<Option<String>>(&set_new(key, life_ms)).await.map(|set| set.is_some())
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        let (turn, mut link) = self.link().await?;
        let error = match timeout(ANSWER, link.ask(command)).await {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) => error,
            Err(_) => late(),
        };
        // others may have found out already, and a newer link is not to blame
        let lost = self.state.send_if_modified(|state| {
            let ours = matches!(state, State::Up(current, _) if *current == turn);
            if ours {
                *state = State::Away;
            }
            ours
        });
        if lost {
            tracing::warn!(%error, "Redis does not answer: this node limits and remembers by itself");
        }
        None
    }

    async fn link(&self) -> Option<(u64, Link)> {
        let mut seen = self.state.subscribe();
        let state = timeout(ANSWER, seen.wait_for(|state| !matches!(state, State::Connecting))).await.ok()?.ok()?;
        if let State::Up(turn, link) = &*state { Some((*turn, link.clone())) } else { None }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

/// Keeps a link, one after the other.
async fn keep(servers: Vec<ConnectionInfo>, state: Arc<watch::Sender<State>>, nonces: Arc<Nonces>, now_ms: Now) {
    let (mut turn, mut complained) = (0, false);
    loop {
        match introduced(&servers, &nonces, &now_ms).await {
            Ok(link) => {
                (turn, complained) = (turn + 1, false);
                tracing::info!("limits and nonces are the fleet's");
                state.send_replace(State::Up(turn, link));
                // the sender is ours, too: this ends when somebody found the link broken
                let _ = state.subscribe().wait_for(|state| matches!(state, State::Away)).await;
            }
            Err(error) => {
                state.send_replace(State::Away);
                if !std::mem::replace(&mut complained, true) {
                    tracing::warn!(%error, "Redis is away: this node limits and remembers by itself");
                }
            }
        }
        sleep(REST).await;
    }
}

/// A link on which all was said that others have to know.
async fn introduced(servers: &[ConnectionInfo], nonces: &Nonces, now_ms: &Now) -> redis::RedisResult<Link> {
    let mut link = Link::open(servers).await?;
    for some in nonces.remembered(now_ms()).chunks(TOLD_AT_ONCE) {
        let commands = some.iter().map(|(digest, life_ms)| set_new(&nonce_key(*digest), *life_ms));
        link.tell(commands.collect()).await?;
    }
    Ok(link)
}

fn set_new(key: &str, life_ms: i64) -> Cmd {
    let mut command = redis::cmd("SET");
    command.arg(key).arg(1).arg("NX").arg("PX").arg(life_ms);
    command
}

fn late() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}
