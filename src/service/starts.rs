//! Starting a build: project, build, queue entry and BUILD_QUEUED in one transaction, whole or not at all.

use super::access::START_TOKEN_SECONDS;
use super::builds::BuildView;
use super::{Fault, ServiceError, Services};
use crate::artifacts::pack::{Content, Entries, pack};
use crate::artifacts::unpack::{UnpackError, inspect};
use crate::domain::event::{BuildQueued, StoredEvent};
use crate::domain::files::{Files, file_faults};
use crate::domain::generation::prompt_fault;
use crate::domain::ids::{is_id, is_user_id};
use crate::domain::problem::{BuildAlreadyRunning, FieldError, InvalidInput, Problem};
use crate::store::builds::{BuildRow, NewBuild};
use crate::store::events::{Append, Appended, Generation, append};
use crate::store::projects::ProjectRow;
use crate::store::{StoreError, builds, jobs, projects};
use sha2::{Digest, Sha256};
use std::io::Cursor;
use std::sync::atomic::AtomicBool;

/// What `created_by_service` says of rows made here.
const SERVICE: &str = "buildcast";
/// Characters of a project's name at most.
const NAME_MAX: usize = 200;
/// Times a start is tried when another transaction is in the way.
const TRIES: usize = 5;

/// The files of a start.
#[derive(Debug, Clone)]
pub enum Source {
    /// By path.
    Files(Files),
    /// As a zip.
    Zip(Vec<u8>),
}

impl Source {
    /// The request's field that it came in.
    const fn field(&self) -> &'static str {
        match self {
            Self::Files(_) => "templateFiles",
            Self::Zip(_) => "templateZip",
        }
    }
}

/// A request for a build.
#[derive(Debug, Clone)]
pub struct Start {
    /// Who asks, and will own the project.
    pub user_id: String,
    /// The project to build; without it a new one is made.
    pub project_id: Option<String>,
    /// The name of a new project.
    pub name: Option<String>,
    /// The files; without them a known project's last ones.
    pub source: Option<Source>,
    /// What is to be developed, for a provider of code.
    pub prompt: Option<String>,
    /// Higher goes first, -100 to 100.
    pub priority: i32,
}

impl Services {
    /// Starts a build and answers with it, queued.
    pub async fn start_build(&self, start: Start) -> Result<BuildView, ServiceError> {
        check_fields(&start)?;
        // refused before anything is written, as far as it can be known before
        if let Some(id) = &start.project_id {
            let mut tx = self.inner.db.begin().await?;
            let project = projects::lock(&mut tx, id).await?;
            owned(project, &start.user_id)?;
            self.refuse_second(&mut tx, id).await?;
        }
        let source_key = match &start.source {
            Some(source) => Some(self.store_source(source.clone()).await?),
            None => None,
        };
        let build_id = self.new_id();
        let mut tries = 0;
        let queued = loop {
            tries += 1;
            match self.insert_build(&start, &build_id, source_key.as_deref()).await {
                Err(ServiceError::Fault(Fault::Store(StoreError::Contended(_)))) if tries < TRIES => {}
                other => break other?,
            }
        };
        self.inner.hub.publish(queued.events);
        self.inner.hub.publish_job();
        let token = self.sign_token(&start.user_id, vec![build_id], vec![queued.row.project_id.clone()], START_TOKEN_SECONDS);
        let mut view = self.view(queued.row, Some(queued.position))?;
        view.stream_token = Some(token.token);
        Ok(view)
    }

    async fn insert_build(&self, start: &Start, build_id: &str, source_key: Option<&str>) -> Result<Queued, ServiceError> {
        let now_ms = self.now_ms();
        let mut tx = self.inner.db.begin().await?;
        let project = match &start.project_id {
            Some(id) => {
                let mut project = owned(projects::lock(&mut tx, id).await?, &start.user_id)?;
                self.refuse_second(&mut tx, id).await?;
                if let Some(key) = source_key {
                    projects::set_source(&mut tx, id, key, now_ms).await?;
                    key.clone_into(&mut project.source_key);
                }
                project
            }
            None => {
                let project = self.new_project(start, source_key.unwrap_or_default());
                projects::insert(&mut tx, &project, SERVICE, now_ms).await?;
                project
            }
        };
        let build = NewBuild {
            id: build_id,
            project_id: &project.id,
            user_id: &start.user_id,
            source_key: &project.source_key,
            id_source: &project.id_source,
            created_by_service: SERVICE,
            prompt: start.prompt.as_deref(),
        };
        builds::insert(&mut tx, &build, now_ms).await?;
        jobs::enqueue(&mut tx, build_id, &start.user_id, start.priority, now_ms, now_ms).await?;
        let position = jobs::position_within(&mut tx, build_id).await?;
        let queued = BuildQueued { queue_position: u32::try_from(position).unwrap_or(u32::MAX), estimated_start: None };
        let item = Append {
            build_id: build_id.to_owned(),
            project_id: project.id,
            fencing_token: None,
            drafts: vec![self.draft(queued)],
            change: None,
            claimed_as: None,
            generation: Generation::default(),
        };
        let Some(Appended::Written(events)) = append(&mut tx, &[item], false, now_ms).await?.pop() else {
            return Err(Fault::Bug("a new build refused its first event".into()).into());
        };
        // as it is queued: a worker may have it before the answer is out
        let row = builds::find_within(&mut tx, build_id).await?.ok_or_else(|| Fault::Bug("a new build is not there".into()))?;
        tx.commit().await?;
        Ok(Queued { events, position, row })
    }

