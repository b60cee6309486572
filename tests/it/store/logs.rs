//! Logs of builds: lines without gaps, whoever writes at once; nothing from a fenced worker; one last line, with the end.

use super::{Store, events, queued};
use crate::support::{Kind, Postgres, on_both};
use buildcast::domain::build::BuildTransition;
use buildcast::domain::event::{BuildFailed, EventDraft, Phase};
use buildcast::domain::log::{LineDraft, LogStream, StoredLine};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use buildcast::store::events::{Appended, Change};
use buildcast::store::logs::{AppendLines, AppendedLines, WrittenLines, append_lines, heads_of_logs, lines_after, locate_line};
use buildcast::store::{Database, StoreError};
use serde_json::Value;

const ROOM: i64 = 1 << 20;

fn line(text: &str) -> LineDraft {
    LineDraft::new(SystemClock.new_id(), 1, LogStream::Stdout, Phase::Build, text)
}

fn lines(build: &str, token: i64, texts: &[&str]) -> AppendLines {
    AppendLines { build_id: build.into(), fencing_token: token, lines: texts.iter().map(|text| line(text)).collect() }
}

async fn write(db: &Database, items: &[AppendLines], bytes_max: i64, recheck: bool) -> Result<Vec<AppendedLines>, StoreError> {
    let mut tx = db.begin().await?;
    let outcomes = append_lines(&mut tx, items, bytes_max, recheck).await?;
    tx.commit().await?;
    Ok(outcomes)
}

fn written(outcome: &AppendedLines) -> &WrittenLines {
    match outcome {
        AppendedLines::Written(written) => written,
        AppendedLines::Fenced => panic!("fenced"),
    }
}

/// A store with builds that a worker has under token 1.
async fn building(kind: Kind, builds: &[&str]) -> Store {
    let store = Store::open(kind).await;
    for build in builds {
        store.build(&format!("p{build}"), build).await;
        change(&store, build, None, Some(1), BuildTransition::Claim, queued()).await;
    }
    store
}

async fn change(store: &Store, build: &str, token: Option<i64>, claimed_as: Option<i64>, transition: BuildTransition, draft: EventDraft) {
    let mut item = events(&format!("p{build}"), build, vec![draft]);
    (item.fencing_token, item.claimed_as) = (token, claimed_as);
    item.change = Some(Change { transition, version: None, error: None });
    assert!(matches!(store.append(&[item]).await[..], [Appended::Written(_)]));
}

fn failed() -> EventDraft {
    let failed = BuildFailed { reason: None, exit_code: None, duration: None, phase: Some(Phase::Build), recoverable: None };
    EventDraft::new(SystemClock.new_id(), 7, failed)
}

fn texts(stored: &[StoredLine]) -> Vec<String> {
    stored.iter().map(|line| serde_json::from_str::<Value>(&line.body).unwrap()["text"].as_str().unwrap().to_owned()).collect()
}

