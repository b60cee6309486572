//! The errors of the contract, each once: adding one is an entry here and its messages in `locales/`.
//!
//! A code's text says when it happens, the text after its status whether asking again helps.

use super::row::{ProblemInfo, problems};
use super::{AuthReason, FieldError};
use crate::domain::event::{Phase, RollbackPhase};
use serde::Serialize;
use utoipa::ToSchema;

problems! {
    /// The provider of code has no more for this account just now. It stands in `error` of a build that failed for it, and
    /// is no answer to a request.
    AI_LIMIT_REACHED AiLimitReached 429 "After `retryAfter` seconds, with a new build." {
        /// When the provider's limit is over, epoch milliseconds.
        reset_time: i64,
        /// Seconds until then.
        retry_after: u64,
    } optional {
        /// The provider's word, such as `anthropic`.
        provider: String,
    }
    /// The account has too little. This server says INSUFFICIENT_CREDITS instead; the code is kept for clients that know
    /// it from the former worker.
    INSUFFICIENT_BALANCE InsufficientBalance 402 "Once the account has more." {
        /// Credits needed.
        required_balance: i64,
        /// Credits that the account has.
        current_balance: i64,
    } optional {
        /// What would help: `purchase` or `upgrade`.
        recommendation: String,
    }
    /// The account has too few credits for a start or a reservation. `data.recommendation` names what to buy.
    INSUFFICIENT_CREDITS InsufficientCredits 402 "Once the account has more." {
        /// Credits needed.
        required: i64,
        /// Credits that the account has left.
        available: i64,
    } optional {
        /// Which start of a batch they do not last for, such as `builds[1]`.
        field: String,
    }
    /// The address or the user has asked too often. `data.used` says how much of the limit is used.
    RATE_LIMITED RateLimited 429 "After `retryAfter` seconds, also in `Retry-After`." {
        /// Seconds until the same request is taken.
        retry_after: u64,
        /// Requests in a window.
        limit: u64,
        /// Seconds of a window.
        window: u64,
    } optional {}
    /// The project has a build that has not ended.
    BUILD_ALREADY_RUNNING BuildAlreadyRunning 429 "Once the build that it names has ended: follow that one." {
        /// The build that runs or waits.
        build_id: String,
    } optional {
        /// When it is expected to end, epoch milliseconds.
        estimated_completion: i64,
        /// Which start of a batch asked for another, such as `builds[1].projectId`.
        field: String,
    }
    /// The state machine has no such way: a build that has ended is cancelled, a rollback is cancelled, a reservation is
    /// ended a second time in another way.
    INVALID_STATE_TRANSITION InvalidStateTransition 409 "No." {
        /// The state that it is in.
        from: String,
        /// The state that was asked for.
        to: String,
        /// The states that may follow.
        valid_next: Vec<String>,
    } optional {}
    /// The `Idempotency-Key` was used with another body, query or `If-Match` in the last 24 h.
    IDEMPOTENCY_KEY_REUSED IdempotencyKeyReused 422 "With another key." {} optional {}
    /// The first request with the `Idempotency-Key` has not ended after 5 s.
    IDEMPOTENCY_IN_PROGRESS IdempotencyInProgress 409 "After `retryAfter` seconds, with the same key." {
        /// Seconds to wait.
        retry_after: u64,
    } optional {}
    /// The project has a rollback that has not ended.
    ROLLBACK_IN_PROGRESS RollbackInProgress 409 "Once the rollback that it names has ended." {
        /// The rollback's job.
        job_id: String,
    } optional {
        /// Which start of a batch was refused for it, such as `builds[1].projectId`.
        field: String,
    }
    /// The version can't be rolled back to, published or downloaded.
    VERSION_NOT_ELIGIBLE VersionNotEligible 409 "No: look at the versions again." {
        /// `artifact_missing`, `artifact_expired`, `already_published` or `deployment_failed`.
        reason: String,
    } optional {}
    /// A build failed. It stands in `error` of that build, and is no answer to a request.
    BUILD_FAILED BuildFailure 500 "With a new build: as it is where `recoverable`, else once the project is mended." {} optional {
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
    /// A build took longer than it may. It stands in `error` of that build, and is no answer to a request.
    BUILD_TIMEOUT BuildTimedOut 500 "With a new build, once the project takes less." {
        /// Seconds from the first start to the end.
        duration: f64,
    } optional {
        /// Phase that was stopped.
        phase: Phase,
    }
    /// A rollback failed, and all is as it was before. It stands in `error` of that job, and is no answer to a request.
    ROLLBACK_FAILED RollbackFailure 500 "With a new rollback, where `recoverable`." {} optional {
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
    /// The request is not signed, or not rightly; or the stream token is none of this server's. `serverTime` beside `params`
    /// shows how far a clock is off.
    AUTH_FAILED AuthFailed 401 "`expired`: once the clock is right. `replayed`: with a new nonce. Else no." {} optional {
        /// `missing`, `invalid`, `expired` (a timestamp more than 300 s off) or `replayed` (a nonce seen before).
        reason: AuthReason,
    }
    /// The stream token's time is over; also as a frame that ends a stream.
    AUTH_EXPIRED AuthExpired 401 "With a new token, and the cursor of the last event." {} optional {
        /// When it was over, epoch milliseconds.
        expired_at: i64,
    }
    /// The stream token opens another stream, or a download's address is forged or stale.
    FORBIDDEN Forbidden 403 "With a token for this stream, or a new address." {} optional {}
    /// There is no such thing, or it is another user's.
    NOT_FOUND NotFound 404 "No." {
        /// What is not there, such as `build`, `project`, `version`, `reservation`, `artifact` or `path`.
        resource: String,
    } optional {
        /// Which start of a batch, or which entry of a list, named it.
        field: String,
    }
    /// The body is larger than the path allows, or what is asked for is larger than may be downloaded.
    PAYLOAD_TOO_LARGE PayloadTooLarge 413 "No." {
        /// Bytes allowed.
        limit: u64,
    } optional {
        /// Bytes that there are, where that is known.
        actual: u64,
    }
    /// Something that this server asked took too long. It stands in `error` of a build that failed for it, and is no answer
    /// to a request.
    NETWORK_TIMEOUT NetworkTimeout 504 "With a new build." {} optional {
        /// Seconds that it was waited for.
        duration: f64,
        /// The host that was asked.
        endpoint: String,
    }
    /// A provider of code is away. It stands in `error` of a build that failed for it, and is no answer to a request.
    PROVIDER_UNAVAILABLE ProviderUnavailable 503 "Later, with a new build." {} optional {
        /// The provider's word, such as `anthropic`.
        provider: String,
        /// Another that could be asked; this server knows none.
        alternative_provider: String,
    }
    /// The token or the address has as many streams open as it may, or the project as many replays.
    QUOTA_EXCEEDED QuotaExceeded 429 "Once another stream is closed; replays are gone after an hour." {} optional {
        /// `streams_per_token`, `streams_per_address` or `replays`.
        quota_type: String,
        /// How many there may be.
        limit: u64,
        /// How many there are.
        used: u64,
    }
    /// The request can't be read: its JSON, a parameter, a header, a field's type or name.
    INVALID_INPUT InvalidInput 400 "Once the request is mended." {} optional {
        /// The field, parameter or header, cut to 64 characters.
        field: String,
        /// A stable word, such as `unknown_field`, `missing_field`, `wrong_type`, `malformed_json` or `too_long`.
        reason: String,
    }
    /// The request can be read, but what it says can't be. All its faults are told at once.
    VALIDATION_FAILED ValidationFailed 422 "Once the request is mended." {} optional {
        /// Each field and what is wrong with it, in English, for developers.
        errors: Vec<FieldError>,
    }
    /// The path has no such method; the header `Allow` lists those it has.
    METHOD_NOT_ALLOWED MethodNotAllowed 405 "No." {} optional {
        /// The methods that the path has.
        allow: Vec<String>,
    }
    /// The body is not JSON by its `Content-Type`, or it is packed.
    UNSUPPORTED_MEDIA_TYPE UnsupportedMediaType 415 "Once the request is mended." {} optional {}
    /// Nothing that the client accepts can be given. This server answers in JSON instead; the code is kept for the contract.
    NOT_ACCEPTABLE NotAcceptable 406 "No." {} optional {}
    /// The database is away, or the server drains or has as much to do as it can take.
    SERVICE_UNAVAILABLE ServiceUnavailable 503 "After `retryAfter` seconds, also in `Retry-After`." {
        /// Seconds to wait.
        retry_after: u64,
    } optional {}
    /// A fault of this server. What happened is in its log, under `referenceId`.
    INTERNAL_ERROR InternalError 500 "Perhaps; a write with its `Idempotency-Key`." {} optional {}
}
