//! What became of builds: how many, of what kind, how they failed, and how long those took that were deployed.

use super::AnalyticsQuery;
pub use super::build_counts::{BuildCounts, BuildDay};
use crate::domain::days::{Day, DayRange, day_text};
use crate::service::{ServiceError, Services};
use crate::store::build_statistics::{BuildFigure, figures};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Statistics of builds. A build counts on the day when it was asked for, with what has become of it since: every list here
/// adds up to the same builds. Rollbacks are none.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BuildAnalytics {
    /// The first day in UTC, `YYYY-MM-DD`.
    #[schema(example = "2026-01-01")]
    pub from: String,
    /// The last day in UTC, `YYYY-MM-DD`, included.
    #[schema(example = "2026-01-30")]
    pub to: String,
    /// Builds in all.
    pub builds: i64,
    /// Builds by what has become of them.
    pub by_state: BuildCounts,
    /// Builds by framework, the most frequent first: what their start said, or what was found.
    pub by_framework: Vec<FrameworkCount>,
    /// Failed builds by where and why they failed, the most frequent first.
    pub by_failing_phase: Vec<FailureCount>,
    /// How long deployed builds took, from when a worker took them first.
    pub durations: Durations,
    /// Each day of the range, in order.
    pub by_day: Vec<BuildDay>,
}

/// Builds of a framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FrameworkCount {
    /// The framework; null for builds that ended before one was found.
    #[schema(required, example = "vite")]
    pub framework: Option<String>,
    /// Builds.
    pub count: i64,
}

/// Builds that failed alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FailureCount {
    /// The phase that they failed in.
    #[schema(example = "dependencies")]
    pub phase: String,
    /// The code of their error.
    #[schema(example = "BUILD_FAILED")]
    pub code: String,
    /// Why, in a stable word; null where the code says it all.
    #[schema(required, example = "command_failed")]
    pub reason: Option<String>,
    /// Builds.
    pub count: i64,
}

/// Durations, seconds. Each percentile is one of the durations: the smallest that so many percent of them do not exceed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct Durations {
    /// Durations that these are of.
    pub count: i64,
    /// Their mean, seconds; null where there is none.
    #[schema(required)]
    pub mean: Option<f64>,
    /// Their median, seconds; null where there is none.
    #[schema(required)]
    pub p50: Option<f64>,
    /// The 90th percentile, seconds; null where there is none.
    #[schema(required)]
    pub p90: Option<f64>,
    /// The 95th percentile, seconds; null where there is none.
    #[schema(required)]
    pub p95: Option<f64>,
    /// The 99th percentile, seconds; null where there is none.
    #[schema(required)]
    pub p99: Option<f64>,
}

impl Services {
    /// Statistics of builds.
    pub async fn build_analytics(&self, query: &AnalyticsQuery) -> Result<BuildAnalytics, ServiceError> {
        let range = self.days(query).await?;
        let (asked, statistics, fresh_ms) = (query.asked(range), &self.inner.statistics, self.inner.settings.statistics_ms);
        if let Some(answer) = statistics.builds.find(&asked, self.now_ms(), fresh_ms) {
            return Ok(answer);
        }
        let _turn = statistics.turns.acquire().await;
        let now_ms = self.now_ms();
        // somebody may have counted meanwhile
        if let Some(answer) = statistics.builds.find(&asked, now_ms, fresh_ms) {
            return Ok(answer);
        }
        let answer = self.count_builds(query, range).await?;
        statistics.builds.keep(asked, now_ms, &answer);
        Ok(answer)
    }

    async fn count_builds(&self, query: &AnalyticsQuery, range: DayRange) -> Result<BuildAnalytics, ServiceError> {
        let mut days: BTreeMap<Day, BuildCounts> = range.days().map(|day| (day, BuildCounts::default())).collect();
        let (mut by_framework, mut by_failing_phase, mut durations) = (vec![], vec![], Durations::default());
        for row in figures(&self.inner.db, query.chosen(range)).await? {
            match row.what.as_str() {
                "day" => days.entry(row.place).or_default().add(row.word.as_deref().unwrap_or_default(), row.figure)?,
                "framework" => by_framework.push(FrameworkCount { framework: row.word, count: row.figure }),
                "failure" => by_failing_phase.push(FailureCount {
                    phase: row.word.unwrap_or_default(),
                    code: row.code.unwrap_or_default(),
                    reason: row.reason,
                    count: row.figure,
                }),
                _ => durations.take(&row),
            }
        }
        by_framework.sort_by(|a, b| (b.count, &a.framework).cmp(&(a.count, &b.framework)));
        by_failing_phase.sort_by(|a, b| (b.count, &a.phase, &a.code, &a.reason).cmp(&(a.count, &b.phase, &b.code, &b.reason)));
        let by_state = days.values().fold(BuildCounts::default(), |sum, day| sum.plus(*day));
        Ok(BuildAnalytics {
            from: day_text(range.first),
            to: day_text(range.last),
            builds: by_state.sum(),
            by_state,
            by_framework,
            by_failing_phase,
            durations,
            by_day: days.into_iter().map(|(day, counts)| counts.of_day(day)).collect(),
        })
    }
}

impl Durations {
    fn take(&mut self, row: &BuildFigure) {
        let seconds = row.figure as f64 / 1000.0;
        match (row.what.as_str(), row.place) {
            ("total", count) => (self.count, self.mean) = (count, (count > 0).then(|| seconds / count as f64)),
            ("percentile", 50) => self.p50 = Some(seconds),
            ("percentile", 90) => self.p90 = Some(seconds),
            ("percentile", 95) => self.p95 = Some(seconds),
            ("percentile", 99) => self.p99 = Some(seconds),
            _ => {}
        }
    }
}
