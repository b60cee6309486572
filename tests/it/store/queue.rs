//! The queue: claims, leases, fencing tokens.

use super::{Store, events, queued};
use crate::support::{Kind, on_both};
use buildcast::domain::build::BuildTransition;
use buildcast::store::StoreError;
use buildcast::store::events::{Append, Appended, Change, append};
use buildcast::store::jobs::{self, Lease};

async fn claimed(store: &Store, node: &str, now_ms: i64, limit: i64) -> Vec<(String, i64)> {
    let mut tx = store.db.begin().await.unwrap();
    let jobs = jobs::claimable(&mut tx, now_ms, limit).await.unwrap();
    let mut taken = vec![];
    for job in jobs {
        let lease = Lease { build_id: &job.build_id, node_id: node, fencing_token: job.fencing_token + 1 };
        jobs::lease(&mut tx, lease, now_ms + 10).await.unwrap();
        taken.push((job.build_id.clone(), job.fencing_token + 1));
    }
    tx.commit().await.unwrap();
    taken
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
    let first = Lease { build_id: "a", node_id: "n1", fencing_token: 1 };
    assert!(renew(first, 120).await);
    assert_eq!(claimed(&store, "n2", 115, 5).await, []);
    // the lease is over: another takes the job, and the former holder can neither renew nor hand it back
    assert_eq!(claimed(&store, "n2", 121, 5).await, [("a".to_owned(), 2)]);
    assert!(!renew(first, 200).await);
    let mut tx = store.db.begin().await.unwrap();
    assert!(!jobs::hand_back(&mut tx, first).await.unwrap());
    assert!(jobs::hand_back(&mut tx, Lease { build_id: "a", node_id: "n2", fencing_token: 2 }).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(claimed(&store, "n1", 121, 5).await, [("a".to_owned(), 3)]);
    // a node's former self's leases end at once
    let mut tx = store.db.begin().await.unwrap();
    assert_eq!(jobs::end_leases_of(&mut tx, "n1").await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(claimed(&store, "n1", 122, 5).await, [("a".to_owned(), 4)]);
}
on_both!(a_lease_is_held_renewed_lost_and_taken_back, leases);

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

async fn order(kind: Kind) {
    let store = Store::open(kind).await;
    for (build, priority, run_at) in [("late", 0, 50), ("first", 0, 10), ("urgent", 5, 60), ("future", 9, 1000)] {
        store.add_project(build).await;
        store.add_build(build, build).await.unwrap();
        let mut tx = store.db.begin().await.unwrap();
        jobs::remove(&mut tx, build).await.unwrap();
        jobs::enqueue(&mut tx, build, "u", priority, run_at, 1).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(jobs::position(&store.db, "late").await.unwrap(), Some(4));
    assert_eq!(jobs::position(&store.db, "urgent").await.unwrap(), Some(2));
    let taken: Vec<String> = claimed(&store, "n", 100, 5).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(taken, ["urgent", "first", "late"]);
    assert_eq!(jobs::position(&store.db, "late").await.unwrap(), None);
}
on_both!(claims_go_by_priority_then_time_and_not_before_it, order);

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
                let Some(job) = jobs::claimable(&mut tx, 100, 1).await.unwrap().pop() else { return Ok(vec![]) };
                let lease = Lease { build_id: &job.build_id, node_id: "n2", fencing_token: 2 };
                jobs::lease(&mut tx, lease, 200).await.unwrap();
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
