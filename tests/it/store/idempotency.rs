//! Keys: who holds one, what is kept, and what goes with time.

use super::Store;
use crate::support::vault::Vault;
use crate::support::{Kind, on_both};
use buildcast::store::idempotency::{self, Held, IdempotencyRow, NewAnswer, NewKey};
use buildcast::store::{StoreError, Transaction};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

const KEPT: NewAnswer<'_> = NewAnswer { status: 202, content_type: "application/json", content_language: None, etag: Some("\"1\""), body: "{}" };

fn key<'a>(key_hash: &'a str, request_hash: &'a str) -> NewKey<'a> {
    NewKey { key_hash, request_hash, request_id: "r" }
}

/// Holds a key at a time; answers up to ten before it are forgotten.
async fn hold(tx: &mut Transaction, key: NewKey<'_>, now_ms: i64) -> Result<Held, StoreError> {
    idempotency::hold(tx, key, now_ms - 10, now_ms).await
}

async fn done(store: &Store, key_hash: &str, request_hash: &str, now_ms: i64) -> Held {
    let mut tx = store.db.begin().await.unwrap();
    let held = hold(&mut tx, key(key_hash, request_hash), now_ms).await.unwrap();
    if held == Held::Ours {
        idempotency::keep(&mut tx, key_hash, KEPT).await.unwrap();
    }
    tx.commit().await.unwrap();
    held
}

fn row(request_hash: &str) -> IdempotencyRow {
    IdempotencyRow {
        request_hash: request_hash.into(),
        request_id: "r".into(),
        status: 202,
        content_type: "application/json".into(),
        content_language: None,
        etag: Some("\"1\"".into()),
        body: "{}".into(),
    }
}

async fn first_has_it(kind: Kind) {
    let store = Store::open(kind).await;
    let found = async |after_ms: i64| idempotency::find(&store.db, "k", after_ms).await.unwrap();
    assert_eq!(found(0).await, None);
    assert_eq!(done(&store, "k", "a", 100).await, Held::Ours);
    assert_eq!(found(99).await, Some(row("a")));
    assert_eq!(found(100).await, None, "its time is over");
    assert_eq!(done(&store, "k", "b", 109).await, Held::Answered);
    assert_eq!(found(99).await, Some(row("a")));
    assert_eq!(done(&store, "k", "b", 110).await, Held::Ours);
    assert_eq!(found(109).await, Some(row("b")));
    // what is undone was never there
    let mut tx = store.db.begin().await.unwrap();
    assert_eq!(hold(&mut tx, key("other", "a"), 100).await.unwrap(), Held::Ours);
    tx.rollback().await.unwrap();
    // and what was committed without an answer is nobody's
    let mut tx = store.db.begin().await.unwrap();
    assert_eq!(hold(&mut tx, key("other", "a"), 100).await.unwrap(), Held::Ours);
    tx.commit().await.unwrap();
    assert_eq!(idempotency::find(&store.db, "other", 0).await.unwrap(), None);
    assert_eq!(done(&store, "other", "c", 101).await, Held::Ours);
}
on_both!(the_first_request_has_the_key_until_its_time_is_over, first_has_it);

async fn take_turns(kind: Kind) {
    let store = Arc::new(Store::open(kind).await);
    let racers: Vec<_> = (0..8)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { done(&store, "k", &format!("r{n}"), 100).await })
        })
        .collect();
    let mut ours = 0;
    for racer in racers {
        ours += i32::from(racer.await.unwrap() == Held::Ours);
    }
    assert_eq!(ours, 1);
}
on_both!(of_racing_requests_one_holds_the_key, take_turns);

#[tokio::test]
async fn a_key_that_another_holds_is_not_waited_for_without_end() {
    let store = Store::open(Kind::Postgres).await;
    let (mut one, mut two) = (store.db.begin().await.unwrap(), store.db.begin().await.unwrap());
    assert_eq!(hold(&mut one, key("k", "a"), 100).await.unwrap(), Held::Ours);
    // the one that holds it must not be idle for so long, or the database ends it
    let waiting = hold(&mut two, key("k", "a"), 100);
    tokio::pin!(waiting);
    let held = loop {
        tokio::select! {
            held = &mut waiting => break held.unwrap(),
            () = tokio::time::sleep(std::time::Duration::from_millis(500)) => idempotency::keep(&mut one, "k", KEPT).await.unwrap(),
        }
    };
    assert_eq!(held, Held::Others);
    one.commit().await.unwrap();
    assert_eq!(idempotency::find(&store.db, "k", 0).await.unwrap(), Some(row("a")));
}

async fn swept(kind: Kind) {
    let store = Store::open(kind).await;
    for n in 0..10 {
        done(&store, &format!("k{n}"), "a", n).await;
    }
    let mut tx = store.db.begin().await.unwrap();
    for removed in [5, 3, 0] {
        assert_eq!(idempotency::remove_until(&mut tx, 7, 5).await.unwrap(), removed);
    }
    tx.commit().await.unwrap();
    assert_eq!(idempotency::find(&store.db, "k7", -1).await.unwrap(), None);
    assert_eq!(idempotency::find(&store.db, "k8", -1).await.unwrap(), Some(row("a")));
}
on_both!(old_answers_are_removed_a_few_at_a_time, swept);

#[tokio::test]
async fn a_sweep_does_not_wait_for_whoever_holds_an_old_key() {
    let store = Store::open(Kind::Postgres).await;
    done(&store, "a", "r", 1).await;
    done(&store, "b", "r", 2).await;
    let (mut one, mut two) = (store.db.begin().await.unwrap(), store.db.begin().await.unwrap());
    assert_eq!(hold(&mut one, key("a", "s"), 100).await.unwrap(), Held::Ours);
    assert_eq!(idempotency::remove_until(&mut two, 50, 10).await.unwrap(), 1);
    two.commit().await.unwrap();
    idempotency::keep(&mut one, "a", KEPT).await.unwrap();
    one.commit().await.unwrap();
    assert_eq!(idempotency::find(&store.db, "a", 99).await.unwrap(), Some(row("s")));
}

async fn swept_by_the_server(kind: Kind) {
    const DAY: i64 = 86_400_000;
    let vault = Vault::open(kind).await;
    let row = |n: i64| format!("('k{n}', 'r', 'i', 200, 't', '{{}}', {})", if n < 2_400 { 1_000 } else { 1_001 });
    let rows: Vec<String> = (0..2_500).map(row).collect();
    let columns = "key_hash, request_hash, request_id, status, content_type, body, created_at_ms";
    vault.execute(&format!("INSERT INTO idempotency_keys ({columns}) VALUES {}", rows.join(", "))).await;
    let left = async |now_ms: i64| {
        vault.services(Arc::new(crate::support::vault::StoppedClock(AtomicI64::new(now_ms)))).sweep(DAY).await.unwrap();
        let mut found = 0;
        for n in 0..2_500 {
            found += i32::from(idempotency::find(&vault.db, &format!("k{n}"), 0).await.unwrap().is_some());
        }
        found
    };
    assert_eq!(left(DAY + 999).await, 2_500);
    assert_eq!(left(DAY + 1_000).await, 100);
}
on_both!(a_sweep_removes_what_is_a_day_old, swept_by_the_server);
