//! Builds counted by what has become of them, in all and on each day.

use crate::domain::build::BuildState;
use crate::domain::days::{Day, day_text};
use crate::service::ServiceError;
use crate::store::builds::state_of;
use serde::Serialize;
use utoipa::ToSchema;

/// Builds by what has become of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BuildCounts {
    /// Builds that wait.
    pub queued: i64,
    /// Builds that run.
    pub building: i64,
    /// Builds that were deployed.
    pub deployed: i64,
    /// Builds that failed.
    pub failed: i64,
    /// Builds that were cancelled.
    pub cancelled: i64,
}

/// Builds that were asked for on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BuildDay {
    /// The day in UTC, `YYYY-MM-DD`.
    #[schema(example = "2026-01-15")]
    pub day: String,
    /// Builds.
    pub started: i64,
    /// Those of them that were deployed.
    pub deployed: i64,
    /// Those of them that failed.
    pub failed: i64,
    /// Those of them that were cancelled.
    pub cancelled: i64,
}

impl BuildCounts {
    pub(super) fn add(&mut self, state: &str, builds: i64) -> Result<(), ServiceError> {
        *match state_of(state)? {
            BuildState::Queued => &mut self.queued,
            BuildState::Building => &mut self.building,
            BuildState::Deployed => &mut self.deployed,
            BuildState::Failed => &mut self.failed,
            BuildState::Cancelled => &mut self.cancelled,
        } += builds;
        Ok(())
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            queued: self.queued + other.queued,
            building: self.building + other.building,
            deployed: self.deployed + other.deployed,
            failed: self.failed + other.failed,
            cancelled: self.cancelled + other.cancelled,
        }
    }

    pub(super) const fn sum(self) -> i64 {
        self.queued + self.building + self.deployed + self.failed + self.cancelled
    }

    pub(super) fn of_day(self, day: Day) -> BuildDay {
        BuildDay { day: day_text(day), started: self.sum(), deployed: self.deployed, failed: self.failed, cancelled: self.cancelled }
    }
}
