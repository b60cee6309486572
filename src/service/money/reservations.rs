//! Reservations that callers make for work of their own: set aside, then paid or given back, once.

use super::{Asked, Faults};
use crate::domain::ids::is_id;
use crate::domain::ledger::{Actor, EntryKind, Judged};
use crate::domain::problem::{FieldError, Problem};
use crate::domain::time::iso;
use crate::service::idempotency::Once;
use crate::service::{Fault, ServiceError, Services};
use crate::store::accounts::{self, By, HeldAccount};
use crate::store::ledger::Told;
use crate::store::reservations::{self, End, NewReservation, ReservationRow};
use crate::store::{StoreError, Transaction};
use serde::Serialize;
use utoipa::ToSchema;

/// What a caller's own work is called in the figures.
pub(in crate::service) const EXTERNAL: &str = "external";

/// A request to set credits aside.
#[derive(Debug, Clone)]
pub struct Reserve {
    /// Whose credits.
    pub user_id: String,
    /// The caller's name for what they are for.
    pub build_id: String,
    /// How many.
    pub estimated_credits: i64,
    /// Who asks for it, in the caller's words, for the record.
    pub actor: Option<String>,
}

/// Credits that are set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReserveView {
    /// The reservation.
    pub reservation_id: String,
    /// Credits that are set aside.
    pub reserved: i64,
    /// When they are given back unless somebody ends it, ISO 8601.
    pub expires: String,
}

/// A request to pay out of a reservation.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The reservation.
    pub reservation_id: String,
    /// What it was made for, once more.
    pub build_id: String,
    /// Its user, where the caller says it.
    pub user_id: Option<String>,
    /// Credits that were used.
    pub actual_credits: i64,
    /// Whether more than was set aside may be charged, as far as there is anything.
    pub allow_overage: bool,
    /// Why, for the record.
    pub reason: Option<String>,
    /// Who asks for it, in the caller's words, for the record.
    pub actor: Option<String>,
}

/// What was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommitView {
    /// Credits that were charged.
    pub charged: i64,
    /// Credits that came back. What an earlier day's gift had given does not.
    pub refunded: i64,
    /// Credits that could be spent then.
    pub new_balance: i64,
}

/// A request to give a reservation back.
#[derive(Debug, Clone)]
pub struct Release {
    /// The reservation.
    pub reservation_id: String,
    /// Its user, where the caller says it.
    pub user_id: Option<String>,
    /// Why, for the record.
    pub reason: Option<String>,
    /// Who asks for it, in the caller's words, for the record.
    pub actor: Option<String>,
}

/// What was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseView {
    /// Credits that came back. What an earlier day's gift had given does not.
    pub released: i64,
    /// Credits that could be spent then.
    pub new_balance: i64,
}

impl Services {
    /// Sets credits aside. INSUFFICIENT_CREDITS when there are too few.
    pub async fn reserve(&self, wanted: &Reserve, request_id: &str, once: &Once) -> Result<ReserveView, ServiceError> {
        let mut faults = Faults::default();
        faults.user(&wanted.user_id);
        faults.build(&wanted.build_id);
        faults.credits("estimatedCredits", wanted.estimated_credits, 1);
        faults.actor(wanted.actor.as_deref());
        faults.told()?;
        let actor = Actor::Api(wanted.actor.as_deref());
        let (id, money) = (self.new_id(), &self.inner.settings.money);
        let mut tx = self.begin_once(once).await?;
        let by = By { request_id, actor, operation_id: &id };
        let mut held = accounts::hold(&mut tx, &wanted.user_id, money.terms, by, self.now_ms()).await?;
        let expires_at_ms = held.at_ms + money.reservation_ms;
        let (mut account, credits) = (held.account, wanted.estimated_credits);
        let (hold, lines) = account.hold(credits).map_err(Problem::from)?;
        let told = Told { operation_id: &id, reservation_id: Some(&id), build_id: Some(&wanted.build_id), request_id, actor, ..Told::default() };
        accounts::write(&mut tx, &mut held, &lines, told).await?;
        let new = NewReservation {
            id: &id,
            user_id: &wanted.user_id,
            build_id: &wanted.build_id,
            operation: EXTERNAL,
            hold,
            overage: false,
            expires_at_ms: Some(expires_at_ms),
            request_id,
            daily_credits: money.terms.daily,
        };
        reservations::insert(&mut tx, &new, held.at_ms).await?;
        let view = answered(tx, ReserveView { reservation_id: id, reserved: credits, expires: iso(expires_at_ms) }, once).await?;
        tracing::info!(user_id = wanted.user_id, build_id = wanted.build_id, reservation_id = view.reservation_id, credits, %actor, "credits set aside");
        Ok(view)
    }

