//! What a project is doing.

use super::build::BuildState;
use serde::Serialize;
use utoipa::ToSchema;

/// What a project is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ProjectStatus {
    /// Nothing.
    Idle,
    /// A build waits.
    Queued,
    /// A build runs.
    Building,
    /// It goes back to a version.
    RollingBack,
}

impl ProjectStatus {
    /// The status that follows from the project's build or rollback that has not ended, if there is one.
    pub const fn of(active: Option<(BuildState, bool)>) -> Self {
        match active {
            Some((BuildState::Queued | BuildState::Building, true)) => Self::RollingBack,
            Some((BuildState::Queued, false)) => Self::Queued,
            Some((BuildState::Building, false)) => Self::Building,
            _ => Self::Idle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_not_ended_keeps_a_project_busy() {
        assert_eq!(ProjectStatus::of(None), ProjectStatus::Idle);
        for state in BuildState::ALL {
            for is_rollback in [false, true] {
                let status = ProjectStatus::of(Some((state, is_rollback)));
                assert_eq!(status == ProjectStatus::Idle, !state.is_active());
                assert_eq!(status == ProjectStatus::RollingBack, state.is_active() && is_rollback);
                assert_eq!(status == ProjectStatus::Queued, state == BuildState::Queued && !is_rollback);
            }
        }
    }
}
