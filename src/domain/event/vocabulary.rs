//! The closed sets of words that events use.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What kind of news an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventType {
    /// A step began.
    Started,
    /// A step goes on.
    Progress,
    /// A step ended well.
    Completed,
    /// The build or rollback ended badly, or was stopped.
    Failed,
}

/// The part of a build, or the rollback, that an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Queue, validation, framework detection.
    Setup,
    /// Code generation by a provider.
    Development,
    /// Installation of packages.
    Dependencies,
    /// The project's own build script, and optimisation.
    Build,
    /// Artifact, upload, preview.
    Deploy,
    /// Recommendations.
    Metadata,
    /// Everything of a rollback.
    Rollback,
}

impl Phase {
    /// The word on the wire and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Development => "development",
            Self::Dependencies => "dependencies",
            Self::Build => "build",
            Self::Deploy => "deploy",
            Self::Metadata => "metadata",
            Self::Rollback => "rollback",
        }
    }
}

/// The part of a rollback that failed, in the words of the seed's `ROLLBACK_FAILED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RollbackPhase {
    /// Eligibility and checksum.
    Validating,
    /// The artifact's download.
    Downloading,
    /// The working directory.
    Syncing,
    /// The preview pointer.
    Updating,
}
