//! Statistics over a range of days in UTC, of everything, a user, or a project: what became of builds, and what was used.

mod build_counts;
pub mod builds;
mod recent;
pub mod usage;

pub(super) use recent::Statistics;

use super::{ServiceError, Services};
use crate::domain::days::{DayRange, NotARange};
use crate::domain::ids::is_user_id;
use crate::domain::problem::Problem;
use crate::store::build_statistics::Chosen;

/// What statistics are of, as the caller says it.
#[derive(Debug, Clone, Default)]
pub struct AnalyticsQuery {
    /// The first day, `YYYY-MM-DD`; 29 days before the last one unless said.
    pub from: Option<String>,
    /// The last day, `YYYY-MM-DD`; today unless said.
    pub to: Option<String>,
    /// Those of this user.
    pub user_id: Option<String>,
    /// Those of this project.
    pub project_id: Option<String>,
}

impl Services {
    /// The days of a query that can be answered: its project is there, and its user's when one is given.
    async fn days(&self, query: &AnalyticsQuery) -> Result<DayRange, ServiceError> {
        let range = DayRange::parse(query.from.as_deref(), query.to.as_deref(), self.now_ms());
        let range = range.map_err(|NotARange(field, reason)| Problem::invalid(field, reason))?;
        if query.user_id.as_deref().is_some_and(|id| !is_user_id(id)) {
            return Err(Problem::invalid("userId", "not_an_id").into());
        }
        if let Some(id) = &query.project_id {
            self.project_row(id, query.user_id.as_deref()).await?;
        }
        Ok(range)
    }
}

impl AnalyticsQuery {
    fn asked(&self, range: DayRange) -> recent::Asked {
        (range.begin_ms(), range.end_ms(), self.user_id.clone(), self.project_id.clone())
    }

    fn chosen(&self, range: DayRange) -> Chosen<'_> {
        Chosen { begin_ms: range.begin_ms(), end_ms: range.end_ms(), user_id: self.user_id.as_deref(), project_id: self.project_id.as_deref() }
    }
}
