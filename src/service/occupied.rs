//! What a project that has a build or rollback under way answers to whoever wants another.

use super::{Fault, Services};
use crate::domain::problem::{BuildAlreadyRunning, Problem, RollbackInProgress};
use crate::store::{Transaction, builds};

impl Services {
    /// The refusal, by what is under way; `field` says which start of a batch was meant.
    pub(super) async fn occupied(&self, tx: &mut Transaction, active_id: String, field: Option<String>) -> Result<Problem, Fault> {
        let row = builds::find_within(tx, &active_id).await?;
        if row.as_ref().is_some_and(builds::BuildRow::is_rollback) {
            return Ok(RollbackInProgress { job_id: active_id, field }.into());
        }
        let estimated_completion = row.and_then(|row| self.estimated_end_ms(&row));
        Ok(BuildAlreadyRunning { build_id: active_id, estimated_completion, field }.into())
    }
}
