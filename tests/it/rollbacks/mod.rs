//! Rollbacks: the preview at once, the working directory in one step, and nothing changed where one fails.

mod attempts;
mod kills;
mod refusals;
mod tree;

use super::support::client::{answer, at_once, codes};
use super::support::{Kind, TestServer, on_both};
use buildcast::app;
use buildcast::service::clock::SystemClock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use tree::{Tree, project, tree_of};

/// Builds a project once more, from these files; what the build's end says.
async fn build(server: &TestServer, project_id: Option<&str>, files: &Tree) -> Value {
    let build = server.client.start(&project(project_id, files)).await;
    let end = server.client.events(&build).await.pop().unwrap();
    assert_eq!(end["code"], "BUILD_COMPLETED", "{end}");
    end
}

/// A project with two versions; its id, and theirs.
async fn two_versions(server: &TestServer, old: &Tree, new: &Tree) -> (String, String, String) {
    let version = |end: &Value| end["params"]["versionId"].as_str().unwrap().to_owned();
    let first = build(server, None, old).await;
    let project_id = first["project_id"].as_str().unwrap().to_owned();
    let second = build(server, Some(&project_id), new).await;
    (project_id, version(&first), version(&second))
}

fn request(project_id: &str, target: &str) -> Value {
    json!({"userId": "u", "projectId": project_id, "targetVersionId": target})
}

/// Begins a rollback, and answers as a build's start does, for whoever watches it.
async fn begin(server: &TestServer, project_id: &str, target: &str) -> Value {
    let (status, mut answer) = server.client.post("/v1/versions/rollback", &request(project_id, target)).await;
    assert_eq!((status, &answer["status"]), (StatusCode::ACCEPTED, &json!("rollingBack")), "{answer}");
    answer["buildId"] = answer["jobId"].clone();
    answer
}

async fn previewed(server: &TestServer, project_id: &str) -> String {
    server.client.http.get(format!("{}/p/{project_id}/", server.client.preview)).send().await.unwrap().text().await.unwrap()
}

fn work(folder: &Path, project_id: &str) -> Tree {
    tree_of(&folder.join("projects").join(project_id).join("work"))
}

