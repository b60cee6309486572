//! Publishing: one version of a project at its own address, until it is taken back or another one takes its place.

use super::support::client::at_once;
use super::support::project::site;
use super::support::{Kind, TestServer, on_both};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A project with two versions whose pages say `first` and `second`.
async fn two_versions(server: &TestServer) -> (String, String, String) {
    let mut start = site("u");
    start["templateFiles"]["index.html"] = json!("<p>first");
    let (project, first) = server.client.deploy(&start).await;
    start["templateFiles"]["index.html"] = json!("<p>second");
    start["projectId"] = json!(project);
    let (_, second) = server.client.deploy(&start).await;
    (project, first, second)
}

async fn live(server: &TestServer, project: &str) -> (StatusCode, String) {
    let response = server.client.http.get(format!("{}/live/{project}/", server.client.preview)).send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

/// What an answer of publishing says, besides its time.
fn said(answer: &Value) -> (&Value, &Value) {
    assert_eq!(answer["success"], true, "{answer}");
    assert_eq!(answer["versionId"].is_null(), answer["publishedAt"].is_null() && answer["publishedUrl"].is_null(), "{answer}");
    (&answer["versionId"], &answer["previousVersionId"])
}

async fn published(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (project, first, second) = two_versions(&server).await;
    assert_eq!(live(&server, &project).await.0, StatusCode::NOT_FOUND);
    let publish = async |prefix: &str, version: &str, body: Value| server.client.post(&format!("{prefix}/projects/{project}/publish/{version}"), &body).await;
    let (status, answer) = publish("/v1", &first, json!({"userId": "u", "comment": "it's ready"})).await;
    assert_eq!((status, said(&answer)), (StatusCode::OK, (&json!(first), &Value::Null)));
    assert_eq!((&answer["projectId"], &answer["publishedUrl"]), (&json!(project), &json!(format!("{}/live/{project}/", server.client.preview))));
    // the preview shows the second one still
    assert_eq!(live(&server, &project).await, (StatusCode::OK, "<p>first".into()));
    let preview = server.client.http.get(format!("{}/p/{project}/", server.client.preview)).send().await.unwrap();
    assert_eq!(preview.text().await.unwrap(), "<p>second");
    // again: the same answer, and no second row
    assert_eq!(publish("", &first, json!({"userId": "u"})).await, (StatusCode::OK, answer));
    assert_eq!(server.count("publications").await, 1);
    let (_, answer) = publish("", &second, json!({"userId": "u"})).await;
    assert_eq!(said(&answer), (&json!(second), &json!(first)));
    assert_eq!(live(&server, &project).await.1, "<p>second");
    // taken back, and taken back again
    let unpublish = async |prefix: &str| server.client.post(&format!("{prefix}/projects/{project}/unpublish"), &json!({"userId": "u"})).await;
    let (status, answer) = unpublish("/v1").await;
    assert_eq!((status, said(&answer)), (StatusCode::OK, (&Value::Null, &json!(second))));
    assert_eq!(live(&server, &project).await.0, StatusCode::NOT_FOUND);
    assert_eq!(unpublish("").await, (StatusCode::OK, answer));
    assert_eq!(server.count("publications WHERE user_id = 'u'").await, 3);
    assert_eq!(server.scalar::<String>("SELECT comment FROM publications ORDER BY created_at_ms, id LIMIT 1").await, "it's ready");
    // a version after nothing
    let (_, answer) = publish("/v1", &first, json!({"userId": "u"})).await;
    assert_eq!(said(&answer), (&json!(first), &Value::Null));
}
on_both!(a_version_is_published_replaced_and_taken_back, published);

async fn refused(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (project, first, second) = two_versions(&server).await;
    let (_, strange) = server.client.deploy(&site("u")).await;
    let post = async |path: String, body: Value| {
        let (status, error) = server.client.post(&path, &body).await;
        (status.as_u16(), error["params"].clone())
    };
    let own = json!({"userId": "u"});
    let publish = |version: &str| format!("/v1/projects/{project}/publish/{version}");
    let not_found = |resource: &str| (404, json!({"resource": resource}));
    assert_eq!(post(publish(&first), json!({"userId": "v"})).await, not_found("project"));
    assert_eq!(post(format!("/v1/projects/nope/publish/{first}"), own.clone()).await, not_found("project"));
    assert_eq!(post(publish("nope"), own.clone()).await, not_found("version"));
    assert_eq!(post(publish("a%20b"), own.clone()).await, not_found("version"));
    assert_eq!(post(publish(&strange), own.clone()).await, not_found("version"));
    assert_eq!(post(format!("/projects/{project}/unpublish"), json!({"userId": "v"})).await, not_found("project"));
    let unknown = json!({"userId": "u", "force": true});
    assert_eq!(post(publish(&first), unknown).await, (400, json!({"field": "force", "reason": "unknown_field"})));
    for odd in ["\0".to_owned(), "x".repeat(1001)] {
        assert_eq!(post(publish(&first), json!({"userId": "u", "comment": odd})).await.0, 422);
    }
    for (change, reason) in [
        ("deploy_status = 'failed'", "deployment_failed"),
        ("deploy_status = 'deploying'", "deployment_failed"),
        ("deploy_status = 'deployed', artifact_gone = 'missing'", "artifact_missing"),
        ("artifact_gone = 'expired'", "artifact_expired"),
        ("artifact_gone = NULL, created_at_ms = 1", "artifact_expired"),
    ] {
        server.execute(&format!("UPDATE versions SET {change} WHERE id = '{first}'")).await;
        let (status, error) = server.client.post(&publish(&first), &own).await;
        assert_eq!((status, &error["code"], &error["params"]), (StatusCode::CONFLICT, &json!("VERSION_NOT_ELIGIBLE"), &json!({"reason": reason})));
    }
    // an object that was lost is found to be so now, and not by those who look at what was published
    server.execute(&format!("UPDATE versions SET artifact_gone = NULL, created_at_ms = 9000000000000 WHERE id = '{first}'")).await;
    std::fs::remove_file(server.folder.path().join(format!("artifacts/artifacts/{project}/{first}.zip"))).unwrap();
    assert_eq!(post(publish(&first), own.clone()).await, (409, json!({"reason": "artifact_missing"})));
    assert_eq!(server.count("versions WHERE artifact_gone = 'missing'").await, 1);
    assert_eq!((server.count("publications").await, live(&server, &project).await.0), (0, StatusCode::NOT_FOUND));
    // one that is published stays so, and may be published again, when its time is over
    assert_eq!(post(publish(&second), own.clone()).await.0, 200);
    server.execute(&format!("UPDATE versions SET created_at_ms = 1 WHERE id = '{second}'")).await;
    assert_eq!((post(publish(&second), own).await.0, live(&server, &project).await.1), (200, "<p>second".into()));
}
on_both!(what_cannot_be_published_is_refused_with_its_reason, refused);

async fn raced(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (project, first, second) = two_versions(&server).await;
    let body = json!({"userId": "u"}).to_string();
    let paths = [format!("publish/{first}"), format!("publish/{second}"), "unpublish".into()];
    let requests = (0..12).map(|n| server.client.signed(Method::POST, &format!("/v1/projects/{project}/{}", paths[n % 3]), body.clone())).collect();
    for (status, answer) in at_once(requests).await {
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    // each row follows from the one before, and the last is what is shown
    let rows = server.count("publications").await;
    let text = "SELECT COALESCE((SELECT published_version_id FROM projects WHERE id = 'P'), '')".replace('P', &project);
    let (shown, changes) = (server.scalar::<String>(&text).await, server.count("publications WHERE action = 'publish'").await);
    assert!((1..=12).contains(&rows) && changes >= 1 && changes >= rows - changes, "{rows} {changes}");
    let (status, page) = live(&server, &project).await;
    match shown.as_str() {
        "" => assert_eq!(status, StatusCode::NOT_FOUND),
        id => assert_eq!(page, if id == first { "<p>first" } else { "<p>second" }),
    }
}
on_both!(racing_publications_take_turns, raced);

#[tokio::test]
async fn what_is_published_is_served_as_a_preview_is_and_goes_with_its_artifact() {
    let server = TestServer::start(Kind::Sqlite).await;
    let mut start = site("u");
    start["templateFiles"]["app.js"] = json!("//");
    let (project, version) = server.client.deploy(&start).await;
    let (status, _) = server.client.post(&format!("/v1/projects/{project}/publish/{version}"), &json!({"userId": "u"})).await;
    assert_eq!(status, StatusCode::OK);
    let (http, preview) = (&server.client.http, &server.client.preview);
    let bare = http.get(format!("{preview}/live/{project}?a=b")).send().await.unwrap();
    assert_eq!((bare.status(), bare.headers()["location"].to_str().unwrap()), (StatusCode::TEMPORARY_REDIRECT, format!("/live/{project}/?a=b").as_str()));
    let rooted = http.get(format!("{preview}/app.js")).header("referer", format!("{preview}/live/{project}/sub/")).send().await.unwrap();
    assert_eq!(rooted.headers()["location"], format!("/live/{project}/app.js"));
    let addresses = ["live", "p", "v"].map(|kind| format!("{preview}/{kind}/{}/", if kind == "v" { &version } else { &project }));
    let answers = async || {
        let mut answers = vec![];
        for address in &addresses {
            let response = http.get(address).send().await.unwrap();
            let status = response.status().as_u16();
            let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
            answers.push((status, body["params"]["resource"].as_str().unwrap_or_default().to_owned()));
        }
        answers
    };
    let all = |status: u16, resource: &str| vec![(status, resource.to_owned()); 3];
    assert_eq!(answers().await, all(200, ""));
    // open by now, and gone all the same
    for gone in ["expired", "missing"] {
        server.execute(&format!("UPDATE versions SET artifact_gone = '{gone}'")).await;
        assert_eq!(answers().await, all(404, "artifact"), "{gone}");
    }
    server.execute("UPDATE versions SET artifact_gone = NULL, deploy_status = 'failed'").await;
    let failed = answers().await;
    assert_eq!((failed[1].0, failed[2].clone()), (200, (404, "preview".to_owned())));
    assert_eq!(http.get(format!("{preview}/live/a%20b/")).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}
