//! What an operator finds of money in the log: a line for each operation that was committed, and none for others.

use super::builds::{prompted, settings};
use crate::support::process::ServerProcess;
use crate::support::provider::{Answer, FakeProvider, whole};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs::File;

const GOOD: &str = r#"{"files": [{"path": "about.html", "content": "<title>made</title>"}]}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_operation_on_money_is_one_line_once_it_is_committed() {
    let provider = FakeProvider::start(vec![Answer::stream(whole("anthropic", GOOD))]).await;
    let (folder, given) = (tempfile::tempdir().unwrap(), settings(&provider.url));
    let log = folder.path().join("log");
    let extra = [given.as_slice(), &[("BUILDCAST_WELCOME_CREDITS", "100"), ("BUILDCAST_DAILY_CREDITS", "200")]].concat();
    let mut server = ServerProcess::start_logged(folder.path(), &extra, File::create(&log).unwrap());
    let client = &server.client;
    let build = client.start(&prompted("u")).await;
    client.events(&build).await;
    let mut waiting = prompted("u");
    waiting["delaySeconds"] = json!(600);
    let waiting = client.start(&waiting).await;
    let cancelled = client.post(&format!("/v1/builds/{}/cancel", waiting["buildId"].as_str().unwrap()), &json!({"userId": "u"})).await;
    assert_eq!(cancelled.0, 200);
    // one of three is too many: nothing is set aside
    let refused = client.post("/v1/builds/batch", &json!({"builds": [prompted("v"), prompted("v"), prompted("v")]})).await;
    assert_eq!(refused.0, 402, "{}", refused.1);
    client.post("/v1/billing/credit", &json!({"userId": "w", "credits": 5, "reference": "r", "actor": "jane"})).await;
    let held = client.post("/v1/credits/reserve", &json!({"userId": "w", "buildId": "b", "estimatedCredits": 5})).await.1;
    client.post("/v1/credits/commit", &json!({"reservationId": held["reservationId"], "buildId": "b", "actualCredits": 3})).await;
    let held = client.post("/v1/credits/reserve", &json!({"userId": "w", "buildId": "b", "estimatedCredits": 4})).await.1;
    client.post("/v1/credits/release", &json!({"reservationId": held["reservationId"], "actor": "jane"})).await;
    server.signal(Signal::TERM);
    assert!(server.child.wait().unwrap().success());
    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let said = |message: &str| lines.iter().filter(|line| line["message"] == message).collect::<Vec<_>>();
    let of = |message: &str, field: &str| said(message).iter().map(|line| line[field].clone()).collect::<Vec<_>>();
    let builds = [build["buildId"].clone(), waiting["buildId"].clone()];
    assert_eq!(of("credits set aside for a build", "build_id"), builds, "{text}");
    assert_eq!(of("the reservation of a build has ended", "build_id"), builds);
    assert_eq!(of("credits came in", "actor"), [json!("api:jane")]);
    assert_eq!(of("credits set aside", "credits"), [json!(5), json!(4)]);
    assert_eq!((of("credits paid", "charged"), of("credits given back", "actor")), (vec![json!(3)], vec![json!("api:jane")]));
    assert!(lines.iter().filter(|line| line["message"].as_str().unwrap_or_default().starts_with("credits ")).all(|line| !line["request_id"].is_null()));
}
