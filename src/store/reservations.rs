//! Reservations: what is set aside for whom, and how it ended.

use super::database::{json_list, sql};
use super::{Database, StoreError, Transaction};
use crate::domain::ledger::{Amounts, Hold, Reservation, ReservationState, Settlement};
use sqlx::FromRow;

/// A reservation's row.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct ReservationRow {
    pub id: String,
    pub user_id: String,
    pub build_id: String,
    pub of_build: bool,
    pub operation: String,
    pub state: String,
    pub daily_gift: i64,
    pub welcome_bonus: i64,
    pub paid: i64,
    pub gift_day: i64,
    pub overage: bool,
    pub expires_at_ms: Option<i64>,
    pub request_id: String,
    pub daily_credits: i64,
    pub actual: Option<i64>,
    pub charged: Option<i64>,
    pub returned: Option<i64>,
    pub balance_after: Option<i64>,
    pub created_at_ms: i64,
}

/// What is set aside.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct NewReservation<'a> {
    pub id: &'a str,
    pub user_id: &'a str,
    pub build_id: &'a str,
    pub operation: &'a str,
    pub hold: Hold,
    pub overage: bool,
    /// None for a reservation of a build of this server, which ends with the build.
    pub expires_at_ms: Option<i64>,
    pub request_id: &'a str,
    pub daily_credits: i64,
}

/// How a reservation ends.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct End {
    pub state: ReservationState,
    pub actual: Option<i64>,
    pub charged: i64,
    pub returned: i64,
    pub balance_after: i64,
}

impl End {
    /// It is paid.
    pub const fn committed(actual: i64, settled: &Settlement, balance_after: i64) -> Self {
        let Settlement { charged, refunded, .. } = settled;
        Self { state: ReservationState::Committed, actual: Some(actual), charged: *charged, returned: *refunded, balance_after }
    }

    /// It was given back, by its user or by the end of its build.
    pub const fn released(returned: i64, balance_after: i64) -> Self {
        Self { state: ReservationState::Released, actual: None, charged: 0, returned, balance_after }
    }

    /// Its time was over.
    pub const fn expired(returned: i64, balance_after: i64) -> Self {
        Self { state: ReservationState::Expired, actual: None, charged: 0, returned, balance_after }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, build_id, of_build, operation, state, daily_gift, welcome_bonus, paid, gift_day, overage, expires_at_ms, request_id,
                daily_credits, actual, charged, returned, balance_after, created_at_ms FROM reservations ",
            $rest
        )
    };
}

impl ReservationRow {
    /// What the rules look at.
    pub fn facts(&self) -> Result<Reservation, StoreError> {
        let state = ReservationState::from_word(&self.state);
        let state = state.ok_or_else(|| StoreError::Corrupt { table: "reservations", what: format!("state {}", self.state) })?;
        let parts = Amounts { daily_gift: self.daily_gift, welcome_bonus: self.welcome_bonus, paid: self.paid };
        Ok(Reservation { state, hold: Hold { parts, day: self.gift_day }, expires_at_ms: self.expires_at_ms, actual: self.actual })
    }
}

/// A new reservation; the caller holds the account.
pub async fn insert(tx: &mut Transaction, new: &NewReservation<'_>, now_ms: i64) -> Result<(), StoreError> {
    let parts = new.hold.parts;
    sql!(
        tx,
        execute,
        "INSERT INTO reservations (id, user_id, build_id, of_build, operation, state, daily_gift, welcome_bonus, paid, gift_day, overage, expires_at_ms,
             request_id, daily_credits, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, 'held', $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        new.id,
        new.user_id,
        new.build_id,
        new.expires_at_ms.is_none(),
        new.operation,
        parts.daily_gift,
        parts.welcome_bonus,
        parts.paid,
        new.hold.day,
        new.overage,
        new.expires_at_ms,
        new.request_id,
        new.daily_credits,
        now_ms
    )?;
    Ok(())
}

/// A reservation, as it is within a transaction. Whoever is to end it holds its account first, which keeps it as it is.
pub async fn find_within(tx: &mut Transaction, id: &str) -> Result<Option<ReservationRow>, StoreError> {
    Ok(sql!(tx, fetch_optional as ReservationRow, select!("WHERE id = $1"), id)?)
}

