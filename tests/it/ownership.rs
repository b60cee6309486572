//! Ownership: whoever asks for what is another user's, at whatever operation, learns that it is not there, and changes nothing.

use super::support::TestServer;
use super::support::client::answer;
use super::support::project::site;
use super::support::{Kind, on_both};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What user `u` owns.
struct Estate {
    project: String,
    version: String,
    build: String,
    job: String,
    replay: String,
}

/// An operation as `v` would send it, and what is then not there.
type Attempt = (&'static str, Method, String, Option<Value>, &'static str);

impl Estate {
    async fn of(server: &TestServer) -> Self {
        let mut start = site("u");
        let (project, version) = server.client.deploy(&start).await;
        start["projectId"] = json!(project);
        server.client.deploy(&start).await;
        let request = json!({"userId": "u", "projectId": project, "targetVersionId": version});
        let (status, mut answer) = server.client.post("/v1/versions/rollback", &request).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        answer["buildId"] = answer["jobId"].clone();
        server.client.events(&answer).await;
        let build = server.scalar::<String>(&format!("SELECT build_id FROM versions WHERE id = '{version}'")).await;
        let (_, replay) = server.client.post(&format!("/v1/builds/{build}/replay"), &json!({"step": true})).await;
        let id = |answer: &Value, name: &str| answer[name].as_str().unwrap().to_owned();
        Self { project, version, build, job: id(&answer, "jobId"), replay: id(&replay, "replayId") }
    }

    fn reads(&self) -> Vec<Attempt> {
        let Self { project, version, build, job, .. } = self;
        let read = |operation, path: String, resource| (operation, Method::GET, path, None, resource);
        vec![
            read("getBuild", format!("/v1/builds/{build}?userId=v"), "build"),
            read("getBuild", format!("/v1/builds/{job}?userId=v"), "build"),
            read("getProject", format!("/v1/projects/{project}?userId=v"), "project"),
            read("listVersions", format!("/v1/projects/{project}/versions?userId=v"), "project"),
            read("listVersionsAlias", format!("/projects/{project}/versions?userId=v"), "project"),
            read("exportProject", format!("/v1/projects/{project}/export?userId=v"), "project"),
            read("downloadVersion", format!("/v1/versions/{version}/download?userId=v"), "version"),
            read("getRollbackProgress", format!("/v1/versions/rollback/{job}/progress?userId=v"), "rollback"),
            read("analyseBuilds", format!("/v1/analytics/builds?projectId={project}&userId=v"), "project"),
            read("analyseUsage", format!("/v1/analytics/usage?projectId={project}&userId=v"), "project"),
        ]
    }

    /// Writes that may name a user.
    fn replays(&self) -> Vec<Attempt> {
        let Self { build, replay, .. } = self;
        let write = |operation, path: String, resource| (operation, Method::POST, path, Some(json!({"userId": "v"})), resource);
        vec![write("replayBuild", format!("/v1/builds/{build}/replay"), "build"), write("stepReplay", format!("/v1/replays/{replay}/step"), "replay")]
    }

    fn writes(&self) -> Vec<Attempt> {
        let Self { project, version, build, .. } = self;
        let write = |operation, method, path: &str, mut body: Value, resource| {
            body["userId"] = json!("v");
            (operation, method, path.to_owned(), Some(body), resource)
        };
        let mut start = site("v");
        start["projectId"] = json!(project);
        let batch = json!({"builds": [start]});
        let (post, empty, words) = (Method::POST, json!({}), json!({"name": "n", "description": null}));
        let whole = json!({"name": "n", "description": null, "metadata": null});
        let rollback = json!({"projectId": project, "targetVersionId": version});
        let mut attempts = vec![
            write("startBuild", post.clone(), "/v1/builds", start.clone(), "project"),
            write("createPreviewForNewProject", post.clone(), "/v1/create-preview-for-new-project", start.clone(), "project"),
            write("updateProject", post.clone(), "/v1/update-project", start.clone(), "project"),
            write("cancelBuild", post.clone(), &format!("/v1/builds/{build}/cancel"), empty.clone(), "build"),
            write("estimate", post.clone(), "/v1/estimate", json!({"operation": "update", "projectId": project}), "project"),
            write("rollBack", post.clone(), "/v1/versions/rollback", rollback, "project"),
            write("changeVersion", Method::PATCH, &format!("/v1/versions/{version}"), words.clone(), "version"),
            write("changeProject", Method::PATCH, &format!("/v1/projects/{project}"), words, "project"),
            write("writeProject", Method::PUT, &format!("/v1/projects/{project}"), whole, "project"),
        ];
        attempts.push(("startBatch", post.clone(), "/v1/builds/batch".into(), Some(batch), "project"));
        for (prefix, publish, unpublish) in [("/v1", "publishVersion", "unpublish"), ("", "publishVersionAlias", "unpublishAlias")] {
            attempts.push(write(publish, post.clone(), &format!("{prefix}/projects/{project}/publish/{version}"), empty.clone(), "project"));
            attempts.push(write(unpublish, post.clone(), &format!("{prefix}/projects/{project}/unpublish"), empty.clone(), "project"));
        }
        attempts
    }
}

/// Everything that an attempt could have changed.
async fn state(server: &TestServer) -> (i64, i64, i64, i64) {
    (
        server.count("builds").await,
        server.count("publications").await,
        server.count("projects WHERE revision = 1 AND name = 'A site'").await,
        server.count("versions WHERE name IS NULL").await,
    )
}

async fn send(server: &TestServer, method: &Method, path: &str, body: Option<&Value>) -> (u16, Value) {
    let body = body.map(Value::to_string).unwrap_or_default();
    let (status, answer) = answer(server.client.signed(method.clone(), path, body).send().await.unwrap()).await;
    (status.as_u16(), answer)
}

