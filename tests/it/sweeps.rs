//! Sweeps: artifacts that have had their time, objects that no row names, rows whose artifact is lost.

use super::support::client::Events;
use super::support::process::{ServerProcess, command};
use super::support::project::{site, slow};
use super::support::vault::{DAY, MADE, Vault};
use super::support::{Kind, TestServer, on_both};
use buildcast::service::sweeps::SweepSum;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// After the time of what was made at `MADE`.
const LATER: i64 = MADE + 30 * DAY + 1;

fn hash(letter: &str) -> String {
    format!("sources/{}.zip", letter.repeat(64))
}

async fn expired(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", "s").await;
    vault.project("q", "s").await;
    for id in ["live", "shown", "old", "shared", "from", "to", "fails"] {
        vault.stored_version("p", id, MADE).await;
    }
    vault.stored_version("p", "exact", MADE + 1).await;
    vault.stored_version("q", "other", MADE).await;
    // a rollback's version has the artifact of the one it went back to, and is younger
    vault.version("p", "again", LATER).await;
    vault.execute("UPDATE versions SET artifact_key = 'artifacts/p/shared.zip' WHERE id = 'again'").await;
    vault.execute("UPDATE versions SET deploy_status = 'failed' WHERE id = 'fails'").await;
    vault.execute("UPDATE projects SET published_version_id = 'live', preview_version_id = 'shown' WHERE id = 'p'").await;
    vault.version("p", "new", MADE).await;
    vault.execute("UPDATE versions SET artifact_key = 'artifacts/p/to.zip', deploy_status = 'deploying' WHERE id = 'new'").await;
    vault.rollback("p", ("queued", "building"), "to", "new", "from").await;
    vault.object("exports/old.tar.gz", LATER).await;
    vault.object("exports/shown.tar.gz", MADE).await;
    assert_eq!(vault.sweep(LATER - 1, false).await, (vec![], SweepSum::default()), "the last millisecond");
    let (told, sum) = vault.sweep(LATER, false).await;
    let expected = [
        "expired_object artifacts/p/fails.zip",
        "expired_object artifacts/p/old.zip",
        "expired_object artifacts/q/other.zip",
        "expired_object exports/old.tar.gz",
        "expired_version artifacts/p/fails.zip fails",
        "expired_version artifacts/p/old.zip old",
        "expired_version artifacts/p/shared.zip shared",
        "expired_version artifacts/q/other.zip other",
    ];
    assert_eq!(told, expected);
    assert_eq!(sum, SweepSum { expired_versions: 4, expired_objects: 4, bytes: 28, ..SweepSum::default() });
    let left = ["exact", "from", "live", "shared", "shown", "to"].map(|id| format!("artifacts/p/{id}.zip"));
    assert_eq!(vault.objects(), left.into_iter().chain(["exports/shown.tar.gz".to_owned()]).collect::<Vec<_>>());
    let gone: Vec<String> = vault.gone().await.into_iter().filter(|(_, why)| why == "expired").map(|(id, _)| id).collect();
    assert_eq!(gone, ["fails", "old", "other", "shared"]);
    assert_eq!(vault.sweep(LATER, false).await, (vec![], SweepSum::default()), "once");
    // the rollback ends: what it kept has its time, and the shared object goes with the last that has it
    vault.execute("UPDATE builds SET previous_state = 'building', current_state = 'failed' WHERE id = 'job-new'").await;
    let (told, _) = vault.sweep(LATER + 31 * DAY, false).await;
    assert!(told.contains(&"expired_object artifacts/p/shared.zip".to_owned()) && told.contains(&"expired_object artifacts/p/to.zip".to_owned()), "{told:?}");
    assert_eq!(vault.objects(), ["artifacts/p/live.zip", "artifacts/p/shown.zip", "exports/shown.tar.gz"]);
}
on_both!(an_artifact_goes_after_its_time_unless_it_is_needed, expired);

