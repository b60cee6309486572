//! Starting builds: what is refused leaves no row and no file.

use super::support::client::{answer, at_once};
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
    let (status, error) = server.client.post("/v1/builds", &json!({"userId": "v", "projectId": first["projectId"], "prompt": "x"})).await;
    assert_eq!((status, &error["params"]["resource"]), (StatusCode::NOT_FOUND, &json!("project")));
    server.client.events(&first).await;
    // it has ended: the next one starts, and without files (and with nobody to ask for code) builds on the last ones
    let second = server.client.start(&json!({"userId": "u", "projectId": first["projectId"], "prompt": "x"})).await;
    let events = server.client.events(&second).await;
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
    assert_eq!(events[0]["project_seq"].as_i64().unwrap(), server.client.events(&first).await.last().unwrap()["project_seq"].as_i64().unwrap() + 1);
}
on_both!(a_second_build_waits_for_the_first_to_end, one_active_build);

async fn racing(kind: Kind) {
    let server = TestServer::start(kind).await;
    let first = server.client.start(&site("u")).await;
    server.client.events(&first).await;
    let requests = (0..20).map(|n| {
        let again = json!({"userId": "u", "projectId": first["projectId"], "name": format!("try {n}"), "templateFiles": slow("u", 3.0)["templateFiles"]});
        server.client.signed(Method::POST, "/v1/builds", again.to_string())
    });
    let answers = at_once(requests.collect()).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _)| *status == StatusCode::ACCEPTED);
    assert_eq!(won.len(), 1);
    for (status, error) in &lost {
        assert_eq!((status.as_u16(), &error["code"]), (429, &json!("BUILD_ALREADY_RUNNING")), "{error}");
        assert_eq!(error["params"]["buildId"], won[0].1["buildId"]);
    }
    assert_eq!(server.count("builds").await, 2);
}
on_both!(of_racing_starts_of_one_project_one_wins, racing);

/// What a start says besides its files, and what may be wrong with it.
#[tokio::test]
async fn each_field_of_a_start_is_judged() {
    let server = TestServer::start(Kind::Sqlite).await;
    let with = |field: &str, value: Value| {
        let mut start = site("u");
        start[field] = value;
        start.to_string()
    };
    let deep = |levels: usize| serde_json::from_str::<Value>(&format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels))).unwrap();
    let invalid = [
        ("framework", json!("cobol"), "one of static, vite"),
        ("framework", json!(""), "one of"),
        ("metadata", json!({"a": "x".repeat(16 << 10)}), "more than 16384"),
        ("metadata", deep(9), "deeper than 8"),
        ("delaySeconds", json!(-1), "0 to 86400"),
        ("delaySeconds", json!(86_401), "0 to 86400"),
    ];
    for (field, value, why) in invalid {
        let (status, error) = refused(&server, with(field, value)).await;
        let found = &error["params"]["errors"][0];
        assert_eq!((status.as_u16(), &found["field"]), (422, &json!(field)), "{error}");
        assert!(found["message"].as_str().unwrap().contains(why), "{error}");
    }
    for (field, value) in
        [("framework", json!(7)), ("metadata", json!([])), ("metadata", json!("x")), ("delaySeconds", json!(1.5)), ("delaySeconds", json!("1"))]
    {
        let (status, error) = refused(&server, with(field, value)).await;
        assert_eq!((status.as_u16(), &error["params"]), (400, &json!({"field": field, "reason": "wrong_type"})), "{error}");
    }
    let several = json!({"userId": "u", "templateFiles": {"a": ""}, "framework": "x", "metadata": deep(9), "delaySeconds": -1});
    let (_, error) = refused(&server, several.to_string()).await;
    let fields: Vec<&str> = error["params"]["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["framework", "metadata", "delaySeconds"]);
}

