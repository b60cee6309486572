//! Logs of builds: every line once, in order and live, whoever prints and whoever dies; only to whoever may listen, and
//! without what must not be seen.

use super::support::client::{Client, Events, answer};
use super::support::process::ServerProcess;
use super::support::project::{scripted, site};
use super::support::publisher::Publisher;
use super::support::server::SECRET;
use super::support::socket::{Socket, same};
use super::support::{Frame, Kind, Postgres, Redis, TestServer, on_both};
use buildcast::domain::event::Phase;
use buildcast::domain::log::LogStream;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn path_of(build: &Value) -> String {
    format!("/v1/builds/{}/logs", build["buildId"].as_str().unwrap())
}

async fn open(client: &Client, build: &Value, last: Option<&str>) -> Response {
    let request = client.bare(Method::GET, &path_of(build)).bearer_auth(build["streamToken"].as_str().unwrap());
    last.iter().fold(request, |request, last| request.header("last-event-id", *last)).send().await.unwrap()
}

fn only_lines(frames: Vec<Frame>) -> Vec<Frame> {
    frames.into_iter().filter(|frame| frame.id.is_some()).collect()
}

/// The lines after a cursor, to the end.
async fn lines(client: &Client, build: &Value, last: Option<&str>) -> Vec<Frame> {
    let response = open(client, build, last).await;
    assert_eq!(response.status(), 200);
    only_lines(Events::of(response).rest().await)
}

/// The texts of what a build's own commands said, without npm's heading.
fn printed(lines: &[Frame], stream: &str) -> Vec<String> {
    let of = |line: &Frame| (line.json()["stream"] == stream).then(|| line.json()["text"].as_str().unwrap().to_owned());
    lines.iter().filter_map(of).filter(|text| stream != "stdout" || !(text.is_empty() || text.starts_with("> "))).collect()
}