async fn orphaned(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", &hash("a")).await;
    vault.project("busy", "s").await;
    vault.build("busy", "runs", ("queued", "building"), &hash("b")).await;
    vault.build("p", "failed", ("building", "failed"), &hash("c")).await;
    vault.stored_version("p", "v", MADE).await;
    vault.execute(&format!("UPDATE builds SET source_key = '{}' WHERE id = 'b-v'", hash("d"))).await;
    // a sweep that was killed after it had committed
    vault.stored_version("p", "x", MADE).await;
    vault.execute("UPDATE versions SET artifact_gone = 'expired' WHERE id = 'x'").await;
    let now_ms = MADE + DAY + 1;
    for (key, at_ms) in [
        ("artifacts/p/lost.zip", MADE),
        ("artifacts/nobody/lost.zip", MADE),
        ("artifacts/p/young.zip", MADE + 1),
        ("artifacts/busy/unnamed.zip", MADE),
        ("artifacts/readme.txt", MADE),
        ("exports/v.tar.gz", MADE),
        ("exports/x.tar.gz", MADE),
        ("exports/nothing.tar.gz", MADE),
        ("other/file.zip", MADE),
        ("sources/notes.zip", MADE),
    ] {
        vault.object(key, at_ms).await;
    }
    for letter in ["a", "b", "c", "d", "e"] {
        vault.object(&hash(letter), MADE).await;
    }
    vault.object(&hash("f"), MADE + 1).await;
    let (told, sum) = vault.sweep(now_ms, false).await;
    let mut expected: Vec<String> = ["artifacts/nobody/lost.zip", "artifacts/p/lost.zip", "artifacts/p/x.zip", "exports/nothing.tar.gz", "exports/x.tar.gz"]
        .into_iter()
        .map(str::to_owned)
        .chain([hash("c"), hash("e")])
        .map(|key| format!("orphan_object {key}"))
        .collect();
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!(sum, SweepSum { orphan_objects: 7, bytes: 49, ..SweepSum::default() });
    let left = vault.objects();
    for key in ["artifacts/busy/unnamed.zip", "artifacts/p/v.zip", "artifacts/p/young.zip", "artifacts/readme.txt", "other/file.zip", "sources/notes.zip"] {
        assert!(left.iter().any(|object| object == key), "{key} is gone");
    }
    assert!(expected.iter().all(|line| !left.contains(&line.trim_start_matches("orphan_object ").to_owned())));
    assert_eq!(vault.sweep(now_ms, false).await, (vec![], SweepSum::default()));
    // the build ends without a version, and what was young is old
    vault.execute("UPDATE builds SET previous_state = 'building', current_state = 'failed' WHERE id = 'runs'").await;
    let (told, _) = vault.sweep(now_ms + 1, false).await;
    let mut expected = vec![hash("b"), hash("f"), "artifacts/busy/unnamed.zip".into(), "artifacts/p/young.zip".into()];
    expected.sort();
    assert_eq!(told, expected.into_iter().map(|key| format!("orphan_object {key}")).collect::<Vec<_>>());
}
on_both!(an_object_that_no_row_names_goes_when_it_is_old, orphaned);

async fn lost(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", "s").await;
    vault.stored_version("p", "there", MADE).await;
    vault.version("p", "lost", MADE).await;
    vault.version("p", "twin", MADE + 1).await;
    vault.execute("UPDATE versions SET artifact_key = 'artifacts/p/lost.zip' WHERE id = 'twin'").await;
    vault.version("p", "young", MADE + 60_000).await;
    vault.execute("UPDATE projects SET preview_version_id = 'lost' WHERE id = 'p'").await;
    let (told, sum) = vault.sweep(MADE + 120_000, false).await;
    assert_eq!(told, ["missing_artifact artifacts/p/lost.zip lost", "missing_artifact artifacts/p/lost.zip twin"]);
    assert_eq!((sum.missing_artifacts, vault.gone().await["young"].as_str()), (2, ""));
    assert_eq!(vault.sweep(MADE + 120_000, false).await.0, Vec::<String>::new(), "told once");
    // a store that was away only seemed to have lost it: nothing is removed, and the versions have it again
    vault.object("artifacts/p/lost.zip", MADE).await;
    let (told, sum) = vault.sweep(MADE + 2 * DAY, false).await;
    let expected = ["found_artifact artifacts/p/lost.zip lost", "found_artifact artifacts/p/lost.zip twin", "missing_artifact artifacts/p/young.zip young"];
    assert_eq!((told, sum.found_artifacts), (expected.map(String::from).to_vec(), 2));
    assert!(vault.path("artifacts/p/lost.zip").exists() && vault.gone().await["lost"].is_empty());
}
on_both!(a_version_says_that_its_artifact_is_missing_until_it_is_found, lost);

