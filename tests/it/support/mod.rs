//! Servers, databases and clients for tests.

pub mod client;
pub mod clock;
pub mod postgres;
pub mod process;
pub mod project;
pub mod provider;
pub mod publisher;
pub mod raw;
pub mod redis;
pub mod s3;
pub mod server;
pub mod socket;
pub mod tls;
pub mod tree;
pub mod vault;

pub use client::{Client, Frame};
pub use postgres::Postgres;
pub use redis::{Redis, RedisCluster};
pub use server::TestServer;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// One test for each database from one body: `on_both!(name, |kind| async { … })`.
macro_rules! on_both {
    ($name:ident, $body:ident) => {
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$body($crate::support::Kind::Sqlite).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$body($crate::support::Kind::Postgres).await;
            }
        }
    };
}
pub(crate) use on_both;
