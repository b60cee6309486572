//! `buildcast replay FILE…`: the bytes of the recording over every door, and faults that a client who comes back lives through.

use super::{event_of, id_of, recorded, recording_of};
use crate::support::client::Events;
use crate::support::process::{ServerProcess, command};
use crate::support::project::site;
use crate::support::socket::Socket;
use crate::support::{Client, Frame};
use buildcast::domain::recording::{Recording, read};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

/// A server of recordings.
pub(super) struct Player {
    child: Child,
    pub(super) client: Client,
}

impl Player {
    pub(super) fn start(folder: &Path, file: &str, arguments: &[&str]) -> Self {
        let mut child = command(folder).args(["replay", file, "--port", "0"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let listening: Value = serde_json::from_str(&line).unwrap();
        let address = listening["api"].as_str().unwrap().trim_start_matches("http://").parse().unwrap();
        Self { child, client: Client::new(address, address) }
    }

    /// A request for the stream after a cursor; nobody has to show a token.
    pub(super) async fn open(&self, id: &str, last: &str) -> reqwest::Response {
        self.client.bare(Method::GET, &format!("/v1/builds/{id}/events")).header("last-event-id", last).send().await.unwrap()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A recording of a real build, in a file.
async fn golden(folder: &Path) -> (String, Recording) {
    let server = ServerProcess::start(folder, &[]);
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    let (text, file) = (recording_of(&server.client, id_of(&build)).await, folder.join("golden.ndjson").display().to_string());
    std::fs::write(&file, &text).unwrap();
    (file, read(text.as_bytes()).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_played_with_its_bytes_at_every_door() {
    let folder = tempfile::tempdir().unwrap();
    let (file, recording) = golden(folder.path()).await;
    let (player, id, expected) = (Player::start(folder.path(), &file, &["--speed", "0"]), recording.header.build_id.clone(), recorded(&recording));
    let frames = Events::of(player.open(&id, "").await).rest().await;
    assert_eq!((super::told(&frames), &frames[0].json()["replay"]), (expected.clone(), &json!(true)));
    let name = format!("build:{id}");
    let mut socket = Socket::open(&player.client, None).await;
    socket.say(json!({"type": "subscribe", "stream": name})).await;
    let seen: Vec<_> = socket.events(&name).await.into_iter().map(|(cursor, text)| (cursor, event_of(&text).to_owned())).collect();
    assert_eq!(seen, expected);
    let page = player.client.bare(Method::GET, &format!("/v1/builds/{id}/events?limit=1000")).header("accept", "application/json").send().await.unwrap();
    assert_eq!(page.headers()["access-control-allow-origin"], "*");
    let page: Value = page.json().await.unwrap();
    assert_eq!((page["events"].as_array().unwrap().len(), &page["finished"]), (expected.len(), &json!(true)));
    let view: Value = player.client.bare(Method::GET, &format!("/v1/builds/{id}")).send().await.unwrap().json().await.unwrap();
    assert_eq!((&view["status"], &view["progress"]), (&json!("deployed"), &json!(1.0)));
    // a page of any origin may show its cookies, and ask for the head of what is there
    let shown = player.client.bare(Method::HEAD, &format!("/v1/builds/{id}")).header("origin", "http://a.example").send().await.unwrap();
    assert_eq!((shown.status().as_u16(), &shown.headers()["access-control-allow-origin"]), (200, &"http://a.example".parse().unwrap()));
    assert_eq!(shown.headers()["access-control-allow-credentials"], "true");
    let again = player.client.bare(Method::GET, &format!("/v1/builds/{id}/recording")).send().await.unwrap().text().await.unwrap();
    assert_eq!(again, std::fs::read_to_string(&file).unwrap());
    assert_eq!(player.open(&id, &expected.last().unwrap().0).await.status(), 204);
    assert_eq!(
        (player.open("nope", "").await.status(), player.open(&id, "x").await.status()),
        (reqwest::StatusCode::NOT_FOUND, reqwest::StatusCode::BAD_REQUEST)
    );
    // a fault that is none is refused by its name, and one who breaks off leaves the others what they have
    let odd = player.client.bare(Method::GET, &format!("/v1/builds/{id}/events?drop-after=0")).send().await.unwrap();
    assert_eq!((odd.status().as_u16(), odd.json::<Value>().await.unwrap()["params"]["field"].clone()), (400, json!("drop-after")));
    drop(player.open(&id, "").await);
    let project = player.client.bare(Method::GET, &format!("/v1/projects/{}/events", recording.header.project_id)).send().await.unwrap();
    let mut project = Events::of(project);
    for (_, body) in &expected {
        assert_eq!(&project.next_event().await.unwrap().data.unwrap(), body);
    }
}

/// What a client sees who comes back until the stream is over: each event once, in the order of their places.
async fn patient(player: &Player, id: &str, query: &str) -> Vec<String> {
    let (mut seen, mut last) = (Vec::<(i64, String)>::new(), String::new());
    for _ in 0..400 {
        let path = format!("/v1/builds/{id}/events?{query}");
        let response = player.client.bare(Method::GET, &path).header("last-event-id", &last).send().await.unwrap();
        match response.status().as_u16() {
            204 => break,
            200 => {}
            status => {
                assert!(matches!(status, 429 | 503), "{query}: {status}");
                continue;
            }
        }
        let mut events = Events::of(response);
        while let Ok(Some(frame)) = events.try_next().await {
            let Frame { id: Some(cursor), data: Some(data), .. } = frame else { continue };
            let seq = serde_json::from_str::<Value>(&data).unwrap()["seq"].as_i64().unwrap();
            if !seen.iter().any(|(known, _)| *known == seq) {
                seen.push((seq, data));
            }
            last = cursor;
        }
    }
    seen.sort();
    seen.into_iter().map(|(_, data)| data).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_back_has_the_whole_recording_whatever_the_fault_and_wherever_it_falls() {
    let folder = tempfile::tempdir().unwrap();
    let (file, recording) = golden(folder.path()).await;
    let player = Player::start(folder.path(), &file, &["--speed", "0", "--seed", "7"]);
    let expected: Vec<String> = recorded(&recording).into_iter().map(|(_, body)| body).collect();
    let id = &recording.header.build_id;
    for at in 1..=expected.len() {
        for fault in ["drop-after", "drop-every", "duplicate", "expire-after"] {
            let query = format!("{fault}={at}");
            assert_eq!(patient(&player, id, &query).await, expected, "{query}");
        }
        let query = format!("drop-after={at}&truncate=true");
        assert_eq!(patient(&player, id, &query).await, expected, "{query}");
    }
    for query in ["status=503@1,429@2", "chaos=0.2&truncate=true", "jitter=3&delay=1", "slow-start=20", "reset-after=2"] {
        assert_eq!(patient(&player, id, query).await, expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_is_dropped_between_frames_or_within_one() {
    let folder = tempfile::tempdir().unwrap();
    let (file, recording) = golden(folder.path()).await;
    let (name, expected) = (format!("build:{}", recording.header.build_id), recorded(&recording));
    for (truncate, code) in [("false", Some(1001)), ("true", None)] {
        let player = Player::start(folder.path(), &file, &["--speed", "0", "--drop-after", "2", &format!("--truncate={truncate}")]);
        let (mut cursor, mut seen) = (String::new(), vec![]);
        while seen.len() < expected.len() {
            let mut socket = Socket::open(&player.client, None).await;
            socket.say(json!({"type": "subscribe", "stream": name, "cursor": cursor})).await;
            let closed = loop {
                match socket.next_event(&name).await {
                    Ok(Some((at, text))) => {
                        cursor = at.clone();
                        seen.push((at, event_of(&text).to_owned()));
                    }
                    Ok(None) => break None,
                    Err(closed) => break Some(closed),
                }
            };
            assert!(closed.is_none_or(|closed| closed == code), "{closed:?}");
        }
        assert_eq!(seen, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_come_from_a_file_and_flags_and_what_was_changed_is_not_played() {
    let folder = tempfile::tempdir().unwrap();
    let (file, recording) = golden(folder.path()).await;
    let faults = folder.path().join("faults.toml").display().to_string();
    std::fs::write(&faults, "drop-after = 1\nstatus = \"503@2\"\n").unwrap();
    let player = Player::start(folder.path(), &file, &["--speed", "0", "--faults", &faults, "--drop-after", "2"]);
    let id = &recording.header.build_id;
    assert_eq!(super::told(&Events::of(player.open(id, "").await).rest().await).len(), 2, "a flag stands over the file");
    let refused = player.open(id, "").await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    for (arguments, code, named) in [
        (vec!["replay", file.as_str(), "--drop-after", "0"], 2, "drop-after"),
        (vec!["replay", file.as_str(), "--speed", "0.01"], 2, "--speed"),
        (vec!["replay", "/nope"], 1, "/nope"),
        (vec!["replay", faults.as_str()], 1, "not a recording"),
    ] {
        let output = command(folder.path()).args(&arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(code) && told.contains(named), "{arguments:?}: {told}");
    }
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("\"offset_ms\":0", "\"offset_ms\":1", 1)).unwrap();
    let output = command(folder.path()).args(["replay", &file]).output().unwrap();
    assert!(output.status.code() == Some(1) && String::from_utf8_lossy(&output.stderr).contains("checksum"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_a_stream_is_not_fooled_by_its_faults() {
    let folder = tempfile::tempdir().unwrap();
    let (file, recording) = golden(folder.path()).await;
    let text = std::fs::read_to_string(&file).unwrap();
    let player = Player::start(folder.path(), &file, &["--speed", "0"]);
    let build = player.client.bare(Method::GET, &format!("/v1/builds/{}/events", recording.header.build_id)).build().unwrap().url().to_string();
    let run = |arguments: &[&str]| command(folder.path()).args(arguments).output().unwrap();
    // what comes late, twice, and after a reset is put where it belongs
    for faults in ["reorder=3", "duplicate=1", "reset-after=4", "drop-every=3&truncate=true&retry=1"] {
        let recorded = run(&["record", &format!("{build}?{faults}"), "-"]);
        assert_eq!(String::from_utf8(recorded.stdout).unwrap(), text, "{faults}: {}", String::from_utf8_lossy(&recorded.stderr));
    }
    let tailed = run(&["tail", "--json", &format!("{build}?duplicate=1")]);
    let bodies: Vec<_> = recorded(&recording).into_iter().map(|(_, body)| body).collect();
    assert_eq!(String::from_utf8(tailed.stdout).unwrap().lines().collect::<Vec<_>>(), bodies);
    // the end of a stream is not the end of a build: a script that waits must not go on
    let last = &recording.events.last().unwrap().cursor;
    for query in [format!("lastEventId={last}"), "status=204@1".into()] {
        let tailed = run(&["tail", &format!("{build}?{query}")]);
        assert!(tailed.status.code() == Some(1) && String::from_utf8_lossy(&tailed.stderr).contains("without the build's last event"), "{query}");
    }
    // a link is written through
    let (link, real) = (folder.path().join("link.ndjson"), folder.path().join("real.ndjson"));
    std::fs::write(&real, "old").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert!(run(&["record", "--force", &build, link.to_str().unwrap()]).status.success());
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink() && std::fs::read_to_string(&real).unwrap() == text);
    // the same build twice is a mistake
    let twice = run(&["replay", &file, &file]);
    assert!(twice.status.code() == Some(2) && String::from_utf8_lossy(&twice.stderr).contains("in another file"), "{twice:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_run_of_a_test_has_its_faults() {
    let folder = tempfile::tempdir().unwrap();
    let (file, recording) = golden(folder.path()).await;
    let (player, id) = (Player::start(folder.path(), &file, &["--speed", "0"]), recording.header.build_id.clone());
    let ask = async |query: &str| player.client.bare(Method::GET, &format!("/v1/builds/{id}/events?{query}")).send().await.unwrap();
    for run in ["a", "b"] {
        let statuses = [ask(&format!("status=503@1&run={run}")).await.status(), ask(&format!("status=503@1&run={run}")).await.status()];
        assert_eq!(statuses.map(|status| status.as_u16()), [503, 200], "{run}");
        let again = Events::of(ask(&format!("reset-after=2&run={run}")).await).rest().await;
        assert_eq!(super::told(&again).len(), recording.events.len() + 2, "{run}");
        let once = Events::of(ask(&format!("reset-after=2&run={run}")).await).rest().await;
        assert_eq!(super::told(&once), recorded(&recording), "{run}");
    }
    // the same seed, the same chance, whatever other runs did before
    let thrown = async |run: &str| super::told(&Events::of(ask(&format!("chaos=0.3&seed=7&run={run}")).await).rest().await);
    let first = thrown("c").await;
    thrown("d").await;
    let other = Player::start(folder.path(), &file, &["--speed", "0"]);
    let query = format!("/v1/builds/{id}/events?chaos=0.3&seed=7&run=c");
    let same = Events::of(other.client.bare(Method::GET, &query).send().await.unwrap()).rest().await;
    assert_eq!(super::told(&same), first);
    let slow = Events::of(ask("retry=5").await).rest().await;
    assert_eq!(super::told(&slow), recorded(&recording));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_of_the_player_is_closed_as_a_servers_is() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = golden(folder.path()).await;
    let player = Player::start(folder.path(), &file, &["--truncate", "--drop-after", "2"]);
    let mut socket = Socket::open(&player.client, None).await;
    for _ in 0..5 {
        socket.say(json!({"type": "nonsense"})).await;
    }
    assert_eq!(socket.closed().await, Some(1008));
    let mut socket = Socket::open(&player.client, None).await;
    socket.say(json!({"type": "x".repeat(70_000)})).await;
    assert_eq!(socket.closed().await, Some(1009));
}
