//! Legacy messages: texts beside `code` and `params`, in the connection's locale, while they are on; never in the log.

use super::super::support::on_both;
use super::super::support::project::{scripted, site};
use super::super::support::socket::{Socket, stream_of};
use super::*;
use serde_json::json;

const FIELDS: &[&str] = &["title", "description", "message", "error_message"];

async fn stored(server: &TestServer, build: &Value) -> Vec<String> {
    let id = build["buildId"].as_str().unwrap();
    let last: i64 = server.scalar(&format!("SELECT COUNT(*) FROM project_build_events WHERE build_id = '{id}'")).await;
    let mut bodies = vec![];
    for seq in 1..=last {
        bodies.push(server.scalar(&format!("SELECT body FROM project_build_events WHERE build_id = '{id}' AND seq = {seq}")).await);
    }
    bodies
}

/// A build's events by every door, each as its text.
async fn by_every_door(server: &TestServer, build: &Value, locale: &str) -> [Vec<String>; 4] {
    let sse = frames(stream(server, build, &format!("&locale={locale}"))).await;
    let sse = sse.iter().filter(|frame| frame.id.is_some()).map(|frame| frame.data.clone().unwrap()).collect();
    let page = stream(server, build, &format!("&locale={locale}")).header("accept", "application/json").send().await.unwrap().text().await.unwrap();
    let entries = page.split("\"event\":").skip(1).map(|rest| rest.rsplit_once("},{\"cursor\"").or_else(|| rest.rsplit_once("}],")).unwrap().0.to_owned());
    let history = entries.collect();
    let token = build["streamToken"].as_str().unwrap();
    let (mut socket, _) = Socket::connect(&server.client, &format!("?locale={locale}&token={token}"), vec![]).await;
    let bodies =
        |frames: Vec<(String, String)>| frames.iter().map(|(_, text)| text.split_once("\"event\":").unwrap().1.strip_suffix('}').unwrap().to_owned()).collect();
    socket.say(json!({"type": "subscribe", "stream": stream_of(build)})).await;
    let of_build: Vec<String> = bodies(socket.events(&stream_of(build)).await);
    let project = format!("project:{}", build["projectId"].as_str().unwrap());
    socket.say(json!({"type": "subscribe", "stream": project})).await;
    let mut of_project = vec![];
    while of_project.len() < of_build.len() {
        of_project.push(socket.next_event(&project).await.unwrap().unwrap());
    }
    [sse, history, of_build, bodies(of_project)]
}

async fn on(kind: Kind) {
    let server = legacy(kind).await;
    let build = server.client.start(&scripted("u", "exit 3")).await;
    server.client.events(&build).await;
    let bodies = stored(&server, &build).await;
    for locale in ["en", "ar", "fr", "es", "de"] {
        for door in by_every_door(&server, &build, locale).await {
            assert_eq!(door.len(), bodies.len());
            for (told, body) in door.iter().zip(&bodies) {
                assert!(told.starts_with(body.strip_suffix('}').unwrap()), "the stored bytes come first: {told}");
                let event: Value = serde_json::from_str(told).unwrap();
                assert!(speaks(&event, locale) && event["description"] == event["message"], "{event}");
                assert_eq!(event["title"], text(locale, &format!("page-phase-{}", event["phase"].as_str().unwrap()), &json!({})));
                let reason = (event["event_type"] == "failed").then(|| text(locale, "page-reason-command_failed", &json!({})));
                assert_eq!(event.get("error_message").and_then(Value::as_str), reason.as_deref(), "{event}");
            }
        }
    }
    for body in bodies {
        let event: Value = serde_json::from_str(&body).unwrap();
        assert!(FIELDS.iter().all(|field| event.get(field).is_none()), "in the log: {body}");
    }
    // the lines of a log are no events
    let (id, token) = (build["buildId"].as_str().unwrap(), build["streamToken"].as_str().unwrap());
    let lines = frames(server.client.bare(Method::GET, &format!("/v1/builds/{id}/logs?token={token}&locale=ar"))).await;
    assert!(events(&lines).iter().all(|line| line["text"].is_string() && line.get("message").is_none()));
}
on_both!(with_them_on_every_door_has_the_texts_in_the_connection_s_locale, on);

#[tokio::test]
async fn with_them_off_every_door_has_the_stored_bytes() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&scripted("u", "exit 3")).await;
    server.client.events(&build).await;
    let bodies = stored(&server, &build).await;
    for locale in ["en", "ar"] {
        for door in by_every_door(&server, &build, locale).await {
            assert_eq!(door, bodies);
        }
    }
}

#[tokio::test]
async fn a_replay_has_them_and_a_recording_has_not() {
    let server = legacy(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    let id = build["buildId"].as_str().unwrap();
    let (status, replay) = server.client.post(&format!("/v1/builds/{id}/replay"), &json!({"speed": 0})).await;
    assert_eq!(status, 201, "{replay}");
    let path = replay["eventsUrl"].as_str().unwrap().strip_prefix(&server.client.api).unwrap();
    let shown = frames(server.client.bare(Method::GET, &format!("{path}?locale=fr")).bearer_auth(replay["streamToken"].as_str().unwrap())).await;
    let shown = events(&shown);
    assert!(shown.len() > 5 && shown.iter().all(|event| speaks(event, "fr")), "{shown:?}");
    let recording = server.client.signed(Method::GET, &format!("/v1/builds/{id}/recording?locale=fr"), "").send().await.unwrap().text().await.unwrap();
    for (line, body) in recording.lines().skip(1).zip(stored(&server, &build).await) {
        assert!(line.ends_with(&format!("\"event\":{body}}}")), "{line}");
    }
}

#[tokio::test]
async fn a_finished_stream_with_texts_has_a_tag_of_its_own() {
    let (off, on) = (TestServer::start(Kind::Sqlite).await, legacy(Kind::Sqlite).await);
    let mut tags = vec![];
    for server in [&off, &on] {
        let build = server.client.start(&site("u")).await;
        server.client.events(&build).await;
        for locale in ["en", "ar"] {
            let response = stream(server, &build, &format!("&locale={locale}")).send().await.unwrap();
            let tag = response.headers()["etag"].to_str().unwrap().to_owned();
            let again = stream(server, &build, &format!("&locale={locale}")).header("if-none-match", &tag).send().await.unwrap();
            assert_eq!(again.status(), 304);
            tags.push(tag.replace(build["buildId"].as_str().unwrap(), "b"));
        }
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 4, "{tags:?}");
}
