//! A reader that comes back has the language that it had: over server-sent events by its address or its cookie, over a
//! WebSocket by what it says when it opens.

use super::super::support::project::slow;
use super::super::support::socket::{Socket, stream_of};
use super::*;
use serde_json::json;

/// Reads a build in parts, each on a connection of its own, and gives each connection's locale with its events.
async fn in_parts(server: &TestServer, build: &Value, open: impl Fn(RequestBuilder) -> RequestBuilder, query: &str) -> Vec<(String, Value)> {
    let (mut seen, mut cursor) = (vec![], None::<String>);
    loop {
        let mut request = open(stream(server, build, query));
        if let Some(cursor) = &cursor {
            request = request.header("last-event-id", cursor);
        }
        let response = request.send().await.unwrap();
        if response.status() == 204 {
            return seen;
        }
        let mut events = Events::of(response);
        let locale = locale_of(&[events.next().await.unwrap()]);
        // two events a connection
        for _ in 0..2 {
            let Some(frame) = events.next_event().await else { break };
            cursor = frame.id.clone();
            seen.push((locale.clone(), frame.json()));
        }
    }
}

#[tokio::test]
async fn a_stream_comes_back_in_the_language_of_its_address_or_its_cookie() {
    let server = legacy(Kind::Sqlite).await;
    let build = server.client.start(&slow("u", 0.2)).await;
    let by_query = in_parts(&server, &build, |request| request, "&locale=ar-EG").await;
    let by_cookie = in_parts(&server, &build, |request| request.header("cookie", "theme=dark; locale=ar"), "").await;
    let all = server.client.events(&build).await;
    for seen in [by_query, by_cookie] {
        assert!(seen.iter().all(|(locale, event)| locale == "ar" && speaks(event, "ar")), "{seen:?}");
        assert_eq!(seen.iter().map(|(_, event)| &event["seq"]).collect::<Vec<_>>(), all.iter().map(|event| &event["seq"]).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_socket_that_comes_back_says_its_language_again() {
    let server = legacy(Kind::Sqlite).await;
    let build = server.client.start(&slow("u", 0.2)).await;
    let mut first = Socket::listen(&server.client, &build, None).await;
    first.say(json!({"type": "set_locale", "locale": "es"})).await;
    let stream = stream_of(&build);
    let (mut seen, mut locale) = (vec![], String::new());
    while seen.len() < 2 {
        let frame = first.frame().await;
        match frame["type"].as_str().unwrap() {
            "locale" => locale = frame["locale"].as_str().unwrap().to_owned(),
            "event" => seen.push(frame),
            _ => {}
        }
    }
    while locale.is_empty() {
        let frame = first.frame().await;
        match frame["type"].as_str().unwrap() {
            "locale" => locale = frame["locale"].as_str().unwrap().to_owned(),
            "event" => seen.push(frame),
            other => assert_eq!(other, "live"),
        }
    }
    drop(first);
    let token = build["streamToken"].as_str().unwrap();
    let (mut second, connected) = Socket::connect(&server.client, &format!("?locale={locale}&token={token}"), vec![]).await;
    assert_eq!(connected["locale"], "es");
    let cursor = seen.last().unwrap()["cursor"].clone();
    second.say(json!({"type": "subscribe", "stream": stream, "cursor": cursor})).await;
    let rest = second.events(&stream).await;
    assert!(!rest.is_empty());
    for (_, text) in &rest {
        let frame: Value = serde_json::from_str(text).unwrap();
        assert!(speaks(&frame["event"], "es"), "{frame}");
    }
    assert_eq!(seen.len() + rest.len(), server.client.events(&build).await.len());
}