/// Those of these builds that are held, in the order in which accounts are.
pub async fn of_builds<'a>(tx: &mut Transaction, build_ids: impl Iterator<Item = &'a str>) -> Result<Vec<ReservationRow>, StoreError> {
    const TEXTS: (&str, &str) = (
        select!("WHERE of_build AND state = 'held' AND build_id IN (SELECT json_array_elements_text($1::json)) ORDER BY user_id COLLATE \"C\", id"),
        select!("WHERE of_build AND state = 'held' AND build_id IN (SELECT value FROM json_each($1)) ORDER BY user_id, id"),
    );
    Ok(sql!(tx, fetch_all as ReservationRow, TEXTS, json_list(build_ids))?)
}

/// A user's whose time is over, the oldest first.
pub async fn due_of_user(tx: &mut Transaction, user_id: &str, now_ms: i64, limit: i64) -> Result<Vec<ReservationRow>, StoreError> {
    const TEXT: &str =
        select!("WHERE user_id = $1 AND state = 'held' AND expires_at_ms IS NOT NULL AND expires_at_ms <= $2 ORDER BY expires_at_ms, id LIMIT $3");
    Ok(sql!(tx, fetch_all as ReservationRow, TEXT, user_id, now_ms, limit)?)
}

/// Credits that a user's reservations have set aside.
pub async fn held_of_user(tx: &mut Transaction, user_id: &str) -> Result<i64, StoreError> {
    const TEXT: &str = "SELECT CAST(COALESCE(SUM(daily_gift + welcome_bonus + paid), 0) AS BIGINT) FROM reservations WHERE user_id = $1 AND state = 'held'";
    Ok(sql!(tx, fetch_optional as (i64,), TEXT, user_id)?.map_or(0, |(sum,)| sum))
}

/// Whether the time of one of a user's is over.
pub async fn is_any_due(db: &Database, user_id: &str, now_ms: i64) -> Result<bool, StoreError> {
    const TEXT: &str = "SELECT 1 FROM reservations WHERE user_id = $1 AND state = 'held' AND expires_at_ms IS NOT NULL AND expires_at_ms <= $2 LIMIT 1";
    Ok(sql!(db, fetch_optional as (i32,), TEXT, user_id, now_ms)?.is_some())
}

/// Users with reservations whose time is over, by the oldest of which at most `limit` are looked at.
pub async fn users_with_due(db: &Database, now_ms: i64, limit: i64) -> Result<Vec<String>, StoreError> {
    const TEXT: &str = "SELECT DISTINCT user_id FROM (
             SELECT user_id FROM reservations WHERE state = 'held' AND expires_at_ms IS NOT NULL AND expires_at_ms <= $1 ORDER BY expires_at_ms LIMIT $2
         ) AS due";
    Ok(sql!(db, fetch_all as (String,), TEXT, now_ms, limit)?.into_iter().map(|(user_id,)| user_id).collect())
}

/// How the reservation of a build ended, for the figures: operation, credits set aside, and charged.
pub async fn outcome_of_build(db: &Database, build_id: &str) -> Result<Option<(String, i64, i64)>, StoreError> {
    const TEXT: &str = "SELECT operation, daily_gift + welcome_bonus + paid, COALESCE(charged, 0) FROM reservations WHERE of_build AND build_id = $1";
    Ok(sql!(db, fetch_optional as (String, i64, i64), TEXT, build_id)?)
}

/// Ends a reservation that is held; the WHERE repeats the rule, and the answer says whether it was.
pub async fn end(tx: &mut Transaction, id: &str, end: End, now_ms: i64) -> Result<bool, StoreError> {
    let rows = sql!(
        tx,
        execute,
        "UPDATE reservations SET state = $2, actual = $3, charged = $4, returned = $5, balance_after = $6, ended_at_ms = $7 WHERE id = $1 AND state = 'held'",
        id,
        end.state.word(),
        end.actual,
        end.charged,
        end.returned,
        end.balance_after,
        now_ms
    )?;
    Ok(rows == 1)
}
