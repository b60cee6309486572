//! Settings: read once at start from a TOML file, the environment and flags, the later over the earlier; whatever is
//! unknown, malformed or contradictory stops the start.
//!
//! May name: domain. Deliberately absent: anything that opens or starts something.

mod artifacts;
mod edge;
mod generator;
mod hidden;
mod legacy;
mod load;
mod log;
mod money;
mod page;
mod table;
mod traces;
mod versions;

pub use artifacts::{ArtifactsConfig, BucketConfig};
pub use edge::EdgeConfig;
pub use generator::GeneratorConfig;
pub use legacy::LegacyConfig;
pub use load::{ConfigError, Loaded, Origin, load};
pub use money::MoneyConfig;
pub use page::PageChoice;
pub use table::{SETTINGS, Setting};
pub use traces::TracesConfig;
pub use versions::VersionConfig;

use crate::domain::signature::AcceptedVersions;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Where a server stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Development stand-ins are allowed: a made-up secret, builds that are not isolated, the demo page.
    Development,
    /// They are not.
    Production,
}

/// How the commands of a build are kept apart from everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxChoice {
    /// bubblewrap where it works, else nothing.
    Auto,
    /// bubblewrap, or no start.
    Bubblewrap,
    /// Process groups only.
    None,
}

/// What this node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// Serves the API.
    pub api: bool,
    /// Runs builds.
    pub engine: bool,
    /// Serves previews.
    pub preview: bool,
}

/// Every setting, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `BUILDCAST_ENV`
    pub environment: Environment,
    /// `BUILDCAST_NODE_ROLE`
    pub roles: Roles,
    /// `BUILDCAST_LISTEN`
    pub listen: SocketAddr,
    /// `BUILDCAST_PREVIEW_LISTEN`
    pub preview_listen: SocketAddr,
    /// `BUILDCAST_PUBLIC_URL`, without a slash at the end; the listener's own unless set.
    pub public_url: Option<String>,
    /// `BUILDCAST_PREVIEW_URL`, likewise.
    pub preview_url: Option<String>,
    /// `BUILDCAST_DATA_DIR`
    pub data_dir: PathBuf,
    /// `DATABASE_URL`
    pub database_url: String,
    /// `REDIS_URL`; none: the bus of a single node.
    pub redis_url: Option<String>,
    /// `BUILDCAST_ARTIFACTS` and the settings that go with it.
    pub artifacts: ArtifactsConfig,
    /// `WORKER_SHARED_SECRET` and `_PREVIOUS`; none: one is made up in development.
    pub secrets: Vec<Vec<u8>>,
    /// `SIGNATURE_VERSIONS`
    pub signatures: AcceptedVersions,
    /// `BUILDCAST_MIGRATE`
    pub migrate: bool,
    /// `BUILDCAST_ENGINE_CONCURRENCY`
    pub engine_concurrency: usize,
    /// `BUILDCAST_LEASE_SECONDS`
    pub lease: Duration,
    /// `BUILDCAST_BUILD_ATTEMPTS`
    pub build_attempts: i32,
    /// `BUILDCAST_BUILDS_PER_USER`; 0 for no limit.
    pub builds_per_user: i64,
    /// `BUILDCAST_SANDBOX`
    pub sandbox: SandboxChoice,
    /// `CODE_GENERATOR` and the settings that go with it.
    pub generator: Option<GeneratorConfig>,
    /// `BUILDCAST_CACHE_BYTES_MAX`
    pub cache_bytes_max: u64,
    /// `BUILDCAST_BUILD_TIMEOUT_SECONDS`
    pub build_timeout: Duration,
    /// `BUILDCAST_STEP_TIMEOUT_SECONDS`
    pub step_timeout: Duration,
    /// `BUILDCAST_CANCEL_GRACE_SECONDS`
    pub cancel_grace: Duration,
    /// `BUILDCAST_BUILD_UIDS`: the first.
    pub build_uids: Option<u32>,
    /// `BUILDCAST_BUILD_MEMORY_BYTES`
    pub build_memory_bytes: u64,
    /// `BUILDCAST_BUILD_PROCESSES`
    pub build_processes: u64,
    /// `BUILDCAST_BUILD_DISK_BYTES`
    pub build_disk_bytes: u64,
    /// The program that supervises a build's commands; no setting, but what a test's own program is not.
    pub supervisor: PathBuf,
    /// The settings of versions, rollbacks and downloads.
    pub versions: VersionConfig,
    /// The settings of the edge: rates, proxies, origins, idempotency.
    pub edge: EdgeConfig,
    /// `BUILDCAST_PAGE` and the setting that goes with it.
    pub page: PageChoice,
    /// The settings of legacy messages.
    pub legacy: LegacyConfig,
    /// The settings of money.
    pub money: MoneyConfig,
    /// `BUILDCAST_DRAIN_SECONDS`
    pub drain: Duration,
    /// `BUILDCAST_STREAM_HEARTBEAT_SECONDS`
    pub heartbeat: Duration,
    /// `BUILDCAST_STREAMS_PER_TOKEN`, `_PER_ADDRESS`, `_PER_NODE`
    pub streams: (usize, usize, usize),
    /// `BUILDCAST_STREAM_STALL_SECONDS`
    pub stall: Duration,
    /// `BUILDCAST_SWEEP_SECONDS`
    pub sweep: Duration,
    /// `BUILDCAST_LOG_BYTES_MAX`
    pub log_bytes_max: i64,
    /// `BUILDCAST_LOG_LINE_BYTES_MAX`
    pub log_line_bytes_max: usize,
    /// Values that must not be shown: secrets, and passwords in URLs.
    pub hidden: Vec<String>,
    /// `BUILDCAST_LOG`
    pub log: String,
    /// Where traces are sent, if anywhere.
    pub traces: Option<TracesConfig>,
}
