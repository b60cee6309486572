//! The ledger: accounts, which are held while their lines are written, and the lines.

use super::database::sql;
use super::{Database, StoreError, Transaction};
use crate::domain::ledger::{Account, Amounts, Line};
use sqlx::FromRow;

/// An account as it is held: where its lines end, and what they come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldAccount {
    /// Whose it is.
    pub user_id: String,
    /// What its lines come to.
    pub account: Account,
    /// The place of the last line; 0 for an account that has none.
    pub last_seq: i64,
    /// When that was written, epoch milliseconds.
    pub last_ms: i64,
}

/// What every line of one operation says besides.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Told<'a> {
    pub reservation_id: Option<&'a str>,
    pub build_id: Option<&'a str>,
    pub reference: Option<&'a str>,
    pub request_id: &'a str,
    pub reason: Option<&'a str>,
}

/// A line as it is read.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct EntryRow {
    pub seq: i64,
    pub id: String,
    pub kind: String,
    pub bucket: String,
    pub amount: i64,
    pub reservation_id: Option<String>,
    pub build_id: Option<String>,
    pub reference: Option<String>,
    pub request_id: String,
    pub reason: Option<String>,
    pub created_at_ms: i64,
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
    fn held(self, user_id: &str) -> HeldAccount {
        let balance = Amounts { daily_gift: self.daily_gift_sum, welcome_bonus: self.welcome_bonus_sum, paid: self.paid_sum };
        let account = Account { day: self.gift_day, balance, used: self.used_sum };
        HeldAccount { user_id: user_id.to_owned(), account, last_seq: self.seq, last_ms: self.created_at_ms }
    }
}

/// Holds a user's account until the transaction ends; none when there is none yet. Accounts come after jobs, projects and
/// builds, and several in the order of their users' ids.
pub async fn lock(tx: &mut Transaction, user_id: &str) -> Result<Option<HeldAccount>, StoreError> {
    const LOCK: &str = "SELECT user_id FROM accounts WHERE user_id = $1 FOR UPDATE";
    const READ: &str = "SELECT user_id FROM accounts WHERE user_id = $1";
    if sql!(tx, fetch_optional as (String,), (LOCK, READ), user_id)?.is_none() {
        return Ok(None);
    }
    // a statement of its own: one that waited for the lock would see what was there before it waited
    let last = sql!(tx, fetch_optional as Sums, LAST, user_id)?;
    Ok(Some(last.map_or_else(|| HeldAccount { user_id: user_id.to_owned(), ..HeldAccount::default() }, |sums| sums.held(user_id))))
}

/// Makes an account, unless somebody has made it; `lock` has it then.
pub async fn create(tx: &mut Transaction, user_id: &str, now_ms: i64) -> Result<bool, StoreError> {
    const TEXT: &str = "INSERT INTO accounts (user_id, created_at_ms) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING";
    Ok(sql!(tx, execute, TEXT, user_id, now_ms)? == 1)
}

/// What an account's lines come to, without holding it.
pub async fn read(db: &Database, user_id: &str) -> Result<Option<HeldAccount>, StoreError> {
    Ok(sql!(db, fetch_optional as Sums, LAST, user_id)?.map(|sums| sums.held(user_id)))
}

/// What had ever been charged before a time, epoch milliseconds.
pub async fn used_before(db: &Database, user_id: &str, before_ms: i64) -> Result<i64, StoreError> {
    const TEXT: &str = "SELECT used_sum FROM ledger_entries WHERE user_id = $1 AND created_at_ms < $2 ORDER BY created_at_ms DESC, seq DESC LIMIT 1";
    Ok(sql!(db, fetch_optional as (i64,), TEXT, user_id, before_ms)?.map_or(0, |(sum,)| sum))
}

/// Writes the lines of an operation behind the account's last one, with the sums that they come to. `held` is as it was
/// before them, and is moved on; `new_id` makes an id for each.
pub async fn write(
    tx: &mut Transaction,
    held: &mut HeldAccount,
    lines: &[Line],
    told: Told<'_>,
    day: i64,
    now_ms: i64,
    new_id: &(dyn Fn() -> String + Sync),
) -> Result<(), StoreError> {
    const INSERT: (&str, &str) = (
        "INSERT INTO ledger_entries (user_id, seq, id, kind, bucket, amount, daily_gift_sum, welcome_bonus_sum, paid_sum, used_sum, gift_day,
             reservation_id, build_id, reference, request_id, reason, created_at_ms)
         SELECT $2, (r->>0)::bigint, r->>1, r->>2, r->>3, (r->>4)::bigint, (r->>5)::bigint, (r->>6)::bigint, (r->>7)::bigint, (r->>8)::bigint, $3,
             $4, $5, $6, $7, $8, $9 FROM json_array_elements($1::json) AS r",
        "INSERT INTO ledger_entries (user_id, seq, id, kind, bucket, amount, daily_gift_sum, welcome_bonus_sum, paid_sum, used_sum, gift_day,
             reservation_id, build_id, reference, request_id, reason, created_at_ms)
         SELECT $2, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, $3,
             $4, $5, $6, $7, $8, $9 FROM json_each($1)",
    );
    if lines.is_empty() {
        return Ok(());
    }
    // the order of the lines is that of their times, whatever the clocks of the nodes say
    held.last_ms = held.last_ms.max(now_ms);
    held.account.day = day;
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        held.last_seq += 1;
        held.account.count(*line);
        let Amounts { daily_gift, welcome_bonus, paid } = held.account.balance;
        rows.push((held.last_seq, new_id(), line.kind.word(), line.bucket.word(), line.amount, daily_gift, welcome_bonus, paid, held.account.used));
    }
    let rows = serde_json::to_string(&rows).expect("rows are plain");
    sql!(tx, execute, INSERT, rows, &held.user_id, day, told.reservation_id, told.build_id, told.reference, told.request_id, told.reason, held.last_ms)?;
    Ok(())
}

/// An account's lines before a place, the newest first, at most `limit`.
pub async fn page(db: &Database, user_id: &str, before_seq: i64, limit: i64) -> Result<Vec<EntryRow>, StoreError> {
    const TEXT: &str = "SELECT seq, id, kind, bucket, amount, reservation_id, build_id, reference, request_id, reason, created_at_ms FROM ledger_entries
         WHERE user_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    Ok(sql!(db, fetch_all as EntryRow, TEXT, user_id, before_seq, limit)?)
}