    /// Pays out of a reservation what was used, and gives the rest back. The same again gets the same answer.
    pub async fn commit(&self, wanted: &Commit, request_id: &str, once: &Once) -> Result<CommitView, ServiceError> {
        let mut faults = Faults::default();
        faults.build(&wanted.build_id);
        faults.credits("actualCredits", wanted.actual_credits, 0);
        faults.reason(wanted.reason.as_deref());
        faults.actor(wanted.actor.as_deref());
        faults.told()?;
        let asked = Asked { request_id, actor: Actor::Api(wanted.actor.as_deref()) };
        let mut tx = self.begin_once(once).await?;
        let (mut held, row) = self.hold_reservation(&mut tx, &wanted.reservation_id, wanted.user_id.as_deref(), asked).await?;
        if row.build_id != wanted.build_id {
            return Err(Problem::validation(vec![FieldError::new("buildId", "not what the reservation was made for")]).into());
        }
        let facts = row.facts()?;
        if facts.commit(wanted.actual_credits, held.at_ms).map_err(Problem::from)? == Judged::Repeat {
            let view = CommitView { charged: told_of(row.charged)?, refunded: told_of(row.returned)?, new_balance: told_of(row.balance_after)? };
            return answered(tx, view, once).await;
        }
        let mut account = held.account;
        let settled = account.settle(facts.hold, wanted.actual_credits, wanted.allow_overage);
        accounts::write(&mut tx, &mut held, &settled.lines, told(&row, asked, wanted.reason.as_deref())).await?;
        let end = End::committed(wanted.actual_credits, &settled, held.account.balance.total());
        ended(reservations::end(&mut tx, &row.id, end, held.at_ms).await?, &row)?;
        let view = answered(tx, CommitView { charged: end.charged, refunded: end.returned, new_balance: end.balance_after }, once).await?;
        tracing::info!(user_id = row.user_id, reservation_id = row.id, charged = end.charged, refunded = end.returned, actor = %asked.actor, "credits paid");
        self.inner.metrics.money().used(EXTERNAL, settled.charged);
        Ok(view)
    }

    /// Gives a reservation back. The same again gets the same answer.
    pub async fn release(&self, wanted: &Release, request_id: &str, once: &Once) -> Result<ReleaseView, ServiceError> {
        let mut faults = Faults::default();
        faults.reason(wanted.reason.as_deref());
        faults.actor(wanted.actor.as_deref());
        faults.told()?;
        let asked = Asked { request_id, actor: Actor::Api(wanted.actor.as_deref()) };
        let mut tx = self.begin_once(once).await?;
        let (mut held, row) = self.hold_reservation(&mut tx, &wanted.reservation_id, wanted.user_id.as_deref(), asked).await?;
        let facts = row.facts()?;
        if facts.release(held.at_ms).map_err(Problem::from)? == Judged::Repeat {
            return answered(tx, ReleaseView { released: told_of(row.returned)?, new_balance: told_of(row.balance_after)? }, once).await;
        }
        let mut account = held.account;
        let back = account.give_back(facts.hold, EntryKind::Release);
        accounts::write(&mut tx, &mut held, &back.lines, told(&row, asked, wanted.reason.as_deref())).await?;
        let end = End::released(back.released, held.account.balance.total());
        ended(reservations::end(&mut tx, &row.id, end, held.at_ms).await?, &row)?;
        let view = answered(tx, ReleaseView { released: end.returned, new_balance: end.balance_after }, once).await?;
        tracing::info!(user_id = row.user_id, reservation_id = row.id, released = end.returned, actor = %asked.actor, "credits given back");
        Ok(view)
    }

    /// A caller's reservation and the account that keeps it as it is. Those of builds of this server end with their builds:
    /// for callers there are none.
    async fn hold_reservation(
        &self,
        tx: &mut Transaction,
        id: &str,
        user_id: Option<&str>,
        asked: Asked<'_>,
    ) -> Result<(HeldAccount, ReservationRow), ServiceError> {
        let unknown = || Problem::not_found("reservation");
        let theirs = |row: &ReservationRow| !row.of_build && user_id.is_none_or(|user| user == row.user_id);
        let row = if is_id(id) { reservations::find_within(tx, id).await? } else { None };
        let row = row.filter(theirs).ok_or_else(unknown)?;
        let operation_id = self.new_id();
        let by = By { request_id: asked.request_id, actor: asked.actor, operation_id: &operation_id };
        let held = accounts::hold(tx, &row.user_id, self.inner.settings.money.terms, by, self.now_ms()).await?;
        // as it is by now: somebody may have ended it before the account was held, or its time was over
        let row = reservations::find_within(tx, id).await?.ok_or_else(unknown)?;
        Ok((held, row))
    }
}

fn told<'a>(row: &'a ReservationRow, Asked { request_id, actor }: Asked<'a>, reason: Option<&'a str>) -> Told<'a> {
    Told { operation_id: &row.id, reservation_id: Some(&row.id), build_id: Some(&row.build_id), request_id, actor, reason, ..Told::default() }
}

/// Commits, with the answer kept for its key.
async fn answered<T: Serialize>(mut tx: Transaction, view: T, once: &Once) -> Result<T, ServiceError> {
    once.keep(&mut tx, 200, &view).await?;
    tx.commit().await?;
    Ok(view)
}

/// What a row that has ended says of its end.
fn told_of(column: Option<i64>) -> Result<i64, ServiceError> {
    Ok(column.ok_or_else(|| StoreError::Corrupt { table: "reservations", what: "an end without what it came to".into() })?)
}

/// A row that was held under its account's lock can be ended.
fn ended(ended: bool, row: &ReservationRow) -> Result<(), ServiceError> {
    if ended { Ok(()) } else { Err(Fault::Bug(format!("reservation {} left `held` under a lock", row.id)).into()) }
}
