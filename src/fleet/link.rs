//! A connection to Redis for questions: to one server, or to a cluster that asks whichever node has the key.

use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, ConnectionInfo, FromRedisValue, RedisError, RedisResult};
use std::time::Duration;

/// How long a server may take to be connected to, and to answer on the way there.
const CONNECT: Duration = Duration::from_secs(1);

/// Cloning shares the connection.
#[derive(Clone)]
pub(super) enum Link {
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Link {
    /// Connects to the first server that answers, and to its cluster if it is part of one.
    pub async fn open(servers: &[ConnectionInfo]) -> RedisResult<Self> {
        let mut single = single(servers).await?;
        // a server that does not tell is taken for a single one
        let info: String = redis::cmd("INFO").arg("cluster").query_async(&mut single).await.unwrap_or_default();
        if !info.contains("cluster_enabled:1") {
            return Ok(Self::Single(single));
        }
        let builder = ClusterClientBuilder::new(servers.iter().cloned()).connection_timeout(CONNECT).response_timeout(CONNECT).retries(1);
        Ok(Self::Cluster(builder.build()?.get_async_connection().await?))
    }

    /// Says several things at once, whatever is answered.
    pub async fn tell(&mut self, commands: Vec<Cmd>) -> RedisResult<()> {
        match self {
            Self::Single(connection) => {
                let mut pipeline = redis::pipe();
                for command in commands {
                    pipeline.add_command(command).ignore();
                }
                pipeline.exec_async(connection).await
            }
            Self::Cluster(connection) => {
                // each to its own server: a pipeline could not be split
                let told = commands.into_iter().map(|command| {
                    let mut connection = connection.clone();
                    async move { command.exec_async(&mut connection).await }
                });
                join_all(told).await.into_iter().collect()
            }
        }
    }

    pub async fn ask<T: FromRedisValue>(&mut self, command: &Cmd) -> RedisResult<T> {
        match self {
            Self::Single(connection) => command.query_async(connection).await,
            Self::Cluster(connection) => command.query_async(connection).await,
        }
    }
}

async fn single(servers: &[ConnectionInfo]) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(Some(CONNECT));
    let mut failed: Option<RedisError> = None;
    for server in servers {
        match Client::open(server.clone())?.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => return Ok(connection),
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| std::io::Error::from(std::io::ErrorKind::NotConnected).into()))
}
