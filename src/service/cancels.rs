//! Cancelling a build: at once while it waits, else by a request that its worker obeys.

use super::builds::BuildView;
use super::idempotency::Once;
use super::{Fault, ServiceError, Services};
use crate::domain::build::{BuildState, BuildTransition, Refused};
use crate::domain::event::{BuildCancelled, StoredEvent};
use crate::domain::ids::is_user_id;
use crate::domain::problem::{FieldError, Problem};
use crate::store::builds::{self, BuildRow};
use crate::store::cancels::{self, CancelRequest};
use crate::store::events::{Append, Appended, Change, Generation, append};
use crate::store::{StoreError, Transaction};

/// Characters of a reason at most.
const REASON_MAX: usize = 200;
/// Times a cancel is tried when another transaction is in the way.
const TRIES: usize = 5;

/// A request to cancel a build.
#[derive(Debug, Clone)]
pub struct Cancel {
    /// The build.
    pub build_id: String,
    /// Its owner.
    pub user_id: String,
    /// Why, for the server's log only.
    pub reason: Option<String>,
}

/// What became of a request to cancel.
#[derive(Debug)]
pub enum Cancelled {
    /// The build is cancelled.
    Now(BuildView),
    /// Its worker was asked: the build's last event tells the end.
    Requested(BuildView),
}

impl Services {
    /// Cancels a build that has not ended.
    pub async fn cancel_build(&self, cancel: Cancel, once: &Once) -> Result<Cancelled, ServiceError> {
        check_fields(&cancel)?;
        // a stranger does not learn whether it is there, and holds nothing up
        if self.build_row(&cancel.build_id).await?.user_id != cancel.user_id {
            return Err(Problem::not_found("build").into());
        }
        let mut tries = 0;
        let (cancelled, events) = loop {
            tries += 1;
            match self.try_cancel(&cancel.build_id, once).await {
                Err(ServiceError::Fault(Fault::Store(StoreError::Contended(_)))) if tries < TRIES => {}
                other => break other?,
            }
        };
        let requested = matches!(cancelled, Cancelled::Requested(_));
        tracing::info!(build_id = cancel.build_id, reason = cancel.reason, requested, "a build is to be cancelled");
        if !events.is_empty() {
            self.inner.hub.publish(events);
            self.count_payment(&cancel.build_id, false).await;
        }
        if requested {
            self.inner.hub.publish_job();
        }
        Ok(cancelled)
    }

    /// What became of it, and the events that tell of it.
    async fn try_cancel(&self, build_id: &str, once: &Once) -> Result<(Cancelled, Vec<StoredEvent>), ServiceError> {
        let now_ms = self.now_ms();
        let mut tx = self.begin_once(once).await?;
        // the job first, as for every end: a claim, or the end itself, comes before this or after it
        let leased = cancels::lock_job(&mut tx, build_id).await?;
        let row = row_within(&mut tx, build_id).await?;
        let state = row.state()?;
        if row.is_rollback() {
            // half of it is seen already: it ends by itself
            let (to, valid_next) = (BuildState::Cancelled, state.valid_next());
            let valid_next = valid_next.iter().filter(|next| **next != to).map(|next| next.word());
            return Err(Problem::transition(state.word(), to.word(), valid_next).into());
        }
        let (cancelled, events) = match leased {
            None if state == BuildState::Cancelled => (Cancelled::Now(self.view(row, None)?), vec![]),
            None => return Err(Refused { from: state, to: BuildState::Cancelled }.into()),
            Some(true) => {
                cancels::request(&mut tx, build_id, now_ms).await?;
                (Cancelled::Requested(self.view(row, None)?), vec![])
            }
            Some(false) => {
                let cancelled = BuildCancelled { duration: None, phase: None, stop_duration: None };
                let item = Append {
                    build_id: row.id,
                    project_id: row.project_id,
                    fencing_token: None,
                    drafts: vec![self.draft(cancelled)],
                    change: Some(Change { transition: BuildTransition::Cancel, version: None, error: None }),
                    claimed_as: None,
                    generation: Generation::default(),
                };
                let Some(Appended::Written(events)) = append(&mut tx, &[item], false, now_ms).await?.pop() else {
                    return Err(Fault::Bug(format!("a waiting build {build_id} refused to be cancelled")).into());
                };
                (Cancelled::Now(self.view(row_within(&mut tx, build_id).await?, None)?), events)
            }
        };
        match &cancelled {
            Cancelled::Now(view) => once.keep(&mut tx, 200, view).await?,
            Cancelled::Requested(view) => once.keep(&mut tx, 202, view).await?,
        }
        tx.commit().await?;
        Ok((cancelled, events))
    }

    /// The requests to cancel builds that a node runs.
    pub async fn cancel_requests(&self, node_id: &str) -> Result<Vec<CancelRequest>, ServiceError> {
        Ok(cancels::of_node(&self.inner.db, node_id).await?)
    }
}

async fn row_within(tx: &mut Transaction, build_id: &str) -> Result<BuildRow, ServiceError> {
    Ok(builds::find_within(tx, build_id).await?.ok_or_else(|| Problem::not_found("build"))?)
}

fn check_fields(cancel: &Cancel) -> Result<(), ServiceError> {
    let mut errors = Vec::new();
    if !is_user_id(&cancel.user_id) {
        errors.push(FieldError::new("userId", "1 to 128 visible characters"));
    }
    let odd = |reason: &String| reason.trim().is_empty() || reason.chars().count() > REASON_MAX || reason.chars().any(char::is_control);
    if cancel.reason.as_ref().is_some_and(odd) {
        errors.push(FieldError::new("reason", format!("1 to {REASON_MAX} characters, none of them control characters")));
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors).into()) }
}
