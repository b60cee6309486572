//! Starting builds, alone or many at once: projects, builds, queue entries and BUILD_QUEUED in one transaction, whole or
//! not at all.

mod check;
mod click;
mod insert;
mod pay;
mod source;

pub use click::Click;
pub use source::Source;

use super::access::START_TOKEN_SECONDS;
use super::builds::{BuildBatch, BuildView};
use super::forecasts::Outlook;
use super::idempotency::Once;
use super::spans::concerns;
use super::{Fault, ServiceError, Services};
use crate::domain::problem::FieldError;
use crate::store::StoreError;
use bytes::Bytes;
use insert::{Admitted, Inserted};

/// Times a start is tried when another transaction is in the way.
const TRIES: usize = 5;

/// A request for a build.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Who asks, and will own a new project.
    pub user_id: String,
    /// The project to build; without it a new one is made.
    pub project_id: Option<String>,
    /// Whether a project that is not there may be made under the caller's id.
    pub unknown_project: UnknownProject,
    /// The name of a new project.
    pub name: Option<String>,
    /// The files; without them a known project's last ones.
    pub source: Option<Source>,
    /// What is to be developed, for a provider of code.
    pub prompt: Option<String>,
    /// The framework that the caller takes the project to be of.
    pub framework: Option<String>,
    /// A JSON object of the caller's own, as it was written.
    pub metadata: Option<String>,
    /// Higher goes first, -100 to 100.
    pub priority: i32,
    /// Seconds until the build may begin, 0 to 86,400.
    pub delay_seconds: i64,
    /// The id of the request, for the log lines of the build.
    pub request_id: Option<String>,
    /// What its reader could not make a source of: told with all else that is wrong.
    pub unreadable: Vec<FieldError>,
}

/// What a project's id that nobody has used means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UnknownProject {
    /// There is no such project.
    #[default]
    Refused,
    /// The new project's id, made by the caller.
    Made,
}

/// What became of a request for builds.
#[derive(Debug)]
pub enum Started<T> {
    /// New builds.
    Queued(T),
    /// The builds that the same request started seconds ago.
    Replayed(T),
}

/// Where in its request a start stands: alone, or in a batch.
#[derive(Debug, Clone, Copy)]
struct Place(Option<usize>);

/// A start with the ids that it will have.
#[derive(Debug)]
struct Plan {
    start: Start,
    place: Place,
    build_id: String,
    /// The object that holds its source, once stored.
    source_key: Option<String>,
    /// That source, until the start is committed.
    source_zip: Option<Bytes>,
    /// How many files that has.
    files: Option<i64>,
    /// Credits that it has to set aside, where it pays.
    credits: Option<i64>,
    /// What it can be told of its place, once looked up.
    outlook: Option<Outlook>,
}

impl Plan {
    const fn new(start: Start, place: Place, build_id: String) -> Self {
        Self { start, place, build_id, source_key: None, source_zip: None, files: None, credits: None, outlook: None }
    }
}

impl<T> Started<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Started<U> {
        match self {
            Self::Queued(value) => Started::Queued(change(value)),
            Self::Replayed(value) => Started::Replayed(change(value)),
        }
    }
}

impl Place {
    /// A field's path from the request's root.
    fn field(self, name: &str) -> String {
        self.0.map_or_else(|| name.to_owned(), |index| format!("builds[{index}].{name}"))
    }

    /// The same where it has to be said: in a batch.
    fn named(self, name: &str) -> Option<String> {
        self.0.map(|_| self.field(name))
    }
}

impl Services {
    /// Starts a build and answers with it, queued; with a click, the same request within seconds finds the same build.
    pub async fn start_build(&self, start: Start, click: Option<&Click>, once: &Once) -> Result<Started<BuildView>, ServiceError> {
        let plan = Plan::new(start, Place(None), self.new_id());
        let started = self.start_all(vec![plan], click, once).await?;
        Ok(started.map(|mut views| views.remove(0)))
    }

    /// Starts builds of as many projects, all or none, and answers with them in the order of the request.
    pub async fn start_batch(&self, starts: Vec<Start>, click: Option<&Click>, once: &Once) -> Result<Started<BuildBatch>, ServiceError> {
        let plan = |(index, start)| Plan::new(start, Place(Some(index)), self.new_id());
        let started = self.start_all(starts.into_iter().enumerate().map(plan).collect(), click, once).await?;
        Ok(started.map(|builds| BuildBatch { builds }))
    }

    async fn start_all(&self, plans: Vec<Plan>, click: Option<&Click>, once: &Once) -> Result<Started<Vec<BuildView>>, ServiceError> {
        let mut plans = self.checked(plans).await?;
        self.price(&mut plans).await?;
        // refused before anything is written, as far as it can be known before
        let mut tx = self.inner.db.begin().await?;
        let admitted = self.admit(&mut tx, &plans, click, self.now_ms()).await?;
        if let Admitted::Projects(projects) = &admitted {
            self.pay(&mut tx, &plans, projects, self.now_ms()).await?;
        }
        tx.rollback().await?;
        if let Admitted::Earlier(builds) = admitted {
            return self.replayed(builds).await;
        }
        self.store_sources(&mut plans).await?;
        for plan in &mut plans {
            plan.outlook = Some(self.outlook(plan.start.project_id.as_deref(), plan.start.framework.as_deref()).await?);
        }
        let mut tries = 0;
        let inserted = loop {
            tries += 1;
            match self.insert_all(&plans, click, once).await {
                // one that exists: another start made the project under the same id meanwhile
                Err(ServiceError::Fault(Fault::Store(StoreError::Contended(_) | StoreError::Exists(_)))) if tries < TRIES => {}
                other => break other?,
            }
        };
        match inserted {
            Inserted::Earlier(builds) => self.replayed(builds).await,
            Inserted::Queued(queued) => {
                self.inner.hub.publish(queued.events);
                self.inner.hub.publish_job();
                if let [view] = &*queued.views {
                    concerns(&view.project_id, Some(&view.build_id));
                }
                for (view, plan) in queued.views.iter().zip(&plans) {
                    tracing::info!(build_id = view.build_id, project_id = view.project_id, "a build is queued");
                    if let Some(credits) = plan.credits {
                        tracing::info!(build_id = view.build_id, user_id = plan.start.user_id, credits, "credits set aside for a build");
                    }
                }
                Ok(Started::Queued(queued.views))
            }
        }
    }

    /// The builds of an earlier start as they are now, with fresh tokens.
    async fn replayed(&self, builds: Vec<String>) -> Result<Started<Vec<BuildView>>, ServiceError> {
        let mut views = Vec::with_capacity(builds.len());
        for id in builds {
            let user_id = self.build_row(&id).await?.user_id;
            views.push(self.with_token(&user_id, self.build(&id, None).await?));
        }
        Ok(Started::Replayed(views))
    }

    fn with_token(&self, user_id: &str, mut view: BuildView) -> BuildView {
        let token = self.sign_token(user_id, vec![view.build_id.clone()], vec![view.project_id.clone()], START_TOKEN_SECONDS);
        view.stream_token = Some(token.token);
        view
    }
}
