//! Builds with a prompt pay: set aside at the start, charged by the meter at a good end, given back at any other.

use super::{ledger, sound, sum, total};
use crate::support::client::at_once;
use crate::support::project::site;
use crate::support::provider::{Answer, FakeProvider, Piece, begun, whole};
use crate::support::{Kind, TestServer, on_both};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const GOOD: &str = r#"{"files": [{"path": "about.html", "content": "<title>made</title>"}]}"#;

pub fn settings(url: &str) -> [(&str, &str); 4] {
    [("CODE_GENERATOR", "anthropic"), ("CODE_GENERATOR_URL", url), ("CODE_GENERATOR_KEY", "a-key"), ("CODE_GENERATOR_MODEL", "a-model")]
}

async fn server(kind: Kind, provider: &FakeProvider, extra: &[(&str, &str)]) -> TestServer {
    TestServer::start_with(kind, &[settings(&provider.url).as_slice(), extra].concat()).await
}

/// A start with a prompt; each another request.
pub fn prompted(user: &str) -> Value {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut start = site(user);
    start["name"] = format!("site {}", COUNT.fetch_add(1, Ordering::Relaxed)).into();
    start["prompt"] = "add a page".into();
    start
}

fn slow(seconds: f64) -> Answer {
    Answer::pieces(vec![Piece::Pause(Duration::from_secs_f64(seconds)), Piece::Bytes(whole("anthropic", GOOD).into_bytes())])
}

/// What a build's lines come to, and how its reservation ended.
async fn paid(server: &TestServer, build: &Value, user: &str) -> (i64, String) {
    let id = build["buildId"].as_str().unwrap();
    let lines: Vec<Value> = sound(server, user).await.into_iter().filter(|line| line["buildId"] == id).collect();
    (-sum(&lines, &["charge"]), server.scalar(&format!("SELECT state FROM reservations WHERE build_id = '{id}'")).await)
}

