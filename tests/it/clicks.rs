//! Double clicks: the same request again within seconds starts nothing.

use super::support::client::{answer, at_once};
use super::support::project::site;
use super::support::server::config;
use super::support::{Client, Kind, TestServer, on_both};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Sends these bytes: the status, whether it was replayed, and the answer.
async fn click(client: &Client, path: &str, body: &str) -> (u16, bool, Value) {
    let response = client.signed(Method::POST, path, body).send().await.unwrap();
    let replayed = response.headers().get("idempotency-replayed").map(|value| value.to_str().unwrap() == "true");
    let (status, answer) = answer(response).await;
    (status.as_u16(), replayed.unwrap_or(false), answer)
}

async fn clicked_twice(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let body = site("u").to_string();
    let (status, replayed, first) = click(&server.client, "/v1/builds", &body).await;
    assert_eq!((status, replayed), (202, false));
    let (status, replayed, second) = click(&server.client, "/v1/builds", &body).await;
    assert_eq!((status, replayed, &second["buildId"]), (200, true, &first["buildId"]), "{second}");
    assert_eq!((&second["status"], &second["queuePosition"], &second["projectId"]), (&json!("queued"), &json!(1), &first["projectId"]));
    // its token is as good as the first one
    assert_eq!(server.client.open(&second, None).await.status(), StatusCode::OK);
    assert_eq!((server.count("projects").await, server.count("builds").await, server.count("recent_starts").await), (1, 1, 1));
    // another path, another byte or another user: another start
    for (path, body) in [("/v1/create-preview-for-new-project", body.clone()), ("/v1/builds", format!("{body} ")), ("/v1/builds", site("v").to_string())] {
        let (status, replayed, other) = click(&server.client, path, &body).await;
        assert_eq!((status, replayed), (202, false), "{other}");
        assert_ne!(other["buildId"], first["buildId"]);
    }
    // a known project: the same bytes find its build, others find it busy
    let known = json!({"userId": "u", "projectId": "mine", "templateFiles": {"a": ""}}).to_string();
    let path = "/v1/create-preview-for-new-project";
    let (_, _, made) = click(&server.client, path, &known).await;
    let (status, replayed, again) = click(&server.client, path, &known).await;
    assert_eq!((status, replayed, &again["buildId"]), (200, true, &made["buildId"]));
    assert_eq!(click(&server.client, path, &format!("{known} ")).await.0, 429);
}
on_both!(a_second_click_gets_the_first_ones_build, clicked_twice);

async fn racing_clicks(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    for (path, body) in [
        ("/v1/builds", site("u")),
        ("/v1/create-preview-for-new-project", json!({"userId": "u", "projectId": "mine", "templateFiles": {"a": ""}})),
        ("/v1/builds/batch", json!({"builds": [site("v"), site("w")]})),
    ] {
        let before = server.count("builds").await;
        let answers = at_once((0..20).map(|_| server.client.signed(Method::POST, path, body.to_string())).collect()).await;
        let ids =
            |answer: &Value| answer["builds"].as_array().unwrap_or(&vec![answer.clone()]).iter().map(|build| build["buildId"].clone()).collect::<Vec<_>>();
        let first = ids(&answers[0].1);
        assert!(answers.iter().all(|(_, answer)| ids(answer) == first), "{answers:?}");
        assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::ACCEPTED).count(), 1);
        assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::OK).count(), 19);
        assert_eq!(server.count("builds").await - before, first.len() as i64);
    }
    let rows = [server.count("projects").await, server.count("builds").await, server.count("jobs").await, server.count("project_build_events").await];
    assert_eq!(rows, [4; 4]);
}
on_both!(twenty_clicks_at_once_start_one_build, racing_clicks);

#[tokio::test]
async fn a_click_after_the_build_has_ended_starts_another() {
    let server = TestServer::start(Kind::Sqlite).await;
    let body = site("u").to_string();
    let (_, _, first) = click(&server.client, "/v1/builds", &body).await;
    server.client.events(&first).await;
    let (status, replayed, second) = click(&server.client, "/v1/builds", &body).await;
    assert_eq!((status, replayed), (202, false));
    assert_ne!((&second["buildId"], &second["projectId"]), (&first["buildId"], &first["projectId"]));
}

#[tokio::test]
async fn requests_with_a_key_of_their_own_are_no_clicks() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    for key in ["one", "two"] {
        let request = server.client.signed(Method::POST, "/v1/builds", site("u").to_string()).header("idempotency-key", key);
        assert_eq!(answer(request.send().await.unwrap()).await.0, StatusCode::ACCEPTED);
    }
    assert_eq!((server.count("builds").await, server.count("recent_starts").await), (2, 0));
}

/// The machine's clock, so many milliseconds ahead.
#[derive(Debug, Default)]
struct Ahead(AtomicI64);

impl Clock for Ahead {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + self.0.load(Ordering::Relaxed)
    }

    fn new_id(&self) -> String {
        SystemClock.new_id()
    }
}

#[tokio::test]
async fn a_click_is_forgotten_after_ten_seconds() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Arc::new(Ahead::default()));
    let config = config(folder.path(), "sqlite://{data}/buildcast.db", &[("BUILDCAST_NODE_ROLE", "api,preview")]);
    let running = buildcast::app::start(&config, clock.clone()).await.unwrap();
    let client = Client::new(running.api.unwrap(), running.preview.unwrap());
    let body = site("u").to_string();
    let (_, _, first) = click(&client, "/v1/builds", &body).await;
    click(&client, "/v1/builds", &site("v").to_string()).await;
    clock.0.store(9000, Ordering::Relaxed);
    assert_eq!(click(&client, "/v1/builds", &body).await.2["buildId"], first["buildId"]);
    clock.0.store(10_000, Ordering::Relaxed);
    let (status, replayed, later) = click(&client, "/v1/builds", &body).await;
    assert_eq!((status, replayed), (202, false));
    // the later one is what is remembered from here on
    clock.0.store(15_000, Ordering::Relaxed);
    assert_eq!(click(&client, "/v1/builds", &body).await.2["buildId"], later["buildId"]);
    running.stop().await;
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&config.database_url).await.unwrap();
    let kept: Vec<(String,)> = sqlx::query_as("SELECT user_id FROM recent_starts").fetch_all(&mut connection).await.unwrap();
    assert_eq!(kept, [("u".to_owned(),)], "the other user's was cleared away");
}
