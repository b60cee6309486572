//! `/v1/projects/{id}`: its versions, and which of them is published; and the former worker's paths without `/v1`.

use crate::api::auth::Signed;
use crate::api::body::{Input, Output};
use crate::api::error::ApiError;
use crate::service::Services;
use crate::service::idempotency::Once;
use crate::service::publishing::{Publication, PublishedView};
use crate::service::versions::{VersionPage, VersionQuery};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use serde::Deserialize;
use utoipa::ToSchema;

/// A request to publish a version, or to take back what is published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::api) struct ChangePublication {
    /// The project's owner; another's project is not found.
    #[schema(example = "user_456")]
    user_id: String,
    /// Why, for the record: at most 1,000 characters.
    #[schema(max_length = 1000)]
    comment: Option<String>,
}

/// The operations on a project's versions.
pub(in crate::api) struct HistoryApi;

#[OpenApi(tag = "crate::api::document::Tag::Versions")]
impl HistoryApi {
    /// List a project's versions
    ///
    /// Newest first, a page at a time, each with what may be done with it and why not. A version that comes while somebody
    /// pages stands before the first page.
    #[oai(path = "/v1/projects/:id/versions", method = "get", operation_id = "listVersions")]
    #[allow(clippy::too_many_arguments, reason = "the document lists each")]
    async fn versions(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        /// The project.
        id: Path<String>,
        /// Its owner; another's project is not found.
        #[oai(name = "userId")]
        user_id: Query<Option<String>>,
        /// Versions of the page, 1 to 200; 50 unless said.
        limit: Query<Option<i64>>,
        /// Where the page begins: `nextCursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Output<VersionPage>, ApiError> {
        history(services.0, &id, VersionQuery { user_id: user_id.0, limit: limit.0, cursor: cursor.0 }).await
    }

    /// List a project's versions, at the former worker's path
    ///
    /// As `GET /v1/projects/{id}/versions`.
    #[oai(path = "/projects/:id/versions", method = "get", operation_id = "listVersionsAlias")]
    #[allow(clippy::too_many_arguments, reason = "the document lists each")]
    async fn versions_alias(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        /// The project.
        id: Path<String>,
        /// Its owner; another's project is not found.
        #[oai(name = "userId")]
        user_id: Query<Option<String>>,
        /// Versions of the page, 1 to 200; 50 unless said.
        limit: Query<Option<i64>>,
        /// Where the page begins: `nextCursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Output<VersionPage>, ApiError> {
        history(services.0, &id, VersionQuery { user_id: user_id.0, limit: limit.0, cursor: cursor.0 }).await
    }

    /// Publish a version
    ///
    /// In place of the one that is published. Publishing what is published answers alike and changes nothing.
    #[oai(path = "/v1/projects/:id/publish/:versionId", method = "post", operation_id = "publishVersion")]
    async fn publish(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        /// The project.
        id: Path<String>,
        /// The version.
        #[oai(name = "versionId")]
        version_id: Path<String>,
        body: Input<ChangePublication>,
    ) -> Result<Output<PublishedView>, ApiError> {
        Ok(Output(services.publish(&version_id, &publication(id.0, body), once.0).await?))
    }

    /// Publish a version, at the former worker's path
    ///
    /// As `POST /v1/projects/{id}/publish/{versionId}`.
    #[oai(path = "/projects/:id/publish/:versionId", method = "post", operation_id = "publishVersionAlias")]
    async fn publish_alias(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        /// The project.
        id: Path<String>,
        /// The version.
        #[oai(name = "versionId")]
        version_id: Path<String>,
        body: Input<ChangePublication>,
    ) -> Result<Output<PublishedView>, ApiError> {
        Ok(Output(services.publish(&version_id, &publication(id.0, body), once.0).await?))
    }

    /// Take back what is published
    ///
    /// Its address answers 404 from then on. Where nothing is published nothing changes.
    #[oai(path = "/v1/projects/:id/unpublish", method = "post", operation_id = "unpublish")]
    async fn unpublish(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        /// The project.
        id: Path<String>,
        body: Input<ChangePublication>,
    ) -> Result<Output<PublishedView>, ApiError> {
        Ok(Output(services.unpublish(&publication(id.0, body), once.0).await?))
    }

    /// Take back what is published, at the former worker's path
    ///
    /// As `POST /v1/projects/{id}/unpublish`.
    #[oai(path = "/projects/:id/unpublish", method = "post", operation_id = "unpublishAlias")]
    async fn unpublish_alias(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        /// The project.
        id: Path<String>,
        body: Input<ChangePublication>,
    ) -> Result<Output<PublishedView>, ApiError> {
        Ok(Output(services.unpublish(&publication(id.0, body), once.0).await?))
    }
}

async fn history(services: &Services, id: &str, query: VersionQuery) -> Result<Output<VersionPage>, ApiError> {
    Ok(Output(services.versions(id, &query).await?))
}

fn publication(project_id: String, body: Input<ChangePublication>) -> Publication {
    let ChangePublication { user_id, comment } = body.0;
    Publication { project_id, user_id, comment }
}
