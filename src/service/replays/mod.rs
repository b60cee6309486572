//! Replays: the events of a build that has ended, once more, at their own pace times a speed, or step by step.

mod player;
mod playing;

pub(super) use playing::{Playing, Replays};

use super::access::START_TOKEN_SECONDS;
use super::idempotency::Once;
use super::{ServiceError, Services};
use crate::domain::ids::is_id;
use crate::domain::problem::{FieldError, Forbidden, Problem, QuotaExceeded};
use crate::domain::replay::{Pace, SPEEDS, Schedule, is_speed, step};
use crate::domain::time::iso;
use crate::domain::token::StreamClaims;
use crate::hub::StreamKey;
use crate::store::history;
use crate::store::replays::{self, ReplayRow};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// How long a replay is there, milliseconds: as long as the token that its start answers with.
const LIFE_MS: i64 = START_TOKEN_SECONDS * 1000;
/// Replays of a project that have not expired, at most.
const REPLAYS_MAX: i64 = 100;
/// Events of one request for steps at most.
pub const STEPS_MAX: i64 = 1000;

/// A replay that is asked for.
#[derive(Debug, Clone, Default)]
pub struct NewReplay {
    /// The build's owner, where only theirs is to be replayed.
    pub user_id: Option<String>,
    /// The place of the first event that is shown; that of the first of all unless said.
    pub from_seq: Option<i64>,
    /// Times as fast as it was, 0 for all at once; 1 unless said.
    pub speed: Option<f64>,
    /// Whether each event has to be asked for.
    pub by_steps: bool,
}

/// A replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayView {
    /// The replay.
    #[schema(example = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1")]
    pub replay_id: String,
    /// Where its events are; on a WebSocket they are the stream `replay:ID`.
    pub events_url: String,
    /// A token for its stream, for the build's, and for its project's, good for an hour.
    pub stream_token: String,
    /// When it is gone, ISO 8601.
    pub expires_at: String,
}

/// How far a replay is that goes by steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// The place of the last event that is shown; 0 before the first.
    pub seq: i64,
    /// Whether it is the last there is.
    pub finished: bool,
}

