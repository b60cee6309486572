//! `buildcast serve`, `migrate` and `openapi`.

use super::traces::Traces;
use super::{Failure, log, settings};
use crate::api::document::{Version, committed};
use crate::app::{self, Running, StartError};
use crate::config::{Config, Environment, PageChoice};
use crate::engine::{self, Sandbox};
use crate::service::clock::SystemClock;
use crate::store::Database;
use clap::ArgMatches;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};

/// How long work on other threads may take after everything else has ended.
const LEFT_OVER_WORK: Duration = Duration::from_millis(300);
/// How long the last spans have at least, and at most, whatever is left of the drain.
const LAST_SPANS: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(5));

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new().map_err(|error| Failure::Other(error.to_string()))
}

pub(super) fn serve(matches: &ArgMatches) -> Result<(), Failure> {
    let config = settings(matches)?.config;
    let runtime = runtime()?;
    let traces = config.traces.as_ref().map(|traces| Traces::new(traces, runtime.handle().clone())).transpose().map_err(Failure::Configuration)?;
    log::start(&config, traces.as_ref())?;
    close_to_builds();
    let served = runtime.block_on(async {
        let mut drained_by = None;
        let served = serve_until_signalled(&config, &mut drained_by).await;
        // a second signal waits for nothing
        if let (Some(traces), Some(end), Ok(())) = (traces, drained_by, &served) {
            let left = end.saturating_duration_since(Instant::now()).clamp(LAST_SPANS.0, LAST_SPANS.1);
            // its requests are made on this runtime
            let _ = tokio::task::spawn_blocking(move || traces.finish(left)).await;
        }
        served
    });
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

/// Serves; sets when the drain has to be over, once that is known.
async fn serve_until_signalled(config: &Config, drained_by: &mut Option<Instant>) -> Result<(), Failure> {
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
    *drained_by = Some(Instant::now() + config.drain);
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

/// The document in the version that is asked for.
pub(super) fn openapi(matches: &ArgMatches) -> Result<(), Failure> {
    let asked = matches.get_one::<String>("version").map(String::as_str);
    let version = [Version::V31, Version::V32].into_iter().find(|version| asked == Some(version.word()));
    super::show(&committed(version.unwrap_or(Version::V31)))
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
    if let Some(last_day) = config.legacy.last_day() {
        tracing::warn!(last_day, "events have legacy messages: after their last day the server does not start with them");
    }
    if config.page == PageChoice::Demo && running.api.is_some_and(|api| !api.ip().to_canonical().is_loopback()) {
        tracing::warn!("the page is for this machine alone, at http://127.0.0.1: BUILDCAST_PAGE=login lets others in");
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
