//! A project's versions as callers see them: the history, and what people write about a version.

use super::idempotency::Once;
use super::spans::concerns;
use super::{Fault, ServiceError, Services};
use crate::domain::eligibility::{Ineligible, VersionFacts};
use crate::domain::ids::{is_id, is_user_id};
use crate::domain::page::{PAGE_DEFAULT, PAGE_MAX, PageCursor};
use crate::domain::problem::{FieldError, Problem};
use crate::domain::time::iso;
use crate::domain::version::{Semver, description_fault, name_fault};
use crate::store::projects::{self, ProjectRow};
use crate::store::sweeps;
pub use crate::store::versions::VersionWords;
use crate::store::versions::{self, VersionRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A version, and what may be done with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VersionView {
    /// The version.
    pub id: String,
    /// Its number: a build raises the second part, a rollback the third.
    #[schema(example = "1.2.3")]
    pub semver: String,
    /// What people call it; null until somebody says.
    #[schema(required)]
    pub name: Option<String>,
    /// What people say of it; null until somebody does.
    #[schema(required)]
    pub description: Option<String>,
    /// When it was made, ISO 8601.
    pub created_at: String,
    /// `deploying`, `deployed` or `failed`.
    pub deploy_status: String,
    /// Whether it is the project's published version.
    pub is_published: bool,
    /// Whether the project's preview shows it.
    pub is_preview: bool,
    /// Whether its artifact is there and in its time.
    pub has_artifact: bool,
    /// Bytes of its artifact, also when that is not there any more.
    pub artifact_size: i64,
    /// Whether it can be previewed.
    pub can_preview: bool,
    /// Whether it can be rolled back to.
    pub can_rollback: bool,
    /// Whether it can be published.
    pub can_publish: bool,
    /// Why not.
    pub accessibility: Accessibility,
    /// How long its artifact is kept.
    pub retention: RetentionView,
    /// The build or rollback that made it.
    pub build_id: String,
    /// The framework that the build found.
    pub framework: String,
    /// The version whose files a rollback's version has; null for a build's.
    #[schema(required)]
    pub rollback_of: Option<String>,
    /// Where it can be looked at while `canPreview`.
    pub preview_url: String,
    /// What would make it better.
    pub recommendations: Vec<RecommendationView>,
}

/// Why something can't be done with a version; null when it can.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accessibility {
    /// Why it can't be rolled back to, nor published.
    #[schema(required)]
    pub rollback_disabled_reason: Option<Ineligible>,
    /// Why it can't be previewed.
    #[schema(required)]
    pub preview_disabled_reason: Option<Ineligible>,
}

/// How long a version's artifact is kept. That of a published or previewed version stays beyond it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetentionView {
    /// The last instant of its time, ISO 8601.
    pub expires_at: String,
    /// Days left, the begun one counted; 0 when it is over.
    pub days_remaining: i64,
}

/// Something that would make a site better.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RecommendationView {
    /// A stable word, such as `missing_title`.
    pub code: String,
    /// The file it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub path: Option<String>,
}

/// A page of a project's versions, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VersionPage {
    /// `true`.
    pub success: bool,
    /// The versions.
    pub versions: Vec<VersionView>,
    /// Where the next page begins; null when there is none.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// Which versions a page has, as the caller says it.
#[derive(Debug, Clone, Default)]
pub struct VersionQuery {
    /// The project's owner, when the caller says who asks.
    pub user_id: Option<String>,
    /// Versions of the page, 1 to 200; 50 unless said.
    pub limit: Option<i64>,
    /// Where the page begins: `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// A change of what is written about a version.
#[derive(Debug, Clone)]
pub struct EditVersion {
    /// The version.
    pub version_id: String,
    /// The owner of its project.
    pub user_id: String,
    /// The change.
    pub words: VersionWords,
}

impl Services {
    /// A project's versions, newest first, a page at a time; a user, when given, must be its owner.
    pub async fn versions(&self, project_id: &str, query: &VersionQuery) -> Result<VersionPage, ServiceError> {
        let limit = query.limit.unwrap_or(PAGE_DEFAULT);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(Problem::invalid("limit", "out_of_range").into());
        }
        let after = PageCursor::parse(query.cursor.as_deref().unwrap_or_default()).map_err(|_| Problem::invalid("cursor", "not_a_cursor"))?;
        let project = self.project_row(project_id, query.user_id.as_deref()).await?;
        // one more than the page has tells whether there is a next one
        let mut rows = versions::page(&self.inner.db, &project.id, after.as_ref(), limit + 1).await?;
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let last = rows.last().filter(|_| more).map(|row| PageCursor { created_at_ms: row.created_at_ms, id: row.id.clone() });
        let now_ms = self.now_ms();
        let versions = rows.into_iter().map(|row| self.version_view(row, now_ms)).collect::<Result<_, _>>()?;
        Ok(VersionPage { success: true, versions, next_cursor: last.map(|cursor| cursor.to_string()) })
    }