async fn dry(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", "s").await;
    vault.stored_version("p", "old", MADE).await;
    vault.version("p", "lost", LATER - 120_000).await;
    vault.version("p", "back", LATER).await;
    vault.object("artifacts/p/back.zip", MADE).await;
    vault.execute("UPDATE versions SET artifact_gone = 'missing' WHERE id = 'back'").await;
    for key in ["exports/old.tar.gz".to_owned(), "artifacts/p/orphan.zip".into(), hash("a")] {
        vault.object(&key, MADE).await;
    }
    let (gone, objects) = (vault.gone().await, vault.objects());
    let (told, sum) = vault.sweep(LATER, true).await;
    assert_eq!((vault.gone().await, vault.objects()), (gone, objects), "nothing changed");
    assert!(buildcast::store::condemned::page(&vault.db, "", 9).await.unwrap().is_empty());
    // and it is what the other kind of run does
    assert_eq!(vault.sweep(LATER, false).await, (told, sum));
    assert_eq!(sum, SweepSum { expired_versions: 1, expired_objects: 2, orphan_objects: 2, missing_artifacts: 1, found_artifacts: 1, bytes: 28, failed: 0 });
}
on_both!(a_dry_run_tells_what_a_sweep_does_and_changes_nothing, dry);

async fn taken_back(kind: Kind) {
    let vault = Vault::open(kind).await;
    let key = hash("a");
    vault.object(&key, MADE).await;
    let condemned = async || buildcast::store::condemned::page(&vault.db, "", 9).await.unwrap();
    assert_eq!(vault.sweep(MADE + 2 * DAY, false).await.0, [format!("orphan_object {key}")]);
    assert_eq!(condemned().await, std::slice::from_ref(&key), "the row outlives the object, for whoever stores it again just now");
    // stored again by a start that has not committed
    vault.object(&key, MADE + 2 * DAY).await;
    assert_eq!((vault.sweep(MADE + 2 * DAY, false).await.0, condemned().await), (vec![], vec![]));
    assert!(vault.path(&key).exists());
    // condemned, and needed by the second look
    vault.execute(&format!("INSERT INTO condemned_sources (source_key, condemned_at_ms) VALUES ('{key}', 1)")).await;
    vault.project("p", &key).await;
    assert_eq!((vault.sweep(MADE + 9 * DAY, false).await.0, condemned().await), (vec![], vec![]));
    assert!(vault.path(&key).exists());
}
on_both!(a_source_is_looked_at_twice_before_it_goes, taken_back);

/// The one order of a start and a sweep in which neither sees the other's work without asking: the start has stored its
/// source, the sweep removes it as old and unnamed, the start commits.
#[tokio::test]
async fn a_start_whose_source_is_swept_under_it_stores_it_again() {
    let server = TestServer::start(Kind::Postgres).await;
    let (first, _) = server.client.deploy(&site("u")).await;
    let key: String = server.scalar(&format!("SELECT source_key FROM projects WHERE id = '{first}'")).await;
    let object = server.folder.path().join("artifacts").join(&key);
    std::fs::remove_file(&object).unwrap();
    server.execute(&format!("INSERT INTO condemned_sources (source_key, condemned_at_ms) VALUES ('{key}', 1)")).await;
    let mut sweep = <sqlx::PgConnection as sqlx::Connection>::connect(&server.database_url).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT * FROM condemned_sources FOR UPDATE").execute(&mut sweep).await.unwrap();
    let client = server.client.clone();
    let start = tokio::spawn(async move { client.start(&site("v")).await });
    while !server.scalar::<bool>("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)").await {
        assert!(!start.is_finished(), "the start did not ask whether its source is condemned");
        tokio::task::yield_now().await;
    }
    // it stored before it asked
    std::fs::remove_file(&object).unwrap();
    sqlx::raw_sql("COMMIT").execute(&mut sweep).await.unwrap();
    let build = start.await.unwrap();
    assert!(object.exists());
    assert_eq!(server.client.events(&build).await.pop().unwrap()["code"], "BUILD_COMPLETED");
    assert_eq!(server.count("condemned_sources").await, 0);
}

