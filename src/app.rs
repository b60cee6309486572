//! Builds every part, starts it, drains it: the one file that names every room.

use crate::api::listener::Listener;
use crate::api::server::serve;
use crate::api::{self, ApiSettings, PageAccess, PageSettings, PreviewPolicy, Readiness, StreamLimits, StreamSettings, StreamStop};
use crate::artifacts::s3::S3Settings;
use crate::artifacts::{ArtifactError, ArtifactStore};
use crate::config::{ArtifactsConfig, Config, Environment, PageChoice, SandboxChoice};
use crate::domain::files::FILE_LIMITS;
use crate::domain::mask::Mask;
use crate::engine::{
    BuildLimits, DependencyCache, Engine, EngineSettings, Generator, GeneratorLimits, GeneratorSettings, Protection, Sandbox, Tools, Users, WorkingDirectories,
};
use crate::fleet::FleetSettings;
use crate::hub::{Bus, InProcess, RedisBus};
use crate::node::{Node, NodeError};
use crate::service::money::MoneySettings;
use crate::service::turns::NodeLife;
use crate::service::{Clock, Services, Settings};
use crate::store::Database;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Between two comparisons of quiet topics with the log.
const CHECK_TOPICS: Duration = Duration::from_secs(2);
/// Bytes of a file that a build's commands write: 1 GiB.
const BUILD_FILE_BYTES: u64 = 1 << 30;
/// After the drain's window: streams get this long to write their last frame, and what still answers this long.
const LAST_FRAMES: Duration = Duration::from_millis(500);
const LAST_ANSWERS: Duration = Duration::from_millis(1000);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting stands in the way: exit code 78.
    #[error("{0}")]
    Refused(String),
    /// Something that it needs does not work: exit code 1.
    #[error("{0}")]
    Failed(String),
}

impl From<NodeError> for StartError {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::InUse(_) => Self::Refused(error.to_string()),
            NodeError::Disk(_) => Self::Failed(error.to_string()),
        }
    }
}

/// A running server.
#[derive(Debug)]
pub struct Running {
    /// Where the API listens, when this node serves it.
    pub api: Option<SocketAddr>,
    /// Where previews are served, when this node serves them.
    pub preview: Option<SocketAddr>,
    /// The secret made up for development, when there is one.
    pub made_up_secret: Option<String>,
    /// What protects this server from the builds it runs, when it runs them.
    pub protection: Option<Protection>,
    services: Services,
    stopping: Stopping,
    tasks: Vec<JoinHandle<()>>,
    /// What has nothing to put away: it ends with the server.
    beside: Vec<JoinHandle<()>>,
    drain: Duration,
    // the lock on the data folder ends with it
    _node: Node,
}

/// The moments of a stop: `drain` (readiness off, no claims, streams begin to end), `now` (builds are handed back,
/// streams end), and the listeners' closing.
#[derive(Debug, Clone, Default)]
struct Stopping {
    streams: StreamStop,
    close: CancellationToken,
}

