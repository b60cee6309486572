//! How code generation fails: each way its own, nothing applied, what was used metered.

use super::{GOOD, PROTOCOLS, server, view, with_prompt};
use crate::support::TestServer;
use crate::support::project::site;
use crate::support::provider::{Answer, FakeProvider, Piece, begun, ended, whole};
use serde_json::{Value, json};
use std::time::Duration;

/// Starts a build with a prompt; its last event, and its view.
async fn failed(server: &TestServer) -> (Value, Value) {
    let build = server.client.start(&with_prompt(site("u"))).await;
    let end = server.client.events(&build).await.pop().unwrap();
    (end, view(server, &build).await)
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
