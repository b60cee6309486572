//! Cancelling builds, and how long their processes outlive it.

use super::support::client::{Events, codes};
use super::support::process::ServerProcess;
use super::support::project::{scripted, site, slow};
use super::support::tree::{daemon, left, until_left};
use super::support::{Kind, Postgres, TestServer, on_both};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Reads a build's stream until a code comes.
async fn until(stream: &mut Events, code: &str) {
    while stream.next_event().await.unwrap_or_else(|| panic!("the stream ended before {code}")).json()["code"] != code {}
}

fn path_of(build: &Value) -> String {
    format!("/v1/builds/{}/cancel", build["buildId"].as_str().unwrap())
}

async fn cancelled_in_the_queue(kind: Kind) {
    let server = TestServer::start_with(kind, &[("BUILDCAST_ENGINE_CONCURRENCY", "1")]).await;
    let running = server.client.start(&slow("u", 30.0)).await;
    until(&mut Events::of(server.client.open(&running, None).await), "BUILD_STARTED").await;
    let waiting = server.client.start(&site("u")).await;
    let (status, view) = server.client.post(&path_of(&waiting), &json!({"userId": "u", "reason": "a typo"})).await;
    assert_eq!((status, &view["status"], &view["previousStatus"]), (StatusCode::OK, &json!("cancelled"), &json!("queued")), "{view}");
    assert!(view["finishedAt"].is_string() && view["error"].is_null());
    let events = server.client.events(&waiting).await;
    assert_eq!(codes(&events), ["BUILD_QUEUED", "BUILD_CANCELLED"]);
    assert_eq!(events[1]["finished"], true);
    assert!(events[1]["params"].get("reason").is_none() && events[1]["params"].get("stopDuration").is_none());
    // again: the same answer; and the project takes its next build
    assert_eq!(server.client.post(&path_of(&waiting), &json!({"userId": "u"})).await.0, StatusCode::OK);
    let mut again = site("u");
    again["projectId"] = waiting["projectId"].clone();
    let next = server.client.start(&again).await;
    assert_eq!(server.client.post(&path_of(&running), &json!({"userId": "u"})).await.0, StatusCode::ACCEPTED);
    assert_eq!(codes(&server.client.events(&running).await).last(), Some(&"BUILD_CANCELLED"));
    assert_eq!(codes(&server.client.events(&next).await).last(), Some(&"BUILD_COMPLETED"));
    let (status, refused) = server.client.post(&path_of(&next), &json!({"userId": "u"})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("INVALID_STATE_TRANSITION")));
    assert_eq!(refused["params"], json!({"from": "deployed", "to": "cancelled", "validNext": []}));
    assert_eq!(server.count("jobs").await, 0);
}
on_both!(a_build_that_waits_is_cancelled_at_once, cancelled_in_the_queue);

#[tokio::test]
async fn a_cancel_is_checked_and_a_strangers_is_not_found() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&slow("u", 30.0)).await;
    let unknown = "/v1/builds/019a0000-0000-7000-8000-000000000000/cancel";
    for (path, body, status, code) in [
        (path_of(&build).as_str(), json!({"userId": "v"}), 404, "NOT_FOUND"),
        (unknown, json!({"userId": "u"}), 404, "NOT_FOUND"),
        (&path_of(&build), json!({"userId": "u", "reason": ""}), 422, "VALIDATION_FAILED"),
        (&path_of(&build), json!({"userId": "u", "reason": "x".repeat(201)}), 422, "VALIDATION_FAILED"),
        (&path_of(&build), json!({"userId": "", "reason": "a\nb"}), 422, "VALIDATION_FAILED"),
        (&path_of(&build), json!({"userId": "u", "why": "x"}), 400, "INVALID_INPUT"),
        (&path_of(&build), json!({}), 400, "INVALID_INPUT"),
    ] {
        let (answered, error) = server.client.post(path, &body).await;
        assert_eq!((answered.as_u16(), &error["code"]), (status, &json!(code)), "{body} {error}");
    }
    assert_eq!(server.client.post(&path_of(&build), &json!({"userId": "u", "reason": "x".repeat(200)})).await.0.as_u16() / 100, 2);
    assert_eq!(codes(&server.client.events(&build).await).last(), Some(&"BUILD_CANCELLED"));
}

