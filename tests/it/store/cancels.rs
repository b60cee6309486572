//! Requests to cancel.

use super::Store;
use crate::support::{Kind, on_both};
use buildcast::store::cancels::{self, CancelRequest};
use buildcast::store::jobs::{self, Lease};
use buildcast::store::looks::Look;
use buildcast::store::turns::{self, Take};

fn take(node_id: &str) -> Take<'_> {
    Take { node_id, incarnation: "1", limit: 5, per_user: 0, now_ms: 1, lease_until_ms: 50, own_late_ms: 0, look: Look::ALL }
}

async fn requests(kind: Kind) {
    let store = Store::open(kind).await;
    for (build, node) in [("a", Some("n1")), ("b", Some("n2")), ("c", None)] {
        store.build(&format!("p{build}"), build).await;
        let mut tx = store.db.begin().await.unwrap();
        if let Some(node) = node {
            assert_eq!(turns::turn(&mut tx, &[], take(node)).await.unwrap().len(), 1);
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
    let of_a = CancelRequest { build_id: "a".into(), fencing_token: 1, requested_at_ms: 10 };
    assert_eq!(cancels::of_node(&store.db, "n1").await.unwrap(), [of_a]);
    assert_eq!(cancels::of_node(&store.db, "n3").await.unwrap(), []);
    // whoever claims it next is told, and a node that has it no more is not
    let mut tx = store.db.begin().await.unwrap();
    assert!(jobs::hand_back(&mut tx, Lease { build_id: "a", fencing_token: 1 }).await.unwrap());
    let taken = turns::turn(&mut tx, &[], take("n3")).await.unwrap();
    let told: Vec<_> = taken.iter().map(|job| (job.build_id.as_str(), job.cancel_requested_at_ms)).collect();
    assert_eq!(told, [("a", Some(10)), ("c", None)]);
    jobs::remove(&mut tx, "a").await.unwrap();
    assert_eq!(cancels::lock_job(&mut tx, "a").await.unwrap(), None);
    tx.commit().await.unwrap();
    assert_eq!(cancels::of_node(&store.db, "n1").await.unwrap(), []);
}
on_both!(a_request_reaches_the_node_that_has_the_job_or_the_next_claim, requests);
