//! Estimates: from the past builds that are most like what is to come.

use super::{post, total};
use crate::support::{Kind, TestServer, on_both};
use serde_json::{Value, json};

/// Past builds of an operation on a framework with so many files, that used a provider for these seconds.
pub async fn past(server: &TestServer, operation: &str, framework: &str, files: i64, seconds: &[f64]) {
    let count = server.count("builds").await;
    let rows: Vec<String> = seconds
        .iter()
        .zip(count..)
        .map(|(seconds, n)| {
            format!("('b{n}', 'p', 'past', 'building', 'deployed', 's', '{framework}', 'server', 't', {n}, {n}, {n}, '{operation}', {files}, {seconds})")
        })
        .collect();
    let columns = "id, project_id, user_id, previous_state, current_state, source_key, framework, id_source, created_by_service, created_at_ms, started_at_ms, finished_at_ms,
        operation, files, ai_seconds";
    server.execute(&format!("INSERT INTO builds ({columns}) VALUES {}", rows.join(", "))).await;
}

async fn check(server: &TestServer, operation: &str, size: Option<&str>) -> Value {
    let mut body = json!({"userId": "u", "operationType": operation});
    if let Some(size) = size {
        body["projectSize"] = size.into();
    }
    let (status, answer) = post(&server.client, "/v1/billing/check-sufficient", &body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn estimated(kind: Kind) {
    let server = TestServer::start_with(kind, &[("BUILDCAST_NODE_ROLE", "api,preview"), ("BUILDCAST_PURCHASE_URL", "https://shop.example/credits")]).await;
    // nothing is known, and then a little
    let unknown = check(&server, "main_build", None).await;
    assert_eq!(unknown["estimate"], json!({"estimatedSeconds": 120, "estimatedMinutes": 2.0, "confidence": "low", "basedOnSamples": 0}));
    assert_eq!((&unknown["sufficient"], &unknown["balance"]["total"], unknown.get("recommendation")), (&json!(true), &json!(3900), None));
    server.execute("INSERT INTO projects (id, user_id, name, source_key, id_source, created_by_service, created_at_ms, updated_at_ms) VALUES ('p', 'past', 'n', 's', 'server', 't', 1, 1)").await;
    past(&server, "build", "vite", 10, &[10.0; 3]).await;
    assert_eq!(check(&server, "update", Some("small")).await["estimate"]["basedOnSamples"], 3, "of whatever there is");
    past(&server, "build", "vite", 50, &[100.0; 6]).await;
    past(&server, "build", "static", 500, &(1..=20).map(|n| 1000.0 + f64::from(n) - 0.5).collect::<Vec<_>>()).await;
    let of = |view: &Value| {
        (
            view["estimate"]["estimatedSeconds"].as_i64().unwrap(),
            view["estimate"]["confidence"].as_str().unwrap().to_owned(),
            view["estimate"]["basedOnSamples"].as_i64().unwrap(),
        )
    };
    assert_eq!(of(&check(&server, "main_build", Some("medium")).await), (120, "medium".into(), 6), "too few to lower what is expected without any");
    assert_eq!(of(&check(&server, "main_build", Some("large")).await), (1015, "high".into(), 20));
    assert_eq!(of(&check(&server, "main_build", Some("small")).await), (1013, "high".into(), 29), "three are too few to speak for themselves");
    assert_eq!(of(&check(&server, "main_build", None).await), (1013, "high".into(), 29));
    assert_eq!(
        check(&server, "metadata_generation", None).await["estimate"],
        json!({"estimatedSeconds": 0, "estimatedMinutes": 0.0, "confidence": "high", "basedOnSamples": 0})
    );
    // of a project: its framework and its size
    let estimate = json!({"userId": "past", "operation": "main_build", "projectId": "p", "prompt": "x", "templateFiles": {"a": "1"}});
    let (status, answer) = post(&server.client, "/v1/estimate", &estimate).await;
    assert_eq!((status, answer), (200, json!({"estimatedCredits": 1015, "estimatedSeconds": 1015, "confidence": "high", "basedOnSamples": 20})));
    for (change, expected) in
        [(json!({"userId": "v"}), 404), (json!({"projectId": "nope"}), 404), (json!({"prompt": " "}), 422), (json!({"operation": "x"}), 400)]
    {
        let mut body = estimate.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(post(&server.client, "/v1/estimate", &body).await.0, expected, "{change}");
    }
    // too little
    assert_eq!(post(&server.client, "/v1/credits/reserve", &json!({"userId": "u", "buildId": "b", "estimatedCredits": 3500})).await.0, 200);
    let short = check(&server, "main_build", Some("large")).await;
    let bought = json!({"suggestedPackage": "pro", "costToComplete": 29.99, "purchaseUrl": "https://shop.example/credits"});
    assert_eq!((&short["sufficient"], &short["recommendation"]), (&json!(false), &bought));
    assert_eq!(total(&server.client, "u").await, 400);
}
on_both!(an_estimate_is_from_builds_that_are_most_like_it, estimated);