async fn cancelled_while_building(extra: &[(&str, &str)], mark: u32) {
    let server = TestServer::start_with(Kind::Sqlite, extra).await;
    let build = server.client.start(&daemon("u", mark)).await;
    let mut stream = Events::of(server.client.open(&build, None).await);
    until(&mut stream, "BUILD_COMPILING").await;
    until_left("/bin/sleep", &mark.to_string(), 1).await;
    until_left("sleep", &mark.to_string(), 1).await;
    let (status, view) = server.client.post(&path_of(&build), &json!({"userId": "u"})).await;
    assert_eq!((status, &view["status"]), (StatusCode::ACCEPTED, &json!("building")));
    let end = stream.next_event().await.unwrap().json();
    // at the moment that it is told nothing is left
    assert_eq!((left("/bin/sleep", &mark.to_string()), left("sleep", &mark.to_string())), (0, 0));
    assert_eq!(std::fs::read_dir(server.folder.path().join("scratch")).unwrap().count(), 0);
    assert_eq!((&end["code"], &end["phase"], &end["params"]["phase"]), (&json!("BUILD_CANCELLED"), &json!("build"), &json!("build")));
    let took = end["params"]["stopDuration"].as_f64().unwrap();
    // the grace is used up by what is deaf to SIGTERM
    assert!((0.9..=2.0).contains(&took), "{took}");
    assert!(stream.next_event().await.is_none());
    let (_, view) = server.client.get(&format!("/v1/builds/{}", build["buildId"].as_str().unwrap())).await;
    assert_eq!((&view["status"], &view["previousStatus"], &view["error"]), (&json!("cancelled"), &json!("building"), &json!(null)));
}

#[tokio::test]
async fn a_cancelled_build_is_gone_with_its_daemons_before_it_is_told() {
    cancelled_while_building(&[], 11_223_301).await;
}

#[tokio::test]
async fn a_cancelled_build_is_gone_with_its_daemons_without_bubblewrap_too() {
    cancelled_while_building(&[("BUILDCAST_SANDBOX", "none")], 11_223_302).await;
}

#[tokio::test]
async fn a_cancelled_build_is_gone_with_its_daemons_when_it_runs_as_the_servers_user() {
    cancelled_while_building(&[("BUILDCAST_BUILD_UIDS", "")], 11_223_307).await;
}

#[tokio::test]
async fn processes_that_end_when_asked_are_not_killed() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_CANCEL_GRACE_SECONDS", "20")]).await;
    // what it prints at its end can't be seen any more, but the time that it takes can
    let build = server.client.start(&scripted("u", "sleep 11223303")).await;
    let mut stream = Events::of(server.client.open(&build, None).await);
    until_left("sleep", "11223303", 1).await;
    server.client.post(&path_of(&build), &json!({"userId": "u"})).await;
    until(&mut stream, "BUILD_CANCELLED").await;
    let events = server.client.events(&build).await;
    assert!(events.last().unwrap()["params"]["stopDuration"].as_f64().unwrap() < 2.0, "{events:?}");
}

#[tokio::test]
async fn a_command_over_its_time_is_stopped_and_its_phase_told() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_STEP_TIMEOUT_SECONDS", "1.5")]).await;
    let build = server.client.start(&daemon("u", 11_223_304)).await;
    let events = server.client.events(&build).await;
    let end = events.last().unwrap();
    assert_eq!((&end["code"], &end["params"]["phase"]), (&json!("BUILD_TIMEOUT"), &json!("build")));
    assert_eq!(left("/bin/sleep", "11223304") + left("sleep", "11223304"), 0);
}

async fn racing(kind: Kind) {
    let server = TestServer::start_with(kind, &[("BUILDCAST_ENGINE_CONCURRENCY", "4")]).await;
    let builds = futures_util::future::join_all((0..24).map(|n| {
        let client = &server.client;
        async move {
            let build = client.start(&site(&format!("u{n}"))).await;
            // some before the claim, some while it builds, some at its end
            let mut stream = Events::of(client.open(&build, None).await);
            for _ in 0..n / 2 {
                stream.next_event().await;
            }
            let (path, body) = (path_of(&build), json!({"userId": format!("u{n}")}));
            let (first, second) = futures_util::future::join(client.post(&path, &body), client.post(&path, &body)).await;
            (build, [first.0.as_u16(), second.0.as_u16()])
        }
    }))
    .await;
    for (build, answers) in builds {
        let events = server.client.events(&build).await;
        let end = events.last().unwrap()["code"].as_str().unwrap();
        assert_eq!(events.iter().filter(|event| event["finished"] == true).count(), 1);
        assert!(events.iter().map(|e| e["seq"].as_i64().unwrap()).eq(1..=events.len() as i64));
        let (_, view) = server.client.get(&format!("/v1/builds/{}", build["buildId"].as_str().unwrap())).await;
        match end {
            "BUILD_CANCELLED" => assert!(view["status"] == "cancelled" && answers.iter().all(|a| [200, 202].contains(a)), "{answers:?} {view}"),
            "BUILD_COMPLETED" => assert!(view["status"] == "deployed" && answers.iter().all(|a| [202, 409].contains(a)), "{answers:?} {view}"),
            other => panic!("{other} after {answers:?}"),
        }
    }
    assert_eq!((server.count("jobs").await, server.files_in("scratch").len()), (0, 0));
}
on_both!(cancels_that_race_with_claims_and_ends_give_one_end, racing);

