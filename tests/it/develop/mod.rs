//! The development step: a provider is asked, and what it answers becomes the project's, whole or not at all.

use crate::support::client::codes;
use crate::support::project::site;
use crate::support::provider::{Answer, FakeProvider, Piece, begun, ended, whole};
use crate::support::{Kind, TestServer, on_both};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

mod failures;
mod processes;

const KEY: &str = "a-key-that-nobody-may-see";
const PROTOCOLS: [&str; 2] = ["anthropic", "openai"];
const GOOD: &str = r#"{"files": [{"path": "about.html", "content": "<title>made</title>"}, {"path": "style.css", "delete": true}]}"#;

async fn server_on(kind: Kind, protocol: &str, url: &str, extra: &[(&str, &str)]) -> TestServer {
    let settings = [("CODE_GENERATOR", protocol), ("CODE_GENERATOR_URL", url), ("CODE_GENERATOR_KEY", KEY), ("CODE_GENERATOR_MODEL", "a-model")];
    TestServer::start_with(kind, &[settings.as_slice(), extra].concat()).await
}

async fn server(protocol: &str, provider: &FakeProvider, extra: &[(&str, &str)]) -> TestServer {
    server_on(Kind::Sqlite, protocol, &provider.url, extra).await
}

/// Each one is another request: the same one twice could be a double click.
fn with_prompt(mut start: Value) -> Value {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    start["name"] = format!("site {}", COUNT.fetch_add(1, Ordering::Relaxed)).into();
    start["prompt"] = "add a page about us".into();
    start
}

