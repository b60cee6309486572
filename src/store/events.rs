//! The event log. Events get their numbers, and the state they tell of changes, in one transaction.
//!
//! Rows are locked jobs first, then projects, then builds, each in the order of their ids, by everybody: two writers
//! never wait for each other in a circle, and commit order is the order of the numbers.

use super::builds::state_of;
use super::database::{json_list, sql};
use super::log_rows::{BuildHead, EVENTS_BY_ID, EventRow, INSERT_EVENTS, LOCK_BUILDS, LOCK_JOBS, LOCK_PROJECTS, rows_json};
use super::payments::Payable;
use super::versions::NewVersion;
use super::{StoreError, Transaction, builds, condemned, jobs, logs, payments, projects, rollbacks, versions};
use crate::domain::build::{BuildTransition, Refused};
use crate::domain::event::{EventDraft, Numbers, StoredEvent};
use crate::domain::version::Semver;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Events to append to one build, with the change of state that they tell of.
#[derive(Debug, Clone)]
pub struct Append {
    /// The build.
    pub build_id: String,
    /// Its project.
    pub project_id: String,
    /// The token of the worker that writes; none for a writer that is no worker.
    pub fencing_token: Option<i64>,
    /// The events, in order.
    pub drafts: Vec<EventDraft>,
    /// What changes with them.
    pub change: Option<Change>,
    /// The token of the claim that these events tell of: from here on it is the build's.
    pub claimed_as: Option<i64>,
    /// What code generation has come to.
    pub generation: Generation,
}

/// What code generation has come to: the build's row learns it with the events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Generation {
    /// Seconds that a provider was used for, over all attempts; none when there is no more than the row says.
    pub ai_seconds: Option<f64>,
    /// The source that it made: what the build is built from, from here on.
    pub source_key: Option<String>,
}

/// A change of a build's state.
#[derive(Debug, Clone)]
pub struct Change {
    /// The way it goes.
    pub transition: BuildTransition,
    /// The version that a deployed build made: its row, and the preview pointer, come with the state.
    pub version: Option<NewVersion>,
    /// The error of a failed build, as JSON.
    pub error: Option<String>,
}

/// What became of an append.
#[derive(Debug, Clone, PartialEq)]
pub enum Appended {
    /// It is in the log (or was already, from a commit whose answer got lost).
    Written(Vec<StoredEvent>),
    /// Another worker has the build: nothing changed.
    Fenced,
    /// The state machine has no such way: nothing changed.
    Refused(Refused),
    /// Somebody was promised, at this time in epoch milliseconds, that the build would be cancelled: nothing changed.
    CancelRequested(i64),
}

/// Appends, each item whole or not at all; an item that is fenced or refused does not stop the others.
/// `recheck` asks first whether the events are there already: for a commit whose answer got lost.
pub async fn append(tx: &mut Transaction, items: &[Append], recheck: bool, now_ms: i64) -> Result<Vec<Appended>, StoreError> {
    let cancels = lock_jobs(tx, items).await?;
    let mut heads = Heads { cancels, projects: lock_projects(tx, items).await?, builds: lock_builds(tx, items).await?, written: BTreeSet::new() };
    let (mut outcomes, mut fresh) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        let there = if recheck { by_ids(tx, item.drafts.iter().map(|d| d.event_id.as_str())).await? } else { vec![] };
        outcomes.push(if there.is_empty() { append_one(tx, item, &mut heads, &mut fresh, now_ms).await? } else { Appended::Written(there) });
    }
    write_heads(tx, &heads, &fresh).await?;
    if !fresh.is_empty() {
        sql!(tx, execute, INSERT_EVENTS, rows_json(&fresh))?;
        let ends: Vec<_> = fresh.iter().filter(|event| event.finished).map(|event| (event, heads.builds[&event.build_id].phase)).collect();
        logs::end(tx, &ends).await?;
        payments::settle(tx, &heads.payable(&fresh)?, now_ms).await?;
    }
    Ok(outcomes)
}

