//! `buildcast serve`, `migrate` and `openapi`.

use super::{Failure, settings};
use crate::app::{self, Running, StartError};
use crate::config::{Config, Environment};
use crate::engine::{self, Sandbox};
use crate::service::clock::SystemClock;
use crate::store::Database;
use clap::ArgMatches;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// How long work on other threads may take after everything else has ended.
const LEFT_OVER_WORK: std::time::Duration = std::time::Duration::from_millis(300);

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new().map_err(|error| Failure::Other(error.to_string()))
}

pub(super) fn serve(matches: &ArgMatches) -> Result<(), Failure> {
    let config = settings(matches)?.config;
    start_log(&config)?;
    close_to_builds();
    let runtime = runtime()?;
    let served = runtime.block_on(serve_until_signalled(&config));
    // work on other threads that nobody waits for any more must not hold the exit up
    runtime.shutdown_timeout(LEFT_OVER_WORK);
    served
}

/// Whatever a build gets hold of, of the server's user or not: this process's memory and environment are not for it, nor
/// are the files that it writes for others.
fn close_to_builds() {
    use rustix::fs::Mode;
    use rustix::process::{DumpableBehavior, set_dumpable_behavior, umask};
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "processes of this user may read the server's memory");
    }
    umask(Mode::WGRP | Mode::RWXO);
}

async fn serve_until_signalled(config: &Config) -> Result<(), Failure> {
    // before anything is started, so that no signal is missed
    let mut signals = Signals::new()?;
    let running = tokio::select! {
        started = app::start(config, Arc::new(SystemClock)) => started.map_err(|error| match error {
            StartError::Refused(text) => Failure::Configuration(text),
            StartError::Failed(text) => Failure::Other(text),
        })?,
        () = signals.next() => return Ok(()),
    };
    announce(config, &running)?;
    signals.next().await;
    tracing::info!(seconds = config.drain.as_secs_f64(), "draining; a second signal stops at once");
    tokio::select! {
        () = running.drain() => Ok(()),
        // what is cut off is taken back by the next start
        () = signals.next() => Err(Failure::Other("stopped by a second signal".into())),
    }
}

pub(super) fn migrate(matches: &ArgMatches) -> Result<(), Failure> {
    let config = settings(matches)?.config;
    runtime()?.block_on(async {
        let failed = |error: crate::store::StoreError| Failure::Other(format!("DATABASE_URL: {error}"));
        if let Some(folder) = config.database_url.strip_prefix("sqlite://").and_then(|path| std::path::Path::new(path).parent()) {
            std::fs::create_dir_all(folder).map_err(|error| Failure::Other(format!("{}: {error}", folder.display())))?;
        }
        let db = Database::open(&config.database_url).await.map_err(failed)?;
        db.migrate().await.map_err(failed)
    })
}

/// The process around a command of a build: for the server only.
pub(super) fn supervise() -> Result<(), Failure> {
    engine::supervise().map_err(|error| Failure::Other(format!("supervise is for the server's own use: {error}")))
}

pub(super) fn openapi() -> Result<(), Failure> {
    super::show(&crate::api::document::committed())
}

pub(super) fn start_log(config: &Config) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| Failure::Configuration(format!("BUILDCAST_LOG: {error}")))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let terminal = std::io::stderr().is_terminal();
    // a second start in one process (a test) keeps the first one's
    let _ = if terminal { log.try_init() } else { log.json().flatten_event(true).try_init() };
    Ok(())
}

/// The one line on standard output, and for people what stands in for what.
fn announce(config: &Config, running: &Running) -> Result<(), Failure> {
    let url = |address: Option<std::net::SocketAddr>| address.map(|a| format!("http://{a}"));
    let (api, preview) = (url(running.api), url(running.preview));
    let line = serde_json::json!({"event": "listening", "api": api, "preview": preview});
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| Failure::Other(error.to_string()))?;
    match &running.protection {
        Some(protection) if protection.sandbox == Sandbox::None => tracing::warn!("{protection}"),
        Some(protection) => tracing::info!("{protection}"),
        None => {}
    }
    if config.environment == Environment::Development {
        let shown = |address: Option<String>| address.unwrap_or_else(|| "not on this node".into());
        eprintln!("buildcast: page and API {}, document {}/docs, previews {}", shown(api.clone()), shown(api), shown(preview));
    }
    if let Some(secret) = &running.made_up_secret {
        eprintln!("buildcast: development secret (made up, kept in {}): {secret}", config.data_dir.join("development-secret").display());
    }
    Ok(())
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|error| Failure::Other(error.to_string()));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
