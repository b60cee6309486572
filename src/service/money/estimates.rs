//! Estimates from past builds, and whether an account has enough for one.

use super::{BalanceView, Faults};
use crate::domain::estimate::{Confidence, Estimate, MEDIUM_SAMPLES, OperationType, ProjectSize};
use crate::domain::ids::is_id;
use crate::domain::price_list::recommended;
use crate::domain::problem::Problem;
use crate::service::idempotency::Once;
use crate::service::{Fault, ServiceError, Services};
use crate::store::past_usage::UsageRow;
use crate::store::{past_usage, projects, queue};
use serde::Serialize;
use utoipa::ToSchema;

/// What is to be estimated.
#[derive(Debug, Clone)]
pub struct WantedEstimate {
    /// Who asks.
    pub user_id: String,
    /// What for.
    pub operation: OperationType,
    /// On which of the user's projects.
    pub project_id: Option<String>,
    /// With so many files; those of the project's last build unless said.
    pub files: Option<usize>,
}

/// What an operation will use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EstimateView {
    /// Credits.
    pub estimated_credits: i64,
    /// Seconds of a provider of code.
    pub estimated_seconds: i64,
    /// How far it may be relied on.
    pub confidence: Confidence,
    /// Past builds that it comes from.
    pub based_on_samples: usize,
}

/// Whether there is enough for an operation.
#[derive(Debug, Clone)]
pub struct SufficientQuery {
    /// Whose account.
    pub user_id: String,
    /// What for.
    pub operation_type: OperationType,
    /// How large the project is.
    pub project_size: Option<ProjectSize>,
}

/// What an operation will use, in time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SufficientEstimate {
    /// Seconds of a provider of code; a second costs a credit.
    pub estimated_seconds: i64,
    /// The same in minutes, to a tenth, rounded up.
    pub estimated_minutes: f64,
    /// How far it may be relied on.
    pub confidence: Confidence,
    /// Past builds that it comes from.
    pub based_on_samples: usize,
}

/// What to buy.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Recommendation {
    /// The package.
    pub suggested_package: String,
    /// What it costs, in the currency of the price list.
    pub cost_to_complete: f64,
    /// Where it is sold.
    pub purchase_url: String,
}

/// Whether there is enough.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SufficientView {
    /// Whether the balance covers the estimate.
    pub sufficient: bool,
    /// What the operation will use.
    #[schema(nullable = false)]
    pub estimate: SufficientEstimate,
    /// What can be spent now.
    pub balance: BalanceView,
    /// What to buy, where there is too little and something is sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub recommendation: Option<Recommendation>,
}

impl Services {
    /// What an operation will use of a provider of code.
    pub async fn estimate(&self, wanted: &WantedEstimate, once: &Once) -> Result<EstimateView, ServiceError> {
        let mut faults = Faults::default();
        faults.user(&wanted.user_id);
        faults.told()?;
        let (mut framework, mut files) = (None, wanted.files.map(|files| i64::try_from(files).unwrap_or(i64::MAX)));
        if let Some(id) = &wanted.project_id {
            let project = if is_id(id) { projects::find(&self.inner.db, id).await? } else { None };
            project.filter(|project| project.user_id == wanted.user_id).ok_or_else(|| Problem::not_found("project"))?;
            framework = queue::last_framework(&self.inner.db, id).await?;
            files = match files {
                None => past_usage::last_files(&self.inner.db, id).await?,
                some => some,
            };
        }
        let estimate = self.expected_use(wanted.operation, framework.as_deref(), files.map(ProjectSize::of)).await?;
        let Estimate { seconds, confidence, samples } = estimate;
        let view = EstimateView { estimated_credits: seconds, estimated_seconds: seconds, confidence, based_on_samples: samples };
        self.keep_look(once, &view).await?;
        Ok(view)
    }

    /// Whether an account has enough for an operation, and what to buy where it has not.
    pub async fn check_sufficient(&self, query: &SufficientQuery, request_id: &str, once: &Once) -> Result<SufficientView, ServiceError> {
        let mut faults = Faults::default();
        faults.user(&query.user_id);
        faults.told()?;
        let estimate = self.expected_use(query.operation_type, None, query.project_size).await?;
        let balance = self.present_account(&query.user_id, request_id).await?.account.balance;
        let (missing, money) = (estimate.seconds - balance.total(), &self.inner.settings.money);
        let package = if missing > 0 { recommended(&money.packages, missing) } else { None };
        let view = SufficientView {
            sufficient: missing <= 0,
            estimate: SufficientEstimate {
                estimated_seconds: estimate.seconds,
                estimated_minutes: (estimate.seconds as f64 / 6.0).ceil() / 10.0,
                confidence: estimate.confidence,
                based_on_samples: estimate.samples,
            },
            balance: balance.into(),
            recommendation: package.map(|package| Recommendation {
                suggested_package: package.name.clone(),
                cost_to_complete: package.cost,
                purchase_url: money.purchase_url.clone(),
            }),
        };
        self.keep_look(once, &view).await?;
        Ok(view)
    }

    /// From the past builds that are most like it, as long as they are some: of the operation, framework and size; of the
    /// operation and framework; of the operation; of all.
    pub(in crate::service) async fn expected_use(
        &self,
        operation: OperationType,
        framework: Option<&str>,
        size: Option<ProjectSize>,
    ) -> Result<Estimate, Fault> {
        let Some(word) = operation.word() else { return Ok(Estimate::NOTHING) };
        let db = &self.inner.db;
        let mut circles = Vec::with_capacity(3);
        if framework.is_some() {
            circles.push((Some(word), framework));
        }
        circles.extend([(Some(word), None), (None, None)]);
        let mut last = Estimate::from_past(&[]);
        for (operation, framework) in circles {
            let past = past_usage::past(db, operation, framework).await?;
            let sized: Vec<UsageRow> = past.iter().filter(|row| row.files.map(ProjectSize::of) == size).copied().collect();
            // the last circle is all there is; sizes of other operations say nothing
            let narrow = size.filter(|_| operation.is_some()).map(|_| sized);
            for rows in narrow.into_iter().chain([past]) {
                let estimate = Estimate::from_past(&rows.iter().map(|row| row.ai_seconds).collect::<Vec<_>>());
                if estimate.samples >= MEDIUM_SAMPLES {
                    return Ok(estimate);
                }
                if estimate.samples > 0 {
                    last = estimate;
                }
            }
        }
        Ok(last)
    }
}
