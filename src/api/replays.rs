//! `/v1/builds/{id}/replay`: a build's events once more; `/v1/replays/{id}`: its stream, and its steps.

use super::auth::{Listener, Signed};
use super::body::{Input, Output};
use super::error::ApiError;
use super::streams::{EventStream, Parts, open};
use crate::service::Services;
use crate::service::idempotency::Once;
use crate::service::replays::{NewReplay, ReplayView, StepView};
use crate::service::streams::Named;
use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};
use serde::Deserialize;
use utoipa::ToSchema;

/// A request to replay a build.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReplayBuild {
    /// The build's owner; another's build is not found.
    #[schema(example = "user_456")]
    user_id: Option<String>,
    /// The `seq` of the first event that is shown, from 1; all events unless said.
    #[schema(example = 1, minimum = 1)]
    from_seq: Option<i64>,
    /// Times as fast as the build was: 0.1 to 1000, or 0 for all at once; 1 unless said.
    #[schema(example = 10.0, minimum = 0, maximum = 1000)]
    speed: Option<f64>,
    /// Whether each event waits until it is asked for, with `POST /v1/replays/{id}/step`.
    step: Option<bool>,
}

/// A request for the next events of a replay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StepReplay {
    /// The build's owner; another's replay is not found.
    #[schema(example = "user_456")]
    user_id: Option<String>,
    /// How many events, 1 to 1000; 1 unless said.
    #[schema(example = 1, minimum = 1, maximum = 1000)]
    count: Option<i64>,
}

/// A replay's answer.
#[derive(ApiResponse)]
pub(super) enum ReplayAnswer {
    /// The replay runs from when its first viewer comes.
    #[oai(status = 201)]
    Made(Output<ReplayView>),
}

/// The operations on replays.
pub(super) struct ReplaysApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Replays")]
impl ReplaysApi {
    /// Replay a build
    ///
    /// The stored events of a build, or of a rollback's job, once more, over server-sent events and the WebSocket: the same
    /// events and cursors, byte for byte, for as many viewers as there are, at their own pace times `speed`. Viewers see the
    /// same at the same time; who comes later, or comes back, gets what was shown as history. It is gone after an hour. While
    /// the build has not ended, 409 INVALID_STATE_TRANSITION.
    #[oai(path = "/builds/:id/replay", method = "post", operation_id = "replayBuild")]
    async fn replay(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        /// The build.
        id: Path<String>,
        body: Input<ReplayBuild>,
    ) -> Result<ReplayAnswer, ApiError> {
        let ReplayBuild { user_id, from_seq, speed, step } = body.0;
        let wanted = NewReplay { user_id, from_seq, speed, by_steps: step.unwrap_or_default() };
        Ok(ReplayAnswer::Made(Output(services.start_replay(&id, &wanted, once.0).await?)))
    }

    /// Step a replay on
    ///
    /// Shows the next events of a replay that was made with `step`, to everybody who looks at it.
    #[oai(path = "/replays/:id/step", method = "post", operation_id = "stepReplay")]
    async fn step(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        /// The replay.
        id: Path<String>,
        body: Input<StepReplay>,
    ) -> Result<Output<StepView>, ApiError> {
        let StepReplay { user_id, count } = body.0;
        Ok(Output(services.step_replay(&id, user_id.as_deref(), count.unwrap_or(1), once.0).await?))
    }

    /// Listen to a replay
    ///
    /// As `GET /v1/builds/{id}/events`, as far as the replay is; the connection frame says `"replay": true`. A token for the
    /// build, or for its project, opens it.
    #[oai(path = "/replays/:id/events", method = "get", operation_id = "listenToReplay")]
    async fn events(
        &self,
        _auth: Listener,
        parts: Parts<'_>,
        request: &Request,
        /// The replay.
        id: Path<String>,
    ) -> Result<EventStream, ApiError> {
        open(parts, request, Named::Replay(&id)).await
    }
}
