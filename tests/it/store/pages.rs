//! Pages of builds, and the order in which projects are locked.

use super::Store;
use crate::support::{Kind, Postgres, on_both};
use buildcast::domain::build::BuildState;
use buildcast::domain::page::PageCursor;
use buildcast::store::builds::{self, BuildFilter, NewBuild};
use buildcast::store::projects::ProjectRow;
use buildcast::store::{Database, jobs, projects, queue};

async fn build_at(store: &Store, project: &str, id: &str, user: &str, at_ms: i64) {
    store.add_project(project).await;
    let new = NewBuild { id, project_id: project, user_id: user, source_key: "s", id_source: "server", created_by_service: "test", ..NewBuild::default() };
    let mut tx = store.db.begin().await.unwrap();
    builds::insert(&mut tx, &new, at_ms).await.unwrap();
    tx.commit().await.unwrap();
}

async fn newest_first(kind: Kind) {
    let store = Store::open(kind).await;
    for (id, user, at_ms) in [("a", "u", 1), ("c", "u", 2), ("b", "v", 2), ("d", "u", 2), ("e", "v", 3)] {
        build_at(&store, &format!("p-{id}"), id, user, at_ms).await;
    }
    let page = async |filter: BuildFilter<'_>, after: Option<(i64, &str)>, limit| {
        let after = after.map(|(created_at_ms, id)| PageCursor { created_at_ms, id: id.into() });
        let rows = builds::page(&store.db, filter, after.as_ref(), limit).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<String>()
    };
    let all = BuildFilter::default();
    let user = BuildFilter { user_id: Some("u"), ..all };
    let project = BuildFilter { project_id: Some("p-b"), ..all };
    assert_eq!(page(all, None, 9).await, "edcba");
    assert_eq!(page(all, Some((2, "d")), 2).await, "cb");
    // one that is not there, or gone, is a place all the same
    assert_eq!(page(all, Some((2, "bb")), 9).await, "ba");
    assert_eq!(page(all, Some((1, "a")), 9).await, "");
    assert_eq!(page(user, None, 9).await, "dca");
    assert_eq!(page(user, Some((2, "d")), 9).await, "ca");
    assert_eq!(page(project, None, 9).await, "b");
    assert_eq!(page(BuildFilter { user_id: Some("u"), ..project }, None, 9).await, "");
    assert_eq!(page(BuildFilter { user_id: Some("v"), ..project }, None, 9).await, "b");
    for filter in [all, user, project] {
        assert!(!page(BuildFilter { state: Some(BuildState::Queued), ..filter }, None, 9).await.is_empty());
        assert!(page(BuildFilter { state: Some(BuildState::Failed), ..filter }, None, 9).await.is_empty());
    }
}
on_both!(builds_come_newest_first_and_by_their_filter, newest_first);

async fn waits(kind: Kind) {
    let store = Store::open(kind).await;
    for (build, priority, run_at_ms) in [("a", 0, 1), ("b", 0, 500), ("c", 9, 900), ("d", 5, 1)] {
        build_at(&store, build, build, "u", 1).await;
        let mut tx = store.db.begin().await.unwrap();
        jobs::enqueue(&mut tx, build, "u", priority, run_at_ms, 1).await.unwrap();
        tx.commit().await.unwrap();
    }
    let places = queue::positions(&store.db, ["a", "b", "c", "d", "x"].into_iter()).await.unwrap();
    // those that may begin now by priority, then the delayed: where they would stand if their time came now
    assert_eq!([places["d"], places["a"], places["c"], places["b"]], [1, 2, 3, 3]);
    for (build, place) in &places {
        assert_eq!(queue::position(&store.db, build).await.unwrap(), Some(*place), "{build}");
    }
}
on_both!(a_delayed_job_stands_behind_all_that_wait, waits);

async fn in_order(db: &Database) -> String {
    let mut tx = db.begin().await.unwrap();
    for id in ["b", "A", "a", "-c", "B-"] {
        let project =
            ProjectRow { id: id.into(), user_id: "u".into(), name: "n".into(), source_key: "s".into(), preview_version_id: None, id_source: "client".into() };
        projects::insert(&mut tx, &project, "test", 1).await.unwrap();
    }
    let rows = projects::lock_all(&mut tx, &["b", "nothing", "a", "A", "B-", "-c"]).await.unwrap();
    rows.into_iter().map(|row| row.id).collect::<Vec<_>>().join(" ")
}

/// Whoever sorts ids in the program has to meet the same order in the database, whatever that sorts words by.
#[tokio::test]
async fn projects_are_locked_in_the_order_of_their_bytes() {
    assert_eq!(in_order(&Store::open(Kind::Sqlite).await.db).await, "-c A B- a b");
    let postgres = Postgres::start();
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&postgres.url()).await.unwrap();
    sqlx::query("CREATE DATABASE worded TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'").execute(&mut connection).await.unwrap();
    let url = postgres.url().replace("///postgres?", "///worded?");
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
    let (words_go_first,): (bool,) = sqlx::query_as("SELECT 'a' < 'B'").fetch_one(&mut connection).await.unwrap();
    assert!(words_go_first, "this database sorts by bytes, too");
    let db = Database::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    assert_eq!(in_order(&db).await, "-c A B- a b");
}
