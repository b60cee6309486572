//! Every error code, each once: adding one is an entry here and its messages in `locales/`.

use super::row::{ProblemInfo, problems};
use super::{AuthReason, FieldError};
use crate::domain::event::{Phase, RollbackPhase};
use serde::Serialize;
use utoipa::ToSchema;

problems! {
    /// A provider's limit is reached.
    AI_LIMIT_REACHED AiLimitReached 429 {
        /// When the provider takes requests again, epoch milliseconds.
        reset_time: i64,
        /// Seconds until then.
        retry_after: u64,
    } optional {
        /// The provider, such as `anthropic`.
        provider: String,
    }
    /// The account has too little.
    INSUFFICIENT_BALANCE InsufficientBalance 402 {
        /// Credits that it takes.
        required_balance: i64,
        /// Credits that there are.
        current_balance: i64,
    } optional {
        /// What to do: `purchase` or `upgrade`.
        recommendation: String,
    }
    /// The account has too few credits; `field` says which start of a batch they do not last for.
    INSUFFICIENT_CREDITS InsufficientCredits 402 {
        /// Credits that it takes.
        required: i64,
        /// Credits that can be spent.
        available: i64,
    } optional {
        /// The start of a batch that they do not last for, such as `builds[1]`.
        field: String,
    }
    /// Too many requests.
    RATE_LIMITED RateLimited 429 {
        /// Seconds until the next request may come.
        retry_after: u64,
        /// Requests of a window.
        limit: u64,
        /// Seconds of a window.
        window: u64,
    } optional {}
    /// The project has a build that has not ended; `field` says which start of a batch asked for another.
    BUILD_ALREADY_RUNNING BuildAlreadyRunning 429 {
        /// The build that has not ended.
        build_id: String,
    } optional {
        /// When it is expected to end, epoch milliseconds.
        estimated_completion: i64,
        /// The start of a batch that asked for another, such as `builds[1]`.
        field: String,
    }
    /// The state machine has no such way.
    INVALID_STATE_TRANSITION InvalidStateTransition 409 {
        /// The state that it is in.
        from: String,
        /// The state that was asked for.
        to: String,
        /// The states that can follow.
        valid_next: Vec<String>,
    } optional {}
    /// The key was used with another body.
    IDEMPOTENCY_KEY_REUSED IdempotencyKeyReused 422 {} optional {}
    /// The first request with the key has not ended.
    IDEMPOTENCY_IN_PROGRESS IdempotencyInProgress 409 {
        /// Seconds until it is worth asking again.
        retry_after: u64,
    } optional {}
    /// The project has a rollback that has not ended; `field` says which start of a batch was refused for it.
    ROLLBACK_IN_PROGRESS RollbackInProgress 409 {
        /// The rollback that has not ended.
        job_id: String,
    } optional {
        /// The start of a batch that was refused for it, such as `builds[1]`.
        field: String,
    }
    /// The version can't be rolled back to.
    VERSION_NOT_ELIGIBLE VersionNotEligible 409 {
        /// Why: `artifact_missing`, `artifact_expired`, `already_published` or `deployment_failed`.
        reason: String,
    } optional {}
    /// A build failed.
    BUILD_FAILED BuildFailure 500 {} optional {
        /// A stable word, such as `command_failed` or `no_output`.
        reason: String,
        /// Exit code of the command that failed.
        exit_code: i32,
        /// Seconds from the first start to the end.
        duration: f64,
        /// Phase that failed.
        phase: Phase,
        /// Whether trying again may help.
        recoverable: bool,
    }
    /// A build took too long.
    BUILD_TIMEOUT BuildTimedOut 500 {
        /// Seconds from the first start to the end.
        duration: f64,
    } optional {
        /// Phase that was stopped.
        phase: Phase,
    }
    /// A rollback failed.
    ROLLBACK_FAILED RollbackFailure 500 {} optional {
        /// A stable word.
        reason: String,
        /// Seconds it took.
        duration: f64,
        /// The part that failed.
        phase: RollbackPhase,
        /// The version to go back to.
        target_version_id: String,
        /// Whether trying again may help.
        recoverable: bool,
    }
    /// The request is not signed, or not rightly.
    AUTH_FAILED AuthFailed 401 {} optional {
        /// Why.
        reason: AuthReason,
    }
    /// The token is stale.
    AUTH_EXPIRED AuthExpired 401 {} optional {
        /// The second at which it became stale, epoch milliseconds.
        expired_at: i64,
    }
    /// The token opens another stream.
    FORBIDDEN Forbidden 403 {} optional {}
    /// There is no such thing, or it is another user's; `field` says which start of a batch, or which entry of a list, named it.
    NOT_FOUND NotFound 404 {
        /// What is not there, such as `build` or `project`.
        resource: String,
    } optional {
        /// Where the request named it, such as `builds[1]`.
        field: String,
    }
    /// The body is larger than the limit in bytes.
    PAYLOAD_TOO_LARGE PayloadTooLarge 413 {
        /// Bytes at most.
        limit: u64,
    } optional {
        /// Bytes that there are, where they are known.
        actual: u64,
    }
    /// Something that this server asked took too long.
    NETWORK_TIMEOUT NetworkTimeout 504 {} optional {
        /// Seconds that were waited.
        duration: f64,
        /// What was asked.
        endpoint: String,
    }
    /// A provider is away.
    PROVIDER_UNAVAILABLE ProviderUnavailable 503 {} optional {
        /// The provider, such as `anthropic`.
        provider: String,
        /// One that may be there.
        alternative_provider: String,
    }
    /// A quota is used up.
    QUOTA_EXCEEDED QuotaExceeded 429 {} optional {
        /// What is used up.
        quota_type: String,
        /// How many there may be.
        limit: u64,
        /// How many there are.
        used: u64,
    }
    /// The request can't be read.
    INVALID_INPUT InvalidInput 400 {} optional {
        /// The field, parameter or header; `body` for the whole.
        field: String,
        /// A stable word, such as `missing_field` or `invalid_value`.
        reason: String,
    }
    /// The request can be read, but what it says can't be.
    VALIDATION_FAILED ValidationFailed 422 {} optional {
        /// Every field that can't be as it is.
        errors: Vec<FieldError>,
    }
    /// The path has no such method; `allow` lists those it has.
    METHOD_NOT_ALLOWED MethodNotAllowed 405 {} optional {
        /// The methods that the path has.
        allow: Vec<String>,
    }
    /// The body's type is not accepted.
    UNSUPPORTED_MEDIA_TYPE UnsupportedMediaType 415 {} optional {}
    /// Nothing that the client accepts can be given.
    NOT_ACCEPTABLE NotAcceptable 406 {} optional {}
    /// The database is away, or the server drains or is overloaded.
    SERVICE_UNAVAILABLE ServiceUnavailable 503 {
        /// Seconds until it is worth asking again.
        retry_after: u64,
    } optional {}
    /// A fault of this server.
    INTERNAL_ERROR InternalError 500 {} optional {}
}
