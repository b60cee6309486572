//! Changes of what people write about a project: some of it, or all at once; when nobody else has changed it meanwhile.

use super::idempotency::Once;
use super::projects::{ProjectView, etag};
use super::{Fault, ServiceError, Services};
use crate::domain::entity_tag::IfMatch;
use crate::domain::ids::{is_id, is_user_id};
use crate::domain::metadata::metadata_fault;
use crate::domain::problem::{FieldError, Problem};
use crate::domain::version::{description_fault, name_fault};
use crate::store::projects::{self, ProjectDetails, ProjectWords};

/// What the caller says of each field: the outer option whether, the inner one what; none clears.
#[derive(Debug, Clone, Default)]
pub struct ProjectFields {
    /// What to call it; can't be cleared.
    pub name: Option<Option<String>>,
    /// What to say of it.
    pub description: Option<Option<String>>,
    /// A JSON object of the caller's own, as it was written.
    pub metadata: Option<Option<String>>,
}

/// What becomes of the fields that are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// They stay.
    Stays,
    /// They are missing: the request is refused.
    Refused,
}

/// A change of what is written about a project.
#[derive(Debug, Clone)]
pub struct EditProject {
    /// The project.
    pub project_id: String,
    /// Its owner.
    pub user_id: String,
    /// What it shall be.
    pub fields: ProjectFields,
    /// What becomes of the others.
    pub left_out: LeftOut,
    /// The `If-Match` of the request: the change is made of one of these revisions, or not at all.
    pub if_match: Option<String>,
}

impl Services {
    /// Changes a project's name, description or metadata, and answers with the project. What is so already makes no new
    /// revision.
    pub async fn edit_project(&self, edit: EditProject, once: &Once) -> Result<ProjectView, ServiceError> {
        check_fields(&edit)?;
        let asked = edit.if_match.as_deref().map(IfMatch::parse).transpose().map_err(|_| Problem::invalid("If-Match", "invalid_value"))?;
        let mut tx = self.begin_once(once).await?;
        // held from here on: of changes that race, each sees the revision that the one before it made
        let held = if is_id(&edit.project_id) { projects::lock_all(&mut tx, &[&edit.project_id]).await?.pop() } else { None };
        let held = held.filter(|project| project.user_id == edit.user_id).ok_or_else(|| Problem::not_found("project"))?;
        let gone = || Fault::Bug("a project went away".into());
        let row = projects::details_within(&mut tx, &held.id).await?.ok_or_else(gone)?;
        if asked.is_some_and(|asked| !asked.allows(&etag(row.revision))) {
            return Err(changed_meanwhile(row.revision).into());
        }
        let (before, after) = words(&row, edit.fields);
        if before != after {
            projects::set_words(&mut tx, &held.id, &after, self.now_ms()).await?;
        }
        let row = projects::details_within(&mut tx, &held.id).await?.ok_or_else(gone)?;
        let view = self.project_view(row)?;
        once.keep_tagged(&mut tx, 200, Some(&view.etag()), &view).await?;
        tx.commit().await?;
        Ok(view)
    }
}

/// What is written about a project, and what shall be.
fn words(row: &ProjectDetails, fields: ProjectFields) -> (ProjectWords, ProjectWords) {
    let before = ProjectWords { name: row.name.clone(), description: row.description.clone(), metadata: row.metadata.clone() };
    let after = ProjectWords {
        name: fields.name.flatten().unwrap_or_else(|| before.name.clone()),
        description: fields.description.unwrap_or_else(|| before.description.clone()),
        metadata: fields.metadata.unwrap_or_else(|| before.metadata.clone()),
    };
    (before, after)
}

/// The contract's codes have none with status 412.
fn changed_meanwhile(revision: i64) -> Problem {
    Problem::validation(vec![FieldError::new("If-Match", format!("the project has changed: its tag is {} now", etag(revision)))])
}

fn check_fields(edit: &EditProject) -> Result<(), Problem> {
    let ProjectFields { name, description, metadata } = &edit.fields;
    let missing = [("name", name.is_none()), ("description", description.is_none()), ("metadata", metadata.is_none())];
    if edit.left_out == LeftOut::Stays && missing.iter().all(|(_, is_missing)| *is_missing) {
        return Err(Problem::invalid("body", "nothing_to_change"));
    }
    let mut errors = vec![];
    if !is_user_id(&edit.user_id) {
        errors.push(FieldError::new("userId", "1 to 128 visible characters"));
    }
    if edit.left_out == LeftOut::Refused {
        errors.extend(missing.iter().filter(|(_, is_missing)| *is_missing).map(|(field, _)| FieldError::new(field, "missing")));
    }
    let mut judge = |field: &str, fault: Option<String>| errors.extend(fault.map(|message| FieldError::new(field, message)));
    judge("name", name.as_ref().and_then(|name| name.as_deref().map_or_else(|| Some("can't be null".into()), name_fault)));
    judge("description", description.iter().flatten().find_map(|text| description_fault(text)));
    judge("metadata", metadata.iter().flatten().find_map(|json| metadata_fault(json)));
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}
