//! `/v1/builds`: start builds, look at one, list them, cancel one; and the former worker's paths for a start.

use super::auth::Signed;
use super::body::{Input, Output};
use super::context::{Context, request_id};
use super::error::ApiError;
use super::operations::Readiness;
use super::start::{BatchAnswer, StartAnswer, StartBatch, StartBuild, click};
use crate::domain::catalogue::message;
use crate::domain::locale::DEFAULT;
use crate::domain::problem::Problem;
use crate::service::Services;
use crate::service::builds::{BuildPage, BuildQuery, BuildView};
use crate::service::cancels::{Cancel, Cancelled};
use crate::service::idempotency::Once;
use crate::service::starts::{Start, UnknownProject};
use poem::Request;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, OpenApi};
use serde::Deserialize;
use utoipa::ToSchema;

/// A request to cancel a build.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CancelBuild {
    /// The build's owner; another's build is not found.
    #[schema(example = "user_456")]
    user_id: String,
    /// Why, for the server's log: 1 to 200 characters.
    reason: Option<String>,
}

/// A cancel's answer.
#[derive(ApiResponse)]
pub(super) enum CancelAnswer {
    /// The build is cancelled: it was still waiting, or was cancelled already.
    #[oai(status = 200)]
    Cancelled(Output<BuildView>),
    /// The build is being stopped. Its last event, BUILD_CANCELLED, comes when nothing of it runs any more. A build
    /// that fails by itself just then is told as failed; it is not deployed any more.
    #[oai(status = 202)]
    Requested(Output<BuildView>),
}

/// The operations on builds.
pub(super) struct BuildsApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Builds")]
impl BuildsApi {
    /// Start a build
    ///
    /// Makes the project too, when none is named. The answer holds the address of the build's stream and a token for it.
    ///
    /// A double click starts nothing: the same body again within 10 s, without an `Idempotency-Key`, while the first
    /// build has not ended, gets 200 with that build.
    #[oai(path = "/builds", method = "post", operation_id = "startBuild")]
    async fn start(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        readiness: Data<&Readiness>,
        request: &Request,
        body: Input<StartBuild>,
    ) -> Result<StartAnswer, ApiError> {
        start(services.0, once.0, readiness.0, request, body, UnknownProject::Refused).await
    }

    /// Start builds of several projects
    ///
    /// All or none, in one transaction: one start that is refused refuses the batch, and the error names it as
    /// `builds[1]`. Two starts of one project are refused. A double click is one, as with `POST /v1/builds`, while any
    /// build of the batch has not ended.
    #[oai(path = "/builds/batch", method = "post", operation_id = "startBatch")]
    async fn start_batch(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        readiness: Data<&Readiness>,
        request: &Request,
        body: Input<StartBatch>,
    ) -> Result<BatchAnswer, ApiError> {
        takes_work(readiness.0)?;
        let Input(body, bytes) = body;
        let click = click(request, &bytes);
        drop(bytes);
        let mut starts = body.read()?;
        starts.iter_mut().for_each(|start| start.request_id = request_id(request));
        Ok(services.start_batch(starts, click.as_ref(), once.0).await?.into())
    }

    /// Start a build, at the former worker's path for new projects
    ///
    /// As `POST /v1/builds`, and a `projectId` that nobody has used becomes the new project's id (`idSource: client`).
    #[oai(path = "/create-preview-for-new-project", method = "post", operation_id = "createPreviewForNewProject")]
    async fn create_preview(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        readiness: Data<&Readiness>,
        request: &Request,
        body: Input<StartBuild>,
    ) -> Result<StartAnswer, ApiError> {
        start(services.0, once.0, readiness.0, request, body, UnknownProject::Made).await
    }

    /// Start a build, at the former worker's path for known projects
    ///
    /// As `POST /v1/builds`, and `projectId` is required.
    #[oai(path = "/update-project", method = "post", operation_id = "updateProject")]
    async fn update_project(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        readiness: Data<&Readiness>,
        request: &Request,
        body: Input<StartBuild>,
    ) -> Result<StartAnswer, ApiError> {
        if !body.0.names_project() {
            return Err(ApiError::Problem(Problem::invalid("projectId", "missing_field")));
        }
        start(services.0, once.0, readiness.0, request, body, UnknownProject::Refused).await
    }

