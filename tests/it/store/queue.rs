//! The queue: claims, leases, fencing tokens.

use super::{Store, events, new_build, queued};
use crate::support::{Kind, on_both};
use buildcast::domain::build::BuildTransition;
use buildcast::store::events::{Append, Appended, Change, append};
use buildcast::store::jobs::{self, Lease};
use buildcast::store::looks::Look;
use buildcast::store::queue;
use buildcast::store::turns::{self, Take};
use buildcast::store::{StoreError, builds};

async fn turn(store: &Store, node: &str, done: &[(String, i64)], now_ms: i64, limit: i64) -> Vec<(String, i64)> {
    turn_of(store, node, done, now_ms, limit, 0).await
}

async fn turn_of(store: &Store, node: &str, done: &[(String, i64)], now_ms: i64, limit: i64, per_user: i64) -> Vec<(String, i64)> {
    let mut tx = store.db.begin().await.unwrap();
    let done: Vec<Lease<'_>> = done.iter().map(|(build_id, fencing_token)| Lease { build_id, fencing_token: *fencing_token }).collect();
    let take = Take { node_id: node, incarnation: "1", limit, per_user, now_ms, lease_until_ms: now_ms + 10, own_late_ms: now_ms, look: Look::ALL };
    let jobs = turns::turn(&mut tx, &done, take).await.unwrap();
    tx.commit().await.unwrap();
    jobs.into_iter().map(|job| (job.build_id, job.fencing_token)).collect()
}

async fn claimed(store: &Store, node: &str, now_ms: i64, limit: i64) -> Vec<(String, i64)> {
    turn(store, node, &[], now_ms, limit).await
}

async fn leases(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("p", "a").await;
    assert_eq!(claimed(&store, "n1", 100, 5).await, [("a".to_owned(), 1)]);
    assert_eq!(claimed(&store, "n2", 105, 5).await, []);
    let renew = async |lease: Lease<'_>, until| {
        let mut tx = store.db.begin().await.unwrap();
        let held = jobs::renew(&mut tx, lease, until).await.unwrap();
        tx.commit().await.unwrap();
        held
    };
    let first = Lease { build_id: "a", fencing_token: 1 };
    assert!(renew(first, 120).await);
    assert_eq!(claimed(&store, "n2", 115, 5).await, []);
    // the lease is over: another takes the job, and the former holder can neither renew nor hand it back nor be done with it
    assert_eq!(claimed(&store, "n2", 121, 5).await, [("a".to_owned(), 2)]);
    assert!(!renew(first, 200).await);
    let mut tx = store.db.begin().await.unwrap();
    assert!(!jobs::hand_back(&mut tx, first).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(turn(&store, "n1", &[("a".into(), 1)], 122, 5).await, []);
    let mut tx = store.db.begin().await.unwrap();
    assert!(jobs::hand_back(&mut tx, Lease { build_id: "a", fencing_token: 2 }).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(claimed(&store, "n1", 122, 5).await, [("a".to_owned(), 3)]);
    // a node that is only slow to renew does not take its build from itself, until it is very late
    let late = async |own_late_ms| {
        let mut tx = store.db.begin().await.unwrap();
        let take = Take { node_id: "n1", incarnation: "1", limit: 5, per_user: 0, now_ms: 200, lease_until_ms: 210, own_late_ms, look: Look::ALL };
        let taken = turns::turn(&mut tx, &[], take).await.unwrap().len();
        tx.rollback().await.unwrap();
        taken
    };
    assert_eq!((late(100).await, late(150).await), (0, 1));
    // what a node's former life held is free at once, what this life holds is not
    let mut tx = store.db.begin().await.unwrap();
    assert_eq!(jobs::end_leases_of(&mut tx, "n1", "1").await.unwrap(), 0);
    assert_eq!(jobs::end_leases_of(&mut tx, "n1", "2").await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(claimed(&store, "n1", 123, 5).await, [("a".to_owned(), 4)]);
}
on_both!(a_lease_is_held_renewed_lost_and_taken_back, leases);

async fn done_and_next(kind: Kind) {
    let store = Store::open(kind).await;
    for n in 0..4 {
        store.build(&format!("p{n}"), &format!("b{n}")).await;
    }
    let first = turn(&store, "n", &[], 100, 2).await;
    assert_eq!(first.len(), 2);
    // one statement: what is done leaves, the next are taken, and a done one whose lease is over is not taken again
    let second = turn(&store, "n", &first, 200, 2).await;
    assert_eq!(second, [("b2".to_owned(), 1), ("b3".to_owned(), 1)]);
    assert_eq!(turn(&store, "n", &second, 200, 2).await, []);
    assert_eq!(queue::depth(&store.db).await.unwrap(), (0, 0));
}
on_both!(a_turn_ends_what_is_done_and_takes_the_next, done_and_next);

async fn racing_claims(kind: Kind) {
    let store = std::sync::Arc::new(Store::open(kind).await);
    for n in 0..20 {
        store.build(&format!("p{n}"), &format!("b{n:02}")).await;
    }
    let nodes: Vec<_> = (0..4)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = vec![];
                loop {
                    let taken = claimed(&store, &format!("n{n}"), 100, 3).await;
                    if taken.is_empty() {
                        return mine;
                    }
                    mine.extend(taken);
                }
            })
        })
        .collect();
    let mut all = vec![];
    for node in nodes {
        all.extend(node.await.unwrap());
    }
    all.sort();
    assert_eq!(all, (0..20).map(|n| (format!("b{n:02}"), 1)).collect::<Vec<_>>());
}
on_both!(racing_nodes_never_claim_one_job_twice, racing_claims);

