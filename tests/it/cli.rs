//! The command line: what it prints, and its exit codes.

use super::support::process::{ServerProcess, command};
use std::process::Output;

fn run(folder: &std::path::Path, arguments: &[&str], extra: &[(&str, &str)]) -> Output {
    command(folder).args(arguments).envs(extra.iter().copied()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn signs_and_mints_with_the_development_secret() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(folder.path(), &[]);
    for version in ["--v1", "--v2"] {
        let printed = run(folder.path(), &["sign", version, "GET", "/v1/builds/nope"], &[]);
        assert!(printed.status.success(), "{}", text(&printed.stderr));
        let mut request = server.client.bare(reqwest::Method::GET, "/v1/builds/nope");
        for line in text(&printed.stdout).lines() {
            let (name, value) = line.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        assert_eq!(request.send().await.unwrap().status(), 404, "{version}");
    }
    let token = run(folder.path(), &["token", "--user", "u", "--build", "nope"], &[]);
    let opened = server.client.open_with("nope", text(&token.stdout).trim(), None).await;
    assert_eq!(opened.status(), 404);
    let port_in_use = run(folder.path(), &["serve"], &[]);
    assert_eq!(port_in_use.status.code(), Some(78), "a second server on one folder");
    assert!(text(&port_in_use.stderr).contains("BUILDCAST_DATA_DIR"));
}

/// Arguments, environment, exit code, and what standard error names.
type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], i32, &'a str);

#[test]
fn exit_codes_tell_what_was_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let cases: &[Case<'_>] = &[
        (&["--help"], &[], 0, ""),
        (&["nope"], &[], 2, "nope"),
        (&["sign", "GET"], &[], 2, "PATH"),
        (&["token", "--user", "u"], &[("WORKER_SHARED_SECRET", "0123456789abcdef")], 2, "--build"),
        (&["serve"], &[("BUILDCAST_MIGRATE", "false")], 78, "buildcast migrate"),
        (&["sign", "GET", "/x"], &[], 78, "WORKER_SHARED_SECRET"),
        (&["sign", "GET", "/x?a=%20b"], &[("WORKER_SHARED_SECRET", "0123456789abcdef")], 0, ""),
        (&["sign", "get", "/x"], &[("WORKER_SHARED_SECRET", "0123456789abcdef")], 2, "METHOD"),
        (&["sign", "FOO BAR", "/x"], &[("WORKER_SHARED_SECRET", "0123456789abcdef")], 2, "METHOD"),
        (&["sign", "GET", "x"], &[("WORKER_SHARED_SECRET", "0123456789abcdef")], 2, "PATH"),
        (&["sign", "GET", "/a b"], &[("WORKER_SHARED_SECRET", "0123456789abcdef")], 2, "PATH"),
        (&["sign", "GET", "/a\nb"], &[("WORKER_SHARED_SECRET", "0123456789abcdef")], 2, "PATH"),
        (&["sign", "GET", "/caf\u{e9}"], &[("WORKER_SHARED_SECRET", "0123456789abcdef")], 2, "PATH"),
        (&["sign", "GET", "/a#b"], &[("WORKER_SHARED_SECRET", "0123456789abcdef")], 2, "PATH"),
        (&["serve"], &[("BUILDCAST_LOG", "inof")], 78, "BUILDCAST_LOG"),
        (&["serve"], &[("BUILDCAST_NOPE", "1")], 78, "BUILDCAST_NOPE"),
        (&["serve", "--listen", "nonsense"], &[], 78, "BUILDCAST_LISTEN"),
        (&["serve"], &[("BUILDCAST_ENV", "production")], 78, "WORKER_SHARED_SECRET"),
        (&["serve"], &[("BUILDCAST_ARTIFACTS", "s3://bucket")], 78, "AWS_ACCESS_KEY_ID"),
        (&["serve"], &[("DATABASE_URL", "postgres://127.0.0.1:1/x")], 1, "DATABASE_URL"),
        (&["serve"], &[("CODE_GENERATOR", "openai")], 78, "CODE_GENERATOR_KEY"),
        (&["serve"], &[("CODE_GENERATOR_MODEL", "m")], 78, "CODE_GENERATOR: is none"),
        (&["serve"], &[("CODE_GENERATOR", "openai"), ("CODE_GENERATOR_URL", "http://["), ("CODE_GENERATOR_MODEL", "m")], 78, "CODE_GENERATOR_URL"),
        (&["config"], &[("WORKER_SHARED_SECRET", "0123456789abcdef")], 0, ""),
        (&["openapi"], &[], 0, ""),
        (&["migrate"], &[], 0, ""),
    ];
    for (arguments, extra, code, names) in cases {
        let output = run(folder.path(), arguments, extra);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(names), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn config_shows_where_values_come_from_and_masks_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let key = ("AWS_SECRET_ACCESS_KEY", "the secret of a key");
    let output = run(folder.path(), &["config", "--drain-seconds", "3"], &[("WORKER_SHARED_SECRET", "0123456789abcdef"), key]);
    let shown = text(&output.stdout);
    assert!(shown.contains("BUILDCAST_DRAIN_SECONDS=3  # flag"));
    assert!(shown.contains("WORKER_SHARED_SECRET=(set)  # environment") && !shown.contains("0123456789abcdef"));
    assert!(shown.contains("AWS_SECRET_ACCESS_KEY=(set)  # environment") && !shown.contains(key.1));
    assert!(shown.contains("BUILDCAST_ENV=development  # default"));
}

#[tokio::test]
async fn sigterm_drains_and_exits_with_zero() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = ServerProcess::start(folder.path(), &[("BUILDCAST_DRAIN_SECONDS", "1")]);
    server.signal(rustix::process::Signal::TERM);
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_drain_takes_no_new_builds_and_still_answers() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut server = ServerProcess::start_logged(folder.path(), &[("BUILDCAST_DRAIN_SECONDS", "5")], std::fs::File::create(&log).unwrap());
    let running = server.client.start(&super::support::project::slow("u", 3.0)).await;
    // a server with nothing to finish would close at once: the build has to be under way
    let mut events = super::support::client::Events::of(server.client.open(&running, None).await);
    while events.next_event().await.expect("a compile step").json()["code"] != "BUILD_COMPILING" {}
    drop(events);
    server.signal(rustix::process::Signal::TERM);
    // the signal is handled by another thread: readiness tells when
    while server.client.bare(reqwest::Method::GET, "/readyz").send().await.unwrap().status() != 503 {
        tokio::task::yield_now().await;
    }
    let (status, error) = server.client.post("/v1/builds", &super::support::project::site("u")).await;
    assert_eq!((status.as_u16(), error["code"].as_str()), (503, Some("SERVICE_UNAVAILABLE")));
    let path = format!("/v1/builds/{}", running["buildId"].as_str().unwrap());
    assert_eq!(server.client.get(&path).await.0, 200);
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    let said = std::fs::read_to_string(log).unwrap();
    assert!(said.contains("a build ended here") && !said.contains("panicked") && !said.contains("did not end well"), "{said}");
}

