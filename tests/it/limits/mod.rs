//! Rate limits: who pays what, on one node; the fleet, proxies and signatures in files of their own.

mod fleet;
mod payers;
mod signatures;

use super::support::client::Client;
use super::support::clock::TestClock;
use super::support::{Kind, TestServer};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// A figure of `/metrics`; 0 where it does not stand yet.
async fn figure(client: &Client, name: &str) -> f64 {
    let text = client.bare(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap_or(0.0)
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).unwrap_or_else(|| panic!("{} lacks {name}", response.status())).to_str().unwrap()
}

fn remaining(response: &Response) -> u32 {
    header(response, "x-ratelimit-remaining").parse().unwrap()
}

/// A server that limits to so many requests a minute, and runs no builds.
async fn limited(rate: &str, clock: &TestClock) -> TestServer {
    let settings = [("BUILDCAST_RATE_PER_MINUTE", rate), ("BUILDCAST_NODE_ROLE", "api,preview"), ("BUILDCAST_TRUSTED_PROXIES", "127.0.0.0/8")];
    TestServer::start_at(Kind::Sqlite, &settings, Arc::new(clock.clone())).await
}

/// A request that any limit lets through is answered with 404.
fn ask(client: &Client, address: &str) -> RequestBuilder {
    client.signed(Method::GET, "/v1/builds/nope", "").header("x-forwarded-for", address)
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_next_request_is_refused_until_the_second_that_the_answer_names() {
    for (rate, waits) in [(60, 1), (7, 9)] {
        let (clock, began) = (TestClock::default(), SystemClock.now_ms() + 10_000);
        let server = limited(&rate.to_string(), &clock).await;
        clock.stop_at(began);
        for asked in 1..=rate {
            let response = ask(&server.client, "198.51.100.1").send().await.unwrap();
            assert_eq!((response.status().as_u16(), remaining(&response)), (404, rate - asked));
        }
        let response = ask(&server.client, "198.51.100.1").send().await.unwrap();
        assert_eq!(response.status(), 429);
        assert_eq!((header(&response, "retry-after"), header(&response, "x-ratelimit-reset")), (waits.to_string().as_str(), "60"));
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["code"], "RATE_LIMITED");
        assert_eq!(error["params"], json!({"retryAfter": waits, "limit": rate, "window": 60}));
        assert_eq!(error["data"], json!({"used": rate}));
        clock.stop_at(began + waits * 1000 - 1000);
        assert_eq!(status(ask(&server.client, "198.51.100.1")).await, 429, "a second early");
        clock.stop_at(began + waits * 1000);
        assert_eq!(status(ask(&server.client, "198.51.100.1")).await, 404, "at the second");
        assert_eq!(figure(&server.client, r#"rate_limited_total{scope="address"}"#).await, 2.0);
    }
}

#[tokio::test]
async fn every_answer_tells_how_it_stands() {
    let clock = TestClock::default();
    let server = limited("20", &clock).await;
    clock.stop_at(SystemClock.now_ms());
    let client = &server.client;
    let from = |request: RequestBuilder| request.header("x-forwarded-for", "198.51.100.1");
    let start = json!({"userId": "u", "templateFiles": {"index.html": "<h1>x</h1>"}});
    let build = client.start(&start).await;
    let stream = format!("/v1/builds/{}/events", build["buildId"].as_str().unwrap());
    let token = build["streamToken"].as_str().unwrap();
    let bare = |path: &str| from(client.bare(Method::GET, path));
    let signed = |method: Method, path: &str, body: &str| from(client.signed(method, path, body));
    // what it is, the status, what remains of the address' limit after it, and of the user's
    let cases = [
        ("free", bare("/healthz"), 200, 20, None),
        ("a list", signed(Method::GET, "/v1/builds", ""), 200, 19, None),
        ("a list of a user", signed(Method::GET, "/v1/builds?userId=u", ""), 200, 18, Some(17)),
        ("unsigned", bare("/v1/builds?userId=u"), 401, 17, None),
        ("nothing there", bare("/nope"), 404, 16, None),
        ("a start that is refused", signed(Method::POST, "/v1/builds", r#"{"userId": "u"}"#), 422, 14, Some(15)),
        ("a stream", bare(&stream).bearer_auth(token), 200, 13, Some(14)),
        ("its past", bare(&stream).bearer_auth(token).header("accept", "application/json"), 200, 12, Some(13)),
        ("wrongly signed", bare("/v1/builds?userId=u").header("x-sheen-signature", "00"), 401, 11, None),
        ("free", bare("/metrics"), 200, 11, None),
    ];
    for (what, request, status, address, user) in cases {
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{what}");
        let (limit, policy, state) = (header(&response, "x-ratelimit-limit"), header(&response, "ratelimit-policy"), header(&response, "ratelimit"));
        assert_eq!((limit, remaining(&response)), ("20", user.map_or(address, |user: u32| user.min(address))), "{what}");
        // a request of 20 a minute is whole again after three seconds
        let reset = |left: u32| 3 * (20 - left);
        let of_address = format!(r#""address";r={address};t={}"#, reset(address));
        match user {
            None => assert_eq!((policy, state), (r#""address";q=20;w=60"#, of_address.as_str()), "{what}"),
            Some(user) => {
                assert_eq!(policy, r#""address";q=20;w=60, "user";q=20;w=60"#, "{what}");
                assert_eq!(state, format!(r#"{of_address}, "user";r={user};t={}"#, reset(user)), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_free_stays_free() {
    let clock = TestClock::default();
    let server = limited("1", &clock).await;
    clock.stop_at(SystemClock.now_ms());
    let get = |path: &str| server.client.bare(Method::GET, path);
    assert_eq!(status(get("/nope")).await, 404);
    assert_eq!(status(get("/nope")).await, 429);
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/", "/assets/nope.js", "/v1/locales", "/v1/locales/en/messages.ftl"] {
        assert_ne!(status(get(path)).await, 429, "{path}");
    }
    let preflight = |headers: &[&str]| {
        let request = server.client.bare(Method::OPTIONS, "/v1/builds");
        headers.iter().fold(request, |request, name| request.header(*name, "GET"))
    };
    assert_ne!(status(preflight(&["access-control-request-method"])).await, 429);
    assert_eq!(status(preflight(&[])).await, 429);
}
