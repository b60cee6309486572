//! Recent starts: who has a request, and what is cleared away.

use super::Store;
use crate::support::{Kind, on_both};
use buildcast::store::recent_starts::{self, RecentStart};
use std::sync::Arc;

async fn held(store: &Store, user: &str, hash: &str, build: &str, now_ms: i64) -> RecentStart {
    let mut tx = store.db.begin().await.unwrap();
    let row = recent_starts::hold(&mut tx, user, hash, build, now_ms).await.unwrap();
    tx.commit().await.unwrap();
    row
}

fn start(build: &str, created_at_ms: i64) -> RecentStart {
    RecentStart { build_id: build.into(), created_at_ms }
}

async fn first_has_it(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("p", "a").await;
    store.build("q", "b").await;
    assert_eq!(held(&store, "u", "h", "a", 10).await, start("a", 10));
    assert_eq!(held(&store, "u", "h", "b", 20).await, start("a", 10));
    assert_eq!(held(&store, "v", "h", "b", 30).await, start("b", 30));
    let mut tx = store.db.begin().await.unwrap();
    recent_starts::replace(&mut tx, "u", "h", "b", 40).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(held(&store, "u", "h", "a", 50).await, start("b", 40));
    // a build that is never made can't be remembered
    let mut tx = store.db.begin().await.unwrap();
    recent_starts::hold(&mut tx, "u", "other", "nothing", 60).await.unwrap();
    assert!(tx.commit().await.is_err());
}
on_both!(the_first_start_has_the_request, first_has_it);

async fn take_turns(kind: Kind) {
    let store = Arc::new(Store::open(kind).await);
    for n in 0..8 {
        store.build(&format!("p{n}"), &format!("b{n}")).await;
    }
    let racers: Vec<_> = (0..8)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { held(&store, "u", "h", &format!("b{n}"), 10 + n).await })
        })
        .collect();
    let mut rows = vec![];
    for racer in racers {
        rows.push(racer.await.unwrap());
    }
    assert!(rows.iter().all(|row| *row == rows[0]), "{rows:?}");
}
on_both!(racing_starts_see_one_winner, take_turns);

async fn cleared(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("p", "a").await;
    for n in 0..10 {
        held(&store, "u", &format!("h{n}"), "a", n).await;
    }
    let mut tx = store.db.begin().await.unwrap();
    assert_eq!(recent_starts::remove_before(&mut tx, 8, 5).await.unwrap(), 5, "a bounded number");
    assert_eq!(recent_starts::remove_before(&mut tx, 8, 5).await.unwrap(), 3);
    assert_eq!(recent_starts::remove_before(&mut tx, 8, 5).await.unwrap(), 0);
    tx.commit().await.unwrap();
    // the oldest went, the rest is there
    assert_eq!(held(&store, "u", "h7", "a", 100).await.created_at_ms, 100);
    assert_eq!(held(&store, "u", "h8", "a", 100).await.created_at_ms, 8);
}
on_both!(old_starts_are_cleared_away_a_few_at_a_time, cleared);

#[tokio::test]
async fn a_start_that_clears_away_does_not_wait_for_one_that_holds() {
    let store = Store::open(Kind::Postgres).await;
    store.build("p", "a").await;
    for n in 0..4 {
        held(&store, "u", &format!("h{n}"), "a", n).await;
    }
    // each holds what the other would remove
    let (mut one, mut two) = (store.db.begin().await.unwrap(), store.db.begin().await.unwrap());
    recent_starts::hold(&mut one, "u", "h0", "a", 50).await.unwrap();
    recent_starts::hold(&mut two, "u", "h1", "a", 50).await.unwrap();
    assert_eq!(recent_starts::remove_before(&mut one, 40, 10).await.unwrap(), 3);
    assert_eq!(recent_starts::remove_before(&mut two, 40, 10).await.unwrap(), 1);
    one.commit().await.unwrap();
    two.commit().await.unwrap();
}
