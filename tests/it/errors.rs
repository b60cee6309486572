//! Every failure has its envelope, the framework's own included; and signatures guard what they must.

use super::support::client::answer;
use super::support::{Kind, TestServer};
use buildcast::domain::signature::{SignedRequest, header, sign_v1, sign_v2};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_frameworks_own_failures_have_the_envelope() {
    let server = TestServer::start(Kind::Sqlite).await;
    let client = &server.client;
    let cases = [
        (client.bare(Method::GET, "/nope"), 404, "NOT_FOUND"),
        (client.bare(Method::GET, "/v1/nope/deeper"), 404, "NOT_FOUND"),
        (client.bare(Method::DELETE, "/v1/builds"), 405, "METHOD_NOT_ALLOWED"),
        (client.bare(Method::POST, "/healthz"), 405, "METHOD_NOT_ALLOWED"),
        (client.signed(Method::POST, "/v1/builds", "").header("content-type", "text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (client.signed(Method::GET, "/v1/builds/nope", ""), 404, "NOT_FOUND"),
    ];
    for (request, status, code) in cases {
        let response = request.header("x-request-id", "req_1").header("x-correlation-id", "bad id").send().await.unwrap();
        let (got, headers) = (response.status().as_u16(), response.headers().clone());
        let body: serde_json::Value = response.json().await.unwrap();
        assert_eq!((got, &body["code"], &body["error"], &body["requestId"]), (status, &json!(code), &json!(code), &json!("req_1")), "{body}");
        for name in ["x-request-id", "x-correlation-id", "x-worker-version", "x-processing-time-ms", "content-language"] {
            assert!(headers.contains_key(name), "{code} lacks {name}");
        }
        assert_ne!(headers["x-correlation-id"], "bad id");
        if status == 405 {
            assert_eq!(
                headers["allow"].to_str().unwrap(),
                body["params"]["allow"].as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect::<Vec<_>>().join(", ")
            );
        }
    }
    let (_, error) = answer(client.bare(Method::DELETE, "/v1/builds").send().await.unwrap()).await;
    assert_eq!(error["params"]["allow"], json!(["GET", "HEAD", "POST"]));
    // and what is allowed is answered: HEAD as GET, without the body
    let head = client.signed(Method::HEAD, "/v1/builds?userId=u", "").send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.text().await.unwrap().as_str()), (200, ""));
}

#[tokio::test]
async fn signatures_are_checked_in_both_versions() {
    let server = TestServer::start(Kind::Sqlite).await;
    let client = &server.client;
    let (path, secret) = ("/v1/builds/nope?userId=u", client.secret.as_bytes());
    let request = SignedRequest { method: "GET", path_and_query: path, body: b"" };
    let now = SystemClock.now_ms();
    let v1 = sign_v1(secret, request);
    let v2 = |at: i64, nonce: &str| {
        let at = at.to_string();
        client.bare(Method::GET, path).header(header::V2, sign_v2(secret, request, &at, nonce)).header(header::TIMESTAMP, at).header(header::NONCE, nonce)
    };
    // 404 is past the signature
    assert_eq!(client.bare(Method::GET, path).header(header::V1, &v1).send().await.unwrap().status(), 404);
    assert_eq!(v2(now, "a-nonce-0123456789").send().await.unwrap().status(), 404);
    let cases = [
        (client.bare(Method::GET, path), "missing"),
        (client.bare(Method::GET, path).header(header::V1, "00"), "invalid"),
        (client.bare(Method::GET, path).header(header::V1, "not hex"), "invalid"),
        (client.bare(Method::GET, path).header(header::V1, &v1).header(header::V1, &v1), "invalid"),
        (client.bare(Method::GET, "/v1/builds/nope?userId=w").header(header::V1, &v1), "invalid"),
        (v2(now, "a-nonce-0123456789"), "replayed"),
        (v2(now - 301_000, "another-nonce-0123"), "expired"),
        (v2(now, "third-nonce-012345").header(header::V1, "00"), "invalid"),
    ];
    for (request, reason) in cases {
        let (status, error) = answer(request.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &error["code"], &error["params"]["reason"]), (401, &json!("AUTH_FAILED"), &json!(reason)), "{error}");
        assert!(error["serverTime"].as_str().is_some_and(|time| time.ends_with('Z')), "{error}");
    }
    // a nonce is remembered only after its signature was right
    let wrong = client.bare(Method::GET, path).header(header::V2, "00").header(header::TIMESTAMP, now.to_string()).header(header::NONCE, "fourth-nonce-01234");
    assert_eq!(wrong.send().await.unwrap().status(), 401);
    assert_eq!(v2(now, "fourth-nonce-01234").send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn the_server_says_how_it_is() {
    let server = TestServer::start(Kind::Sqlite).await;
    assert_eq!(answer(server.client.bare(Method::GET, "/healthz").send().await.unwrap()).await.1["status"], "ok");
    assert_eq!(answer(server.client.bare(Method::GET, "/readyz").send().await.unwrap()).await.1["status"], "ready");
}

#[tokio::test]
async fn the_page_and_the_reader_of_the_document_are_at_the_root() {
    let server = TestServer::start(Kind::Sqlite).await;
    for path in ["/", "/docs"] {
        let response = server.client.bare(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}: `make page` builds it");
        assert!(response.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'"));
        assert!(response.text().await.unwrap().contains("assets/"), "{path}");
    }
}
