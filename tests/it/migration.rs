//! The change-over of docs/migration.md: what comes from the former worker, by callers that sign as they did.

use super::support::project::site;
use super::support::{Kind, TestServer, client::answer};
use buildcast::domain::signature::{SignedRequest, header, sign_v1};
use reqwest::Method;
use serde_json::{Value, json};

/// As a caller of the former worker asks: signed with version 1.
async fn former(server: &TestServer, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = SignedRequest { method: method.as_str(), path_and_query: path, body: body.as_bytes() };
    let signature = sign_v1(server.client.secret.as_bytes(), request);
    let asked = server.client.bare(method, path).header(header::V1, signature).header("content-type", "application/json").body(body);
    let (status, body) = answer(asked.send().await.unwrap()).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn a_project_comes_over_with_its_id_however_often_it_is_brought() {
    let server = TestServer::start(Kind::Sqlite).await;
    let id = "3f1c0b52-8a6e-4f0e-9a57-0d6a1f3f9c11";
    let mut start = site("user_1");
    start["projectId"] = id.into();
    let (status, unknown) = former(&server, Method::POST, "/v1/update-project", &start).await;
    assert_eq!((status, &unknown["code"]), (404, &json!("NOT_FOUND")));
    for time in 1..=2 {
        start["priority"] = (-100).into();
        let (status, build) = former(&server, Method::POST, "/v1/create-preview-for-new-project", &start).await;
        assert_eq!((status, &build["projectId"], &build["status"]), (202, &json!(id), &json!("queued")), "{build}");
        server.client.watch(&build, None).await;
        let (_, history) = former(&server, Method::GET, &format!("/projects/{id}/versions"), &Value::Null).await;
        assert_eq!((&history["success"], history["versions"].as_array().unwrap().len()), (&json!(true), time), "{history}");
    }
    let (_, project) = former(&server, Method::GET, &format!("/v1/projects/{id}?userId=user_1"), &Value::Null).await;
    assert_eq!((&project["idSource"], &project["status"]), (&json!("client"), &json!("idle")), "{project}");
    // another user's start does not take it
    start["userId"] = "user_2".into();
    assert_eq!(former(&server, Method::POST, "/v1/create-preview-for-new-project", &start).await.0, 404);
}

#[tokio::test]
async fn credits_come_over_once_and_nobody_is_welcomed_twice() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_WELCOME_CREDITS", "0"), ("BUILDCAST_DAILY_CREDITS", "0")]).await;
    let credit = json!({"userId": "user_1", "credits": 120, "reference": "former-user_1"});
    for _ in 0..2 {
        let (status, credited) = former(&server, Method::POST, "/v1/billing/credit", &credit).await;
        assert_eq!(status, 200, "{credited}");
    }
    let (_, account) = former(&server, Method::GET, "/v1/billing/balance/user_1", &Value::Null).await;
    assert_eq!(account["balance"], json!({"welcomeBonus": 0, "dailyGift": 0, "paid": 120, "total": 120}));
}
