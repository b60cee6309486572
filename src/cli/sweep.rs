//! `buildcast sweep`: what a server sweeps again and again, once. A line of JSON for each thing, and one for the sum.

use super::log;
use super::serve::runtime;
use super::{Failure, settings, show};
use crate::app;
use crate::config::Config;
use crate::service::Clock;
use crate::service::clock::SystemClock;
use crate::service::sweeps::{Extent, SweepRules, SweepSum, Sweeper, Swept};
use crate::store::Database;
use clap::ArgMatches;
use serde::Serialize;
use std::path::Path;

/// A thing that was swept, or would be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    #[serde(flatten)]
    swept: &'a Swept,
    dry_run: bool,
}

/// The last line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LastLine {
    summary: SweepSum,
    dry_run: bool,
}

pub(super) fn sweep(matches: &ArgMatches) -> Result<(), Failure> {
    let (config, dry_run) = (settings(matches)?.config, matches.get_flag("dry-run"));
    log::start(&config, None)?;
    let summary = runtime()?.block_on(run(&config, dry_run))?;
    line(&LastLine { summary, dry_run })?;
    if summary.failed == 0 { Ok(()) } else { Err(Failure::Other(format!("{} objects could not be removed", summary.failed))) }
}

async fn run(config: &Config, dry_run: bool) -> Result<SweepSum, Failure> {
    let failed = |setting: &str, error: &dyn std::fmt::Display| Failure::Other(format!("{setting}: {error}"));
    // opening makes a database that is not there, and a folder: a sweep has no use for either
    if config.database_url.strip_prefix("sqlite://").is_some_and(|path| !Path::new(path.split('?').next().unwrap_or(path)).exists()) {
        return Err(failed("DATABASE_URL", &"there is no such file"));
    }
    let db = Database::open(&config.database_url).await.map_err(|error| failed("DATABASE_URL", &error))?;
    // a server's own copies are left to it
    let artifacts = app::artifacts(config, &config.data_dir.join("cache/sweep")).map_err(|error| failed("BUILDCAST_ARTIFACTS", &error))?;
    let orphans_after_ms = i64::try_from(config.versions.orphans_after.as_millis()).unwrap_or(i64::MAX);
    let sweeper = Sweeper { db, artifacts, rules: SweepRules { retention: config.versions.retention, orphans_after_ms } };
    let tell = |swept: &Swept| {
        // a reader that went away stops no sweep
        let _ = line(&Line { swept, dry_run });
    };
    let summary = sweeper.sweep(Extent::All, SystemClock.now_ms(), dry_run, &tell).await.map_err(|error| failed("the sweep", &error))?;
    sweeper.db.close().await;
    Ok(summary)
}

fn line(of: &impl Serialize) -> Result<(), Failure> {
    let mut json = serde_json::to_string(of).map_err(|error| Failure::Other(error.to_string()))?;
    json.push('\n');
    show(&json)
}