async fn kept(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let mut start = site("u");
    start["framework"] = json!("astro");
    start["metadata"] = json!({"ticket": 7, "tags": ["a", {"b": null}], "\u{0}": "\u{1f600}"});
    start["delaySeconds"] = json!(86_400);
    let build = server.client.start(&start).await;
    assert_eq!((&build["metadata"], &build["status"], &build["queuePosition"]), (&start["metadata"], &json!("queued"), &json!(1)));
    let (_, view) = server.client.get(&format!("/v1/builds/{}", build["buildId"].as_str().unwrap())).await;
    assert_eq!(view["metadata"], start["metadata"]);
    assert_eq!(server.count("builds WHERE framework = 'astro'").await, 1);
    assert_eq!(server.count("jobs WHERE state = 'delayed' AND run_at_ms = enqueued_at_ms + 86400000").await, 1);
    // one that may begin now stands before it, and says nothing of its own
    let plain = server.client.start(&site("v")).await;
    assert_eq!((&plain["queuePosition"], &plain["metadata"]), (&json!(1), &Value::Null));
    let (_, view) = server.client.get(&format!("/v1/builds/{}", build["buildId"].as_str().unwrap())).await;
    assert_eq!(view["queuePosition"], 2);
    assert_eq!(server.count("jobs WHERE state = 'ready'").await, 1);
    assert_eq!(server.count("builds WHERE framework IS NULL AND metadata IS NULL").await, 1);
    // as it was written, to the byte
    let body = r#"{"userId": "w", "templateFiles": {"a": ""}, "metadata": { "n": 12345678901234567890123,  "x": 1.50 }}"#;
    let text = server.client.signed(Method::POST, "/v1/builds", body).send().await.unwrap().text().await.unwrap();
    assert!(text.contains(r#""metadata":{ "n": 12345678901234567890123,  "x": 1.50 }"#), "{text}");
}
on_both!(framework_metadata_and_delay_are_kept, kept);

async fn delayed(kind: Kind) {
    let server = TestServer::start(kind).await;
    let mut start = site("u");
    start["delaySeconds"] = json!(2);
    let build = server.client.start(&start).await;
    let events = server.client.events(&build).await;
    let created_at = chrono::DateTime::parse_from_rfc3339(build["createdAt"].as_str().unwrap()).unwrap();
    let started = events.iter().find(|event| event["code"] == "BUILD_STARTED").unwrap();
    let waited = started["params"]["timestamp"].as_i64().unwrap() - created_at.timestamp_millis();
    assert!((2000..10_000).contains(&waited), "{waited} ms");
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
}
on_both!(a_delayed_build_begins_when_its_time_has_come, delayed);

async fn made_under_the_callers_id(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let path = "/v1/create-preview-for-new-project";
    let named = |user: &str, name: &str| json!({"userId": user, "projectId": "My_project-1", "name": name, "templateFiles": {"index.html": "x"}});
    let (status, error) = server.client.post("/v1/builds", &named("u", "a")).await;
    assert_eq!((status.as_u16(), &error["params"]), (404, &json!({"resource": "project"})));
    // unknown and without files: there is nothing to make it of
    let (status, error) = server.client.post(path, &json!({"userId": "u", "projectId": "My_project-1"})).await;
    assert_eq!((status.as_u16(), &error["params"]["errors"][0]["field"]), (422, &json!("templateFiles")));
    assert_eq!(server.count("projects").await, 0);
    let (status, build) = server.client.post(path, &named("u", "a")).await;
    assert_eq!((status.as_u16(), &build["projectId"], &build["idSource"]), (202, &json!("My_project-1"), &json!("client")), "{build}");
    assert_eq!((&build["status"], build["streamToken"].is_string()), (&json!("queued"), true));
    // known by now: another start finds the running build, another user finds nothing
    let (status, error) = server.client.post(path, &named("u", "b")).await;
    assert_eq!((status.as_u16(), &error["params"]["buildId"]), (429, &build["buildId"]));
    let (status, error) = server.client.post(path, &named("v", "a")).await;
    assert_eq!((status.as_u16(), &error["code"]), (404, &json!("NOT_FOUND")));
    // without an id the server makes one
    let (status, build) = server.client.post(path, &site("u")).await;
    assert_eq!((status.as_u16(), &build["idSource"]), (202, &json!("server")));
    assert_eq!(server.count("projects").await, 2);
}
on_both!(an_unknown_id_becomes_the_new_projects, made_under_the_callers_id);

async fn racing_for_an_id(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let requests = (0..20).map(|n| {
        let start = json!({"userId": if n % 2 == 0 { "u" } else { "v" }, "projectId": "shared", "name": format!("{n}"), "templateFiles": {"a": "x"}});
        server.client.signed(Method::POST, "/v1/create-preview-for-new-project", start.to_string())
    });
    let answers = at_once(requests.collect()).await;
    let with = |status: u16| answers.iter().filter(|(got, _)| got.as_u16() == status).count();
    // one makes it; for its owner it is busy, for the other it is not there
    assert_eq!((with(202), with(429), with(404)), (1, 9, 10), "{answers:?}");
    assert_eq!((server.count("projects").await, server.count("builds").await, server.count("jobs").await), (1, 1, 1));
    assert_eq!(server.count("project_build_events").await, 1);
}
on_both!(of_racing_starts_under_one_new_id_one_wins, racing_for_an_id);

#[tokio::test]
async fn an_update_needs_a_project_that_is_known() {
    let server = TestServer::start(Kind::Sqlite).await;
    let path = "/v1/update-project";
    let (status, error) = server.client.post(path, &site("u")).await;
    assert_eq!((status.as_u16(), &error["params"]), (400, &json!({"field": "projectId", "reason": "missing_field"})));
    let (status, error) = server.client.post(path, &json!({"userId": "u", "projectId": "nobodys", "templateFiles": {"a": ""}})).await;
    assert_eq!((status.as_u16(), &error["code"]), (404, &json!("NOT_FOUND")));
    assert_eq!((server.count("projects").await, server.files_in("artifacts").len()), (0, 0));
    let first = server.client.start(&site("u")).await;
    server.client.events(&first).await;
    let update = |user: &str| json!({"userId": user, "projectId": first["projectId"], "templateFiles": {"index.html": "2"}});
    assert_eq!(server.client.post(path, &update("v")).await.0.as_u16(), 404);
    // neither files nor a prompt: there is nothing to do
    let (status, error) = server.client.post(path, &json!({"userId": "u", "projectId": first["projectId"]})).await;
    assert_eq!((status.as_u16(), &error["params"]["errors"][0]["field"]), (422, &json!("templateFiles")));
    let (status, second) = server.client.post(path, &update("u")).await;
    assert_eq!((status.as_u16(), &second["projectId"]), (202, &first["projectId"]));
    let events = server.client.events(&second).await;
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
    let page = server.client.http.get(events.last().unwrap()["preview_url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
    assert_eq!(page, "2");
}

#[tokio::test]
async fn every_path_that_takes_files_takes_32_mib() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    let start = json!({"userId": "u", "projectId": "large", "templateFiles": {"index.html": "x".repeat(3 << 20)}});
    assert_eq!(server.client.post("/v1/update-project", &start).await.0.as_u16(), 404);
    assert_eq!(server.client.post("/v1/builds/batch", &json!({"builds": [start]})).await.0.as_u16(), 404);
    assert_eq!(server.client.post("/v1/create-preview-for-new-project", &start).await.0.as_u16(), 202);
}
