//! How code generation fails: each way has its own word, and the provider's own troubles their own error.

use super::waits::Wait;
use crate::domain::event::BuildFailed;
use crate::domain::generation::Provider;
use crate::domain::problem::{AiLimitReached, NetworkTimeout, Problem, ProviderUnavailable};
use crate::engine::steps::StepError;

/// Why there are no generated files.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine) enum Failure {
    /// A limit of the provider's is reached.
    Limited(Wait),
    /// The provider is away, overloaded, or does not let this server in.
    Unavailable,
    /// Nothing came for too long, or all took too long: seconds that passed.
    TimedOut(f64),
    /// The provider says that the request can't be.
    Refused,
    /// The reply broke off.
    Incomplete,
    /// The reply reached the limit of its length.
    Truncated,
    /// The provider held the reply back.
    Filtered,
    /// The reply is not what was asked for.
    Unreadable,
    /// The reply is larger than this server takes.
    TooLarge,
    /// The reply has no file in it.
    Empty,
    /// A file of the reply can't be in the project.
    FilesInvalid,
}

impl Failure {
    /// The event's reason, and whether another try may do better.
    const fn reason(self) -> (&'static str, bool) {
        match self {
            Self::Limited(_) => ("ai_limit_reached", true),
            Self::Unavailable => ("provider_unavailable", true),
            Self::TimedOut(_) => ("network_timeout", true),
            Self::Refused => ("generator_refused", false),
            Self::Incomplete => ("generation_incomplete", true),
            Self::Truncated => ("generation_truncated", true),
            Self::Filtered => ("generation_filtered", false),
            Self::Unreadable => ("generation_unreadable", true),
            Self::TooLarge => ("generation_too_large", true),
            Self::Empty => ("generation_empty", true),
            Self::FilesInvalid => ("generated_files_invalid", true),
        }
    }

    /// The error of its own, where there is one.
    fn problem(self, provider: Provider, endpoint: &str) -> Option<Problem> {
        let word = Some(provider.word().to_owned());
        match self {
            Self::Limited(Wait { reset_time, retry_after }) => Some(AiLimitReached { reset_time, retry_after, provider: word }.into()),
            Self::Unavailable => Some(ProviderUnavailable { provider: word, alternative_provider: None }.into()),
            Self::TimedOut(seconds) => Some(NetworkTimeout { duration: Some(seconds), endpoint: Some(endpoint.into()) }.into()),
            _ => None,
        }
    }

    /// How the build ends by it; `endpoint` is the provider's host.
    pub fn into_error(self, provider: Provider, endpoint: &str) -> StepError {
        let (reason, recoverable) = self.reason();
        let failed = BuildFailed { reason: Some(reason.into()), exit_code: None, duration: None, phase: None, recoverable: Some(recoverable) };
        match self.problem(provider, endpoint) {
            Some(problem) => StepError::Told(Box::new(failed), Box::new(problem)),
            None => StepError::Failed(Box::new(failed)),
        }
    }
}