/// A token opens what is its user's: the first id that is not, or that nobody's is, is named.
async fn tokens(server: &TestServer, estate: &Estate) {
    let Estate { project, build, job, .. } = estate;
    let own = server.client.start(&site("v")).await;
    let mint = async |body: Value| {
        let (status, answer) = server.client.post("/v1/stream-tokens", &body).await;
        (status.as_u16(), answer["code"].clone(), answer["params"].clone())
    };
    for (builds, projects, resource, field) in [
        (json!([own["buildId"], build]), json!([]), "build", "builds[1]"),
        (json!([job]), json!([own["projectId"]]), "build", "builds[0]"),
        (json!(["nope"]), json!([project]), "build", "builds[0]"),
        (json!([own["buildId"], own["buildId"]]), json!([own["projectId"], project]), "project", "projects[1]"),
        (json!([]), json!(["nope"]), "project", "projects[0]"),
    ] {
        let expected = (404, json!("NOT_FOUND"), json!({"resource": resource, "field": field}));
        assert_eq!(mint(json!({"userId": "v", "builds": builds, "projects": projects})).await, expected, "{builds} {projects}");
    }
    assert_eq!(mint(json!({"userId": "u", "builds": [build, job, build], "projects": [project]})).await.0, 201);
    assert_eq!(mint(json!({"userId": "v", "builds": [own["buildId"]], "projects": [own["projectId"]]})).await.0, 201);
}

async fn not_found(kind: Kind) {
    let server = TestServer::start(kind).await;
    let estate = Estate::of(&server).await;
    let before = state(&server).await;
    for (operation, method, path, body, resource) in estate.reads().into_iter().chain(estate.writes()).chain(estate.replays()) {
        let (status, error) = send(&server, &method, &path, body.as_ref()).await;
        assert_eq!((status, &error["code"], &error["params"]["resource"]), (404, &json!("NOT_FOUND"), &json!(resource)), "{operation} {error}");
        // its owner finds it: the attempt failed for who made it
        if body.is_none() {
            assert_eq!(send(&server, &method, &path.replace("userId=v", "userId=u"), None).await.0, 200, "{operation}");
        }
    }
    for (operation, method, path, _, _) in estate.replays() {
        assert!(send(&server, &method, &path, Some(&json!({"userId": "u"}))).await.0 < 300, "{operation} by its owner");
    }
    // lists of one user have nothing of another's
    let Estate { project, .. } = &estate;
    let lists = [format!("/v1/builds?userId=v&projectId={project}"), "/v1/builds?userId=v".into()];
    for path in lists {
        assert_eq!(server.client.get(&path).await.1, json!({"builds": [], "nextCursor": null}), "{path}");
    }
    let (_, batch) = server.client.get(&format!("/v1/projects/batch?ids={project}&userId=v")).await;
    assert_eq!(batch, json!({"projects": [], "missing": [project]}));
    assert_eq!(state(&server).await, before);
    tokens(&server, &estate).await;
}
on_both!(what_is_another_users_is_not_there_at_any_operation, not_found);

#[tokio::test]
async fn a_write_without_a_user_is_refused_and_so_are_the_reads_that_need_one() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    let there = "x".to_owned();
    let estate = Estate { project: there.clone(), version: there.clone(), build: there.clone(), job: there.clone(), replay: there };
    for (operation, method, path, body, _) in estate.writes() {
        let (mut body, mut field) = (body.unwrap(), "userId");
        match body.get_mut("builds").and_then(Value::as_array_mut) {
            Some(builds) => (field, _) = ("builds[0].userId", builds[0].as_object_mut().unwrap().remove("userId")),
            None => drop(body.as_object_mut().unwrap().remove("userId")),
        }
        let (status, error) = send(&server, &method, &path, Some(&body)).await;
        assert_eq!((status, &error["params"]), (400, &json!({"field": field, "reason": "missing_field"})), "{operation} {error}");
    }
    for path in ["/v1/projects/x/export", "/v1/versions/x/download"] {
        let (status, error) = send(&server, &Method::GET, path, None).await;
        assert_eq!((status, &error["params"]["field"]), (400, &json!("userId")), "{path} {error}");
    }
}

/// Every operation that takes a user stands in a test here.
#[test]
fn no_operation_that_names_a_user_is_left_out() {
    let document: Value = serde_json::from_str(&std::fs::read_to_string("openapi/openapi.json").unwrap()).unwrap();
    let there = String::new();
    let estate = Estate { project: there.clone(), version: there.clone(), build: there.clone(), job: there.clone(), replay: there };
    let mut tried: BTreeSet<&str> = estate.reads().into_iter().chain(estate.writes()).chain(estate.replays()).map(|attempt| attempt.0).collect();
    // lists, and tokens, whose answer names the field: looked at above
    tried.extend(["listBuilds", "getProjects", "mintStreamToken"]);
    // lets its user in, and opens nothing by itself: in `page`
    tried.insert("mintPageToken");
    // an account is its user's by name; what becomes of another's reservation is in `money`
    tried.extend(["reserveCredits", "commitCredits", "releaseCredits", "creditAccount", "getBalance", "checkSufficient", "listLedgerEntries"]);
    let mut name_one = BTreeSet::new();
    for operation in document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values()) {
        let in_query = operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "userId"));
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        // an update is a start, and something more
        let schema = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str()).unwrap_or_default();
        let body = document.pointer(schema.trim_start_matches('#')).filter(|_| !schema.is_empty());
        let in_body = body.is_some_and(|body| ["userId", "builds"].iter().any(|field| body["properties"][field].is_object()));
        if in_query || in_body {
            name_one.insert(operation["operationId"].as_str().unwrap());
        }
    }
    assert_eq!(name_one, tried);
}