async fn fenced(kind: Kind) {
    let store = building(kind, &["a", "b"]).await;
    let outcomes = write(&store.db, &[lines("a", 1, &["1", "2"]), lines("b", 0, &["no"]), lines("nowhere", 1, &["no"])], ROOM, false).await.unwrap();
    assert_eq!(written(&outcomes[0]).lines.iter().map(|line| line.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(outcomes[1..], [AppendedLines::Fenced, AppendedLines::Fenced]);
    // a build that only waits has nobody who could print
    store.build("pc", "c").await;
    assert_eq!(write(&store.db, &[lines("c", 0, &["no"])], ROOM, false).await.unwrap(), [AppendedLines::Fenced]);
    // a takeover: the former worker is out at once
    let mut claim = events("pa", "a", vec![queued()]);
    claim.claimed_as = Some(2);
    store.append(&[claim]).await;
    let outcomes = write(&store.db, &[lines("a", 1, &["late"]), lines("a", 2, &["3"])], ROOM, false).await.unwrap();
    assert_eq!((&outcomes[0], written(&outcomes[1]).last), (&AppendedLines::Fenced, 3));
    change(&store, "a", Some(2), None, BuildTransition::Fail, failed()).await;
    // nothing follows the end, not even from the worker that ended it
    assert_eq!(write(&store.db, &[lines("a", 2, &["late"])], ROOM, false).await.unwrap(), [AppendedLines::Fenced]);
    let stored = lines_after(&store.db, "a", 0, 10).await.unwrap();
    assert_eq!(texts(&stored), ["1", "2", "3", "BUILD_FAILED"]);
    assert_eq!(stored.iter().map(|line| (line.seq, line.finished)).collect::<Vec<_>>(), [(1, false), (2, false), (3, false), (4, true)]);
    let last: Value = serde_json::from_str(&stored[3].body).unwrap();
    assert_eq!(last, serde_json::json!({"seq": 4, "stream": "system", "step": "build", "text": "BUILD_FAILED", "timestamp": 7}));
    assert_eq!(locate_line(&store.db, "a", 4).await.unwrap().event, Some((stored[3].line_id.clone(), true)));
    assert_eq!(heads_of_logs(&store.db, ["a", "b", "x"].into_iter()).await.unwrap(), [("a".to_owned(), 4), ("b".to_owned(), 0)].into());
    assert_eq!(lines_after(&store.db, "b", 0, 10).await.unwrap(), []);
}
on_both!(a_worker_that_lost_its_build_writes_no_line, fenced);

async fn never_started(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("pa", "a").await;
    change(&store, "a", None, None, BuildTransition::Cancel, failed()).await;
    let stored = lines_after(&store.db, "a", 0, 10).await.unwrap();
    assert_eq!((texts(&stored), stored[0].finished), (vec!["BUILD_FAILED".to_owned()], true));
}
on_both!(the_log_of_a_build_that_never_started_has_its_end, never_started);

async fn any_text(kind: Kind) {
    let store = building(kind, &["a"]).await;
    let odd = ["", "\0", "a\r\n\tb\u{1b}[0m", "\"quoted\" \\u0000 \\", "\u{2028}\u{10ffff}é"];
    let outcomes = write(&store.db, &[lines("a", 1, &odd)], ROOM, false).await.unwrap();
    let stored = lines_after(&store.db, "a", 0, 10).await.unwrap();
    assert_eq!(texts(&stored), odd);
    // read back, it is the same line to the byte
    assert_eq!(stored, written(&outcomes[0]).lines);
}
on_both!(any_text_is_kept_as_it_is, any_text);

async fn full(kind: Kind) {
    let store = building(kind, &["a"]).await;
    // short lines count 64 bytes each: there is room for three
    let mut item = lines("a", 1, &["1", "2", "3", "4", "5"]);
    item.lines.push(LineDraft::new(SystemClock.new_id(), 1, LogStream::System, Phase::Build, "BUILD_DEPLOYING"));
    let outcomes = write(&store.db, &[item.clone()], 200, false).await.unwrap();
    let first = written(&outcomes[0]);
    assert_eq!((first.dropped, first.full, first.last), (2, true, 5));
    let outcomes = write(&store.db, &[lines("a", 1, &["6"])], 200, false).await.unwrap();
    assert_eq!(outcomes, [AppendedLines::Written(WrittenLines { lines: vec![], last: 5, dropped: 1, full: true })]);
    change(&store, "a", Some(1), None, BuildTransition::Fail, failed()).await;
    let expected = ["1", "2", "3", "log_truncated", "BUILD_DEPLOYING", "BUILD_FAILED"];
    assert_eq!(texts(&lines_after(&store.db, "a", 0, 10).await.unwrap()), expected);
}
on_both!(a_full_log_says_so_once_and_still_ends, full);

async fn lost_answer(kind: Kind) {
    let store = building(kind, &["a", "b"]).await;
    let items = [lines("a", 1, &["1", "2"]), lines("b", 1, &["1"])];
    write(&store.db, &items, ROOM, false).await.unwrap();
    let again = write(&store.db, &items, ROOM, true).await.unwrap();
    assert_eq!(again.iter().map(|outcome| (written(outcome).lines.len(), written(outcome).last)).collect::<Vec<_>>(), [(0, 2), (0, 1)]);
    // and one that was not committed is written by the same call
    let next = [lines("a", 1, &["3"])];
    let outcomes = write(&store.db, &next, ROOM, true).await.unwrap();
    assert_eq!(written(&outcomes[0]).lines.len(), 1);
    assert_eq!(texts(&lines_after(&store.db, "a", 0, 10).await.unwrap()), ["1", "2", "3"]);
}
on_both!(lines_whose_commits_answer_got_lost_can_be_repeated, lost_answer);

async fn racing(kind: Kind) {
    let store = building(kind, &["a", "b"]).await;
    let writers: Vec<_> = (0..6)
        .map(|n| {
            let db = store.db.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    // in either order: the rows are locked in one
                    let mut both = [lines("a", 1, &["x", "y"]), lines("b", 1, &["x"])];
                    if n % 2 == 0 {
                        both.reverse();
                    }
                    write(&db, &both, ROOM, false).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    for (build, count) in [("a", 120), ("b", 60)] {
        let stored = lines_after(&store.db, build, 0, 1000).await.unwrap();
        assert_eq!(stored.iter().map(|line| line.seq).collect::<Vec<_>>(), (1..=count).collect::<Vec<_>>());
    }
}
on_both!(racing_writers_of_lines_leave_no_gap, racing);

/// Builds of the first version had no logs: the migration gives those that have ended their last line.
async fn upgraded(kind: Kind) {
    let (spine, engine) = (include_str!("../../../migrations/0001_spine.sql"), include_str!("../../../migrations/0002_engine.sql"));
    let rows = "INSERT INTO projects (id, user_id, name, source_key, id_source, created_by_service, created_at_ms, updated_at_ms)
            VALUES ('p', 'u', 'n', 's', 'server', 'test', 1, 1), ('q', 'u', 'n', 's', 'server', 'test', 1, 1);
        INSERT INTO builds (id, project_id, user_id, previous_state, current_state, phase, last_seq, source_key, id_source, created_by_service, created_at_ms)
            VALUES ('old', 'p', 'u', 'building', 'failed', 'build', 2, 's', 'server', 'test', 1), ('new', 'q', 'u', '', 'queued', 'setup', 1, 's', 'server', 'test', 1);
        INSERT INTO project_build_events (build_id, seq, project_id, project_seq, event_id, code, finished, body, created_at_ms)
            VALUES ('old', 1, 'p', 1, 'e1', 'BUILD_QUEUED', FALSE, '{}', 5), ('old', 2, 'p', 2, 'e2', 'BUILD_FAILED', TRUE, '{}', 9),
                   ('new', 1, 'q', 1, 'e3', 'BUILD_QUEUED', FALSE, '{}', 5);";
    let folder = tempfile::tempdir().unwrap();
    let postgres = (kind == Kind::Postgres).then(Postgres::start);
    let url = postgres.as_ref().map_or_else(|| format!("sqlite://{}/db?mode=rwc", folder.path().display()), Postgres::url);
    let text = sqlx::AssertSqlSafe([spine, rows, engine].join("\n"));
    if kind == Kind::Sqlite {
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
        sqlx::raw_sql(text).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
        sqlx::raw_sql(text).execute(&mut connection).await.unwrap();
    }
    let db = Database::open(&url).await.unwrap();
    let stored = lines_after(&db, "old", 0, 10).await.unwrap();
    assert_eq!((texts(&stored), stored[0].finished, stored[0].timestamp), (vec!["BUILD_FAILED".to_owned()], true, 9));
    assert_eq!(heads_of_logs(&db, ["old", "new"].into_iter()).await.unwrap(), [("old".to_owned(), 1), ("new".to_owned(), 0)].into());
}
on_both!(the_logs_of_builds_that_ended_before_there_were_any_end, upgraded);
