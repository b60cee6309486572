//! SQLite or PostgreSQL behind one type: pools, transactions, migrations, and `sql!`, which runs one text on both.

use super::StoreError;
use super::migrations::{LAST, migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Postgres, Sqlite};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a request waits for a connection before it gets its 503.
const ACQUIRE: Duration = Duration::from_secs(4);
const POSTGRES_CONNECTIONS: u32 = 16;
/// A node that is frozen inside a transaction must not keep its rows from the one that takes its builds over. And every
/// text here has one good plan, whatever its arguments: to plan a turn at the queue anew costs more than to take it. It is
/// the one by an index, also when it is made while a table is empty, and all rows look cheaper; what has no index is not
/// worth a compiler for its price.
const SESSION: &str = "SET idle_in_transaction_session_timeout = '5s'; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off";
/// A connection that was used just now need not be asked whether it lives: the question costs as much as a statement.
const ASK_AFTER: Duration = Duration::from_secs(1);
const SQLITE_READERS: u32 = 4;

/// One of two, by database.
#[derive(Debug, Clone)]
pub enum Either<P, L> {
    /// PostgreSQL's.
    Postgres(P),
    /// SQLite's.
    Sqlite(L),
}

/// SQLite's pools: it has one writer, so the writes queue here and never fail with BUSY.
#[derive(Debug, Clone)]
pub struct SqlitePools {
    write: SqlitePool,
    read: SqlitePool,
}

/// A database, ready for use. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Database(Either<PgPool, SqlitePools>);

/// A write transaction; dropped without `commit`, it changes nothing.
#[derive(Debug)]
pub struct Transaction(Either<sqlx::Transaction<'static, Postgres>, sqlx::Transaction<'static, Sqlite>>);

/// A statement: the same text for both, or a pair (PostgreSQL's, SQLite's) where the dialects truly differ.
pub(super) trait Sql {
    fn postgres(self) -> &'static str;
    fn sqlite(self) -> &'static str;
}

impl Sql for &'static str {
    fn postgres(self) -> &'static str {
        self
    }
    fn sqlite(self) -> &'static str {
        self
    }
}

impl Sql for (&'static str, &'static str) {
    fn postgres(self) -> &'static str {
        self.0
    }
    fn sqlite(self) -> &'static str {
        self.1
    }
}

/// `sql!(on, execute, "… $1 …", a)` gives the rows affected; `sql!(on, fetch_all as Row, "…", a)` the rows. `on` is a
/// `&Database` (reads) or a `&mut Transaction`.
macro_rules! sql {
    ($on:expr, execute, $text:expr $(, $arg:expr)* $(,)?) => {{
        use $crate::store::database::{Either, Sql};
        match $on.executor() {
            Either::Postgres(c) => sqlx::query($text.postgres())$(.bind($arg))*.execute(c).await.map(|done| done.rows_affected()),
            Either::Sqlite(c) => sqlx::query($text.sqlite())$(.bind($arg))*.execute(c).await.map(|done| done.rows_affected()),
        }
    }};
    ($on:expr, $fetch:ident as $row:ty, $text:expr $(, $arg:expr)* $(,)?) => {{
        use $crate::store::database::{Either, Sql};
        match $on.executor() {
            Either::Postgres(c) => sqlx::query_as::<_, $row>($text.postgres())$(.bind($arg))*.$fetch(c).await,
            Either::Sqlite(c) => sqlx::query_as::<_, $row>($text.sqlite())$(.bind($arg))*.$fetch(c).await,
        }
    }};
}
pub(super) use sql;

/// A list of ids as the one JSON text that a statement takes it as.
pub(super) fn json_list<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    serde_json::to_string(&ids.collect::<BTreeSet<_>>()).expect("a list of strings")
}

impl Database {
    /// Opens `postgres://…` or `sqlite://path`; a SQLite file is made when it is missing.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres") {
            let options: PgConnectOptions = url.parse()?;
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(ACQUIRE)
                .test_before_acquire(false)
                .before_acquire(|connection, meta| {
                    Box::pin(async move {
                        // one that is gone is replaced
                        Ok(meta.idle_for < ASK_AFTER || connection.ping().await.is_ok())
                    })
                })
                .after_connect(|connection, _| Box::pin(async move { sqlx::raw_sql(SESSION).execute(connection).await.map(drop) }))
                .connect_with(options)
                .await?;
            return Ok(Self(Either::Postgres(pool)));
        }
        let options = url
            .parse::<SqliteConnectOptions>()?
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // an event that was told must survive a power cut, too
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5));
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE)
            // a full disk rolls a transaction back behind sqlx's back: such a connection would refuse every later one
            .before_acquire(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options.clone())
            .await?;
        let read = SqlitePoolOptions::new().max_connections(SQLITE_READERS).acquire_timeout(ACQUIRE).connect_lazy_with(options.read_only(true));
        Ok(Self(Either::Sqlite(SqlitePools { write, read })))
    }

    /// Applies the migrations that are missing; nodes that start at once take turns.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match &self.0 {
            Either::Postgres(pool) => migrator(true).run(pool).await,
            Either::Sqlite(pools) => migrator(false).run(&pools.write).await,
        }
        .map_err(|error| sqlx::Error::from(error).into())
    }

    /// Whether migrations of this program are missing.
    pub async fn lacks_migrations(&self) -> Result<bool, StoreError> {
        const KNOWN: (&str, &str) =
            ("SELECT to_regclass('_sqlx_migrations')::text", "SELECT (SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations')");
        if sql!(self, fetch_one as (Option<String>,), KNOWN)?.0.is_none() {
            return Ok(true);
        }
        let (last,) = sql!(self, fetch_one as (i64,), "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM _sqlx_migrations WHERE success")?;
        Ok(last < LAST)
    }

    /// Connections that reads can have at once.
    pub const fn readers(&self) -> usize {
        match self.0 {
            Either::Postgres(_) => POSTGRES_CONNECTIONS as usize,
            Either::Sqlite(_) => SQLITE_READERS as usize,
        }
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sql!(self, fetch_one as (i32,), ("SELECT 1", "SELECT 1"))?;
        Ok(())
    }

    /// A write transaction. SQLite takes its write lock at once, so that it never fails half-way.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        Ok(Transaction(match &self.0 {
            Either::Postgres(pool) => Either::Postgres(pool.begin().await?),
            Either::Sqlite(pools) => Either::Sqlite(pools.write.begin_with("BEGIN IMMEDIATE").await?),
        }))
    }

    /// Closes the pools; SQLite writes its log back into the file.
    pub async fn close(&self) {
        match &self.0 {
            Either::Postgres(pool) => pool.close().await,
            Either::Sqlite(pools) => {
                pools.read.close().await;
                pools.write.close().await;
            }
        }
    }

    pub(super) const fn executor(&self) -> Either<&PgPool, &SqlitePool> {
        match &self.0 {
            Either::Postgres(pool) => Either::Postgres(pool),
            Either::Sqlite(pools) => Either::Sqlite(&pools.read),
        }
    }
}

impl Transaction {
    pub(super) fn executor(&mut self) -> Either<&mut PgConnection, &mut SqliteConnection> {
        match &mut self.0 {
            Either::Postgres(tx) => Either::Postgres(&mut **tx),
            Either::Sqlite(tx) => Either::Sqlite(&mut **tx),
        }
    }

    /// Undoes it at once; one that is dropped is undone, and its locks are free, a little later.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.0 {
            Either::Postgres(tx) => tx.rollback().await?,
            Either::Sqlite(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    /// Makes it so.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Either::Postgres(tx) => tx.commit().await?,
            Either::Sqlite(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
