//! A request for each operation of the document.

use super::http::Request;
use serde_json::{Value, json};

/// Who owns everything.
pub const USER: &str = "user_456";

/// Operations that are not measured, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("commitCredits", "`ledger` measures it, one for each reservation"),
    ("releaseCredits", "`ledger` measures it, one for each reservation"),
    ("replayBuild", "a project has 100 of them at most"),
];

/// Copies that an update takes begin here, and those that are rolled back there: each takes one at a time.
const UPDATED: usize = 1;
const ROLLED_BACK: usize = 5_000;

/// What the server's things are called.
#[derive(Debug)]
pub struct World {
    /// The project with many versions.
    pub project: String,
    /// Its first build, which is whole.
    pub build: String,
    /// That build's version.
    pub version: String,
    /// A rollback that has not ended.
    pub job: String,
    /// A replay that goes by steps.
    pub replay: String,
    /// The last part of an address of a download.
    pub ticket: String,
    /// Builds that wait.
    pub started: Vec<String>,
}

/// The most that the p95 should be, milliseconds.
pub fn wanted_ms(operation: &str) -> f64 {
    match operation {
        "getRollbackProgress" => 5.0,
        "listVersions" | "listVersionsAlias" => 20.0,
        _ => 50.0,
    }
}

/// The request of that number; none where the operation is not known, or nothing is left that it could be asked of.
pub fn request(operation: &str, n: usize, world: &World) -> Option<Request> {
    let World { project, build, version, job, replay, ticket, started } = world;
    let owner = json!({"userId": USER});
    let publish = format!("projects/{project}/publish/v{}", n % 1000 + 1);
    Some(match operation {
        "startBuild" => Request::post("/v1/builds", &start(operation, n)),
        "startBatch" => Request::post("/v1/builds/batch", &json!({"builds": [start("a", n), start("b", n)]})),
        "createPreviewForNewProject" => Request::post("/v1/create-preview-for-new-project", &start(operation, n)),
        "updateProject" => {
            let mut body = start(operation, n);
            body["projectId"] = format!("p{}", UPDATED + n).into();
            body["userId"] = USER.into();
            Request::post("/v1/update-project", &body)
        }
        "cancelBuild" if started.is_empty() => Request::get(""),
        "cancelBuild" => Request::post(format!("/v1/builds/{}/cancel", started.get(n)?), &owner),
        "listBuilds" => Request::get(format!("/v1/builds?userId={USER}")),
        "getBuild" => Request::get(format!("/v1/builds/{build}")),
        "listenToBuild" => Request::get(format!("/v1/builds/{build}/events")),
        "listenToBuildAlias" => Request::get(format!("/api/builds/{build}/events")),
        "recordBuild" => Request::get(format!("/v1/builds/{build}/recording")),
        "stepReplay" => Request::post(format!("/v1/replays/{replay}/step"), &json!({})),
        // one by steps does not end, either
        "listenToReplay" => Request { accept: "application/json", ..Request::get(format!("/v1/replays/{replay}/events")) },
        "listenToLogs" => Request::get(format!("/v1/builds/{build}/logs")),
        "listenToLogsAlias" => Request::get(format!("/api/builds/{build}/logs")),
        // as a stream it does not end
        "listenToProject" => Request { accept: "application/json", ..Request::get(format!("/v1/projects/{project}/events")) },
        "listVersions" => Request::get(format!("/v1/projects/{project}/versions?limit=200")),
        "listVersionsAlias" => Request::get(format!("/projects/{project}/versions?limit=200")),
        "publishVersion" => Request::post(format!("/v1/{publish}"), &owner),
        "publishVersionAlias" => Request::post(format!("/{publish}"), &owner),
        "unpublish" => Request::post(format!("/v1/projects/{project}/unpublish"), &owner),
        "unpublishAlias" => Request::post(format!("/projects/{project}/unpublish"), &owner),
        "exportProject" => Request::get(format!("/v1/projects/{project}/export?userId={USER}")),
        "downloadVersion" => Request::get(format!("/v1/versions/{version}/download?userId={USER}")),
        "downloadFile" => Request::get(format!("/v1/downloads/{ticket}")),
        "headFile" => Request { method: "HEAD", ..Request::get(format!("/v1/downloads/{ticket}")) },
        "changeVersion" => {
            let body = json!({"userId": USER, "name": format!("Name {n}")});
            Request { method: "PATCH", ..Request::post(format!("/v1/versions/{version}"), &body) }
        }
        "rollBack" => {
            let copy = ROLLED_BACK + n;
            Request::post("/v1/versions/rollback", &json!({"userId": USER, "projectId": format!("p{copy}"), "targetVersionId": format!("pv{copy}")}))
        }
        "getRollbackProgress" => Request::get(format!("/v1/versions/rollback/{job}/progress")),
        "getProject" => Request::get(format!("/v1/projects/{project}?userId={USER}")),
        "getProjects" => Request::get(format!("/v1/projects/batch?ids={}", (1..=100).map(|n| format!("p{n}")).collect::<Vec<_>>().join(","))),
        "changeProject" => {
            let body = json!({"userId": USER, "name": format!("Name {n}")});
            Request { method: "PATCH", ..Request::post(format!("/v1/projects/{project}"), &body) }
        }
        "writeProject" => {
            let body = json!({"userId": USER, "name": format!("Name {n}"), "description": null, "metadata": {"n": n}});
            Request { method: "PUT", ..Request::post(format!("/v1/projects/{project}"), &body) }
        }
        // of the project with many builds: over all users a statistic reads them all
        "analyseBuilds" => Request::get(format!("/v1/analytics/builds?projectId={project}")),
        "analyseUsage" => Request::get(format!("/v1/analytics/usage?projectId={project}")),
        "reserveCredits" => {
            Request::post("/v1/credits/reserve", &json!({"userId": USER, "buildId": format!("b{n}"), "estimatedCredits": 1, "idempotencyKey": format!("k{n}")}))
        }
        "creditAccount" => Request::post("/v1/billing/credit", &json!({"userId": USER, "credits": 10, "reference": format!("r{n}")})),
        "getBalance" => Request::get(format!("/v1/billing/balance/{USER}")),
        "getBalances" => Request::post("/v1/billing/batch-balance", &json!({"userIds": [USER]})),
        "checkSufficient" => Request::post("/v1/billing/check-sufficient", &json!({"userId": USER, "operationType": "main_build", "projectSize": "small"})),
        "estimate" => Request::post("/v1/estimate", &json!({"userId": USER, "operation": "update", "projectId": project})),
        "listLedgerEntries" => Request::get(format!("/v1/credits/{USER}/ledger")),
        "listLocales" => Request::get("/v1/locales"),
        "getMessages" => Request::get("/v1/locales/ar/messages.ftl"),
        "mintPageToken" => Request::post("/v1/page-tokens", &owner),
        "mintStreamToken" => Request::post("/v1/stream-tokens", &json!({"userId": USER, "builds": [build]})),
        _ => return None,
    })
}

/// A start of a new project, with files that no other has; of one of many users, but for those that are cancelled later.
fn start(operation: &str, n: usize) -> Value {
    let user = if operation == "startBuild" { USER.to_owned() } else { format!("user_{}", n % 500) };
    json!({"userId": user, "templateFiles": {"index.html": format!("<h1>{operation} {n}</h1>")}})
}
