//! What a turn says of the jobs that it takes, where it begins, and what a database of before has of them.

use super::queue::enqueue;
use super::{Store, new_build};
use crate::support::{Kind, Postgres, on_both};
use buildcast::store::builds::NewBuild;
use buildcast::store::jobs::Lease;
use buildcast::store::looks::{Look, Round};
use buildcast::store::turns::{self, Take};
use buildcast::store::{Database, builds, jobs};

/// A claim that was given back in its own transaction does not count: nobody was told of it.
async fn first(kind: Kind) {
    let store = Store::open(kind).await;
    enqueue(&store, "a0", "a", 0, 1, 1).await;
    enqueue(&store, "a1", "a", 0, 1, 1).await;
    let take = |now_ms, per_user| Take {
        node_id: "n",
        incarnation: "1",
        limit: 5,
        per_user,
        now_ms,
        lease_until_ms: now_ms + 10,
        own_late_ms: now_ms,
        look: Look::ALL,
    };
    let taken = async |done: &[Lease<'_>], take| {
        let mut tx = store.db.begin().await.unwrap();
        let jobs = turns::turn(&mut tx, done, take).await.unwrap();
        tx.commit().await.unwrap();
        jobs.into_iter().map(|job| (job.build_id.clone(), job.is_first(), job.started_at_ms, job.late)).collect::<Vec<_>>()
    };
    assert_eq!(taken(&[], take(100, 1)).await, [("a0".to_owned(), true, 100, false)]);
    assert_eq!(taken(&[], take(200, 1)).await, [("a0".to_owned(), false, 100, true)]);
    let done = [Lease { build_id: "a0", fencing_token: 2 }];
    assert_eq!(taken(&done, take(205, 1)).await, [("a1".to_owned(), true, 205, false)]);
}
on_both!(a_claim_knows_whether_it_is_the_first_and_when_that_was, first);

/// Who runs a build can say which request started it.
async fn requested(kind: Kind) {
    let store = Store::open(kind).await;
    store.add_project("p").await;
    let mut tx = store.db.begin().await.unwrap();
    builds::insert(&mut tx, &NewBuild { request_id: Some("req_1"), ..new_build("p", "b") }, 1).await.unwrap();
    jobs::enqueue(&mut tx, "b", "u", 0, 1, 1).await.unwrap();
    tx.commit().await.unwrap();
    store.build("q", "without").await;
    let take = Take { node_id: "n", incarnation: "1", limit: 5, per_user: 0, now_ms: 100, lease_until_ms: 110, own_late_ms: 100, look: Look::ALL };
    let mut tx = store.db.begin().await.unwrap();
    let jobs = turns::turn(&mut tx, &[], take).await.unwrap();
    tx.commit().await.unwrap();
    let mut requests: Vec<_> = jobs.into_iter().map(|job| (job.build_id, job.request_id)).collect();
    requests.sort();
    assert_eq!(requests, [("b".to_owned(), Some("req_1".to_owned())), ("without".to_owned(), None)]);
}
on_both!(a_claim_knows_the_request_that_started_its_build, requested);

/// A turn may pass over the front of the queue, but not when it finds too little behind it.
async fn places(kind: Kind) {
    let store = Store::open(kind).await;
    for n in 0..5 {
        enqueue(&store, &format!("b{n}"), "u", 0, 1, 1).await;
    }
    let taken = async |limit, round: Option<i64>| {
        let look = Look { late: false, from: round.map(|round| Round { priority: 0, round }) };
        let take = Take { node_id: "n", incarnation: "1", limit, per_user: 0, now_ms: 100, lease_until_ms: 110, own_late_ms: 100, look };
        let mut tx = store.db.begin().await.unwrap();
        let jobs = turns::turn(&mut tx, &[], take).await.unwrap();
        tx.commit().await.unwrap();
        (turns::place_after(&jobs, limit).map(|place| place.round), jobs.into_iter().map(|job| job.build_id).collect::<Vec<_>>())
    };
    assert_eq!(taken(1, Some(3)).await, (Some(3), vec!["b2".to_owned()]));
    enqueue(&store, "urgent", "u", 1, 1, 1).await;
    assert_eq!(taken(1, Some(3)).await, (Some(4), vec!["b3".to_owned()]));
    let rest: Vec<_> = ["urgent", "b0", "b1", "b4"].map(str::to_owned).into();
    assert_eq!(taken(5, Some(5)).await, (None, rest));
}
on_both!(a_turn_goes_on_where_the_last_one_ended, places);

/// Jobs of before learn what their builds know, and are held by those who held them.
async fn upgraded(kind: Kind) {
    let before = [include_str!("../../../migrations/0001_spine.sql"), include_str!("../../../migrations/0002_engine.sql")];
    let rows = "INSERT INTO projects (id, user_id, name, source_key, id_source, created_by_service, created_at_ms, updated_at_ms)
            VALUES ('p', 'u', 'n', 's', 'server', 'test', 1, 1), ('q', 'u', 'n', 's', 'server', 'test', 1, 1);
        INSERT INTO builds (id, project_id, user_id, previous_state, current_state, source_key, id_source, created_by_service, created_at_ms, started_at_ms)
            VALUES ('held', 'p', 'u', 'queued', 'building', 'sp', 'server', 'test', 1, 7), ('back', 'q', 'u', '', 'queued', 'sq', 'server', 'test', 1, NULL);
        INSERT INTO jobs (build_id, user_id, state, round, run_at_ms, enqueued_at_ms, attempts, fencing_token, node_id, lease_until_ms)
            VALUES ('held', 'u', 'leased', 1, 1, 1, 1, 1, 'n', 50), ('back', 'u', 'ready', 2, 1, 1, 0, 3, NULL, NULL);";
    let claims = include_str!("../../../migrations/0003_claims.sql").replace("-- postgres: ", if kind == Kind::Postgres { "" } else { "-- " });
    let requests = include_str!("../../../migrations/0009_build_requests.sql");
    let folder = tempfile::tempdir().unwrap();
    let postgres = (kind == Kind::Postgres).then(Postgres::start);
    let url = postgres.as_ref().map_or_else(|| format!("sqlite://{}/db?mode=rwc", folder.path().display()), Postgres::url);
    let text = sqlx::AssertSqlSafe([&before.join("\n"), rows, &claims, requests].join("\n"));
    if kind == Kind::Sqlite {
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
        sqlx::raw_sql(text).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
        sqlx::raw_sql(text).execute(&mut connection).await.unwrap();
    }
    let db = Database::open(&url).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let take = Take { node_id: "m", incarnation: "1", limit: 5, per_user: 0, now_ms: 50, lease_until_ms: 60, own_late_ms: 0, look: Look::ALL };
    let jobs = turns::turn(&mut tx, &[], take).await.unwrap();
    let of = |at: usize| (jobs[at].build_id.as_str(), jobs[at].project_id.as_str(), jobs[at].source_key.as_str(), jobs[at].is_first(), jobs[at].started_at_ms);
    assert_eq!((of(0), of(1), jobs.len()), (("held", "p", "sp", false, 7), ("back", "q", "sq", true, 50), 2));
}
on_both!(jobs_of_before_are_taken_on, upgraded);
