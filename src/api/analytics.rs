//! `/v1/analytics`: what became of builds, and what was used.

use super::auth::Signed;
use super::body::Output;
use super::error::ApiError;
use crate::service::Services;
use crate::service::analytics::AnalyticsQuery;
use crate::service::analytics::builds::BuildAnalytics;
use crate::service::analytics::usage::UsageAnalytics;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;

/// The operations on statistics.
pub(super) struct AnalyticsApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Analytics")]
impl AnalyticsApi {
    /// See what became of builds
    ///
    /// Over at most 366 days in UTC. Rollbacks are no builds. All figures are of one moment, and none is estimated.
    #[oai(path = "/analytics/builds", method = "get", operation_id = "analyseBuilds")]
    #[allow(clippy::too_many_arguments, reason = "the document lists each")]
    async fn builds(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        /// The first day, `YYYY-MM-DD`; 29 days before the last one unless said.
        from: Query<Option<String>>,
        /// The last day, `YYYY-MM-DD`; today unless said.
        to: Query<Option<String>>,
        /// Builds of this user only.
        #[oai(name = "userId")]
        user_id: Query<Option<String>>,
        /// Builds of this project only; 404 when it is not there, or not the user's.
        #[oai(name = "projectId")]
        project_id: Query<Option<String>>,
    ) -> Result<Output<BuildAnalytics>, ApiError> {
        let query = AnalyticsQuery { from: from.0, to: to.0, user_id: user_id.0, project_id: project_id.0 };
        Ok(Output(services.build_analytics(&query).await?))
    }

    /// See what was used
    ///
    /// Over at most 366 days in UTC. Credits by operation, by segment of users and by day: whole numbers, each list of which
    /// adds up to the total. The seconds that a provider of code was used for are what is counted, each build's rounded up.
    #[oai(path = "/analytics/usage", method = "get", operation_id = "analyseUsage")]
    #[allow(clippy::too_many_arguments, reason = "the document lists each")]
    async fn usage(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        /// The first day, `YYYY-MM-DD`; 29 days before the last one unless said.
        from: Query<Option<String>>,
        /// The last day, `YYYY-MM-DD`; today unless said.
        to: Query<Option<String>>,
        /// Uses of this user only.
        #[oai(name = "userId")]
        user_id: Query<Option<String>>,
        /// Uses of this project only; 404 when it is not there, or not the user's.
        #[oai(name = "projectId")]
        project_id: Query<Option<String>>,
    ) -> Result<Output<UsageAnalytics>, ApiError> {
        let query = AnalyticsQuery { from: from.0, to: to.0, user_id: user_id.0, project_id: project_id.0 };
        Ok(Output(services.usage_analytics(&query).await?))
    }
}
