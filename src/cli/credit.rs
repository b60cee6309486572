//! `buildcast credit`: credits for a user, past the API: for who runs the server. Prints what the endpoint would answer.

use super::log;
use super::serve::runtime;
use super::{Failure, settings, show};
use crate::config::Config;
use crate::service::clock::SystemClock;
use crate::service::money::{Credit, CreditView, credit};
use crate::service::{Clock, ServiceError};
use crate::store::Database;
use clap::ArgMatches;
use std::path::Path;

pub(super) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let config = settings(matches)?.config;
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let wanted = Credit {
        user_id: text("USER").unwrap_or_default(),
        credits: matches.get_one::<i64>("CREDITS").copied().unwrap_or_default(),
        reference: text("reference").unwrap_or_default(),
        reason: text("reason"),
    };
    log::start(&config, None)?;
    let view = runtime()?.block_on(credited(&config, &wanted))?;
    let json = serde_json::to_string(&view).map_err(|error| Failure::Other(error.to_string()))?;
    show(&format!("{json}\n"))
}

async fn credited(config: &Config, wanted: &Credit) -> Result<CreditView, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Other(format!("DATABASE_URL: {error}"));
    // opening makes a database that is not there
    if config.database_url.strip_prefix("sqlite://").is_some_and(|path| !Path::new(path.split('?').next().unwrap_or(path)).exists()) {
        return Err(failed(&"there is no such file"));
    }
    let db = Database::open(&config.database_url).await.map_err(|error| failed(&error))?;
    let mut tx = db.begin().await.map_err(|error| failed(&error))?;
    let request_id = SystemClock.new_id();
    let view = credit(&mut tx, config.money.terms, wanted, &request_id, &SystemClock).await.map_err(|error| match error {
        ServiceError::Problem(problem) => Failure::Usage(problem.params().to_string()),
        other => failed(&other),
    })?;
    tx.commit().await.map_err(|error| failed(&error))?;
    db.close().await;
    Ok(view)
}
