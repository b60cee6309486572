//! What starts have to set aside: only where the server has a provider of code and the start a prompt for it.

use super::{Plan, Source};
use crate::domain::estimate::{OperationType, ProjectSize};
use crate::service::money::Due;
use crate::service::{ServiceError, Services};
use crate::store::projects::{self, ProjectRow};
use crate::store::{Transaction, past_usage, queue};

/// What a build is started for: a project that was there is built anew.
pub(super) const fn operation(known: Option<&ProjectRow>) -> &'static str {
    if known.is_some() { "update" } else { "build" }
}

impl Services {
    /// Notes what each plan has to set aside, from past builds like it.
    pub(super) async fn price(&self, plans: &mut [Plan]) -> Result<(), ServiceError> {
        if !self.inner.settings.money.builds_pay {
            return Ok(());
        }
        for plan in plans.iter_mut().filter(|plan| plan.start.prompt.is_some()) {
            plan.credits = Some(self.expected_credits(plan).await?);
        }
        Ok(())
    }

    async fn expected_credits(&self, plan: &Plan) -> Result<i64, ServiceError> {
        let (start, db) = (&plan.start, &self.inner.db);
        let known = match &start.project_id {
            Some(id) => projects::find(db, id).await?,
            None => None,
        };
        let (mut framework, mut files) = (start.framework.clone(), None);
        if let Some(project) = &known {
            framework = framework.or(queue::last_framework(db, &project.id).await?);
            files = past_usage::last_files(db, &project.id).await?;
        }
        match &start.source {
            Some(Source::Files(sent)) => files = i64::try_from(sent.len()).ok(),
            // nobody has looked into it yet
            Some(Source::Zip(_)) => files = None,
            None => {}
        }
        let operation = if known.is_some() { OperationType::Update } else { OperationType::MainBuild };
        Ok(self.expected_use(operation, framework.as_deref(), files.map(ProjectSize::of)).await?.seconds)
    }

    /// Sets aside what the plans have to. All of their builds are written by then, so that accounts come last.
    pub(super) async fn pay(&self, tx: &mut Transaction, plans: &[Plan], projects: &[Option<ProjectRow>], now_ms: i64) -> Result<(), ServiceError> {
        let due = |(plan, known): (&Plan, &Option<ProjectRow>)| {
            Some(Due {
                user_id: plan.start.user_id.clone(),
                build_id: plan.build_id.clone(),
                operation: operation(known.as_ref()),
                credits: plan.credits?,
                request_id: plan.start.request_id.clone().unwrap_or_else(|| plan.build_id.clone()),
                field: plan.place.named("prompt"),
            })
        };
        let dues: Vec<Due> = plans.iter().zip(projects).filter_map(due).collect();
        self.set_aside(tx, &dues, now_ms).await
    }
}