fn history(folder: &Path, project_id: &str) -> String {
    let history = folder.join("projects").join(project_id).join("history.git");
    let output = std::process::Command::new("git").arg("--git-dir").arg(history).args(["log", "--format=%s", "main"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

async fn rolled_back(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (old, new) = (tree::of("old", 25), tree::of("new", 40));
    let (project_id, target, _) = two_versions(&server, &old, &new).await;
    assert!(previewed(&server, &project_id).await.contains("new"));
    let job = begin(&server, &project_id, &target).await;
    // before anything else: the engine may not even have the job yet
    assert!(previewed(&server, &project_id).await.contains("old"));
    let events = server.client.events(&job).await;
    let told = codes(&events);
    assert_eq!(told[..4], ["ROLLBACK_STARTED", "ROLLBACK_VALIDATING", "ROLLBACK_PREVIEW_UPDATING", "ROLLBACK_ARTIFACT_DOWNLOADING"], "{told:?}");
    assert!(told[4..told.len() - 1].iter().all(|code| *code == "ROLLBACK_WORKING_DIR_SYNCING"), "{told:?}");
    let (end, synced) = (events.last().unwrap(), &events[events.len() - 2]["params"]);
    assert_eq!((&synced["step"], &synced["total"]), (&json!(25), &json!(25)));
    assert_eq!((&end["code"], &end["finished"], &end["overall_progress"]), (&json!("ROLLBACK_COMPLETED"), &json!(true), &json!(1.0)));
    assert_eq!((&end["params"]["workingDirSynced"], &end["params"]["previewUrlUpdated"]), (&json!(true), &json!(true)));
    assert_eq!((&end["params"]["targetVersionId"], &end["params"]["rollbackVersionId"]), (&json!(target), &job["rollbackVersionId"]));
    assert_eq!(work(server.folder.path(), &project_id), old);
    assert_eq!(history(server.folder.path(), &project_id), "1.1.1 goes back to 1.0.0\n1.1.0\n");
    // the job is looked at as a build is, and is none
    let job_id = job["jobId"].as_str().unwrap();
    let (_, view) = server.client.get(&format!("/v1/builds/{job_id}")).await;
    assert_eq!((&view["status"], &view["versionId"], &view["phase"]), (&json!("deployed"), &job["rollbackVersionId"], &json!("rollback")));
    let (_, listed) = server.client.get(&format!("/v1/builds?projectId={project_id}")).await;
    assert_eq!(listed["builds"].as_array().unwrap().len(), 2);
    let (_, progress) = server.client.get(&format!("/v1/versions/rollback/{job_id}/progress?userId=u")).await;
    assert_eq!((&progress["success"], &progress["status"], &progress["error"]), (&json!(true), &json!("completed"), &Value::Null));
    let figures = &progress["progress"];
    assert_eq!((&figures["totalFiles"], &figures["filesProcessed"], &figures["currentPhase"]), (&json!(25), &json!(25), &json!("complete")));
    assert!(figures["completedAt"].is_string() && figures["estimatedTimeRemaining"].is_null());
    // a later build without files builds on what the project went back to
    let again = server.client.start(&json!({"userId": "u", "projectId": project_id, "prompt": "as it is"})).await;
    assert_eq!(server.client.events(&again).await.pop().unwrap()["code"], "BUILD_COMPLETED");
    assert!(previewed(&server, &project_id).await.contains("old"));
    assert_eq!(server.count("versions WHERE major = 1 AND minor = 2 AND patch = 0").await, 1);
}
on_both!(a_rollback_is_seen_at_once_and_the_working_directory_follows, rolled_back);

async fn failed(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (old, new) = (tree::of("old", 5), tree::of("new", 5));
    let (project_id, first, second) = two_versions(&server, &old, &new).await;
    // the directory is there, and of the second version
    let job = begin(&server, &project_id, &first).await;
    server.client.events(&job).await;
    let job = begin(&server, &project_id, &second).await;
    assert_eq!(server.client.events(&job).await.pop().unwrap()["code"], "ROLLBACK_COMPLETED");
    assert_eq!(work(server.folder.path(), &project_id), new);
    let before = history(server.folder.path(), &project_id);
    let artifact = server.folder.path().join(format!("artifacts/artifacts/{project_id}/{first}.zip"));
    let mut bytes = std::fs::read(&artifact).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&artifact, bytes).unwrap();
    let job = begin(&server, &project_id, &first).await;
    let end = server.client.events(&job).await.pop().unwrap();
    let params = &end["params"];
    assert_eq!((&end["code"], &params["reason"], &params["recoverable"]), (&json!("ROLLBACK_FAILED"), &json!("artifact_corrupt"), &json!(false)));
    assert_eq!((&params["targetVersionId"], &params["phase"], end["params"]["duration"].is_number()), (&json!(first), &json!("validating"), true));
    assert!(previewed(&server, &project_id).await.contains("new"));
    assert_eq!(work(server.folder.path(), &project_id), new);
    assert_eq!(history(server.folder.path(), &project_id), before);
    assert_eq!(server.count("versions WHERE deploy_status = 'failed'").await, 1);
    let (_, progress) = server.client.get(&format!("/v1/versions/rollback/{}/progress", job["jobId"].as_str().unwrap())).await;
    assert_eq!(
        (&progress["status"], &progress["error"], &progress["progress"]["currentPhase"]),
        (&json!("failed"), &json!("artifact_corrupt"), &json!("failed"))
    );
    assert!(progress["progress"]["completedAt"].is_string());
    let (_, view) = server.client.get(&format!("/v1/builds/{}", job["jobId"].as_str().unwrap())).await;
    assert_eq!((&view["status"], &view["error"]["code"], &view["versionId"]), (&json!("failed"), &json!("ROLLBACK_FAILED"), &Value::Null));
    // nothing holds the project
    build(&server, Some(&project_id), &old).await;
}
on_both!(a_rollback_that_fails_leaves_all_as_it_was, failed);

async fn skipped(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (project_id, target, _) = two_versions(&server, &tree::of("old", 3), &tree::of("new", 3)).await;
    let mut body = request(&project_id, &target);
    body["skipWorkingDirectory"] = json!(true);
    let (_, mut job) = server.client.post("/v1/versions/rollback", &body).await;
    job["buildId"] = job["jobId"].clone();
    let events = server.client.events(&job).await;
    assert_eq!(codes(&events), ["ROLLBACK_STARTED", "ROLLBACK_VALIDATING", "ROLLBACK_PREVIEW_UPDATING", "ROLLBACK_COMPLETED"]);
    assert_eq!(events[3]["params"]["workingDirSynced"], false);
    let (_, progress) = server.client.get(&format!("/v1/versions/rollback/{}/progress", job["jobId"].as_str().unwrap())).await;
    let figures = &progress["progress"];
    assert_eq!((&figures["totalFiles"], &figures["filesProcessed"], &figures["currentPhase"]), (&json!(0), &json!(0), &json!("complete")));
    assert!(previewed(&server, &project_id).await.contains("old"));
    assert!(!server.folder.path().join("projects").join(&project_id).exists());
}
on_both!(only_the_preview_moves_where_the_working_directory_is_to_stay, skipped);

async fn ten_at_once(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (old, new) = (tree::of("old", 10), tree::of("new", 10));
    let (project_id, first, second) = two_versions(&server, &old, &new).await;
    let requests = (0..10).map(|at| match at % 3 {
        0 => server.client.signed(Method::POST, "/v1/builds", project(Some(&project_id), &tree::of(&format!("b{at}"), 10)).to_string()),
        1 => server.client.signed(Method::POST, "/v1/versions/rollback", request(&project_id, &first).to_string()),
        _ => server.client.signed(Method::POST, "/v1/versions/rollback", request(&project_id, &second).to_string()),
    });
    let answers = at_once(requests.collect()).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _)| *status == StatusCode::ACCEPTED);
    assert!(!won.is_empty());
    for (status, error) in &lost {
        match error["code"].as_str().unwrap() {
            "BUILD_ALREADY_RUNNING" => assert!(*status == StatusCode::TOO_MANY_REQUESTS && error["params"]["buildId"].is_string()),
            "ROLLBACK_IN_PROGRESS" => assert!(*status == StatusCode::CONFLICT && error["params"]["jobId"].is_string()),
            other => panic!("{other}: {error}"),
        }
    }
    for (_, answer) in &won {
        let mut job = answer.clone();
        job["buildId"] = answer.get("jobId").unwrap_or(&answer["buildId"]).clone();
        assert_eq!(server.client.events(&job).await.pop().unwrap()["overall_progress"], 1.0);
    }
    assert_eq!(server.count("builds WHERE current_state NOT IN ('deployed')").await, 0);
    assert_eq!(server.count("versions WHERE deploy_status = 'deployed'").await, 2 + i64::try_from(won.len()).unwrap());
    assert_eq!(server.count("projects p JOIN versions v ON v.id = p.preview_version_id").await, 1);
    // no two of them were under way at once: each one's events stand together in the project's stream
    let path = format!("/v1/projects/{project_id}/events?limit=1000");
    let response = server.client.signed(Method::GET, &path, "").header("accept", "application/json").send().await.unwrap();
    let (_, all) = answer(response).await;
    let mut order: Vec<&str> = all["events"].as_array().unwrap().iter().map(|event| event["event"]["build_id"].as_str().unwrap()).collect();
    order.dedup();
    assert_eq!(order.len(), 2 + won.len());
}
on_both!(of_rollbacks_and_builds_at_once_one_runs_at_a_time, ten_at_once);

/// A node that comes to a project whose directory it has not: what the preview showed before comes into the history first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_without_the_directory_makes_it() {
    let mut server = TestServer::start(Kind::Sqlite).await;
    let (old, new) = (tree::of("old", 4), tree::of("new", 4));
    let (project_id, first, second) = two_versions(&server, &old, &new).await;
    server.client.events(&begin(&server, &project_id, &first).await).await;
    server.running.take().unwrap().stop().await;
    let folder = server.folder.path().join("projects").join(&project_id);
    std::fs::remove_dir_all(&folder).unwrap();
    // and what a former life left half done
    std::fs::create_dir_all(folder.join("next-x/a")).unwrap();
    let config = super::support::server::config(server.folder.path(), &server.database_url, &[]);
    let running = app::start(&config, Arc::new(SystemClock)).await.unwrap();
    server.client = super::support::Client::new(running.api.unwrap(), running.preview.unwrap());
    server.running = Some(running);
    server.client.events(&begin(&server, &project_id, &second).await).await;
    assert_eq!(work(server.folder.path(), &project_id), new);
    assert_eq!(history(server.folder.path(), &project_id), "1.1.2 goes back to 1.1.0\n1.1.1\n");
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["history.git", "version", "work"]);
}
