//! Publications: which version a project shows to the world, and who changed that when.

use super::database::sql;
use super::{StoreError, Transaction};
use sqlx::FromRow;

/// The word of a publication that publishes; the other one takes back.
pub const PUBLISH: &str = "publish";
/// The word of a publication that takes back.
pub const UNPUBLISH: &str = "unpublish";

/// A change of what a project has published.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct NewPublication<'a> {
    pub id: &'a str,
    pub project_id: &'a str,
    pub version_id: &'a str,
    /// `publish` or `unpublish`.
    pub action: &'static str,
    pub user_id: &'a str,
    pub comment: Option<&'a str>,
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct PublicationRow {
    pub version_id: String,
    pub action: String,
    pub created_at_ms: i64,
}

/// The version that a project has published.
pub async fn published(tx: &mut Transaction, project_id: &str) -> Result<Option<String>, StoreError> {
    let row = sql!(tx, fetch_optional as (Option<String>,), "SELECT published_version_id FROM projects WHERE id = $1", project_id)?;
    Ok(row.and_then(|(id,)| id))
}

/// Makes a change, and notes who made it; the caller holds the project.
pub async fn change(tx: &mut Transaction, change: NewPublication<'_>, now_ms: i64) -> Result<(), StoreError> {
    let published = (change.action == PUBLISH).then_some(change.version_id);
    sql!(tx, execute, "UPDATE projects SET published_version_id = $2, updated_at_ms = $3 WHERE id = $1", change.project_id, published, now_ms)?;
    sql!(
        tx,
        execute,
        "INSERT INTO publications (id, project_id, version_id, action, user_id, comment, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        change.id,
        change.project_id,
        change.version_id,
        change.action,
        change.user_id,
        change.comment,
        now_ms
    )?;
    Ok(())
}

/// The last change of a project, and the one before it.
pub async fn last_two(tx: &mut Transaction, project_id: &str) -> Result<(Option<PublicationRow>, Option<PublicationRow>), StoreError> {
    const LAST: &str = "SELECT version_id, action, created_at_ms FROM publications WHERE project_id = $1 ORDER BY created_at_ms DESC, id DESC LIMIT 2";
    let mut rows = sql!(tx, fetch_all as PublicationRow, LAST, project_id)?.into_iter();
    Ok((rows.next(), rows.next()))
}
