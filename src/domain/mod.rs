//! The rules, pure: what an event, an error, a state, a cursor, a signature and a token are.
//!
//! May name: std, serde, utoipa's schema derive, and small pure crates (hmac, sha2, chrono, fluent, icu).
//! Deliberately absent: tokio, sqlx, poem, redis, the clock and randomness; times and ids come in as parameters.

pub mod build;
pub mod catalogue;
pub mod cursor;
pub mod days;
pub mod download;
pub mod eligibility;
pub mod entity_tag;
pub mod estimate;
pub mod event;
pub mod example;
pub mod fault;
pub mod file_name;
pub mod files;
pub mod forecast;
pub mod frame;
pub mod framework;
pub mod generation;
pub mod idempotency;
pub mod ids;
pub mod install;
pub mod jwt;
pub mod ledger;
pub mod legacy;
pub mod line;
pub mod locale;
pub mod lock_file;
pub mod log;
pub mod mask;
pub mod metadata;
pub mod package_manager;
pub mod page;
pub mod page_session;
pub mod price_list;
pub mod problem;
pub mod project;
pub mod recording;
pub mod replay;
pub mod rollback;
mod schema;
pub mod seal;
pub mod server_sent;
pub mod signature;
pub mod time;
pub mod token;
pub mod version;
