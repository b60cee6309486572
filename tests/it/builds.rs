//! Builds: real projects, real processes, and how they fail.

use super::support::client::codes;
use super::support::project::{scripted, site, slow};
use super::support::{Kind, TestServer, on_both};
use serde_json::{Value, json};

async fn end_of(server: &TestServer, start: &Value) -> Value {
    let build = server.client.start(start).await;
    server.client.events(&build).await.last().unwrap().clone()
}

async fn a_build_is_seen(kind: Kind) {
    let server = TestServer::start(kind).await;
    let build = server.client.start(&site("u")).await;
    assert_eq!((&build["status"], &build["queuePosition"], &build["idSource"]), (&json!("queued"), &json!(1), &json!("server")));
    let events = server.client.events(&build).await;
    let path = format!("/v1/builds/{}", build["buildId"].as_str().unwrap());
    let (_, view) = server.client.get(&path).await;
    assert_eq!((&view["status"], &view["previousStatus"], &view["progress"]), (&json!("deployed"), &json!("building"), &json!(1.0)));
    assert_eq!(view["previewUrl"], events.last().unwrap()["preview_url"]);
    assert_eq!(view["versionId"], events.last().unwrap()["params"]["versionId"]);
    assert!(view.get("streamToken").is_none());
    assert_eq!(server.client.get(&format!("{path}?userId=u")).await.0, 200);
    assert_eq!(server.client.get(&format!("{path}?userId=v")).await.0, 404);
    assert_eq!(server.count("jobs").await, 0);
    assert_eq!(server.files_in("scratch"), Vec::<String>::new());
}
on_both!(a_build_can_be_looked_at, a_build_is_seen);

#[tokio::test]
async fn an_npm_project_is_installed_and_built() {
    let server = TestServer::start(Kind::Sqlite).await;
    let sample = buildcast::artifacts::pack::files_under("web-demo/samples/vite-app".as_ref(), &["node_modules", "dist"]).unwrap();
    let files: serde_json::Map<String, Value> = sample.into_iter().map(|(path, file)| (path, std::fs::read_to_string(file).unwrap().into())).collect();
    let build = server.client.start(&json!({"userId": "u", "templateFiles": files})).await;
    let events = server.client.events(&build).await;
    let seen = codes(&events);
    let expected = [
        "BUILD_DEPENDENCIES_ANALYZING",
        "BUILD_DEPENDENCIES_INSTALLING",
        "BUILD_DEPENDENCIES_COMPLETE",
        "BUILD_COMPILING",
        "BUILD_BUNDLING",
        "BUILD_OPTIMIZING",
        "BUILD_COMPLETED",
    ];
    let places = expected.iter().map(|code| seen.iter().position(|s| s == code).unwrap_or_else(|| panic!("no {code} in {seen:?}")));
    assert!(places.is_sorted(), "{seen:?}");
    let named = events.iter().find(|e| e["code"] == "BUILD_DEPENDENCIES_INSTALLING" && e["params"]["package"].is_string()).expect("no package is named");
    assert!(named["params"]["version"].as_str().is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit())));
    let complete = events.iter().find(|e| e["code"] == "BUILD_DEPENDENCIES_COMPLETE").unwrap();
    assert!(complete["params"]["packagesInstalled"].as_u64().unwrap() > 3);
    let detected = events.iter().find(|e| e["code"] == "BUILD_FRAMEWORK_DETECTING").unwrap();
    assert_eq!(detected["params"]["framework"], "vite");
}

