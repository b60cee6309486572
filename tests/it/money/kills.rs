//! kill -9 in the middle of builds that pay, on two nodes that take them over: what was charged is what finished builds
//! metered.
//!
//! `MONEY_KILLS` says how many (30 unless set, half of them on each database), `KILLS_SEED` throws the dice of an earlier
//! run again.

use super::builds::{prompted, settings};
use super::{dice, number, sound_at};
use crate::support::process::ServerProcess;
use crate::support::provider::{Answer, FakeProvider, Piece, whole};
use crate::support::server::scalar;
use crate::support::{Client, Kind, Postgres, on_both};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

const USERS: [&str; 3] = ["a", "b", "c"];
const GOOD: &str = r#"{"files": [{"path": "about.html", "content": "<title>made</title>"}]}"#;
/// The latest moment of a kill after a start.
const LATEST_MS: usize = 700;

/// One of two nodes, which share database and artifacts: what the other held is taken over when its lease ends.
fn start_server(folder: &Path, node: usize, url: &str, provider: &str) -> ServerProcess {
    let artifacts = format!("file://{}/artifacts", folder.display());
    let extra = [("DATABASE_URL", url), ("BUILDCAST_ARTIFACTS", &artifacts), ("BUILDCAST_LEASE_SECONDS", "1"), ("BUILDCAST_WELCOME_CREDITS", "1000000")];
    ServerProcess::start(&folder.join(format!("node-{node}")), &[settings(provider).as_slice(), &extra].concat())
}

/// Starts a few builds; whether they were begun may stay unknown.
async fn begin(client: Client, user: &'static str) {
    let _ = client.signed(reqwest::Method::POST, "/v1/builds", prompted(user).to_string()).send().await;
}

async fn killed(kind: Kind) {
    let kills = number("MONEY_KILLS").unwrap_or(30) / 2;
    let mut dice = dice(13);
    let folder = tempfile::tempdir().unwrap();
    let postgres = (kind == Kind::Postgres).then(Postgres::start);
    let url = postgres.as_ref().map_or_else(|| format!("sqlite://{}/buildcast.db", folder.path().display()), Postgres::url);
    let answer = Answer::pieces(vec![Piece::Pause(Duration::from_millis(150)), Piece::Bytes(whole("anthropic", GOOD).into_bytes())]);
    let provider = FakeProvider::start(vec![answer]).await;
    let mut server = start_server(folder.path(), 0, &url, &provider.url);
    for _ in 0..kills {
        let starts: Vec<_> = (0..1 + dice.below(3)).map(|_| tokio::spawn(begin(server.client.clone(), USERS[dice.below(USERS.len())]))).collect();
        tokio::time::sleep(dice.millis(0, LATEST_MS)).await;
        server.kill();
        for start in starts {
            start.await.unwrap();
        }
        server = start_server(folder.path(), dice.below(2), &url, &provider.url);
    }
    // all that was begun ends, and one that nobody kills
    tokio::spawn(begin(server.client.clone(), USERS[0])).await.unwrap();
    let active = || scalar::<i64>(&url, "SELECT COUNT(*) FROM builds WHERE current_state IN ('queued', 'building')");
    let waited = tokio::time::timeout(Duration::from_secs(120), async {
        while active().await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    waited.await.expect("builds that were begun do not end");
    let mut charged = 0;
    for user in USERS {
        let lines = sound_at(&server.client, &url, user).await;
        charged -= super::sum(&lines, &["charge"]);
    }
    // the second of each deployed build, rounded up, and nothing else
    let seconds = "CAST(ai_seconds AS BIGINT) + CASE WHEN ai_seconds > CAST(ai_seconds AS BIGINT) THEN 1 ELSE 0 END";
    let seconds = match kind {
        // a cast rounds there
        Kind::Postgres => "CAST(CEIL(ai_seconds) AS BIGINT)",
        Kind::Sqlite => seconds,
    };
    let metered: i64 = scalar(&url, &format!("SELECT CAST(COALESCE(SUM({seconds}), 0) AS BIGINT) FROM builds WHERE current_state = 'deployed'")).await;
    assert_eq!(charged, metered, "what was charged is what finished builds metered");
    let wrong = "SELECT COUNT(*) FROM builds b LEFT JOIN reservations r ON r.build_id = b.id
         WHERE r.id IS NULL OR r.state <> CASE b.current_state WHEN 'deployed' THEN 'committed' ELSE 'released' END";
    assert_eq!(scalar::<i64>(&url, wrong).await, 0, "each build has set aside once, and its end has resolved that");
    let without = "SELECT COUNT(*) FROM reservations WHERE build_id NOT IN (SELECT id FROM builds)";
    assert_eq!(scalar::<i64>(&url, without).await, 0, "nothing is set aside for what was never begun");
    let mut ends = BTreeMap::new();
    for state in ["deployed", "failed"] {
        ends.insert(state, scalar::<i64>(&url, &format!("SELECT COUNT(*) FROM builds WHERE current_state = '{state}'")).await);
    }
    assert!(ends["deployed"] > 0);
    let again = scalar::<i64>(&url, "SELECT COUNT(*) FROM project_build_events WHERE code = 'BUILD_STARTED'").await - ends.values().sum::<i64>();
    println!("{kind:?}: {kills} kills, {}, {again} attempts more than builds", json!(ends));
}
on_both!(what_is_charged_is_what_finished_builds_metered, killed);
