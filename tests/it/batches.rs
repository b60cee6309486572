//! Batches of starts: all or none.

use super::support::client::at_once;
use super::support::project::site;
use super::support::{Kind, TestServer, on_both};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/v1/builds/batch";

/// Sends a batch that must be refused, and looks that it left nothing.
async fn refused(server: &TestServer, body: &Value) -> (u16, Value) {
    let tables = ["projects", "builds", "jobs", "project_build_events", "recent_starts"];
    let mut before = vec![server.files_in("artifacts").len() as i64];
    for table in tables {
        before.push(server.count(table).await);
    }
    let (status, error) = server.client.post(PATH, body).await;
    let mut after = vec![server.files_in("artifacts").len() as i64];
    for table in tables {
        after.push(server.count(table).await);
    }
    assert_eq!(before, after, "{error}");
    (status.as_u16(), error)
}

async fn started(kind: Kind) {
    let server = TestServer::start(kind).await;
    let known = server.client.start(&site("u")).await;
    server.client.events(&known).await;
    let mut urgent = site("v");
    urgent["priority"] = json!(5);
    urgent["metadata"] = json!({"n": 3});
    let batch = json!({"builds": [site("u"), {"userId": "u", "projectId": known["projectId"], "prompt": "x"}, urgent]});
    let (status, answer) = server.client.post(PATH, &batch).await;
    assert_eq!(status.as_u16(), 202, "{answer}");
    let builds = answer["builds"].as_array().unwrap();
    assert_eq!(builds.len(), 3);
    assert_eq!((&builds[1]["projectId"], &builds[2]["metadata"]), (&known["projectId"], &json!({"n": 3})));
    assert_eq!(builds.iter().map(|build| build["queuePosition"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 1]);
    for build in builds {
        assert_eq!(server.client.events(build).await.last().unwrap()["code"], "BUILD_COMPLETED");
    }
    assert_eq!(server.count("projects").await, 3);
}
on_both!(a_batch_starts_builds_in_the_order_of_the_request, started);

async fn all_or_none(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let busy = server.client.start(&site("u")).await;
    let ok = site("u");
    let cases = [
        (json!({"userId": "u", "templateFiles": {"../x": ""}}), 422, "builds[1].templateFiles"),
        (json!({"userId": "u", "templateZip": "bm8gemlw"}), 422, "builds[1].templateZip"),
        (json!({"userId": "u", "templateZip": "?"}), 422, "builds[1].templateZip"),
        (json!({"userId": "u"}), 422, "builds[1].templateFiles"),
        (json!({"userId": "a b", "templateFiles": {"a": ""}}), 422, "builds[1].userId"),
        (json!({"userId": "u", "templateFiles": {"a": ""}, "delaySeconds": -1}), 422, "builds[1].delaySeconds"),
        (json!({"templateFiles": {"a": ""}}), 400, "builds[1].userId"),
        (json!({"userId": "u", "templateFiles": {"a": {"content": "", "mode": 1}}}), 400, "builds[1].templateFiles.a.mode"),
        (json!({"userId": "u", "projectId": "a/b", "prompt": "x"}), 422, "builds[1].projectId"),
        (json!({"userId": "u", "projectId": "nobodys", "prompt": "x"}), 404, "builds[1].projectId"),
        (json!({"userId": "u", "projectId": busy["projectId"]}), 422, "builds[1].templateFiles"),
        (json!({"userId": "v", "projectId": busy["projectId"], "prompt": "x"}), 404, "builds[1].projectId"),
        (json!({"userId": "u", "projectId": busy["projectId"], "prompt": "x"}), 429, "builds[1].projectId"),
    ];
    for (bad, status, field) in cases {
        let (got, error) = refused(&server, &json!({"builds": [ok, bad, ok]})).await;
        assert_eq!(got, status, "{error}");
        let named = if status == 422 { &error["params"]["errors"][0]["field"] } else { &error["params"]["field"] };
        assert_eq!(named, field, "{error}");
    }
    let (_, error) = refused(&server, &json!({"builds": [{"userId": "u", "projectId": busy["projectId"], "prompt": "x"}]})).await;
    assert_eq!((&error["code"], &error["params"]["buildId"]), (&json!("BUILD_ALREADY_RUNNING"), &busy["buildId"]));
}
on_both!(one_start_that_is_refused_refuses_the_batch, all_or_none);

#[tokio::test]
async fn faults_of_several_starts_are_told_together() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (_, error) = refused(&server, &json!({"builds": [{"userId": "a b"}, site("u"), {"userId": "u", "priority": 500}]})).await;
    let fields: Vec<&str> = error["params"]["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["builds[0].userId", "builds[0].templateFiles", "builds[2].priority", "builds[2].templateFiles"]);
    let (_, error) = refused(&server, &json!({"builds": [{"userId": "u", "templateFiles": {"..": ""}}, {"userId": "u", "templateZip": "AAAA"}]})).await;
    let fields: Vec<&str> = error["params"]["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["builds[0].templateFiles", "builds[1].templateZip"]);
}

#[tokio::test]
async fn a_batch_has_one_to_a_hundred_starts_of_different_projects() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    for builds in [vec![], vec![site("u"); 101]] {
        let (status, error) = refused(&server, &json!({"builds": builds})).await;
        assert_eq!((status, &error["params"]["errors"][0]["field"]), (422, &json!("builds")), "{error}");
    }
    for body in [json!({"builds": {}}), json!({"builds": [7]}), json!({}), json!({"builds": [], "more": 1})] {
        assert_eq!(refused(&server, &body).await.0, 400, "{body}");
    }
    let twin = json!({"userId": "u", "projectId": "p", "templateFiles": {"a": ""}});
    let (status, error) = refused(&server, &json!({"builds": [twin, site("u"), twin]})).await;
    let found = &error["params"]["errors"][0];
    assert_eq!((status, &found["field"]), (422, &json!("builds[2].projectId")));
    assert!(found["message"].as_str().unwrap().contains("builds[0]"), "{error}");
    let (status, answer) = server.client.post(PATH, &json!({"builds": vec![site("u"); 100]})).await;
    assert_eq!((status.as_u16(), answer["builds"].as_array().unwrap().len()), (202, 100));
    assert_eq!((server.count("projects").await, server.count("project_build_events").await), (100, 100));
    let (status, error) = server.client.get(PATH).await;
    assert_eq!((status.as_u16(), &error["params"]["allow"]), (405, &json!(["POST"])));
}

/// Batches over the same projects in opposite orders, and single starts between them: nobody waits in a circle.
async fn crossing(kind: Kind) {
    let server = TestServer::start(kind).await;
    let ids: Vec<String> = (0..10).map(|n| if n % 2 == 0 { format!("p{n}") } else { format!("P-{n}") }).collect();
    for id in &ids {
        let first = json!({"userId": "u", "projectId": id, "templateFiles": {"a": ""}});
        let (status, build) = server.client.post("/v1/create-preview-for-new-project", &first).await;
        assert_eq!(status.as_u16(), 202, "{build}");
        server.client.events(&build).await;
    }
    // delayed, so that none ends before the last has come
    let make = |id: &String, name: &str| json!({"userId": "u", "projectId": id, "name": name, "templateFiles": {"a": ""}, "delaySeconds": 3600});
    let requests = (0..20).map(|n| {
        let mut builds: Vec<Value> = ids.iter().map(|id| make(id, &format!("{n}"))).collect();
        if n % 2 == 0 {
            builds.reverse();
        }
        match n % 5 {
            4 => server.client.signed(Method::POST, "/v1/builds", builds[n % 10].to_string()),
            _ => server.client.signed(Method::POST, PATH, json!({"builds": builds}).to_string()),
        }
    });
    let before = server.count("builds").await;
    let answers = at_once(requests.collect()).await;
    assert!(answers.iter().all(|(status, _)| [202, 429].contains(&status.as_u16())), "{answers:?}");
    let made: usize = answers.iter().filter(|(status, _)| status.as_u16() == 202).map(|(_, answer)| answer["builds"].as_array().map_or(1, Vec::len)).sum();
    assert_eq!(server.count("builds").await - before, made as i64);
    assert_eq!(server.count("jobs").await, made as i64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_that_cross_do_not_wait_in_a_circle() {
    crossing(Kind::Postgres).await;
}

/// Batches of the same users in opposite orders: each takes their places in the queue in one order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_of_users_that_cross_do_not_wait_in_a_circle() {
    let server = TestServer::without_engine(Kind::Postgres).await;
    let users: Vec<String> = (0..20).map(|n| format!("user-{n}")).collect();
    for round in 0..4 {
        let batches = (0..6).map(|n| {
            let mut builds: Vec<Value> = users.iter().map(|user| json!({"userId": user, "name": format!("{round} {n}"), "templateFiles": {"a": ""}})).collect();
            if n % 2 == 0 {
                builds.reverse();
            }
            server.client.signed(Method::POST, PATH, json!({"builds": builds}).to_string())
        });
        let answers = at_once(batches.collect()).await;
        assert!(answers.iter().all(|(status, _)| status.as_u16() == 202), "{answers:?}");
    }
    // what PostgreSQL undid would have been tried again, after a second each time
    assert_eq!(server.scalar::<i64>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").await, 0);
}
