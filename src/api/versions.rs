//! `/v1/versions/{id}`: what is written about a version.

use super::auth::Signed;
use super::body::{Input, Output};
use super::error::ApiError;
use crate::service::Services;
use crate::service::idempotency::Once;
use crate::service::versions::{EditVersion, VersionView, VersionWords};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// A change of what is written about a version. What is left out stays, null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ChangeVersion {
    /// The owner of the version's project; another's version is not found.
    #[schema(example = "user_456")]
    user_id: String,
    /// What to call it, 1 to 200 characters.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Bug fixes")]
    name: Option<Option<String>>,
    /// What to say of it, at most 2,000 characters.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, max_length = 2000, example = "Fixed the layout on phones")]
    description: Option<Option<String>>,
}

/// A field that is there, null or not.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The operations on versions.
pub(super) struct VersionsApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Versions")]
impl VersionsApi {
    /// Name or describe a version
    ///
    /// What is left out stays, null clears. The version itself never changes.
    #[oai(path = "/versions/:id", method = "patch", operation_id = "changeVersion")]
    async fn change(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        /// The version.
        id: Path<String>,
        body: Input<ChangeVersion>,
    ) -> Result<Output<VersionView>, ApiError> {
        let ChangeVersion { user_id, name, description } = body.0;
        let edit = EditVersion { version_id: id.0, user_id, words: VersionWords { name, description } };
        Ok(Output(services.edit_version(edit, once.0).await?))
    }
}
