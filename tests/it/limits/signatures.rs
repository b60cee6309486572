//! Signatures: what they cover, when they are good, on which node, and that each is counted.

use super::{figure, status};
use crate::support::client::{Client, answer};
use crate::support::server::SECRET;
use crate::support::{Kind, Redis, TestServer};
use buildcast::domain::signature::{SignedRequest, header, sign_v1, sign_v2};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

const PATH: &str = "/v1/builds/nope?userId=u&locale=de";

/// What is sent, and what was signed.
struct Signed<'a> {
    secret: &'a str,
    method: Method,
    path: &'a str,
    at: i64,
}

impl Signed<'_> {
    fn new() -> Self {
        Self { secret: SECRET, method: Method::GET, path: PATH, at: SystemClock.now_ms() }
    }

    fn covered(&self) -> SignedRequest<'_> {
        SignedRequest { method: self.method.as_str(), path_and_query: self.path, body: b"" }
    }

    fn v2(&self, client: &Client, nonce: &str) -> RequestBuilder {
        let at = self.at.to_string();
        let signature = sign_v2(self.secret.as_bytes(), self.covered(), &at, nonce);
        client.bare(Method::GET, PATH).header(header::V2, signature).header(header::TIMESTAMP, at).header(header::NONCE, nonce)
    }

    fn v1(&self, client: &Client) -> RequestBuilder {
        client.bare(Method::GET, PATH).header(header::V1, sign_v1(self.secret.as_bytes(), self.covered()))
    }
}

async fn refused(request: RequestBuilder, reason: &str) -> Value {
    let (status, error) = answer(request.send().await.unwrap()).await;
    assert_eq!((status.as_u16(), &error["code"], &error["params"]["reason"]), (401, &json!("AUTH_FAILED"), &json!(reason)), "{error}");
    assert!(error["serverTime"].as_str().is_some_and(|time| time.ends_with('Z')), "{error}");
    error
}

async fn counted(client: &Client, version: &str, result: &str) -> f64 {
    figure(client, &format!(r#"signature_verifications_total{{result="{result}",version="{version}"}}"#)).await
}

#[tokio::test]
async fn a_signature_covers_method_path_and_the_order_of_the_query_and_is_good_for_five_minutes() {
    let server = TestServer::start(Kind::Sqlite).await;
    let client = &server.client;
    assert_eq!(status(Signed::new().v2(client, "nonce-0123456789-0")).await, 404);
    let changed = [
        Signed { path: "/v1/builds/other?userId=u&locale=de", ..Signed::new() },
        Signed { path: "/v1/builds/nope?locale=de&userId=u", ..Signed::new() },
        Signed { path: "/v1/builds/nope", ..Signed::new() },
        Signed { method: Method::POST, ..Signed::new() },
        Signed { secret: "a secret of somebody else", ..Signed::new() },
    ];
    for signed in changed {
        refused(signed.v2(client, "nonce-0123456789-1"), "invalid").await;
    }
    for off in [-301_000, 301_000] {
        let at = SystemClock.now_ms() + off;
        refused(Signed { at, ..Signed::new() }.v2(client, "nonce-0123456789-1"), "expired").await;
    }
    // none of those used the nonce up
    assert_eq!(status(Signed::new().v2(client, "nonce-0123456789-1")).await, 404);
    refused(Signed::new().v2(client, "nonce-0123456789-1"), "replayed").await;
    refused(client.bare(Method::GET, PATH), "missing").await;
    refused(client.bare(Method::GET, PATH).header(header::NONCE, "nonce-0123456789-2"), "missing").await;
    assert_eq!(status(Signed::new().v1(client)).await, 404);
    let both = Signed::new().v2(client, "nonce-0123456789-3").header(header::V1, sign_v1(SECRET.as_bytes(), Signed::new().covered()));
    assert_eq!(status(both).await, 404);
    refused(Signed::new().v2(client, "nonce-0123456789-4").header(header::V1, "00"), "invalid").await;
    let figures = [
        ("v2", "accepted", 2.0),
        ("v2", "invalid", 5.0),
        ("v2", "expired", 2.0),
        ("v2", "replayed", 1.0),
        ("v2", "missing", 1.0),
        ("none", "missing", 1.0),
        ("v1", "accepted", 1.0),
        ("both", "accepted", 1.0),
        ("both", "invalid", 1.0),
    ];
    for (version, result, times) in figures {
        assert_eq!(counted(client, version, result).await, times, "{version} {result}");
    }
}

#[tokio::test]
async fn a_retired_version_is_refused_and_counted() {
    let server = TestServer::start_with(Kind::Sqlite, &[("SIGNATURE_VERSIONS", "v2")]).await;
    refused(Signed::new().v1(&server.client), "missing").await;
    assert_eq!(status(Signed::new().v2(&server.client, "nonce-0123456789")).await, 404);
    assert_eq!(counted(&server.client, "v1", "missing").await, 1.0);
    assert_eq!(counted(&server.client, "v2", "accepted").await, 1.0);
}

#[tokio::test]
async fn two_secrets_are_good_while_one_takes_over_from_the_other() {
    const FORMER: &str = "the secret before this one";
    let server = TestServer::start_with(Kind::Sqlite, &[("WORKER_SHARED_SECRET_PREVIOUS", FORMER)]).await;
    for (n, secret) in [SECRET, FORMER].into_iter().enumerate() {
        let signed = Signed { secret, ..Signed::new() };
        assert_eq!(status(signed.v1(&server.client)).await, 404);
        assert_eq!(status(signed.v2(&server.client, &format!("nonce-0123456789-{n}"))).await, 404);
    }
    refused(Signed { secret: "neither of the two", ..Signed::new() }.v2(&server.client, "nonce-0123456789-9"), "invalid").await;
}

#[tokio::test]
async fn a_recorded_request_is_refused_on_every_node() {
    let redis = Redis::start();
    let url = redis.url();
    let node = async || TestServer::node("sqlite://{data}/buildcast.db", &[("REDIS_URL", &url)]).await;
    let nodes = [node().await, node().await, node().await];
    let at = SystemClock.now_ms();
    for nonce in ["nonce-0123456789-0", "nonce-0123456789-1"] {
        let signed = Signed { at, ..Signed::new() };
        // a wrong signature does not use the nonce up, on any node
        refused(Signed { secret: "of somebody else", at, ..Signed::new() }.v2(&nodes[1].client, nonce), "invalid").await;
        assert_eq!(status(signed.v2(&nodes[0].client, nonce)).await, 404);
        for node in &nodes {
            refused(signed.v2(&node.client, nonce), "replayed").await;
        }
    }
    let keys = redis.say("KEYS buildcast:nonce:*");
    assert!(keys.starts_with("*2\r\n") && !keys.contains("nonce-0123456789"), "{keys}");
    for node in &nodes {
        assert_eq!(figure(&node.client, r#"fleet_fallbacks_total{question="nonce"}"#).await, 0.0);
    }
}