/// The last numbers of the projects (by id) and builds that an append touches, as locked rows.
struct Heads {
    projects: HashMap<String, i64>,
    builds: HashMap<String, BuildHead>,
    /// When it was promised to cancel the builds that end here, where it was.
    cancels: HashMap<String, i64>,
    /// The builds that an append was not refused for.
    written: BTreeSet<String>,
}

impl Heads {
    /// The builds that end with these events and have something set aside.
    fn payable(&self, fresh: &[StoredEvent]) -> Result<BTreeMap<String, Payable>, StoreError> {
        let ended = fresh.iter().filter(|event| event.finished).map(|event| &self.builds[&event.build_id]);
        let paying = ended.filter(|build| build.reservation_id.is_some());
        paying.map(|build| Ok((build.id.clone(), Payable { state: state_of(&build.current_state)?, ai_seconds: build.ai_seconds }))).collect()
    }
}

async fn append_one(tx: &mut Transaction, item: &Append, heads: &mut Heads, fresh: &mut Vec<StoredEvent>, now_ms: i64) -> Result<Appended, StoreError> {
    let project_seq = heads.projects.get_mut(&item.project_id).ok_or_else(|| missing("projects", &item.project_id))?;
    let build = heads.builds.get_mut(&item.build_id).ok_or_else(|| missing("builds", &item.build_id))?;
    let ended = !state_of(&build.current_state)?.is_active();
    // nothing follows a build's last event, whoever writes
    if item.fencing_token.is_some_and(|token| token != build.fencing_token) || (ended && item.change.is_none()) {
        return Ok(Appended::Fenced);
    }
    let deploys = item.change.as_ref().is_some_and(|change| change.transition == BuildTransition::Deploy);
    if let Some(at_ms) = heads.cancels.get(&item.build_id).filter(|_| deploys) {
        return Ok(Appended::CancelRequested(*at_ms));
    }
    if let Some(token) = item.claimed_as {
        build.fencing_token = token;
    }
    // a sum that was told late never takes away
    build.ai_seconds = item.generation.ai_seconds.unwrap_or(0.0).max(build.ai_seconds);
    if let Some(key) = &item.generation.source_key {
        builds::set_source(tx, &item.build_id, key).await?;
        // a sweep that is about to remove it comes before this or not at all: the worker looks whether it is there, then
        condemned::take_back(tx, &[key]).await?;
    }
    if let Some(change) = &item.change
        && let Err(refused) = apply(tx, item, change, build, now_ms).await?
    {
        return Ok(Appended::Refused(refused));
    }
    let mut events = Vec::with_capacity(item.drafts.len());
    for draft in &item.drafts {
        *project_seq += 1;
        build.last_seq += 1;
        let numbers =
            Numbers { build_id: &item.build_id, seq: build.last_seq, project_id: &item.project_id, project_seq: *project_seq, progress: build.progress };
        events.push(draft.place(numbers));
        build.progress = draft.progress(build.progress);
        build.phase = draft.phase().word();
    }
    heads.written.insert(item.build_id.clone());
    fresh.extend(events.iter().cloned());
    Ok(Appended::Written(events))
}

