//! What an account holds: its own look, and that of many.

use super::Faults;
use crate::domain::ids::is_user_id;
use crate::domain::ledger::{Actor, Amounts, day_begins_ms};
use crate::domain::problem::{FieldError, Problem};
use crate::domain::time::iso;
use crate::service::idempotency::Once;
use crate::service::{ServiceError, Services};
use crate::store::accounts::{self, By, HeldAccount};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Users of one look at most.
const BATCH_MAX: usize = 100;

/// What can be spent now, credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BalanceView {
    /// Credits of a new user's bonus.
    pub welcome_bonus: i64,
    /// Credits of the day's gift: spent first.
    pub daily_gift: i64,
    /// Credits that were bought, or granted: spent last.
    pub paid: i64,
    /// Credits, all together.
    pub total: i64,
}

/// What was charged, credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageView {
    /// Credits that were charged since 00:00 UTC.
    pub today_used: i64,
    /// Credits that were charged ever.
    pub lifetime_used: i64,
}

/// A user's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// What can be spent now.
    pub balance: BalanceView,
    /// What was charged.
    pub usage: UsageView,
    /// When the day's gift is back at its size, ISO 8601.
    pub daily_reset_at: String,
}

/// The accounts of many users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountBalances {
    /// Each user's, by id.
    #[schema(value_type = std::collections::HashMap<String, AccountView>)]
    pub balances: BTreeMap<String, AccountView>,
}

impl From<Amounts> for BalanceView {
    fn from(amounts: Amounts) -> Self {
        let Amounts { daily_gift, welcome_bonus, paid } = amounts;
        Self { welcome_bonus, daily_gift, paid, total: amounts.total() }
    }
}

impl Services {
    /// A user's account, opened when nobody has used it before.
    pub async fn balance(&self, user_id: &str, request_id: &str) -> Result<AccountView, ServiceError> {
        if !is_user_id(user_id) {
            return Err(Problem::not_found("user").into());
        }
        let held = self.present_account(user_id, request_id).await?;
        let account = held.account;
        let used_before = accounts::used_before(&self.inner.db, user_id, day_begins_ms(account.day)).await?;
        Ok(AccountView {
            balance: account.balance.into(),
            // what another request has charged since is among neither
            usage: UsageView { today_used: (account.used - used_before).max(0), lifetime_used: account.used },
            daily_reset_at: iso(day_begins_ms(account.day + 1)),
        })
    }

    /// The accounts of 1 to 100 users.
    pub async fn balances(&self, user_ids: &[String], request_id: &str, once: &Once) -> Result<AccountBalances, ServiceError> {
        let mut faults = Faults::default();
        if !(1..=BATCH_MAX).contains(&user_ids.len()) {
            faults.0.push(FieldError::new("userIds", format!("1 to {BATCH_MAX} users")));
        } else {
            let odd = user_ids.iter().enumerate().filter(|(_, id)| !is_user_id(id));
            faults.0.extend(odd.map(|(at, _)| FieldError::new(&format!("userIds[{at}]"), "1 to 128 visible characters")));
        }
        faults.told()?;
        let mut balances = BTreeMap::new();
        for user_id in user_ids {
            if !balances.contains_key(user_id) {
                balances.insert(user_id.clone(), self.balance(user_id, request_id).await?);
            }
        }
        let view = AccountBalances { balances };
        self.keep_look(once, &view).await?;
        Ok(view)
    }

    /// The account as it is now. It is held only where something is to be written: on a first use, on a new day, when the time
    /// of a reservation is over.
    pub(super) async fn present_account(&self, user_id: &str, request_id: &str) -> Result<HeldAccount, ServiceError> {
        if let Some(held) = accounts::read_present(&self.inner.db, user_id, self.now_ms()).await? {
            return Ok(held);
        }
        let id = self.new_id();
        let mut tx = self.inner.db.begin().await?;
        let by = By { request_id, actor: Actor::Api(None), operation_id: &id };
        let held = accounts::hold(&mut tx, user_id, self.inner.settings.money.terms, by, self.now_ms()).await?;
        tx.commit().await?;
        Ok(held)
    }
}
