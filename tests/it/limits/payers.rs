//! Who pays: addresses behind proxies, and users over many addresses.

use super::{ask, figure, limited, remaining, status};
use crate::support::client::answer;
use crate::support::clock::TestClock;
use crate::support::{Kind, TestServer};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_header_from_a_peer_that_is_not_trusted_changes_nothing() {
    let settings = [("BUILDCAST_RATE_PER_MINUTE", "3"), ("BUILDCAST_TRUSTED_PROXIES", "10.0.0.0/8")];
    let server = TestServer::start_with(Kind::Sqlite, &settings).await;
    for (n, left) in [(1, 2), (2, 1), (3, 0)] {
        let response = ask(&server.client, &format!("198.51.100.{n}")).send().await.unwrap();
        assert_eq!((response.status().as_u16(), remaining(&response)), (404, left));
    }
    assert_eq!(status(ask(&server.client, "198.51.100.4")).await, 429);
    assert_eq!(status(ask(&server.client, "10.0.0.1")).await, 429);
}

#[tokio::test]
async fn behind_trusted_proxies_each_client_has_its_own_limit() {
    let clock = TestClock::default();
    let server = limited("2", &clock).await;
    clock.stop_at(SystemClock.now_ms());
    let left = async |chain: &str| {
        let response = ask(&server.client, chain).send().await.unwrap();
        (response.status().as_u16(), remaining(&response))
    };
    assert_eq!(left("198.51.100.1").await, (404, 1));
    assert_eq!(left("198.51.100.2").await, (404, 1));
    // what the client made up stands further from us than what the proxies saw
    assert_eq!(left("1.1.1.1, 198.51.100.1, 127.0.0.9").await, (404, 0));
    assert_eq!(left("2.2.2.2, 198.51.100.1").await, (429, 0));
    // a household of IPv6 is one address
    assert_eq!(left("2001:db8::1").await, (404, 1));
    assert_eq!(left("[2001:db8::ffff]:443").await, (404, 0));
    assert_eq!(left("2001:db8:0:1::1").await, (404, 1));
    // two lines are one list
    let two = ask(&server.client, "1.1.1.1").header("x-forwarded-for", "198.51.100.2");
    assert_eq!(remaining(&two.send().await.unwrap()), 0);
}

#[tokio::test]
async fn streams_are_counted_by_the_address_behind_the_proxy() {
    let settings = [("BUILDCAST_TRUSTED_PROXIES", "127.0.0.1"), ("BUILDCAST_STREAMS_PER_ADDRESS", "1"), ("BUILDCAST_NODE_ROLE", "api,preview")];
    let server = TestServer::start_with(Kind::Sqlite, &settings).await;
    let build = server.client.start(&json!({"userId": "u", "templateFiles": {"index.html": "x"}})).await;
    let path = format!("/v1/builds/{}/events", build["buildId"].as_str().unwrap());
    let open = |address: &str| server.client.bare(Method::GET, &path).bearer_auth(build["streamToken"].as_str().unwrap()).header("x-forwarded-for", address);
    let _held = open("198.51.100.1").send().await.unwrap();
    assert_eq!(status(open("198.51.100.1")).await, 429);
    assert_eq!(status(open("198.51.100.2")).await, 200);
}

