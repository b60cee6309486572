//! Publishing a version of a project, and taking it back: the pointer and who moved it, in one transaction.

use super::idempotency::Once;
use super::{ServiceError, Services};
use crate::domain::ids::{is_id, is_user_id};
use crate::domain::problem::{FieldError, Problem, VersionNotEligible};
use crate::domain::time::iso;
use crate::domain::version::{COMMENT_MAX, is_plain_text};
use crate::store::publications::{self, NewPublication, PUBLISH, UNPUBLISH};
use crate::store::{Transaction, projects, versions};
use serde::Serialize;
use utoipa::ToSchema;

/// What a project has published.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublishedView {
    /// `true`.
    pub success: bool,
    /// The project.
    pub project_id: String,
    /// The version that is published; null when none is.
    #[schema(required)]
    pub version_id: Option<String>,
    /// Where it is served; null when none is.
    #[schema(required)]
    pub published_url: Option<String>,
    /// Since when, ISO 8601; null when none is.
    #[schema(required)]
    pub published_at: Option<String>,
    /// What was published before the last change; null when nothing was.
    #[schema(required)]
    pub previous_version_id: Option<String>,
}

/// A request to publish a version, or to take back what is published.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The project.
    pub project_id: String,
    /// Its owner.
    pub user_id: String,
    /// Why, for the record.
    pub comment: Option<String>,
}

impl Services {
    /// Publishes a version, in place of what was published before. What is published already stays so.
    pub async fn publish(&self, version_id: &str, wanted: &Publication, once: &Once) -> Result<PublishedView, ServiceError> {
        self.look_for_artifact(version_id, wanted).await?;
        let (mut tx, now_ms) = self.begin_publication(wanted, once).await?;
        let version = if is_id(version_id) { versions::find_within(&mut tx, version_id).await? } else { None };
        let version = version.filter(|version| version.project_id == wanted.project_id).ok_or_else(|| Problem::not_found("version"))?;
        if !version.is_published {
            let facts = version.facts();
            self.judged(facts, now_ms);
            if let Some(reason) = facts.publish_fault(self.inner.settings.retention, now_ms) {
                return Err(VersionNotEligible { reason: reason.word().into() }.into());
            }
            self.change_publication(&mut tx, wanted, &version.id, PUBLISH, now_ms).await?;
        }
        self.end_publication(tx, wanted, once).await
    }

    /// A version whose object was lost is marked so, before it is published.
    async fn look_for_artifact(&self, version_id: &str, wanted: &Publication) -> Result<(), ServiceError> {
        let version = if is_id(version_id) { versions::find(&self.inner.db, version_id).await? } else { None };
        let theirs = version.filter(|version| version.project_id == wanted.project_id && version.user_id == wanted.user_id);
        // what is published stays so
        if let Some(version) = theirs.filter(|version| !version.is_published && version.artifact_gone.is_none()) {
            self.artifact_there(&version).await?;
        }
        Ok(())
    }

    /// Takes back what a project has published. Where nothing is, nothing changes.
    pub async fn unpublish(&self, wanted: &Publication, once: &Once) -> Result<PublishedView, ServiceError> {
        let (mut tx, now_ms) = self.begin_publication(wanted, once).await?;
        if let Some(published) = publications::published(&mut tx, &wanted.project_id).await? {
            self.change_publication(&mut tx, wanted, &published, UNPUBLISH, now_ms).await?;
        }
        self.end_publication(tx, wanted, once).await
    }

    /// Holds the project, when it is the caller's: racing requests, and the sweep, take turns here.
    async fn begin_publication(&self, wanted: &Publication, once: &Once) -> Result<(Transaction, i64), ServiceError> {
        check_fields(wanted)?;
        let mut tx = self.begin_once(once).await?;
        let project = if is_id(&wanted.project_id) { projects::lock_all(&mut tx, &[&wanted.project_id]).await?.pop() } else { None };
        project.filter(|project| project.user_id == wanted.user_id).ok_or_else(|| Problem::not_found("project"))?;
        Ok((tx, self.now_ms()))
    }

    async fn change_publication(
        &self,
        tx: &mut Transaction,
        wanted: &Publication,
        version_id: &str,
        action: &'static str,
        now_ms: i64,
    ) -> Result<(), ServiceError> {
        let id = self.new_id();
        let (project_id, user_id, comment) = (wanted.project_id.as_str(), wanted.user_id.as_str(), wanted.comment.as_deref());
        publications::change(tx, NewPublication { id: &id, project_id, version_id, action, user_id, comment }, now_ms).await?;
        tracing::info!(project_id, version_id, action, "what a project has published changes");
        Ok(())
    }

    /// Commits, and tells what is published now. A request that is sent again is answered as the first one was.
    async fn end_publication(&self, mut tx: Transaction, wanted: &Publication, once: &Once) -> Result<PublishedView, ServiceError> {
        let version_id = publications::published(&mut tx, &wanted.project_id).await?;
        let (last, before) = publications::last_two(&mut tx, &wanted.project_id).await?;
        let previous_version_id = match &last {
            Some(last) if last.action == UNPUBLISH => Some(last.version_id.clone()),
            _ => before.filter(|before| before.action == PUBLISH).map(|before| before.version_id),
        };
        let view = PublishedView {
            success: true,
            published_url: version_id.is_some().then(|| self.live_url(&wanted.project_id)),
            published_at: last.filter(|_| version_id.is_some()).map(|last| iso(last.created_at_ms)),
            project_id: wanted.project_id.clone(),
            version_id,
            previous_version_id,
        };
        once.keep(&mut tx, 200, &view).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Where what a project has published is served.
    pub(super) fn live_url(&self, project_id: &str) -> String {
        format!("{}/live/{project_id}/", self.inner.settings.preview_url)
    }
}

fn check_fields(wanted: &Publication) -> Result<(), ServiceError> {
    let mut errors = Vec::new();
    if !is_user_id(&wanted.user_id) {
        errors.push(FieldError::new("userId", "1 to 128 visible characters"));
    }
    if wanted.comment.as_deref().is_some_and(|comment| !is_plain_text(comment, COMMENT_MAX)) {
        errors.push(FieldError::new("comment", format!("at most {COMMENT_MAX} characters, none of them control characters but line breaks and tabs")));
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors).into()) }
}
