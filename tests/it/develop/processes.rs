//! Code generation by the real binary: killed, with its log on, and over TLS.

use super::{GOOD, KEY, PROTOCOLS, with_prompt};
use crate::support::client::{Events, codes};
use crate::support::process::ServerProcess;
use crate::support::project::site;
use crate::support::provider::{Answer, FakeProvider, Piece, begun, whole};
use crate::support::tls::TlsFront;
use serde_json::{Value, json};

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
