//! How a use case fails: in a way that the caller is told, or by a fault that is logged and told as such.

use crate::artifacts::ArtifactError;
use crate::domain::problem::Problem;
use crate::store::StoreError;

/// What keeps a request from being served, though nothing is wrong with it.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The artifact store.
    #[error(transparent)]
    Artifacts(#[from] ArtifactError),
    /// Something took too long.
    #[error("took too long")]
    Late,
    /// A fault of ours.
    #[error("{0}")]
    Bug(String),
}

impl Fault {
    /// Whether the same may succeed later.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Store(error) => error.is_passing(),
            Self::Artifacts(error) => error.is_passing(),
            Self::Late => true,
            Self::Bug(_) => false,
        }
    }
}

/// A use case's failure.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The caller is told what and why.
    #[error("{}", .0.code())]
    Problem(Problem),
    /// The caller is told that it was us.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The caller is told what the first request with its key was.
    #[error("a request with this key was answered meanwhile")]
    Answered,
}

impl<P: Into<Problem>> From<P> for ServiceError {
    fn from(problem: P) -> Self {
        Self::Problem(problem.into())
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refused) => Self::Problem(refused.into()),
            other => Self::Fault(other.into()),
        }
    }
}

impl From<ArtifactError> for ServiceError {
    fn from(error: ArtifactError) -> Self {
        Self::Fault(error.into())
    }
}
