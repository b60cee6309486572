//! `buildcast credit`: credits for a user, past the API: for who runs the server. Prints what the endpoint would answer.

use super::log;
use super::serve::runtime;
use super::{Failure, settings, show};
use crate::config::Config;
use crate::domain::ids::is_visible;
use crate::domain::ledger::Actor;
use crate::domain::problem::Problem;
use crate::service::clock::SystemClock;
use crate::service::money::{Asked, Credit, CreditView, credit, log_credit};
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
    let by = text("by").or_else(login_name);
    let view = runtime()?.block_on(credited(&config, &wanted, by.as_deref()))?;
    let json = serde_json::to_string(&view).map_err(|error| Failure::Other(error.to_string()))?;
    show(&format!("{json}\n"))
}

/// Who runs the command, as the shell says it: of `sudo`, who asked for it.
fn login_name() -> Option<String> {
    let name = |variable| std::env::var(variable).ok().filter(|name| is_visible(name, 128));
    name("SUDO_USER").or_else(|| name("USER")).or_else(|| name("LOGNAME"))
}

async fn credited(config: &Config, wanted: &Credit, by: Option<&str>) -> Result<CreditView, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Other(format!("DATABASE_URL: {error}"));
    // opening makes a database that is not there
    if config.database_url.strip_prefix("sqlite://").is_some_and(|path| !Path::new(path.split('?').next().unwrap_or(path)).exists()) {
        return Err(failed(&"there is no such file"));
    }
    let db = Database::open(&config.database_url).await.map_err(|error| failed(&error))?;
    if db.lacks_migrations().await.map_err(|error| failed(&error))? {
        return Err(failed(&"migrations are missing; `buildcast migrate` applies them"));
    }
    let mut tx = db.begin().await.map_err(|error| failed(&error))?;
    let request_id = SystemClock.new_id();
    let asked = Asked { request_id: &request_id, actor: Actor::Command(by) };
    let view = credit(&mut tx, config.money.terms, wanted, asked, &SystemClock).await.map_err(|error| match error {
        ServiceError::Problem(problem) => Failure::Usage(told(&problem)),
        other => failed(&other),
    })?;
    tx.commit().await.map_err(|error| failed(&error))?;
    log_credit(wanted, asked, &view);
    db.close().await;
    Ok(view)
}

/// Each fault on a line of its own, by the name of its argument or option.
fn told(problem: &Problem) -> String {
    let Problem::ValidationFailed(failed) = problem else { return problem.code().to_owned() };
    let argument = |field: &str| match field {
        "userId" => "USER".to_owned(),
        "credits" => "CREDITS".to_owned(),
        "actor" => "--by".to_owned(),
        other => format!("--{other}"),
    };
    failed.errors.iter().flatten().map(|error| format!("{}: {}", argument(&error.field), error.message)).collect::<Vec<_>>().join("\nbuildcast: ")
}
