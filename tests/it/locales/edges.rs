//! Numbers at the edges, as they come out of a real log: none, less than none, parts, and too many.

use super::super::support::project::site;
use super::super::support::socket::{Socket, stream_of};
use super::*;
use serde_json::json;

/// What a build's event of this code reads in Arabic, with `count` as it stands in the log.
async fn told(server: &TestServer, build: &Value, count: &str) -> [String; 3] {
    let id = build["buildId"].as_str().unwrap();
    let body: String = server.scalar(&format!("SELECT body FROM project_build_events WHERE build_id = '{id}' AND code = 'BUILD_VALIDATING'")).await;
    let mut stored: Value = serde_json::from_str(&body).unwrap();
    stored["params"]["count"] = serde_json::from_str(count).unwrap();
    let changed = stored.to_string().replace('\'', "''");
    server.execute(&format!("UPDATE project_build_events SET body = '{changed}' WHERE build_id = '{id}' AND code = 'BUILD_VALIDATING'")).await;

    let is_it = |event: &Value| event["code"] == "BUILD_VALIDATING";
    let said = |event: &Value| event["message"].as_str().unwrap().to_owned();
    let sse = events(&frames(stream(server, build, "&locale=ar")).await);
    let page: Value = stream(server, build, "&locale=ar").header("accept", "application/json").send().await.unwrap().json().await.unwrap();
    let history = page["events"].as_array().unwrap().iter().map(|entry| &entry["event"]).find(|event| is_it(event)).unwrap();
    let token = build["streamToken"].as_str().unwrap();
    let (mut socket, _) = Socket::connect(&server.client, &format!("?locale=ar&token={token}"), vec![]).await;
    socket.say(json!({"type": "subscribe", "stream": stream_of(build)})).await;
    let frames = socket.events(&stream_of(build)).await;
    let frames: Vec<Value> = frames.iter().map(|(_, text)| serde_json::from_str::<Value>(text).unwrap()["event"].clone()).collect();
    let [sse, socket] = [&sse, &frames].map(|events| said(events.iter().find(|event| is_it(event)).unwrap()));
    [sse, socket, said(history)]
}

#[tokio::test]
async fn numbers_at_the_edges_read_well_on_every_transport() {
    let server = legacy(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    for (count, expected) in [
        ("0", "لا توجد ملفات للتحقق منها."),
        ("1", "جارٍ التحقق من ملف واحد."),
        ("2", "جارٍ التحقق من ملفين."),
        ("3", "جارٍ التحقق من 3 ملفات."),
        ("11", "جارٍ التحقق من 11 ملفًا."),
        ("100", "جارٍ التحقق من 100 ملف."),
        ("103", "جارٍ التحقق من 103 ملفات."),
        ("-3", "جارٍ التحقق من \u{200e}-3 ملفات."),
        ("2.5", "جارٍ التحقق من 2.5 ملف."),
        ("18446744073709551615", "جارٍ التحقق من 18,446,744,073,709,552,000 ملف."),
        ("null", "جارٍ التحقق من … ملف."),
        ("\"many\"", "جارٍ التحقق من … ملف."),
        ("[1]", "جارٍ التحقق من … ملف."),
    ] {
        for text in told(&server, &build, count).await {
            assert_eq!(text, expected, "{count}");
        }
    }
}
