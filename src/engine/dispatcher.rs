//! The dispatcher: claims jobs for the free slots, woken by the hub, with polling behind it; hands back what a drain
//! leaves unfinished.

use super::attempt;
use super::cancels::Cancels;
use super::processes::kill_strays;
use super::scratch;
use super::settings::EngineSettings;
use crate::service::Services;
use crate::service::work::Claim;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often the queue is looked at though nobody woke the dispatcher: also what finds leases that ended.
const POLL: Duration = Duration::from_secs(1);
/// Between two looks for processes of a former self.
const STRAYS: Duration = Duration::from_millis(50);
/// A process that the kernel can't end must not keep a server from starting.
const STRAYS_MAX: Duration = Duration::from_secs(5);
/// The wait after a claim that failed.
const CLAIM_RETRY: Duration = Duration::from_secs(1);

/// The engine of this node.
#[derive(Debug)]
pub struct Engine {
    services: Services,
    settings: EngineSettings,
    cancels: Cancels,
}

impl Engine {
    /// Cleans up after this node's former self, and takes its builds back.
    pub async fn start(services: Services, settings: EngineSettings) -> std::io::Result<Self> {
        // what its supervisors are ending already, and what lost its supervisor
        let tries = STRAYS_MAX.as_millis() / STRAYS.as_millis();
        for _ in 0..tries {
            let strays = kill_strays(&settings.scratch);
            if strays == 0 {
                break;
            }
            tracing::warn!(strays, "ending processes of builds of this node's former self");
            sleep(STRAYS).await;
        }
        scratch::remove(&settings.scratch)?;
        std::fs::create_dir_all(&settings.scratch)?;
        // others may pass to what is their own, and see nothing else
        std::fs::set_permissions(&settings.scratch, Permissions::from_mode(0o711))?;
        match services.take_back(&settings.node_id).await {
            Ok(0) => {}
            Ok(builds) => tracing::info!(builds, "taking back what this node's former self was building"),
            // their leases end by themselves
            Err(error) => tracing::warn!(%error, "could not take back former builds"),
        }
        Ok(Self { services, settings, cancels: Cancels::default() })
    }

    /// Runs builds until `stop`; then finishes what ends before `give_up`, and hands the rest back.
    pub async fn run(self, stop: CancellationToken, give_up: CancellationToken) {
        let mut running = JoinSet::new();
        let cancels = tokio::spawn(self.cancels.clone().watch(self.services.clone(), self.settings.node_id.clone()));
        while !stop.is_cancelled() {
            let free = self.settings.concurrency - running.len();
            let mut wait = POLL;
            if free > 0 {
                match self.services.claim(&self.settings.node_id, free).await {
                    Ok(claims) => claims.into_iter().for_each(|claim| self.spawn(&mut running, claim, &give_up)),
                    Err(error) => {
                        tracing::warn!(%error, "no claim");
                        wait = CLAIM_RETRY;
                    }
                }
            }
            let full = running.len() >= self.settings.concurrency;
            tokio::select! {
                () = stop.cancelled() => {}
                Some(_) = running.join_next() => {}
                () = self.services.job(), if !full => {}
                () = sleep(wait) => {}
            }
        }
        while running.join_next().await.is_some() {}
        cancels.abort();
    }

    fn spawn(&self, running: &mut JoinSet<()>, claim: Claim, give_up: &CancellationToken) {
        running.spawn(attempt::run(self.services.clone(), self.settings.clone(), claim, self.cancels.clone(), give_up.clone()));
    }
}
