//! Two nodes on one PostgreSQL and a Redis Cluster: sharded channels, and a shard that comes and goes.

use super::nodes::{watched, whole};
use super::support::project::slow;
use super::support::{Postgres, RedisCluster, TestServer};
use std::time::Duration;

struct Nodes {
    cluster: RedisCluster,
    _engine: TestServer,
    api: TestServer,
    _artifacts: tempfile::TempDir,
    _postgres: Postgres,
}

async fn nodes() -> Nodes {
    let (postgres, cluster, artifacts) = (Postgres::start(), RedisCluster::start(), tempfile::tempdir().unwrap());
    let (redis_url, shared) = (cluster.url(), format!("file://{}", artifacts.path().display()));
    let start = async |role: &'static str| {
        TestServer::node(&postgres.url(), &[("REDIS_URL", &redis_url), ("BUILDCAST_ARTIFACTS", &shared), ("BUILDCAST_NODE_ROLE", role)]).await
    };
    let (engine, api) = (start("engine").await, start("api").await);
    Nodes { cluster, _engine: engine, api, _artifacts: artifacts, _postgres: postgres }
}

impl Nodes {
    /// Channels that somebody listens to, by shard.
    fn channels(&self) -> Vec<usize> {
        let count = |said: &str| said.matches("buildcast:project:").count();
        self.cluster.servers.iter().map(|server| count(&server.say("PUBSUB SHARDCHANNELS"))).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn channels_are_sharded_over_a_cluster() {
    let nodes = nodes().await;
    let mut watchers = vec![];
    for n in 0..10 {
        let build = nodes.api.client.start(&slow(&format!("u{n}"), 0.6)).await;
        watchers.push(tokio::spawn(watched(nodes.api.client.clone(), build)));
    }
    let begun = std::time::Instant::now();
    while nodes.channels().iter().sum::<usize>() < 10 {
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", nodes.channels());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // ten projects on one shard of three: once in 19,683 runs
    assert!(nodes.channels().iter().filter(|count| **count > 0).count() > 1, "{:?}", nodes.channels());
    assert!(nodes.cluster.servers.iter().all(|server| !server.say("PUBSUB CHANNELS").contains("buildcast")));
    for watcher in watchers {
        whole(&watcher.await.unwrap());
    }
    while nodes.channels().iter().sum::<usize>() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "channels that nobody listens to: {:?}", nodes.channels());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_a_shard_is_away() {
    let mut nodes = nodes().await;
    let mut watchers = vec![];
    for n in 0..6 {
        let build = nodes.api.client.start(&slow(&format!("u{n}"), 1.0)).await;
        watchers.push(tokio::spawn(watched(nodes.api.client.clone(), build)));
    }
    nodes.cluster.servers[1].kill();
    tokio::time::sleep(Duration::from_secs(5)).await;
    nodes.cluster.servers[1].restart();
    for n in 0..6 {
        let build = nodes.api.client.start(&slow(&format!("v{n}"), 0.7)).await;
        watchers.push(tokio::spawn(watched(nodes.api.client.clone(), build)));
    }
    for watcher in watchers {
        whole(&watcher.await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_channel_is_listened_to_again_after_a_shard_was_away() {
    let (postgres, mut cluster) = (Postgres::start(), RedisCluster::start());
    // nobody builds: the streams stay open
    let node = TestServer::node(&postgres.url(), &[("REDIS_URL", &cluster.url()), ("BUILDCAST_NODE_ROLE", "api,preview")]).await;
    let mut streams = vec![];
    for n in 0..60 {
        let build = node.client.start(&slow(&format!("u{n}"), 0.1)).await;
        streams.push(node.client.open(&build, None).await);
    }
    // with the one of jobs
    let all = |cluster: &RedisCluster| cluster.servers.iter().map(|server| server.say("PUBSUB SHARDCHANNELS").matches("buildcast:").count()).sum::<usize>();
    let wait = async |cluster: &RedisCluster| {
        let begun = std::time::Instant::now();
        while all(cluster) < 61 {
            assert!(begun.elapsed() < Duration::from_secs(20), "{} channels of 61", all(cluster));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    wait(&cluster).await;
    for shard in 0..3 {
        cluster.servers[shard].kill();
        tokio::time::sleep(Duration::from_secs(2)).await;
        cluster.servers[shard].restart();
        wait(&cluster).await;
    }
    assert_eq!(streams.len(), 60);
}