pub(super) async fn enqueue(store: &Store, build: &str, user: &str, priority: i32, run_at_ms: i64, now_ms: i64) {
    store.add_project(build).await;
    let mut tx = store.db.begin().await.unwrap();
    builds::insert(&mut tx, &new_build(build, build), 1).await.unwrap();
    jobs::enqueue(&mut tx, build, user, priority, run_at_ms, now_ms).await.unwrap();
    tx.commit().await.unwrap();
}

async fn promote(store: &Store, now_ms: i64) -> usize {
    let mut tx = store.db.begin().await.unwrap();
    let promoted = jobs::promote(&mut tx, now_ms, 10).await.unwrap();
    tx.commit().await.unwrap();
    promoted
}

async fn order(kind: Kind) {
    let store = Store::open(kind).await;
    for (build, priority, run_at) in [("a", 0, 50), ("b", 0, 10), ("urgent", 5, 60), ("later", 9, 1000)] {
        enqueue(&store, build, "u", priority, run_at, 100).await;
    }
    let place = async |build| queue::position(&store.db, build).await.unwrap();
    assert_eq!((place("a").await, place("urgent").await, place("later").await), (Some(2), Some(1), Some(4)));
    assert_eq!(promote(&store, 999).await, 0);
    let taken: Vec<String> = claimed(&store, "n", 999, 5).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(taken, ["urgent", "a", "b"]);
    assert_eq!((place("a").await, place("later").await), (None, Some(1)));
    assert_eq!(promote(&store, 1000).await, 1);
    assert_eq!(claimed(&store, "n", 1000, 5).await.iter().filter(|(id, _)| id == "later").count(), 1);
}
on_both!(claims_go_by_priority_then_turn_and_not_before_their_time, order);

/// Who has many waits for who has few, whoever came first.
async fn fair(kind: Kind) {
    let store = Store::open(kind).await;
    for n in 0..50 {
        enqueue(&store, &format!("many{n:02}"), "many", 0, 1, 1).await;
    }
    // some of them are under way when others come
    let taken = claimed(&store, "n", 1, 5).await;
    enqueue(&store, "few0", "few", 0, 1, 1).await;
    enqueue(&store, "few1", "few", 0, 1, 1).await;
    enqueue(&store, "one", "one", 0, 1, 1).await;
    assert!(queue::position(&store.db, "few0").await.unwrap().unwrap() <= 3);
    let next: Vec<String> = turn(&store, "n", &taken, 1, 6).await.into_iter().map(|(id, _)| id).collect();
    for build in ["few0", "few1", "one"] {
        assert!(next.iter().any(|id| id == build), "{build}: {next:?}");
    }
    // nobody pays for what they had before: who comes back is served in the round that is served then
    enqueue(&store, "again", "many", 5, 1, 1).await;
    enqueue(&store, "new", "new", 0, 1, 1).await;
    let next: Vec<String> = claimed(&store, "n", 1, 3).await.into_iter().map(|(id, _)| id).collect();
    assert!(next.contains(&"new".to_owned()) && next.contains(&"again".to_owned()), "{next:?}");
}
on_both!(users_take_turns, fair);

async fn emptied(kind: Kind) {
    let store = Store::open(kind).await;
    for n in 0..9 {
        enqueue(&store, &format!("old{n}"), "old", 0, 1, 1).await;
    }
    let all = claimed(&store, "n", 1, 9).await;
    turn(&store, "n", &all, 1, 0).await;
    // the queue was empty: a newcomer's many do not come before a regular's one
    for n in 0..9 {
        enqueue(&store, &format!("new{n}"), "new", 0, 1, 1).await;
    }
    enqueue(&store, "oldest", "old", 0, 1, 1).await;
    assert!(queue::position(&store.db, "oldest").await.unwrap().unwrap() <= 3);
    let mut tx = store.db.begin().await.unwrap();
    assert_eq!(jobs::forget_rounds(&mut tx).await.unwrap(), 0, "both have jobs that wait");
    tx.commit().await.unwrap();
    let all = claimed(&store, "n", 1, 99).await;
    turn(&store, "n", &all, 1, 0).await;
    let mut tx = store.db.begin().await.unwrap();
    assert_eq!(jobs::forget_rounds(&mut tx).await.unwrap(), 1, "the last round is kept, for the newcomers");
    tx.commit().await.unwrap();
}
on_both!(an_empty_queue_forgives_the_past, emptied);

