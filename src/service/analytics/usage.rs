//! What was charged: credits by operation, by segment of users, and by day. Each list adds up to the same total.

use super::AnalyticsQuery;
use crate::domain::days::{Day, DayRange, day_text};
use crate::service::money::EXTERNAL;
use crate::service::{ServiceError, Services};
use crate::store::usage::{UsageSum, sums};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Credits of a range from which on a user is no `light` one, and from which on a `heavy` one.
const REGULAR: i64 = 100;
const HEAVY: i64 = 1_000;

/// What was charged, as the ledger has it. A charge counts on the day when it was made: of a build, when that was deployed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageAnalytics {
    /// The first day in UTC, `YYYY-MM-DD`.
    #[schema(example = "2026-01-01")]
    pub from: String,
    /// The last day in UTC, `YYYY-MM-DD`, included.
    #[schema(example = "2026-01-30")]
    pub to: String,
    /// All of it.
    pub total: Usage,
    /// By what it was used for.
    pub by_operation: Vec<OperationUsage>,
    /// By how much its users used in the range.
    pub by_segment: Vec<SegmentUsage>,
    /// Each day of the range, in order.
    pub by_day: Vec<DayUsage>,
}

/// A sum of charges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Usage {
    /// Credits that were charged.
    pub credits: i64,
    /// Charges: one for each build, or reservation of a caller, that paid anything.
    pub charges: i64,
    /// Users that paid them.
    pub users: i64,
}

/// Charges of an operation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OperationUsage {
    /// `build`, the first build of a project; `update`, a later one; `external`, a reservation that a caller made for its own work.
    #[schema(example = "build")]
    pub operation: String,
    /// The charges.
    #[serde(flatten)]
    pub usage: Usage,
}

/// Charges of a segment of users.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentUsage {
    /// `light`: users who were charged fewer than 100 credits in the range; `regular`: fewer than 1,000; `heavy`: 1,000 or more.
    #[schema(example = "regular")]
    pub segment: String,
    /// The charges.
    #[serde(flatten)]
    pub usage: Usage,
}

/// Charges of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DayUsage {
    /// The day in UTC, `YYYY-MM-DD`.
    #[schema(example = "2026-01-15")]
    pub day: String,
    /// The charges.
    #[serde(flatten)]
    pub usage: Usage,
}

impl Services {
    /// What was charged.
    pub async fn usage_analytics(&self, query: &AnalyticsQuery) -> Result<UsageAnalytics, ServiceError> {
        let range = self.days(query).await?;
        let (asked, statistics, fresh_ms) = (query.asked(range), &self.inner.statistics, self.inner.settings.statistics_ms);
        if let Some(answer) = statistics.usage.find(&asked, self.now_ms(), fresh_ms) {
            return Ok(answer);
        }
        let _turn = statistics.turns.acquire().await;
        let now_ms = self.now_ms();
        // somebody may have counted meanwhile
        if let Some(answer) = statistics.usage.find(&asked, now_ms, fresh_ms) {
            return Ok(answer);
        }
        let answer = self.count_usage(query, range).await?;
        statistics.usage.keep(asked, now_ms, &answer);
        Ok(answer)
    }

    async fn count_usage(&self, query: &AnalyticsQuery, range: DayRange) -> Result<UsageAnalytics, ServiceError> {
        let mut days: BTreeMap<Day, Usage> = range.days().map(|day| (day, Usage::default())).collect();
        let (mut words, mut total) = (BTreeMap::<String, Usage>::new(), Usage::default());
        for row in sums(&self.inner.db, query.chosen(range), REGULAR, HEAVY).await? {
            let usage = usage(&row);
            match row.what.as_str() {
                "total" => total = usage,
                "day" => drop(days.insert(row.day, usage)),
                // no operation has the name of a segment
                _ => drop(words.insert(row.word, usage)),
            }
        }
        let mut of = |word: &str| (word.to_owned(), words.remove(word).unwrap_or_default());
        Ok(UsageAnalytics {
            from: day_text(range.first),
            to: day_text(range.last),
            total,
            by_operation: ["build", "update", EXTERNAL].map(&mut of).map(|(operation, usage)| OperationUsage { operation, usage }).into(),
            by_segment: ["light", "regular", "heavy"].map(&mut of).map(|(segment, usage)| SegmentUsage { segment, usage }).into(),
            by_day: days.into_iter().map(|(day, usage)| DayUsage { day: day_text(day), usage }).collect(),
        })
    }
}

const fn usage(row: &UsageSum) -> Usage {
    Usage { credits: row.credits, charges: row.charges, users: row.users }
}
