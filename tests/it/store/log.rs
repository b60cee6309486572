//! The log: numbers without gaps, in commit order, whoever writes at once; nothing from a fenced worker.

use super::{Store, events, progress, queued};
use crate::support::{Kind, on_both};
use buildcast::domain::build::BuildTransition;
use buildcast::domain::event::{BuildFailed, EventDraft, StoredEvent};
use buildcast::store::events::{Appended, Change, append};
use buildcast::store::history::{of_build, of_project};
use buildcast::store::looks::Look;
use buildcast::store::turns::{self, Take};
use std::collections::BTreeSet;

fn written(outcome: &Appended) -> &[StoredEvent] {
    match outcome {
        Appended::Written(events) => events,
        other => panic!("{other:?}"),
    }
}

async fn numbers_have_no_gap(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("p1", "a").await;
    store.build("p2", "b").await;
    // one transaction over two builds, one of them twice
    let batch = [events("p1", "a", vec![queued(), progress(1, 4)]), events("p2", "b", vec![queued()]), events("p1", "a", vec![progress(2, 4)])];
    let outcomes = store.append(&batch).await;
    let seqs: Vec<Vec<(i64, i64)>> = outcomes.iter().map(|o| written(o).iter().map(|e| (e.seq, e.project_seq)).collect()).collect();
    assert_eq!(seqs, [vec![(1, 1), (2, 2)], vec![(1, 1)], vec![(3, 3)]]);
    let stored = of_build(&store.db, "a", 0, 10).await.unwrap();
    assert_eq!(stored.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(stored[1..].to_vec(), of_build(&store.db, "a", 1, 10).await.unwrap());
    assert_eq!(stored[1].body, written(&outcomes[0])[1].body);
}
on_both!(numbers_have_no_gap_within_a_batch, numbers_have_no_gap);

async fn racing_writers(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("p", "a").await;
    store.build("q", "c").await;
    let writers = (0..8).map(|n| {
        let db = store.db.clone();
        tokio::spawn(async move {
            for step in 0..10 {
                let (project, build) = if (n + step) % 2 == 0 { ("p", "a") } else { ("q", "c") };
                let both = [events(project, build, vec![progress(step, 10), progress(step, 10)])];
                let mut tx = db.begin().await.unwrap();
                append(&mut tx, &both, false, 1).await.unwrap();
                tx.commit().await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    for (project, build) in [("p", "a"), ("q", "c")] {
        let of_build = of_build(&store.db, build, 0, 1000).await.unwrap();
        assert_eq!(of_build.iter().map(|e| e.seq).collect::<Vec<_>>(), (1..=80).collect::<Vec<_>>());
        assert_eq!(of_project(&store.db, project, 0, 1000).await.unwrap(), of_build);
        assert_eq!(of_build.iter().map(|e| &e.event_id).collect::<BTreeSet<_>>().len(), 80);
        // progress never falls, in the order of the log
        let progress: Vec<f64> =
            of_build.iter().map(|e| serde_json::from_str::<serde_json::Value>(&e.body).unwrap()["overall_progress"].as_f64().unwrap()).collect();
        assert!(progress.is_sorted(), "{progress:?}");
    }
}
on_both!(racing_writers_leave_no_gap, racing_writers);

async fn an_end_is_the_end(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("p", "a").await;
    let mut tx = store.db.begin().await.unwrap();
    let take = Take { node_id: "n", incarnation: "1", limit: 1, per_user: 0, now_ms: 1, lease_until_ms: 100, own_late_ms: 0, look: Look::ALL };
    assert_eq!(turns::turn(&mut tx, &[], take).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    // the claim that the lease belongs to tells the build its token
    let mut claim = events("p", "a", vec![queued()]);
    claim.claimed_as = Some(1);
    store.append(&[claim]).await;
    let with = |token, drafts, transition: Option<BuildTransition>| {
        let mut item = events("p", "a", drafts);
        item.fencing_token = token;
        item.change = transition.map(|transition| Change { transition, version: None, error: None });
        item
    };
    let failed = || EventDraft::new(queued().event_id, 1, BuildFailed { reason: None, exit_code: None, duration: None, phase: None, recoverable: None });
    // a token that is not the current one writes nothing, while its neighbour in the batch does
    let outcomes = store.append(&[with(Some(0), vec![queued()], None), with(Some(1), vec![queued()], Some(BuildTransition::Claim))]).await;
    assert!(matches!(outcomes[..], [Appended::Fenced, Appended::Written(_)]));
    // the state machine lacks queued twice and deployed from here
    assert!(matches!(store.append(&[with(Some(1), vec![queued()], Some(BuildTransition::Claim))]).await[..], [Appended::Refused(_)]));
    assert!(matches!(store.append(&[with(Some(1), vec![failed()], Some(BuildTransition::Fail))]).await[..], [Appended::Written(_)]));
    // nothing follows, not even from the worker that ended it
    assert!(matches!(store.append(&[with(Some(1), vec![queued()], None)]).await[..], [Appended::Fenced]));
    assert!(matches!(store.append(&[with(None, vec![failed()], Some(BuildTransition::Cancel))]).await[..], [Appended::Refused(_)]));
    let stored = of_build(&store.db, "a", 0, 10).await.unwrap();
    assert_eq!(stored.iter().map(|e| e.finished).collect::<Vec<_>>(), [false, false, true]);
}
on_both!(nothing_follows_a_builds_last_event, an_end_is_the_end);

async fn a_lost_answer(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("p", "a").await;
    let item = [events("p", "a", vec![queued(), progress(1, 2)])];
    let first = store.append(&item).await;
    let mut tx = store.db.begin().await.unwrap();
    let again = append(&mut tx, &item, true, 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(first, again);
    assert_eq!(of_build(&store.db, "a", 0, 10).await.unwrap().len(), 2);
}
on_both!(a_commit_whose_answer_got_lost_can_be_repeated, a_lost_answer);

async fn a_dropped_transaction(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("p", "a").await;
    let mut tx = store.db.begin().await.unwrap();
    append(&mut tx, &[events("p", "a", vec![queued()])], false, 1).await.unwrap();
    drop(tx);
    let outcomes = store.append(&[events("p", "a", vec![queued()])]).await;
    assert_eq!(written(&outcomes[0])[0].seq, 1);
}
on_both!(a_transaction_that_is_dropped_leaves_no_gap, a_dropped_transaction);