fn whole(lines: &[Frame], end: &str) {
    let seqs: Vec<i64> = lines.iter().map(|line| line.json()["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=lines.len() as i64).collect::<Vec<_>>());
    let last = lines.last().unwrap().json();
    assert_eq!((&last["stream"], &last["text"]), (&json!("system"), &json!(end)));
}

/// A shell command that waits for a file that only the test makes.
fn until(name: &str) -> String {
    format!("while [ ! -e {name} ]; do sleep 0.02; done")
}

const DONE: &str = "mkdir -p dist && echo x > dist/index.html";

/// Makes a file in the source folder of the only build that runs.
fn make(folder: &Path, name: &str) {
    let running: Vec<PathBuf> = std::fs::read_dir(folder.join("scratch")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [only] = &running[..] else { panic!("{running:?}") };
    std::fs::write(only.join("work/source").join(name), "").unwrap();
}

async fn live(kind: Kind) {
    let server = TestServer::start(kind).await;
    let command = format!("echo one; {}; echo two >&2; {}; printf three; {DONE}", until("go"), until("on"));
    let build = server.client.start(&scripted("u", &command)).await;
    let mut stream = Events::of(open(&server.client, &build, None).await);
    let mut seen = vec![];
    let mut next = async |text: &str| {
        loop {
            let line = stream.next_event().await.unwrap_or_else(|| panic!("the log ended before {text}"));
            let found = line.json()["text"] == text;
            seen.push(line);
            if found {
                return seen.last().unwrap().json();
            }
        }
    };
    // each is there while the command waits
    let one = next("one").await;
    assert_eq!((&one["stream"], &one["step"]), (&json!("stdout"), &json!("build")));
    make(server.folder.path(), "go");
    let two = next("two").await;
    assert_eq!(two["stream"], "stderr");
    assert!(two["timestamp"].as_i64().unwrap() >= one["timestamp"].as_i64().unwrap());
    make(server.folder.path(), "on");
    assert_eq!(next("three").await["stream"], "stdout", "a last line without its end");
    next("BUILD_COMPLETED").await;
    whole(&seen, "BUILD_COMPLETED");
    assert_eq!(printed(&seen, "system")[..2], ["BUILD_STARTED attempt=1", "BUILD_COMPILING"]);
    let keys: Vec<String> = one.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["seq", "step", "stream", "text", "timestamp"]);
    assert!(stream.next_event().await.is_none());
}
on_both!(lines_are_there_while_the_command_runs, live);

async fn same_everywhere(kind: Kind) {
    let server = TestServer::start(kind).await;
    let client = &server.client;
    let build = client.start(&scripted("u", &format!("echo a; echo b >&2; echo; echo c; {DONE}"))).await;
    let live = lines(client, &build, None).await;
    whole(&live, "BUILD_COMPLETED");
    assert_eq!(lines(client, &build, None).await, live, "read again, it is the same");
    // resumed after every line
    for (place, line) in live.iter().enumerate() {
        let response = open(client, &build, line.id.as_deref()).await;
        if place + 1 == live.len() {
            assert_eq!(response.status(), 204);
        } else {
            assert_eq!(only_lines(Events::of(response).rest().await), live[place + 1..]);
        }
    }
    // a cursor of the build's events is of another stream
    let event = client.watch(&build, None).await.into_iter().find(|frame| frame.id.is_some()).unwrap();
    let frames = Events::of(open(client, &build, event.id.as_deref()).await).rest().await;
    assert_eq!(frames[1].json(), json!({"type": "reset", "reason": "diverged"}));
    assert_eq!(frames.last().unwrap().json(), json!({"type": "live"}));
    assert_eq!(only_lines(frames), live);
    pages(client, &build, &live).await;
    let name = format!("logs:{}", build["buildId"].as_str().unwrap());
    let mut socket = Socket::open(client, build["streamToken"].as_str()).await;
    socket.say(json!({"type": "subscribe", "stream": name})).await;
    same(&socket.events(&name).await, &live);
    socket.say(json!({"type": "subscribe", "stream": name, "cursor": live.last().unwrap().id})).await;
    assert_eq!(socket.frame().await["type"], "subscribed");
    assert_eq!(socket.frame().await, json!({"type": "end", "stream": name}));
    // at the former worker's path, by the query
    let path = format!("{}?token={}", path_of(&build).replace("/v1/", "/api/"), build["streamToken"].as_str().unwrap());
    assert_eq!(only_lines(Events::of(client.bare(Method::GET, &path).send().await.unwrap()).rest().await), live);
    let etag = open(client, &build, None).await.headers()["etag"].clone();
    let again = client.bare(Method::GET, &path_of(&build)).bearer_auth(build["streamToken"].as_str().unwrap()).header("if-none-match", &etag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    let of_events = client.open(&build, None).await.headers()["etag"].clone();
    assert_ne!(etag, of_events);
}
on_both!(a_log_is_the_same_by_every_door_from_every_place, same_everywhere);

/// The JSON pages of a log are its stream.
async fn pages(client: &Client, build: &Value, live: &[Frame]) {
    let (mut after, mut seen) = (String::new(), 0);
    loop {
        let path = format!("{}?limit=3&after={after}", path_of(build));
        let request = client.bare(Method::GET, &path).bearer_auth(build["streamToken"].as_str().unwrap()).header("accept", "application/json");
        let text = request.send().await.unwrap().text().await.unwrap();
        let page: Value = serde_json::from_str(&text).unwrap();
        for event in page["events"].as_array().unwrap() {
            assert_eq!(event["cursor"].as_str(), live[seen].id.as_deref());
            assert!(text.contains(live[seen].data.as_deref().unwrap()), "the same bytes");
            seen += 1;
        }
        after = page["nextCursor"].as_str().unwrap().to_owned();
        if page["finished"] == true {
            break;
        }
    }
    assert_eq!(seen, live.len());
}

#[tokio::test]
async fn only_whoever_may_listen_to_the_build_reads_its_log() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (build, other) = (server.client.start(&site("u")).await, server.client.start(&site("v")).await);
    lines(&server.client, &build, None).await;
    let as_other = json!({"buildId": build["buildId"], "streamToken": other["streamToken"]});
    for accept in ["text/event-stream", "application/json"] {
        let path = path_of(&build);
        let bare = || server.client.bare(Method::GET, &path).header("accept", accept);
        let (status, error) = answer(bare().send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &error["params"]["reason"]), (401, &json!("missing")));
        let (status, error) = answer(bare().bearer_auth(other["streamToken"].as_str().unwrap()).send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &error["code"]), (403, &json!("FORBIDDEN")));
    }
    assert_eq!(open(&server.client, &as_other, Some("1-0123456789ab")).await.status(), 403);
    assert_eq!(server.client.signed(Method::GET, &path_of(&build), "").send().await.unwrap().status(), 200);
    assert_eq!(server.client.get("/v1/builds/no-such-build/logs").await.0, 404);
    let mut socket = Socket::open(&server.client, other["streamToken"].as_str()).await;
    socket.say(json!({"type": "subscribe", "stream": format!("logs:{}", build["buildId"].as_str().unwrap())})).await;
    assert_eq!(socket.frame().await["code"], "FORBIDDEN");
    // a site without commands has a log, too: what the server says
    let of_site = lines(&server.client, &build, None).await;
    whole(&of_site, "BUILD_COMPLETED");
    assert_eq!(printed(&of_site, "system").len(), of_site.len());
}

