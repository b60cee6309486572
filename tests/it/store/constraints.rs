//! What the database itself refuses, whoever asks.

use super::Store;
use crate::support::{Kind, on_both};
use buildcast::domain::build::BuildState;
use buildcast::store::StoreError;

async fn second_build(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("p", "a").await;
    let refused = store.add_build("p", "b").await;
    assert!(matches!(refused, Err(StoreError::Exists(_))), "{refused:?}");
}
on_both!(a_project_has_one_active_build, second_build);

/// Sets a build's states past all code of ours.
async fn force(kind: Kind, previous: Option<&str>, current: &str) -> bool {
    let value = previous.map_or("NULL".to_owned(), |word| format!("'{word}'"));
    let text = format!(
        "INSERT INTO builds (id, project_id, user_id, previous_state, current_state, source_key, id_source, created_by_service, created_at_ms)
         VALUES ('x', 'p', 'u', {value}, '{current}', 's', 'server', 'test', 1)"
    );
    let folder = tempfile::tempdir().unwrap();
    let postgres = (kind == Kind::Postgres).then(crate::support::Postgres::start);
    let url = postgres.as_ref().map_or_else(|| format!("sqlite://{}/db", folder.path().display()), crate::support::Postgres::url);
    let db = buildcast::store::Database::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    let store = Store { db, _postgres: None, _folder: folder };
    store.add_project("p").await;
    let text = sqlx::AssertSqlSafe(text);
    if kind == Kind::Postgres {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
        sqlx::query(text).execute(&mut connection).await.is_ok()
    } else {
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
        sqlx::query(text).execute(&mut connection).await.is_ok()
    }
}

async fn transitions(kind: Kind) {
    for current in BuildState::ALL {
        for previous in [None, Some(BuildState::Queued), Some(BuildState::Building), Some(BuildState::Deployed)] {
            let allowed = match previous {
                None => current == BuildState::Queued,
                Some(previous) => previous.valid_next().contains(&current),
            };
            let stored = force(kind, previous.map(BuildState::word), current.word()).await;
            assert_eq!(stored, allowed, "{previous:?} -> {current:?}");
        }
    }
}

#[tokio::test]
async fn the_check_repeats_the_state_machine() {
    transitions(Kind::Sqlite).await;
}

#[tokio::test]
async fn the_check_repeats_the_state_machine_on_postgres() {
    // one server for a few telling pairs: the text is the same as SQLite's
    assert!(force(Kind::Postgres, Some("building"), "deployed").await);
    assert!(!force(Kind::Postgres, None, "building").await);
    assert!(!force(Kind::Postgres, Some("deployed"), "queued").await);
}
