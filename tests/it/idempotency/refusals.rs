//! Which refusals are kept for a key: those that tell of the request, and none that may pass.

use super::{Told, keyed, post, start};
use crate::support::project::site;
use crate::support::{Kind, TestServer, on_both};
use reqwest::Method;
use serde_json::{Value, json};

async fn kept(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let unknown_field = json!({"userId": "u", "templateFile": {}});
    let nameless = json!({"userId": "u", "name": "", "templateFiles": {"index.html": "x"}});
    let mut lost = site("u");
    lost["projectId"] = json!("mine");
    for (key, body, status, code) in [("a", &unknown_field, 400, "INVALID_INPUT"), ("b", &nameless, 422, "VALIDATION_FAILED"), ("c", &lost, 404, "NOT_FOUND")] {
        let request = keyed(&server.client, Method::POST, "/v1/builds", key, body).header("x-request-id", format!("first-{key}"));
        let first = Told::of(request.send().await.unwrap()).await;
        assert_eq!((first.status, first.code().as_str(), first.replayed), (status, code, false), "{first:?}");
        // the error of the first request, with its ids
        assert_eq!(first.json()["requestId"], format!("first-{key}"));
        let again = keyed(&server.client, Method::POST, "/v1/builds", key, body).header("x-request-id", "second").send().await.unwrap();
        assert_eq!(again.headers()["x-request-id"], "second");
        assert_eq!(Told::of(again).await, first.again());
        let mut other = body.clone();
        other["priority"] = json!(1);
        assert_eq!(start(&server, key, &other).await.code(), "IDEMPOTENCY_KEY_REUSED");
    }
    // the project comes to be, and the answer stays
    assert_eq!(post(&server, "/v1/create-preview-for-new-project", "made", &lost).await.status, 202);
    assert!(start(&server, "c", &lost).await.replayed);
    assert_eq!((server.count("builds").await, server.count("idempotency_keys").await), (1, 4));
}
on_both!(refusals_that_tell_of_the_request_are_kept, kept);

async fn passing(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let build = server.client.start(&site("u")).await;
    let cancel = format!("/v1/builds/{}/cancel", build["buildId"].as_str().unwrap());
    let mut next = site("u");
    next["projectId"] = build["projectId"].clone();
    // 429 while a build is under way
    for _ in 0..2 {
        let refused = start(&server, "k", &next).await;
        assert_eq!((refused.status, refused.code().as_str(), refused.replayed), (429, "BUILD_ALREADY_RUNNING", false));
    }
    let own = json!({"userId": "u"});
    assert_eq!(server.client.post(&cancel, &own).await.0, 200);
    let done = start(&server, "k", &next).await;
    assert_eq!((done.status, done.replayed), (202, false));
    assert_eq!(start(&server, "k", &next).await, done.again());
    // 409 of a state
    let first = "UPDATE builds SET previous_state = 'building', current_state = 'deployed' WHERE previous_state = 'queued'";
    server.execute(first).await;
    for _ in 0..2 {
        let refused = post(&server, &cancel, "c", &own).await;
        assert_eq!((refused.status, refused.code().as_str(), refused.replayed), (409, "INVALID_STATE_TRANSITION", false));
    }
    // 415, 405
    let bare = server.client.signed(Method::POST, "/v1/builds", "{}").header("idempotency-key", "t").header("content-type", "text/plain").send().await.unwrap();
    assert!([400, 415].contains(&bare.status().as_u16()), "{bare:?}");
    assert_eq!(Told::of(keyed(&server.client, Method::PUT, "/v1/builds", "m", &own).send().await.unwrap()).await.status, 405);
    assert_eq!(server.count("idempotency_keys WHERE status NOT IN (202, 400)").await, 0);
}
on_both!(refusals_that_may_pass_are_not_kept, passing);

async fn stale(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let project = server.client.start(&site("u")).await["projectId"].as_str().unwrap().to_owned();
    let (path, body) = (format!("/v1/projects/{project}"), json!({"userId": "u", "name": "a name"}));
    let send = async |tags: &[&str]| {
        let request = keyed(&server.client, Method::PATCH, &path, "k", &body);
        Told::of(tags.iter().fold(request, |request, tag| request.header("if-match", *tag)).send().await.unwrap()).await
    };
    for _ in 0..2 {
        let refused = send(&["\"2\""]).await;
        assert_eq!((refused.status, refused.replayed), (422, false), "{refused:?}");
        assert_eq!(refused.json()["params"]["errors"][0]["field"], "If-Match");
    }
    assert_eq!(server.count("idempotency_keys").await, 0);
    // somebody makes the revision that was asked for
    let change = server.client.signed(Method::PATCH, &path, json!({"userId": "u", "name": "another"}).to_string()).send().await.unwrap();
    assert_eq!(change.status(), 200);
    let done = send(&["\"2\""]).await;
    assert_eq!((done.status, done.replayed), (200, false), "{done:?}");
    assert_eq!(send(&["\"2\""]).await, done.again());
    for tags in [&[][..], &["\"3\""], &["\"2\"", "\"3\""], &["*"]] {
        let reused = send(tags).await;
        assert_eq!((reused.status, reused.code().as_str()), (422, "IDEMPOTENCY_KEY_REUSED"), "{tags:?} {reused:?}");
    }
}
on_both!(a_stale_tag_is_not_kept_for_a_key_and_belongs_to_the_request, stale);

async fn strangers(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let body = site("u").to_string();
    let bare = server.client.bare(Method::POST, "/v1/builds").header("idempotency-key", "k").header("content-type", "application/json").body(body);
    assert_eq!(bare.send().await.unwrap().status(), 401);
    assert_eq!(server.count("idempotency_keys").await, 0, "a stranger writes no row");
    let first = start(&server, "k", &site("u")).await;
    assert_eq!((first.status, first.replayed), (202, false));
    // and reads none
    let bare = server.client.bare(Method::POST, "/v1/builds").header("idempotency-key", "k").header("content-type", "application/json");
    assert_eq!(bare.body(site("u").to_string()).send().await.unwrap().status(), 401);
}
on_both!(a_key_is_nothing_without_a_signature, strangers);

#[tokio::test]
async fn an_error_keeps_the_language_that_it_was_told_in() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    let body: Value = json!({"userId": ""});
    let asked = async |locale: &str| {
        let response = keyed(&server.client, Method::POST, "/v1/builds", "k", &body).header("x-sheen-locale", locale).send().await.unwrap();
        (response.headers()["content-language"].to_str().unwrap().to_owned(), Told::of(response).await)
    };
    let (language, first) = asked("de").await;
    assert_eq!((language.as_str(), first.status), ("de", 422));
    assert_eq!(asked("fr").await, ("de".to_owned(), first.again()));
}