/// Beside a server that sweeps all the time, with times as short as can be.
#[tokio::test]
async fn builds_go_on_beside_sweeps_and_what_they_need_stays() {
    let short = [("BUILDCAST_SWEEP_SECONDS", "1"), ("BUILDCAST_ORPHAN_SECONDS", "1"), ("ARTIFACT_RETENTION_DAYS", "0")];
    let server = TestServer::start_with(Kind::Sqlite, &short).await;
    let running = server.client.start(&slow("u", 4.0)).await;
    let mut events = Events::of(server.client.open(&running, None).await);
    let (project, first) = server.client.deploy(&site("v")).await;
    let (_, second) = server.client.deploy(&json!({"userId": "v", "projectId": project, "prompt": "as it is"})).await;
    let mut end = Value::Null;
    while let Some(event) = events.next_event().await {
        end = event.json();
    }
    assert_eq!(end["code"], "BUILD_COMPLETED", "{end}");
    // the first one's artifact goes by itself, the previewed one's stays
    while server.scalar::<String>(&format!("SELECT COALESCE(artifact_gone, '') FROM versions WHERE id = '{first}'")).await != "expired" {
        tokio::task::yield_now().await;
    }
    while server.files_in("artifacts").iter().any(|file| file.contains(&first)) {
        tokio::task::yield_now().await;
    }
    assert!(server.files_in("artifacts").contains(&format!("artifacts/{project}/{second}.zip")));
    let preview = server.client.http.get(end["preview_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(preview.status(), 200);
    let last = server.client.deploy(&json!({"userId": "v", "projectId": project, "prompt": "as it is"})).await;
    assert_eq!(last.0, project);
}

#[tokio::test]
async fn the_command_sweeps_beside_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(folder.path(), &[]);
    let (project, first) = server.client.deploy(&site("u")).await;
    let (_, second) = server.client.deploy(&json!({"userId": "u", "projectId": project, "prompt": "as it is"})).await;
    let orphan = folder.path().join("artifacts/artifacts/p/orphan.zip");
    std::fs::create_dir_all(orphan.parent().unwrap()).unwrap();
    std::fs::write(&orphan, "content").unwrap();
    std::fs::File::options().write(true).open(&orphan).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    let sweep = |arguments: &[&str]| {
        let output = command(folder.path()).arg("sweep").args(arguments).env("ARTIFACT_RETENTION_DAYS", "0").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let key = format!("artifacts/{project}/{first}.zip");
    let size = folder.path().join("artifacts").join(&key).metadata().unwrap().len();
    let lines = |dry: bool| {
        let sum =
            json!({"expiredVersions": 1, "expiredObjects": 1, "orphanObjects": 1, "missingArtifacts": 0, "foundArtifacts": 0, "bytes": size + 7, "failed": 0});
        vec![
            json!({"kind": "expired_version", "key": key, "versionId": first, "dryRun": dry}),
            json!({"kind": "expired_object", "key": key, "bytes": size, "dryRun": dry}),
            json!({"kind": "orphan_object", "key": "artifacts/p/orphan.zip", "bytes": 7, "dryRun": dry}),
            json!({"summary": sum, "dryRun": dry}),
        ]
    };
    assert_eq!(sweep(&["--dry-run"]), lines(true));
    assert_eq!(sweep(&["--dry-run"]), lines(true));
    assert!(orphan.exists());
    assert_eq!(sweep(&[]), lines(false));
    assert_eq!(sweep(&[]).len(), 1);
    let (_, page) = server.client.get(&format!("/v1/projects/{project}/versions")).await;
    let gone: BTreeMap<&str, bool> =
        page["versions"].as_array().unwrap().iter().map(|version| (version["id"].as_str().unwrap(), !version["hasArtifact"].as_bool().unwrap())).collect();
    assert_eq!(gone, BTreeMap::from([(first.as_str(), true), (second.as_str(), false)]));
    let preview = server.client.http.get(format!("{}/p/{project}/", server.client.preview)).send().await.unwrap();
    assert_eq!(preview.status(), 200);
    // a folder without a database is not made one
    let empty = tempfile::tempdir().unwrap();
    let output = command(empty.path()).arg("sweep").output().unwrap();
    assert_eq!((output.status.code(), std::fs::read_dir(empty.path()).unwrap().count()), (Some(1), 0));
}
