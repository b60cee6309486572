//! The logs of builds: what their commands print, each line at its place.
//!
//! Lines are numbered under the lock of their build's row, like events; a worker whose fencing token is not the build's
//! writes nothing. The last line comes with the event that ends the build, in its transaction.

use super::database::sql;
use super::history::Located;
use super::{Database, StoreError, Transaction};
use crate::domain::build::BuildState;
use crate::domain::event::StoredEvent;
use crate::domain::log::{LOG_TRUNCATED, LineDraft, StoredLine, as_json, line_body};
use sqlx::FromRow;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// Lines to append to one build's log.
#[derive(Debug, Clone)]
pub struct AppendLines {
    /// The build.
    pub build_id: String,
    /// The token of the worker that writes.
    pub fencing_token: i64,
    /// The lines, in order.
    pub lines: Vec<LineDraft>,
}

/// What became of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendedLines {
    /// They are in the log, as far as they fit.
    Written(WrittenLines),
    /// The build is another worker's, or has ended: nothing changed.
    Fenced,
}

/// Lines that were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenLines {
    /// The lines; none of those that were there already, from a commit whose answer got lost.
    pub lines: Vec<StoredLine>,
    /// The place of the log's last line.
    pub last: i64,
    /// How many lines found no room.
    pub dropped: u64,
    /// Whether there is no room for more.
    pub full: bool,
}

#[derive(Debug, FromRow)]
struct LogHead {
    id: String,
    current_state: String,
    fencing_token: i64,
    log_seq: i64,
    log_bytes: i64,
}

/// A line to insert.
struct Row<'a> {
    build_id: &'a str,
    seq: i64,
    line: Cow<'a, LineDraft>,
}

#[derive(Debug, FromRow)]
struct LineRow {
    seq: i64,
    line_id: String,
    stream: String,
    step: String,
    text: String,
    finished: bool,
    created_at_ms: i64,
}

impl From<LineRow> for StoredLine {
    fn from(row: LineRow) -> Self {
        let body = line_body(row.seq, &row.stream, &row.step, &row.text, row.created_at_ms);
        Self { line_id: row.line_id, seq: row.seq, finished: row.finished, timestamp: row.created_at_ms, body }
    }
}

const LOCK_LOGS: (&str, &str) = (
    "SELECT id, current_state, fencing_token, log_seq, log_bytes FROM builds
     WHERE id IN (SELECT json_array_elements_text($1::json)) ORDER BY id COLLATE \"C\" FOR UPDATE",
    "SELECT id, current_state, fencing_token, log_seq, log_bytes FROM builds WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
);

/// Lines of a JSON list of rows, each an array in the order of the columns.
const INSERT_LINES: (&str, &str) = (
    "INSERT INTO build_logs (build_id, seq, line_id, stream, step, text, finished, created_at_ms)
     SELECT r->>0, (r->>1)::bigint, r->>2, r->>3, r->>4, r->>5, FALSE, (r->>6)::bigint FROM json_array_elements($1::json) AS r",
    "INSERT INTO build_logs (build_id, seq, line_id, stream, step, text, finished, created_at_ms)
     SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, FALSE, value->>6 FROM json_each($1)",
);

/// Appends lines; a log holds `bytes_max` of them, and says so once when there are more. `recheck` asks first whether the
/// lines are there already: for a commit whose answer got lost.
pub async fn append_lines(tx: &mut Transaction, items: &[AppendLines], bytes_max: i64, recheck: bool) -> Result<Vec<AppendedLines>, StoreError> {
    let ids = list(items.iter().map(|item| item.build_id.as_str()));
    let heads = sql!(tx, fetch_all as LogHead, LOCK_LOGS, ids)?;
    let mut heads: HashMap<String, LogHead> = heads.into_iter().map(|head| (head.id.clone(), head)).collect();
    let (mut outcomes, mut rows) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        let head = heads.get_mut(&item.build_id).filter(|head| head.fencing_token == item.fencing_token && head.current_state == BuildState::Building.word());
        let Some(head) = head else {
            outcomes.push(AppendedLines::Fenced);
            continue;
        };
        let there = recheck && is_there(tx, item, head).await?;
        let mut written = WrittenLines { lines: vec![], last: head.log_seq, dropped: 0, full: head.log_bytes > bytes_max };
        if !there {
            fit(item, head, bytes_max, &mut written, &mut rows);
        }
        outcomes.push(AppendedLines::Written(written));
    }
    for head in heads.values().filter(|head| rows.iter().any(|row: &Row<'_>| row.build_id == head.id)) {
        write_head(tx, head).await?;
    }
    if !rows.is_empty() {
        sql!(tx, execute, INSERT_LINES, rows_json(&rows))?;
    }
    Ok(outcomes)
}

