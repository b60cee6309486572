//! `/v1/page-tokens`: a backend lets a user into the page.

use super::auth::Signed;
use super::body::{Input, Output};
use super::error::ApiError;
use super::page::{PageAccess, PageSettings};
use crate::domain::page_session::PAGE_TOKEN_SECONDS_MAX;
use crate::domain::problem::Problem;
use crate::domain::time::iso;
use crate::service::Services;
use poem::web::Data;
use poem_openapi::{ApiResponse, OpenApi};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request for a page token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MintPageToken {
    /// Who will use the page.
    user_id: String,
    /// Seconds within which it has to be used, 1 to 300; 300 unless said.
    #[schema(example = 60)]
    ttl_seconds: Option<i64>,
}

/// A page token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageTokenView {
    /// The token, a JWT. It logs in once.
    page_token: String,
    /// Where the user's browser is to be sent: the page, with the token behind the `#`, which no server sees.
    page_url: String,
    /// When it becomes stale, ISO 8601.
    expires_at: String,
}

/// A minted page token's answer.
#[derive(ApiResponse)]
pub(super) enum MintedPage {
    /// The token is good from now.
    #[oai(status = 201)]
    Token(Output<PageTokenView>),
}

/// The operation on page tokens.
pub(super) struct PageTokensApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Page")]
impl PageTokensApi {
    /// Mint a page token
    ///
    /// Lets a user into the page of a server that has one with a login (`BUILDCAST_PAGE=login`); any other server says NOT_FOUND.
    /// Send the user's browser to `pageUrl`: the page asks whether to log in as this user, and has a session then in which it
    /// sees and changes what is this user's.
    ///
    /// An `Idempotency-Key` is accepted and changes nothing: tokens are not kept, so each request gets a fresh one.
    #[oai(path = "/page-tokens", method = "post", operation_id = "mintPageToken")]
    async fn mint(&self, _auth: Signed, services: Data<&Services>, page: Data<&PageSettings>, body: Input<MintPageToken>) -> Result<MintedPage, ApiError> {
        if !matches!(page.access, PageAccess::Login { .. }) {
            return Err(ApiError::Problem(Problem::not_found("page")));
        }
        let minted = services.mint_page_token(&body.0.user_id, body.0.ttl_seconds.unwrap_or(PAGE_TOKEN_SECONDS_MAX))?;
        let page_url = format!("{}/#/login/{}", services.public_url(), minted.token);
        Ok(MintedPage::Token(Output(PageTokenView { page_token: minted.token, page_url, expires_at: iso(minted.expires_at_ms) })))
    }
}
