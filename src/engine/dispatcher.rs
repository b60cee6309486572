//! The dispatcher: at each turn it commits what ended and claims for the free slots, woken by the hub, with polling behind
//! it; hands back what a drain leaves unfinished.

use super::attempt;
use super::processes::kill_strays;
use super::settings::EngineSettings;
use crate::service::Services;
use crate::service::work::Claim;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// How often the queue is looked at though nobody woke the dispatcher: also what finds leases that ended.
const POLL: Duration = Duration::from_secs(1);
/// The wait after a turn that failed.
const RETRY: Duration = Duration::from_secs(1);
/// Between two looks after the queue.
const KEEP: Duration = Duration::from_secs(1);

/// The engine of this node.
#[derive(Debug)]
pub struct Engine {
    services: Services,
    settings: EngineSettings,
}

impl Engine {
    /// Cleans up after this node's former self, and takes its builds back.
    pub async fn start(services: Services, settings: EngineSettings) -> std::io::Result<Self> {
        kill_strays(&settings.scratch);
        match std::fs::remove_dir_all(&settings.scratch) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => std::fs::create_dir_all(&settings.scratch)?,
        }
        match services.take_back(&settings.life).await {
            Ok(0) => {}
            Ok(builds) => tracing::info!(builds, "taking back what this node's former self was building"),
            // their leases end by themselves
            Err(error) => tracing::warn!(%error, "could not take back former builds"),
        }
        Ok(Self { services, settings })
    }

    /// Runs builds until `stop`; then finishes what ends before `give_up`, and hands the rest back.
    pub async fn run(self, stop: CancellationToken, give_up: CancellationToken) {
        self.services.serve_ends(true);
        let mut keeping = self.keep_queue();
        let mut running = JoinSet::new();
        while !stop.is_cancelled() || !running.is_empty() {
            if stop.is_cancelled() && !keeping.is_finished() {
                self.leave(&mut keeping).await;
            }
            let free = if stop.is_cancelled() { 0 } else { self.settings.concurrency.saturating_sub(running.len()) };
            let mut wait = POLL;
            match self.services.turn(&self.settings.life, free).await {
                Ok(claims) => {
                    let claimed = claims.len();
                    claims.into_iter().for_each(|claim| self.spawn(&mut running, claim, &give_up));
                    // there may be more: a user's surplus went back and made room for others
                    if claimed > 0 && claimed < free {
                        continue;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "no turn at the queue");
                    wait = RETRY;
                }
            }
            let full = running.len() >= self.settings.concurrency || stop.is_cancelled();
            tokio::select! {
                () = stop.cancelled(), if !stop.is_cancelled() => {}
                Some(_) = running.join_next() => while running.try_join_next().is_some() {},
                () = self.services.ended() => {}
                () = self.services.job(), if !full => {}
                () = sleep(wait) => {}
            }
        }
        self.leave(&mut keeping).await;
        self.services.serve_ends(false);
    }

    /// Keeps the queue beside the turns: this node's place among the nodes, delayed builds, and news of places.
    fn keep_queue(&self) -> AbortOnDropHandle<()> {
        let (services, settings) = (self.services.clone(), self.settings.clone());
        AbortOnDropHandle::new(tokio::spawn(async move {
            loop {
                if let Err(error) = services.keep_queue(&settings.life, settings.concurrency).await {
                    tracing::warn!(%error, "the queue was not kept");
                }
                if let Err(error) = services.tell_queue().await {
                    tracing::warn!(%error, "waiting builds were not told of their places");
                }
                sleep(KEEP).await;
            }
        }))
    }

    async fn leave(&self, keeping: &mut AbortOnDropHandle<()>) {
        keeping.abort();
        let _ = keeping.await;
        if let Err(error) = self.services.leave_queue(&self.settings.life).await {
            tracing::warn!(%error, "this node is still among those that run builds, for a while");
        }
    }

    fn spawn(&self, running: &mut JoinSet<()>, claim: Claim, give_up: &CancellationToken) {
        running.spawn(attempt::run(self.services.clone(), self.settings.clone(), claim, give_up.clone()));
    }
}
