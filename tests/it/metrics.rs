//! What a node tells Prometheus.

use super::support::client::Events;
use super::support::project::slow;
use super::support::{Kind, TestServer};
use reqwest::Method;
use std::collections::BTreeMap;

async fn figures(server: &TestServer) -> BTreeMap<String, f64> {
    let response = server.client.bare(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4");
    let text = response.text().await.unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
    lines.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
}

#[tokio::test]
async fn streams_are_counted_while_they_are_open() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&slow("u", 0.5)).await;
    let mut readers = [Events::of(server.client.open(&build, None).await), Events::of(server.client.open(&build, None).await)];
    for reader in &mut readers {
        reader.next_event().await.unwrap();
    }
    let during = figures(&server).await;
    assert_eq!((during["stream_subscribers"], during["stream_topics"]), (2.0, 1.0));
    let mut events = 2;
    for mut reader in readers {
        while reader.next_event().await.is_some() {
            events += 1;
        }
    }
    let mut after = figures(&server).await;
    while after["stream_subscribers"] > 0.0 {
        // a body is dropped soon after its last byte
        tokio::task::yield_now().await;
        after = figures(&server).await;
    }
    assert_eq!((after["stream_topics"], after["stream_events_delivered_total"]), (0.0, f64::from(events)));
    assert!(after["stream_delivery_lag_count"] > 0.0 && after["stream_delivery_lag_sum"] < 60.0);
    assert_eq!(after["stream_bus_connected"], 1.0);
}

#[tokio::test]
async fn requests_are_counted_by_template_and_strange_ones_make_no_series() {
    let server = TestServer::start(Kind::Sqlite).await;
    let client = &server.client;
    let name = |route: &str, method: &str, status: &str| format!("api_request_duration_count{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
    for id in ["one", "two"] {
        client.get(&format!("/v1/builds/{id}?userId=u")).await;
    }
    client.bare(Method::GET, "/nope").send().await.unwrap();
    client.bare(Method::from_bytes(b"BREW").unwrap(), "/nope").send().await.unwrap();
    client.http.get(format!("{}/p/nope/a/b", client.preview)).send().await.unwrap();
    client.http.get(format!("{}/nope", client.preview)).send().await.unwrap();
    let before = figures(&server).await;
    assert_eq!(before[&name("/v1/builds/{id}", "GET", "4xx")], 2.0);
    assert_eq!(before[&name("unmatched", "other", "4xx")], 1.0);
    assert_eq!(before[&name("/p/{id}/{*path}", "GET", "4xx")], 1.0);
    let series = |figures: &BTreeMap<String, f64>| figures.keys().filter(|name| !name.contains("route=\"/metrics\"")).count();
    for n in 0..100 {
        let method = Method::from_bytes(format!("WORD{n}").as_bytes()).unwrap();
        client.bare(method, &format!("/strange/{n}/{}", "x".repeat(n))).send().await.unwrap();
        client.bare(Method::GET, &format!("/strange-{n}?q={n}")).send().await.unwrap();
        client.get(&format!("/v1/builds/b{n}?userId=u{n}")).await;
        client.http.get(format!("{}/p/p{n}/file{n}", client.preview)).send().await.unwrap();
    }
    let after = figures(&server).await;
    assert_eq!(series(&after), series(&before));
    assert_eq!(after[&name("/v1/builds/{id}", "GET", "4xx")], 102.0);
    assert_eq!(after[&name("unmatched", "other", "4xx")], 101.0);
    assert!(after["worker_memory_usage"] > f64::from(1 << 20) && after.contains_key("worker_cpu_usage"));
}
