//! `/v1/estimate`: what an operation will use, before it is begun.

use super::auth::Signed;
use super::body::{Input, Output};
use super::error::ApiError;
use super::template::TemplateFiles;
use crate::domain::estimate::OperationType;
use crate::domain::generation::prompt_fault;
use crate::domain::problem::{FieldError, Problem};
use crate::service::Services;
use crate::service::idempotency::Once;
use crate::service::money::{EstimateView, WantedEstimate};
use poem::web::Data;
use poem_openapi::OpenApi;
use serde::Deserialize;
use utoipa::ToSchema;

/// A question what an operation will use.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EstimateOperation {
    /// Who asks.
    #[schema(example = "user_456")]
    user_id: String,
    /// What for.
    #[schema(example = "main_build")]
    operation: OperationType,
    /// On which of the user's projects; another's is not found.
    project_id: Option<String>,
    /// With which files; those of the project unless said.
    template_files: Option<TemplateFiles>,
    /// What will be asked of the provider. Without one in the start itself, nothing is used.
    #[schema(min_length = 1, max_length = 32_000)]
    prompt: Option<String>,
}

/// The operation on estimates.
pub(super) struct EstimatesApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Estimates")]
impl EstimatesApi {
    /// Estimate what an operation will use
    ///
    /// From past builds of the operation, the project's framework and its size, as far as there are any; else a default of low
    /// confidence.
    #[oai(path = "/estimate", method = "post", operation_id = "estimate")]
    async fn estimate(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        body: Input<EstimateOperation>,
    ) -> Result<Output<EstimateView>, ApiError> {
        let EstimateOperation { user_id, operation, project_id, template_files, prompt } = body.0;
        if let Some(fault) = prompt.as_deref().and_then(prompt_fault) {
            return Err(ApiError::Problem(Problem::validation(vec![FieldError::new("prompt", fault)])));
        }
        let files = template_files.map(|files| files.count());
        Ok(Output(services.estimate(&WantedEstimate { user_id, operation, project_id, files }, once.0).await?))
    }
}
