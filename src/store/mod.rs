//! Every SQL text, one file a table; pools, transactions, and the macro that runs one text on two databases.
//!
//! May name: domain. Deliberately absent: poem, the hub, and any rule that is not repeated from domain.

pub mod accounts;
pub mod build_statistics;
pub mod builds;
pub mod cancels;
pub mod condemned;
pub mod credits;
pub mod database;
pub mod error;
pub mod events;
pub mod exports;
pub mod history;
pub mod idempotency;
pub mod jobs;
pub mod ledger;
mod log_rows;
pub mod logs;
pub mod looks;
mod migrations;
pub mod nodes;
pub mod past_usage;
mod payments;
pub mod projects;
pub mod publications;
pub mod queue;
pub mod recent_starts;
pub mod replays;
pub mod reservations;
pub mod rollbacks;
pub mod sweeps;
pub mod turns;
pub mod usage;
pub mod versions;

pub use database::{Database, Transaction};
pub use error::StoreError;