async fn of_a_dead_node(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let postgres = (kind == Kind::Postgres).then(Postgres::start);
    let url = postgres.as_ref().map_or_else(|| format!("sqlite://{}/db", folder.path().display()), Postgres::url);
    let data = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    };
    let artifacts = format!("file://{}", data("artifacts").display());
    let shared = [("DATABASE_URL", url.as_str()), ("BUILDCAST_ARTIFACTS", &artifacts), ("WORKER_SHARED_SECRET", super::support::server::SECRET)];
    let with_role = |role: &'static str| [shared.as_slice(), &[("BUILDCAST_NODE_ROLE", role)]].concat();
    let api = ServerProcess::start(&data("api"), &with_role("api,preview"));
    let mut engine = start_engine(&data("engine"), &with_role("engine"));
    let build = api.client.start(&slow("u", 60.0)).await;
    let mut stream = Events::of(api.client.open(&build, None).await);
    until(&mut stream, "BUILD_COMPILING").await;
    engine.kill().unwrap();
    engine.wait().unwrap();
    let (status, _) = api.client.post(&path_of(&build), &json!({"userId": "u"})).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    // another node's claim finds the request, and ends the build in place of starting it
    let mut other = start_engine(&data("other"), &with_role("engine"));
    let end = stream.next_event().await.unwrap().json();
    assert_eq!((&end["code"], &end["finished"]), (&json!("BUILD_CANCELLED"), &json!(true)));
    assert!(stream.next_event().await.is_none());
    other.kill().unwrap();
    other.wait().unwrap();
}
on_both!(a_build_whose_node_died_is_cancelled_by_the_next_claim, of_a_dead_node);

/// A node without an API has no address to tell.
fn start_engine(folder: &std::path::Path, extra: &[(&str, &str)]) -> std::process::Child {
    let mut command = super::support::process::command(folder);
    command.arg("serve").envs(extra.iter().copied()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
}

async fn killed_server(sandbox: &str, mark: u32) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = ServerProcess::start(folder.path(), &[("BUILDCAST_SANDBOX", sandbox)]);
    server.client.start(&daemon("u", mark)).await;
    until_left("/bin/sleep", &mark.to_string(), 1).await;
    until_left("sleep", &mark.to_string(), 1).await;
    server.kill();
    let gone = until_left("sleep", &mark.to_string(), 0).await + until_left("/bin/sleep", &mark.to_string(), 0).await;
    assert!(gone.as_secs_f64() < 1.0, "{gone:?}");
    // the folder goes with the next start, which takes the build back
    let scratch = folder.path().join("scratch");
    let left: Vec<_> = std::fs::read_dir(scratch).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left.len(), 1);
    let server = ServerProcess::start(folder.path(), &[("BUILDCAST_SANDBOX", sandbox)]);
    assert!(!left[0].exists());
    drop(server);
    until_left("sleep", &mark.to_string(), 0).await;
}

#[tokio::test]
async fn a_killed_server_takes_its_builds_processes_along() {
    killed_server("auto", 11_223_305).await;
}

#[tokio::test]
async fn a_killed_server_takes_its_builds_processes_along_without_bubblewrap() {
    killed_server("none", 11_223_306).await;
}

/// A 202 is a promise, however far the build has got by then.
async fn promised(kind: Kind) {
    let server = TestServer::start(kind).await;
    let codes_at = ["BUILD_COMPILING", "BUILD_DEPLOYING", "BUILD_DEPLOY_ACTIVATING", "BUILD_METADATA_COMPLETE"];
    for (turn, code) in codes_at.iter().cycle().take(12).enumerate() {
        let build = server.client.start(&scripted(&format!("u{turn}"), "mkdir dist; echo x > dist/index.html")).await;
        let mut stream = Events::of(server.client.open(&build, None).await);
        while stream.next_event().await.is_some_and(|frame| frame.json()["code"] != *code) {}
        let (status, answer) = server.client.post(&path_of(&build), &json!({"userId": format!("u{turn}")})).await;
        let end = server.client.events(&build).await.pop().unwrap();
        match status {
            StatusCode::ACCEPTED => assert_eq!((&end["code"], end["params"]["stopDuration"].is_number()), (&json!("BUILD_CANCELLED"), true), "{end}"),
            StatusCode::CONFLICT => assert_eq!(end["code"], "BUILD_COMPLETED", "{answer}"),
            other => panic!("{other}: {answer}"),
        }
        let versions = server.count(&format!("versions WHERE build_id = '{}'", build["buildId"].as_str().unwrap())).await;
        assert_eq!(versions, i64::from(status == StatusCode::CONFLICT));
    }
    // the same again after a cancel is another build
    let again = slow("v", 5.0);
    let first = server.client.start(&again).await;
    let mut stream = Events::of(server.client.open(&first, None).await);
    while stream.next_event().await.is_some_and(|frame| frame.json()["code"] != "BUILD_COMPILING") {}
    assert_eq!(server.client.post(&path_of(&first), &json!({"userId": "v"})).await.0, StatusCode::ACCEPTED);
    let second = server.client.start(&again).await;
    assert_ne!(first["buildId"], second["buildId"]);
    assert_eq!(server.client.post(&path_of(&second), &json!({"userId": "v"})).await.0.as_u16() / 100, 2);
    assert_eq!(codes(&server.client.events(&first).await).last(), Some(&"BUILD_CANCELLED"));
}
on_both!(a_cancel_that_was_accepted_is_kept, promised);