    /// List builds
    ///
    /// Newest first, a page at a time. Builds that come while somebody pages stand before the first page: no page has a
    /// build twice, and none is left out.
    #[oai(path = "/builds", method = "get", operation_id = "listBuilds")]
    #[allow(clippy::too_many_arguments, reason = "the document lists each")]
    async fn list(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        request: &Request,
        /// Builds of this user only.
        #[oai(name = "userId")]
        user_id: Query<Option<String>>,
        /// Builds of this project only.
        #[oai(name = "projectId")]
        project_id: Query<Option<String>>,
        /// Builds in this state only: `queued`, `building`, `deployed`, `failed` or `cancelled`.
        state: Query<Option<String>>,
        /// Builds of the page, 1 to 200; 50 unless said.
        limit: Query<Option<i64>>,
        /// Where the page begins: `nextCursor` of the page before, with the same filters.
        cursor: Query<Option<String>>,
    ) -> Result<Output<BuildPage>, ApiError> {
        let query = BuildQuery { user_id: user_id.0, project_id: project_id.0, state: state.0, limit: limit.0, cursor: cursor.0 };
        let mut page = services.builds(&query).await?;
        page.builds.iter_mut().for_each(|view| localise(view, request));
        Ok(Output(page))
    }

    /// Look at a build
    ///
    /// For polling, too: `GET /v1/builds/{id}/events` tells the same as it happens.
    #[oai(path = "/builds/:id", method = "get", operation_id = "getBuild")]
    async fn get(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        request: &Request,
        /// The build.
        id: Path<String>,
        /// Its owner; another's build is not found.
        #[oai(name = "userId")]
        user_id: Query<Option<String>>,
    ) -> Result<Output<BuildView>, ApiError> {
        let mut view = services.build(&id, user_id.as_deref()).await?;
        localise(&mut view, request);
        Ok(Output(view))
    }

    /// Cancel a build
    ///
    /// A build that waits is cancelled at once. One that runs is stopped with everything that it started: asked to end,
    /// ended after a grace, and told as cancelled when nothing of it is left.
    #[oai(path = "/builds/:id/cancel", method = "post", operation_id = "cancelBuild")]
    async fn cancel(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        /// The build.
        id: Path<String>,
        body: Input<CancelBuild>,
    ) -> Result<CancelAnswer, ApiError> {
        let CancelBuild { user_id, reason } = body.0;
        Ok(match services.cancel_build(Cancel { build_id: id.0, user_id, reason }, once.0).await? {
            Cancelled::Now(view) => CancelAnswer::Cancelled(Output(view)),
            Cancelled::Requested(view) => CancelAnswer::Requested(Output(view)),
        })
    }
}

async fn start(
    services: &Services,
    once: &Once,
    readiness: &Readiness,
    request: &Request,
    body: Input<StartBuild>,
    unknown_project: UnknownProject,
) -> Result<StartAnswer, ApiError> {
    takes_work(readiness)?;
    let Input(body, bytes) = body;
    let click = click(request, &bytes);
    drop(bytes);
    let start = Start { request_id: request_id(request), ..body.read(unknown_project) };
    Ok(services.start_build(start, click.as_ref(), once).await?.into())
}

/// A node that drains takes no new work.
pub(super) fn takes_work(readiness: &Readiness) -> Result<(), ApiError> {
    if readiness.0.is_cancelled() { Err(ApiError::Problem(Problem::unavailable(5))) } else { Ok(()) }
}

/// Gives a failed build's error its message in the request's locale.
fn localise(view: &mut BuildView, request: &Request) {
    if let Some(error) = &mut view.error {
        let locale = Context::from_request(request).map_or(DEFAULT, |context| context.locale);
        error.message = message(locale, &format!("error-{}", error.code), &error.params);
    }
}