async fn metered(kind: Kind) {
    let provider = FakeProvider::start(vec![slow(1.2)]).await;
    let server = server(kind, &provider, &[]).await;
    let build = server.client.start(&prompted("u")).await;
    assert_eq!(total(&server.client, "u").await, 3900 - 120, "set aside before it is begun");
    assert_eq!(server.client.events(&build).await.last().unwrap()["code"], "BUILD_COMPLETED");
    let (charged, state) = paid(&server, &build, "u").await;
    assert_eq!((charged, state.as_str()), (server.seconds(&build).await.ceil() as i64, "committed"));
    assert!(charged >= 2, "a begun second counts: {charged}");
    assert_eq!(total(&server.client, "u").await, 3900 - charged);
    // the lines of the end name the request of the start
    let lines = ledger(&server.client, "u", 200).await;
    assert_eq!(lines[2]["requestId"], lines.last().unwrap()["requestId"]);
    let actors = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).map(|line| line["actor"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!((actors("hold"), actors("charge")), (vec!["api"], vec!["build"]));
    let (_, usage) = server.client.get(&format!("/v1/analytics/usage?projectId={}", build["projectId"].as_str().unwrap())).await;
    assert_eq!(usage["total"], json!({"credits": charged, "charges": 1, "users": 1}), "what the ledger has charged");
    // without a prompt nothing is used
    let plain = server.client.start(&site("v")).await;
    assert_eq!(server.client.events(&plain).await.last().unwrap()["code"], "BUILD_COMPLETED");
    assert_eq!((server.count("reservations").await, total(&server.client, "v").await), (1, 3900));
    let text = server.client.bare(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    for line in [format!("credit_usage_total{{operation=\"build\"}} {charged}"), "credit_estimate_ratio_count 1".into()] {
        assert!(text.lines().any(|told| told == line), "{line}");
    }
}
on_both!(a_build_pays_for_the_seconds_that_it_used, metered);

async fn ended_badly(kind: Kind) {
    let begun = Answer::stream(begun("anthropic", GOOD)).then(Piece::Stall);
    let provider = FakeProvider::start(vec![Answer::refusal(400, &[]), begun]).await;
    let server = server(kind, &provider, &[]).await;
    let failed = server.client.start(&prompted("u")).await;
    assert_eq!(server.client.events(&failed).await.last().unwrap()["code"], "BUILD_FAILED");
    assert_eq!(paid(&server, &failed, "u").await, (0, "released".into()));
    let stopped = server.client.start(&prompted("u")).await;
    while provider.asked().len() < 2 {
        tokio::task::yield_now().await;
    }
    let cancel =
        async |build: &Value| server.client.post(&format!("/v1/builds/{}/cancel", build["buildId"].as_str().unwrap()), &json!({"userId": "u"})).await.0;
    assert_eq!(cancel(&stopped).await, StatusCode::ACCEPTED);
    assert_eq!(server.client.events(&stopped).await.last().unwrap()["code"], "BUILD_CANCELLED");
    assert_eq!(paid(&server, &stopped, "u").await, (0, "released".into()));
    // one that nobody has begun
    let mut delayed = prompted("u");
    delayed["delaySeconds"] = json!(600);
    let delayed = server.client.start(&delayed).await;
    assert_eq!(total(&server.client, "u").await, 3780);
    assert_eq!(cancel(&delayed).await, StatusCode::OK);
    assert_eq!((paid(&server, &delayed, "u").await, total(&server.client, "u").await), ((0, "released".into()), 3900));
}
on_both!(a_build_that_ends_badly_pays_nothing, ended_badly);

async fn too_little(kind: Kind) {
    let provider = FakeProvider::start(vec![slow(0.0)]).await;
    let gifts = [("BUILDCAST_WELCOME_CREDITS", "100"), ("BUILDCAST_DAILY_CREDITS", "99"), ("BUILDCAST_NODE_ROLE", "api,preview")];
    let server = server(kind, &provider, &gifts).await;
    let (poor, rich) = (prompted("poor"), prompted("rich"));
    let first = server.client.start(&poor).await;
    let (status, error) = server.client.post("/v1/builds", &prompted("poor")).await;
    assert_eq!(
        (status, &error["code"], &error["params"]),
        (StatusCode::PAYMENT_REQUIRED, &json!("INSUFFICIENT_CREDITS"), &json!({"required": 120, "available": 79}))
    );
    assert_eq!(error["data"]["recommendation"]["package"], "starter");
    // of a batch nothing is made, and the error names the one that there is too little for, and what all of them need
    let mut other = site("rich");
    other["templateFiles"]["only.html"] = "only here".into();
    let batch = json!({"builds": [other, rich, prompted("rich")]});
    let (status, error) = server.client.post("/v1/builds/batch", &batch).await;
    assert_eq!((status, &error["params"]), (StatusCode::PAYMENT_REQUIRED, &json!({"required": 240, "available": 199, "field": "builds[2].prompt"})));
    let counts = (server.count("builds").await, server.count("projects").await, server.count("jobs").await, server.count("reservations").await);
    assert_eq!((counts, server.files_in("artifacts").len()), ((1, 1, 1, 1), 1), "nothing is made or stored");
    assert_eq!(total(&server.client, "rich").await, 199);
    // a key does not keep the refusal: it may pass
    let (status, _) = super::keyed(&server.client, "/v1/builds", &prompted("poor"), "k").await;
    assert_eq!(status, 402);
    // of many at once as many as there are credits for
    let starts = (0..8).map(|_| server.client.signed(reqwest::Method::POST, "/v1/builds", prompted("racer").to_string())).collect();
    let accepted = at_once(starts).await.into_iter().filter(|(status, _)| *status == StatusCode::ACCEPTED).count();
    assert_eq!((accepted, total(&server.client, "racer").await), (1, 79));
    sound(&server, "racer").await;
    sound(&server, "poor").await;
    assert_eq!(first["status"], "queued");
}
on_both!(too_little_is_said_before_anything_is_made, too_little);

async fn overrun(kind: Kind) {
    for (overage, charges_all) in [("charge", true), ("waive", false)] {
        let provider = FakeProvider::start(vec![slow(2.1)]).await;
        let server = server(kind, &provider, &[("BUILDCAST_OVERAGE", overage)]).await;
        // as many as lower what is expected
        server.execute("INSERT INTO projects (id, user_id, name, source_key, id_source, created_by_service, created_at_ms, updated_at_ms) VALUES ('p', 'past', 'n', 's', 'server', 't', 1, 1)").await;
        super::estimates::past(&server, "build", "static", 1, &[0.5; 20]).await;
        // so much is expected by now
        let build = server.client.start(&prompted("w")).await;
        let reserved = 3900 - total(&server.client, "w").await;
        assert_eq!(server.client.events(&build).await.last().unwrap()["code"], "BUILD_COMPLETED");
        let (used, (charged, _)) = (server.seconds(&build).await.ceil() as i64, paid(&server, &build, "w").await);
        assert!(used > reserved, "{used} after {reserved}");
        assert_eq!(charged, if charges_all { used } else { reserved }, "{overage}");
    }
}
on_both!(an_overrun_is_charged_as_it_is_set, overrun);