/// Starts a server.
pub async fn start(config: &Config, clock: Arc<dyn Clock>) -> Result<Running, StartError> {
    let failed = |what: &str, error: &dyn std::fmt::Display| StartError::Failed(format!("{what}: {error}"));
    config.legacy.refusal(clock.now_ms()).map_or(Ok(()), |why| Err(StartError::Refused(why)))?;
    let node = Node::open(&config.data_dir)?;
    let protection = config.roles.engine.then(|| protection(config, &node)).transpose()?;
    let generator = generator(config)?;
    let db = Database::open(&config.database_url).await.map_err(|error| failed("DATABASE_URL", &error))?;
    if config.migrate {
        db.migrate().await.map_err(|error| failed("DATABASE_URL", &error))?;
    } else if db.lacks_migrations().await.map_err(|error| failed("DATABASE_URL", &error))? {
        return Err(StartError::Refused("BUILDCAST_MIGRATE is false and migrations are missing: `buildcast migrate` applies them".into()));
    }
    let artifacts = artifacts(config, &node.folder.join("cache/artifacts")).map_err(|error| failed("BUILDCAST_ARTIFACTS", &error))?;
    let api = bind(config.roles.api, config.listen, config.stall, "BUILDCAST_LISTEN")?;
    let preview = bind(config.roles.preview, config.preview_listen, config.stall, "BUILDCAST_PREVIEW_LISTEN")?;
    let made_up_secret = config.secrets.is_empty().then(|| node.development_secret()).transpose()?;
    let secrets = made_up_secret.as_ref().map_or_else(|| config.secrets.clone(), |secret| vec![secret.as_bytes().to_vec()]);
    let mask = Mask::new(config.hidden.iter().cloned().chain(made_up_secret.clone()));
    let public_url = url(config.public_url.as_ref(), api.as_ref(), config.listen);
    let settings = Settings {
        preview_url: url(config.preview_url.as_ref(), preview.as_ref(), config.preview_listen),
        secrets,
        signatures: config.signatures,
        files: FILE_LIMITS,
        lease_ms: millis(config.lease),
        attempts: config.build_attempts,
        builds_per_user: config.builds_per_user,
        retention: config.versions.retention,
        progress_files: config.versions.progress_files,
        progress_ttl_ms: millis(config.versions.progress_ttl),
        download_url_ms: millis(config.versions.download_url),
        log_bytes_max: config.log_bytes_max,
        log_line_bytes_max: config.log_line_bytes_max,
        idempotency_ms: millis(config.edge.idempotency),
        statistics_ms: millis(config.edge.statistics),
        mask: Arc::new(mask),
        money: money(config, &public_url),
        public_url,
    };
    let no_redis = || StartError::Refused("REDIS_URL: not a Redis address".into());
    let fleet = FleetSettings::new(config.edge.rate_per_minute, config.redis_url.as_deref().filter(|_| config.roles.api)).map_err(|_| no_redis())?;
    let (bus, feed): (Arc<dyn Bus>, _) = match &config.redis_url {
        None => (Arc::new(InProcess), None),
        Some(url) => {
            let (bus, feed) = RedisBus::new(url, &settings.secrets).map_err(|_| no_redis())?;
            (Arc::new(bus), Some(feed))
        }
    };
    let services = Services::with_fleet(settings, fleet, db, artifacts, bus, clock);
    let hub = services.hub().clone();
    let mut beside = vec![tokio::spawn(hub.clone().check_forever(CHECK_TOPICS))];
    beside.push(tokio::spawn(services.clone().sweep_forever(config.sweep, millis(config.versions.orphans_after))));
    beside.extend(feed.map(|feed| tokio::spawn(feed.run(hub))));
    let mut running = Running {
        api: api.as_ref().map(Listener::local),
        preview: preview.as_ref().map(Listener::local),
        made_up_secret,
        protection: protection.clone(),
        services,
        stopping: Stopping::default(),
        tasks: vec![],
        beside,
        drain: config.drain,
        _node: node,
    };
    if let Some(protection) = protection {
        running.start_engine(config, protection, generator).await.map_err(|error| failed("BUILDCAST_DATA_DIR", &error))?;
    }
    running.serve(config, api, preview);
    Ok(running)
}

