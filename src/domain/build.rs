//! A build's states and the only ways between them. The drawing is in docs/state-machine.md; the migration's CHECK
//! repeats the table.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BuildState {
    /// Waiting for a worker.
    Queued,
    /// A worker has it, or had it and another will take over.
    Building,
    /// Ended well: its version is there.
    Deployed,
    /// Ended badly, by failure or by time.
    Failed,
    /// Stopped on request.
    Cancelled,
}

/// What can happen to a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildTransition {
    /// A worker claims it.
    Claim,
    /// Its version is deployed.
    Deploy,
    /// A step failed, or time ran out.
    Fail,
    /// Somebody asked to stop it.
    Cancel,
}

/// A transition that the table lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a build cannot go from {} to {}", from.word(), to.word())]
pub struct Refused {
    /// Where the build is.
    pub from: BuildState,
    /// Where it was to go.
    pub to: BuildState,
}

impl BuildState {
    /// Every state, in the order of a build's life.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Building, Self::Deployed, Self::Failed, Self::Cancelled];

    /// The state after a transition, or why there is none.
    pub fn apply(self, transition: BuildTransition) -> Result<Self, Refused> {
        use {BuildState as S, BuildTransition as T};
        match (self, transition) {
            (S::Queued, T::Claim) => Ok(S::Building),
            (S::Queued | S::Building, T::Cancel) => Ok(S::Cancelled),
            (S::Building, T::Deploy) => Ok(S::Deployed),
            (S::Building, T::Fail) => Ok(S::Failed),
            (from, transition) => Err(Refused { from, to: transition.target() }),
        }
    }

    /// The states that can follow.
    pub fn valid_next(self) -> Vec<Self> {
        match self {
            Self::Queued => vec![Self::Building, Self::Cancelled],
            Self::Building => vec![Self::Deployed, Self::Failed, Self::Cancelled],
            Self::Deployed | Self::Failed | Self::Cancelled => vec![],
        }
    }

    /// Whether the build still holds its project.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Queued | Self::Building)
    }

    /// The word on the wire and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Building => "building",
            Self::Deployed => "deployed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state with that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl BuildTransition {
    /// Where the transition leads.
    pub const fn target(self) -> BuildState {
        match self {
            Self::Claim => BuildState::Building,
            Self::Deploy => BuildState::Deployed,
            Self::Fail => BuildState::Failed,
            Self::Cancel => BuildState::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_state_and_transition_is_decided() {
        use {BuildState as S, BuildTransition as T};
        let allowed = [(S::Queued, T::Claim), (S::Queued, T::Cancel), (S::Building, T::Deploy), (S::Building, T::Fail), (S::Building, T::Cancel)];
        for from in S::ALL {
            for transition in [T::Claim, T::Deploy, T::Fail, T::Cancel] {
                let result = from.apply(transition);
                if allowed.contains(&(from, transition)) {
                    assert_eq!(result, Ok(transition.target()));
                    assert!(from.valid_next().contains(&transition.target()));
                } else {
                    assert_eq!(result, Err(Refused { from, to: transition.target() }));
                }
            }
            assert_eq!(from.valid_next().is_empty(), !from.is_active());
            assert_eq!(S::from_word(from.word()), Some(from));
        }
    }
}