#[tokio::test]
async fn work_on_other_threads_does_not_hold_the_exit_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = ServerProcess::start(folder.path(), &[("BUILDCAST_DRAIN_SECONDS", "0.5")]);
    // packing this takes a debug build most of a minute
    let script = "mkdir dist; for n in 1 2 3 4 5 6 7 8; do head -c 60000000 /dev/urandom > dist/$n.bin; done";
    let build = server.client.start(&super::support::project::scripted("u", script)).await;
    let mut events = super::support::client::Events::of(server.client.open(&build, None).await);
    while events.next_event().await.expect("a deploy step").json()["code"] != "BUILD_DEPLOYING" {}
    let begun = std::time::Instant::now();
    server.signal(rustix::process::Signal::TERM);
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "the exit waited {:?}", begun.elapsed());
}

#[tokio::test]
async fn credits_an_account_once_a_reference() {
    let folder = tempfile::tempdir().unwrap();
    let credit = ["credit", "u", "500", "--reference", "invoice 7", "--reason", "goodwill", "--by", "jane"];
    assert_eq!(run(folder.path(), &credit, &[]).status.code(), Some(1), "there is no database yet");
    let server = ServerProcess::start(folder.path(), &[]);
    let mut logged = vec![];
    for _ in 0..2 {
        let printed = run(folder.path(), &credit, &[]);
        assert_eq!(text(&printed.stdout), "{\"credited\":500,\"newBalance\":4400}\n", "{}", text(&printed.stderr));
        logged.push(text(&printed.stderr));
    }
    let other = run(folder.path(), &["credit", "v", "500", "--reference", "invoice 7"], &[]);
    assert_eq!(
        (other.status.code(), text(&other.stderr).lines().last()),
        (Some(2), Some("buildcast: --reference: was used for another user, or for another amount"))
    );
    assert_eq!(run(folder.path(), &["credit", "u", "0", "--reference", "r"], &[]).status.code(), Some(2));
    let (_, ledger) = server.client.get("/v1/credits/u/ledger").await;
    assert_eq!((&ledger["entries"][0]["amount"], &ledger["entries"][0]["reason"]), (&serde_json::json!(500), &serde_json::json!("goodwill")));
    assert_eq!(ledger["entries"][0]["actor"], "command:jane");
    assert!(logged[0].contains(ledger["entries"][0]["requestId"].as_str().unwrap()), "the line's request is in the log: {}", logged[0]);
}
