//! Accounts: held while their lines are written, opened at their first use, and brought to the present by whoever holds
//! them: a new day's gift comes, and reservations whose time is over end.

use super::database::sql;
use super::ledger::{self, Told};
use super::reservations::ReservationRow;
use super::{Database, StoreError, Transaction, reservations};
use crate::domain::ledger::{Account, Actor, Amounts, EntryKind, Line, Terms, day_of};
use sqlx::FromRow;

/// Reservations that are read at once, and times that one look at an account does: the sweep ends what is left of more.
const EXPIRED_AT_ONCE: i64 = 100;
const EXPIRED_TIMES: usize = 50;

/// An account as it is held: where its lines end, and what they come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldAccount {
    /// Whose it is.
    pub user_id: String,
    /// What its lines come to.
    pub account: Account,
    /// The place of the last line; 0 for an account that has none.
    pub last_seq: i64,
    /// The account's own time, epoch milliseconds: the node's, but never before that of the last line.
    pub at_ms: i64,
}

/// On whose account something is written.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The request that asked for it.
    pub request_id: &'a str,
    /// Who did.
    pub actor: Actor<'a>,
    /// An id that no other operation has: the ids of its lines begin with it.
    pub operation_id: &'a str,
}

#[derive(Debug, FromRow)]
struct Sums {
    seq: i64,
    daily_gift_sum: i64,
    welcome_bonus_sum: i64,
    paid_sum: i64,
    used_sum: i64,
    gift_day: i64,
    created_at_ms: i64,
}

const LAST: &str = "SELECT seq, daily_gift_sum, welcome_bonus_sum, paid_sum, used_sum, gift_day, created_at_ms FROM ledger_entries
     WHERE user_id = $1 ORDER BY seq DESC LIMIT 1";

impl Sums {
    fn held(self, user_id: &str, now_ms: i64) -> HeldAccount {
        let balance = Amounts { daily_gift: self.daily_gift_sum, welcome_bonus: self.welcome_bonus_sum, paid: self.paid_sum };
        let account = Account { day: self.gift_day, balance, used: self.used_sum };
        HeldAccount { user_id: user_id.to_owned(), account, last_seq: self.seq, at_ms: now_ms.max(self.created_at_ms) }
    }
}

/// Holds a user's account until the transaction ends, as it is now. Accounts come after jobs, projects and builds, and
/// several in the order of their users' ids (their bytes).
pub async fn hold(tx: &mut Transaction, user_id: &str, terms: Terms, by: By<'_>, now_ms: i64) -> Result<HeldAccount, StoreError> {
    let mut held = match lock(tx, user_id, now_ms).await? {
        Some(held) => held,
        None => {
            create(tx, user_id, now_ms).await?;
            // whoever made it meanwhile has it first
            lock(tx, user_id, now_ms).await?.ok_or_else(|| StoreError::Corrupt { table: "accounts", what: "a new row is not there".into() })?
        }
    };
    let told = Told { request_id: by.request_id, actor: by.actor, operation_id: by.operation_id, ..Told::default() };
    let today = day_of(held.at_ms);
    let mut account = held.account;
    let lines = if held.last_seq == 0 && account == Account::default() {
        let (opened, lines) = Account::open(terms, today);
        account = opened;
        lines
    } else {
        account.turn_to(today, terms)
    };
    ledger::write(tx, &mut held, &lines, account.day, told).await?;
    expire_due(tx, &mut held).await?;
    Ok(held)
}

/// Ends the account's reservations whose time is over, the oldest first.
async fn expire_due(tx: &mut Transaction, held: &mut HeldAccount) -> Result<(), StoreError> {
    for _ in 0..EXPIRED_TIMES {
        let due = reservations::due_of_user(tx, &held.user_id, held.at_ms, EXPIRED_AT_ONCE).await?;
        if due.is_empty() {
            break;
        }
        expire(tx, held, due).await?;
    }
    Ok(())
}

async fn expire(tx: &mut Transaction, held: &mut HeldAccount, due: Vec<ReservationRow>) -> Result<(), StoreError> {
    for row in due {
        let mut account = held.account;
        let back = account.give_back(row.facts()?.hold, EntryKind::Expire);
        let told = Told {
            reservation_id: Some(&row.id),
            build_id: Some(&row.build_id),
            request_id: &row.request_id,
            actor: Actor::Expiry,
            operation_id: &row.id,
            reason: Some("expired"),
            ..Told::default()
        };
        write(tx, held, &back.lines, told).await?;
        reservations::end(tx, &row.id, reservations::End::expired(back.released, held.account.balance.total()), held.at_ms).await?;
    }
    Ok(())
}

/// Writes an operation's lines on the day that the account is at.
pub async fn write(tx: &mut Transaction, held: &mut HeldAccount, lines: &[Line], told: Told<'_>) -> Result<(), StoreError> {
    let day = held.account.day;
    ledger::write(tx, held, lines, day, told).await
}

async fn lock(tx: &mut Transaction, user_id: &str, now_ms: i64) -> Result<Option<HeldAccount>, StoreError> {
    const LOCK: &str = "SELECT user_id FROM accounts WHERE user_id = $1 FOR UPDATE";
    const READ: &str = "SELECT user_id FROM accounts WHERE user_id = $1";
    if sql!(tx, fetch_optional as (String,), (LOCK, READ), user_id)?.is_none() {
        return Ok(None);
    }
    // a statement of its own: one that waited for the lock would see what was there before it waited
    let last = sql!(tx, fetch_optional as Sums, LAST, user_id)?;
    let empty = || HeldAccount { user_id: user_id.to_owned(), at_ms: now_ms, ..HeldAccount::default() };
    Ok(Some(last.map_or_else(empty, |sums| sums.held(user_id, now_ms))))
}

async fn create(tx: &mut Transaction, user_id: &str, now_ms: i64) -> Result<(), StoreError> {
    const TEXT: &str = "INSERT INTO accounts (user_id, created_at_ms) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING";
    sql!(tx, execute, TEXT, user_id, now_ms)?;
    Ok(())
}

/// An account that is as it is now, without holding it; none when somebody has to bring it to the present first.
pub async fn read_present(db: &Database, user_id: &str, now_ms: i64) -> Result<Option<HeldAccount>, StoreError> {
    let Some(held) = sql!(db, fetch_optional as Sums, LAST, user_id)?.map(|sums| sums.held(user_id, now_ms)) else { return Ok(None) };
    let present = day_of(held.at_ms) == held.account.day && !reservations::is_any_due(db, user_id, held.at_ms).await?;
    Ok(present.then_some(held))
}

/// What had ever been charged before a time, epoch milliseconds.
pub async fn used_before(db: &Database, user_id: &str, before_ms: i64) -> Result<i64, StoreError> {
    const TEXT: &str = "SELECT used_sum FROM ledger_entries WHERE user_id = $1 AND created_at_ms < $2 ORDER BY created_at_ms DESC, seq DESC LIMIT 1";
    Ok(sql!(db, fetch_optional as (i64,), TEXT, user_id, before_ms)?.map_or(0, |(sum,)| sum))
}
