//! The page with a login: a backend's token lets a user in, once, and the page may ask what is this user's and nothing else.

use super::support::client::answer;
use super::support::clock::TestClock;
use super::support::project::site;
use super::support::server::SECRET;
use super::support::{Kind, TestServer, on_both};
use buildcast::domain::page_session::{PageClaims, Purpose};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::sync::Arc;

const LOGIN: (&str, &str) = ("BUILDCAST_PAGE", "login");
/// What the page keeps for itself.
const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A server as it stands in production.
async fn production(kind: Kind) -> TestServer {
    TestServer::start_with(kind, &[LOGIN, ("BUILDCAST_ENV", "production"), ("BUILDCAST_SANDBOX", "none")]).await
}

/// A page token that the backend asks for.
async fn mint(server: &TestServer, user: &str) -> String {
    let (status, minted) = server.client.post("/v1/page-tokens", &json!({"userId": user})).await;
    assert_eq!(status, 201, "{minted}");
    minted["pageToken"].as_str().unwrap().to_owned()
}

/// What the browser posts to log in.
fn log_in(server: &TestServer, token: &str) -> RequestBuilder {
    let body = json!({"token": token}).to_string();
    server
        .client
        .bare(Method::POST, "/demo/session")
        .header("content-type", "application/json")
        .header("origin", &server.client.api)
        .header("x-page-key", KEY)
        .body(body)
}

