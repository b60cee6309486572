//! Versions: a row for each build that ended well, and for each rollback.

use super::database::sql;
use super::{Database, StoreError, Transaction};
use crate::domain::eligibility::VersionFacts;
use crate::domain::page::PageCursor;
use crate::domain::version::Semver;
use sqlx::FromRow;

/// A version's artifact, as far as a preview needs it.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct VersionArtifact {
    pub id: String,
    pub artifact_key: String,
    pub artifact_sha256: String,
    pub artifact_gone: Option<String>,
    pub deploy_status: String,
}

/// What somebody changes of what is written about a version: the outer option says whether, the inner one to what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct VersionWords {
    pub name: Option<Option<String>>,
    pub description: Option<Option<String>>,
}

/// A version with what its project says of it.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migrations")]
pub struct VersionRow {
    pub id: String,
    pub project_id: String,
    /// The project's owner.
    pub user_id: String,
    pub build_id: String,
    pub major: i32,
    pub minor: i32,
    pub patch: i32,
    pub name: Option<String>,
    pub description: Option<String>,
    pub deploy_status: String,
    pub framework: String,
    pub artifact_key: String,
    pub artifact_bytes: i64,
    pub artifact_sha256: String,
    pub artifact_gone: Option<String>,
    pub source_files: Option<i32>,
    pub output_files: i32,
    pub recommendations: String,
    pub rollback_of: Option<String>,
    pub created_at_ms: i64,
    /// Whether it is the project's published version.
    pub is_published: bool,
    /// Whether the project's preview shows it.
    pub is_preview: bool,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.project_id, p.user_id, v.build_id, v.major, v.minor, v.patch, v.name, v.description, v.deploy_status, v.framework,
                v.artifact_key, v.artifact_bytes, v.artifact_sha256, v.artifact_gone, v.source_files, v.output_files, v.recommendations,
                v.rollback_of, v.created_at_ms,
                COALESCE(p.published_version_id = v.id, FALSE) AS is_published, COALESCE(p.preview_version_id = v.id, FALSE) AS is_preview
             FROM versions v JOIN projects p ON p.id = v.project_id ",
            $rest
        )
    };
}

const FIND: &str = select!("WHERE v.id = $1");

/// What a new version is made of.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct NewVersion {
    pub id: String,
    pub project_id: String,
    pub build_id: String,
    pub framework: String,
    pub artifact_key: String,
    pub artifact_bytes: i64,
    pub artifact_sha256: String,
    pub source_files: i32,
    pub output_files: i32,
    pub recommendations: String,
}

impl VersionRow {
    /// What the rules of eligibility look at.
    pub fn facts(&self) -> VersionFacts<'_> {
        VersionFacts {
            deploy_status: &self.deploy_status,
            is_published: self.is_published,
            artifact_gone: self.artifact_gone.as_deref(),
            created_at_ms: self.created_at_ms,
        }
    }

    /// Its number.
    pub const fn number(&self) -> Semver {
        Semver { major: self.major, minor: self.minor, patch: self.patch }
    }
}

/// The version, if there is one.
pub async fn find(db: &Database, id: &str) -> Result<Option<VersionRow>, StoreError> {
    Ok(sql!(db, fetch_optional as VersionRow, FIND, id)?)
}

/// The version as it is within a transaction.
pub async fn find_within(tx: &mut Transaction, id: &str) -> Result<Option<VersionRow>, StoreError> {
    Ok(sql!(tx, fetch_optional as VersionRow, FIND, id)?)
}

/// A project's versions after a place, newest first.
pub async fn page(db: &Database, project_id: &str, after: Option<&PageCursor>, limit: i64) -> Result<Vec<VersionRow>, StoreError> {
    const PAGE: &str = select!("WHERE v.project_id = $1 AND (v.created_at_ms, v.id) < ($2, $3) ORDER BY v.created_at_ms DESC, v.id DESC LIMIT $4");
    let (at_ms, id) = after.map_or((i64::MAX, ""), |cursor| (cursor.created_at_ms, cursor.id.as_str()));
    Ok(sql!(db, fetch_all as VersionRow, PAGE, project_id, at_ms, id, limit)?)
}

/// Changes what is written about a version.
pub async fn set_words(tx: &mut Transaction, id: &str, words: &VersionWords) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "UPDATE versions SET name = CASE WHEN $2 THEN $3 ELSE name END, description = CASE WHEN $4 THEN $5 ELSE description END WHERE id = $1",
        id,
        words.name.is_some(),
        words.name.clone().flatten(),
        words.description.is_some(),
        words.description.clone().flatten()
    )?;
    Ok(())
}

/// The project's newest version that is deployed.
pub async fn newest_deployed(db: &Database, project_id: &str) -> Result<Option<VersionRow>, StoreError> {
    const NEWEST: &str = select!("WHERE v.project_id = $1 AND v.deploy_status = 'deployed' ORDER BY v.created_at_ms DESC, v.id DESC LIMIT 1");
    Ok(sql!(db, fetch_optional as VersionRow, NEWEST, project_id)?)
}

macro_rules! artifact {
    ($rest:literal) => {
        concat!("SELECT v.id, v.artifact_key, v.artifact_sha256, v.artifact_gone, v.deploy_status FROM ", $rest)
    };
}

/// The version's artifact, if there is such a version.
pub async fn artifact(db: &Database, id: &str) -> Result<Option<VersionArtifact>, StoreError> {
    const OF_VERSION: &str = artifact!("versions v WHERE v.id = $1");
    Ok(sql!(db, fetch_optional as VersionArtifact, OF_VERSION, id)?)
}

/// The artifact of the version that a project's preview shows.
pub async fn previewed(db: &Database, project_id: &str) -> Result<Option<VersionArtifact>, StoreError> {
    const PREVIEWED: &str = artifact!("projects p JOIN versions v ON v.id = p.preview_version_id WHERE p.id = $1");
    Ok(sql!(db, fetch_optional as VersionArtifact, PREVIEWED, project_id)?)
}

/// The artifact of the version that a project has published.
pub async fn published(db: &Database, project_id: &str) -> Result<Option<VersionArtifact>, StoreError> {
    const PUBLISHED: &str = artifact!("projects p JOIN versions v ON v.id = p.published_version_id WHERE p.id = $1");
    Ok(sql!(db, fetch_optional as VersionArtifact, PUBLISHED, project_id)?)
}

/// The highest number of a project.
pub async fn latest(tx: &mut Transaction, project_id: &str) -> Result<Option<Semver>, StoreError> {
    let row = sql!(
        tx,
        fetch_optional as (i32, i32, i32),
        "SELECT major, minor, patch FROM versions WHERE project_id = $1 ORDER BY major DESC, minor DESC, patch DESC LIMIT 1",
        project_id
    )?;
    Ok(row.map(|(major, minor, patch)| Semver { major, minor, patch }))
}

/// A new version, deployed.
pub async fn insert(tx: &mut Transaction, version: &NewVersion, number: Semver, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "INSERT INTO versions (id, project_id, build_id, major, minor, patch, deploy_status, framework, artifact_key, artifact_bytes, artifact_sha256,
                               output_files, recommendations, created_at_ms, source_files)
         VALUES ($1, $2, $3, $4, $5, $6, 'deployed', $7, $8, $9, $10, $11, $12, $13, $14)",
        &version.id,
        &version.project_id,
        &version.build_id,
        number.major,
        number.minor,
        number.patch,
        &version.framework,
        &version.artifact_key,
        version.artifact_bytes,
        &version.artifact_sha256,
        version.output_files,
        &version.recommendations,
        now_ms,
        version.source_files
    )?;
    Ok(())
}