async fn odd_output(kind: Kind) {
    let server = TestServer::start_with(kind, &[("BUILDCAST_LOG_LINE_BYTES_MAX", "1000")]).await;
    let forged = "id: 9-0123456789ab\\ndata: {\\\"code\\\":\\\"BUILD_COMPLETED\\\"}\\n\\n";
    let script = format!(
        "const w = (b) => process.stdout.write(Buffer.from(b, 'latin1'));
         w('crlf\\r\\n'); w('10%\\r20%\\rdone\\n'); w('nul\\0\\x1b[1m\\n'); w('bad\\xff\\xfe\\n'); w('{forged}');
         w('\\xe2\\x82\\xac'.repeat(1000) + '\\n'); w('x'.repeat(1e6) + '\\n'); w('end');"
    );
    let mut start = scripted("u", &format!("node print.js; {DONE}"));
    start["templateFiles"]["print.js"] = script.into();
    let build = server.client.start(&start).await;
    let lines = lines(&server.client, &build, None).await;
    whole(&lines, "BUILD_COMPLETED");
    let printed = printed(&lines, "stdout");
    let expected = ["crlf", "10%\r20%\rdone", "nul\0\u{1b}[1m", "bad\u{fffd}\u{fffd}", "id: 9-0123456789ab", "data: {\"code\":\"BUILD_COMPLETED\"}"];
    assert_eq!(printed[..6], expected);
    for long in &printed[6..8] {
        assert!(long.len() <= 1000 && long.len() > 990 && long.ends_with(" [cut]"), "{}", long.len());
    }
    assert_eq!(printed[8], "end");
}
on_both!(whatever_bytes_a_command_prints_its_lines_are_text, odd_output);

async fn secrets(kind: Kind) {
    let database = Postgres::start();
    let with_password = database.url().replace("user=buildcast", "user=buildcast&password=dbP4ssw0rd");
    let server = match kind {
        Kind::Sqlite => TestServer::start(kind).await,
        Kind::Postgres => TestServer::node(&with_password, &[]).await,
    };
    let (jwt, key) = ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl", "AKIAIOSFODNN7EXAMPLE");
    let script = format!(
        "console.log('the secret is {SECRET}, and dbP4ssw0rd');
         console.error('Authorization: Bearer {jwt}');
         console.log('x'.repeat(8180) + '{key}');
         console.log('//registry.example/:_authToken=npm_0123456789abcdefghij0123456789abcdef https://u:hunter2@host/ {key}');
         console.log('-----BEGIN RSA PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA7\\n\\nbJ0c0ffee\\n-----END RSA PRIVATE KEY-----');
         console.log('a token is not a secret');"
    );
    let mut start = scripted("u", &format!("node print.js; echo {key}; {DONE}"));
    start["templateFiles"]["print.js"] = script.into();
    let build = server.client.start(&start).await;
    let lines = lines(&server.client, &build, None).await;
    whole(&lines, "BUILD_COMPLETED");
    let (out, err) = (printed(&lines, "stdout"), printed(&lines, "stderr"));
    let db = if kind == Kind::Postgres { "***" } else { "dbP4ssw0rd" };
    assert_eq!(out[0], format!("the secret is ***, and {db}"));
    assert_eq!(err, ["Authorization: Bearer ***"]);
    assert_eq!(out[1], format!("{}*** [cut]", "x".repeat(8180)));
    assert_eq!(out[2..], ["//registry.example/:_authToken=*** https://u:***@host/ ***", "***", "***", "***", "***", "a token is not a secret", "***"]);
    // npm's own heading shows the command, and not what is in it
    let all: String = lines.iter().map(|line| line.data.clone().unwrap()).collect();
    for secret in [SECRET, jwt, "AKIA", "npm_0123", "hunter2", "MIIE", "c0ffee"] {
        assert!(!all.contains(secret), "{secret}");
    }
}
on_both!(secrets_are_masked, secrets);