async fn apply(tx: &mut Transaction, item: &Append, change: &Change, build: &mut BuildHead, now_ms: i64) -> Result<Result<(), Refused>, StoreError> {
    let from = state_of(&build.current_state)?;
    let to = match from.apply(change.transition) {
        Ok(to) => to,
        Err(refused) => return Ok(Err(refused)),
    };
    let started = build.started_at_ms.or_else(|| (change.transition == BuildTransition::Claim).then_some(now_ms));
    let version_id = change.version.as_ref().map(|v| v.id.as_str());
    // the WHERE repeats the rule: a row that is elsewhere by now is not touched
    let rows = sql!(
        tx,
        execute,
        "UPDATE builds SET previous_state = current_state, current_state = $3, started_at_ms = $4, finished_at_ms = $5, version_id = $6, error = $7
         WHERE id = $1 AND current_state = $2",
        &item.build_id,
        from.word(),
        to.word(),
        started,
        (!to.is_active()).then_some(now_ms),
        version_id,
        change.error.as_deref()
    )?;
    if rows != 1 {
        return Err(StoreError::Corrupt { table: "builds", what: format!("{} left {} under a lock", item.build_id, from.word()) });
    }
    build.current_state = to.word().to_owned();
    build.started_at_ms = started;
    if let Some(version) = &change.version {
        let number = Semver::after_build(versions::latest(tx, &item.project_id).await?);
        versions::insert(tx, version, number, now_ms).await?;
        projects::set_deployed(tx, &item.project_id, version, now_ms).await?;
        sql!(tx, execute, "UPDATE builds SET framework = $2 WHERE id = $1", &item.build_id, &version.framework)?;
    }
    if build.kind == "rollback" {
        rollbacks::settle(tx, &item.build_id, to, now_ms).await?;
    }
    if !to.is_active() {
        jobs::remove(tx, &item.build_id).await?;
    }
    Ok(Ok(()))
}

async fn write_heads(tx: &mut Transaction, heads: &Heads, fresh: &[StoredEvent]) -> Result<(), StoreError> {
    let projects: BTreeSet<&str> = fresh.iter().map(|e| e.project_id.as_str()).collect();
    for id in projects {
        sql!(tx, execute, "UPDATE projects SET last_seq = $2 WHERE id = $1", id, heads.projects[id])?;
    }
    for id in &heads.written {
        let head = &heads.builds[id];
        sql!(
            tx,
            execute,
            "UPDATE builds SET last_seq = $2, progress = $3, phase = COALESCE(NULLIF($4, ''), phase), fencing_token = $5, ai_seconds = $6 WHERE id = $1",
            id,
            head.last_seq,
            head.progress,
            head.phase,
            head.fencing_token,
            head.ai_seconds
        )?;
    }
    Ok(())
}

/// An end removes its build's job, and a new source is told to it; a claim may be holding it: the job comes first for both.
/// Those that are to be cancelled are answered, with the time of the request.
async fn lock_jobs(tx: &mut Transaction, items: &[Append]) -> Result<HashMap<String, i64>, StoreError> {
    let ends = |item: &Append| item.change.as_ref().is_some_and(|change| !change.transition.target().is_active());
    let written = items.iter().filter(|item| ends(item) || item.generation.source_key.is_some());
    let ids: Vec<&str> = written.map(|item| item.build_id.as_str()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let jobs = sql!(tx, fetch_all as (String, Option<i64>), LOCK_JOBS, json_list(ids.into_iter()))?;
    Ok(jobs.into_iter().filter_map(|(id, at_ms)| Some((id, at_ms?))).collect())
}

async fn lock_projects(tx: &mut Transaction, items: &[Append]) -> Result<HashMap<String, i64>, StoreError> {
    let ids = json_list(items.iter().map(|item| item.project_id.as_str()));
    let rows = sql!(tx, fetch_all as (String, i64), LOCK_PROJECTS, ids)?;
    Ok(rows.into_iter().collect())
}

async fn lock_builds(tx: &mut Transaction, items: &[Append]) -> Result<HashMap<String, BuildHead>, StoreError> {
    let ids = json_list(items.iter().map(|item| item.build_id.as_str()));
    let rows = sql!(tx, fetch_all as BuildHead, LOCK_BUILDS, ids)?;
    Ok(rows.into_iter().map(|head| (head.id.clone(), head)).collect())
}

async fn by_ids(tx: &mut Transaction, ids: impl Iterator<Item = &str>) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = sql!(tx, fetch_all as EventRow, EVENTS_BY_ID, json_list(ids))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

fn missing(table: &'static str, id: &str) -> StoreError {
    StoreError::Corrupt { table, what: format!("no row {id}") }
}
