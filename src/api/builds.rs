//! `/v1/builds`: start a build, look at one, cancel one.

use super::auth::Signed;
use super::body::{Input, Output};
use super::context::Context;
use super::error::ApiError;
use super::operations::Readiness;
use super::template::TemplateFiles;
use crate::domain::catalogue::message;
use crate::domain::problem::{FieldError, Problem};
use crate::service::Services;
use crate::service::builds::BuildView;
use crate::service::cancels::{Cancel, Cancelled};
use crate::service::starts::{Source, Start};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::Request;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, OpenApi};
use serde::Deserialize;
use utoipa::ToSchema;

/// A request for a build.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StartBuild {
    /// Who asks, and owns a new project.
    #[schema(example = "user_456")]
    user_id: String,
    /// The project to build; without it the server makes a new one.
    #[schema(nullable = false)]
    project_id: Option<String>,
    /// A new project's name.
    #[schema(nullable = false)]
    name: Option<String>,
    /// The files. A new project needs them; a later build without them uses the last ones.
    #[schema(nullable = false)]
    template_files: Option<TemplateFiles>,
    /// The files as a zip, in base64.
    #[schema(nullable = false)]
    template_zip: Option<String>,
    /// Higher goes first, -100 to 100.
    #[serde(default)]
    priority: i32,
}

/// A start's answer.
#[derive(ApiResponse)]
pub(super) enum Started {
    /// The build is queued.
    #[oai(status = 202)]
    Queued(Output<BuildView>),
}

/// A request to cancel a build.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CancelBuild {
    /// The build's owner; another's build is not found.
    #[schema(example = "user_456")]
    user_id: String,
    /// Why, for the server's log: 1 to 200 characters.
    #[schema(nullable = false)]
    reason: Option<String>,
}

/// A cancel's answer.
#[derive(ApiResponse)]
pub(super) enum CancelAnswer {
    /// The build is cancelled: it was still waiting, or was cancelled already.
    #[oai(status = 200)]
    Cancelled(Output<BuildView>),
    /// The build is being stopped. Its last event, BUILD_CANCELLED, comes when nothing of it runs any more. A build
    /// that ends by itself just then ends as it would have.
    #[oai(status = 202)]
    Requested(Output<BuildView>),
}

/// The operations on builds.
pub(super) struct BuildsApi;

#[OpenApi(prefix_path = "/v1")]
impl BuildsApi {
    /// Start a build
    ///
    /// Makes the project too, when there is none yet. The answer holds the address of the build's stream and a token
    /// for it.
    #[oai(path = "/builds", method = "post", operation_id = "startBuild")]
    async fn start(&self, _auth: Signed, services: Data<&Services>, readiness: Data<&Readiness>, body: Input<StartBuild>) -> Result<Started, ApiError> {
        if readiness.0.0.is_cancelled() {
            return Err(ApiError::Problem(Problem::unavailable(5)));
        }
        let start = read_start(body.0)?;
        Ok(Started::Queued(Output(services.start_build(start).await?)))
    }

    /// Look at a build
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
        if let Some(error) = &mut view.error {
            let locale = Context::from_request(request).map_or("en", |context| context.locale);
            error.message = message(locale, &format!("error-{}", error.code), &error.params);
        }
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
        /// The build.
        id: Path<String>,
        body: Input<CancelBuild>,
    ) -> Result<CancelAnswer, ApiError> {
        let CancelBuild { user_id, reason } = body.0;
        Ok(match services.cancel_build(Cancel { build_id: id.0, user_id, reason }).await? {
            Cancelled::Now(view) => CancelAnswer::Cancelled(Output(view)),
            Cancelled::Requested(view) => CancelAnswer::Requested(Output(view)),
        })
    }
}

fn read_start(body: StartBuild) -> Result<Start, ApiError> {
    let invalid = |errors| ApiError::Problem(Problem::validation(errors));
    let source = match (body.template_files, body.template_zip) {
        (Some(_), Some(_)) => return Err(invalid(vec![FieldError::new("templateZip", "either templateFiles or templateZip")])),
        (Some(files), None) => Some(Source::Files(files.decode().map_err(invalid)?)),
        (None, Some(zip)) => Some(Source::Zip(STANDARD.decode(zip).map_err(|_| invalid(vec![FieldError::new("templateZip", "not base64")]))?)),
        (None, None) => None,
    };
    Ok(Start { user_id: body.user_id, project_id: body.project_id, name: body.name, source, priority: body.priority })
}
