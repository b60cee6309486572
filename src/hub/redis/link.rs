//! A connection to Redis: to one server, or to every node of a cluster, where channels are sharded.

use futures_util::future::join_all;
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionInfo, ProtocolVersion, PushInfo, RedisResult};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// A server that does not answer within this is frozen.
const ANSWER: Duration = Duration::from_secs(1);

pub(super) enum Link {
    /// The link is as good as its one connection.
    Single(MultiplexedConnection),
    /// A part of it may be away; the library connects to that part again, and subscribes again.
    Cluster(ClusterConnection),
}

impl Link {
    /// Connects to the first server that answers, and to its cluster if it is part of one.
    pub async fn open(servers: &[ConnectionInfo], pushes: &UnboundedSender<PushInfo>) -> RedisResult<Self> {
        let mut single = single(servers, pushes).await?;
        // a server that does not tell is taken for a single one
        let info: String = redis::cmd("INFO").arg("cluster").query_async(&mut single).await.unwrap_or_default();
        if !info.contains("cluster_enabled:1") {
            return Ok(Self::Single(single));
        }
        let builder = ClusterClientBuilder::new(servers.iter().cloned())
            .use_protocol(ProtocolVersion::RESP3)
            .push_sender(pushes.clone())
            .connection_timeout(ANSWER)
            .response_timeout(ANSWER)
            .overall_response_timeout(Some(ANSWER * 2))
            .retries(1);
        Ok(Self::Cluster(builder.build()?.get_async_connection().await?))
    }

    /// Whether every slot of the cluster is served, as the first server that answers sees it.
    pub async fn whole(servers: &[ConnectionInfo]) -> bool {
        let (pushes, _) = tokio::sync::mpsc::unbounded_channel();
        let Ok(mut single) = single(servers, &pushes).await else { return false };
        let info: RedisResult<String> = redis::cmd("CLUSTER").arg("INFO").query_async(&mut single).await;
        info.is_ok_and(|info| info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384"))
    }

    /// Whether it may go on while a part of it is away.
    pub const fn heals(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }

    /// Subscribes to channels, and gives back those that it could not subscribe to while the rest of a cluster works.
    pub async fn subscribe(&self, channels: Vec<String>) -> RedisResult<Vec<String>> {
        match self {
            Self::Single(connection) => connection.clone().subscribe(channels).await.map(|()| vec![]),
            Self::Cluster(connection) => {
                // one by one, as their slots want it, and all at once
                let subscribed = channels.into_iter().map(|channel| {
                    let mut connection = connection.clone();
                    async move { connection.ssubscribe(&channel).await.err().map(|_| channel) }
                });
                Ok(join_all(subscribed).await.into_iter().flatten().collect())
            }
        }
    }

    pub async fn unsubscribe(&self, channels: Vec<String>) -> RedisResult<()> {
        match self {
            Self::Single(connection) => connection.clone().unsubscribe(channels).await,
            Self::Cluster(connection) => {
                let left = channels.into_iter().map(|channel| {
                    let mut connection = connection.clone();
                    async move { connection.sunsubscribe(channel).await }
                });
                // a node that is away forgets them anyway
                join_all(left).await;
                Ok(())
            }
        }
    }

    /// Publishes, each channel's messages in their order.
    pub async fn publish(&self, messages: Vec<(String, Vec<u8>)>) -> RedisResult<()> {
        match self {
            Self::Single(connection) => {
                let mut pipeline = redis::pipe();
                for (channel, message) in messages {
                    pipeline.cmd("PUBLISH").arg(channel).arg(message).ignore();
                }
                pipeline.exec_async(&mut connection.clone()).await
            }
            Self::Cluster(connection) => {
                // each to its own node, all at once: a pipeline could not be split
                let sent = messages.into_iter().map(|(channel, message)| {
                    let mut connection = connection.clone();
                    async move { redis::cmd("SPUBLISH").arg(channel).arg(message).exec_async(&mut connection).await }
                });
                join_all(sent).await.into_iter().collect()
            }
        }
    }

    /// Asks for a sign of life, of every node of a cluster.
    pub async fn ping(&self) -> RedisResult<()> {
        let ping = redis::cmd("PING");
        match self {
            Self::Single(connection) => connection.clone().req_packed_command(&ping).await.map(drop),
            Self::Cluster(connection) => connection.clone().req_packed_command(&ping).await.map(drop),
        }
    }
}

async fn single(servers: &[ConnectionInfo], pushes: &UnboundedSender<PushInfo>) -> RedisResult<MultiplexedConnection> {
    let config = || AsyncConnectionConfig::new().set_push_sender(pushes.clone()).set_connection_timeout(Some(ANSWER)).set_response_timeout(Some(ANSWER));
    let mut failed = None;
    for server in servers {
        match Client::open(server.clone())?.get_multiplexed_async_connection_with_config(&config()).await {
            Ok(connection) => return Ok(connection),
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(super::broken))
}