async fn limited(kind: Kind) {
    let store = std::sync::Arc::new(Store::open(kind).await);
    for n in 0..8 {
        enqueue(&store, &format!("a{n}"), "a", 0, 1, 1).await;
    }
    enqueue(&store, "b0", "b", 0, 1, 1).await;
    // two nodes at once: the limit is the user's, not the node's
    let nodes: Vec<_> = ["n1", "n2"]
        .into_iter()
        .map(|node| {
            tokio::spawn({
                let store = store.clone();
                async move { turn_of(&store, node, &[], 1, 8, 3).await }
            })
        })
        .collect();
    let mut taken = vec![];
    for node in nodes {
        taken.extend(node.await.unwrap());
    }
    taken.extend(turn_of(&store, "n1", &[], 1, 8, 3).await);
    let of = |user: &str, taken: &[(String, i64)]| taken.iter().filter(|(id, _)| id.starts_with(user)).count();
    assert_eq!((of("a", &taken), of("b", &taken)), (3, 1), "{taken:?}");
    // one that is done makes room for one in the same turn
    let done = [taken.iter().find(|(id, _)| id.starts_with('a')).unwrap().clone()];
    assert_eq!(turn_of(&store, "n1", &done, 1, 8, 3).await.len(), 1);
}
on_both!(a_user_has_so_many_at_once_and_no_more, limited);

/// A takeover meets the end that the former holder writes: neither may wait for the other in a circle.
async fn takeover_meets_end(kind: Kind) {
    let store = std::sync::Arc::new(Store::open(kind).await);
    for n in 0..40 {
        let (project, build) = (format!("p{n}"), format!("b{n}"));
        store.build(&project, &build).await;
        assert_eq!(claimed(&store, "n1", 1, 1).await.len(), 1);
        let mut claim = events(&project, &build, vec![queued()]);
        claim.claimed_as = Some(1);
        claim.change = Some(Change { transition: BuildTransition::Claim, version: None, error: None });
        store.append(&[claim]).await;
        let end = {
            let (store, project, build) = (store.clone(), project.clone(), build.clone());
            tokio::spawn(async move {
                let mut end = events(&project, &build, vec![queued()]);
                end.fencing_token = Some(1);
                end.change = Some(Change { transition: BuildTransition::Fail, version: None, error: None });
                write(&store, end).await
            })
        };
        let takeover = {
            let store = store.clone();
            tokio::spawn(async move {
                let mut tx = store.db.begin().await.unwrap();
                let take = Take { node_id: "n2", incarnation: "1", limit: 1, per_user: 0, now_ms: 100, lease_until_ms: 200, own_late_ms: 100, look: Look::ALL };
                if turns::turn(&mut tx, &[], take).await.unwrap().is_empty() {
                    return Ok(vec![]);
                }
                let mut started = events(&project, &build, vec![queued()]);
                started.claimed_as = Some(2);
                let outcome = append(&mut tx, &[started], false, 1).await;
                tx.commit().await.unwrap();
                outcome
            })
        };
        let (ended, taken) = (end.await.unwrap(), takeover.await.unwrap());
        let (ended, taken) = (ended.unwrap_or_else(|e| panic!("end {n}: {e}")), taken.unwrap_or_else(|e| panic!("takeover {n}: {e}")));
        // one of them had the build, and the other changed nothing
        let had = matches!(ended[..], [Appended::Written(_)]);
        assert_ne!(had, matches!(taken[..], [Appended::Written(_)]), "{ended:?} {taken:?}");
        if !had {
            let mut end = events(&format!("p{n}"), &format!("b{n}"), vec![queued()]);
            end.fencing_token = Some(2);
            end.change = Some(Change { transition: BuildTransition::Fail, version: None, error: None });
            assert!(matches!(write(&store, end).await.unwrap()[..], [Appended::Written(_)]));
        }
    }
}
on_both!(a_takeover_that_meets_an_end_does_not_wait_in_a_circle, takeover_meets_end);

async fn write(store: &Store, item: Append) -> Result<Vec<Appended>, StoreError> {
    let mut tx = store.db.begin().await?;
    let outcomes = append(&mut tx, &[item], false, 1).await?;
    tx.commit().await?;
    Ok(outcomes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_frozen_inside_a_transaction_does_not_keep_its_rows() {
    let store = Store::open(Kind::Postgres).await;
    store.build("p", "a").await;
    let mut frozen = store.db.begin().await.unwrap();
    append(&mut frozen, &[events("p", "a", vec![queued()])], false, 1).await.unwrap();
    // the other one waits for the row, and gets it when the database ends the first one's session
    let outcomes = store.append(&[events("p", "a", vec![queued()])]).await;
    assert!(matches!(&outcomes[..], [Appended::Written(written)] if written[0].seq == 1), "{outcomes:?}");
    assert!(frozen.commit().await.is_err());
}
