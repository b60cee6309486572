//! A project as callers see it, alone or many at once.

use super::{Fault, ServiceError, Services};
use crate::domain::ids::{is_id, is_user_id};
use crate::domain::problem::Problem;
use crate::domain::project::ProjectStatus;
use crate::domain::time::iso;
use crate::store::builds::state_of;
use crate::store::projects::{self, ProjectDetails};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;

/// Projects that are asked for at once, at most.
const BATCH_MAX: usize = 100;

/// A project.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectView {
    /// The project.
    pub project_id: String,
    /// Its owner.
    pub user_id: String,
    /// What people call it.
    pub name: String,
    /// What people say of it; null until somebody does.
    #[schema(required)]
    pub description: Option<String>,
    /// What callers keep with it: a JSON object, as it was written; null until somebody does.
    #[schema(required, value_type = Option<Object>)]
    pub metadata: Option<Box<RawValue>>,
    /// Grows with each change of name, description or metadata, and with nothing else. In quotes it is the ETag.
    #[schema(minimum = 1)]
    pub revision: i64,
    /// What it is doing.
    pub status: ProjectStatus,
    /// Its build or rollback under way; null while it is idle.
    #[schema(required)]
    pub active_build_id: Option<String>,
    /// Its newest build; null when it has none.
    #[schema(required)]
    pub last_build_id: Option<String>,
    /// Where its preview is; null until there is one.
    #[schema(required)]
    pub preview_url: Option<String>,
    /// The version that its preview shows; null until there is one.
    #[schema(required)]
    pub preview_version_id: Option<String>,
    /// Where what it has published is; null while that is nothing.
    #[schema(required)]
    pub published_url: Option<String>,
    /// The version that it has published; null while that is none.
    #[schema(required)]
    pub published_version_id: Option<String>,
    /// Who made its id: `server` or `client`.
    pub id_source: String,
    /// The service that made it.
    pub created_by_service: String,
    /// When it was made, ISO 8601.
    pub created_at: String,
    /// When something of it changed last, ISO 8601.
    pub updated_at: String,
}

/// Projects that were asked for together.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProjectBatch {
    /// Those that are there, each once, in the order of the request.
    pub projects: Vec<ProjectView>,
    /// The ids of those that are not there, or another user's, in the order of the request.
    pub missing: Vec<String>,
}

impl ProjectView {
    /// The strong tag of what people write about it.
    pub fn etag(&self) -> String {
        etag(self.revision)
    }
}

/// The tag of a revision.
pub(super) fn etag(revision: i64) -> String {
    format!("\"{revision}\"")
}

impl Services {
    /// A project; `user_id`, when given, must be its owner's.
    pub async fn project(&self, id: &str, user_id: Option<&str>) -> Result<ProjectView, ServiceError> {
        let row = if is_id(id) { projects::details(&self.inner.db, id).await? } else { None };
        let owned = row.filter(|row| user_id.is_none_or(|user| user == row.user_id));
        self.project_view(owned.ok_or_else(|| Problem::not_found("project"))?)
    }

    /// 1 to 100 projects at once, by ids with commas between them; of a user, when one is given.
    pub async fn projects(&self, ids: &str, user_id: Option<&str>) -> Result<ProjectBatch, ServiceError> {
        if user_id.is_some_and(|id| !is_user_id(id)) {
            return Err(Problem::invalid("userId", "not_an_id").into());
        }
        let mut seen = HashSet::new();
        let asked: Vec<&str> = ids.split(',').filter(|id| seen.insert(*id)).collect();
        if asked.contains(&"") {
            return Err(Problem::invalid("ids", "not_an_id").into());
        }
        if asked.len() > BATCH_MAX {
            return Err(Problem::invalid("ids", "out_of_range").into());
        }
        // what can't be an id is no project's
        let wanted: Vec<&str> = asked.iter().copied().filter(|id| is_id(id)).collect();
        let rows = if wanted.is_empty() { vec![] } else { projects::details_of(&self.inner.db, &wanted).await? };
        let owned = rows.into_iter().filter(|row| user_id.is_none_or(|user| user == row.user_id));
        let mut found: HashMap<String, ProjectDetails> = owned.map(|row| (row.id.clone(), row)).collect();
        let mut batch = ProjectBatch { projects: vec![], missing: vec![] };
        for id in asked {
            match found.remove(id) {
                Some(row) => batch.projects.push(self.project_view(row)?),
                None => batch.missing.push(id.to_owned()),
            }
        }
        Ok(batch)
    }

    pub(super) fn project_view(&self, row: ProjectDetails) -> Result<ProjectView, ServiceError> {
        let state = row.active_state.as_deref().map(state_of).transpose()?;
        let metadata = row.metadata.map(RawValue::from_string).transpose();
        Ok(ProjectView {
            status: ProjectStatus::of(state.map(|state| (state, row.active_kind.as_deref() == Some("rollback")))),
            preview_url: row.preview_version_id.is_some().then(|| self.preview_url(&row.id)),
            published_url: row.published_version_id.is_some().then(|| self.live_url(&row.id)),
            metadata: metadata.map_err(|error| Fault::Bug(format!("metadata of {}: {error}", row.id)))?,
            created_at: iso(row.created_at_ms),
            updated_at: iso(row.updated_at_ms),
            project_id: row.id,
            user_id: row.user_id,
            name: row.name,
            description: row.description,
            revision: row.revision,
            active_build_id: row.active_id,
            last_build_id: row.last_build_id,
            preview_version_id: row.preview_version_id,
            published_version_id: row.published_version_id,
            id_source: row.id_source,
            created_by_service: row.created_by_service,
        })
    }
}
