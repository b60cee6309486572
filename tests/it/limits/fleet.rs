//! The limit of a fleet: two nodes and one Redis, which is there, dies, freezes, or is a cluster.

use super::{ask, figure, header, status};
use crate::support::{Redis, RedisCluster, TestServer};
use buildcast::domain::signature::{SignedRequest, header as sheen, sign_v2};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::Method;
use std::time::{Duration, Instant};

const RATE: u32 = 6;
/// Seconds after which one of six requests is whole again.
const ONE: u64 = 10;
const ALONE: &str = r#"fleet_fallbacks_total{question="rate"}"#;

struct Fleet {
    nodes: [TestServer; 2],
}

impl Fleet {
    async fn start(redis_url: &str) -> Self {
        let rate = RATE.to_string();
        let settings = [("REDIS_URL", redis_url), ("BUILDCAST_RATE_PER_MINUTE", &rate), ("BUILDCAST_TRUSTED_PROXIES", "127.0.0.1")];
        let node = async || TestServer::node("sqlite://{data}/buildcast.db", &settings).await;
        Self { nodes: [node().await, node().await] }
    }

    /// How many of so many requests from an address are allowed, one node after the other; and at most how many more came
    /// back meanwhile.
    async fn allowed(&self, address: &str, requests: usize) -> (u32, u32) {
        let (began, mut allowed) = (Instant::now(), 0);
        for n in 0..requests {
            allowed += u32::from(status(ask(&self.nodes[n % 2].client, address)).await == 404);
        }
        (allowed, u32::try_from(began.elapsed().as_secs() / ONE).unwrap() + 1)
    }

    /// The fleet's limit holds for a new address.
    async fn is_one(&self, address: &str) {
        let (allowed, back) = self.allowed(address, 20).await;
        assert!((RATE..=RATE + back).contains(&allowed), "{address}: {allowed}, {back}");
    }

    /// Each node limits a new address by itself, and says so.
    async fn is_many(&self, address: &str) {
        let before = [self.alone(0).await, self.alone(1).await];
        let (allowed, back) = self.allowed(address, 40).await;
        assert!((2 * RATE..=2 * (RATE + back)).contains(&allowed), "{address}: {allowed}, {back}");
        for (node, before) in before.into_iter().enumerate() {
            assert!(self.alone(node).await >= before + 10.0);
        }
    }

    async fn alone(&self, node: usize) -> f64 {
        figure(&self.nodes[node].client, ALONE).await
    }

    /// Waits until both nodes ask Redis again.
    async fn together(&self, address: &str) {
        let began = Instant::now();
        for (node, server) in self.nodes.iter().enumerate() {
            loop {
                let before = self.alone(node).await;
                status(ask(&server.client, address)).await;
                if self.alone(node).await == before {
                    break;
                }
                assert!(began.elapsed() < Duration::from_secs(30), "node {node} stays alone");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_have_one_limit() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url()).await;
    fleet.is_one("198.51.100.1").await;
    fleet.is_one("198.51.100.2").await;
    for server in &fleet.nodes {
        fleet.allowed("198.51.100.1", 4).await;
        let response = ask(&server.client, "198.51.100.1").send().await.unwrap();
        assert_eq!(response.status(), 429);
        let (retry, reset) = (header(&response, "retry-after").parse::<u64>().unwrap(), header(&response, "x-ratelimit-reset").parse::<u64>().unwrap());
        assert!((1..=ONE).contains(&retry) && (50..=60).contains(&reset), "{retry} {reset}");
    }
    assert_eq!([fleet.alone(0).await, fleet.alone(1).await], [0.0, 0.0]);
    let keys = redis.say("KEYS buildcast:rate:*");
    assert!(keys.starts_with("*2\r\n") && !keys.contains("198.51"), "{keys}");
    let key = keys.lines().find(|line| line.starts_with("buildcast:rate:")).unwrap().to_owned();
    let left: i64 = redis.say(&format!("PTTL {key}")).trim_start_matches(':').trim().parse().unwrap();
    assert!((1..=60_000).contains(&left), "a bucket that is full again goes by itself: {left}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_each_node_limits_by_itself_until_it_is_back() {
    let mut redis = Redis::start();
    let fleet = Fleet::start(&redis.url()).await;
    fleet.is_one("198.51.100.1").await;
    redis.kill();
    // what the fleet decided is remembered
    assert_eq!(status(ask(&fleet.nodes[0].client, "198.51.100.1")).await, 429);
    fleet.is_many("198.51.100.2").await;
    redis.restart();
    fleet.together("198.51.100.3").await;
    fleet.is_one("198.51.100.4").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_redis_costs_few_requests_their_time() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url()).await;
    fleet.is_one("198.51.100.1").await;
    redis.freeze(true);
    let began = Instant::now();
    fleet.is_many("198.51.100.2").await;
    // 40 times the 250 ms of a question would be ten seconds
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // nonces, too, are this node's own then
    let (client, at) = (&fleet.nodes[0].client, SystemClock.now_ms().to_string());
    let covered = SignedRequest { method: "GET", path_and_query: "/v1/builds/nope", body: b"" };
    let recorded = || {
        let signature = sign_v2(client.secret.as_bytes(), covered, &at, "nonce-0123456789");
        let request = client.bare(Method::GET, "/v1/builds/nope").header("x-forwarded-for", "198.51.100.5");
        request.header(sheen::V2, signature).header(sheen::TIMESTAMP, &at).header(sheen::NONCE, "nonce-0123456789")
    };
    assert_eq!([status(recorded()).await, status(recorded()).await], [404, 401]);
    assert!(figure(client, r#"fleet_fallbacks_total{question="nonce"}"#).await >= 1.0);
    redis.freeze(false);
    fleet.together("198.51.100.3").await;
    fleet.is_one("198.51.100.4").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_keeps_the_limit_on_each_of_its_servers() {
    let cluster = RedisCluster::start();
    let fleet = Fleet::start(&cluster.url()).await;
    for n in 0..10 {
        fleet.is_one(&format!("198.51.100.{n}")).await;
    }
    assert_eq!([fleet.alone(0).await, fleet.alone(1).await], [0.0, 0.0]);
    let holding = cluster.servers.iter().filter(|server| server.say("KEYS buildcast:rate:*").contains("buildcast:rate:")).count();
    assert!(holding > 1, "keys stand on {holding} server");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_was_emptied_is_told_the_nonces_again() {
    let mut redis = Redis::start();
    let fleet = Fleet::start(&redis.url()).await;
    let at = SystemClock.now_ms().to_string();
    let covered = SignedRequest { method: "GET", path_and_query: "/v1/builds/nope", body: b"" };
    let recorded = |node: usize, nonce: &str| {
        let client = &fleet.nodes[node].client;
        let request = client.bare(Method::GET, "/v1/builds/nope").header("x-forwarded-for", format!("198.51.100.{}", 10 + node));
        let signature = sign_v2(client.secret.as_bytes(), covered, &at, nonce);
        request.header(sheen::V2, signature).header(sheen::TIMESTAMP, &at).header(sheen::NONCE, nonce)
    };
    assert_eq!(status(recorded(0, "nonce-0123456789-a")).await, 404);
    redis.kill();
    // while it is away, too
    assert_eq!(status(recorded(0, "nonce-0123456789-b")).await, 404);
    redis.restart();
    fleet.together("198.51.100.3").await;
    for nonce in ["nonce-0123456789-a", "nonce-0123456789-b"] {
        assert_eq!(status(recorded(1, nonce)).await, 401, "{nonce}");
    }
}
