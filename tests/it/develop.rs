//! The development step: a provider is asked, and what it answers becomes the project's, whole or not at all.

use super::support::client::{Events, codes};
use super::support::process::ServerProcess;
use super::support::project::site;
use super::support::provider::{Answer, FakeProvider, Piece, begun, ended, whole};
use super::support::tls::TlsFront;
use super::support::{Kind, TestServer, on_both};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

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

/// Starts a build with a prompt; its last event, and its view.
async fn failed(server: &TestServer) -> (Value, Value) {
    let build = server.client.start(&with_prompt(site("u"))).await;
    let end = server.client.events(&build).await.pop().unwrap();
    (end, view(server, &build).await)
}

async fn developed(kind: Kind) {
    for protocol in PROTOCOLS {
        let provider = FakeProvider::start(vec![Answer::stream(whole(protocol, GOOD))]).await;
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
        // what was generated is the project's last source: it is what the next build has, and nobody is asked for it
        let next = server.client.start(&json!({"userId": "u", "projectId": build["projectId"]})).await;
        assert_eq!(server.client.events(&next).await.last().unwrap()["code"], "BUILD_COMPLETED");
        assert_eq!(page(&server, &build, "about.html").await.0, 200);
        assert_eq!((server.seconds(&next).await, provider.asked().len()), (0.0, 1));
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
async fn each_trouble_of_a_provider_is_its_own_error() {
    let reset = "2099-01-01T00:00:00Z";
    let answers = [
        (Answer::refusal(429, &[("retry-after", "7")]), "ai_limit_reached", "AI_LIMIT_REACHED"),
        (Answer::refusal(429, &[("anthropic-ratelimit-tokens-reset", reset)]), "ai_limit_reached", "AI_LIMIT_REACHED"),
        (Answer::refusal(429, &[("x-ratelimit-reset-tokens", "6m0s")]), "ai_limit_reached", "AI_LIMIT_REACHED"),
        (Answer::refusal(429, &[]), "ai_limit_reached", "AI_LIMIT_REACHED"),
        (Answer::refusal(401, &[]), "provider_unavailable", "PROVIDER_UNAVAILABLE"),
        (Answer::refusal(404, &[]), "provider_unavailable", "PROVIDER_UNAVAILABLE"),
        (Answer::refusal(302, &[("location", "http://127.0.0.1:1/")]), "provider_unavailable", "PROVIDER_UNAVAILABLE"),
        (Answer::refusal(400, &[]), "generator_refused", "BUILD_FAILED"),
    ];
    let waits = [7, 7 * 24 * 3600, 360, 60];
    for protocol in PROTOCOLS {
        let provider = FakeProvider::start(answers.iter().map(|(answer, ..)| answer.clone()).collect()).await;
        let server = server(protocol, &provider, &[]).await;
        for (n, (_, reason, code)) in answers.iter().enumerate() {
            let (end, view) = failed(&server).await;
            let params = &end["params"];
            assert_eq!((&end["code"], &params["reason"], &params["phase"]), (&json!("BUILD_FAILED"), &json!(reason), &json!("development")), "{protocol} {n}");
            assert_eq!(params["recoverable"], *code != "BUILD_FAILED");
            let error = &view["error"];
            assert_eq!((&view["status"], &error["code"]), (&json!("failed"), &json!(code)), "{protocol} {n}");
            assert!(error["message"].as_str().is_some_and(|message| !message.is_empty() && !message.contains("error-")));
            if let Some(wait) = waits.get(n) {
                let (now, time) = (view["finishedAt"].as_str().unwrap(), error["params"]["resetTime"].as_i64().unwrap());
                let now = chrono::DateTime::parse_from_rfc3339(now).unwrap().timestamp_millis();
                assert_eq!((&error["params"]["retryAfter"], &error["params"]["provider"]), (&json!(wait), &json!(protocol)));
                assert!((time - now - wait * 1000).abs() < 20_000, "{time} {now}");
            } else if *code == "PROVIDER_UNAVAILABLE" {
                assert_eq!(error["params"], json!({"provider": protocol}));
            }
        }
        assert_eq!(provider.asked().len(), answers.len(), "none of these is tried again");
        assert_eq!(server.scalar::<f64>("SELECT SUM(ai_seconds) FROM builds").await, 0.0, "a refusal is not metered");
    }
}

#[tokio::test]
async fn a_reply_that_is_none_has_its_reason_and_is_metered() {
    for protocol in PROTOCOLS {
        let anthropic = protocol == "anthropic";
        let broken = format!("{}data: {{\"oops\n\n", begun(protocol, GOOD));
        let overloaded = if anthropic { r#"{"type":"error","error":{"type":"overloaded_error"}}"# } else { r#"{"error":{"type":"server_error"}}"# };
        let limited = if anthropic { r#"{"type":"error","error":{"type":"rate_limit_error"}}"# } else { r#"{"error":{"code":"rate_limit_exceeded"}}"# };
        let stopped = |reason: &str| Answer::stream(begun(protocol, GOOD) + &ended(protocol, reason));
        let errs = |data: &str| Answer::stream(format!("{}data: {data}\n\n", begun(protocol, GOOD)));
        let files = |text: &str| Answer::stream(whole(protocol, text));
        let many: serde_json::Map<String, Value> = (0..20_001).map(|n| (format!("f{n}"), "".into())).collect();
        let cases = [
            (stopped(if anthropic { "max_tokens" } else { "length" }), "generation_truncated"),
            (stopped(if anthropic { "refusal" } else { "content_filter" }), "generation_filtered"),
            (Answer::stream(begun(protocol, GOOD)), "generation_incomplete"),
            (Answer::stream(begun(protocol, GOOD)).then(Piece::Cut), "generation_incomplete"),
            (Answer::stream(begun(protocol, GOOD)).then(Piece::Pause(Duration::from_millis(50))).then(Piece::Reset), "generation_incomplete"),
            (Answer::stream(broken), "generation_unreadable"),
            (errs(overloaded), "provider_unavailable"),
            (errs(limited), "ai_limit_reached"),
            (files("I am sorry, I can't."), "generation_unreadable"),
            (files(r#"{"files": [{"path": "a"}]}"#), "generation_unreadable"),
            (files(r#"{"files": []}"#), "generation_empty"),
            (files(&format!(r#"{{"files": {{"a": "{}"}}}}"#, "x".repeat(600_000))), "generation_too_large"),
            (Answer::stream(format!("data: {}", "x".repeat(2_000_000))), "generation_too_large"),
            (files(r#"{"files": {"about.html": "x", "../../evil": "x"}}"#), "generated_files_invalid"),
            (files(r#"{"files": {"about.html": "x", "/etc/evil": "x"}}"#), "generated_files_invalid"),
            (files(r#"{"files": {"about.html": "x", ".git/config": "x"}}"#), "generated_files_invalid"),
            (files(r#"{"files": {"about.html": "x", "data.json": "{oops"}}"#), "generated_files_invalid"),
            (files(&json!({ "files": many }).to_string()), "generated_files_invalid"),
        ];
        let provider = FakeProvider::start(cases.iter().map(|(answer, _)| answer.clone()).collect()).await;
        let server = server(protocol, &provider, &[("CODE_GENERATOR_OUTPUT_BYTES_MAX", "500000")]).await;
        for (n, (_, reason)) in cases.iter().enumerate() {
            let (end, view) = failed(&server).await;
            assert_eq!((&end["params"]["reason"], &end["phase"]), (&json!(reason), &json!("development")), "{protocol} {n}");
            assert!(server.seconds(&view).await > 0.0, "{protocol} {n}");
            let codes = [("provider_unavailable", "PROVIDER_UNAVAILABLE"), ("ai_limit_reached", "AI_LIMIT_REACHED")];
            let code = codes.iter().find(|(word, _)| word == reason).map_or("BUILD_FAILED", |(_, code)| code);
            assert_eq!(view["error"]["code"], code, "{protocol} {n}");
        }
        assert_eq!(provider.asked().len(), cases.len());
        // nothing of it was applied: there is one source, the one that was sent
        assert_eq!((server.count("versions").await, server.files_in("artifacts/sources").len()), (0, 1));
        assert_eq!(server.files_in("scratch"), Vec::<String>::new());
    }
}

#[tokio::test]
async fn silence_and_slowness_are_time_outs() {
    let drip = |count| (0..count).flat_map(|_| [Piece::Bytes(b": still here\n\n".to_vec()), Piece::Pause(Duration::from_millis(100))]).collect();
    let answers = vec![Answer::pieces(vec![Piece::Stall]), Answer::stream(begun("openai", GOOD)).then(Piece::Stall), Answer::pieces(drip(100))];
    let provider = FakeProvider::start(answers).await;
    let server = server("openai", &provider, &[("CODE_GENERATOR_IDLE_SECONDS", "0.5"), ("CODE_GENERATOR_TIMEOUT_SECONDS", "1.5")]).await;
    for (n, least) in [0.5, 0.5, 1.5].into_iter().enumerate() {
        let (end, view) = failed(&server).await;
        assert_eq!((&end["params"]["reason"], &view["error"]["code"]), (&json!("network_timeout"), &json!("NETWORK_TIMEOUT")), "{n}");
        let params = &view["error"]["params"];
        assert_eq!(params["endpoint"], "127.0.0.1");
        let seconds = params["duration"].as_f64().unwrap();
        assert!((least..least + 3.0).contains(&seconds), "{n}: {seconds}");
        assert!(server.seconds(&view).await >= least, "{n}");
        if n < 2 {
            provider.closed().await;
        }
    }
}

#[tokio::test]
async fn a_build_that_is_stopped_closes_its_connection() {
    let provider = FakeProvider::start(vec![Answer::stream(begun("anthropic", GOOD)).then(Piece::Stall)]).await;
    let server = server("anthropic", &provider, &[("BUILDCAST_BUILD_TIMEOUT_SECONDS", "1.5")]).await;
    let (end, view) = failed(&server).await;
    assert_eq!((&end["code"], &end["params"]["phase"]), (&json!("BUILD_TIMEOUT"), &json!("development")));
    provider.closed().await;
    assert!(server.seconds(&view).await > 1.0, "what was used until then is metered");
}

#[tokio::test]
async fn a_providers_own_error_is_tried_once_more() {
    let good = Answer::stream(whole("openai", GOOD));
    let provider =
        FakeProvider::start(vec![Answer::refusal(500, &[]), good.clone(), Answer::pieces(vec![Piece::Reset]), good, Answer::refusal(529, &[])]).await;
    let server = server("openai", &provider, &[]).await;
    for asked in [2, 4] {
        let build = server.client.start(&with_prompt(site("u"))).await;
        assert_eq!(server.client.events(&build).await.last().unwrap()["code"], "BUILD_COMPLETED");
        assert_eq!(provider.asked().len(), asked);
    }
    let (end, view) = failed(&server).await;
    assert_eq!((&end["params"]["reason"], &view["error"]["code"]), (&json!("provider_unavailable"), &json!("PROVIDER_UNAVAILABLE")));
    assert_eq!(provider.asked().len(), 6);
    // nobody listens there any more
    drop(provider);
    let (end, view) = failed(&server).await;
    assert_eq!((&end["params"]["reason"], &view["error"]["params"]), (&json!("provider_unavailable"), &json!({"provider": "openai"})));
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
    let provider = FakeProvider::start(vec![Answer::stream(whole("openai", changed))]).await;
    let server = server("openai", &provider, &[]).await;
    let manifest = json!({"scripts": {"build": "mkdir dist && cp *.html dist && test ! -e broken"}}).to_string();
    let first = server.client.start(&json!({"userId": "u", "templateFiles": {"package.json": manifest, "index.html": "<p>as it was"}})).await;
    assert_eq!(server.client.events(&first).await.last().unwrap()["code"], "BUILD_COMPLETED");
    let broken = server.client.start(&json!({"userId": "u", "projectId": first["projectId"], "prompt": "break it"})).await;
    let end = server.client.events(&broken).await.pop().unwrap();
    assert_eq!((&end["params"]["reason"], &end["phase"]), (&json!("command_failed"), &json!("build")));
    assert!(server.seconds(&broken).await > 0.0);
    // the next one builds on what was deployed last
    let next = server.client.start(&json!({"userId": "u", "projectId": first["projectId"]})).await;
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

#[tokio::test]
async fn an_attempt_after_a_kill_does_not_pay_twice() {
    let provider = FakeProvider::start(vec![Answer::stream(whole("anthropic", r#"{"files": {"index.html": "<p>made"}}"#))]).await;
    let folder = tempfile::tempdir().unwrap();
    let extra = [("CODE_GENERATOR", "anthropic"), ("CODE_GENERATOR_URL", provider.url.as_str()), ("CODE_GENERATOR_MODEL", "m")];
    let mut server = ServerProcess::start(folder.path(), &extra);
    let manifest = json!({"scripts": {"build": "sleep 1.5 && mkdir dist && cp *.html dist"}}).to_string();
    let build = server.client.start(&json!({"userId": "u", "prompt": "make it", "templateFiles": {"package.json": manifest}})).await;
    let mut stream = Events::of(server.client.open(&build, None).await);
    while stream.next_event().await.expect("a compile step").json()["code"] != "BUILD_COMPILING" {}
    server.kill();
    drop(stream);
    let server = ServerProcess::start(folder.path(), &extra);
    let events = server.client.events(&build).await;
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
    let seen = codes(&events);
    assert_eq!(seen.iter().filter(|code| **code == "BUILD_STARTED").count(), 2);
    assert_eq!(seen.iter().filter(|code| **code == "BUILD_DEVELOPMENT_STARTING").count(), 1);
    assert_eq!(provider.asked().len(), 1);
    assert!(!provider.asked()[0].headers.contains_key("x-api-key"), "no key is set");
    let url = events.last().unwrap()["preview_url"].as_str().unwrap().to_owned();
    let path = url.split_once("/p/").unwrap().1;
    assert_eq!(server.client.http.get(format!("{}/p/{path}", server.client.preview)).send().await.unwrap().text().await.unwrap(), "<p>made");
}

#[tokio::test]
async fn an_attempt_that_was_killed_while_it_waited_asks_again() {
    let answers = vec![Answer::stream(begun("openai", GOOD)).then(Piece::Stall), Answer::stream(whole("openai", GOOD))];
    let provider = FakeProvider::start(answers).await;
    let folder = tempfile::tempdir().unwrap();
    let extra = [("CODE_GENERATOR", "openai"), ("CODE_GENERATOR_URL", provider.url.as_str()), ("CODE_GENERATOR_MODEL", "m")];
    let mut server = ServerProcess::start(folder.path(), &extra);
    let build = server.client.start(&with_prompt(site("u"))).await;
    while provider.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    server.kill();
    provider.closed().await;
    let server = ServerProcess::start(folder.path(), &extra);
    let events = server.client.events(&build).await;
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
    let again = events.iter().rfind(|e| e["code"] == "BUILD_DEVELOPMENT_STARTING").unwrap();
    assert_eq!((&again["params"]["isRetry"], &again["params"]["attemptNumber"]), (&json!(true), &json!(2)));
    assert_eq!(provider.asked().len(), 2);
}

#[tokio::test]
async fn the_key_is_in_no_log_event_or_answer() {
    let echo = json!({"error": {"type": KEY, "message": format!("Incorrect API key provided: {KEY}")}}).to_string();
    for protocol in PROTOCOLS {
        let refused = Answer { status: 401, headers: vec![], pieces: vec![Piece::Bytes(echo.clone().into())] };
        let provider = FakeProvider::start(vec![Answer::refusal(500, &[]), refused, Answer::stream(whole(protocol, GOOD))]).await;
        let folder = tempfile::tempdir().unwrap();
        let log = tempfile::NamedTempFile::new().unwrap();
        let extra = [
            ("CODE_GENERATOR", protocol),
            ("CODE_GENERATOR_URL", provider.url.as_str()),
            ("CODE_GENERATOR_KEY", KEY),
            ("CODE_GENERATOR_MODEL", "m"),
            ("BUILDCAST_LOG", "trace"),
        ];
        let server = ServerProcess::start_logged(folder.path(), &extra, log.reopen().unwrap());
        for _ in 0..2 {
            let build = server.client.start(&with_prompt(site("u"))).await;
            let events = server.client.events(&build).await;
            let (_, view) = server.client.get(&format!("/v1/builds/{}", build["buildId"].as_str().unwrap())).await;
            assert!(!json!([events, view]).to_string().contains(KEY));
        }
        assert_eq!(provider.asked().len(), 3);
        let written = std::fs::read_to_string(log.path()).unwrap();
        let lines = |word: &str| written.lines().filter(|line| line.contains(word)).collect::<Vec<_>>();
        assert_eq!(lines("does not let this server in").len(), 1, "{protocol}");
        assert_eq!(lines(KEY), Vec::<&str>::new(), "{protocol}");
    }
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

#[tokio::test]
async fn https_is_spoken_to_servers_whose_authority_is_known() {
    let provider = FakeProvider::start(vec![Answer::stream(whole("openai", GOOD))]).await;
    let (tls, another) = (TlsFront::start(&provider.url).await, TlsFront::start(&provider.url).await);
    let extra = |authority: &str| {
        let pairs = [("CODE_GENERATOR", "openai"), ("CODE_GENERATOR_URL", &tls.url), ("CODE_GENERATOR_MODEL", "m"), ("SSL_CERT_FILE", authority)];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    for (authority, known) in [(tls.authority.to_str().unwrap(), true), (another.authority.to_str().unwrap(), false)] {
        let folder = tempfile::tempdir().unwrap();
        let extra = extra(authority);
        let server = ServerProcess::start(folder.path(), &extra.each_ref().map(|(name, value)| (name.as_str(), value.as_str())));
        let build = server.client.start(&with_prompt(site("u"))).await;
        let end = server.client.events(&build).await.pop().unwrap();
        let expected = if known { (json!("BUILD_COMPLETED"), Value::Null) } else { (json!("BUILD_FAILED"), json!("provider_unavailable")) };
        assert_eq!((&end["code"], &end["params"]["reason"]), (&expected.0, &expected.1));
        assert_eq!(provider.asked().len(), 1);
    }
}
