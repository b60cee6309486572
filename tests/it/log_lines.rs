//! What an operator finds in the log: every line of a request or a build has its ids, and none has a secret.

use super::support::client::{Events, answer};
use super::support::process::ServerProcess;
use super::support::project::{scripted, slow};
use super::support::server::SECRET;
use super::support::socket::Socket;
use buildcast::domain::signature::header;
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn lines(log: &str) -> Vec<Value> {
    // the line for people is no JSON
    log.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn ended(mut server: ServerProcess, log: &Path) -> String {
    server.signal(Signal::TERM);
    assert!(server.child.wait().unwrap().success());
    std::fs::read_to_string(log).unwrap()
}

#[tokio::test]
async fn every_line_of_a_request_or_a_build_has_its_ids_and_none_has_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let extra = [("BUILDCAST_LOG", "buildcast=trace"), ("WORKER_SHARED_SECRET", SECRET)];
    let server = ServerProcess::start_logged(folder.path(), &extra, File::create(&log).unwrap());
    let client = &server.client;
    let start = scripted("u", "echo working && mkdir dist && echo done > dist/index.html").to_string();
    let signed = client.signed(Method::POST, "/v1/builds", start).header("x-request-id", "req_start").header("x-correlation-id", "corr_start").build().unwrap();
    let signature = signed.headers()[header::V2].to_str().unwrap().to_owned();
    let build = answer(client.http.execute(signed).await.unwrap()).await.1;
    let (id, project, token) = (text(&build, "buildId"), text(&build, "projectId"), text(&build, "streamToken"));
    client.events(&build).await;
    let by_query =
        client.bare(Method::GET, &format!("/v1/builds/{id}/events?token={token}&limit=5")).header("accept", "application/json").send().await.unwrap();
    assert_eq!(by_query.status(), 200);
    let (_, view) = client.get(&format!("/v1/builds/{id}?userId=u")).await;
    let (_, export) = client.get(&format!("/v1/versions/{}/download?userId=u", text(&view, "versionId"))).await;
    let address = text(&export, "downloadUrl");
    assert_eq!(client.http.get(address).send().await.unwrap().status(), 200);
    assert_eq!(client.http.get(format!("{address}x")).send().await.unwrap().status().as_u16() / 100, 4);
    let rollback = json!({"userId": "u", "projectId": project, "targetVersionId": view["versionId"]}).to_string();
    let rollback = client.signed(Method::POST, "/v1/versions/rollback", rollback).header("x-request-id", "req_back").send().await.unwrap();
    let (_, rollback) = answer(rollback).await;
    let job = text(&rollback, "jobId").to_owned();
    client.events(&json!({"buildId": job, "streamToken": rollback["streamToken"]})).await;
    let refused = client.bare(Method::GET, "/v1/builds").header("x-request-id", "req_refused").send().await.unwrap();
    let reference = text(&answer(refused).await.1, "referenceId").to_owned();

    let (id, project, token, ticket) = (id.to_owned(), project.to_owned(), token.to_owned(), address.rsplit('/').next().unwrap().to_owned());
    let log = ended(server, &log);
    for secret in [SECRET, &signature, &token, &ticket, &ticket[..ticket.len() / 2]] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let lines = lines(&log);
    for (build, request) in [(&id, "req_start"), (&job, "req_back")] {
        let of_build: Vec<_> = lines.iter().filter(|line| line["build_id"] == build.as_str()).collect();
        for line in &of_build {
            assert!(line["request_id"].is_string() && line["project_id"] == project.as_str(), "{line}");
        }
        let of_engine: Vec<_> = of_build.iter().filter(|line| text(line, "target").starts_with("buildcast::engine")).collect();
        assert!(of_engine.iter().any(|line| line["message"] == "a build ended here"), "{of_engine:?}");
        assert!(of_engine.iter().all(|line| line["request_id"] == request), "{of_engine:?}");
        let answered = lines.iter().find(|line| line["request_id"] == request && line["message"] == "a request was answered").unwrap();
        assert_eq!((&answered["status"], &answered["build_id"], &answered["project_id"]), (&json!(202), &json!(build), &json!(project)), "{answered}");
    }
    let started = lines.iter().find(|line| line["request_id"] == "req_start" && line["message"] == "a request was answered").unwrap();
    assert_eq!((&started["correlation_id"], &started["route"], &started["method"]), (&json!("corr_start"), &json!("/v1/builds"), &json!("POST")));
    // what the engine's rooms say of a build has its ids, whoever says it
    assert!(lines.iter().any(|line| line["message"] == "build script" && line["request_id"] == "req_start"), "a command's own line");
    let refused = lines.iter().find(|line| line["reference_id"] == reference.as_str()).expect("the reference of an error is in the log");
    assert_eq!((&refused["request_id"], &refused["code"]), (&json!("req_refused"), &json!("AUTH_FAILED")));
    assert!(lines.iter().filter(|line| text(line, "target").starts_with("buildcast::api")).all(|line| line["request_id"].is_string()));
}