fn money(config: &Config, public_url: &str) -> MoneySettings {
    let set = &config.money;
    MoneySettings {
        terms: set.terms,
        reservation_ms: millis(set.reservation),
        overage: set.overage,
        packages: set.packages.clone(),
        purchase_url: set.purchase_url.clone().unwrap_or_else(|| public_url.to_owned()),
        builds_pay: config.generator.is_some(),
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn bind(wanted: bool, address: SocketAddr, stall: Duration, setting: &str) -> Result<Option<Listener>, StartError> {
    wanted.then(|| Listener::bind(address, stall)).transpose().map_err(|error| StartError::Failed(format!("{setting}: {address}: {error}")))
}

fn url(set: Option<&String>, listener: Option<&Listener>, configured: SocketAddr) -> String {
    set.cloned().unwrap_or_else(|| format!("http://{}", listener.map_or(configured, Listener::local)))
}

/// The store that the settings name; with a bucket, copies of its objects are kept in the folder, which is one process's own.
pub fn artifacts(config: &Config, cache: &Path) -> Result<ArtifactStore, ArtifactError> {
    let bucket = match &config.artifacts {
        ArtifactsConfig::Folder(folder) => return ArtifactStore::local(folder),
        ArtifactsConfig::Bucket(bucket) => bucket.clone(),
    };
    let settings = S3Settings {
        bucket: bucket.bucket,
        within: bucket.within,
        region: bucket.region,
        endpoint: bucket.endpoint,
        access_key_id: bucket.access_key_id,
        secret_access_key: bucket.secret_access_key,
        session_token: bucket.session_token,
    };
    ArtifactStore::s3(settings, cache, bucket.cache_bytes_max)
}

fn sandbox(config: &Config) -> Result<Sandbox, StartError> {
    let found = if config.sandbox == SandboxChoice::None { Sandbox::None } else { Sandbox::find() };
    match (&found, config.sandbox) {
        (Sandbox::None, SandboxChoice::Bubblewrap) => Err(StartError::Refused("BUILDCAST_SANDBOX: bubblewrap is not installed or does not work".into())),
        (Sandbox::None, SandboxChoice::Auto) if config.environment == Environment::Production => {
            Err(StartError::Refused("BUILDCAST_SANDBOX: bubblewrap is not installed or does not work; `none` runs builds without isolation".into()))
        }
        _ => Ok(found),
    }
}

/// What the API has to know of the page.
fn page(config: &Config) -> PageSettings {
    let access = match config.page {
        PageChoice::Absent => PageAccess::Absent,
        PageChoice::Demo => PageAccess::Demo,
        // the setting is checked: a month of seconds fits
        PageChoice::Login { session } => PageAccess::Login { session_seconds: session.as_secs() as i64 },
    };
    let environment = if config.environment == Environment::Development { "development" } else { "production" };
    PageSettings { access, environment, generator: config.generator.is_some() }
}

fn generator(config: &Config) -> Result<Option<Generator>, StartError> {
    let Some(set) = config.generator.clone().filter(|_| config.roles.engine) else { return Ok(None) };
    let limits = GeneratorLimits { overall: set.timeout, idle: set.idle, output_bytes_max: set.output_bytes_max };
    let settings = GeneratorSettings { provider: set.provider, url: set.url, key: set.key, model: set.model, output_tokens_max: set.output_tokens_max, limits };
    Generator::new(settings).map(Some).map_err(StartError::Refused)
}

fn protection(config: &Config, node: &Node) -> Result<Protection, StartError> {
    let limits = BuildLimits {
        memory_bytes: config.build_memory_bytes,
        processes: config.build_processes,
        disk_bytes: config.build_disk_bytes,
        file_bytes: BUILD_FILE_BYTES,
    };
    let users = config.build_uids.map(|first| Users::new(first, config.engine_concurrency));
    Protection::new(sandbox(config)?, users, limits, &node.folder).map_err(|error| StartError::Failed(format!("BUILDCAST_DATA_DIR: {error}")))
}

/// The part of the drain that streams and builds have: what comes after it still belongs to the drain.
fn window(drain: Duration) -> Duration {
    drain.saturating_sub(LAST_FRAMES + LAST_ANSWERS).max(drain / 2)
}

impl Running {
    async fn start_engine(&mut self, config: &Config, protection: Protection, generator: Option<Generator>) -> std::io::Result<()> {
        let settings = EngineSettings {
            life: NodeLife { node_id: self._node.id.clone(), incarnation: self.services.new_id() },
            concurrency: config.engine_concurrency,
            scratch: self._node.folder.join("scratch"),
            protection,
            supervisor: config.supervisor.clone(),
            generator,
            cache: DependencyCache::open(self._node.folder.join("cache/dependencies"), config.cache_bytes_max)?,
            tools: Tools::open(self._node.folder.join("tools"))?,
            build_timeout: config.build_timeout,
            rollback_max: config.versions.rollback_max,
            projects: WorkingDirectories::open(self._node.folder.join("projects"))?,
            step_timeout: config.step_timeout,
            cancel_grace: config.cancel_grace,
            renew: config.lease / 3,
        };
        let engine = Engine::start(self.services.clone(), settings).await?;
        let (stop, give_up) = (self.stopping.streams.drain.clone(), self.stopping.streams.now.clone());
        self.tasks.push(tokio::spawn(engine.run(stop, give_up)));
        Ok(())
    }

    fn serve(&mut self, config: &Config, api: Option<Listener>, preview: Option<Listener>) {
        let close = self.stopping.close.clone();
        if let Some(listener) = api {
            let (per_token, per_address, per_node) = config.streams;
            let limits = StreamLimits::new(per_token, per_address, per_node);
            let streams = StreamSettings {
                limits,
                heartbeat: config.heartbeat,
                stop: self.stopping.streams.clone(),
                drain_window: window(config.drain).mul_f64(0.9),
                legacy_messages: config.legacy.messages,
            };
            let settings =
                ApiSettings { streams, origins: config.edge.cors_origins.clone(), page: page(config), trusted_proxies: config.edge.trusted_proxies.clone() };
            let app = api::app(&self.services, &settings, Readiness(self.stopping.streams.drain.clone()));
            self.tasks.push(tokio::spawn(serve(listener, app, close.clone(), LAST_ANSWERS)));
        }
        if let Some(listener) = preview {
            let policy = PreviewPolicy::new(&config.edge.preview_policy, &self.services, &config.edge.cors_origins);
            self.tasks.push(tokio::spawn(serve(listener, api::preview_app(&self.services, policy), close, LAST_ANSWERS)));
        }
    }

    /// Drains: no new work, streams end within the window, builds finish or are handed back, then all is closed.
    pub async fn drain(self) {
        let (now, window) = (self.stopping.streams.now.clone(), window(self.drain));
        self.stopping.streams.drain.cancel();
        let end_of_window = tokio::spawn(async move {
            tokio::time::sleep(window).await;
            now.cancel();
        });
        self.finish().await;
        end_of_window.abort();
    }

    /// Stops at once: builds are handed back, streams end now.
    pub async fn stop(self) {
        self.stopping.streams.drain.cancel();
        self.stopping.streams.now.cancel();
        self.finish().await;
    }

    async fn finish(mut self) {
        // the engine is the first task, where there is one
        if self.protection.is_some() {
            let engine = self.tasks.remove(0);
            if engine.await.is_err() {
                tracing::error!("the engine did not end well");
            }
        }
        let streams = &self.stopping.streams;
        streams.open.close();
        // a client that does not read keeps its stream past the window: it is cut then
        tokio::select! {
            () = streams.open.wait() => {}
            () = async { streams.now.cancelled().await; tokio::time::sleep(LAST_FRAMES).await } => {}
        }
        self.stopping.close.cancel();
        for task in self.tasks {
            if task.await.is_err() {
                tracing::error!("a listener did not end well");
            }
        }
        self.beside.iter().for_each(JoinHandle::abort);
        self.services.close().await;
    }
}
