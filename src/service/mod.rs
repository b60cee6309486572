//! Use cases, one file a resource: the only room that joins the store, the hub, the fleet and the artifacts.
//!
//! May name: domain, store, hub, fleet, artifacts, metrics. Deliberately absent: poem and sqlx types. The API and the engine reach
//! everything through here.

pub mod access;
pub mod analytics;
pub mod build_log;
pub mod builds;
pub mod cancels;
pub mod clock;
pub mod development;
pub mod downloads;
mod error;
mod exports;
mod forecasts;
mod housekeeping;
pub mod idempotency;
mod limits;
mod line_writer;
mod log;
pub mod metering;
pub mod money;
mod occupied;
pub mod page_sessions;
pub mod previews;
pub mod project_edits;
pub mod projects;
pub mod publishing;
mod recorder;
pub mod recordings;
pub mod replays;
pub mod rollbacks;
mod spans;
pub mod starts;
pub mod streams;
pub mod sweeps;
pub mod turns;
pub mod versions;
pub mod work;

pub use crate::artifacts::store::sha256_of_file;
pub use crate::artifacts::{ArtifactError, LocalFile};
pub use crate::artifacts::{pack, site, unpack};
pub use crate::fleet::{Payer, Verdict, WINDOW_SECONDS};
pub use crate::hub::{Delivery, Subscription};
pub use crate::store::versions::NewVersion;
pub use clock::Clock;
pub use error::{Fault, ServiceError};

use crate::artifacts::ArtifactStore;
use crate::domain::download::TicketKeys;
use crate::domain::eligibility::Retention;
use crate::domain::event::{EventDraft, EventPayload};
use crate::domain::files::FileLimits;
use crate::domain::mask::Mask;
use crate::domain::signature::AcceptedVersions;
use crate::fleet::{Fleet, FleetSettings};
use crate::hub::{Bus, Hub};
use crate::metrics::Metrics;
use crate::store::Database;
use crate::store::looks::Looks;
use recorder::Recorder;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;
use tokio::sync::mpsc;

/// What the services are told at start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where clients reach the API, without a slash at the end.
    pub public_url: String,
    /// Where clients reach previews, without a slash at the end.
    pub preview_url: String,
    /// The secrets valid now; the first one signs.
    pub secrets: Vec<Vec<u8>>,
    /// The signature versions accepted.
    pub signatures: AcceptedVersions,
    /// Limits of a project's sources.
    pub files: FileLimits,
    /// How long a worker holds a job without renewing, milliseconds.
    pub lease_ms: i64,
    /// Times a build is tried.
    pub attempts: i32,
    /// Builds of one user at once, on all nodes; 0 for no limit.
    pub builds_per_user: i64,
    /// How long artifacts are kept.
    pub retention: Retention,
    /// Files after which the progress of a rollback is told anew.
    pub progress_files: usize,
    /// How long the progress of a rollback that has ended stays in memory.
    pub progress_ttl_ms: i64,
    /// How long the address of a download is good for.
    pub download_url_ms: i64,
    /// Bytes of one build's log at most.
    pub log_bytes_max: i64,
    /// Bytes of a line of a log at most.
    pub log_line_bytes_max: usize,
    /// How long an answer is kept for its key, milliseconds.
    pub idempotency_ms: i64,
    /// How long a statistic is told again before it is counted anew.
    pub statistics_ms: i64,
    /// What logs must not show.
    pub mask: Arc<Mask>,
    /// What users are given, what is sold, and who pays.
    pub money: money::MoneySettings,
}

/// The use cases. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Services {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: Settings,
    db: Database,
    hub: Hub,
    artifacts: ArtifactStore,
    recorder: Recorder,
    lines: mpsc::Sender<line_writer::Request>,
    clock: Arc<dyn Clock>,
    fleet: Fleet,
    metrics: Metrics,
    ends: turns::Ends,
    looks: Looks,
    last_look: forecasts::LastLook,
    progress: rollbacks::ProgressCache,
    /// When a sweep of this node looked at every object, epoch milliseconds.
    objects_looked_at_ms: AtomicI64,
    tickets: TicketKeys,
    exports: exports::Exports,
    key_queues: idempotency::KeyQueues,
    statistics: analytics::Statistics,
    replays: Arc<replays::Replays>,
}

impl Services {
    /// The parts of a node that is alone, and limits nobody in earnest.
    pub fn new(settings: Settings, db: Database, artifacts: ArtifactStore, bus: Arc<dyn Bus>, clock: Arc<dyn Clock>) -> Self {
        Self::with_fleet(settings, FleetSettings::alone(), db, artifacts, bus, clock)
    }

    /// Puts the parts together. Starts the recorder, the writer of lines and the fleet's link, which end with the last clone.
    pub fn with_fleet(settings: Settings, fleet: FleetSettings, db: Database, artifacts: ArtifactStore, bus: Arc<dyn Bus>, clock: Arc<dyn Clock>) -> Self {
        let now = clock.clone();
        let metrics = Metrics::new(move || now.now_ms());
        let now = clock.clone();
        let fleet = Fleet::new(fleet, Arc::new(move || now.now_ms()), metrics.clone());
        let replays = Arc::new(replays::Replays::new(clock.clone()));
        let hub = Hub::new(Arc::new(log::DatabaseLog(db.clone(), replays.clone())), bus, metrics.clone());
        let recorder = Recorder::start(db.clone(), hub.clone(), clock.clone());
        let lines = line_writer::start(db.clone(), hub.clone(), settings.log_bytes_max);
        let (ends, looks) = (turns::Ends::default(), Looks::default());
        let (last_look, progress) = (forecasts::LastLook::default(), rollbacks::ProgressCache::default());
        let objects_looked_at_ms = AtomicI64::new(0);
        let (tickets, exports, key_queues) = (TicketKeys::new(&settings.secrets), exports::Exports::default(), idempotency::KeyQueues::default());
        let statistics = analytics::Statistics::new(db.readers());
        Self {
            inner: Arc::new(Inner {
                settings,
                db,
                hub,
                artifacts,
                recorder,
                lines,
                clock,
                fleet,
                metrics,
                ends,
                looks,
                last_look,
                progress,
                objects_looked_at_ms,
                tickets,
                exports,
                key_queues,
                statistics,
                replays,
            }),
        }
    }

    /// What this node counts.
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// Where clients reach the API, without a slash at the end.
    pub fn public_url(&self) -> &str {
        &self.inner.settings.public_url
    }

    /// The hub, for whoever feeds it from a bus.
    pub fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    /// The time, epoch milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.inner.clock.now_ms()
    }

    /// A new id.
    pub fn new_id(&self) -> String {
        self.inner.clock.new_id()
    }

    /// Where a project's preview is.
    pub fn preview_url(&self, project_id: &str) -> String {
        format!("{}/p/{project_id}/", self.inner.settings.preview_url)
    }

    /// Answers when the database and the artifact store do, within a few seconds.
    pub async fn ready(&self) -> Result<(), Fault> {
        let both = async {
            self.inner.db.ping().await?;
            Ok::<_, Fault>(self.inner.artifacts.ping().await?)
        };
        tokio::time::timeout(Duration::from_secs(4), both).await.unwrap_or(Err(Fault::Late))
    }

    /// Closes the database.
    pub async fn close(&self) {
        self.inner.db.close().await;
    }

    fn draft(&self, payload: impl Into<EventPayload>) -> EventDraft {
        EventDraft::new(self.new_id(), self.now_ms(), payload)
    }
}
