//! Starting builds: what is refused leaves no row and no file.

use super::support::client::answer;
use super::support::project::{site, slow};
use super::support::{Kind, TestServer, on_both};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Sends a start that must be refused, and looks that nothing is left of it.
async fn refused(server: &TestServer, body: impl Into<Vec<u8>>) -> (StatusCode, Value) {
    let (status, error) = answer(server.client.signed(Method::POST, "/v1/builds", body).send().await.unwrap()).await;
    assert!(!status.is_success(), "{error}");
    for table in ["projects", "builds", "jobs", "project_build_events"] {
        assert_eq!(server.count(table).await, 0, "{table} after {error}");
    }
    assert_eq!(server.files_in("artifacts"), Vec::<String>::new(), "{error}");
    assert!(error["message"].as_str().is_some_and(|m| !m.is_empty()) && error["requestId"].is_string() && error["referenceId"].is_string(), "{error}");
    (status, error)
}

fn with_files(files: Value) -> String {
    json!({"userId": "u", "templateFiles": files}).to_string()
}

#[tokio::test]
async fn bad_paths_are_each_named() {
    let server = TestServer::start(Kind::Sqlite).await;
    let body = with_files(json!({"../evil": "x", "/etc/passwd": "x", "fine.html": "x", "a\\b": "x"}));
    let (status, error) = refused(&server, body).await;
    assert_eq!((status, &error["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("VALIDATION_FAILED")));
    let errors = error["params"]["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 3);
    assert!(errors.iter().all(|e| e["field"] == "templateFiles"));
    for (path, why) in [("../evil", "leaves the project"), ("/etc/passwd", "absolute"), ("a\\\\b", "backslash")] {
        assert!(errors.iter().any(|e| e["message"].as_str().unwrap().contains(path) && e["message"].as_str().unwrap().contains(why)), "{path}: {error}");
    }
}

#[tokio::test]
async fn each_kind_of_bad_body_has_its_own_error() {
    let server = TestServer::start(Kind::Sqlite).await;
    let cases = [
        ("{\"userId\": ", 400, "body", "malformed_json"),
        ("", 415, "", ""),
        ("[]", 400, "body", "wrong_type"),
        ("{\"userId\": \"u\", \"projectID\": \"x\"}", 400, "projectID", "unknown_field"),
        ("{\"name\": \"x\"}", 400, "userId", "missing_field"),
        ("{\"userId\": 7}", 400, "userId", "wrong_type"),
        ("{\"userId\": \"u\", \"templateFiles\": {\"a\": {\"content\": \"\", \"mode\": 1}}}", 400, "templateFiles.a.mode", "unknown_field"),
        ("{\"userId\": \"u\", \"templateFiles\": {\"a\": \"1\", \"a\": \"2\"}}", 400, "templateFiles", "duplicate"),
        ("{\"userId\": \"u\"} trailing", 400, "body", "malformed_json"),
        ("{\"userId\": \"u\", \"projectId\": \"../x\", \"templateFiles\": {\"a\": \"\"}}", 400, "projectId", "not_an_id"),
    ];
    for (body, status, field, reason) in cases {
        let (got, error) = refused(&server, body).await;
        assert_eq!(got.as_u16(), status, "{body}: {error}");
        if status == 400 {
            assert_eq!((&error["code"], &error["params"]), (&json!("INVALID_INPUT"), &json!({"field": field, "reason": reason})), "{body}");
        } else {
            assert_eq!(error["code"], "UNSUPPORTED_MEDIA_TYPE");
        }
    }
}

#[tokio::test]
async fn fields_that_cannot_be_are_listed_together() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (status, error) = refused(&server, json!({"userId": "a b", "name": " ", "priority": 1000}).to_string()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<&str> = error["params"]["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["userId", "name", "priority", "templateFiles"]);
    let (_, error) = refused(&server, with_files(json!({"a": {"content": "!", "encoding": "base64"}}))).await;
    assert!(error["params"]["errors"][0]["message"].as_str().unwrap().contains("\"a\" is not base64"));
    let (_, error) = refused(&server, with_files(json!({}))).await;
    assert_eq!(error["code"], "VALIDATION_FAILED");
    let (_, error) = refused(&server, json!({"userId": "u", "templateZip": "bm8gemlw"}).to_string()).await;
    assert_eq!(error["params"]["errors"][0]["field"], "templateZip");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_unread() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (status, error) = refused(&server, with_files(json!({"a": "x".repeat(33 << 20)}))).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(error["params"]["limit"], 32 << 20);
    assert!(error["params"]["actual"].as_u64().unwrap() > 33 << 20);
}

#[tokio::test]
async fn a_body_just_under_the_limit_is_taken() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&json!({"userId": "u", "templateFiles": {"index.html": "x".repeat(31 << 20)}})).await;
    let events = server.client.events(&build).await;
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
}

async fn one_active_build(kind: Kind) {
    let server = TestServer::start(kind).await;
    let first = server.client.start(&slow("u", 3.0)).await;
    let again = json!({"userId": "u", "projectId": first["projectId"], "templateFiles": {"index.html": "2"}});
    let (status, error) = server.client.post("/v1/builds", &again).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{error}");
    assert_eq!((&error["code"], &error["params"]["buildId"]), (&json!("BUILD_ALREADY_RUNNING"), &first["buildId"]));
    assert_eq!(server.count("builds").await, 1);
    // another user's project is not there
    let (status, error) = server.client.post("/v1/builds", &json!({"userId": "v", "projectId": first["projectId"]})).await;
    assert_eq!((status, &error["params"]["resource"]), (StatusCode::NOT_FOUND, &json!("project")));
    server.client.events(&first).await;
    // it has ended: the next one starts, and without files builds on the last ones
    let second = server.client.start(&json!({"userId": "u", "projectId": first["projectId"]})).await;
    let events = server.client.events(&second).await;
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
    assert_eq!(events[0]["project_seq"].as_i64().unwrap(), server.client.events(&first).await.last().unwrap()["project_seq"].as_i64().unwrap() + 1);
}
on_both!(a_second_build_waits_for_the_first_to_end, one_active_build);

async fn racing(kind: Kind) {
    let server = TestServer::start(kind).await;
    let first = server.client.start(&site("u")).await;
    server.client.events(&first).await;
    let again = json!({"userId": "u", "projectId": first["projectId"], "templateFiles": slow("u", 3.0)["templateFiles"]});
    let tries = (0..20).map(|_| {
        let (client, again) = (server.client.clone(), again.clone());
        tokio::spawn(async move { client.post("/v1/builds", &again).await.0.as_u16() })
    });
    let mut statuses = vec![];
    for one in tries.collect::<Vec<_>>() {
        statuses.push(one.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 202);
    assert!(statuses[1..].iter().all(|status| *status == 429), "{statuses:?}");
    assert_eq!(server.count("builds").await, 2);
}
on_both!(of_racing_starts_of_one_project_one_wins, racing);
