//! Credits come in: each reference once, for ever.

use super::{Faults, is_one_line};
use crate::domain::ledger::Terms;
use crate::domain::problem::{FieldError, Problem};
use crate::service::idempotency::Once;
use crate::service::{Clock, Fault, ServiceError, Services};
use crate::store::accounts::{self, By};
use crate::store::credits::{self, CreditRow};
use crate::store::ledger::Told;
use crate::store::{StoreError, Transaction};
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
    pub async fn credit(&self, wanted: &Credit, request_id: &str, once: &Once) -> Result<CreditView, ServiceError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut tx = self.begin_once(once).await?;
            match credit(&mut tx, self.inner.settings.money.terms, wanted, request_id, &*self.inner.clock).await {
                // another one with the reference was first
                Err(ServiceError::Fault(Fault::Store(StoreError::Exists(_) | StoreError::Contended(_)))) if tries < TRIES => tx.rollback().await?,
                Err(error) => return Err(error),
                Ok(view) => {
                    once.keep(&mut tx, 200, &view).await?;
                    tx.commit().await?;
                    return Ok(view);
                }
            }
        }
    }
}

/// Credits an account within a transaction.
pub async fn credit(tx: &mut Transaction, terms: Terms, wanted: &Credit, request_id: &str, clock: &dyn Clock) -> Result<CreditView, ServiceError> {
    check(wanted)?;
    let operation_id = clock.new_id();
    let by = By { request_id, operation_id: &operation_id };
    let mut held = accounts::hold(tx, &wanted.user_id, terms, by, clock.now_ms()).await?;
    if let Some(row) = credits::find_within(tx, &wanted.reference).await? {
        return repeated(&row, wanted);
    }
    let mut account = held.account;
    let too_many = || Problem::validation(vec![FieldError::new("credits", "more than an account can hold")]);
    let lines = account.credit(wanted.credits).ok_or_else(too_many)?;
    let told = Told { operation_id: &operation_id, reference: Some(&wanted.reference), request_id, reason: wanted.reason.as_deref(), ..Told::default() };
    accounts::write(tx, &mut held, &lines, told).await?;
    let row = CreditRow { user_id: wanted.user_id.clone(), credits: wanted.credits, balance_after: held.account.balance.total() };
    credits::insert(tx, &wanted.reference, &row, held.at_ms).await?;
    tracing::info!(user_id = wanted.user_id, credits = wanted.credits, reference = wanted.reference, "credits came in");
    Ok(CreditView { credited: row.credits, new_balance: row.balance_after })
}

fn repeated(row: &CreditRow, wanted: &Credit) -> Result<CreditView, ServiceError> {
    if row.user_id == wanted.user_id && row.credits == wanted.credits {
        return Ok(CreditView { credited: row.credits, new_balance: row.balance_after });
    }
    Err(Problem::validation(vec![FieldError::new("reference", "was used for another user, or for another amount")]).into())
}

fn check(wanted: &Credit) -> Result<(), ServiceError> {
    let mut faults = Faults::default();
    faults.user(&wanted.user_id);
    faults.credits("credits", wanted.credits, 1);
    if !is_one_line(&wanted.reference, REFERENCE_MAX) {
        faults.0.push(FieldError::new("reference", format!("1 to {REFERENCE_MAX} characters, none of them control characters")));
    }
    faults.reason(wanted.reason.as_deref());
    faults.told()
}
