//! The settings of versions: retention, rollbacks, downloads.

use super::load::{ConfigError, Values, fault};
use crate::domain::eligibility::Retention;
use std::time::Duration;

/// Days that artifacts are kept at most: a hundred years.
const RETENTION_DAYS_MAX: i64 = 36_500;
/// Seconds that a setting of this file may say at most: a year.
const SECONDS_MAX: f64 = 31_536_000.0;

/// What versions are told at start.
#[derive(Debug, Clone, Copy)]
pub struct VersionConfig {
    /// `ARTIFACT_RETENTION_DAYS`
    pub retention: Retention,
    /// `MAX_ROLLBACK_DURATION_SECONDS`
    pub rollback_max: Duration,
    /// `PROGRESS_UPDATE_INTERVAL`
    pub progress_files: usize,
    /// `ROLLBACK_PROGRESS_CACHE_TTL`
    pub progress_ttl: Duration,
    /// `BUILDCAST_DOWNLOAD_URL_SECONDS`
    pub download_url: Duration,
}

/// Reads and checks them.
pub(super) fn versions(v: &Values<'_>) -> Result<VersionConfig, ConfigError> {
    let days = v.parse("ARTIFACT_RETENTION_DAYS", "a number of days")?;
    if !(0..=RETENTION_DAYS_MAX).contains(&days) {
        return Err(fault("ARTIFACT_RETENTION_DAYS", format_args!("not within 0 to {RETENTION_DAYS_MAX}")));
    }
    let rollback_max = v.seconds("MAX_ROLLBACK_DURATION_SECONDS", SECONDS_MAX)?;
    if rollback_max.is_zero() {
        return Err(fault("MAX_ROLLBACK_DURATION_SECONDS", "more than 0"));
    }
    let download_url = v.seconds("BUILDCAST_DOWNLOAD_URL_SECONDS", SECONDS_MAX)?;
    if download_url.is_zero() {
        return Err(fault("BUILDCAST_DOWNLOAD_URL_SECONDS", "more than 0"));
    }
    Ok(VersionConfig {
        retention: Retention { days },
        rollback_max,
        progress_files: v.count("PROGRESS_UPDATE_INTERVAL")?,
        progress_ttl: v.seconds("ROLLBACK_PROGRESS_CACHE_TTL", SECONDS_MAX)?,
        download_url,
    })
}
