//! A project's history: what may be done with each version and why not, in pages; and what people write about a version.

use super::support::project::site;
use super::support::vault::{DAY, MADE, StoppedClock, Vault};
use super::support::{Kind, TestServer, on_both};
use buildcast::service::versions::VersionQuery;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A project with so many versions, oldest first.
async fn deployed(server: &TestServer, count: usize) -> (String, Vec<String>) {
    let (project, first) = server.client.deploy(&site("u")).await;
    let mut versions = vec![first];
    while versions.len() < count {
        versions.push(server.client.deploy(&json!({"userId": "u", "projectId": project, "prompt": "as it is"})).await.1);
    }
    (project, versions)
}

async fn history(server: &TestServer, project: &str) -> Vec<Value> {
    let (status, page) = server.client.get(&format!("/v1/projects/{project}/versions")).await;
    assert_eq!((status, &page["success"]), (StatusCode::OK, &json!(true)), "{page}");
    page["versions"].as_array().unwrap().clone()
}

async fn told(kind: Kind) {
    let server = TestServer::start(kind).await;
    let mut start = site("u");
    start["templateFiles"]["bare.html"] = json!("<p>no title");
    let (project, first) = server.client.deploy(&start).await;
    let (_, second) = server.client.deploy(&json!({"userId": "u", "projectId": project, "prompt": "as it is"})).await;
    let versions = history(&server, &project).await;
    let of = |name: &str| versions.iter().map(|version| version[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("id"), [json!(second), json!(first)]);
    assert_eq!((of("semver"), of("isPreview")), (vec![json!("1.1.0"), json!("1.0.0")], vec![json!(true), json!(false)]));
    let version = &versions[1];
    let keys: BTreeSet<&str> = version.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "accessibility artifactSize buildId canPreview canPublish canRollback createdAt deployStatus description framework hasArtifact id \
                    isPreview isPublished name previewUrl recommendations retention rollbackOf semver";
    assert_eq!(keys, expected.split_whitespace().collect());
    for (name, value) in [
        ("name", Value::Null),
        ("description", Value::Null),
        ("rollbackOf", Value::Null),
        ("deployStatus", json!("deployed")),
        ("framework", json!("static")),
        ("isPublished", json!(false)),
        ("hasArtifact", json!(true)),
        ("canPreview", json!(true)),
        ("canRollback", json!(true)),
        ("canPublish", json!(true)),
        ("accessibility", json!({"rollbackDisabledReason": null, "previewDisabledReason": null})),
        ("artifactSize", json!(server.scalar::<i64>(&format!("SELECT artifact_bytes FROM versions WHERE id = '{first}'")).await)),
    ] {
        assert_eq!(version[name], value, "{name}");
    }
    assert_eq!(version["retention"]["daysRemaining"], 30);
    assert!(version["recommendations"].as_array().unwrap().contains(&json!({"code": "missing_title", "path": "bare.html"})), "{version}");
    let page = server.client.http.get(version["previewUrl"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let (_, build) = server.client.get(&format!("/v1/builds/{}", version["buildId"].as_str().unwrap())).await;
    assert_eq!(build["versionId"], json!(first));
    // the former worker's path, and who may look
    let (_, plain) = server.client.get(&format!("/v1/projects/{project}/versions?userId=u")).await;
    let (_, alias) = server.client.get(&format!("/projects/{project}/versions?limit=200")).await;
    assert_eq!((&plain, plain["versions"].as_array().unwrap()), (&alias, &versions));
    assert_eq!(server.client.bare(Method::GET, &format!("/projects/{project}/versions")).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    for path in [format!("/v1/projects/{project}/versions?userId=v"), "/v1/projects/nope/versions".into(), "/projects/a%20b/versions".into()] {
        let (status, error) = server.client.get(&path).await;
        assert_eq!((status, &error["params"]["resource"]), (StatusCode::NOT_FOUND, &json!("project")), "{path}");
    }
}
on_both!(a_version_tells_what_it_is_and_what_may_be_done_with_it, told);

async fn reasons(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (project, versions) = deployed(&server, 5).await;
    let [expired, published, failed, missing, fine] = &versions[..] else { panic!("{versions:?}") };
    server.execute(&format!("UPDATE versions SET created_at_ms = created_at_ms - {} WHERE id = '{expired}'", 31 * DAY)).await;
    let (status, _) = server.client.post(&format!("/v1/projects/{project}/publish/{published}"), &json!({"userId": "u"})).await;
    assert_eq!(status, StatusCode::OK);
    server.execute(&format!("UPDATE versions SET deploy_status = 'failed' WHERE id = '{failed}'")).await;
    server.execute(&format!("UPDATE versions SET artifact_gone = 'missing' WHERE id = '{missing}'")).await;
    let cases = [
        (expired, json!("artifact_expired"), json!("artifact_expired"), false),
        (published, json!("already_published"), Value::Null, true),
        (failed, json!("deployment_failed"), json!("deployment_failed"), true),
        (missing, json!("artifact_missing"), json!("artifact_missing"), false),
        (fine, Value::Null, Value::Null, true),
    ];
    let shown = history(&server, &project).await;
    for (id, rollback, preview, has_artifact) in cases {
        let version = shown.iter().find(|version| version["id"] == json!(id)).unwrap();
        assert_eq!(version["accessibility"], json!({"rollbackDisabledReason": rollback, "previewDisabledReason": preview}));
        let can = (&version["canRollback"], &version["canPublish"], &version["canPreview"], &version["hasArtifact"]);
        assert_eq!(can, (&json!(rollback.is_null()), &json!(rollback.is_null()), &json!(preview.is_null()), &json!(has_artifact)));
    }
    // counted as they are judged: one look at the published one when it was published, five in the history
    let text = server.client.bare(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    for line in [
        r#"artifact_availability_checks{result="available"} 4"#,
        r#"artifact_availability_checks{result="expired"} 1"#,
        r#"artifact_availability_checks{result="missing"} 1"#,
    ] {
        assert!(text.lines().any(|l| l == line), "{line}: {text}");
    }
}
on_both!(an_expired_a_published_a_failed_and_a_missing_version_each_give_their_reason_in_history, reasons);

async fn boundary(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", "s").await;
    vault.version("p", "v", MADE).await;
    let clock = Arc::new(StoppedClock(AtomicI64::new(0)));
    let services = vault.services(clock.clone());
    for (now_ms, has_artifact, days) in
        [(MADE, true, 30), (MADE + 30 * DAY - 1, true, 1), (MADE + 30 * DAY, true, 0), (MADE + 30 * DAY + 1, false, 0), (MADE + 300 * DAY, false, 0)]
    {
        clock.0.store(now_ms, Ordering::Relaxed);
        let version = services.versions("p", &VersionQuery::default()).await.unwrap().versions.remove(0);
        assert_eq!((version.has_artifact, version.can_rollback, version.retention.days_remaining), (has_artifact, has_artifact, days), "{now_ms}");
        assert_eq!(version.retention.expires_at, "2025-07-15T15:06:40.000Z");
    }
}
on_both!(retention_ends_exactly_after_its_last_millisecond, boundary);

/// Thousand versions, five of each time.
async fn thousand(vault_url: &str, project: &str) {
    let rows = |line: &dyn Fn(usize) -> String| (0..1000).map(line).collect::<Vec<_>>().join(", ");
    let builds = rows(&|n| format!("('b{n}', '{project}', 'u', 'building', 'deployed', 's', 'server', 'test', 1)"));
    let columns = "(id, project_id, user_id, previous_state, current_state, source_key, id_source, created_by_service, created_at_ms)";
    super::support::vault::execute(vault_url, &format!("INSERT INTO builds {columns} VALUES {builds}")).await;
    let line = |n: usize| {
        let at_ms = MADE + i64::try_from(n / 5).unwrap();
        format!("('v{n:03}', '{project}', 'b{n}', 1, {n}, 0, 'deployed', 'static', 'k{n}', 1, 'h', 1, '[]', {at_ms})")
    };
    let columns = "(id, project_id, build_id, major, minor, patch, deploy_status, framework, artifact_key, artifact_bytes, artifact_sha256, output_files,
                    recommendations, created_at_ms)";
    super::support::vault::execute(vault_url, &format!("INSERT INTO versions {columns} VALUES {}", rows(&line))).await;
}

async fn paged(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let start = server.client.start(&site("u")).await;
    let project = start["projectId"].as_str().unwrap();
    thousand(&server.database_url, project).await;
    let (mut seen, mut cursor, mut sizes) = (vec![], String::new(), vec![]);
    loop {
        let (status, page) = server.client.get(&format!("/v1/projects/{project}/versions?limit=150{cursor}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let versions = page["versions"].as_array().unwrap();
        sizes.push(versions.len());
        seen.extend(versions.iter().map(|version| version["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(sizes, [150, 150, 150, 150, 150, 150, 100]);
    assert_eq!(seen, (0..1000).rev().map(|n| format!("v{n:03}")).collect::<Vec<_>>());
    let (_, page) = server.client.get(&format!("/v1/projects/{project}/versions")).await;
    assert_eq!(page["versions"].as_array().unwrap().len(), 50);
    // a page that ends the list exactly has no next one
    let (_, page) = server.client.get(&format!("/v1/projects/{project}/versions?limit=5&cursor={MADE}-v005")).await;
    assert_eq!((page["versions"].as_array().unwrap().len(), &page["nextCursor"]), (5, &Value::Null));
}
on_both!(pages_have_each_version_once_newest_first, paged);

#[tokio::test]
async fn a_history_that_cannot_be_asked_for_is_named() {
    let server = TestServer::start(Kind::Sqlite).await;
    for (query, field, reason) in [
        ("limit=0", "limit", "out_of_range"),
        ("limit=201", "limit", "out_of_range"),
        ("limit=x", "limit", "invalid_value"),
        ("cursor=x", "cursor", "not_a_cursor"),
        ("state=deployed", "state", "unknown_field"),
        ("limit=1&limit=2", "limit", "duplicate"),
    ] {
        let (status, error) = server.client.get(&format!("/v1/projects/p/versions?{query}")).await;
        assert_eq!((status, &error["params"]), (StatusCode::BAD_REQUEST, &json!({"field": field, "reason": reason})), "{query}");
    }
}

async fn edited(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (project, versions) = deployed(&server, 1).await;
    let path = format!("/v1/versions/{}", versions[0]);
    let long = "é".repeat(200);
    for (body, name, description) in [
        (json!({"userId": "u", "name": "Bug fixes"}), json!("Bug fixes"), Value::Null),
        (json!({"userId": "u", "description": "Fixed\nthe <b>phone</b>"}), json!("Bug fixes"), json!("Fixed\nthe <b>phone</b>")),
        (json!({"userId": "u", "name": null}), Value::Null, json!("Fixed\nthe <b>phone</b>")),
        (json!({"userId": "u", "name": long, "description": null}), json!(long), Value::Null),
        (json!({"userId": "u", "description": ""}), json!(long), json!("")),
    ] {
        let (status, version) = server.client.patch(&path, &body).await;
        assert_eq!((status, &version["name"], &version["description"]), (StatusCode::OK, &name, &description), "{body}: {version}");
        assert_eq!(history(&server, &project).await, [version]);
    }
    let before = history(&server, &project).await;
    let refused = [
        (json!({"userId": "u"}), StatusCode::BAD_REQUEST, "body", "nothing_to_change"),
        (json!({"userId": "u", "nom": "x"}), StatusCode::BAD_REQUEST, "nom", "unknown_field"),
        (json!({"name": "x"}), StatusCode::BAD_REQUEST, "userId", "missing_field"),
        (json!({"userId": "u", "name": 7}), StatusCode::BAD_REQUEST, "name", "wrong_type"),
    ];
    for (body, status, field, reason) in refused {
        let (answered, error) = server.client.patch(&path, &body).await;
        assert_eq!((answered, &error["params"]), (status, &json!({"field": field, "reason": reason})), "{body}");
    }
    for (name, value) in [("name", ""), ("name", " "), ("name", "a\nb"), ("name", "a\0"), ("description", "a\0b"), ("name", &"x".repeat(201))] {
        let (status, error) = server.client.patch(&path, &json!({"userId": "u", name: value})).await;
        assert_eq!((status, &error["params"]["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(name)), "{value:?}");
    }
    let (status, _) = server.client.patch(&path, &json!({"userId": "u", "description": "x".repeat(2001)})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for (path, user) in [(path.as_str(), "v"), ("/v1/versions/nope", "u"), ("/v1/versions/a%20b", "u")] {
        let (status, error) = server.client.patch(path, &json!({"userId": user, "name": "mine"})).await;
        assert_eq!((status, &error["params"]["resource"]), (StatusCode::NOT_FOUND, &json!("version")), "{path} {user}");
    }
    assert_eq!(history(&server, &project).await, before);
}
on_both!(a_name_and_a_description_are_set_and_cleared_by_the_owner_only, edited);