async fn capped(kind: Kind) {
    let server = TestServer::start_with(kind, &[("BUILDCAST_LOG_BYTES_MAX", "20000")]).await;
    let build = server.client.start(&scripted("u", &format!("seq -f 'line number %.0f of very many' 1 50000; echo late >&2; {DONE}"))).await;
    let lines = lines(&server.client, &build, None).await;
    whole(&lines, "BUILD_COMPLETED");
    let said = printed(&lines, "system");
    assert_eq!(said.iter().filter(|text| *text == "log_truncated").count(), 1);
    let (kept, late) = (printed(&lines, "stdout"), printed(&lines, "stderr"));
    let expected: Vec<String> = (1..=kept.len()).map(|n| format!("line number {n} of very many")).collect();
    assert_eq!((&kept, late.len()), (&expected, 0));
    assert!(kept.len() > 250 && kept.len() * 64 <= 20_000, "{}", kept.len());
    assert!(said.contains(&format!("log_dropped lines={}", 50_000 - kept.len() + 1)), "{said:?}");
}
on_both!(what_comes_after_the_cap_is_counted_and_dropped, capped);

async fn many(kind: Kind) {
    let server = TestServer::start(kind).await;
    let build = server.client.start(&scripted("u", &format!("seq 1 20000; {DONE}"))).await;
    let lines = lines(&server.client, &build, None).await;
    whole(&lines, "BUILD_COMPLETED");
    assert_eq!(printed(&lines, "stdout"), (1..=20_000).map(|n| n.to_string()).collect::<Vec<_>>());
    let of = |text: &str| lines.iter().find(|line| line.json()["text"] == text).unwrap().json()["timestamp"].as_i64().unwrap();
    let taken = of("20000") - of("1");
    assert!(taken < 10_000, "2,000 lines a second are no problem: {taken} ms for 20,000");
    println!("20,000 lines were taken in within {taken} ms");
}
on_both!(thousands_of_lines_a_second_arrive_in_order, many);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_is_killed_leaves_its_lines() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_BUILD_TIMEOUT_SECONDS", "3")]).await;
    let build = server.client.start(&scripted("u", "seq 1 1000; printf unfinished; sleep 60")).await;
    let timed_out = lines(&server.client, &build, None).await;
    whole(&timed_out, "BUILD_TIMEOUT");
    let out = printed(&timed_out, "stdout");
    assert_eq!((out.len(), out.last().unwrap().as_str()), (1001, "unfinished"));
    // nothing comes between the last line and the end
    let build = server.client.start(&scripted("v", "seq 1 5000; echo why >&2; exit 3")).await;
    let failed = lines(&server.client, &build, None).await;
    whole(&failed, "BUILD_FAILED");
    assert_eq!(printed(&failed, "stderr")[0], "why");
    assert_eq!(printed(&failed, "stdout").len(), 5000);
}

