//! Lists of builds: filters, and pages that stay what they are while builds come.

use super::support::project::{scripted, site};
use super::support::{Kind, TestServer, on_both};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn ids(page: &Value) -> Vec<String> {
    page["builds"].as_array().unwrap().iter().map(|build| build["buildId"].as_str().unwrap().to_owned()).collect()
}

/// Starts so many builds at once, and answers with their ids.
async fn many(server: &TestServer, user: &str, count: usize) -> Vec<String> {
    // no two batches are the same request
    let mut start = site(user);
    start["name"] = json!(format!("after {}", server.count("builds").await));
    let (status, batch) = server.client.post("/v1/builds/batch", &json!({"builds": vec![start; count]})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{batch}");
    ids(&batch)
}

async fn paged(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let mut there = BTreeSet::new();
    // builds of one batch have one time: their ids decide
    for (user, count) in [("u", 100), ("v", 100), ("u", 50)] {
        there.extend(many(&server, user, count).await);
    }
    assert_eq!(there.len(), 250);
    let (mut seen, mut cursor, mut sizes) = (vec![], String::new(), vec![]);
    loop {
        let (status, page) = server.client.get(&format!("/v1/builds?limit=60{cursor}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        seen.extend(page["builds"].as_array().unwrap().clone());
        sizes.push(page["builds"].as_array().unwrap().len());
        let Some(next) = page["nextCursor"].as_str() else {
            assert_eq!(page["nextCursor"], Value::Null);
            break;
        };
        cursor = format!("&cursor={next}");
        // more come between the pages, before all that is left
        many(&server, "w", 3).await;
    }
    assert_eq!(sizes, [60, 60, 60, 60, 10]);
    let order: Vec<(&str, &str)> = seen.iter().map(|b| (b["createdAt"].as_str().unwrap(), b["buildId"].as_str().unwrap())).collect();
    assert!(order.is_sorted_by(|a, b| a > b), "newest first");
    assert_eq!(order.iter().map(|(_, id)| (*id).to_owned()).collect::<BTreeSet<_>>(), there, "each once, and none that came later");
    // places in the queue are those that each build says itself, once nobody comes any more
    let (_, page) = server.client.get("/v1/builds?userId=u&limit=200").await;
    let builds = page["builds"].as_array().unwrap();
    for build in [&builds[0], &builds[builds.len() - 1]] {
        let (_, view) = server.client.get(&format!("/v1/builds/{}", build["buildId"].as_str().unwrap())).await;
        assert_eq!(view, *build);
    }
    // a page that ends the list exactly has no next one
    let (_, page) = server.client.get("/v1/builds?userId=u&limit=150").await;
    assert_eq!((ids(&page).len(), &page["nextCursor"]), (150, &Value::Null));
    let (_, page) = server.client.get("/v1/builds").await;
    assert_eq!(ids(&page).len(), 50);
}
on_both!(pages_have_each_build_once_while_others_come, paged);

async fn filtered(kind: Kind) {
    let server = TestServer::start(kind).await;
    let first = server.client.start(&site("u")).await;
    server.client.events(&first).await;
    let second = server.client.start(&json!({"userId": "u", "projectId": first["projectId"], "prompt": "as it is"})).await;
    server.client.events(&second).await;
    let failed = server.client.start(&scripted("u", "exit 1")).await;
    server.client.events(&failed).await;
    let mut later = site("v");
    later["delaySeconds"] = json!(3600);
    later["metadata"] = json!({"a": 1});
    let later = server.client.start(&later).await;
    let id = |build: &Value| build["buildId"].as_str().unwrap().to_owned();
    let project = first["projectId"].as_str().unwrap();
    let (first, second, failed, waits) = (id(&first), id(&second), id(&failed), id(&later));
    let cases = [
        (String::new(), vec![&waits, &failed, &second, &first]),
        ("?userId=u".into(), vec![&failed, &second, &first]),
        ("?userId=nobody".into(), vec![]),
        (format!("?projectId={project}"), vec![&second, &first]),
        (format!("?projectId={project}&userId=v"), vec![]),
        (format!("?projectId={project}&userId=u&state=deployed&limit=1"), vec![&second]),
        ("?state=failed".into(), vec![&failed]),
        ("?state=queued&userId=v&locale=de".into(), vec![&waits]),
        ("?state=building".into(), vec![]),
        ("?cursor=".into(), vec![&waits, &failed, &second, &first]),
    ];
    for (query, expected) in cases {
        let (status, page) = server.client.get(&format!("/v1/builds{query}")).await;
        assert_eq!((status, ids(&page).iter().collect::<Vec<_>>()), (StatusCode::OK, expected), "{query}: {page}");
    }
    let (_, page) = server.client.get("/v1/builds?locale=de").await;
    assert_eq!((&page["builds"][0]["metadata"], &page["builds"][0]["queuePosition"]), (&json!({"a": 1}), &json!(1)));
    assert!(page["builds"][0].get("streamToken").is_none());
    let (_, english) = server.client.get("/v1/builds?state=failed").await;
    let message = |page: &Value, at: usize| page["builds"][at]["error"]["message"].as_str().unwrap().to_owned();
    assert_ne!(message(&page, 1), message(&english, 0), "in the request's locale");
}
on_both!(a_list_has_what_its_filters_say, filtered);

#[tokio::test]
async fn a_query_that_cannot_be_is_named() {
    let server = TestServer::start(Kind::Sqlite).await;
    for (query, field, reason) in [
        ("limit=0", "limit", "out_of_range"),
        ("limit=201", "limit", "out_of_range"),
        ("limit=-1", "limit", "out_of_range"),
        ("limit=x", "limit", "invalid_value"),
        ("state=done", "state", "not_a_state"),
        ("state=", "state", "not_a_state"),
        ("cursor=x", "cursor", "not_a_cursor"),
        ("cursor=5-a%2Fb", "cursor", "not_a_cursor"),
        ("userId=", "userId", "not_an_id"),
        ("projectId=a%2Fb", "projectId", "not_an_id"),
        ("user_id=u", "user_id", "unknown_field"),
        ("userId=u&userId=v", "userId", "duplicate"),
    ] {
        let (status, error) = server.client.get(&format!("/v1/builds?{query}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}: {error}");
        assert_eq!((&error["code"], &error["params"]), (&json!("INVALID_INPUT"), &json!({"field": field, "reason": reason})), "{query}");
    }
}
