//! Requests with an `Idempotency-Key`: done once, and answered alike, however often they are sent.

mod crashes;
mod operations;
mod races;
mod refusals;

use super::support::process::ServerProcess;
use super::support::project::site;
use super::support::{Client, Kind, TestServer, on_both};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

/// An answer, to its last byte.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    status: u16,
    content_type: String,
    body: String,
    replayed: bool,
}

impl Told {
    async fn of(response: Response) -> Self {
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (content_type, replayed) = (header("content-type").unwrap_or_default(), header("idempotency-replayed"));
        assert!([None, Some("true")].contains(&replayed.as_deref()), "{replayed:?}");
        Self { status: response.status().as_u16(), content_type, replayed: replayed.is_some(), body: response.text().await.unwrap() }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The same answer, given again.
    fn again(&self) -> Self {
        Self { replayed: true, ..self.clone() }
    }
}

fn keyed(client: &Client, method: Method, path: &str, key: &str, body: &Value) -> RequestBuilder {
    client.signed(method, path, body.to_string()).header("Idempotency-Key", key)
}

async fn post(server: &TestServer, path: &str, key: &str, body: &Value) -> Told {
    Told::of(keyed(&server.client, Method::POST, path, key, body).send().await.unwrap()).await
}

async fn start(server: &TestServer, key: &str, body: &Value) -> Told {
    post(server, "/v1/builds", key, body).await
}

async fn once(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let first = start(&server, "a key!", &site("u")).await;
    assert_eq!((first.status, first.code().as_str()), (400, "INVALID_INPUT"), "a space is not visible");
    let first = start(&server, "k", &site("u")).await;
    assert_eq!((first.status, first.replayed), (202, false), "{first:?}");
    for key in ["k", "\"k\""] {
        assert_eq!(start(&server, key, &site("u")).await, first.again());
    }
    // the build goes on, the answer stays
    let cancel = format!("/v1/builds/{}/cancel", first.json()["buildId"].as_str().unwrap());
    assert_eq!(server.client.post(&cancel, &json!({"userId": "u"})).await.0, 200);
    assert_eq!(start(&server, "k", &site("u")).await, first.again());
    assert_eq!((server.count("builds").await, server.count("idempotency_keys").await), (1, 1));
    // another request under the key: refused, and the key stays the first one's
    let mut other = site("u");
    other["name"] = json!("another");
    for (path, body) in [("/v1/builds", &other), ("/v1/builds?locale=de", &site("u"))] {
        let reused = post(&server, path, "k", body).await;
        assert_eq!((reused.status, reused.code().as_str(), reused.replayed), (422, "IDEMPOTENCY_KEY_REUSED", false));
    }
    assert_eq!(start(&server, "k", &site("u")).await, first.again());
    // another user's, path's, letter's key is another key, and so is that of whoever names nobody
    for (path, key, body) in [
        ("/v1/builds", "k", site("v")),
        ("/v1/create-preview-for-new-project", "k", site("u")),
        ("/v1/builds", "K", site("u")),
        ("/v1/builds/batch", "k", json!({"builds": [site("u"), site("w")]})),
    ] {
        let told = post(&server, path, key, &body).await;
        assert_eq!((told.status, told.replayed), (202, false), "{path} {told:?}");
        assert_eq!(post(&server, path, key, &body).await, told.again());
    }
    assert_eq!(server.count("builds").await, 6);
    let metrics = server.client.http.get(format!("{}/metrics", server.client.api)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("idempotency_hits_total{result=\"replayed\"} 8\n"), "{metrics}");
    assert!(metrics.contains("idempotency_hits_total{result=\"reused\"} 2\n"), "{metrics}");
}
on_both!(a_request_with_a_key_is_done_once_and_answered_alike, once);

async fn timed(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let first = start(&server, "k", &site("u")).await;
    let age = |ms: i64| format!("UPDATE idempotency_keys SET created_at_ms = created_at_ms - {ms}");
    // ten seconds before a day is over
    server.execute(&age(86_390_000)).await;
    assert_eq!(start(&server, "k", &site("u")).await, first.again());
    server.execute(&age(10_000)).await;
    // also with another body: nobody has swept yet
    let next = start(&server, "k", &site("u")).await;
    assert!(next.status == 202 && !next.replayed && next.body != first.body, "{next:?}");
    assert_eq!(start(&server, "k", &site("u")).await, next.again());
    server.execute(&age(86_400_000)).await;
    let mut other = site("u");
    other["name"] = json!("another");
    assert_eq!(start(&server, "k", &other).await.status, 202);
    assert_eq!((server.count("builds").await, server.count("idempotency_keys").await), (3, 1));
}
on_both!(after_a_day_a_key_is_new, timed);

#[tokio::test]
async fn a_header_that_is_no_key_is_refused_where_keys_are_taken() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    for key in ["", "\"\"", "a b", "a, b", "\"a", "\"a\"b", "\"a\\b\"", &"x".repeat(256)] {
        let told = start(&server, key, &site("u")).await;
        assert_eq!((told.status, &told.json()["params"]), (400, &json!({"field": "Idempotency-Key", "reason": "invalid_value"})), "{key}");
    }
    let two = keyed(&server.client, Method::POST, "/v1/builds", "a", &site("u")).header("idempotency-key", "b").send().await.unwrap();
    assert_eq!(Told::of(two).await.json()["params"], json!({"field": "Idempotency-Key", "reason": "duplicate"}));
    let odd = server.client.signed(Method::POST, "/v1/builds", site("u").to_string()).header("idempotency-key", &b"\xe9"[..]).send().await.unwrap();
    assert_eq!(odd.status(), 400);
    assert_eq!((server.count("builds").await, server.count("idempotency_keys").await), (0, 0));
    // what changes nothing needs no key
    let list = server.client.signed(Method::GET, "/v1/builds", "").header("idempotency-key", "a b").send().await.unwrap();
    assert_eq!(list.status(), 200);
    assert_eq!(start(&server, &"x".repeat(255), &site("u")).await.status, 202);
}

#[tokio::test]
async fn a_replay_is_logged_with_the_first_requests_id_and_without_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let server = ServerProcess::start_logged(folder.path(), &[("BUILDCAST_NODE_ROLE", "api,preview")], std::fs::File::create(&log).unwrap());
    for id in ["the-first-id", "the-second-id"] {
        let request = keyed(&server.client, Method::POST, "/v1/builds", "key-of-a-caller", &site("u")).header("x-request-id", id);
        assert_eq!(request.send().await.unwrap().status(), 202);
    }
    let text = std::fs::read_to_string(&log).unwrap();
    let line = text.lines().find(|line| line.contains("first_request_id")).unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains("the-first-id") && line.contains("the-second-id"), "{line}");
    assert!(!text.contains("key-of-a-caller"), "{text}");
}