async fn killed(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let postgres = (kind == Kind::Postgres).then(Postgres::start);
    let url = postgres.as_ref().map(Postgres::url);
    let extra: Vec<(&str, &str)> = url.iter().map(|url| ("DATABASE_URL", url.as_str())).collect();
    let mut server = ServerProcess::start(folder.path(), &extra);
    let build = server.client.start(&scripted("u", &format!("for i in $(seq 1 40); do echo $i; sleep 0.05; done; {DONE}"))).await;
    let mut stream = Events::of(open(&server.client, &build, None).await);
    let mut seen = vec![];
    while seen.last().is_none_or(|line: &Frame| line.json()["text"] != "7") {
        seen.push(stream.next_event().await.unwrap());
    }
    server.kill();
    drop(stream);
    server = ServerProcess::start(folder.path(), &extra);
    seen.extend(lines(&server.client, &build, seen.last().unwrap().id.as_deref()).await);
    whole(&seen, "BUILD_COMPLETED");
    assert_eq!(lines(&server.client, &build, None).await, seen);
    let again = seen.iter().position(|line| line.json()["text"] == "BUILD_STARTED attempt=2").unwrap();
    let numbers = |to: usize| (1..=to).map(|n| n.to_string()).collect::<Vec<_>>();
    let before = printed(&seen[..again], "stdout");
    assert_eq!(before, numbers(before.len()));
    assert_eq!(printed(&seen[again..], "stdout"), numbers(40));
}
on_both!(a_log_goes_on_after_its_server_is_killed, killed);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_wait_for_a_database_that_goes_away() {
    let mut postgres = Postgres::start();
    let node = TestServer::node(&postgres.url(), &[]).await;
    let build = node.client.start(&scripted("u", &format!("for i in $(seq 1 2000); do echo $i; sleep 0.001; done; {}; {DONE}", until("go")))).await;
    let mut stream = Events::of(open(&node.client, &build, None).await);
    let mut seen = vec![];
    while seen.last().is_none_or(|line: &Frame| line.json()["text"] != "100") {
        seen.push(stream.next_event().await.unwrap());
    }
    postgres.stop();
    make(node.folder.path(), "go");
    // long enough for tries that fail
    tokio::time::sleep(Duration::from_secs(3)).await;
    postgres.restart();
    while let Some(line) = stream.next_event().await {
        seen.push(line);
    }
    whole(&seen, "BUILD_COMPLETED");
    assert_eq!(printed(&seen, "stdout"), (1..=2000).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_one_node_are_live_on_the_other() {
    let (postgres, mut redis) = (Postgres::start(), Redis::start());
    let redis_url = redis.url();
    let running = Publisher::start(&postgres.url(), Some(&redis_url)).await.build("driven", None).await;
    let api = TestServer::node(&postgres.url(), &[("REDIS_URL", &redis_url), ("BUILDCAST_NODE_ROLE", "api")]).await;
    let log = running.log();
    let mut streams = vec![];
    for _ in 0..3 {
        streams.push(Events::of(open(&api.client, &running.build, None).await));
    }
    let mut took = vec![];
    for n in 0..100 {
        let begun = Instant::now();
        log.write(LogStream::Stdout, Phase::Build, &n.to_string()).await;
        for stream in &mut streams {
            assert_eq!(stream.next_event().await.unwrap().json()["text"], n.to_string());
        }
        took.push(begun.elapsed());
        // the first wait until their node listens to the channel; the comparison with the log would take two seconds
        assert!(took.iter().filter(|took| **took > Duration::from_millis(500)).count() < 10, "{took:?}");
    }
    took.sort();
    println!("from node to node: median {:?}, ninth decile {:?}", took[50], took[90]);
    // a burst, and then without the bus
    for n in 0..2000 {
        log.write(LogStream::Stdout, Phase::Build, &n.to_string()).await;
    }
    redis.kill();
    log.write(LogStream::Stderr, Phase::Build, "alone").await;
    for stream in &mut streams {
        for n in 0..2000 {
            assert_eq!(stream.next_event().await.unwrap().json()["text"], n.to_string());
        }
        assert_eq!(stream.next_event().await.unwrap().json()["text"], "alone");
    }
    redis.restart();
    log.flush().await;
    running.end().await;
    for stream in &mut streams {
        assert_eq!(stream.next_event().await.unwrap().json()["text"], "BUILD_FAILED");
        assert!(stream.next_event().await.is_none());
    }
}