    fn new_project(&self, start: &Start, source_key: &str) -> ProjectRow {
        let id = self.new_id();
        let name = start.name.clone().unwrap_or_else(|| "Untitled".into());
        ProjectRow { id, user_id: start.user_id.clone(), name, source_key: source_key.into(), preview_version_id: None, id_source: "server".into() }
    }

    async fn refuse_second(&self, tx: &mut crate::store::Transaction, project_id: &str) -> Result<(), ServiceError> {
        match builds::active_of_project(tx, project_id).await? {
            Some(build_id) => Err(BuildAlreadyRunning { build_id, estimated_completion: None }.into()),
            None => Ok(()),
        }
    }

    /// Checks a source whole, then stores it under its hash.
    async fn store_source(&self, source: Source) -> Result<String, ServiceError> {
        let limits = self.inner.settings.files;
        let field = source.field();
        let checked = tokio::task::spawn_blocking(move || match source {
            Source::Files(files) => {
                let faults = file_faults(&files, limits);
                if !faults.is_empty() {
                    return Err(UnpackError::Refused(faults));
                }
                let entries: Entries<'_> = files.iter().map(|(path, bytes)| (path.clone(), Content::Bytes(bytes))).collect();
                Ok(pack(&entries, Cursor::new(Vec::new()), &AtomicBool::new(false))?.into_inner())
            }
            Source::Zip(bytes) => inspect(Cursor::new(&bytes), limits).map(|_| bytes),
        });
        let zip = match checked.await.map_err(|error| Fault::Bug(error.to_string()))? {
            Ok(zip) => zip,
            Err(UnpackError::Refused(faults)) => {
                return Err(Problem::validation(faults.into_iter().map(|fault| FieldError::new(field, fault)).collect()).into());
            }
            Err(error @ UnpackError::Broken(_)) => return Err(Problem::validation(vec![FieldError::new(field, broken(&error))]).into()),
            Err(UnpackError::Io(error)) => return Err(Fault::Bug(error.to_string()).into()),
        };
        let key = format!("sources/{}.zip", hex::encode(Sha256::digest(&zip)));
        self.inner.artifacts.put(&key, zip).await?;
        Ok(key)
    }
}

/// The library's own words are for the log.
fn broken(error: &UnpackError) -> &'static str {
    tracing::debug!(%error, "a zip could not be read");
    "is not a readable zip"
}

struct Queued {
    row: BuildRow,
    events: Vec<StoredEvent>,
    position: i64,
}

fn owned(project: Option<ProjectRow>, user_id: &str) -> Result<ProjectRow, ServiceError> {
    // another user's project is as unknown as one that is not there
    Ok(project.filter(|p| p.user_id == user_id).ok_or_else(|| Problem::not_found("project"))?)
}

fn check_fields(start: &Start) -> Result<(), ServiceError> {
    let mut errors = Vec::new();
    if !is_user_id(&start.user_id) {
        errors.push(FieldError::new("userId", "1 to 128 visible characters"));
    }
    if start.name.as_ref().is_some_and(|name| name.trim().is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control)) {
        errors.push(FieldError::new("name", format!("1 to {NAME_MAX} characters, none of them control characters")));
    }
    if !(-100..=100).contains(&start.priority) {
        errors.push(FieldError::new("priority", "-100 to 100"));
    }
    errors.extend(start.prompt.as_deref().and_then(prompt_fault).map(|fault| FieldError::new("prompt", fault)));
    if start.project_id.is_none() && start.source.is_none() {
        errors.push(FieldError::new("templateFiles", "a new project needs files"));
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors).into());
    }
    match &start.project_id {
        Some(id) if !is_id(id) => Err(InvalidInput { field: Some("projectId".into()), reason: Some("not_an_id".into()) }.into()),
        _ => Ok(()),
    }
}
