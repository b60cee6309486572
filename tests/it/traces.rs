//! Spans over OTLP: a collector hears of requests and builds when one is set, and of nothing that is secret.

use super::support::process::ServerProcess;
use super::support::project::site;
use reqwest::Method;
use rustix::process::Signal;
use std::fs::File;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// Heads and bodies that were posted.
type Heard = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A server that takes whatever is posted; its address.
async fn collector() -> (String, Heard) {
    let (listener, heard) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Heard::default());
    let (address, to) = (format!("http://{}", listener.local_addr().unwrap()), heard.clone());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(take(BufReader::new(socket), to.clone()));
        }
    });
    (address, heard)
}

async fn take(mut socket: BufReader<tokio::net::TcpStream>, heard: Heard) {
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if socket.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let head = head.to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        socket.read_exact(&mut body).await.unwrap();
        heard.lock().unwrap().push((head, body));
        socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    }
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_hears_of_requests_and_builds_and_of_no_secret() {
    let (address, heard) = collector().await;
    let folder = tempfile::tempdir().unwrap();
    let extra = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", address.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20of-the-collector"),
        ("OTEL_SERVICE_NAME", "builds-of-a-test"),
        ("BUILDCAST_LOG", "warn"),
    ];
    let mut server = ServerProcess::start_logged(folder.path(), &extra, Stdio::null());
    let client = &server.client;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let start = client.signed(Method::POST, "/v1/builds", site("u").to_string()).header("x-request-id", "req_traced");
    let build = start.header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01")).send().await.unwrap().json::<serde_json::Value>().await.unwrap();
    client.events(&build).await;
    let token = build["streamToken"].as_str().unwrap().to_owned();
    let path = format!("/v1/builds/{}/events?token={token}", build["buildId"].as_str().unwrap());
    client.bare(Method::GET, &path).header("accept", "application/json").header("traceparent", "nonsense").send().await.unwrap();
    server.signal(Signal::TERM);
    assert!(server.child.wait().unwrap().success());

    let heard = heard.lock().unwrap();
    assert!(!heard.is_empty(), "nothing was sent");
    for (head, _) in &*heard {
        assert!(head.starts_with("post /v1/traces ") && head.contains("authorization: bearer of-the-collector\r\n"), "{head}");
        assert!(head.contains("content-type: application/x-protobuf\r\n"), "{head}");
    }
    let all: Vec<u8> = heard.iter().flat_map(|(_, body)| body.clone()).collect();
    for part in ["builds-of-a-test", "req_traced", "POST /v1/builds", "GET /v1/builds/{id}/events", "http.route", "http.response.status_code", "deployed"] {
        assert!(has(&all, part.as_bytes()), "no {part}");
    }
    assert!(has(&all, build["buildId"].as_str().unwrap().as_bytes()));
    assert!(has(&all, &hex::decode(trace).unwrap()), "the caller's trace goes on");
    assert!(has(&all, &hex::decode("00f067aa0ba902b7").unwrap()), "its span is the parent");
    for secret in [token.as_str(), "token=", client.secret.as_str(), "<!doctype"] {
        assert!(!has(&all, secret.as_bytes()), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_costs_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    // nobody listens at this port while the listener that had it is gone
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let address = format!("http://{gone}");
    let extra = [("OTEL_EXPORTER_OTLP_ENDPOINT", address.as_str()), ("BUILDCAST_DRAIN_SECONDS", "2")];
    let mut server = ServerProcess::start_logged(folder.path(), &extra, File::create(&log).unwrap());
    for _ in 0..50 {
        assert_eq!(server.client.bare(Method::GET, "/healthz").send().await.unwrap().status(), 200);
    }
    server.signal(Signal::TERM);
    assert!(server.child.wait().unwrap().success());
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(log.lines().filter(|line| line.contains("spans are lost")).count(), 1, "{log}");
}