#[tokio::test]
async fn a_script_that_prints_as_npm_does_cannot_flood_the_log() {
    let server = TestServer::start(Kind::Sqlite).await;
    let print = "for (let n = 0; n < 3000; n++) console.log(`npm http fetch GET 200 http://r.example/p${n}/-/p${n}-1.0.0.tgz 1ms`)";
    let manifest = json!({"scripts": {"postinstall": "node print.cjs", "build": "true"}, "dependencies": {"own": "file:./own"}});
    let files = json!({"package.json": manifest.to_string(), "own/package.json": r#"{"name":"own","version":"1.0.0"}"#, "print.cjs": print});
    let build = server.client.start(&json!({"userId": "u", "templateFiles": files})).await;
    let events = server.client.events(&build).await;
    let installing = codes(&events).iter().filter(|code| **code == "BUILD_DEPENDENCIES_INSTALLING").count();
    assert_eq!(installing, 21, "the first, and twenty that name a package");
}

#[tokio::test]
async fn failures_say_their_reason_and_phase() {
    let server = TestServer::start(Kind::Sqlite).await;
    let cases = [
        (scripted("u", "exit 7"), "command_failed", Some(7), "build"),
        (scripted("u", "true"), "no_output", None, "build"),
        (json!({"userId": "u", "templateFiles": {"package.json": "{oops"}}), "manifest_invalid", None, "setup"),
        (json!({"userId": "u", "templateFiles": {"package.json": "{}", "package-lock.json": "no"}}), "lockfile_invalid", None, "setup"),
        (json!({"userId": "u", "templateFiles": {".env": "x", "package.json": "{}"}}), "no_output", None, "setup"),
        (scripted("u", "ln -s / dist"), "no_output", None, "build"),
        (scripted("u", "mkdir dist && truncate -s 900M dist/large"), "output_too_large", None, "build"),
        (scripted("u", "d=dist; for i in $(seq 80); do d=$d/d; done; mkdir -p $d && touch $d/x"), "output_too_deep", None, "build"),
    ];
    for (start, reason, exit_code, phase) in cases {
        let end = end_of(&server, &start).await;
        assert_eq!((&end["code"], &end["params"]["reason"], &end["phase"]), (&json!("BUILD_FAILED"), &json!(reason), &json!(phase)), "{start}");
        assert_eq!(end["params"].get("exitCode"), exit_code.map(Value::from).as_ref(), "{start}");
        assert!(end["overall_progress"].as_f64().unwrap() < 1.0);
        let (_, view) = server.client.get(&format!("/v1/builds/{}", end["build_id"].as_str().unwrap())).await;
        assert_eq!((&view["status"], &view["error"]["code"], &view["error"]["params"]["reason"]), (&json!("failed"), &json!("BUILD_FAILED"), &json!(reason)));
        assert!(view["error"]["message"].as_str().is_some_and(|m| !m.is_empty()));
    }
    assert_eq!(server.count("versions").await, 0);
    assert_eq!(server.files_in("scratch"), Vec::<String>::new());
}

#[tokio::test]
async fn a_build_over_its_time_is_stopped_with_all_that_it_started() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_BUILD_TIMEOUT_SECONDS", "1.5")]).await;
    let end = end_of(&server, &scripted("u", "(setsid sleep 31415 &) ; sleep 31415")).await;
    assert_eq!((&end["code"], &end["params"]["phase"]), (&json!("BUILD_TIMEOUT"), &json!("build")));
    assert_eq!(sleepers("31415"), 0);
    assert_eq!(server.files_in("scratch"), Vec::<String>::new());
}

/// Processes whose command line holds `sleep` and this number.
fn sleepers(number: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.filter(|line| line.starts_with(b"sleep\0") && String::from_utf8_lossy(line).contains(number)).count()
}

#[tokio::test]
async fn a_build_leaves_nothing_running_and_sees_no_secret() {
    let server = TestServer::start(Kind::Sqlite).await;
    let script = "(cd / && setsid sleep 27182 > /dev/null 2>&1 &) ; mkdir dist && env > dist/index.html";
    let build = server.client.start(&scripted("u", script)).await;
    let events = server.client.events(&build).await;
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
    assert_eq!(sleepers("27182"), 0);
    let page = server.client.http.get(events.last().unwrap()["preview_url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("HOME=") && !page.contains("CARGO") && !page.contains("WORKER_SHARED_SECRET"), "{page}");
}

#[tokio::test]
async fn the_same_files_give_the_same_artifact() {
    let server = TestServer::start(Kind::Sqlite).await;
    for user in ["u", "v"] {
        let build = server.client.start(&site(user)).await;
        server.client.events(&build).await;
    }
    let artifacts: Vec<Vec<u8>> =
        server.files_in("artifacts/artifacts").iter().map(|name| std::fs::read(server.folder.path().join("artifacts/artifacts").join(name)).unwrap()).collect();
    assert_eq!(artifacts.len(), 2);
    assert!(artifacts[0] == artifacts[1]);
}

#[tokio::test]
async fn a_drain_hands_an_unfinished_build_to_the_next_server() {
    let mut server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_DRAIN_SECONDS", "0.5")]).await;
    let build = server.client.start(&slow("u", 2.5)).await;
    let mut stream = super::support::client::Events::of(server.client.open(&build, None).await);
    let mut seen = vec![];
    while let Some(frame) = stream.next_event().await {
        let compiling = frame.json()["code"] == "BUILD_COMPILING";
        seen.push(frame);
        if compiling {
            break;
        }
    }
    server.running.take().unwrap().drain().await;
    // the stream ended between two frames: `rest` fails on a cut one
    stream.rest().await;
    let config = super::support::server::config(server.folder.path(), "sqlite://{data}/buildcast.db", &[]);
    let running = buildcast::app::start(&config, std::sync::Arc::new(buildcast::service::clock::SystemClock)).await.unwrap();
    let client = super::support::Client::new(running.api.unwrap(), running.preview.unwrap());
    let frames = client.watch(&build, seen.last().unwrap().id.as_deref()).await;
    let events: Vec<Value> = seen.iter().chain(&frames).filter(|f| f.id.is_some()).map(super::support::Frame::json).collect();
    let seqs: Vec<i64> = events.iter().map(|e| e["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=events.len() as i64).collect::<Vec<_>>());
    let restarted = events.iter().rfind(|e| e["code"] == "BUILD_STARTED").unwrap();
    // the attempt that was handed back does not count
    assert_eq!((&restarted["params"]["isRetry"], &restarted["params"]["attemptNumber"]), (&json!(true), &json!(1)));
    assert_eq!(events.last().unwrap()["code"], "BUILD_COMPLETED");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_that_fills_the_disk_fails_and_the_server_goes_on() {
    // a small disk of its own needs a mount, which only root may make
    if !rustix::process::geteuid().is_root() {
        eprintln!("not root: no small disk to fill");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mount = |arguments: &[&str]| std::process::Command::new(arguments[0]).args(&arguments[1..]).arg(folder.path()).status().unwrap().success();
    if !mount(&["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs"]) {
        eprintln!("mounts are not allowed here: no small disk to fill");
        return;
    }
    struct Unmount(std::path::PathBuf);
    impl Drop for Unmount {
        fn drop(&mut self) {
            let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
        }
    }
    let _unmount = Unmount(folder.path().to_path_buf());
    let config = super::support::server::config(folder.path(), "sqlite://{data}/buildcast.db", &[]);
    let running = buildcast::app::start(&config, std::sync::Arc::new(buildcast::service::clock::SystemClock)).await.unwrap();
    let client = super::support::Client::new(running.api.unwrap(), running.preview.unwrap());
    let build = client.start(&scripted("u", "mkdir dist; echo x > dist/index.html; head -c 60000000 /dev/urandom > dist/large; true")).await;
    let events = client.events(&build).await;
    let end = events.last().unwrap();
    assert_eq!((&end["code"], &end["params"]["reason"], &end["params"]["recoverable"]), (&json!("BUILD_FAILED"), &json!("storage_unavailable"), &json!(true)));
    // the room is back, and so is the server
    let next = client.start(&site("u")).await;
    assert_eq!(client.events(&next).await.last().unwrap()["code"], "BUILD_COMPLETED");
    running.stop().await;
}
