//! The ledger of an account, as those read it who want to know who changed what, when and why.

use crate::domain::ids::is_user_id;
use crate::domain::ledger::{Bucket, EntryKind};
use crate::domain::page::{PAGE_DEFAULT, PAGE_MAX};
use crate::domain::problem::Problem;
use crate::domain::time::iso;
use crate::service::{ServiceError, Services};
use crate::store::StoreError;
use crate::store::ledger::{self, EntryRow};
use serde::Serialize;
use utoipa::ToSchema;

/// A line of a ledger. The amounts of all lines add up to what can be spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryView {
    /// Its id.
    pub id: String,
    /// Why it is there.
    pub kind: EntryKind,
    /// What it changes.
    pub bucket: Bucket,
    /// Credits: below nought goes out.
    pub amount: i64,
    /// The reservation that wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reservation_id: Option<String>,
    /// What that was for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub build_id: Option<String>,
    /// The payment that it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reference: Option<String>,
    /// Why it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
    /// The request that asked for it: of an end that nobody asked for, the one that made the reservation.
    pub request_id: String,
    /// Who asked for it: `api`, with `:` and the request's `actor` where it named one; `build`, the end of a build; `expiry`, the
    /// end of a reservation's time; `sweep`; `command`, with `:` and the name of who ran it. Lines of an older server have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "api:support-jane")]
    pub actor: Option<String>,
    /// When it was written, ISO 8601.
    pub created_at: String,
}

/// A page of a ledger, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerPage {
    /// The lines.
    pub entries: Vec<EntryView>,
    /// Where the next page begins; null when there is none.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// Which lines a page has, as the caller says it.
#[derive(Debug, Clone, Default)]
pub struct LedgerQuery {
    /// Lines of the page, 1 to 200; 50 unless said.
    pub limit: Option<i64>,
    /// Where the page begins: `nextCursor` of the page before.
    pub cursor: Option<String>,
}

impl Services {
    /// A user's ledger, newest first, a page at a time.
    pub async fn entries(&self, user_id: &str, query: &LedgerQuery, request_id: &str) -> Result<LedgerPage, ServiceError> {
        if !is_user_id(user_id) {
            return Err(Problem::not_found("user").into());
        }
        let limit = query.limit.unwrap_or(PAGE_DEFAULT);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(Problem::invalid("limit", "out_of_range").into());
        }
        let before = place(query.cursor.as_deref().unwrap_or_default()).ok_or_else(|| Problem::invalid("cursor", "not_a_cursor"))?;
        self.present_account(user_id, request_id).await?;
        // one more than the page has tells whether there is a next one
        let mut rows = ledger::page(&self.inner.db, user_id, before, limit + 1).await?;
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next_cursor = rows.last().filter(|_| more).map(|row| row.seq.to_string());
        Ok(LedgerPage { entries: rows.into_iter().map(view).collect::<Result<_, _>>()?, next_cursor })
    }
}

/// The place before which a page begins: the number of a line, in its one spelling; without one, behind all.
fn place(cursor: &str) -> Option<i64> {
    if cursor.is_empty() {
        return Some(i64::MAX);
    }
    cursor.parse().ok().filter(|seq: &i64| *seq >= 1 && seq.to_string() == cursor)
}

fn view(row: EntryRow) -> Result<EntryView, ServiceError> {
    let corrupt = |what: &str| StoreError::Corrupt { table: "ledger_entries", what: what.into() };
    Ok(EntryView {
        kind: EntryKind::from_word(&row.kind).ok_or_else(|| corrupt(&row.kind))?,
        bucket: Bucket::from_word(&row.bucket).ok_or_else(|| corrupt(&row.bucket))?,
        id: row.id,
        amount: row.amount,
        reservation_id: row.reservation_id,
        build_id: row.build_id,
        reference: row.reference,
        reason: row.reason,
        request_id: row.request_id,
        actor: row.actor,
        created_at: iso(row.created_at_ms),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_cursor_has_one_spelling() {
        assert_eq!((super::place(""), super::place("7")), (Some(i64::MAX), Some(7)));
        for odd in ["0", "-1", "07", "+7", "7 ", "x", "99999999999999999999"] {
            assert_eq!(super::place(odd), None, "{odd}");
        }
    }
}