#[tokio::test]
async fn a_user_has_one_limit_from_however_many_addresses() {
    let clock = TestClock::default();
    let server = limited("10", &clock).await;
    clock.stop_at(SystemClock.now_ms());
    let client = &server.client;
    let start = |n: u32, user: &str| {
        let body = json!({"userId": user, "name": n.to_string(), "templateFiles": {"index.html": "x"}}).to_string();
        client.signed(Method::POST, "/v1/builds", body).header("x-forwarded-for", format!("198.51.100.{n}"))
    };
    // whoever only names a user costs it nothing
    for n in 0..5 {
        let body = json!({"userId": "u", "templateFiles": {"index.html": "x"}}).to_string();
        let unsigned = client.bare(Method::POST, "/v1/builds").header("content-type", "application/json").body(body.clone());
        assert_eq!(status(unsigned.header("x-forwarded-for", format!("203.0.113.{n}"))).await, 401);
        let forged = client.bare(Method::POST, "/v1/builds").header("x-sheen-signature", "00").body(body);
        assert_eq!(status(forged.header("x-forwarded-for", format!("203.0.113.{n}"))).await, 401);
    }
    for n in 0..4 {
        assert_eq!(status(start(n, "u")).await, 202);
    }
    // eight are spent; a batch that names the user, among others, takes the other two
    let batch = json!({"builds": [{"userId": "v", "templateFiles": {}}, {"userId": "u", "templateFiles": {}}]}).to_string();
    let batch = client.signed(Method::POST, "/v1/builds/batch", batch).header("x-forwarded-for", "198.51.100.50");
    let response = batch.send().await.unwrap();
    assert_eq!((response.status().as_u16(), remaining(&response)), (422, 0));
    let (status_of, error) = answer(start(60, "u").send().await.unwrap()).await;
    assert_eq!((status_of.as_u16(), &error["code"], &error["params"]["retryAfter"]), (429, &json!("RATE_LIMITED"), &json!(12)));
    assert_eq!(error["data"]["used"], 10);
    assert_eq!(status(start(61, "v")).await, 202, "another user");
    let get = client.signed(Method::GET, "/v1/builds?userId=u", "").header("x-forwarded-for", "198.51.100.62");
    assert_eq!(status(get).await, 429, "the user is named in the query");
    assert_eq!(figure(client, r#"rate_limited_total{scope="user"}"#).await, 2.0);
    assert_eq!(figure(client, r#"rate_limited_total{scope="address"}"#).await, 0.0);
}

#[tokio::test]
async fn a_token_pays_for_its_user() {
    let clock = TestClock::default();
    let server = limited("5", &clock).await;
    clock.stop_at(SystemClock.now_ms());
    let build = server.client.start(&json!({"userId": "u", "templateFiles": {"index.html": "x"}})).await;
    let path = format!("/v1/builds/{}/events", build["buildId"].as_str().unwrap());
    let open = |n: u32, token: &str| server.client.bare(Method::GET, &path).bearer_auth(token).header("x-forwarded-for", format!("198.51.100.{n}"));
    let token = build["streamToken"].as_str().unwrap();
    for n in 0..5 {
        assert_eq!(status(open(n, &format!("{token}x"))).await, 401, "a forged token pays for nobody");
    }
    // the start took two of five
    for n in 10..13 {
        assert_eq!(status(open(n, token)).await, 200);
    }
    assert_eq!(status(open(13, token)).await, 429);
    assert_eq!(status(open(14, token).header("accept", "application/json")).await, 429);
}

/// Starts of a build from an address, for these users: one, or a batch.
fn start(client: &crate::support::client::Client, address: &str, users: &[&str]) -> reqwest::RequestBuilder {
    let one = |user: &&str| json!({"userId": user, "templateFiles": {"index.html": format!("{user} {address} {}", SystemClock.new_id())}});
    let (path, body) = match users {
        [user] => ("/v1/builds", one(user)),
        several => ("/v1/builds/batch", json!({"builds": several.iter().map(one).collect::<Vec<_>>()})),
    };
    client.signed(Method::POST, path, body.to_string()).header("x-forwarded-for", address)
}

async fn retry_after(request: reqwest::RequestBuilder) -> i64 {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 429);
    super::header(&response, "retry-after").parse().unwrap()
}

#[tokio::test]
async fn a_start_that_is_refused_takes_nothing_and_is_let_through_at_the_second_that_it_is_told() {
    let (clock, now) = (TestClock::default(), SystemClock.now_ms());
    let server = limited("6", &clock).await;
    let client = &server.client;
    clock.stop_at(now);
    for _ in 0..5 {
        assert_eq!(status(ask(client, "198.51.100.1")).await, 404);
    }
    // a start needs two, and one is left: it waits for the other, and whoever needs one still has it
    assert_eq!([retry_after(start(client, "198.51.100.1", &["u"])).await, retry_after(start(client, "198.51.100.1", &["u"])).await], [10, 10]);
    assert_eq!(status(ask(client, "198.51.100.1")).await, 404);
    assert_eq!(retry_after(start(client, "198.51.100.1", &["u"])).await, 20);
    clock.stop_at(now + 19_000);
    assert_eq!(retry_after(start(client, "198.51.100.1", &["u"])).await, 1);
    clock.stop_at(now + 20_000);
    assert_eq!(status(start(client, "198.51.100.1", &["u"])).await, 202);
    // a limit of one lets a start through, too
    let clock = TestClock::default();
    let server = limited("1", &clock).await;
    clock.stop_at(now);
    assert_eq!(status(start(&server.client, "198.51.100.1", &["u"])).await, 202);
}

#[tokio::test]
async fn whom_a_users_limit_stops_pays_nothing_and_nobody_pays_for_it() {
    let (clock, now) = (TestClock::default(), SystemClock.now_ms());
    let server = limited("6", &clock).await;
    let client = &server.client;
    clock.stop_at(now);
    for n in 1..=3 {
        assert_eq!(status(start(client, &format!("198.51.100.{n}"), &["busy"])).await, 202);
    }
    assert_eq!(status(start(client, "198.51.100.4", &["less"])).await, 202);
    assert_eq!(status(start(client, "198.51.100.5", &["less"])).await, 202);
    for _ in 0..4 {
        // the longest of the waits is told: another's would not be enough
        assert_eq!(retry_after(start(client, "198.51.100.9", &["less", "busy", "other"])).await, 20);
    }
    // neither the address nor the others have paid for what was refused
    let look = client.signed(Method::GET, "/v1/builds?userId=other", "").header("x-forwarded-for", "198.51.100.9").send().await.unwrap();
    assert_eq!((look.status().as_u16(), super::header(&look, "ratelimit")), (200, r#""address";r=5;t=10, "user";r=5;t=10"#));
    // of a signature that is wrong the address pays 1, also at a start
    let forged = start(client, "198.51.100.10", &["other"]).header("x-sheen-signature", "0".repeat(64)).send().await.unwrap();
    assert_eq!((forged.status().as_u16(), remaining(&forged)), (401, 5));
    let bare = client.bare(Method::POST, "/v1/builds").header("content-type", "application/json").body("{}").header("x-forwarded-for", "198.51.100.11");
    let bare = bare.send().await.unwrap();
    assert_eq!((bare.status().as_u16(), remaining(&bare)), (401, 5));
}
