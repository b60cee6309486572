//! `/v1/versions/rollback`: go back to a version, and see how far that is.

use super::auth::Signed;
use super::body::{Input, Output};
use super::context::request_id;
use super::error::ApiError;
use super::operations::Readiness;
use crate::service::Services;
use crate::service::idempotency::Once;
use crate::service::rollbacks::{Rollback, RollbackProgressView, RollbackView};
use poem::Request;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, OpenApi};
use serde::Deserialize;
use utoipa::ToSchema;

/// A request to go back to a version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RollBack {
    /// The project's owner; another's project is not found.
    #[schema(example = "user_456")]
    user_id: String,
    /// The project.
    project_id: String,
    /// The version to go back to.
    target_version_id: String,
    /// Whether only the preview moves, and the working directory stays as it is.
    #[serde(default)]
    skip_working_directory: bool,
}

/// A rollback's answer.
#[derive(ApiResponse)]
pub(super) enum RollbackAnswer {
    /// The preview shows the target's files. The working directory follows; its last event tells the end.
    #[oai(status = 202)]
    Begun(Output<RollbackView>),
}

/// The operations on rollbacks.
pub(super) struct RollbacksApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Rollbacks")]
impl RollbacksApi {
    /// Go back to a version
    ///
    /// When it answers, the preview shows the target's files, and the rollback has a version of its own with the next patch
    /// number. The working directory is rebuilt after that; if that fails, the preview shows again what it showed before.
    ///
    /// A project that has a build or a rollback under way gets 429 or 409; a version that can't be gone back to gets 409
    /// with the reason that its history shows.
    #[oai(path = "/versions/rollback", method = "post", operation_id = "rollBack")]
    async fn roll_back(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        readiness: Data<&Readiness>,
        request: &Request,
        body: Input<RollBack>,
    ) -> Result<RollbackAnswer, ApiError> {
        super::builds::takes_work(readiness.0)?;
        let body = body.0;
        let rollback = Rollback {
            user_id: body.user_id,
            project_id: body.project_id,
            target_version_id: body.target_version_id,
            skip_working_directory: body.skip_working_directory,
            request_id: request_id(request),
        };
        Ok(RollbackAnswer::Begun(Output(services.roll_back(&rollback, once.0).await?)))
    }

    /// See how far a rollback is
    ///
    /// For polling; `GET /v1/builds/{jobId}/events` tells the same as it happens.
    #[oai(path = "/versions/rollback/:job_id/progress", method = "get", operation_id = "getRollbackProgress")]
    async fn progress(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        /// The rollback's job.
        job_id: Path<String>,
        /// Its owner; another's rollback is not found.
        #[oai(name = "userId")]
        user_id: Query<Option<String>>,
    ) -> Result<Output<RollbackProgressView>, ApiError> {
        Ok(Output(services.rollback_progress(&job_id, user_id.as_deref()).await?))
    }
}
