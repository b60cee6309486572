//! `/v1/billing`: balances, whether they are enough, and credits that come in.

use super::auth::Signed;
use super::body::{Input, Output};
use super::context::request_id;
use super::error::ApiError;
use crate::domain::estimate::{OperationType, ProjectSize};
use crate::service::Services;
use crate::service::idempotency::Once;
use crate::service::money::{AccountBalances, AccountView, Credit, CreditView, SufficientQuery, SufficientView};
use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde::Deserialize;
use utoipa::ToSchema;

/// A question whether there is enough for an operation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CheckSufficient {
    /// Whose account.
    #[schema(example = "user_456")]
    user_id: String,
    /// What for.
    #[schema(example = "main_build")]
    operation_type: OperationType,
    /// How large the project is.
    #[schema(example = "medium")]
    project_size: Option<ProjectSize>,
}

/// A look at the accounts of many users.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BatchBalance {
    /// 1 to 100 users.
    #[schema(min_items = 1, max_items = 100, example = json!(["user_456", "user_789"]))]
    user_ids: Vec<String>,
}

/// Credits that were bought, or granted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CreditAccount {
    /// Whose they are.
    #[schema(example = "user_456")]
    user_id: String,
    /// Credits, 1 at least.
    #[schema(example = 1000, minimum = 1)]
    credits: i64,
    /// The payment, 1 to 200 characters: the same one never counts twice.
    #[schema(example = "pi_3PqXyZ", min_length = 1, max_length = 200)]
    reference: String,
    /// Why, for the record: at most 1,000 characters.
    #[schema(max_length = 1000)]
    reason: Option<String>,
    /// Who asks for it, for the record, 1 to 128 characters: a person or a service of the caller's. The ledger shows it.
    #[schema(example = "support-jane", min_length = 1, max_length = 128)]
    actor: Option<String>,
}

/// The operations on accounts.
pub(super) struct BillingApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Billing")]
impl BillingApi {
    /// Look at an account
    ///
    /// One that nobody has used before is opened by it, with a new user's credits.
    #[oai(path = "/billing/balance/:userId", method = "get", operation_id = "getBalance")]
    async fn balance(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        request: &Request,
        /// Whose account.
        #[oai(name = "userId")]
        user_id: Path<String>,
    ) -> Result<Output<AccountView>, ApiError> {
        Ok(Output(services.balance(&user_id, &request_id(request).unwrap_or_default()).await?))
    }

    /// Ask whether there is enough for an operation
    ///
    /// From what past builds used. Nothing is set aside by it.
    #[oai(path = "/billing/check-sufficient", method = "post", operation_id = "checkSufficient")]
    async fn check(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        request: &Request,
        body: Input<CheckSufficient>,
    ) -> Result<Output<SufficientView>, ApiError> {
        let CheckSufficient { user_id, operation_type, project_size } = body.0;
        let query = SufficientQuery { user_id, operation_type, project_size };
        Ok(Output(services.check_sufficient(&query, &request_id(request).unwrap_or_default(), once.0).await?))
    }

    /// Look at many accounts
    ///
    /// One that nobody has used before is opened by it, as by a look at one.
    #[oai(path = "/billing/batch-balance", method = "post", operation_id = "getBalances")]
    async fn balances(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        request: &Request,
        body: Input<BatchBalance>,
    ) -> Result<Output<AccountBalances>, ApiError> {
        Ok(Output(services.balances(&body.0.user_ids, &request_id(request).unwrap_or_default(), once.0).await?))
    }

    /// Credit an account
    ///
    /// The same reference again gets the same answer and credits nothing; with another user or amount it is refused.
    #[oai(path = "/billing/credit", method = "post", operation_id = "creditAccount")]
    async fn credit(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        request: &Request,
        body: Input<CreditAccount>,
    ) -> Result<Output<CreditView>, ApiError> {
        let CreditAccount { user_id, credits, reference, reason, actor } = body.0;
        let wanted = Credit { user_id, credits, reference, reason };
        Ok(Output(services.credit(&wanted, actor.as_deref(), &request_id(request).unwrap_or_default(), once.0).await?))
    }
}