/// The cookie of a session, name and value.
async fn session(server: &TestServer, user: &str) -> String {
    let response = log_in(server, &mint(server, user).await).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.ends_with("; Max-Age=28800; HttpOnly; SameSite=Strict"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

/// What the page of a session asks.
async fn ask(server: &TestServer, cookie: &str, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let request =
        server.client.bare(method, &format!("/demo{path}")).header("cookie", cookie).header("x-page-key", KEY).header("sec-fetch-site", "same-origin");
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(body.to_string()),
        None => request,
    };
    let (status, answer) = answer(request.send().await.unwrap()).await;
    (status.as_u16(), answer)
}

async fn a_user(kind: Kind) {
    let server = production(kind).await;
    let ann = session(&server, "ann").await;
    let (_, who) = ask(&server, &ann, Method::GET, "/session", None).await;
    assert_eq!((&who["userId"], &who["login"], &who["environment"]), (&json!("ann"), &json!(true), &json!("production")));
    // the user is written in, where the page says nothing of it
    let mut start = site("ann");
    start.as_object_mut().unwrap().remove("userId");
    let (status, build) = ask(&server, &ann, Method::POST, "/v1/builds", Some(start)).await;
    assert_eq!(status, 202, "{build}");
    assert_eq!(server.client.events(&build).await.last().unwrap()["code"], "BUILD_COMPLETED");
    let id = build["buildId"].as_str().unwrap();
    assert_eq!(server.scalar::<String>(&format!("SELECT user_id FROM builds WHERE id = '{id}'")).await, "ann");
    assert_eq!(ask(&server, &ann, Method::GET, "/v1/builds", None).await.1["builds"].as_array().unwrap().len(), 1);
    assert_eq!(ask(&server, &ann, Method::GET, "/v1/billing/balance/ann", None).await.0, 200);
    let (status, replay) = ask(&server, &ann, Method::POST, &format!("/v1/builds/{id}/replay"), Some(json!({"step": true}))).await;
    assert_eq!(status, 201, "{replay}");
    let step = format!("/v1/replays/{}/step", replay["replayId"].as_str().unwrap());
    assert_eq!(ask(&server, &ann, Method::POST, &step, Some(json!({}))).await.0, 200);

    // another finds nothing of it, and speaks for nobody else
    let bob = session(&server, "bob").await;
    assert_eq!(ask(&server, &bob, Method::GET, "/v1/builds", None).await.1["builds"], json!([]));
    let project = build["projectId"].as_str().unwrap();
    let not_there = [
        (Method::GET, format!("/v1/builds/{id}"), None),
        (Method::GET, format!("/v1/projects/{project}/versions"), None),
        (Method::POST, format!("/v1/builds/{id}/cancel"), Some(json!({}))),
        (Method::POST, format!("/v1/builds/{id}/replay"), Some(json!({}))),
        (Method::POST, step, Some(json!({}))),
        (Method::POST, "/v1/stream-tokens".into(), Some(json!({"builds": [id]}))),
    ];
    for (method, path, body) in not_there {
        assert_eq!(ask(&server, &bob, method, &path, body).await.0, 404, "{path}");
    }
    let forbidden = [
        (Method::GET, format!("/v1/builds/{id}?userId=ann"), None),
        (Method::POST, "/v1/builds".into(), Some(site("ann"))),
        (Method::POST, "/v1/builds".into(), Some(json!({"priority": 100, "templateFiles": {"index.html": "p"}}))),
        (Method::GET, "/v1/billing/balance/ann".into(), None),
        (Method::GET, "/v1/credits/ann/ledger".into(), None),
        (Method::POST, "/v1/billing/credit".into(), Some(json!({"userId": "bob", "credits": 1000, "reference": "r"}))),
        (Method::POST, "/v1/page-tokens".into(), Some(json!({"userId": "bob"}))),
        (Method::POST, "/v1/builds/batch".into(), Some(json!({"builds": [site("bob")]}))),
    ];
    for (method, path, body) in forbidden {
        let (status, error) = ask(&server, &bob, method, &path, body).await;
        assert_eq!((status, &error["code"]), (403, &json!("FORBIDDEN")), "{path}");
    }
    assert_eq!(server.count("builds").await, 1);
}
on_both!(a_user_sees_and_changes_what_is_theirs_and_nothing_else, a_user);

#[tokio::test]
async fn a_page_token_logs_in_once_and_nothing_else_does() {
    let server = production(Kind::Sqlite).await;
    let token = mint(&server, "ann").await;
    let first = log_in(&server, &token).send().await.unwrap();
    let cookie = first.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let session = cookie.split_once('=').unwrap().1.to_owned();
    let stream = server.client.start(&site("ann")).await["streamToken"].as_str().unwrap().to_owned();
    for (what, token, reason) in
        [("used", token, "replayed"), ("a session's", session, "invalid"), ("a stream's", stream, "invalid"), ("none", String::new(), "invalid")]
    {
        let response = log_in(&server, &token).send().await.unwrap();
        assert!(!response.headers().contains_key("set-cookie"), "{what}");
        let (status, error) = answer(response).await;
        assert_eq!((status.as_u16(), &error["params"]["reason"]), (401, &json!(reason)), "{what} {error}");
    }
    // nor does a page token show a session
    let unused = format!("buildcast_page={}", mint(&server, "ann").await);
    assert_eq!(ask(&server, &unused, Method::GET, "/v1/builds", None).await.0, 401);
    assert_eq!(ask(&server, &unused, Method::GET, "/session", None).await.1["userId"], json!(null));
    for body in ["", "{}", r#"{"token": 1}"#, r#"{"token": "t", "user": "ann"}"#, "[]"] {
        let request = server.client.bare(Method::POST, "/demo/session").header("content-type", "application/json").header("x-page-key", KEY).body(body);
        assert_eq!(request.send().await.unwrap().status(), 400, "{body}");
    }
    let form = server.client.bare(Method::POST, "/demo/session").header("content-type", "text/plain").header("x-page-key", KEY).body("{}");
    assert_eq!(form.send().await.unwrap().status(), 415);
    let long = log_in(&server, &"t".repeat(20_000)).send().await.unwrap();
    assert_eq!(long.status(), 413);
}

#[tokio::test]
async fn a_token_and_a_session_have_their_time() {
    let clock = TestClock::default();
    let now = SystemClock.now_ms();
    clock.stop_at(now);
    let server = TestServer::start_at(Kind::Sqlite, &[LOGIN, ("BUILDCAST_PAGE_SESSION_SECONDS", "60")], Arc::new(clock.clone())).await;
    let sign = |purpose, ttl| PageClaims::new(purpose, "ann", format!("{purpose:?}{ttl}"), now, ttl).sign(purpose, SECRET.as_bytes());
    let (late, good) = (sign(Purpose::Login, 10), sign(Purpose::Login, 20));
    clock.stop_at(now + 10_000);
    let (status, error) = answer(log_in(&server, &late).send().await.unwrap()).await;
    assert_eq!((status.as_u16(), &error["code"]), (401, &json!("AUTH_EXPIRED")));
    let response = log_in(&server, &good).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(ask(&server, &cookie, Method::GET, "/v1/builds", None).await.0, 200);
    clock.stop_at(now + 70_000);
    let (status, error) = ask(&server, &cookie, Method::GET, "/v1/builds", None).await;
    assert_eq!((status, &error["code"]), (401, &json!("AUTH_EXPIRED")));
    assert_eq!(ask(&server, &cookie, Method::GET, "/session", None).await.1["userId"], json!(null));
}

#[tokio::test]
async fn no_other_site_asks_with_a_session_or_makes_one() {
    let server = TestServer::start_with(Kind::Sqlite, &[LOGIN, ("BUILDCAST_CORS_ORIGINS", "http://app.example.com")]).await;
    let cookie = session(&server, "ann").await;
    for (name, value) in [
        ("origin", "http://app.example.com"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let asked = |method, path: &str| {
            server.client.bare(method, path).header("cookie", &cookie).header("x-page-key", KEY).header("content-type", "application/json").header(name, value)
        };
        assert_eq!(asked(Method::GET, "/demo/v1/builds").send().await.unwrap().status(), 403, "{name}: {value}");
        assert_eq!(asked(Method::GET, "/demo/session").send().await.unwrap().status(), 403, "{name}: {value}");
        assert_eq!(asked(Method::DELETE, "/demo/session").send().await.unwrap().status(), 403, "{name}: {value}");
        let token = json!({"token": mint(&server, "bob").await}).to_string();
        let made = asked(Method::POST, "/demo/session").body(token).send().await.unwrap();
        assert!(made.status() == 403 && !made.headers().contains_key("set-cookie"), "{name}: {value}");
    }
}

/// Sites of other ports and of sibling hosts share a browser's cookies: they can set one, and not the page's key.
#[tokio::test]
async fn a_cookie_that_another_site_set_makes_nobody_another() {
    let server = TestServer::start_with(Kind::Sqlite, &[LOGIN]).await;
    let (ann, bob) = (session(&server, "ann").await, session(&server, "bob").await);
    let who = async |cookie: &str, key: Option<&str>| {
        let request = server.client.bare(Method::GET, "/demo/session").header("cookie", cookie);
        let request = key.into_iter().fold(request, |request, key| request.header("x-page-key", key));
        answer(request.send().await.unwrap()).await.1["userId"].clone()
    };
    assert_eq!(who(&ann, Some(KEY)).await, json!("ann"));
    for key in [None, Some(""), Some("another key that a page might have"), Some("short"), Some(&*"k".repeat(129))] {
        assert_eq!(who(&ann, key).await, json!(null), "{key:?}");
    }
    // bob's own page has another key: his cookie, put before or after ann's, counts nothing at hers
    let other = "fedcba9876543210fedcba9876543210";
    let token = json!({"token": mint(&server, "bob").await}).to_string();
    let made = server.client.bare(Method::POST, "/demo/session").header("content-type", "application/json").header("x-page-key", other).body(token);
    let theirs = made.send().await.unwrap().headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    for cookie in [format!("{theirs}; {ann}"), format!("{ann}; {theirs}"), format!("buildcast_page=junk; buildcast_page=; {ann}")] {
        assert_eq!(who(&cookie, Some(KEY)).await, json!("ann"), "{cookie}");
    }
    assert_eq!(who(&theirs, Some(KEY)).await, json!(null));
    assert_eq!(who(&bob, Some(KEY)).await, json!("bob"));
    let unkeyed = server.client.bare(Method::GET, "/demo/v1/builds").header("cookie", &ann).send().await.unwrap();
    assert_eq!(unkeyed.status(), 401);
}

#[tokio::test]
async fn a_logout_lets_the_browser_forget() {
    let server = TestServer::start_with(Kind::Sqlite, &[LOGIN, ("BUILDCAST_PUBLIC_URL", "https://page.example.com/tools")]).await;
    let (_, minted) = server.client.post("/v1/page-tokens", &json!({"userId": "ann", "ttlSeconds": 5})).await;
    assert_eq!(minted["pageUrl"], format!("https://page.example.com/tools/#/login/{}", minted["pageToken"].as_str().unwrap()));
    let out = server.client.bare(Method::DELETE, "/demo/session").header("origin", "https://page.example.com").send().await.unwrap();
    assert_eq!(out.status(), 204);
    assert_eq!(out.headers()["set-cookie"], "buildcast_page=; Max-Age=0; HttpOnly; SameSite=Strict; Secure");
}

#[tokio::test]
async fn there_is_no_login_where_nobody_asked_for_one() {
    for extra in [vec![], vec![("BUILDCAST_ENV", "production"), ("BUILDCAST_SANDBOX", "none")], vec![("BUILDCAST_PAGE", "none")]] {
        let server = TestServer::start_with(Kind::Sqlite, &extra).await;
        let (status, error) = server.client.post("/v1/page-tokens", &json!({"userId": "ann"})).await;
        assert_eq!((status.as_u16(), &error["params"]["resource"]), (404, &json!("page")), "{extra:?}");
        let token = PageClaims::new(Purpose::Login, "ann", "id".into(), i64::MAX / 2, 60).sign(Purpose::Login, SECRET.as_bytes());
        let refused = log_in(&server, &token).send().await.unwrap();
        assert!(refused.status() == 404 && !refused.headers().contains_key("set-cookie"), "{extra:?}");
        let page = server.client.bare(Method::GET, "/").send().await.unwrap().status();
        assert_eq!(page.as_u16(), if extra.is_empty() { 200 } else { 404 }, "{extra:?}");
    }
}

#[tokio::test]
async fn a_page_token_is_for_a_user_and_a_time_that_can_be() {
    let server = TestServer::start_with(Kind::Sqlite, &[LOGIN]).await;
    for (body, field) in [
        (json!({"userId": ""}), "userId"),
        (json!({"userId": "ann", "ttlSeconds": 0}), "ttlSeconds"),
        (json!({"userId": "ann", "ttlSeconds": 301}), "ttlSeconds"),
    ] {
        let (status, error) = server.client.post("/v1/page-tokens", &body).await;
        assert_eq!((status.as_u16(), &error["params"]["errors"][0]["field"]), (422, &json!(field)), "{body}");
    }
    let unsigned = server.client.bare(Method::POST, "/v1/page-tokens").header("content-type", "application/json").body(r#"{"userId": "ann"}"#);
    assert_eq!(unsigned.send().await.unwrap().status(), 401);
}
