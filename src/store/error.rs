//! What can go wrong with a database, as far as a caller can act on it.

use crate::domain::build::Refused;

/// A statement's failure.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached, is shutting down, or took too long: try again later.
    #[error("the database is away: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// The database's disk is full: try again when there is room.
    #[error("the database has no room: {0}")]
    Full(#[source] sqlx::Error),
    /// Another transaction was in the way: the same one may be tried again at once.
    #[error("another transaction was in the way: {0}")]
    Contended(#[source] sqlx::Error),
    /// A row with that key exists.
    #[error("a row with that key exists: {0}")]
    Exists(#[source] sqlx::Error),
    /// The state machine has no such way.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Whatever else: a fault of ours.
    #[error("the database refused a statement: {0}")]
    Fault(#[source] sqlx::Error),
    /// A row holds what it can't hold.
    #[error("a row of {table} holds what it cannot: {what}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// What it holds.
        what: String,
    },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_) => Self::Unavailable(error),
                _ => Self::Fault(error),
            };
        };
        // PostgreSQL's classes 08 (connection), 53 (resources), 57P (shutdown); 40 (rolled back), 55P03 (waited too long for a lock). SQLite's BUSY,
        // LOCKED, FULL and IOERR with their extended codes.
        let code = database.code().unwrap_or_default().into_owned();
        let sqlite = code.parse::<u32>().map(|c| c & 0xff).ok().filter(|_| code.len() < 5);
        if database.is_unique_violation() {
            Self::Exists(error)
        } else if code == "40001" || code == "40P01" || code == "55P03" || matches!(sqlite, Some(5 | 6)) {
            Self::Contended(error)
        } else if code == "53100" || matches!(sqlite, Some(13)) {
            Self::Full(error)
        } else if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") || matches!(sqlite, Some(10 | 14)) {
            Self::Unavailable(error)
        } else {
            Self::Fault(error)
        }
    }
}

impl StoreError {
    /// Whether the same work may succeed later without any change.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Full(_) | Self::Contended(_))
    }
}
