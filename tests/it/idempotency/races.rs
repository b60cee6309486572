//! Requests with one key that are sent at once, to one node or to two.

use super::{Told, keyed, start};
use crate::support::project::site;
use crate::support::{Client, Kind, Postgres, TestServer, on_both};
use reqwest::Method;
use serde_json::{Value, json};

/// Sends a request so many times at once, to the clients in turn.
async fn raced(clients: &[&Client], times: usize, path: &str, key: &str, body: &Value) -> Vec<Told> {
    let requests = (0..times).map(|n| keyed(clients[n % clients.len()], Method::POST, path, key, body));
    let tasks: Vec<_> = requests.map(|request| tokio::spawn(async move { Told::of(request.send().await.unwrap()).await })).collect();
    let mut told = vec![];
    for task in tasks {
        told.push(task.await.unwrap());
    }
    told
}

/// One did the work; each other got the same bytes, or was told to come back.
fn one_winner(told: &[Told]) -> &Told {
    let (done, waiting): (Vec<&Told>, Vec<&Told>) = told.iter().partition(|told| told.status == 202);
    let first: Vec<&&Told> = done.iter().filter(|told| !told.replayed).collect();
    assert_eq!(first.len(), 1, "{told:#?}");
    assert!(done.iter().all(|told| told.again() == first[0].again()), "{done:#?}");
    for told in waiting {
        assert_eq!((told.status, told.code().as_str(), &told.json()["params"]), (409, "IDEMPOTENCY_IN_PROGRESS", &json!({"retryAfter": 1})), "{told:?}");
    }
    first[0]
}

async fn on_one_node(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let told = raced(&[&server.client], 200, "/v1/builds", "k", &site("u")).await;
    let first = one_winner(&told);
    assert_eq!((server.count("builds").await, server.count("projects").await, server.count("jobs").await), (1, 1, 1));
    assert_eq!(start(&server, "k", &site("u")).await, first.again());
    let batch = json!({"builds": [site("u"), site("v"), site("w")]});
    one_winner(&raced(&[&server.client], 100, "/v1/builds/batch", "k", &batch).await);
    assert_eq!(server.count("builds").await, 4);
}
on_both!(of_200_racing_requests_with_one_key_one_is_done, on_one_node);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_racing_requests_at_two_nodes_one_is_done() {
    let (postgres, artifacts) = (Postgres::start(), tempfile::tempdir().unwrap());
    let shared = format!("file://{}", artifacts.path().display());
    let settings = [("BUILDCAST_ARTIFACTS", shared.as_str()), ("BUILDCAST_NODE_ROLE", "api,preview")];
    let (one, two) = (TestServer::node(&postgres.url(), &settings).await, TestServer::node(&postgres.url(), &settings).await);
    let both = [&one.client, &two.client];
    let first = one_winner(&raced(&both, 200, "/v1/builds", "k", &site("u")).await).clone();
    assert_eq!(one.count("builds").await, 1);
    for server in [&one, &two] {
        assert_eq!(start(server, "k", &site("u")).await, first.again());
    }
    // a known project, which refuses a second build: the loser finds the answer, and not the build in its way
    for round in 0..10 {
        let build = one.client.start(&site("u")).await;
        let cancel = format!("/v1/builds/{}/cancel", build["buildId"].as_str().unwrap());
        assert_eq!(one.client.post(&cancel, &json!({"userId": "u"})).await.0, 200);
        let mut next = site("u");
        next["projectId"] = build["projectId"].clone();
        let told = raced(&both, 8, "/v1/builds", &format!("known-{round}"), &next).await;
        one_winner(&told);
    }
    assert_eq!(one.count("builds").await, 21);
}
