//! Every answer of every kind has its ids and headers, and every error the envelope or, for who asks, problem details.

use super::support::process::ServerProcess;
use super::support::project::site;
use super::support::raw::{Raw, UPGRADE};
use super::support::{Kind, TestServer};
use buildcast::domain::problem::PROBLEM_CODES;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::AsyncWriteExt;

const HEADERS: &[&str] = &["x-request-id", "x-correlation-id", "x-worker-version", "x-processing-time-ms", "content-language"];

fn check_headers(response: &Response, what: &str) {
    for name in HEADERS {
        assert!(response.headers().contains_key(*name), "{what} lacks {name}: {response:?}");
    }
}

fn custom(server: &TestServer, method: &str, path: &str) -> RequestBuilder {
    server.client.bare(Method::from_bytes(method.as_bytes()).unwrap(), path)
}

#[tokio::test]
async fn every_answer_has_its_ids_and_every_error_its_envelope() {
    let server = TestServer::start(Kind::Sqlite).await;
    let client = &server.client;
    let large = vec![b' '; (1 << 20) + 1];
    let cases: Vec<(&str, RequestBuilder, u16)> = vec![
        ("unknown", client.bare(Method::GET, "/nope"), 404),
        ("doubled slash", client.bare(Method::GET, "//v1//builds"), 404),
        ("broken escape", client.bare(Method::GET, "/v1/builds/%zz"), 401),
        ("no text", client.signed(Method::GET, "/v1/builds/%ff%fe", ""), 400),
        ("very long", client.bare(Method::GET, &format!("/{}", "x".repeat(20_000))), 404),
        ("head of nothing", client.bare(Method::HEAD, "/nope"), 404),
        ("head", client.bare(Method::HEAD, "/healthz"), 200),
        ("wrong method", client.bare(Method::DELETE, "/v1/builds"), 405),
        ("trace", custom(&server, "TRACE", "/healthz"), 405),
        ("a word of its own", custom(&server, "BREW", "/v1/builds"), 405),
        ("a word of its own elsewhere", custom(&server, "BREW", "/nope"), 404),
        ("too large", client.signed(Method::POST, "/v1/stream-tokens", large), 413),
        ("no JSON", client.signed(Method::POST, "/v1/builds", "x").header("content-type", "application/json"), 400),
        ("no type", client.signed(Method::POST, "/v1/builds", "").header("content-type", "text/plain"), 415),
        ("not signed", client.bare(Method::GET, "/v1/builds"), 401),
        ("odd field", client.signed(Method::GET, "/v1/builds?x=1", ""), 400),
        ("no upgrade", client.bare(Method::GET, "/v1/ws"), 400),
        ("a stream of nobody", client.bare(Method::GET, "/v1/builds/b/events").header("accept", "text/event-stream"), 401),
        ("healthz", client.bare(Method::GET, "/healthz"), 200),
        ("readyz", client.bare(Method::GET, "/readyz"), 200),
        ("metrics", client.bare(Method::GET, "/metrics"), 200),
        ("document", client.bare(Method::GET, "/openapi.json"), 200),
        ("page", client.bare(Method::GET, "/"), 200),
        ("asset", client.bare(Method::GET, "/assets/nope.js"), 404),
        ("preview", client.http.get(format!("{}/p/nope/", client.preview)), 404),
        ("preview's post", client.http.post(format!("{}/p/nope/", client.preview)), 405),
        ("redirect", client.http.get(format!("{}/p/nope", client.preview)), 307),
    ];
    let mut wrong = vec![];
    for (what, request, status) in cases {
        let response = request.send().await.unwrap_or_else(|error| panic!("{what}: {error}"));
        check_headers(&response, what);
        let got = response.status().as_u16();
        if got != status {
            wrong.push(format!("{what}: {got} and not {status}"));
        }
        let head = what.starts_with("head");
        if got >= 400 && !head {
            assert_eq!(response.headers()["content-type"], "application/json", "{what}");
            assert!(response.headers()["vary"].to_str().unwrap().starts_with("accept"), "{what}");
            let (id, body) = (response.headers()["x-request-id"].clone(), response.json::<Value>().await.unwrap());
            assert_eq!(body["requestId"], id.to_str().unwrap(), "{what}: {body}");
            assert!(body["referenceId"].is_string() && body["timestamp"].is_string() && body["message"].is_string(), "{what}: {body}");
            assert!(PROBLEM_CODES.contains(&(body["code"].as_str().unwrap(), got)), "{what}: {body}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn answers_without_a_body_and_broken_requests_have_their_ids_too() {
    let server = TestServer::start(Kind::Sqlite).await;
    let client = &server.client;
    let build = client.start(&site("u")).await;
    let events = client.watch(&build, None).await;
    let last = events.iter().rev().find_map(|frame| frame.id.clone()).unwrap();
    let ended = client.open(&build, Some(&last)).await;
    assert_eq!(ended.status(), 204);
    check_headers(&ended, "204");
    let preview = format!("{}/p/{}/", client.preview, build["projectId"].as_str().unwrap());
    let shown = client.http.get(&preview).send().await.unwrap();
    check_headers(&shown, "preview");
    let same = client.http.get(&preview).header("if-none-match", shown.headers()["etag"].clone()).send().await.unwrap();
    assert_eq!(same.status(), 304);
    check_headers(&same, "304");
    let outside = client.http.get(&preview).header("range", "bytes=99999999-").send().await.unwrap();
    assert_eq!(outside.status(), 416);
    check_headers(&outside, "416");
    assert!(outside.headers()["content-range"].to_str().unwrap().starts_with("bytes */"));
    let outside: Value = outside.json().await.unwrap();
    assert_eq!((&outside["code"], &outside["params"]), (&json!("INVALID_INPUT"), &json!({"field": "Range", "reason": "outside"})), "{outside}");

    let mut upgrade = Raw::get(client, "/v1/ws", &UPGRADE.replace("-version: 13", "-version: 12"), 1 << 16).await;
    let answer = String::from_utf8(upgrade.some(1 << 16).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("x-request-id: ") && answer.contains("sec-websocket-version: 13"), "{answer}");

    let shown = format!("transfer-encoding: chunked\r\nx-sheen-signature: {}\r\n", "0".repeat(64));
    // a body that is longer than it said it would be at most, in chunks
    let mut streamed = Raw::get(client, "/v1/stream-tokens", &shown, 1 << 16).await;
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
    let _ = streamed.0.write_all(chunk.as_bytes()).await;
    let _ = streamed.0.write_all(chunk.as_bytes()).await;
    let answer = String::from_utf8(streamed.some(1 << 16).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4") && answer.contains("x-request-id: "), "{answer}");

    // and one that is no chunk at all
    let mut broken = Raw::get(client, "/v1/stream-tokens", &shown, 1 << 16).await;
    broken.0.write_all(b"zz\r\n").await.unwrap();
    let answer = String::from_utf8(broken.some(1 << 16).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains(r#""reason":"incomplete""#) && answer.contains("x-request-id: "), "{answer}");
}

#[tokio::test]
async fn a_signature_that_no_body_could_make_right_is_refused_before_the_body_comes() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    let hex = "0".repeat(64);
    let cases = [
        ("x-sheen-signature: 00\r\n".to_owned(), "invalid"),
        (format!("x-sheen-sig-v2: {hex}\r\nx-sheen-nonce: 0123456789abcdef\r\n"), "missing"),
        (format!("x-sheen-sig-v2: {hex}\r\nx-sheen-nonce: 0123456789abcdef\r\nx-sheen-timestamp: 1000\r\n"), "expired"),
    ];
    for (headers, reason) in cases {
        let head = format!("POST /v1/builds HTTP/1.1\r\nhost: x\r\ncontent-length: 30000000\r\n{headers}\r\n");
        let mut raw = Raw::send(&server.client, &head, 1 << 16).await;
        // to the end of the connection, which nobody waits at for the body
        let answer = String::from_utf8(raw.rest().await).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401") && answer.contains(&format!(r#""reason":"{reason}""#)), "{answer}");
    }
}

#[tokio::test]
async fn a_request_names_one_host() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    let cases = [("HTTP/1.1", "", "missing_field"), ("HTTP/1.1", "host: a\r\nhost: b\r\n", "duplicate"), ("HTTP/1.0", "host: a\r\nhost: a\r\n", "duplicate")];
    for (version, hosts, reason) in cases {
        let mut raw = Raw::send(&server.client, &format!("GET /healthz {version}\r\n{hosts}connection: close\r\n\r\n"), 1 << 16).await;
        let answer = String::from_utf8(raw.rest().await).unwrap();
        assert!(answer.contains(" 400 ") && answer.contains(&format!(r#""params":{{"field":"Host","reason":"{reason}"}}"#)), "{answer}");
    }
    let mut old = Raw::send(&server.client, "GET /healthz HTTP/1.0\r\n\r\n", 1 << 16).await;
    assert!(String::from_utf8(old.rest().await).unwrap().starts_with("HTTP/1.0 200"));
}

#[tokio::test]
async fn errors_are_problem_details_for_those_who_prefer_them() {
    let server = TestServer::start(Kind::Sqlite).await;
    let client = &server.client;
    let ask = async |accept: &str, language: &str| {
        client.bare(Method::GET, "/nope").header("accept", accept).header("x-request-id", "r1").header("accept-language", language).send().await.unwrap()
    };
    let response = ask("application/json;q=0.4, application/problem+json", "de").await;
    assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (404, &"application/problem+json".parse().unwrap()));
    assert_eq!(response.headers()["content-language"], "de");
    assert!(response.headers()["vary"].to_str().unwrap().contains("accept"));
    check_headers(&response, "problem details");
    let german: Value = response.json().await.unwrap();
    assert_eq!((&german["type"], &german["title"], &german["status"]), (&json!("/docs#error-NOT_FOUND"), &json!("Not found"), &json!(404)));
    assert_eq!(german["instance"], json!(format!("urn:uuid:{}", german["referenceId"].as_str().unwrap())));
    assert_eq!((&german["code"], &german["requestId"], &german["detail"]), (&json!("NOT_FOUND"), &json!("r1"), &german["message"]));
    assert_eq!(german["params"], json!({"resource": "path"}));
    let english: Value = ask("application/problem+json", "en").await.json().await.unwrap();
    assert_eq!(english["title"], german["title"]);
    assert_ne!(english["detail"], german["detail"]);
    for accept in ["*/*", "application/json", "application/json, application/problem+json", "text/html", "text/event-stream"] {
        let response = ask(accept, "en").await;
        assert_eq!(response.headers()["content-type"], "application/json", "{accept}");
        assert!(response.json::<Value>().await.unwrap().get("title").is_none(), "{accept}");
    }
    let unsigned = client.bare(Method::GET, "/v1/builds").header("accept", "application/problem+json").send().await.unwrap();
    let unsigned: Value = unsigned.json().await.unwrap();
    assert!(unsigned["serverTime"].is_string() && unsigned["title"] == "Auth failed", "{unsigned}");
}

#[tokio::test]
async fn a_fault_of_the_server_tells_nothing_of_its_inside() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start_logged(folder.path(), &[], Stdio::null());
    let client = &server.client;
    let build = client.start(&site("u")).await;
    client.events(&build).await;
    let path = folder.path().display().to_string();
    // a database that lost its tables, and one that is away
    let database = folder.path().join("buildcast.db");
    let url = format!("sqlite://{}", database.display());
    super::support::vault::execute(&url, "ALTER TABLE builds RENAME TO gone").await;
    for accept in ["application/json", "application/problem+json"] {
        let response =
            client.signed(Method::GET, &format!("/v1/builds/{}", build["buildId"].as_str().unwrap()), "").header("accept", accept).send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        assert!(status >= 500, "{status}: {text}");
        for inside in ["builds", "gone", "SELECT", "sqlx", "sqlite", "SQL", ".rs", "panicked", "Store", path.as_str()] {
            assert!(!text.replace(build["buildId"].as_str().unwrap(), "").contains(inside), "{inside}: {text}");
        }
    }
}
