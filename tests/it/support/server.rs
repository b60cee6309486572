//! A whole server in this process, on free ports and a folder of its own.

use super::client::Client;
use super::{Kind, Postgres};
use buildcast::app::{self, Running};
use buildcast::config::{Config, load};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub const SECRET: &str = "a secret that only tests share";

/// The server; `folder` and `postgres` outlive it.
pub struct TestServer {
    pub client: Client,
    pub running: Option<Running>,
    pub folder: tempfile::TempDir,
    pub database_url: String,
    _postgres: Option<Postgres>,
}

pub fn config(folder: &Path, database_url: &str, extra: &[(&str, &str)]) -> Config {
    let data = folder.display().to_string();
    let mut environment: BTreeMap<String, String> = [
        ("BUILDCAST_LISTEN", "127.0.0.1:0"),
        ("BUILDCAST_PREVIEW_LISTEN", "127.0.0.1:0"),
        ("BUILDCAST_DATA_DIR", data.as_str()),
        ("DATABASE_URL", database_url),
        ("WORKER_SHARED_SECRET", SECRET),
        ("BUILDCAST_DRAIN_SECONDS", "5"),
        // a test asks more often than anybody
        ("BUILDCAST_RATE_PER_MINUTE", "1000000"),
        ("BUILDCAST_STATISTICS_SECONDS", "0"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    environment.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let config = load(None, environment.into_iter(), BTreeMap::new()).unwrap().config;
    // this process is the test's, and no server
    Config { supervisor: super::process::BINARY.into(), ..config }
}

impl TestServer {
    pub async fn start(kind: Kind) -> Self {
        Self::start_with(kind, &[]).await
    }

    pub async fn start_with(kind: Kind, extra: &[(&str, &str)]) -> Self {
        Self::start_at(kind, extra, Arc::new(SystemClock)).await
    }

    /// One whose time a test may set.
    pub async fn start_at(kind: Kind, extra: &[(&str, &str)], clock: Arc<dyn Clock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let postgres = (kind == Kind::Postgres).then(Postgres::start);
        let database_url = postgres.as_ref().map_or_else(|| "sqlite://{data}/buildcast.db".to_owned(), Postgres::url);
        let config = config(folder.path(), &database_url, extra);
        let running = app::start(&config, clock).await.unwrap();
        let client = Client::new(running.api.unwrap(), running.preview.unwrap());
        Self { client, database_url: config.database_url, running: Some(running), folder, _postgres: postgres }
    }

    /// One that takes builds and runs none: they stay queued.
    pub async fn without_engine(kind: Kind) -> Self {
        Self::start_with(kind, &[("BUILDCAST_NODE_ROLE", "api,preview")]).await
    }

    /// A node of several, on a database that they share.
    pub async fn node(database_url: &str, extra: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), database_url, extra);
        let running = app::start(&config, Arc::new(SystemClock)).await.unwrap();
        let none = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        let client = Client::new(running.api.unwrap_or(none), running.preview.unwrap_or(none));
        Self { client, database_url: config.database_url, running: Some(running), folder, _postgres: None }
    }

    /// Rows of a table, which may have a WHERE behind it.
    pub async fn count(&self, table: &str) -> i64 {
        self.scalar(&format!("SELECT COUNT(*) FROM {table}")).await
    }

    /// Seconds that a build used a provider.
    pub async fn seconds(&self, build: &serde_json::Value) -> f64 {
        self.scalar(&format!("SELECT ai_seconds FROM builds WHERE id = '{}'", build["buildId"].as_str().unwrap())).await
    }

    /// The one value that a query gives.
    pub async fn scalar<T: Value>(&self, text: &str) -> T {
        scalar(&self.database_url, text).await
    }

    /// Runs a statement past all code of ours.
    pub async fn execute(&self, text: &str) {
        super::vault::execute(&self.database_url, text).await;
    }

    /// Files in a folder of the server's own, however deep.
    pub fn files_in(&self, name: &str) -> Vec<String> {
        buildcast::artifacts::pack::files_under(&self.folder.path().join(name), &[]).map(|files| files.into_keys().collect()).unwrap_or_default()
    }
}

/// A value that both databases can give.
pub trait Value:
    Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>
{
}

impl<T> Value for T where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>
{
}

/// The one value that a query of a database gives.
pub async fn scalar<T: Value>(database_url: &str, text: &str) -> T {
    let text = sqlx::AssertSqlSafe(text.to_owned());
    if database_url.starts_with("sqlite") {
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(database_url).await.unwrap();
        sqlx::query_scalar(text).fetch_one(&mut connection).await.unwrap()
    } else {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(database_url).await.unwrap();
        sqlx::query_scalar(text).fetch_one(&mut connection).await.unwrap()
    }
}
