//! What sweeps ask of the rows, and where they meet starts.

use crate::support::vault::Vault;
use crate::support::{Kind, on_both};
use buildcast::store::{condemned, projects, sweeps};
use std::sync::Arc;

async fn expired(vault: &Vault, before_ms: i64, after: (i64, &str), limit: i64) -> String {
    let rows = sweeps::expired(&vault.db, before_ms, after, limit).await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

async fn kept(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", "s").await;
    vault.project("q", "s").await;
    for (id, at_ms) in [("a", 1), ("b", 2), ("c", 2), ("d", 3), ("e", 4), ("f", 9)] {
        vault.version("p", id, at_ms).await;
    }
    vault.version("q", "g", 5).await;
    assert_eq!(expired(&vault, 9, (i64::MIN, ""), 9).await, "abcdeg", "the boundary itself is kept");
    assert_eq!(expired(&vault, 9, (2, "b"), 2).await, "cd");
    vault.execute("UPDATE versions SET artifact_gone = 'missing' WHERE id = 'a'").await;
    vault.execute("UPDATE projects SET preview_version_id = 'b', published_version_id = 'c' WHERE id = 'p'").await;
    assert_eq!(expired(&vault, 9, (i64::MIN, ""), 9).await, "deg");
    // a rollback of another project, or one that has ended, keeps nothing
    vault.rollback("p", ("building", "failed"), "d", "e", "d").await;
    assert_eq!(expired(&vault, 9, (i64::MIN, ""), 9).await, "deg");
    vault.execute("DELETE FROM rollbacks").await;
    vault.rollback("p", ("queued", "building"), "d", "f", "e").await;
    assert_eq!(expired(&vault, 99, (i64::MIN, ""), 9).await, "g");
    for (id, marked) in [("a", false), ("b", false), ("c", false), ("d", false), ("e", false), ("f", false), ("g", true)] {
        let mut tx = vault.db.begin().await.unwrap();
        assert_eq!(sweeps::mark_expired(&mut tx, id, 99).await.unwrap(), marked, "{id}");
        assert!(!sweeps::mark_expired(&mut tx, id, 99).await.unwrap(), "{id} once");
        tx.commit().await.unwrap();
    }
    assert_eq!(vault.gone().await["g"], "expired");
}
on_both!(what_is_shown_or_rolled_back_is_kept_beyond_its_time, kept);

async fn named(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", "k1").await;
    vault.project("q", "s").await;
    for (id, at_ms) in [("a", 1), ("b", 2), ("c", 3)] {
        vault.version("p", id, at_ms).await;
    }
    vault.execute("UPDATE versions SET artifact_key = 'artifacts/p/a.zip' WHERE id = 'b'").await;
    let (a, c) = ("artifacts/p/a.zip", "artifacts/p/c.zip");
    assert_eq!(sweeps::named_artifacts(&vault.db, &[a, c, "x"]).await.unwrap().len(), 2);
    let all = sweeps::artifacts(&vault.db, "", 99, 9).await.unwrap();
    assert_eq!(all.iter().map(|named| (named.artifact_key.as_str(), named.project_id.as_str())).collect::<Vec<_>>(), [(a, "p"), (c, "p")]);
    assert_eq!(sweeps::artifacts(&vault.db, a, 99, 9).await.unwrap().len(), 1);
    assert_eq!(sweeps::artifacts(&vault.db, "", 3, 9).await.unwrap().len(), 1, "young ones are left out");
    let mut tx = vault.db.begin().await.unwrap();
    assert_eq!(sweeps::mark_missing(&mut tx, a, 2).await.unwrap(), ["a"]);
    assert!(sweeps::is_named(&mut tx, a).await.unwrap(), "another version shares it");
    assert_eq!(sweeps::mark_missing(&mut tx, a, 9).await.unwrap(), ["b"]);
    assert!(!sweeps::is_named(&mut tx, a).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(sweeps::named_artifacts(&vault.db, &[a, c]).await.unwrap(), [c]);
    assert_eq!(sweeps::missed_artifacts(&vault.db, &[a, c]).await.unwrap()[0].artifact_key, a);
    assert_eq!(sweeps::with_artifact(&vault.db, &["a", "b", "c", "x"]).await.unwrap(), ["c"]);
    let mut tx = vault.db.begin().await.unwrap();
    projects::lock_all(&mut tx, &["p"]).await.unwrap();
    let mut found = sweeps::mark_found(&mut tx, a).await.unwrap();
    found.sort();
    assert_eq!(found, ["a", "b"]);
    tx.commit().await.unwrap();
    // sources: a project's, those of builds that wait or run, and those of builds that made a version
    let states = [("", "queued"), ("queued", "building"), ("building", "failed"), ("queued", "cancelled")];
    for (n, states) in states.into_iter().enumerate() {
        let (project, key) = (format!("p{n}"), format!("w{n}"));
        vault.project(&project, "s").await;
        vault.build(&project, &format!("x{n}"), states, &key).await;
    }
    vault.execute("UPDATE builds SET source_key = 'made' WHERE id = 'b-a'").await;
    let mut sources = sweeps::named_sources(&vault.db, &["k1", "w0", "w1", "w2", "w3", "made", "x"]).await.unwrap();
    sources.sort();
    assert_eq!(sources, ["k1", "made", "w0", "w1"]);
    let mut busy = sweeps::busy_projects(&vault.db, &["p", "q", "p0", "p1", "p2"]).await.unwrap();
    busy.sort();
    assert_eq!(busy, ["p0", "p1"]);
}
on_both!(rows_name_their_artifacts_and_sources, named);

async fn condemned_once(kind: Kind) {
    let vault = Vault::open(kind).await;
    let condemn = async |keys: &[&str], now_ms| {
        let mut tx = vault.db.begin().await.unwrap();
        condemned::condemn(&mut tx, keys, now_ms).await.unwrap();
        tx.commit().await.unwrap();
    };
    condemn(&["a", "b"], 1).await;
    condemn(&["b", "c"], 2).await;
    assert_eq!(condemned::page(&vault.db, "", 9).await.unwrap(), ["a", "b", "c"]);
    assert_eq!(condemned::page(&vault.db, "a", 1).await.unwrap(), ["b"]);
    let mut tx = vault.db.begin().await.unwrap();
    assert_eq!(condemned::lock(&mut tx, &["b", "x"]).await.unwrap(), ["b"]);
    assert_eq!(condemned::take_back(&mut tx, &["c", "b", "x"]).await.unwrap(), ["b", "c"]);
    assert!(condemned::take_back(&mut tx, &["b", "c"]).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    assert_eq!(condemned::page(&vault.db, "", 9).await.unwrap(), ["a"]);
}
on_both!(a_source_is_condemned_once_and_taken_back_once, condemned_once);

/// Whoever waits for a sweep's second look learns of it: the row outlives the object.
#[tokio::test]
async fn a_start_that_waits_for_a_second_look_sees_what_it_did() {
    let vault = Arc::new(Vault::open(Kind::Postgres).await);
    let mut tx = vault.db.begin().await.unwrap();
    condemned::condemn(&mut tx, &["a", "b"], 1).await.unwrap();
    tx.commit().await.unwrap();
    for (key, removed) in [("a", true), ("b", false)] {
        let mut look = vault.db.begin().await.unwrap();
        condemned::lock(&mut look, &[key]).await.unwrap();
        let start = tokio::spawn({
            let vault = vault.clone();
            async move {
                let mut tx = vault.db.begin().await.unwrap();
                let back = condemned::take_back(&mut tx, &[key]).await.unwrap();
                tx.commit().await.unwrap();
                back
            }
        });
        while !vault.someone_waits().await {
            assert!(!start.is_finished(), "nobody waited for {key}");
            tokio::task::yield_now().await;
        }
        if removed {
            look.rollback().await.unwrap();
            assert_eq!(start.await.unwrap(), [key]);
        } else {
            condemned::forget(&mut look, &[key]).await.unwrap();
            look.commit().await.unwrap();
            assert!(start.await.unwrap().is_empty(), "nothing was removed");
        }
    }
}
