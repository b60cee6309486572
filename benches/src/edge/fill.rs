//! What the server holds: real builds and versions made by itself, and many copies of their rows.

use super::http::{Client, Request};
use super::node::Node;
use super::operations::{USER, World};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::time::Duration;

/// Projects with a build and a version each.
const PROJECTS: usize = 10_000;
/// Versions more of the project that is asked for its versions.
const VERSIONS: usize = 1_000;

/// Copies of the real project's rows; `i` counts them.
const COPIES: &[(usize, &str)] = &[
    (
        PROJECTS,
        "INSERT INTO projects (id, user_id, name, source_key, preview_version_id, id_source, created_by_service, created_at_ms, updated_at_ms)
         {series} SELECT 'p' || i, user_id, name, source_key, 'pv' || i, id_source, created_by_service, created_at_ms, updated_at_ms
         FROM series, projects WHERE id = '{project}'",
    ),
    (
        PROJECTS,
        "INSERT INTO builds (id, project_id, user_id, previous_state, current_state, phase, progress, source_key, version_id, id_source,
             created_by_service, created_at_ms, started_at_ms, finished_at_ms, framework)
         {series} SELECT 'pb' || i, 'p' || i, user_id, previous_state, current_state, phase, progress, source_key, 'pv' || i, id_source,
             created_by_service, created_at_ms + i, started_at_ms, finished_at_ms, framework
         FROM series, builds WHERE id = '{build}'",
    ),
    (
        PROJECTS,
        "INSERT INTO versions (id, project_id, build_id, major, minor, patch, deploy_status, framework, artifact_key, artifact_bytes,
             artifact_sha256, output_files, created_at_ms, source_files)
         {series} SELECT 'pv' || i, 'p' || i, 'pb' || i, major, minor, patch, deploy_status, framework, artifact_key, artifact_bytes,
             artifact_sha256, output_files, created_at_ms, source_files
         FROM series, versions WHERE id = '{version}'",
    ),
    (
        VERSIONS,
        "INSERT INTO builds (id, project_id, user_id, previous_state, current_state, phase, progress, source_key, version_id, id_source,
             created_by_service, created_at_ms, started_at_ms, finished_at_ms, framework)
         {series} SELECT 'vb' || i, project_id, user_id, previous_state, current_state, phase, progress, source_key, 'v' || i, id_source,
             created_by_service, created_at_ms + i, started_at_ms, finished_at_ms, framework
         FROM series, builds WHERE id = '{build}'",
    ),
    (
        VERSIONS,
        "INSERT INTO versions (id, project_id, build_id, major, minor, patch, deploy_status, framework, artifact_key, artifact_bytes,
             artifact_sha256, output_files, created_at_ms, source_files)
         {series} SELECT 'v' || i, project_id, 'vb' || i, 2, 0, i, deploy_status, framework, artifact_key, artifact_bytes,
             artifact_sha256, output_files, created_at_ms + i, source_files
         FROM series, versions WHERE id = '{version}'",
    ),
];

/// A server without an engine, filled; and what its things are called.
pub async fn fill(database: &str) -> (Node, World) {
    let folder = tempfile::tempdir().expect("a folder");
    let node = Node::start(folder.path(), database, "api,engine,preview");
    let first = deploy(&node.client, &json!({"userId": USER, "templateFiles": {"index.html": "<h1>One</h1>", "a.css": "h1 {}"}})).await;
    node.stop();
    let named = |field: &str| first[field].as_str().expect("it is named").to_owned();
    let (project, build, version) = (named("projectId"), named("buildId"), named("versionId"));
    let at = database.replace("{data}", &folder.path().display().to_string());
    for (count, text) in COPIES {
        let series = format!("WITH RECURSIVE series (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < {count})");
        let text = text.replace("{series}", &series).replace("{project}", &project).replace("{build}", &build).replace("{version}", &version);
        execute(&at, &text).await;
    }
    execute(&at, "ANALYZE").await;
    // nothing that is started from now on runs: what is measured is the API
    let node = Node::start(folder.path(), database, "api,preview").holding(folder);
    let back = json!({"userId": USER, "projectId": format!("p{PROJECTS}"), "targetVersionId": format!("pv{PROJECTS}")});
    let job = node.client.json(&Request::post("/v1/versions/rollback", &back)).await;
    let address = node.client.json(&Request::get(format!("/v1/versions/{version}/download?userId={USER}"))).await;
    let ticket = address["downloadUrl"].as_str().and_then(|url| url.rsplit('/').next()).expect("an address").to_owned();
    let job = job["jobId"].as_str().expect("a job").to_owned();
    let replay = node.client.json(&Request::post(format!("/v1/builds/{build}/replay"), &json!({"step": true}))).await;
    let replay = replay["replayId"].as_str().expect("a replay").to_owned();
    (node, World { project, build, version, job, replay, ticket, started: vec![] })
}

async fn deploy(client: &Client, start: &Value) -> Value {
    let build = client.json(&Request::post("/v1/builds", start)).await;
    let path = format!("/v1/builds/{}", build["buildId"].as_str().expect("a build"));
    loop {
        let view = client.json(&Request::get(&path)).await;
        if view["status"] == "deployed" {
            return view;
        }
        assert!(view["error"].is_null(), "{view}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn execute(url: &str, text: &str) {
    use sqlx::Connection;
    let text = AssertSqlSafe(text.to_owned());
    if url.starts_with("sqlite") {
        let mut connection = sqlx::SqliteConnection::connect(url).await.expect("the database");
        sqlx::raw_sql(text).execute(&mut connection).await.expect("it is done");
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await.expect("the database");
        sqlx::raw_sql(text).execute(&mut connection).await.expect("it is done");
    }
}
