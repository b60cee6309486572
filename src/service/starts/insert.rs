//! The transaction of a request for builds. It locks what the request names before it writes anything: the request itself,
//! then the projects in the order of their ids.

use super::check::files_missing;
use super::click::clear;
use super::pay::operation;
use super::{Click, Plan, UnknownProject};
use crate::domain::event::{BuildQueued, StoredEvent};
use crate::domain::problem::{NotFound, Problem};
use crate::service::builds::{BuildBatch, BuildView};
use crate::service::idempotency::Once;
use crate::service::{Fault, ServiceError, Services};
use crate::store::builds::NewBuild;
use crate::store::events::{Append, Appended, Generation, append};
use crate::store::projects::ProjectRow;
use crate::store::{Transaction, builds, jobs, projects, queue};
use std::collections::HashMap;

/// What `created_by_service` says of rows made here.
const SERVICE: &str = "buildcast";

/// What a request may do.
pub(super) enum Admitted {
    /// Start: the project of each plan, or none where one has to be made.
    Projects(Vec<Option<ProjectRow>>),
    /// Nothing: it was sent before, and these are its builds.
    Earlier(Vec<String>),
}

/// What a transaction came to.
pub(super) enum Inserted {
    /// New builds.
    Queued(Queued),
    /// The builds of the same request before.
    Earlier(Vec<String>),
}

/// New builds as they are answered, and the events that tell of them.
pub(super) struct Queued {
    pub views: Vec<BuildView>,
    pub events: Vec<StoredEvent>,
}

/// The plans' places in the order in which everybody takes users' rounds in the queue, so that two batches do not wait for each
/// other in a circle.
fn in_order_of_rounds(plans: &[Plan]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..plans.len()).collect();
    order.sort_by_key(|index| (&plans[*index].start.user_id, plans[*index].start.priority));
    order
}

impl Services {
    /// Locks what a request names, and refuses what can't be started.
    pub(super) async fn admit(&self, tx: &mut Transaction, plans: &[Plan], click: Option<&Click>, now_ms: i64) -> Result<Admitted, ServiceError> {
        if let Some(click) = click
            && let Some(builds) = self.earlier(tx, plans, click, now_ms).await?
        {
            return Ok(Admitted::Earlier(builds));
        }
        let ids: Vec<&str> = plans.iter().filter_map(|plan| plan.start.project_id.as_deref()).collect();
        let locked = if ids.is_empty() { vec![] } else { projects::lock_all(tx, &ids).await? };
        let mut known: HashMap<String, ProjectRow> = locked.into_iter().map(|row| (row.id.clone(), row)).collect();
        let mut admitted = Vec::with_capacity(plans.len());
        for plan in plans {
            let project = plan.start.project_id.as_ref().and_then(|id| known.remove(id));
            admitted.push(self.admit_one(tx, plan, project).await?);
        }
        Ok(Admitted::Projects(admitted))
    }

    async fn admit_one(&self, tx: &mut Transaction, plan: &Plan, project: Option<ProjectRow>) -> Result<Option<ProjectRow>, ServiceError> {
        match project {
            None if plan.start.project_id.is_none() => Ok(None),
            None if plan.start.unknown_project == UnknownProject::Made => match (&plan.start.source, &plan.source_key) {
                (None, None) => Err(Problem::validation(vec![files_missing(plan)]).into()),
                _ => Ok(None),
            },
            Some(row) if row.user_id == plan.start.user_id => match builds::active_of_project(tx, &row.id).await? {
                Some(id) => Err(self.occupied(tx, id, plan.place.named("projectId")).await?.into()),
                None => Ok(Some(row)),
            },
            // another user's project is as unknown as one that is not there
            _ => Err(NotFound { resource: "project".into(), field: plan.place.named("projectId") }.into()),
        }
    }

