//! `buildcast record`, `tail` and `diff`, as a script uses them.

use super::{id_of, recorded};
use crate::support::process::{ServerProcess, command};
use crate::support::project::{scripted, site, slow};
use buildcast::domain::recording::read;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Output, Stdio};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A stream's address with its token.
fn address(server: &ServerProcess, build: &Value) -> String {
    let path = format!("/v1/builds/{}/events?token={}", id_of(build), build["streamToken"].as_str().unwrap());
    server.client.bare(Method::GET, &path).build().unwrap().url().to_string()
}

fn begin(folder: &Path, arguments: &[&str]) -> Child {
    command(folder).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

async fn ended(child: Child) -> Output {
    tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap()
}

/// Streams that are open at a server.
async fn listeners(server: &ServerProcess) -> u64 {
    let metrics = server.client.bare(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let values = metrics.lines().filter(|line| line.starts_with("stream_subscribers")).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
    values.sum::<f64>() as u64
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_recorded_and_tailed_through_a_kill_is_the_servers_own_recording() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = ServerProcess::start(folder.path(), &[]);
    let listen = server.client.bare(Method::GET, "/").build().unwrap().url().authority().to_owned();
    let build = server.client.start(&slow("u", 3.0)).await;
    let (url, file) = (address(&server, &build), folder.path().join("a.ndjson").display().to_string());
    let (record, tail) = (begin(folder.path(), &["record", &url, &file]), begin(folder.path(), &["tail", "--json", &url]));
    let mut events = crate::support::client::Events::of(server.client.open(&build, None).await);
    while events.next_event().await.unwrap().json()["code"] != "BUILD_COMPILING" {}
    // all three are there to be broken off
    while listeners(&server).await < 3 {}
    server.kill();
    server = ServerProcess::start(folder.path(), &[("BUILDCAST_LISTEN", &listen)]);
    let (record, tail) = (ended(record).await, ended(tail).await);
    assert!(record.status.success() && tail.status.success(), "{} {}", text(&record.stderr), text(&tail.stderr));
    let whole = super::recording_of(&server.client, id_of(&build)).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), whole);
    let bodies: Vec<String> = recorded(&read(whole.as_bytes()).unwrap()).into_iter().map(|(_, body)| body).collect();
    assert_eq!(text(&tail.stdout).lines().collect::<Vec<_>>(), bodies);
    assert!(text(&tail.stderr).contains("trying again"), "{}", text(&tail.stderr));
    for told in [&record, &tail] {
        assert!(!text(&told.stderr).contains(build["streamToken"].as_str().unwrap()), "a token is nowhere shown");
    }
    let again = run(folder.path(), &["record", &url, &file]);
    assert!(again.status.code() == Some(2) && text(&again.stderr).contains("--force"), "{}", text(&again.stderr));
    let printed = run(folder.path(), &["record", &url, "-"]);
    assert_eq!(text(&printed.stdout), whole);
    // where nothing can be written, nothing is left: a folder that is none is told before the build is followed
    let nowhere = run(folder.path(), &["record", &url, "/dev/full/a.ndjson"]);
    assert!(nowhere.status.code() == Some(2) && text(&nowhere.stderr).contains("/dev/full"), "{}", text(&nowhere.stderr));
    let blocked = folder.path().join("blocked");
    std::fs::create_dir_all(blocked.join("a.ndjson/full")).unwrap();
    let refused = run(folder.path(), &["record", "--force", &url, &blocked.join("a.ndjson").display().to_string()]);
    let left: Vec<_> = std::fs::read_dir(&blocked).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!((refused.status.code(), left), (Some(1), vec!["a.ndjson".into()]), "{}", text(&refused.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_is_the_whole_build_without_texts_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(folder.path(), &[("WORKER_INCLUDE_ERROR_MESSAGE", "true"), ("LEGACY_MESSAGES_SUNSET", "9999-12-30")]);
    let build = server.client.start(&scripted("u", "exit 3")).await;
    assert!(server.client.events(&build).await.last().unwrap()["error_message"].is_string());
    let whole = super::recording_of(&server.client, id_of(&build)).await;
    let printed = run(folder.path(), &["record", &address(&server, &build), "-"]);
    assert_eq!(text(&printed.stdout), whole, "{}", text(&printed.stderr));
    let cursor = read(whole.as_bytes()).unwrap().events[2].cursor.to_string();
    let part = run(folder.path(), &["record", &format!("{}&lastEventId={cursor}", address(&server, &build)), "-"]);
    assert!(part.status.code() == Some(2) && part.stdout.is_empty() && text(&part.stderr).contains("first event"), "{}", text(&part.stderr));
    let project = address(&server, &build).replace("/builds/", "/projects/");
    for command in [vec!["tail", &project], vec!["record", &project, "-"], vec!["tail", "--token", "a\nb", "http://127.0.0.1:9/v1/builds/b"]] {
        assert_eq!(run(folder.path(), &command).status.code(), Some(2), "{command:?}");
    }
    // what these commands read from the environment is no setting of the others
    let signed = command(folder.path()).args(["sign", "GET", "/x"]).env("BUILDCAST_TOKEN", "t").output().unwrap();
    assert!(signed.status.success(), "{}", text(&signed.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tail_ends_as_its_build_did() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(folder.path(), &[]);
    let (good, bad) = (server.client.start(&site("u")).await, server.client.start(&scripted("v", "exit 3")).await);
    let stopped = server.client.start(&slow("w", 60.0)).await;
    let tail = begin(folder.path(), &["tail", "--locale", "de", &address(&server, &stopped)]);
    server.client.post(&format!("/v1/builds/{}/cancel", id_of(&stopped)), &json!({"userId": "w"})).await;
    assert_eq!(ended(tail).await.status.code(), Some(5));
    let shown = run(folder.path(), &["tail", &address(&server, &good)]);
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    assert!(text(&shown.stdout).lines().last().unwrap().starts_with("100 % deploy"), "{}", text(&shown.stdout));
    assert_eq!(run(folder.path(), &["tail", &address(&server, &bad)]).status.code(), Some(3));
    let stranger = run(folder.path(), &["tail", &address(&server, &good).replace("token=", "token=x")]);
    assert!(stranger.status.code() == Some(1) && text(&stranger.stderr).contains("AUTH_FAILED"), "{}", text(&stranger.stderr));
    let nowhere = run(folder.path(), &["tail", "ftp://127.0.0.1/v1/builds/b"]);
    assert_eq!(nowhere.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn diff_tells_what_differs_and_refuses_what_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(folder.path(), &[]);
    let mut other = site("u");
    other["templateFiles"]["more.html"] = "<p>more</p>".into();
    let mut files = vec![];
    for (name, start) in [("a", site("u")), ("b", site("v")), ("c", other)] {
        let build = server.client.start(&start).await;
        server.client.events(&build).await;
        let file = folder.path().join(name).display().to_string();
        std::fs::write(&file, super::recording_of(&server.client, id_of(&build)).await).unwrap();
        files.push(file);
    }
    let same = run(folder.path(), &["diff", &files[0], &files[1]]);
    assert_eq!((same.status.code(), text(&same.stdout).as_str()), (Some(0), ""));
    let differs = run(folder.path(), &["diff", &files[0], &files[2]]);
    assert!(differs.status.code() == Some(3) && text(&differs.stdout).contains("BUILD_VALIDATING params.count: "), "{}", text(&differs.stdout));
    let ignored = run(folder.path(), &["diff", "--json", "--ignore", "count", &files[0], &files[2]]);
    assert!(!text(&ignored.stdout).contains("params.count"), "{}", text(&ignored.stdout));
    assert!(text(&ignored.stdout).lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    let original = std::fs::read_to_string(&files[0]).unwrap();
    for (changed, named) in [
        (original.replace("BUILD_QUEUED", "BUILD_QUEUEd"), "checksum"),
        (original.replace("\"version\":1", "\"version\":2"), "version 2"),
        (original[..original.len() - 40].to_owned(), "checksum"),
        ("{}".into(), "not a recording"),
    ] {
        std::fs::write(&files[1], changed).unwrap();
        let refused = run(folder.path(), &["diff", &files[0], &files[1]]);
        assert!(refused.status.code() == Some(1) && text(&refused.stderr).contains(named), "{named}: {}", text(&refused.stderr));
    }
}
