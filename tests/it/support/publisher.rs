//! A node without listeners that a test drives: its builds run, and record events, exactly as the test says.

use super::server::SECRET;
use buildcast::artifacts::ArtifactStore;
use buildcast::domain::eligibility::Retention;
use buildcast::domain::event::{BuildDependenciesInstalling, BuildFailed};
use buildcast::domain::files::FILE_LIMITS;
use buildcast::domain::signature::AcceptedVersions;
use buildcast::hub::{Bus, InProcess, RedisBus};
use buildcast::service::build_log::BuildLog;
use buildcast::service::clock::SystemClock;
use buildcast::service::idempotency::Once;
use buildcast::service::starts::{Source, Start, Started};
use buildcast::service::turns::NodeLife;
use buildcast::service::work::{Claim, End};
use buildcast::service::{Services, Settings};
use buildcast::store::Database;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

pub struct Publisher {
    services: Services,
    artifacts: tempfile::TempDir,
}

/// A build that runs until the test ends it.
pub struct RunningBuild {
    /// What its start answered.
    pub build: Value,
    services: Services,
    claim: Claim,
}

impl Publisher {
    /// On a database that other nodes share, and on their bus where they have one.
    pub async fn start(database_url: &str, redis_url: Option<&str>) -> Self {
        let (artifacts, db) = (tempfile::tempdir().unwrap(), Database::open(database_url).await.unwrap());
        db.migrate().await.unwrap();
        let (bus, feed): (Arc<dyn Bus>, _) = match redis_url.map(|url| RedisBus::new(url, &settings().secrets).unwrap()) {
            None => (Arc::new(InProcess), None),
            Some((bus, feed)) => (Arc::new(bus), Some(feed)),
        };
        let services = Services::new(settings(), db, ArtifactStore::local(artifacts.path()).unwrap(), bus, Arc::new(SystemClock));
        feed.map(|feed| tokio::spawn(feed.run(services.hub().clone())));
        Self { services, artifacts }
    }

    /// Starts a build and claims it; no other node may run builds by then.
    pub async fn build(&self, user: &str, project_id: Option<&str>) -> RunningBuild {
        assert!(self.artifacts.path().exists());
        let files = BTreeMap::from([("index.html".to_owned(), b"x".to_vec())]);
        let start = Start { user_id: user.into(), project_id: project_id.map(str::to_owned), source: Some(Source::Files(files)), ..Start::default() };
        let Started::Queued(view) = self.services.start_build(start, None, &Once::default()).await.unwrap() else { panic!("no click was shown") };
        let life = NodeLife { node_id: "publisher".into(), incarnation: "1".into() };
        let claim = self.services.turn(&life, Some(1)).await.unwrap().pop().expect("the build is there to be claimed");
        assert_eq!(claim.build_id, view.build_id);
        RunningBuild { build: serde_json::to_value(view).unwrap(), services: self.services.clone(), claim }
    }
}

/// Those of the servers under test, with leases that outlive a test.
pub fn settings() -> Settings {
    Settings {
        public_url: String::new(),
        preview_url: String::new(),
        secrets: vec![SECRET.as_bytes().to_vec()],
        signatures: AcceptedVersions { v1: true, v2: true },
        files: FILE_LIMITS,
        lease_ms: 3_600_000,
        attempts: 1,
        builds_per_user: 0,
        retention: Retention { days: 30 },
        progress_files: 10,
        progress_ttl_ms: 300_000,
        download_url_ms: 86_400_000,
        log_bytes_max: 16 << 20,
        log_line_bytes_max: 8192,
        idempotency_ms: 86_400_000,
        statistics_ms: 0,
        mask: Arc::default(),
        money: buildcast::service::money::MoneySettings::default(),
    }
}

impl RunningBuild {
    pub fn id(&self) -> &str {
        &self.claim.build_id
    }

    pub fn project_id(&self) -> &str {
        &self.claim.project_id
    }

    pub fn token(&self) -> &str {
        self.build["streamToken"].as_str().unwrap()
    }

    /// Commits an event with a text of so many bytes in it, and tells the other nodes.
    pub async fn record(&self, bytes: usize) {
        let event =
            BuildDependenciesInstalling { package_manager: "npm".into(), step: 1, total: 2, package: Some("x".repeat(bytes)), version: Some("1.0.0".into()) };
        self.services.record(&self.claim, event).await.unwrap();
    }

    /// Commits many of them, as fast as group commit takes them.
    pub async fn flood(&self, events: usize, bytes: usize) {
        // more at once would only wait in line
        for part in (0..events).collect::<Vec<_>>().chunks(200) {
            futures_util::future::join_all(part.iter().map(|_| self.record(bytes))).await;
        }
    }

    /// Its log, as the engine would write it.
    pub fn log(&self) -> BuildLog {
        self.services.build_log(&self.claim)
    }

    /// Ends the build.
    pub async fn end(&self) {
        let failed = BuildFailed { reason: Some("command_failed".into()), exit_code: Some(1), duration: None, phase: None, recoverable: None };
        self.services.end(&self.claim, End::Failed(failed.into())).await.unwrap();
    }
}
