//! What a start's fields may hold, judged before anything is looked up. All faults of a request are told together.

use super::{Plan, Source};
use crate::domain::files::{FileLimits, file_faults};
use crate::domain::framework::FRAMEWORKS;
use crate::domain::generation::prompt_fault;
use crate::domain::ids::{is_id, is_user_id};
use crate::domain::metadata::metadata_fault;
use crate::domain::problem::FieldError;
use crate::domain::version::name_fault;
use std::collections::HashMap;

/// Seconds that a start may be delayed at most: a day.
const DELAY_SECONDS_MAX: i64 = 86_400;

/// All that is wrong with the starts of a request but for what zips hold; this takes a while where there are many files.
pub(super) fn fields(plans: &[Plan], limits: FileLimits) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = plans.iter().flat_map(|plan| faults(plan, limits)).collect();
    errors.extend(twins(plans));
    errors
}

fn faults(plan: &Plan, limits: FileLimits) -> Vec<FieldError> {
    let (start, mut errors) = (&plan.start, Vec::new());
    let mut fault = |field: &str, message: String| errors.push(FieldError::new(&plan.place.field(field), message));
    if !is_user_id(&start.user_id) {
        fault("userId", "1 to 128 visible characters".into());
    }
    if start.project_id.as_deref().is_some_and(|id| !is_id(id)) {
        fault("projectId", "1 to 64 of A-Z a-z 0-9 - _".into());
    }
    if let Some(message) = start.name.as_deref().and_then(name_fault) {
        fault("name", message);
    }
    if start.framework.as_ref().is_some_and(|name| !FRAMEWORKS.contains(&name.as_str())) {
        fault("framework", format!("one of {}", FRAMEWORKS.join(", ")));
    }
    if let Some(message) = start.prompt.as_deref().and_then(prompt_fault) {
        fault("prompt", message);
    }
    if let Some(message) = start.metadata.as_deref().and_then(metadata_fault) {
        fault("metadata", message);
    }
    if !(-100..=100).contains(&start.priority) {
        fault("priority", "-100 to 100".into());
    }
    if !(0..=DELAY_SECONDS_MAX).contains(&start.delay_seconds) {
        fault("delaySeconds", format!("0 to {DELAY_SECONDS_MAX}"));
    }
    if !start.unreadable.is_empty() {
        errors.extend(start.unreadable.iter().map(|unreadable| FieldError::new(&plan.place.field(&unreadable.field), unreadable.message.clone())));
    } else if start.source.is_none() && start.project_id.is_none() {
        errors.push(files_missing(plan));
    } else if start.source.is_none() && start.prompt.is_none() {
        errors.push(FieldError::new(&plan.place.field("templateFiles"), "a build needs files, or a prompt to change the last ones by"));
    }
    if let Some(source @ Source::Files(files)) = &start.source {
        let field = plan.place.field(source.field());
        errors.extend(file_faults(files, limits).into_iter().map(|fault| FieldError::new(&field, fault)));
    }
    errors
}

/// What is said of a new project without files.
pub(super) fn files_missing(plan: &Plan) -> FieldError {
    FieldError::new(&plan.place.field("templateFiles"), "a new project needs files")
}

/// Starts of a project that an earlier start of the batch has already: the second would wait for the first to end.
fn twins(plans: &[Plan]) -> Vec<FieldError> {
    let mut seen = HashMap::new();
    let named = plans.iter().enumerate().filter_map(|(index, plan)| Some((index, plan, plan.start.project_id.as_deref()?)));
    let mut errors = vec![];
    for (index, plan, project_id) in named {
        if let Some(first) = seen.insert(project_id, index) {
            errors.push(FieldError::new(&plan.place.field("projectId"), format!("builds[{first}] has the same project, which takes one build at a time")));
        }
    }
    errors
}
