//! What is left of a request with a key when its transaction breaks, or its server is killed: nothing, or all of it.

use super::{Told, keyed, start};
use crate::kills::dice::Dice;
use crate::support::process::ServerProcess;
use crate::support::project::site;
use crate::support::vault::execute;
use crate::support::{Client, Kind, Postgres, TestServer, on_both};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::Method;
use serde_json::{Value, json};

/// Kills of one run.
const KILLS: usize = 12;
/// Clients that start at once.
const CLIENTS: usize = 4;

/// The statements of a start that write, by what they do to which table.
const WRITES: &[(&str, &str)] = &[
    ("INSERT", "idempotency_keys"),
    ("INSERT", "projects"),
    ("INSERT", "builds"),
    ("INSERT", "jobs"),
    ("INSERT", "project_build_events"),
    ("UPDATE", "projects"),
    ("UPDATE", "builds"),
    ("UPDATE", "idempotency_keys"),
];

/// Makes a kind of statement fail, or work again.
async fn broken(server: &TestServer, kind: Kind, (verb, table): (&str, &str), broken: bool) {
    let text = match (kind, broken) {
        (Kind::Sqlite, true) => format!("CREATE TRIGGER broken BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"),
        (Kind::Sqlite, false) => "DROP TRIGGER broken".to_owned(),
        (Kind::Postgres, true) => format!("CREATE TRIGGER broken BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION break_it()"),
        (Kind::Postgres, false) => format!("DROP TRIGGER broken ON {table}"),
    };
    server.execute(&text).await;
}

async fn broken_off(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    if kind == Kind::Postgres {
        server.execute("CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$").await;
    }
    for (n, write) in WRITES.iter().enumerate() {
        let (key, user) = (format!("k{n}"), format!("u{n}"));
        broken(&server, kind, *write, true).await;
        let failed = start(&server, &key, &site(&user)).await;
        assert_eq!((failed.status, failed.code().as_str(), failed.replayed), (500, "INTERNAL_ERROR", false), "{write:?} {failed:?}");
        broken(&server, kind, *write, false).await;
        // of what broke nothing is there
        for table in ["builds", "projects", "jobs", "idempotency_keys"] {
            assert_eq!(server.count(table).await as usize, n, "{table} after {write:?}");
        }
        let done = start(&server, &key, &site(&user)).await;
        assert_eq!((done.status, done.replayed), (202, false), "{write:?} {done:?}");
        assert_eq!(start(&server, &key, &site(&user)).await, done.again());
    }
}
on_both!(a_transaction_that_breaks_at_any_statement_leaves_neither_work_nor_record, broken_off);

/// Sends starts under keys of their own until the server is gone; each with its answer, when that came.
async fn starts(client: Client, name: String) -> Vec<(String, Option<Told>)> {
    let mut sent = vec![];
    for n in 0.. {
        let key = format!("{name}-{n}");
        match keyed(&client, Method::POST, "/v1/builds", &key, &asked(&key)).send().await {
            Ok(response) if response.status() == 202 => match response.bytes().await {
                Ok(body) => {
                    let body = String::from_utf8(body.to_vec()).unwrap();
                    sent.push((key, Some(Told { status: 202, content_type: "application/json".into(), body, replayed: false })));
                }
                Err(_) => {
                    sent.push((key, None));
                    break;
                }
            },
            Ok(response) => panic!("{:?}", Told::of(response).await),
            Err(_) => {
                sent.push((key, None));
                break;
            }
        }
    }
    sent
}

/// The start under a key: its user has no other.
fn asked(key: &str) -> Value {
    json!({"userId": key, "templateFiles": {"index.html": "<p>x"}})
}

async fn killed(kind: Kind) {
    let seed = SystemClock.now_ms().unsigned_abs();
    println!("seed {seed}");
    let (mut dice, folder) = (Dice::of(seed, 0), tempfile::tempdir().unwrap());
    let postgres = (kind == Kind::Postgres).then(Postgres::start);
    let url = postgres.as_ref().map_or_else(|| format!("sqlite://{}/buildcast.db", folder.path().display()), Postgres::url);
    let settings = [("DATABASE_URL", url.as_str()), ("BUILDCAST_NODE_ROLE", "api,preview")];
    let mut server = ServerProcess::start(folder.path(), &settings);
    let (mut known, mut unanswered, mut found) = (vec![], 0, 0);
    for round in 0..KILLS {
        let clients: Vec<_> = (0..CLIENTS).map(|n| tokio::spawn(starts(server.client.clone(), format!("r{round}-c{n}")))).collect();
        tokio::time::sleep(dice.millis(20, 250)).await;
        server.kill();
        server = ServerProcess::start(folder.path(), &settings);
        for client in clients {
            for (key, before) in client.await.unwrap() {
                let request = || keyed(&server.client, Method::POST, "/v1/builds", &key, &asked(&key)).send();
                let retried = Told::of(request().await.unwrap()).await;
                assert_eq!(retried.status, 202, "seed {seed}, {key}: {retried:?}");
                match before {
                    Some(before) => assert_eq!(retried, before.again(), "seed {seed}, {key}"),
                    None => (unanswered, found) = (unanswered + 1, found + usize::from(retried.replayed)),
                }
                assert_eq!(Told::of(request().await.unwrap()).await, retried.again(), "seed {seed}, {key}");
                known.push(key);
            }
        }
    }
    println!("{kind:?}: {KILLS} kills, {} keys, {unanswered} without an answer, of which {found} were done", known.len());
    server.kill();
    execute(&url, "CREATE TABLE found AS SELECT user_id, COUNT(*) AS builds FROM builds GROUP BY user_id").await;
    let checker = checked(&url).await;
    assert_eq!(checker, (known.len() as i64, known.len() as i64), "seed {seed}: keys and builds");
}
on_both!(each_key_has_one_build_whenever_its_server_is_killed, killed);

/// Users that have builds, and their builds.
async fn checked(url: &str) -> (i64, i64) {
    const TEXT: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(builds), 0) AS BIGINT) FROM found";
    if url.starts_with("sqlite") {
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(url).await.unwrap();
        sqlx::query_as(TEXT).fetch_one(&mut connection).await.unwrap()
    } else {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(url).await.unwrap();
        sqlx::query_as(TEXT).fetch_one(&mut connection).await.unwrap()
    }
}
