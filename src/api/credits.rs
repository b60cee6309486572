//! `/v1/credits`: reservations of credits, and the ledger that all of it is written in.

use super::auth::Signed;
use super::body::{Input, Output};
use super::context::request_id;
use super::error::ApiError;
use crate::service::Services;
use crate::service::idempotency::Once;
use crate::service::money::{Commit, CommitView, LedgerPage, LedgerQuery, Release, ReleaseView, Reserve, ReserveView};
use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use serde::Deserialize;
use utoipa::ToSchema;

/// A request to set credits aside.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReserveCredits {
    /// The caller's name for what they are for, 1 to 128 characters.
    #[schema(example = "build_123", min_length = 1, max_length = 128)]
    build_id: String,
    /// Credits to set aside, 1 at least.
    #[schema(example = 150, minimum = 1)]
    estimated_credits: i64,
    /// Whose credits.
    #[schema(example = "user_456")]
    user_id: String,
    /// The same as the header `Idempotency-Key`.
    #[serde(default)]
    #[schema(example = "reserve_build_123_session_abc")]
    #[expect(dead_code, reason = "read by the layer of the keys, before the handler")]
    idempotency_key: Option<String>,
    /// Who asks for it, for the record, 1 to 128 characters: a person or a service of the caller's. The ledger shows it.
    #[schema(example = "support-jane", min_length = 1, max_length = 128)]
    actor: Option<String>,
}

/// A request to pay out of a reservation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CommitCredits {
    /// The reservation.
    #[schema(example = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1")]
    reservation_id: String,
    /// Credits that were used.
    #[schema(example = 120, minimum = 0)]
    actual_credits: i64,
    /// What the reservation was made for.
    #[schema(example = "build_123", min_length = 1, max_length = 128)]
    build_id: String,
    /// Its user, who is looked at when it is said: another's reservation is not found.
    user_id: Option<String>,
    /// Whether more than was set aside may be charged, as far as there is anything.
    #[serde(default)]
    allow_overage: bool,
    /// Why, for the record: at most 1,000 characters.
    #[schema(example = "build_deployed", max_length = 1000)]
    reason: Option<String>,
    /// Who asks for it, for the record, 1 to 128 characters: a person or a service of the caller's. The ledger shows it.
    #[schema(example = "support-jane", min_length = 1, max_length = 128)]
    actor: Option<String>,
}

/// A request to give a reservation back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReleaseCredits {
    /// The reservation.
    #[schema(example = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1")]
    reservation_id: String,
    /// Why, for the record: at most 1,000 characters.
    #[schema(example = "build_failed", max_length = 1000)]
    reason: Option<String>,
    /// Its user, who is looked at when it is said: another's reservation is not found.
    user_id: Option<String>,
    /// Who asks for it, for the record, 1 to 128 characters: a person or a service of the caller's. The ledger shows it.
    #[schema(example = "support-jane", min_length = 1, max_length = 128)]
    actor: Option<String>,
}

/// The operations on credits.
pub(super) struct CreditsApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Credits")]
impl CreditsApi {
    /// Set credits aside
    ///
    /// They are given back by themselves after `BUILDCAST_RESERVATION_SECONDS`, unless they are committed or released before.
    #[oai(path = "/credits/reserve", method = "post", operation_id = "reserveCredits")]
    async fn reserve(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        request: &Request,
        body: Input<ReserveCredits>,
    ) -> Result<Output<ReserveView>, ApiError> {
        let ReserveCredits { build_id, estimated_credits, user_id, actor, .. } = body.0;
        let request_id = request_id(request).unwrap_or_default();
        Ok(Output(services.reserve(&Reserve { user_id, build_id, estimated_credits, actor }, &request_id, once.0).await?))
    }

    /// Pay out of a reservation
    ///
    /// Charges what was used, at most what was set aside unless `allowOverage` says otherwise, and gives the rest back. The
    /// same again gets the same answer; after a release, or when the reservation has expired, 409.
    #[oai(path = "/credits/commit", method = "post", operation_id = "commitCredits")]
    async fn commit(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        request: &Request,
        body: Input<CommitCredits>,
    ) -> Result<Output<CommitView>, ApiError> {
        let CommitCredits { reservation_id, actual_credits, build_id, user_id, allow_overage, reason, actor } = body.0;
        let request_id = request_id(request).unwrap_or_default();
        let wanted = Commit { reservation_id, build_id, user_id, actual_credits, allow_overage, reason, actor };
        Ok(Output(services.commit(&wanted, &request_id, once.0).await?))
    }

    /// Give a reservation back
    ///
    /// The same again gets the same answer; after a commit, or when the reservation has expired, 409.
    #[oai(path = "/credits/release", method = "post", operation_id = "releaseCredits")]
    async fn release(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        request: &Request,
        body: Input<ReleaseCredits>,
    ) -> Result<Output<ReleaseView>, ApiError> {
        let ReleaseCredits { reservation_id, reason, user_id, actor } = body.0;
        let request_id = request_id(request).unwrap_or_default();
        Ok(Output(services.release(&Release { reservation_id, user_id, reason, actor }, &request_id, once.0).await?))
    }

    /// Read an account's ledger
    ///
    /// Newest first, a page at a time. What is set aside stands in it too, so that all amounts add up to `balance.total`.
    #[oai(path = "/credits/:userId/ledger", method = "get", operation_id = "listLedgerEntries")]
    async fn ledger(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        request: &Request,
        /// Whose account.
        #[oai(name = "userId")]
        user_id: Path<String>,
        /// Lines of the page, 1 to 200; 50 unless said.
        limit: Query<Option<i64>>,
        /// Where the page begins: `nextCursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Output<LedgerPage>, ApiError> {
        let query = LedgerQuery { limit: limit.0, cursor: cursor.0 };
        Ok(Output(services.entries(&user_id, &query, &request_id(request).unwrap_or_default()).await?))
    }
}