    /// Changes a version's name or description, and answers with the version.
    pub async fn edit_version(&self, edit: EditVersion, once: &Once) -> Result<VersionView, ServiceError> {
        check_words(&edit)?;
        let mut tx = self.begin_once(once).await?;
        let row = if is_id(&edit.version_id) { versions::find_within(&mut tx, &edit.version_id).await? } else { None };
        let row = row.filter(|row| row.user_id == edit.user_id).ok_or_else(|| Problem::not_found("version"))?;
        concerns(&row.project_id, None);
        versions::set_words(&mut tx, &row.id, &edit.words).await?;
        let row = versions::find_within(&mut tx, &row.id).await?.ok_or_else(|| Fault::Bug("a version went away".into()))?;
        let view = self.version_view(row, self.now_ms())?;
        once.keep(&mut tx, 200, &view).await?;
        tx.commit().await?;
        Ok(view)
    }

    pub(super) async fn project_row(&self, id: &str, user_id: Option<&str>) -> Result<ProjectRow, ServiceError> {
        let row = if is_id(id) { projects::find(&self.inner.db, id).await? } else { None };
        let owned = row.filter(|row| user_id.is_none_or(|user| user == row.user_id));
        Ok(owned.ok_or_else(|| Problem::not_found("project"))?)
    }

    /// Why a version can't be previewed, which says as well whether its artifact is there: each look is counted.
    pub(super) fn judged(&self, facts: VersionFacts<'_>, now_ms: i64) -> Option<Ineligible> {
        let fault = facts.preview_fault(self.inner.settings.retention, now_ms);
        self.artifact_judged(fault);
        fault
    }

    /// Counts what came of a look for a version's artifact.
    pub(super) fn artifact_judged(&self, fault: Option<Ineligible>) {
        self.inner.metrics.artifact_checked(match fault {
            Some(Ineligible::ArtifactExpired) => "expired",
            Some(Ineligible::ArtifactMissing) => "missing",
            _ => "available",
        });
    }

    /// Looks whether a version's object is in the store. One that was lost is marked so: history says the same from then on.
    pub(super) async fn artifact_there(&self, version: &VersionRow) -> Result<bool, ServiceError> {
        if self.in_time(self.inner.artifacts.exists(&version.artifact_key)).await? {
            return Ok(true);
        }
        tracing::error!(version_id = version.id, "a version's artifact is not in the store any more");
        let mut tx = self.inner.db.begin().await?;
        projects::lock_all(&mut tx, &[&version.project_id]).await?;
        sweeps::mark_missing(&mut tx, &version.artifact_key, i64::MAX).await?;
        tx.commit().await?;
        Ok(false)
    }

    fn version_view(&self, row: VersionRow, now_ms: i64) -> Result<VersionView, ServiceError> {
        let (kept, facts) = (self.inner.settings.retention, row.facts());
        let preview = self.judged(facts, now_ms);
        let rollback = facts.rollback_fault(kept, now_ms);
        Ok(VersionView {
            semver: Semver { major: row.major, minor: row.minor, patch: row.patch }.to_string(),
            created_at: iso(row.created_at_ms),
            has_artifact: facts.has_artifact(kept, now_ms),
            can_preview: preview.is_none(),
            can_rollback: rollback.is_none(),
            can_publish: facts.publish_fault(kept, now_ms).is_none(),
            accessibility: Accessibility { rollback_disabled_reason: rollback, preview_disabled_reason: preview },
            retention: RetentionView { expires_at: iso(kept.expires_at_ms(row.created_at_ms)), days_remaining: kept.days_remaining(row.created_at_ms, now_ms) },
            preview_url: format!("{}/v/{}/", self.inner.settings.preview_url, row.id),
            recommendations: serde_json::from_str(&row.recommendations).map_err(|error| Fault::Bug(format!("recommendations of {}: {error}", row.id)))?,
            id: row.id,
            name: row.name,
            description: row.description,
            deploy_status: row.deploy_status,
            is_published: row.is_published,
            is_preview: row.is_preview,
            artifact_size: row.artifact_bytes,
            build_id: row.build_id,
            framework: row.framework,
            rollback_of: row.rollback_of,
        })
    }
}

fn check_words(edit: &EditVersion) -> Result<(), ServiceError> {
    let VersionWords { name, description } = &edit.words;
    if name.is_none() && description.is_none() {
        return Err(Problem::invalid("body", "nothing_to_change").into());
    }
    let mut errors = Vec::new();
    if !is_user_id(&edit.user_id) {
        errors.push(FieldError::new("userId", "1 to 128 visible characters"));
    }
    let (name, description) = (name.as_ref().and_then(Option::as_deref), description.as_ref().and_then(Option::as_deref));
    errors.extend(name.and_then(name_fault).map(|message| FieldError::new("name", message)));
    errors.extend(description.and_then(description_fault).map(|message| FieldError::new("description", message)));
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors).into()) }
}
