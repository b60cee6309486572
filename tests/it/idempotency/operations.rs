//! Every operation of the document that takes a key, sent twice with one.

use super::{Told, keyed};
use crate::support::project::site;
use crate::support::{Kind, TestServer, on_both};
use reqwest::Method;
use serde_json::{Value, json};

/// Operations whose answers are not kept.
const NEVER_KEPT: &[&str] = &["mintPageToken", "mintStreamToken"];

/// The operations of the document that take a key: method, path, name, and what it says of them.
fn operations() -> Vec<(Method, String, String, Value)> {
    let document: Value = serde_json::from_str(&std::fs::read_to_string("openapi/openapi.json").unwrap()).unwrap();
    let mut found = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            if [Method::POST, Method::PUT, Method::PATCH].contains(&method) {
                found.push((method, path.clone(), operation["operationId"].as_str().unwrap().to_owned(), operation.clone()));
            }
        }
    }
    found
}

/// A request that an operation takes: path and body. What it needs is made for it.
async fn request(server: &TestServer, name: &str, path: &str) -> (String, Value) {
    let own = json!({"userId": "u"});
    let (client, mut next) = (&server.client, site("u"));
    match name {
        "startBuild" | "createPreviewForNewProject" => (path.to_owned(), next),
        "startBatch" => (path.to_owned(), json!({"builds": [site("u"), site("v")]})),
        "updateProject" => {
            next["projectId"] = json!(client.deploy(&site("u")).await.0);
            (path.to_owned(), next)
        }
        "cancelBuild" => {
            next["delaySeconds"] = json!(3600);
            let build = client.start(&next).await;
            (path.replace("{id}", build["buildId"].as_str().unwrap()), own)
        }
        "publishVersion" | "publishVersionAlias" => {
            let (project, version) = client.deploy(&site("u")).await;
            (path.replace("{id}", &project).replace("{versionId}", &version), own)
        }
        "unpublish" | "unpublishAlias" => (path.replace("{id}", &client.deploy(&site("u")).await.0), own),
        "rollBack" => {
            let (project, first) = client.deploy(&site("u")).await;
            next["projectId"] = json!(project);
            client.deploy(&next).await;
            (path.to_owned(), json!({"userId": "u", "projectId": project, "targetVersionId": first}))
        }
        "changeVersion" => (path.replace("{id}", &client.deploy(&site("u")).await.1), json!({"userId": "u", "name": "a name"})),
        "changeProject" => (path.replace("{id}", &client.deploy(&site("u")).await.0), json!({"userId": "u", "name": "another name"})),
        "writeProject" => {
            (path.replace("{id}", &client.deploy(&site("u")).await.0), json!({"userId": "u", "name": "n", "description": null, "metadata": {"a": 1}}))
        }
        "mintStreamToken" => (path.to_owned(), json!({"userId": "u", "projects": [client.deploy(&site("u")).await.0]})),
        "mintPageToken" => (path.to_owned(), own),
        "reserveCredits" => (path.to_owned(), json!({"userId": "u", "buildId": "b", "estimatedCredits": 10})),
        "commitCredits" | "releaseCredits" => {
            let reserve = json!({"userId": "u", "buildId": "b", "estimatedCredits": 10});
            let reservation = client.post("/v1/credits/reserve", &reserve).await.1["reservationId"].clone();
            let body = match name {
                "commitCredits" => json!({"reservationId": reservation, "buildId": "b", "actualCredits": 5}),
                _ => json!({"reservationId": reservation}),
            };
            (path.to_owned(), body)
        }
        "creditAccount" => (path.to_owned(), json!({"userId": "u", "credits": 10, "reference": "r"})),
        "checkSufficient" => (path.to_owned(), json!({"userId": "u", "operationType": "main_build"})),
        "getBalances" => (path.to_owned(), json!({"userIds": ["u"]})),
        "estimate" => (path.to_owned(), json!({"userId": "u", "operation": "update"})),
        "replayBuild" | "stepReplay" => {
            let build = client.start(&next).await;
            client.events(&build).await;
            let id = build["buildId"].as_str().unwrap();
            if name == "replayBuild" {
                return (path.replace("{id}", id), json!({"speed": 0}));
            }
            let made = client.post(&format!("/v1/builds/{id}/replay"), &json!({"step": true})).await.1;
            (path.replace("{id}", made["replayId"].as_str().unwrap()), json!({}))
        }
        other => panic!("say here how {other} is asked"),
    }
}

async fn sent_twice(kind: Kind) {
    let server = TestServer::start_with(kind, &[("BUILDCAST_PAGE", "login")]).await;
    for (method, path, name, _) in operations() {
        let (path, body) = request(&server, &name, &path).await;
        let send = async |body: &Value| {
            Told::of(keyed(&server.client, method.clone(), &path, "the key", body).header("idempotency-key", "x").send().await.unwrap()).await
        };
        assert_eq!(send(&body).await.status, 400, "{name} takes two keys");
        let send = async |body: &Value| Told::of(keyed(&server.client, method.clone(), &path, "key", body).send().await.unwrap()).await;
        let (first, second) = (send(&body).await, send(&body).await);
        assert!((200..300).contains(&first.status) && !first.replayed, "{name} {first:?}");
        assert_eq!(first.content_type, "application/json", "{name}");
        if NEVER_KEPT.contains(&name.as_str()) {
            assert!(second.status == first.status && !second.replayed, "{name} {second:?}");
            continue;
        }
        assert_eq!(second, first.again(), "{name}");
        let reused = Told::of(keyed(&server.client, method.clone(), &format!("{path}?locale=de"), "key", &body).send().await.unwrap()).await;
        assert_eq!(reused.code(), "IDEMPOTENCY_KEY_REUSED", "{name}");
    }
    assert_eq!(server.count("idempotency_keys").await as usize, operations().len() - NEVER_KEPT.len());
}
on_both!(every_operation_that_takes_a_key_is_done_once_under_it, sent_twice);

#[test]
fn every_operation_that_takes_a_key_says_so() {
    for (_, _, name, operation) in operations() {
        let parameters = operation["parameters"].as_array().unwrap();
        assert!(parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key" && parameter["in"] == "header"), "{name}");
        let replayed = |status: &str| operation["responses"][status]["headers"]["idempotency-replayed"].is_object();
        // of the refusals that are kept, those that it has
        let kept = ["400", "404", "422"].into_iter().filter(|status| operation["responses"][status].is_object());
        for status in kept {
            assert_eq!(replayed(status), !NEVER_KEPT.contains(&name.as_str()), "{name} {status}");
        }
        assert!(!replayed("401") && !replayed("429"), "{name}");
    }
}
