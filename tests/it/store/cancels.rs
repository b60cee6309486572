//! Requests to cancel.

use super::Store;
use crate::support::{Kind, on_both};
use buildcast::store::cancels::{self, CancelRequest};
use buildcast::store::jobs::{self, Lease};

async fn requests(kind: Kind) {
    let store = Store::open(kind).await;
    for (build, node) in [("a", Some("n1")), ("b", Some("n2")), ("c", None)] {
        store.build(&format!("p{build}"), build).await;
        let mut tx = store.db.begin().await.unwrap();
        if let Some(node_id) = node {
            jobs::lease(&mut tx, Lease { build_id: build, node_id, fencing_token: 4 }, 50).await.unwrap();
        }
        assert_eq!(cancels::lock_job(&mut tx, build).await.unwrap(), Some(node.is_some()));
        tx.commit().await.unwrap();
    }
    let request = async |build, now_ms| {
        let mut tx = store.db.begin().await.unwrap();
        cancels::request(&mut tx, build, now_ms).await.unwrap();
        tx.commit().await.unwrap();
    };
    assert_eq!(cancels::of_node(&store.db, "n1").await.unwrap(), []);
    for build in ["a", "b"] {
        request(build, 10).await;
        // the first one counts
        request(build, 20).await;
    }
    let of_a = CancelRequest { build_id: "a".into(), fencing_token: 4, requested_at_ms: 10 };
    assert_eq!(cancels::of_node(&store.db, "n1").await.unwrap(), [of_a]);
    assert_eq!(cancels::of_node(&store.db, "n3").await.unwrap(), []);
    // whoever claims it next is told, and a node that has it no more is not
    let mut tx = store.db.begin().await.unwrap();
    assert!(jobs::hand_back(&mut tx, Lease { build_id: "a", node_id: "n1", fencing_token: 4 }).await.unwrap());
    let claimable = jobs::claimable(&mut tx, 1, 5).await.unwrap();
    let told: Vec<_> = claimable.iter().map(|job| (job.build_id.as_str(), job.cancel_requested_at_ms)).collect();
    assert_eq!(told, [("a", Some(10)), ("c", None)]);
    jobs::remove(&mut tx, "a").await.unwrap();
    assert_eq!(cancels::lock_job(&mut tx, "a").await.unwrap(), None);
    tx.commit().await.unwrap();
    assert_eq!(cancels::of_node(&store.db, "n1").await.unwrap(), []);
}
on_both!(a_request_reaches_the_node_that_has_the_job_or_the_next_claim, requests);