#[tokio::test]
async fn what_a_stream_is_told_is_in_the_log_and_no_path_is() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let extra = [("BUILDCAST_LOG", "buildcast=trace"), ("WORKER_SHARED_SECRET", SECRET)];
    let server = ServerProcess::start_logged(folder.path(), &extra, File::create(&log).unwrap());
    let client = &server.client;
    let build = client.start(&slow("u", 1.5)).await;
    let (id, token) = (text(&build, "buildId"), text(&build, "streamToken"));
    let minted = client.post("/v1/stream-tokens", &json!({"userId": "u", "builds": [id], "ttlSeconds": 1})).await.1;
    let streamed = client.bare(Method::GET, &format!("/v1/builds/{id}/events")).bearer_auth(text(&minted, "streamToken"));
    let last = Events::of(streamed.header("x-request-id", "req_stream").send().await.unwrap()).rest().await.pop().unwrap().json();
    assert_eq!(last["code"], "AUTH_EXPIRED", "{last}");
    let mut socket = Socket::open(client, None).await;
    socket.say(json!({"type": "subscribe", "stream": format!("build:{id}")})).await;
    let refused = socket.frame().await;
    socket.say(json!({"type": "no such"})).await;
    let malformed = socket.frame().await;
    drop(socket);

    // a credential in a place where none belongs
    let ticket = "dGhpcyBpcyBhIHRpY2tldA.c2lnbmVk";
    let odd = [
        (Method::GET, format!("/v1//downloads/{ticket}"), "unmatched"),
        (Method::GET, format!("/v1/builds/{id}/events%3Ftoken={token}"), "unmatched"),
        (Method::GET, format!("/v1/builds/{token}"), "/v1/builds/{id}"),
        (Method::POST, format!("/v1/downloads/{ticket}"), "/v1/downloads/{ticket}"),
        (Method::from_bytes(ticket.as_bytes()).unwrap(), "/v1/builds".to_owned(), "/v1/builds"),
    ];
    let mut references = vec![];
    for (method, path, route) in odd {
        let (_, error) = answer(client.bare(method, &path).send().await.unwrap()).await;
        references.push((text(&error, "referenceId").to_owned(), route));
    }
    let token = token.to_owned();
    let log = ended(server, &log);
    assert!(!log.contains(&token) && !log.contains(ticket), "a credential is in the log");
    let lines = lines(&log);
    let line_of = |reference: &str| lines.iter().find(|line| line["reference_id"] == reference).unwrap_or_else(|| panic!("{reference} is not in the log"));
    for (reference, route) in references {
        assert_eq!(line_of(&reference)["route"], route);
    }
    for error in [&last, &refused, &malformed] {
        let line = line_of(text(error, "referenceId"));
        assert_eq!((&line["request_id"], &line["code"], &line["level"]), (&error["requestId"], &error["code"], &json!("INFO")), "{line}");
    }
    assert_eq!(last["requestId"], "req_stream");
}