async fn page(server: &TestServer, build: &Value, path: &str) -> (u16, String) {
    let url = format!("{}/p/{}/{path}", server.client.preview, build["projectId"].as_str().unwrap());
    let response = server.client.http.get(url).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn view(server: &TestServer, build: &Value) -> Value {
    server.client.get(&format!("/v1/builds/{}", build["buildId"].as_str().unwrap())).await.1
}

async fn developed(kind: Kind) {
    for protocol in PROTOCOLS {
        let more = r#"{"files": {"more.html": "<title>more</title>"}}"#;
        let provider = FakeProvider::start(vec![Answer::stream(whole(protocol, GOOD)), Answer::stream(whole(protocol, more))]).await;
        let server = server_on(kind, protocol, &format!("{}/v1/", provider.url), &[]).await;
        let mut start = with_prompt(site("u"));
        start["templateFiles"][".env"] = "PASSWORD=hunter2".into();
        let build = server.client.start(&start).await;
        let events = server.client.events(&build).await;
        let development: Vec<&Value> = events.iter().filter(|e| e["phase"] == "development").collect();
        let seen: Vec<&str> = development.iter().map(|e| e["code"].as_str().unwrap()).collect();
        assert_eq!(
            seen,
            [
                "BUILD_DEVELOPMENT_STARTING",
                "BUILD_CODE_GENERATING",
                "BUILD_CODE_REVIEWING",
                "BUILD_CODE_APPLYING",
                "BUILD_CODE_APPLYING",
                "BUILD_DEVELOPMENT_COMPLETE"
            ]
        );
        assert_eq!((&development[0]["params"]["isRetry"], &development[0]["params"]["attemptNumber"]), (&json!(false), &json!(1)));
        assert_eq!((&development[1]["params"]["provider"], &development[2]["params"]["count"]), (&json!(protocol), &json!(2)));
        assert_eq!((&development[4]["params"]["step"], &development[4]["params"]["total"]), (&json!(2), &json!(2)));
        assert_eq!(events.iter().filter(|e| e["code"] == "BUILD_FRAMEWORK_DETECTING").count(), 1, "no other framework was found");
        assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
        assert_eq!(page(&server, &build, "about.html").await, (200, "<title>made</title>".into()));
        assert_eq!(page(&server, &build, "style.css").await.0, 404);
        assert!(server.seconds(&build).await > 0.0);
        asked_well(protocol, &provider);
        // what was generated is the project's last source: it is what the next build has, and changes
        let next = server.client.start(&json!({"userId": "u", "projectId": build["projectId"], "prompt": "one page more"})).await;
        assert_eq!(server.client.events(&next).await.last().unwrap()["code"], "BUILD_COMPLETED");
        assert_eq!(page(&server, &build, "about.html").await, (200, "<title>made</title>".into()));
        assert_eq!((page(&server, &build, "more.html").await.0, provider.asked().len()), (200, 2));
    }
}
on_both!(a_prompt_changes_the_project_over_either_protocol, developed);

/// The one request that a provider got is whole, and holds no secret of the project's.
fn asked_well(protocol: &str, provider: &FakeProvider) {
    let asked = provider.asked();
    assert_eq!(asked.len(), 1);
    let (asked, body) = (&asked[0], &asked[0].body);
    assert_eq!((&body["model"], &body["stream"]), (&json!("a-model"), &json!(true)));
    let (system, user) = if protocol == "anthropic" {
        assert_eq!((asked.path.as_str(), asked.headers["x-api-key"].as_str()), ("/v1/messages", KEY));
        assert_eq!((asked.headers["anthropic-version"].as_str(), &body["max_tokens"]), ("2023-06-01", &json!(16000)));
        (&body["system"], &body["messages"][0])
    } else {
        assert_eq!((asked.path.as_str(), asked.headers["authorization"].as_str()), ("/v1/chat/completions", &*format!("Bearer {KEY}")));
        assert_eq!((&body["stream_options"]["include_usage"], &body["max_completion_tokens"]), (&json!(true), &json!(16000)));
        (&body["messages"][0]["content"], &body["messages"][1])
    };
    assert!(system.as_str().unwrap().contains("one JSON object"));
    let user: Value = serde_json::from_str(user["content"].as_str().unwrap()).unwrap();
    assert_eq!(user["request"], "add a page about us");
    assert_eq!((&user["files"][0]["path"], user["files"].as_array().unwrap().len()), (&json!("index.html"), 2));
    assert!(user["files"][0]["content"].as_str().unwrap().contains("hello") && !user.to_string().contains("hunter2"));
}

#[tokio::test]
async fn a_reply_may_have_any_shape_and_be_cut_anywhere() {
    let object = r#"{"files": {"about.html": "<p>ü</p>", "style.css": null}}"#;
    let fenced = format!("Here you are:\n```json\n{object}\n```\nEnjoy {{it}}.");
    for protocol in PROTOCOLS {
        let windows = whole(protocol, object).replace('\n', "\r\n").replacen("\r\n\r\n", "\r\n\r\n: a comment\r\n\r\n", 1);
        let bytewise = windows.bytes().map(|byte| Piece::Bytes(vec![byte])).collect();
        // some servers leave out the very last event, or the end
        let unended = whole(protocol, object).replace("data: [DONE]\n\n", "").replace("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", "");
        let answers =
            [Answer::stream(whole(protocol, &fenced)), Answer::pieces(bytewise), Answer::stream(unended.clone()), Answer::stream(unended).then(Piece::Stall)];
        let provider = FakeProvider::start(answers.to_vec()).await;
        let server = server(protocol, &provider, &[("CODE_GENERATOR_IDLE_SECONDS", "2")]).await;
        for n in 0..answers.len() {
            let build = server.client.start(&with_prompt(site("u"))).await;
            let events = server.client.events(&build).await;
            assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED", "{protocol} {n}: {:?}", events.last());
            assert_eq!(page(&server, &build, "about.html").await, (200, "<p>ü</p>".into()));
        }
    }
}

#[tokio::test]
async fn progress_is_told_as_it_comes() {
    let pause = || Piece::Pause(Duration::from_millis(1100));
    let parts = begun("anthropic", &format!("{GOOD}{}", " ".repeat(1000)));
    let (head, tail) = parts.split_at(parts.len() / 2 - parts.len() / 2 % 2);
    let pieces = vec![Piece::Bytes(head.into()), pause(), Piece::Bytes(tail.into()), pause(), Piece::Bytes(ended("anthropic", "end_turn").into())];
    let provider = FakeProvider::start(vec![Answer::pieces(pieces)]).await;
    let server = server("anthropic", &provider, &[]).await;
    let build = server.client.start(&with_prompt(site("u"))).await;
    let events = server.client.events(&build).await;
    let steps: Vec<&Value> = events.iter().filter(|e| e["code"] == "BUILD_CODE_GENERATING").map(|e| &e["params"]).collect();
    assert!(steps.len() >= 2 && steps[0].get("step").is_none() && steps.iter().all(|p| p.get("total").is_none()), "{steps:?}");
    assert_eq!(steps.last().unwrap()["step"], GOOD.len() + 1000);
    assert!(server.seconds(&build).await > 2.0);
}

#[tokio::test]
async fn a_build_that_fails_after_it_leaves_the_projects_source() {
    let changed = r#"{"files": {"broken": "x", "index.html": "<p>changed"}}"#;
    let mended = r#"{"files": {"more.html": "<p>more"}}"#;
    let provider = FakeProvider::start(vec![Answer::stream(whole("openai", changed)), Answer::stream(whole("openai", mended))]).await;
    let server = server("openai", &provider, &[]).await;
    let manifest = json!({"scripts": {"build": "mkdir dist && cp *.html dist && test ! -e broken"}}).to_string();
    let first = server.client.start(&json!({"userId": "u", "templateFiles": {"package.json": manifest, "index.html": "<p>as it was"}})).await;
    assert_eq!(server.client.events(&first).await.last().unwrap()["code"], "BUILD_COMPLETED");
    let broken = server.client.start(&json!({"userId": "u", "projectId": first["projectId"], "prompt": "break it"})).await;
    let end = server.client.events(&broken).await.pop().unwrap();
    assert_eq!((&end["params"]["reason"], &end["phase"]), (&json!("command_failed"), &json!("build")));
    assert!(server.seconds(&broken).await > 0.0);
    // the next one builds on what was deployed last
    let next = server.client.start(&json!({"userId": "u", "projectId": first["projectId"], "prompt": "mend it"})).await;
    assert_eq!(server.client.events(&next).await.last().unwrap()["code"], "BUILD_COMPLETED");
    assert_eq!(page(&server, &next, "index.html").await.1, "<p>as it was");
}

#[tokio::test]
async fn a_manifest_that_changes_is_looked_at_again() {
    let manifest = json!({"scripts": {"build": "mkdir dist && echo built > dist/index.html"}}).to_string();
    let provider = FakeProvider::start(vec![Answer::stream(whole("openai", &json!({"files": {"package.json": manifest}}).to_string()))]).await;
    let server = server("openai", &provider, &[]).await;
    let build = server.client.start(&with_prompt(site("u"))).await;
    let events = server.client.events(&build).await;
    let found: Vec<&str> = events.iter().filter(|e| e["code"] == "BUILD_FRAMEWORK_DETECTING").map(|e| e["params"]["framework"].as_str().unwrap()).collect();
    assert_eq!(found, ["static", "node"]);
    assert!(codes(&events).contains(&"BUILD_COMPILING"));
    assert_eq!(page(&server, &build, "index.html").await.1, "built\n");
}

async fn kept(kind: Kind) {
    let server = TestServer::start(kind).await;
    let build = server.client.start(&with_prompt(site("u"))).await;
    let events = server.client.events(&build).await;
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
    assert!(events.iter().all(|e| e["phase"] != "development"), "nobody is there to ask");
    assert_eq!(server.scalar::<String>("SELECT prompt FROM builds").await, "add a page about us");
    for prompt in [json!(""), json!(" \n"), json!("x".repeat(32_001)), json!("nul \u{0}")] {
        let start = json!({"userId": "u", "projectId": build["projectId"], "prompt": prompt});
        let (status, error) = server.client.post("/v1/builds", &start).await;
        assert_eq!((status.as_u16(), &error["params"]["errors"][0]["field"]), (422, &json!("prompt")), "{error}");
    }
    let start = json!({"userId": "u", "projectId": build["projectId"], "prompt": "ü".repeat(32_000)});
    assert_eq!(server.client.post("/v1/builds", &start).await.0, 202);
    let (status, error) = server.client.post("/v1/builds", &json!({"userId": "u", "prompt": "a new project"})).await;
    assert_eq!((status.as_u16(), &error["params"]["errors"][0]["field"]), (422, &json!("templateFiles")));
}
on_both!(a_prompt_is_checked_and_kept_where_nobody_can_be_asked, kept);
