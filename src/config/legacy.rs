//! The settings of legacy messages. Whether their last day is over, the start asks its clock.

use super::load::{ConfigError, Values, fault};
use crate::domain::days::{Day, day};

/// Whether there are legacy messages, and until when.
#[derive(Debug, Clone, Copy)]
pub struct LegacyConfig {
    /// `WORKER_INCLUDE_ERROR_MESSAGE`
    pub messages: bool,
    /// `LEGACY_MESSAGES_SUNSET`: their last day, in UTC.
    pub sunset: Day,
}

/// Reads and checks them.
pub(super) fn legacy(v: &Values<'_>) -> Result<LegacyConfig, ConfigError> {
    const SUNSET: &str = "LEGACY_MESSAGES_SUNSET";
    let sunset = day(v.text(SUNSET)).ok_or_else(|| fault(SUNSET, format_args!("{:?} is not a day such as 2025-03-01", v.text(SUNSET))))?;
    Ok(LegacyConfig { messages: v.parse("WORKER_INCLUDE_ERROR_MESSAGE", "true or false")?, sunset })
}
