//! The settings of legacy messages. Whether their last day is over is for the start's clock to say.

use super::load::{ConfigError, Values, fault};
use crate::domain::days::{Day, day, day_of, day_text};
use crate::domain::legacy::past_sunset;

/// Whether there are legacy messages, and until when.
#[derive(Debug, Clone, Copy)]
pub struct LegacyConfig {
    /// `WORKER_INCLUDE_ERROR_MESSAGE`
    pub messages: bool,
    /// `LEGACY_MESSAGES_SUNSET`: their last day, in UTC.
    pub sunset: Day,
}

impl LegacyConfig {
    /// Why a server with these settings does not start at this time, epoch milliseconds. One that runs already goes on.
    pub fn refusal(&self, now_ms: i64) -> Option<String> {
        let why = past_sunset(self.sunset, day_of(now_ms)).filter(|_| self.messages)?;
        Some(format!("WORKER_INCLUDE_ERROR_MESSAGE: {why}"))
    }

    /// The last day of legacy messages, where there are any.
    pub fn last_day(&self) -> Option<String> {
        self.messages.then(|| day_text(self.sunset))
    }
}

/// Reads and checks them.
pub(super) fn legacy(v: &Values<'_>) -> Result<LegacyConfig, ConfigError> {
    const SUNSET: &str = "LEGACY_MESSAGES_SUNSET";
    let sunset = day(v.text(SUNSET)).ok_or_else(|| fault(SUNSET, format_args!("{:?} is not a day such as 2025-03-01", v.text(SUNSET))))?;
    Ok(LegacyConfig { messages: v.parse("WORKER_INCLUDE_ERROR_MESSAGE", "true or false")?, sunset })
}