impl Services {
    /// Begins a replay of a build that has ended. It runs from when its first viewer comes.
    pub async fn start_replay(&self, build_id: &str, wanted: &NewReplay, once: &Once) -> Result<ReplayView, ServiceError> {
        check(wanted)?;
        let build = self.build_row(build_id).await?;
        if wanted.user_id.as_ref().is_some_and(|user_id| *user_id != build.user_id) {
            return Err(Problem::not_found("build").into());
        }
        let state = build.state()?;
        if state.is_active() {
            return Err(Problem::transition(state.word(), "replayed", state.valid_next().iter().map(|next| next.word())).into());
        }
        let from_seq = wanted.from_seq.unwrap_or(1);
        if self.last_seq(build_id).await? < from_seq {
            return Err(Problem::invalid("fromSeq", "out_of_range").into());
        }
        let mut tx = self.begin_once(once).await?;
        let now_ms = self.now_ms();
        let used = replays::count_of_project(&mut tx, &build.project_id, now_ms).await?;
        if used >= REPLAYS_MAX {
            return Err(QuotaExceeded { quota_type: Some("replays".into()), limit: Some(REPLAYS_MAX as u64), used: Some(used as u64) }.into());
        }
        let row = ReplayRow {
            id: self.new_id(),
            build_id: build.id,
            project_id: build.project_id,
            from_seq,
            speed: wanted.speed.unwrap_or(1.0),
            by_steps: wanted.by_steps,
            shown_seq: 0,
            started_at_ms: None,
            expires_at_ms: now_ms + LIFE_MS,
        };
        replays::insert(&mut tx, &row, now_ms).await?;
        let token = self.sign_token(&build.user_id, vec![row.build_id], vec![row.project_id], START_TOKEN_SECONDS);
        let view = ReplayView {
            events_url: format!("{}/v1/replays/{}/events", self.inner.settings.public_url, row.id),
            replay_id: row.id,
            stream_token: token.token,
            expires_at: iso(row.expires_at_ms),
        };
        once.keep(&mut tx, 201, &view).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Shows the next events of a replay that goes by steps, to everybody who looks at it; of a user's build only, where one is
    /// named.
    pub async fn step_replay(&self, id: &str, user_id: Option<&str>, count: i64, once: &Once) -> Result<StepView, ServiceError> {
        if !(1..=STEPS_MAX).contains(&count) {
            return Err(Problem::validation(vec![FieldError::new("count", format!("1 to {STEPS_MAX}"))]).into());
        }
        let row = self.replay_row(id).await?.ok_or_else(|| Problem::not_found("replay"))?;
        if let Some(user_id) = user_id
            && self.build_row(&row.build_id).await?.user_id != user_id
        {
            return Err(Problem::not_found("replay").into());
        }
        if !row.by_steps {
            return Err(Problem::invalid("id", "not_by_steps").into());
        }
        let last_seq = self.last_seq(&row.build_id).await?;
        let mut tx = self.begin_once(once).await?;
        let row = replays::lock(&mut tx, id).await?.ok_or_else(|| Problem::not_found("replay"))?;
        let seq = step(row.shown_seq, count, row.from_seq, last_seq);
        replays::show(&mut tx, id, seq).await?;
        let view = StepView { seq, finished: seq == last_seq };
        once.keep(&mut tx, 200, &view).await?;
        tx.commit().await?;
        if let Some(playing) = self.inner.replays.find(id) {
            playing.show(seq);
        }
        Ok(view)
    }

    /// The place of a build's last event.
    async fn last_seq(&self, build_id: &str) -> Result<i64, ServiceError> {
        Ok(history::heads_of_builds(&self.inner.db, std::iter::once(build_id)).await?.remove(build_id).unwrap_or(0))
    }

    /// A replay that has not expired.
    async fn replay_row(&self, id: &str) -> Result<Option<ReplayRow>, ServiceError> {
        let row = if is_id(id) { replays::find(&self.inner.db, id).await? } else { None };
        Ok(row.filter(|row| row.expires_at_ms > self.now_ms()))
    }

    /// A replay, for whoever may listen to its build; and when it is gone, epoch milliseconds. It runs from now on, unless it
    /// does already.
    pub(super) async fn permit_replay(&self, claims: Option<&StreamClaims>, id: &str) -> Result<(Arc<Playing>, i64), ServiceError> {
        let Some(row) = self.replay_row(id).await? else {
            return Err(if claims.is_some() { Forbidden {}.into() } else { Problem::not_found("replay").into() });
        };
        self.permit_build(claims, &row.build_id).await?;
        if let Some(playing) = self.inner.replays.find(id) {
            return Ok((playing, row.expires_at_ms));
        }
        let gone = || Problem::not_found("replay");
        let pace = match row.by_steps {
            true => Pace::Steps { shown_seq: row.shown_seq },
            false => Pace::Runs { speed: row.speed, started_at_ms: self.started(id).await?.ok_or_else(gone)? },
        };
        let mut events = self.all_events(&row.build_id).await?;
        events.retain(|event| event.seq >= row.from_seq);
        let schedule = Schedule::of(events.iter().map(|event| (event.seq, event.timestamp)), row.from_seq).ok_or_else(gone)?;
        let key = StreamKey::Replay { id: row.id, project_id: row.project_id };
        let (playing, new) = self.inner.replays.insert(id, Playing::new(key, events, schedule, pace));
        if new {
            tokio::spawn(player::play(self.clone(), id.to_owned(), playing.clone()));
        }
        Ok((playing, row.expires_at_ms))
    }

    /// When a replay has begun, which may be now.
    async fn started(&self, id: &str) -> Result<Option<i64>, ServiceError> {
        let mut tx = self.inner.db.begin().await?;
        let started = replays::start(&mut tx, id, self.now_ms()).await?;
        tx.commit().await?;
        Ok(started)
    }

    /// Forgets replays that have expired.
    pub(super) async fn sweep_replays(&self) -> Result<u64, ServiceError> {
        let mut tx = self.inner.db.begin().await?;
        let removed = replays::forget(&mut tx, self.now_ms()).await?;
        tx.commit().await?;
        Ok(removed)
    }
}

fn check(wanted: &NewReplay) -> Result<(), Problem> {
    let mut errors = vec![];
    if wanted.from_seq.is_some_and(|seq| seq < 1) {
        errors.push(FieldError::new("fromSeq", "1 or more"));
    }
    if wanted.speed.is_some_and(|speed| !is_speed(speed)) {
        errors.push(FieldError::new("speed", format!("0, or {} to {}", SPEEDS.start(), SPEEDS.end())));
    }
    if wanted.by_steps && wanted.speed.is_some() {
        errors.push(FieldError::new("speed", "a replay by steps has none"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}
