//! What can't be rolled back, and who may not.

use super::{begin, build, request, tree, two_versions};
use crate::support::{Kind, TestServer, on_both};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn refused(server: &TestServer, project_id: &str, target: &str) -> (StatusCode, Value) {
    let (status, answer) = server.client.post("/v1/versions/rollback", &request(project_id, target)).await;
    (status, answer["params"]["reason"].clone())
}

async fn ineligible(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (project_id, first, second) = two_versions(&server, &tree::of("old", 2), &tree::of("new", 2)).await;
    let conflict = |reason: &str| (StatusCode::CONFLICT, json!(reason));
    server.execute(&format!("UPDATE projects SET published_version_id = '{first}'")).await;
    assert_eq!(refused(&server, &project_id, &first).await, conflict("already_published"));
    server.execute("UPDATE projects SET published_version_id = NULL").await;
    server.execute(&format!("UPDATE versions SET deploy_status = 'failed' WHERE id = '{first}'")).await;
    assert_eq!(refused(&server, &project_id, &first).await, conflict("deployment_failed"));
    server.execute(&format!("UPDATE versions SET deploy_status = 'deployed', created_at_ms = 1 WHERE id = '{first}'")).await;
    assert_eq!(refused(&server, &project_id, &first).await, conflict("artifact_expired"));
    server.execute(&format!("UPDATE versions SET created_at_ms = 9000000000000 WHERE id = '{first}'")).await;
    std::fs::remove_file(server.folder.path().join(format!("artifacts/artifacts/{project_id}/{first}.zip"))).unwrap();
    assert_eq!(refused(&server, &project_id, &first).await, conflict("artifact_missing"));
    assert_eq!(server.count("versions WHERE artifact_gone = 'missing'").await, 1);
    // nothing was begun by any of them
    assert_eq!((server.count("rollbacks").await, server.count("jobs").await, server.count("versions").await), (0, 0, 2));
    server.client.events(&begin(&server, &project_id, &second).await).await;
}
on_both!(a_version_that_cannot_be_gone_back_to_says_why, ineligible);

async fn strangers(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (project_id, first, _) = two_versions(&server, &tree::of("old", 2), &tree::of("new", 2)).await;
    let other = build(&server, None, &tree::of("other", 2)).await["params"]["versionId"].as_str().unwrap().to_owned();
    let not_found = async |body: Value| {
        let (status, answer) = server.client.post("/v1/versions/rollback", &body).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{answer}");
        answer["params"]["resource"].clone()
    };
    let mut stranger = request(&project_id, &first);
    stranger["userId"] = json!("v");
    assert_eq!(not_found(stranger).await, "project");
    assert_eq!(not_found(request("nobodys", &first)).await, "project");
    // a version of another project, also of one's own
    assert_eq!(not_found(request(&project_id, &other)).await, "version");
    assert_eq!(not_found(request(&project_id, "none")).await, "version");
    let job = begin(&server, &project_id, &first).await;
    let path = format!("/v1/versions/rollback/{}/progress", job["jobId"].as_str().unwrap());
    assert_eq!(server.client.get(&format!("{path}?userId=v")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(server.client.get("/v1/versions/rollback/none/progress").await.0, StatusCode::NOT_FOUND);
    let unsigned = server.client.bare(Method::GET, &path).send().await.unwrap();
    assert_eq!(unsigned.status(), StatusCode::UNAUTHORIZED);
    let odd = [
        (json!({"userId": "u", "projectId": project_id}), StatusCode::BAD_REQUEST),
        (json!({"userId": "u", "projectId": project_id, "targetVersionId": "../x"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"userId": "", "projectId": project_id, "targetVersionId": first}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"userId": "u", "projectId": project_id, "targetVersionId": first, "force": true}), StatusCode::BAD_REQUEST),
    ];
    for (body, expected) in odd {
        assert_eq!(server.client.post("/v1/versions/rollback", &body).await.0, expected, "{body}");
    }
}
on_both!(a_rollback_is_its_owners_only, strangers);

/// While one waits, nobody else gets in, and nobody can take it back.
async fn held(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (project_id, first, _) = two_versions(&server, &tree::of("old", 2), &tree::of("new", 2)).await;
    let idle = TestServer::node(&server.database_url, &[("BUILDCAST_NODE_ROLE", "api"), ("BUILDCAST_ARTIFACTS", &artifacts(&server))]).await;
    let server = stopped(server).await;
    let (status, job) = idle.client.post("/v1/versions/rollback", &request(&project_id, &first)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    let job_id = job["jobId"].as_str().unwrap();
    let (_, view) = idle.client.get(&format!("/v1/builds/{job_id}")).await;
    assert_eq!((&view["status"], &view["phase"]), (&json!("queued"), &json!("rollback")));
    let (status, error) = idle.client.post(&format!("/v1/builds/{job_id}/cancel"), &json!({"userId": "u"})).await;
    assert_eq!((status, &error["code"]), (StatusCode::CONFLICT, &json!("INVALID_STATE_TRANSITION")));
    let params = json!({"from": "queued", "to": "cancelled", "validNext": ["building"]});
    assert_eq!(error["params"], params);
    for (path, body) in [("/v1/builds", tree::project(Some(&project_id), &tree::of("x", 2))), ("/v1/versions/rollback", request(&project_id, &first))] {
        let (status, error) = idle.client.post(path, &body).await;
        assert_eq!((status, &error["code"], &error["params"]["jobId"]), (StatusCode::CONFLICT, &json!("ROLLBACK_IN_PROGRESS"), &json!(job_id)));
    }
    let (_, progress) = idle.client.get(&format!("/v1/versions/rollback/{job_id}/progress")).await;
    let figures =
        json!({"totalFiles": 2, "filesProcessed": 0, "currentPhase": "downloading", "estimatedTimeRemaining": null, "etaSeconds": null, "completedAt": null});
    assert_eq!((&progress["status"], &progress["progress"]), (&json!("in_progress"), &figures));
    // what the 202 told of is in the log
    let path = format!("/v1/builds/{job_id}/events");
    let told = idle.client.signed(Method::GET, &path, "").header("accept", "application/json").send().await.unwrap();
    assert_eq!(told.json::<Value>().await.unwrap()["events"].as_array().unwrap().len(), 3);
    drop(server);
}
on_both!(a_rollback_that_waits_holds_its_project, held);

pub(super) fn artifacts(server: &TestServer) -> String {
    format!("file://{}", server.folder.path().join("artifacts").display())
}

/// Ends a server, and keeps its folder and database.
pub(super) async fn stopped(mut server: TestServer) -> TestServer {
    server.running.take().unwrap().stop().await;
    server
}
