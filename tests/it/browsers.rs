//! What browsers are told: pages of listed origins may ask, others get no word of it, and no page has the use of a cookie
//! that another set.

use super::support::project::site;
use super::support::socket::Socket;
use super::support::{Kind, TestServer};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;

const APP: &str = "https://app.example.com";

async fn server() -> TestServer {
    TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_CORS_ORIGINS", "https://app.example.com, http://localhost:3000")]).await
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join(", ")
}

fn cross_origin(headers: &HeaderMap) -> Vec<&str> {
    headers.keys().map(HeaderName::as_str).filter(|name| name.starts_with("access-control-")).collect()
}

fn preflight(server: &TestServer, path: &str, origin: &'static str) -> RequestBuilder {
    let request = server.client.bare(Method::OPTIONS, path).header("origin", HeaderValue::from_static(origin));
    request.header("access-control-request-method", "POST").header("access-control-request-headers", "content-type,x-sheen-sig-v2")
}

#[tokio::test]
async fn a_preflight_of_a_listed_origin_is_answered_for_every_path() {
    let server = server().await;
    let cases = [
        ("/v1/builds", "GET, HEAD, POST"),
        ("/v1/builds/some/cancel", "POST"),
        ("/v1/builds/some/events?token=x", "GET, HEAD"),
        ("/projects/some/publish/other", "POST"),
        ("/v1/ws", "GET, HEAD"),
        ("/nope/at/all", "GET, HEAD"),
    ];
    for (path, methods) in cases {
        let response = preflight(&server, path, APP).send().await.unwrap();
        let headers = response.headers();
        assert_eq!((response.status().as_u16(), text(headers, "access-control-allow-methods").as_str()), (204, methods), "{path}");
        assert_eq!(text(headers, "access-control-allow-origin"), APP, "{path}");
        assert_eq!(text(headers, "access-control-allow-credentials"), "true");
        let allowed = text(headers, "access-control-allow-headers");
        for name in ["content-type", "authorization", "idempotency-key", "if-match", "last-event-id", "x-request-id", "x-sheen-sig-v2", "x-sheen-locale"] {
            assert!(allowed.split(", ").any(|allowed| allowed == name), "{name} of {allowed}");
        }
        assert!(text(headers, "vary").contains("origin") && headers.contains_key("access-control-max-age") && headers.contains_key("x-request-id"));
    }
}

#[tokio::test]
async fn an_origin_that_is_not_listed_gets_no_word_of_it_and_the_same_answers() {
    let server = server().await;
    for origin in ["https://evil.example", "null", "https://app.example.com.evil.example", "http://app.example.com", "https://app.example.com:444"] {
        let refused = preflight(&server, "/v1/builds", origin).send().await.unwrap();
        assert_eq!(refused.status().as_u16(), 405, "{origin}");
        let answered = server.client.bare(Method::GET, "/healthz").header("origin", origin).send().await.unwrap();
        assert_eq!(answered.status().as_u16(), 200, "{origin}");
        for response in [refused, answered] {
            assert!(cross_origin(response.headers()).is_empty(), "{origin}: {:?}", response.headers());
            assert!(text(response.headers(), "vary").contains("origin"), "{origin}");
        }
    }
    let none_listed = TestServer::without_engine(Kind::Sqlite).await;
    let response = none_listed.client.bare(Method::GET, "/healthz").header("origin", APP).send().await.unwrap();
    assert!(cross_origin(response.headers()).is_empty() && !response.headers().contains_key("vary"));
}

#[tokio::test]
async fn every_answer_may_be_read_by_a_page_of_a_listed_origin_errors_and_streams_too() {
    let server = server().await;
    let build = server.client.start(&site("u")).await;
    let (id, token) = (build["buildId"].as_str().unwrap(), build["streamToken"].as_str().unwrap());
    let cases = [
        (server.client.bare(Method::GET, "/healthz"), 200),
        (server.client.bare(Method::GET, "/v1/builds"), 401),
        (server.client.bare(Method::GET, "/nope"), 404),
        (server.client.bare(Method::DELETE, "/v1/builds"), 405),
        (server.client.signed(Method::POST, "/v1/builds", "{}"), 400),
        (server.client.bare(Method::GET, &format!("/v1/builds/{id}/events?token={token}")), 200),
    ];
    for (request, status) in cases {
        let response = request.header("origin", "http://localhost:3000").send().await.unwrap();
        let headers = response.headers();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(text(headers, "access-control-allow-origin"), "http://localhost:3000", "{status}");
        let exposed = text(headers, "access-control-expose-headers");
        for name in ["x-request-id", "x-correlation-id", "retry-after", "etag", "ratelimit", "x-ratelimit-limit", "idempotency-replayed", "content-language"] {
            assert!(exposed.split(", ").any(|exposed| exposed == name), "{name} of {exposed}");
        }
        assert!(text(headers, "vary").contains("origin"), "{status}");
    }
}