/// Gives the lines their places, as far as there is room. The first without room makes the log more than full.
fn fit<'a>(item: &'a AppendLines, head: &mut LogHead, bytes_max: i64, written: &mut WrittenLines, rows: &mut Vec<Row<'a>>) {
    for draft in &item.lines {
        let bytes = draft.counted_bytes();
        let line = if bytes == 0 || head.log_bytes.saturating_add(bytes) <= bytes_max {
            head.log_bytes += bytes;
            Cow::Borrowed(draft)
        } else {
            written.dropped += 1;
            if head.log_bytes > bytes_max {
                continue;
            }
            head.log_bytes = bytes_max.saturating_add(1);
            Cow::Owned(draft.instead(LOG_TRUNCATED))
        };
        head.log_seq += 1;
        written.lines.push(line.place(head.log_seq));
        rows.push(Row { build_id: &item.build_id, seq: head.log_seq, line });
    }
    (written.last, written.full) = (head.log_seq, head.log_bytes > bytes_max);
}

/// A worker's lines go in one after the other: the last in the log is one of these when they were committed.
async fn is_there(tx: &mut Transaction, item: &AppendLines, head: &LogHead) -> Result<bool, StoreError> {
    let last = sql!(tx, fetch_optional as (String,), "SELECT line_id FROM build_logs WHERE build_id = $1 AND seq = $2", &item.build_id, head.log_seq)?;
    Ok(last.is_some_and(|(id,)| item.lines.iter().any(|line| line.line_id == id)))
}

async fn write_head(tx: &mut Transaction, head: &LogHead) -> Result<(), StoreError> {
    let rows = sql!(
        tx,
        execute,
        "UPDATE builds SET log_seq = $3, log_bytes = $4 WHERE id = $1 AND fencing_token = $2 AND current_state = 'building'",
        &head.id,
        head.fencing_token,
        head.log_seq,
        head.log_bytes
    )?;
    if rows == 1 { Ok(()) } else { Err(StoreError::Corrupt { table: "builds", what: format!("{} changed hands under a lock", head.id) }) }
}

/// Writes the last lines of builds that end with these events: the event's code, at the phase that it ends in.
pub(super) async fn end(tx: &mut Transaction, ends: &[(&StoredEvent, &str)]) -> Result<(), StoreError> {
    const COUNT: (&str, &str) = (
        "UPDATE builds SET log_seq = log_seq + 1 WHERE id IN (SELECT r->>0 FROM json_array_elements($1::json) AS r)",
        "UPDATE builds SET log_seq = log_seq + 1 WHERE id IN (SELECT value->>0 FROM json_each($1))",
    );
    const INSERT: (&str, &str) = (
        "INSERT INTO build_logs (build_id, seq, line_id, stream, step, text, finished, created_at_ms)
         SELECT b.id, b.log_seq, r->>1, 'system', r->>2, r->>3, TRUE, (r->>4)::bigint
         FROM json_array_elements($1::json) AS r JOIN builds b ON b.id = r->>0",
        "INSERT INTO build_logs (build_id, seq, line_id, stream, step, text, finished, created_at_ms)
         SELECT b.id, b.log_seq, value->>1, 'system', value->>2, value->>3, TRUE, value->>4
         FROM json_each($1) JOIN builds b ON b.id = value->>0",
    );
    if ends.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = ends.iter().map(|(event, phase)| (&event.build_id, &event.event_id, phase, as_json(&event.code), event.timestamp)).collect();
    let rows = serde_json::to_string(&rows).expect("rows are plain");
    sql!(tx, execute, COUNT, &rows)?;
    sql!(tx, execute, INSERT, &rows)?;
    Ok(())
}

/// A build's lines after a place, in order, at most `limit`.
pub async fn lines_after(db: &Database, build_id: &str, after: i64, limit: i64) -> Result<Vec<StoredLine>, StoreError> {
    let rows = sql!(
        db,
        fetch_all as LineRow,
        "SELECT seq, line_id, stream, step, text, finished, created_at_ms FROM build_logs WHERE build_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        build_id,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Looks a place of a build's log up.
pub async fn locate_line(db: &Database, build_id: &str, seq: i64) -> Result<Located, StoreError> {
    let event = sql!(db, fetch_optional as (String, bool), "SELECT line_id, finished FROM build_logs WHERE build_id = $1 AND seq = $2", build_id, seq)?;
    let last = sql!(db, fetch_optional as (i64,), "SELECT log_seq FROM builds WHERE id = $1", build_id)?;
    Ok(Located { event, last: last.map_or(0, |(last,)| last) })
}

/// The places of the last lines of builds' logs, by id.
pub async fn heads_of_logs(db: &Database, ids: impl Iterator<Item = &str>) -> Result<HashMap<String, i64>, StoreError> {
    const HEADS: (&str, &str) = (
        "SELECT id, log_seq FROM builds WHERE id IN (SELECT json_array_elements_text($1::json))",
        "SELECT id, log_seq FROM builds WHERE id IN (SELECT value FROM json_each($1))",
    );
    Ok(sql!(db, fetch_all as (String, i64), HEADS, list(ids))?.into_iter().collect())
}

fn rows_json(rows: &[Row<'_>]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|Row { build_id, seq, line }| (build_id, seq, &line.line_id, line.stream.word(), line.step.word(), &line.text, line.timestamp))
        .collect();
    serde_json::to_string(&rows).expect("rows are plain")
}

fn list<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    serde_json::to_string(&ids.collect::<BTreeSet<_>>()).expect("a list of strings")
}