    /// Makes all that the plans ask for, or nothing.
    pub(super) async fn insert_all(&self, plans: &[Plan], click: Option<&Click>, once: &Once) -> Result<Inserted, ServiceError> {
        let now_ms = self.now_ms();
        let mut tx = self.begin_once(once).await?;
        let projects = match self.admit(&mut tx, plans, click, now_ms).await? {
            Admitted::Projects(projects) => projects,
            Admitted::Earlier(builds) => return Ok(Inserted::Earlier(builds)),
        };
        self.take_back_sources(&mut tx, plans).await?;
        let (mut items, mut positions) = (Vec::with_capacity(plans.len()), vec![0; plans.len()]);
        for index in in_order_of_rounds(plans) {
            let (plan, known) = (&plans[index], &projects[index]);
            let project = self.settle_project(&mut tx, plan, known.clone(), now_ms).await?;
            let (item, position) = self.insert_build(&mut tx, plan, &project, operation(known.as_ref()), now_ms).await?;
            items.push(item);
            positions[index] = position;
        }
        let mut events = Vec::with_capacity(plans.len());
        for appended in append(&mut tx, &items, false, now_ms).await? {
            match appended {
                Appended::Written(written) => events.extend(written),
                other => return Err(Fault::Bug(format!("a new build's first event came out as {other:?}")).into()),
            }
        }
        // accounts come after all other rows
        self.pay(&mut tx, plans, &projects, now_ms).await?;
        let mut views = Vec::with_capacity(plans.len());
        for (plan, position) in plans.iter().zip(positions) {
            // as it is queued: a worker may have it before the answer is out
            let row = builds::find_within(&mut tx, &plan.build_id).await?.ok_or_else(|| Fault::Bug("a new build is not there".into()))?;
            views.push(self.with_token(&row.user_id.clone(), self.view(row, Some(position))?));
        }
        if click.is_some() {
            clear(&mut tx, now_ms).await?;
        }
        let views = keep(&mut tx, plans, views, once).await?;
        tx.commit().await?;
        Ok(Inserted::Queued(Queued { views, events }))
    }

    /// The project with its new source, made where it is new.
    async fn settle_project(&self, tx: &mut Transaction, plan: &Plan, known: Option<ProjectRow>, now_ms: i64) -> Result<ProjectRow, ServiceError> {
        let Some(mut project) = known else {
            let project = self.new_project(plan);
            projects::insert(tx, &project, SERVICE, now_ms).await?;
            return Ok(project);
        };
        if let Some(key) = &plan.source_key {
            projects::set_source(tx, &project.id, key, now_ms).await?;
            project.source_key.clone_from(key);
        }
        Ok(project)
    }

    fn new_project(&self, plan: &Plan) -> ProjectRow {
        let (id, id_source) = match &plan.start.project_id {
            Some(id) => (id.clone(), "client"),
            None => (self.new_id(), "server"),
        };
        ProjectRow {
            id,
            user_id: plan.start.user_id.clone(),
            name: plan.start.name.clone().unwrap_or_else(|| "Untitled".into()),
            source_key: plan.source_key.clone().unwrap_or_default(),
            preview_version_id: None,
            id_source: id_source.into(),
        }
    }

    /// A build, its queue entry, and what tells of it with its place.
    async fn insert_build(&self, tx: &mut Transaction, plan: &Plan, project: &ProjectRow, operation: &str, now_ms: i64) -> Result<(Append, i64), ServiceError> {
        let start = &plan.start;
        let build = NewBuild {
            id: &plan.build_id,
            project_id: &project.id,
            user_id: &start.user_id,
            source_key: &project.source_key,
            framework: start.framework.as_deref(),
            metadata: start.metadata.as_deref(),
            prompt: start.prompt.as_deref(),
            operation: Some(operation),
            files: plan.files,
            id_source: &project.id_source,
            created_by_service: SERVICE,
            request_id: start.request_id.as_deref(),
        };
        builds::insert(tx, &build, now_ms).await?;
        let run_at_ms = now_ms + start.delay_seconds * 1000;
        jobs::enqueue(tx, &plan.build_id, &start.user_id, start.priority, run_at_ms, now_ms).await?;
        let position = queue::position_within(tx, &plan.build_id).await?;
        let outlook = plan.outlook.as_ref();
        let estimated_start = outlook.and_then(|outlook| outlook.start_at(position, self.now_ms().max(run_at_ms)));
        queue::set_estimate(tx, &plan.build_id, estimated_start, outlook.and_then(|outlook| outlook.expected_seconds), position).await?;
        let queued = BuildQueued { queue_position: u32::try_from(position).unwrap_or(u32::MAX), estimated_start };
        let item = Append {
            build_id: plan.build_id.clone(),
            project_id: project.id.clone(),
            fencing_token: None,
            drafts: vec![self.draft(queued)],
            change: None,
            claimed_as: None,
            generation: Generation::default(),
        };
        Ok((item, position))
    }
}

/// Keeps the answer as the request gets it: one build, or a batch's list. Gives the builds back.
async fn keep(tx: &mut Transaction, plans: &[Plan], builds: Vec<BuildView>, once: &Once) -> Result<Vec<BuildView>, ServiceError> {
    const ACCEPTED: u16 = 202;
    let batch = BuildBatch { builds };
    match (plans, batch.builds.as_slice()) {
        ([plan], [view]) if plan.place.0.is_none() => once.keep(tx, ACCEPTED, view).await?,
        _ => once.keep(tx, ACCEPTED, &batch).await?,
    }
    Ok(batch.builds)
}