#[tokio::test]
async fn a_cookie_counts_on_a_stream_only_for_own_and_listed_pages() {
    let server = server().await;
    let build = server.client.start(&site("u")).await;
    let path = format!("/v1/builds/{}/events", build["buildId"].as_str().unwrap());
    let with = async |origin: Option<&str>, host: Option<&str>| -> Response {
        let mut request = server.client.bare(Method::GET, &path).header("cookie", format!("buildcast_token={}", build["streamToken"].as_str().unwrap()));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if let Some(host) = host {
            request = request.header("host", host);
        }
        request.send().await.unwrap()
    };
    let own = server.client.api.clone();
    for (origin, host) in [(None, None), (Some(APP), None), (Some(own.as_str()), None), (Some("http://localhost:8080"), Some("localhost:8080"))] {
        assert_eq!(with(origin, host).await.status().as_u16(), 200, "{origin:?}");
    }
    // previews are on the same host, at another port
    for origin in ["https://evil.example", "null", server.client.preview.as_str()] {
        let (status, error) = super::support::client::answer(with(Some(origin), None).await).await;
        assert_eq!((status.as_u16(), &error["params"]["reason"]), (401, &json!("missing")), "{origin}");
    }
}

#[tokio::test]
async fn a_socket_of_another_sites_page_has_no_use_of_the_cookie() {
    let server = server().await;
    let build = server.client.start(&site("u")).await;
    let stream = super::support::socket::stream_of(&build);
    let cookie = format!("buildcast_token={}", build["streamToken"].as_str().unwrap());
    let subscribe = async |origin: &str| {
        let (mut socket, _) = Socket::upgrade(&server.client, "", [("cookie", cookie.clone()), ("origin", origin.to_owned())]).await;
        socket.say(json!({"type": "subscribe", "stream": stream})).await;
        socket.frame().await
    };
    assert_eq!(subscribe(APP).await, json!({"type": "subscribed", "stream": stream}));
    assert_eq!(subscribe(&server.client.api).await["type"], "subscribed");
    let refused = subscribe("https://evil.example").await;
    assert_eq!((&refused["type"], &refused["params"]["reason"]), (&json!("error"), &json!("missing")), "{refused}");
    // a token of its own is no cookie
    let (mut socket, _) = Socket::upgrade(&server.client, "", [("origin", "https://evil.example".to_owned())]).await;
    socket.say(json!({"type": "subscribe", "stream": stream, "token": build["streamToken"]})).await;
    assert_eq!(socket.frame().await["type"], "subscribed");
}

#[tokio::test]
async fn every_answer_tells_browsers_to_do_nothing_else_with_it() {
    let plain = server().await;
    let tls = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_PUBLIC_URL", "https://api.example.com"), ("BUILDCAST_NODE_ROLE", "api,preview")]).await;
    for (server, strict) in [(&plain, ""), (&tls, "max-age=31536000")] {
        for path in ["/healthz", "/metrics", "/openapi.json", "/v1/builds", "/nope", "/", "/docs", "/v1/ws"] {
            let response = server.client.bare(Method::GET, path).send().await.unwrap();
            let headers = response.headers();
            for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("cross-origin-resource-policy", "same-origin")] {
                assert_eq!(text(headers, name), value, "{path}");
            }
            assert_eq!(text(headers, "strict-transport-security"), strict, "{path}");
            assert_eq!(text(headers, "cross-origin-opener-policy"), "same-origin", "{path}");
            let is_page = ["/", "/docs"].contains(&path);
            assert_eq!(text(headers, "referrer-policy"), if is_page { "same-origin" } else { "no-referrer" }, "{path}");
            let policy = text(headers, "content-security-policy");
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-eval"), "{path}: {policy}");
            assert!(if is_page { policy.starts_with("default-src 'self'") } else { policy.starts_with("default-src 'none'") }, "{path}: {policy}");
            let scripts = policy.split(';').find(|directive| directive.trim().starts_with("script-src")).unwrap_or_default();
            assert!(!scripts.contains("unsafe-inline"), "{path}: {policy}");
            assert!(headers.contains_key("permissions-policy"), "{path}");
        }
    }
}

#[tokio::test]
async fn previews_have_the_policy_that_is_set() {
    let sandbox = "sandbox allow-scripts; frame-ancestors {origins}";
    let cases = [(None, false), (Some(sandbox), true), (Some("sandbox allow-scripts allow-same-origin"), false), (Some(""), false)];
    for (set, opaque) in cases {
        let policy = set.map(|policy| ("BUILDCAST_PREVIEW_POLICY", policy));
        let settings: Vec<_> = policy.into_iter().chain([("BUILDCAST_CORS_ORIGINS", APP)]).collect();
        let server = TestServer::start_with(Kind::Sqlite, &settings).await;
        let build = server.client.start(&site("u")).await;
        let end = server.client.events(&build).await.pop().unwrap();
        let response = server.client.http.get(end["preview_url"].as_str().unwrap()).send().await.unwrap();
        let expected = set.unwrap_or("frame-ancestors {origins}").replace("{origins}", &format!("{} {APP}", server.client.api));
        assert_eq!(text(response.headers(), "content-security-policy"), expected);
        assert_eq!(text(response.headers(), "access-control-allow-origin"), if opaque { "*" } else { "" }, "{set:?}");
        assert_eq!(text(response.headers(), "cross-origin-opener-policy"), "noopener-allow-popups");
    }
}
