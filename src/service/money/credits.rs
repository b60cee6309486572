//! Credits come in: each reference once, for ever.

use super::{Asked, Faults, is_one_line};
use crate::domain::ledger::{Actor, Terms};
use crate::domain::problem::{FieldError, Problem};
use crate::service::idempotency::Once;
use crate::service::{Clock, Fault, ServiceError, Services};
use crate::store::accounts::{self, By};
use crate::store::credits::{self, CreditRow};
use crate::store::ledger::Told;
use crate::store::{StoreError, Transaction, reservations};
use serde::Serialize;
use utoipa::ToSchema;

/// Characters of a payer's reference.
const REFERENCE_MAX: usize = 200;
/// Times that a credit is tried while another with its reference comes.
const TRIES: usize = 5;

/// Credits that were bought, or granted.
#[derive(Debug, Clone)]
pub struct Credit {
    /// Whose they are.
    pub user_id: String,
    /// How many.
    pub credits: i64,
    /// The payment: the same one never counts twice.
    pub reference: String,
    /// Why, for the record.
    pub reason: Option<String>,
}

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreditView {
    /// Credits that came in with this reference.
    pub credited: i64,
    /// Credits that could be spent then.
    pub new_balance: i64,
}

impl Services {
    /// Credits an account. The same reference again: the same answer, and nothing more.
    pub async fn credit(&self, wanted: &Credit, actor: Option<&str>, request_id: &str, once: &Once) -> Result<CreditView, ServiceError> {
        let asked = Asked { request_id, actor: Actor::Api(actor) };
        let mut tries = 0;
        loop {
            tries += 1;
            let mut tx = self.begin_once(once).await?;
            match credit(&mut tx, self.inner.settings.money.terms, wanted, asked, &*self.inner.clock).await {
                // another one with the reference was first
                Err(ServiceError::Fault(Fault::Store(StoreError::Exists(_) | StoreError::Contended(_)))) if tries < TRIES => tx.rollback().await?,
                Err(error) => return Err(error),
                Ok(view) => {
                    once.keep(&mut tx, 200, &view).await?;
                    tx.commit().await?;
                    log_credit(wanted, asked, &view);
                    return Ok(view);
                }
            }
        }
    }
}

/// Credits an account within a transaction.
pub async fn credit(tx: &mut Transaction, terms: Terms, wanted: &Credit, asked: Asked<'_>, clock: &dyn Clock) -> Result<CreditView, ServiceError> {
    let Asked { request_id, actor } = asked;
    check(wanted, actor)?;
    let operation_id = clock.new_id();
    let by = By { request_id, actor, operation_id: &operation_id };
    let mut held = accounts::hold(tx, &wanted.user_id, terms, by, clock.now_ms()).await?;
    if let Some(row) = credits::find_within(tx, &wanted.reference).await? {
        return repeated(&row, wanted);
    }
    let mut account = held.account;
    // it may come back
    let reserved = reservations::held_of_user(tx, &wanted.user_id).await?;
    let too_many = || Problem::validation(vec![FieldError::new("credits", "more than an account can hold")]);
    let lines = account.credit(wanted.credits, reserved).ok_or_else(too_many)?;
    let told = Told { operation_id: &operation_id, reference: Some(&wanted.reference), request_id, actor, reason: wanted.reason.as_deref(), ..Told::default() };
    accounts::write(tx, &mut held, &lines, told).await?;
    let row = CreditRow { user_id: wanted.user_id.clone(), credits: wanted.credits, balance_after: held.account.balance.total() };
    credits::insert(tx, &wanted.reference, &row, held.at_ms).await?;
    Ok(CreditView { credited: row.credits, new_balance: row.balance_after })
}

/// To be called when it is committed.
pub fn log_credit(wanted: &Credit, asked: Asked<'_>, view: &CreditView) {
    let Asked { request_id, actor } = asked;
    tracing::info!(user_id = wanted.user_id, credits = view.credited, reference = wanted.reference, request_id, %actor, "credits came in");
}

fn repeated(row: &CreditRow, wanted: &Credit) -> Result<CreditView, ServiceError> {
    if row.user_id == wanted.user_id && row.credits == wanted.credits {
        return Ok(CreditView { credited: row.credits, new_balance: row.balance_after });
    }
    Err(Problem::validation(vec![FieldError::new("reference", "was used for another user, or for another amount")]).into())
}

fn check(wanted: &Credit, actor: Actor<'_>) -> Result<(), ServiceError> {
    let mut faults = Faults::default();
    faults.user(&wanted.user_id);
    faults.credits("credits", wanted.credits, 1);
    if !is_one_line(&wanted.reference, REFERENCE_MAX) {
        faults.0.push(FieldError::new("reference", format!("1 to {REFERENCE_MAX} characters, none of them control characters")));
    }
    faults.reason(wanted.reason.as_deref());
    if let Actor::Api(name) | Actor::Command(name) = actor {
        faults.actor(name);
    }
    faults.told()
}
