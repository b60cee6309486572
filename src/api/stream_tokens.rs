//! `/v1/stream-tokens`: a backend lets a browser listen.

use super::auth::Signed;
use super::body::{Input, Output};
use super::error::ApiError;
use crate::domain::time::iso;
use crate::service::Services;
use poem::web::Data;
use poem_openapi::{ApiResponse, OpenApi};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Life of a token unless it is said, seconds.
const TTL_SECONDS: i64 = 900;

/// A request for a stream token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MintStreamToken {
    /// Who will listen.
    user_id: String,
    /// Builds and rollback jobs to listen to.
    #[serde(default)]
    builds: Vec<String>,
    /// Projects to listen to, with all their builds.
    #[serde(default)]
    projects: Vec<String>,
    /// Seconds it is good for, 1 to 3600; 900 unless said.
    ttl_seconds: Option<i64>,
}

/// A stream token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StreamTokenView {
    /// The token, a JWT: as `Authorization: Bearer`, `?token=` or the cookie `buildcast_token`.
    stream_token: String,
    /// When it becomes stale, ISO 8601.
    expires_at: String,
}

/// A minted token's answer.
#[derive(ApiResponse)]
pub(super) enum Minted {
    /// The token is good from now.
    #[oai(status = 201)]
    Token(Output<StreamTokenView>),
}

/// The operations on stream tokens.
pub(super) struct StreamTokensApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Streams")]
impl StreamTokensApi {
    /// Mint a stream token
    ///
    /// Its user has to be the owner of all that it opens: another user's build, rollback job or project, and one that is not
    /// there, is NOT_FOUND with a `field` such as `builds[0]`.
    ///
    /// An `Idempotency-Key` is accepted and changes nothing: tokens are not kept, so each request gets a fresh one.
    #[oai(path = "/stream-tokens", method = "post", operation_id = "mintStreamToken")]
    async fn mint(&self, _auth: Signed, services: Data<&Services>, body: Input<MintStreamToken>) -> Result<Minted, ApiError> {
        let body = body.0;
        let minted = services.mint_token(&body.user_id, body.builds, body.projects, body.ttl_seconds.unwrap_or(TTL_SECONDS)).await?;
        Ok(Minted::Token(Output(StreamTokenView { stream_token: minted.token, expires_at: iso(minted.expires_at_ms) })))
    }
}
