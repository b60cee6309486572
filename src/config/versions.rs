//! The settings of versions: retention, rollbacks, downloads.

use super::load::{ConfigError, Values, fault};
use crate::domain::eligibility::Retention;
use std::time::Duration;

/// Days that artifacts are kept at most: a hundred years.
const RETENTION_DAYS_MAX: i64 = 36_500;
/// Seconds that a setting of this file may say at most: a year.
const SECONDS_MAX: f64 = 31_536_000.0;

/// An object that was stored just now is somebody's.
const ORPHANS_MIN: Duration = Duration::from_secs(1);

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
    /// `BUILDCAST_ORPHAN_SECONDS`
    pub orphans_after: Duration,
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
        orphans_after: orphans_after(v)?,
    })
}

/// A sweep must not take for nobody's what a start or a build is about to name. Rows keep it from that; in production the
/// time alone has to, as well.
fn orphans_after(v: &Values<'_>) -> Result<Duration, ConfigError> {
    const NAME: &str = "BUILDCAST_ORPHAN_SECONDS";
    let kept = v.seconds(NAME, SECONDS_MAX)?;
    if kept < ORPHANS_MIN {
        return Err(fault(NAME, "less than 1"));
    }
    let attempt = v.seconds("BUILDCAST_BUILD_TIMEOUT_SECONDS", SECONDS_MAX)?.as_secs_f64();
    let attempts = u32::try_from(v.count("BUILDCAST_BUILD_ATTEMPTS")?).unwrap_or(u32::MAX);
    if v.text("BUILDCAST_ENV") == "production" && kept.as_secs_f64() < attempt * f64::from(attempts) {
        return Err(fault(NAME, "less than BUILDCAST_BUILD_TIMEOUT_SECONDS times BUILDCAST_BUILD_ATTEMPTS"));
    }
    Ok(kept)
}
