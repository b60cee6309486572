//! Reservations: what is set aside for whom, and how it ended.

use super::database::{json_list, sql};
use super::{StoreError, Transaction};
use crate::domain::ledger::{Amounts, Hold, Reservation, ReservationState};
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

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, build_id, of_build, operation, state, daily_gift, welcome_bonus, paid, gift_day, overage, expires_at_ms, actual, charged,
                returned, balance_after, created_at_ms FROM reservations ",
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
        "INSERT INTO reservations (id, user_id, build_id, of_build, operation, state, daily_gift, welcome_bonus, paid, gift_day, overage, expires_at_ms, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, 'held', $6, $7, $8, $9, $10, $11, $12)",
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

/// Some whose time is over, the oldest first: id and user.
pub async fn due(tx: &mut Transaction, now_ms: i64, limit: i64) -> Result<Vec<(String, String)>, StoreError> {
    const TEXT: &str = "SELECT id, user_id FROM reservations WHERE state = 'held' AND expires_at_ms IS NOT NULL AND expires_at_ms <= $1
         ORDER BY expires_at_ms LIMIT $2";
    Ok(sql!(tx, fetch_all as (String, String), TEXT, now_ms, limit)?)
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
