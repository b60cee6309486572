//! Builds that take more than they may, or reach for what is not theirs: contained, named, and nothing left of them.

use super::support::client::{Client, Events, codes};
use super::support::process::ServerProcess;
use super::support::project::{scripted, slow};
use super::support::tree::{daemon, left, until_left};
use super::support::{Kind, TestServer};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Small limits; the users are this file's own, as the kernel counts a user's processes wherever they run.
const SMALL: &[(&str, &str)] = &[
    ("BUILDCAST_BUILD_PROCESSES", "48"),
    ("BUILDCAST_BUILD_MEMORY_BYTES", "268435456"),
    ("BUILDCAST_BUILD_DISK_BYTES", "67108864"),
    ("BUILDCAST_BUILD_UIDS", "700000"),
];

fn small(sandbox: &'static str) -> Vec<(&'static str, &'static str)> {
    [SMALL, &[("BUILDCAST_SANDBOX", sandbox)]].concat()
}

/// A data folder that other users may pass through, as a server's own has to be for builds to have users of their own.
fn passable() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

fn with_file(mut start: Value, name: &str, text: &str) -> Value {
    start["templateFiles"][name] = text.into();
    start
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn builds_that_follow_each_other_at_once_have_users() {
    let folder = passable();
    let settings = [SMALL, &[("BUILDCAST_ENGINE_CONCURRENCY", "1"), ("BUILDCAST_BUILD_UIDS", "702000")]].concat();
    let server = ServerProcess::start(folder.path(), &settings);
    let mut builds = vec![];
    for n in 0..12 {
        builds.push(server.client.start(&scripted(&format!("user{n}"), "mkdir dist && echo made > dist/index.html")).await);
    }
    for build in builds {
        let end = server.client.events(&build).await.pop().unwrap();
        assert_eq!(end["code"], "BUILD_COMPLETED", "{end}");
    }
}

/// The reason that a build fails for.
async fn reason(client: &Client, start: &Value) -> Value {
    let build = client.start(start).await;
    let events = client.events(&build).await;
    let end = events.last().unwrap();
    assert_eq!((&end["code"], &end["params"]["phase"]), (&json!("BUILD_FAILED"), &json!("build")), "{end}");
    end["params"]["reason"].clone()
}

/// Everything that a build can take too much of, on one server. The mark is in the command line of each process.
async fn greedy_builds(client: &Client, scratch: &Path, mark: u32) {
    let bomb = "bomb() { bomb | bomb & }; bomb; sleep 60";
    let hog = "const held = []; for (;;) held.push(Buffer.alloc(8 << 20, 1))";
    let cases = [
        ("process_limit", with_file(scripted("u", &format!("bash bomb.sh {mark}")), "bomb.sh", bomb)),
        ("process_limit", scripted("u", &format!("for n in $(seq 100); do setsid sleep {mark} & done; wait"))),
        ("memory_limit", with_file(scripted("u", &format!("node hog.cjs {mark}")), "hog.cjs", hog)),
        ("disk_limit", scripted("u", &format!("head -c 200000000 /dev/zero > large; sleep {mark}"))),
        // over before anybody looked
        ("disk_limit", scripted("u", "mkdir dist; head -c 80000000 /dev/zero > dist/large")),
        // without a name, and none of them alone
        ("disk_limit", scripted("u", &format!("exec 3> a 4> b; rm a b; for n in 3 4; do head -c 50000000 /dev/zero >&$n; done; sleep {mark}"))),
        // a file longer than the whole disk may hold, of which next to nothing is written
        ("disk_limit", scripted("u", "dd if=/dev/zero of=long bs=1M seek=100 count=1")),
    ];
    for (expected, start) in cases {
        assert_eq!(reason(client, &start).await, expected, "{start}");
        assert_eq!(["bash", "sleep", "node"].map(|program| left(program, &mark.to_string())), [0; 3], "{start}");
        assert_eq!(std::fs::read_dir(scratch).unwrap().count(), 0, "{start}");
    }
}

#[tokio::test]
async fn a_build_that_takes_too_much_is_stopped_and_told_why() {
    let server = TestServer::start_with(Kind::Sqlite, &small("auto")).await;
    greedy_builds(&server.client, &server.folder.path().join("scratch"), 22_334_401).await;
    // temporary files are the build's too
    for folder in ["/tmp", "/dev/shm"] {
        let filler = scripted("u", &format!("head -c 200000000 /dev/zero > {folder}/large; sleep 22334405"));
        assert_eq!(reason(&server.client, &filler).await, "disk_limit", "{folder}");
        assert_eq!(left("sleep", "22334405"), 0);
    }
}

#[tokio::test]
async fn a_build_that_takes_too_much_is_stopped_without_bubblewrap_too() {
    let folder = passable();
    let server = ServerProcess::start(folder.path(), &small("none"));
    greedy_builds(&server.client, &folder.path().join("scratch"), 22_334_402).await;
}

#[tokio::test]
async fn a_build_that_takes_too_much_is_stopped_by_a_server_that_is_not_root() {
    for sandbox in ["auto", "none"] {
        let folder = passable();
        let Some(server) = ServerProcess::start_as_nobody(folder.path(), &small(sandbox)) else { return };
        greedy_builds(&server.client, &folder.path().join("scratch"), 22_334_403).await;
    }
}

#[tokio::test]
async fn an_install_with_too_large_a_file_is_told_why() {
    for sandbox in ["auto", "none"] {
        let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_SANDBOX", sandbox)]).await;
        let own = json!({"name": "own", "version": "1.0.0", "scripts": {"postinstall": "dd if=/dev/zero of=big bs=1M seek=5000 count=1"}});
        let start = with_file(scripted("u", "true"), "own/package.json", &own.to_string());
        let manifest = json!({"scripts": {"build": "true"}, "dependencies": {"own": "file:./own"}});
        let build = server.client.start(&with_file(start, "package.json", &manifest.to_string())).await;
        let end = server.client.events(&build).await.pop().unwrap();
        assert_eq!((&end["code"], &end["params"]["reason"]), (&json!("BUILD_FAILED"), &json!("disk_limit")), "{end}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_root_leaves_nothing_of_a_cancelled_build() {
    for (sandbox, mark) in [("auto", 22_334_411), ("none", 22_334_412)] {
        let folder = passable();
        let Some(server) = ServerProcess::start_as_nobody(folder.path(), &[("BUILDCAST_SANDBOX", sandbox)]) else { return };
        let mut start = daemon("u", mark);
        start["templateFiles"]["shut/file"] = "x".into();
        let manifest = start["templateFiles"]["package.json"].as_str().unwrap().replace("(setsid", "chmod 000 shut; (setsid");
        start["templateFiles"]["package.json"] = manifest.into();
        let build = server.client.start(&start).await;
        until_left("/bin/sleep", &mark.to_string(), 1).await;
        until_left("sleep", &mark.to_string(), 1).await;
        server.client.post(&format!("/v1/builds/{}/cancel", build["buildId"].as_str().unwrap()), &json!({"userId": "u"})).await;
        let events = server.client.events(&build).await;
        assert_eq!(left("/bin/sleep", &mark.to_string()) + left("sleep", &mark.to_string()), 0);
        let end = events.last().unwrap();
        assert!(end["code"] == "BUILD_CANCELLED" && end["params"]["stopDuration"].as_f64().unwrap() <= 2.0, "{end}");
        assert_eq!(std::fs::read_dir(folder.path().join("scratch")).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn a_build_that_ends_all_that_it_may_ends_only_itself() {
    for (sandbox, mark) in [("auto", 22_334_441), ("none", 22_334_442)] {
        if sandbox == "none" && !rustix::process::geteuid().is_root() {
            // one user for all: nothing keeps a build from ending its server
            continue;
        }
        let folder = passable();
        let server = ServerProcess::start(folder.path(), &[("BUILDCAST_SANDBOX", sandbox), ("BUILDCAST_BUILD_UIDS", "720000")]);
        let build = server.client.start(&scripted("u", &format!("(setsid sleep {mark} &) ; kill -9 -1; exit 1"))).await;
        let events = server.client.events(&build).await;
        assert_eq!((&events.last().unwrap()["code"], left("sleep", &mark.to_string())), (&json!("BUILD_FAILED"), 0), "{events:?}");
        let next = server.client.start(&scripted("u", "mkdir dist; echo x > dist/index.html")).await;
        assert_eq!(codes(&server.client.events(&next).await).last(), Some(&"BUILD_COMPLETED"));
    }
}

#[tokio::test]
async fn a_daemon_of_an_install_does_not_see_the_build() {
    let server = TestServer::start(Kind::Sqlite).await;
    let manifest = json!({"scripts": {"build": "mkdir dist; cp seen dist/index.html"}, "dependencies": {"own": "file:./own"}});
    let daemon = "(setsid sh -c 'sleep 22334421' > /dev/null 2>&1 &) ; echo installed > \"$INIT_CWD/seen\"";
    let own = json!({"name": "own", "version": "1.0.0", "scripts": {"postinstall": daemon}});
    let files = json!({"package.json": manifest.to_string(), "own/package.json": own.to_string()});
    let build = server.client.start(&json!({"userId": "u", "templateFiles": files})).await;
    let mut stream = Events::of(server.client.open(&build, None).await);
    while stream.next_event().await.unwrap().json()["code"] != "BUILD_DEPENDENCIES_COMPLETE" {}
    assert_eq!(left("sleep", "22334421"), 0);
    assert_eq!(codes(&server.client.events(&build).await).last(), Some(&"BUILD_COMPLETED"));
}

/// What a build can read of a list of files; nothing is right.
async fn readable(client: &Client, files: &[String]) -> String {
    let script =
        format!("mkdir dist; echo begin > dist/index.html; for f in {}; do cat $f > /dev/null && echo $f; done >> dist/index.html; true", files.join(" "));
    let build = client.start(&scripted("u", &script)).await;
    let events = client.events(&build).await;
    let end = events.last().unwrap();
    assert_eq!(end["code"], "BUILD_COMPLETED", "{end}");
    client.http.get(end["preview_url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap()
}

async fn reaches_for_others(server: &ServerProcess, folder: &Path, shared_user: bool, mark: u32) {
    let other = server.client.start(&with_file(slow("v", f64::from(mark)), "private.txt", "of another user")).await;
    until_left("sleep", &mark.to_string(), 1).await;
    let scratch = std::fs::read_dir(folder.join("scratch")).unwrap().next().unwrap().unwrap().path();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let sleeps = processes.filter(|entry| std::fs::read(entry.path().join("cmdline")).is_ok_and(|line| line == format!("sleep\0{mark}\0").as_bytes()));
    let others: Vec<String> = sleeps.map(|entry| entry.path().join("environ").display().to_string()).collect();
    let path = |path: &str| folder.join(path).display().to_string();
    let mut files = vec![format!("/proc/{}/environ", server.child.id()), format!("/proc/{}/maps", server.child.id())];
    if !shared_user {
        files.extend(["work/source/private.txt", "pristine/private.txt"].map(|name| scratch.join(name).display().to_string()));
        files.extend(["buildcast.db", "development-secret", "node-id"].map(path));
        files.extend([format!("{}/*/*", path("artifacts")), format!("{}/*", path("scratch/.."))]);
        files.extend(others);
    }
    assert_eq!(readable(&server.client, &files).await, "begin\n");
    server.client.post(&format!("/v1/builds/{}/cancel", other["buildId"].as_str().unwrap()), &json!({"userId": "v"})).await;
    server.client.events(&other).await;
}

#[tokio::test]
async fn a_build_reads_neither_the_server_nor_another_project() {
    for (sandbox, mark) in [("auto", 22_334_431), ("none", 22_334_432)] {
        let folder = passable();
        let server = ServerProcess::start(folder.path(), &[("BUILDCAST_SANDBOX", sandbox), ("BUILDCAST_BUILD_UIDS", "710000")]);
        // without bubblewrap it takes root: a user of its own for each build
        reaches_for_others(&server, folder.path(), sandbox == "none" && !rustix::process::geteuid().is_root(), mark).await;
    }
}

#[tokio::test]
async fn a_build_does_not_read_a_server_that_is_not_root() {
    for (sandbox, mark) in [("auto", 22_334_433), ("none", 22_334_434)] {
        let folder = passable();
        let Some(server) = ServerProcess::start_as_nobody(folder.path(), &[("BUILDCAST_SANDBOX", sandbox)]) else { return };
        reaches_for_others(&server, folder.path(), sandbox == "none", mark).await;
    }
}

#[tokio::test]
async fn a_build_script_has_no_network() {
    let server = TestServer::start(Kind::Sqlite).await;
    let address = server.running.as_ref().unwrap().api.unwrap();
    let call = format!("fetch('http://{address}/healthz').then(() => process.exit(9), () => process.exit(7))");
    let build = server.client.start(&with_file(scripted("u", "node call.cjs"), "call.cjs", &call)).await;
    assert_eq!(server.client.events(&build).await.last().unwrap()["params"]["exitCode"], 7);
}

/// Bytes of memory that a process had at most.
fn peak_bytes(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    1024 * status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok()).unwrap()
}

#[tokio::test]
async fn a_flood_of_output_neither_fills_the_memory_nor_holds_others_up() {
    let folder = passable();
    let server = ServerProcess::start(folder.path(), &[]);
    let quiet = server.client.start(&scripted("u", "mkdir dist; echo x > dist/index.html")).await;
    server.client.events(&quiet).await;
    let before = peak_bytes(server.child.id());
    let build =
        server.client.start(&scripted("u", "yes 'a line that is printed again and again' | head -c 100000000; mkdir dist; echo x > dist/index.html")).await;
    let mut stream = Events::of(server.client.open(&build, None).await);
    let (begun, mut slowest) = (Instant::now(), Duration::ZERO);
    loop {
        tokio::select! {
            event = stream.next_event() => if event.unwrap().json()["finished"] == true { break },
            took = healthz(&server.client) => slowest = slowest.max(took),
        }
    }
    assert_eq!(codes(&server.client.events(&build).await).last(), Some(&"BUILD_COMPLETED"));
    assert!(begun.elapsed() < Duration::from_secs(30) && slowest < Duration::from_secs(1), "{:?} {slowest:?}", begun.elapsed());
    let grown = peak_bytes(server.child.id()) - before;
    println!("100 MB printed in {:?}, slowest answer {slowest:?}, {} KiB more memory", begun.elapsed(), grown >> 10);
    assert!(grown < 48 << 20, "{grown}");
}

async fn healthz(client: &Client) -> Duration {
    let begun = Instant::now();
    client.bare(reqwest::Method::GET, "/healthz").send().await.unwrap().error_for_status().unwrap();
    begun.elapsed()
}

#[tokio::test]
async fn folders_without_end_and_without_entry_are_removed() {
    let server = TestServer::start(Kind::Sqlite).await;
    let script = "mkdir -p shut/in && touch shut/in/file && chmod 000 shut/in shut; for n in $(seq 600); do mkdir a_folder && cd a_folder; done; exit 0";
    assert_eq!(reason(&server.client, &scripted("u", &format!("bash -c '{script}'"))).await, "disk_limit", "what can't be counted");
    assert_eq!(std::fs::read_dir(server.folder.path().join("scratch")).unwrap().count(), 0);
}

#[test]
fn a_production_server_without_bubblewrap_refuses_to_start_unless_told_to() {
    let run = |sandbox: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = super::support::process::command(folder.path());
        // nowhere to find bubblewrap; and nowhere to go on to
        command.arg("serve").env("PATH", folder.path()).env("BUILDCAST_ENV", "production").env("WORKER_SHARED_SECRET", "a secret of 16 letters");
        let output = command.env("BUILDCAST_SANDBOX", sandbox).env("DATABASE_URL", "postgres://127.0.0.1:1/none").output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for sandbox in ["auto", "bubblewrap"] {
        let (code, text) = run(sandbox);
        assert!(code == Some(78) && text.contains("BUILDCAST_SANDBOX"), "{sandbox}: {code:?} {text}");
    }
    // told to, it goes on to the database, which is not there
    let (code, text) = run("none");
    assert!(code == Some(1) && text.contains("DATABASE_URL"), "{code:?} {text}");
}

#[test]
fn a_start_says_what_protects_the_server() {
    let said = |sandbox: &str| {
        let folder = passable();
        let mut command = super::support::process::command(folder.path());
        let mut child =
            command.arg("serve").env("BUILDCAST_SANDBOX", sandbox).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
        let line = lines.map_while(Result::ok).find(|line| line.contains("builds run "));
        child.kill().unwrap();
        child.wait().unwrap();
        line.expect("nothing is said")
    };
    let user = if rustix::process::geteuid().is_root() { "each as a user of its own (from 600000)" } else { "as the server's own user" };
    let limits = "watched: 4096 MiB of memory, 512 processes, 4096 MiB of disk";
    let (inside, bare) = (said("bubblewrap"), said("none"));
    assert!(inside.contains(&format!("builds run inside bubblewrap, {user}, {limits}")) && inside.contains("INFO"), "{inside}");
    assert!(bare.contains("builds run not isolated") && bare.contains(user) && bare.contains(limits) && bare.contains("WARN"), "{bare}");
}
