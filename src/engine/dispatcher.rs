//! The dispatcher: at each turn it commits what ended and claims for the free slots, woken by the hub, with polling behind
//! it; hands back what a drain leaves unfinished.

use super::attempt;
use super::cancels::Cancels;
use super::pace;
use super::processes::kill_strays;
use super::scratch;
use super::settings::EngineSettings;
use crate::service::Services;
use crate::service::turns::NodeLife;
use crate::service::work::Claim;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

/// How often the queue is looked at though nobody woke the dispatcher: also what finds leases that ended.
const POLL: Duration = Duration::from_secs(1);
/// Between two looks after the queue.
const KEEP: Duration = Duration::from_secs(1);
/// Between two looks for processes of a former self.
const STRAYS: Duration = Duration::from_millis(50);
/// A process that the kernel can't end must not keep a server from starting.
const STRAYS_MAX: Duration = Duration::from_secs(5);

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
        match services.take_back(&settings.life).await {
            Ok(0) => {}
            Ok(builds) => tracing::info!(builds, "taking back what this node's former self was building"),
            // their leases end by themselves
            Err(error) => tracing::warn!(%error, "could not take back former builds"),
        }
        Ok(Self { services, settings, cancels: Cancels::default() })
    }

    /// Runs builds until `stop`; then finishes what ends before `give_up`, and hands the rest back.
    pub async fn run(self, stop: CancellationToken, give_up: CancellationToken) {
        self.services.serve_ends(true);
        let (mut keeping, mut leaving) = (Some(self.keep_queue()), None);
        let _cancels = AbortOnDropHandle::new(tokio::spawn(self.cancels.clone().watch(self.services.clone(), self.settings.life.node_id.clone())));
        let (services, life) = (&self.services, &self.settings.life);
        let (mut running, mut turns, mut taking) = (JoinSet::new(), FuturesUnordered::new(), 0);
        let (mut due, mut poll) = (true, interval(POLL));
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !(stop.is_cancelled() && running.is_empty() && turns.is_empty()) {
            if let Some(keeping) = keeping.take_if(|_| stop.is_cancelled()) {
                // beside the turns: SQLite's one writer may be in the hands of one that waits to go on here
                leaving = Some(tokio::spawn(leave(services.clone(), life.clone(), keeping)));
            }
            let free = self.settings.concurrency.saturating_sub(running.len() + taking);
            if due && pace::is_time(turns.len(), free + self.services.ends_waiting(), self.settings.concurrency) {
                due = false;
                // the rest is left to the next turn, which need not wait for this one's commit
                let free = free.min(pace::share(self.settings.concurrency));
                taking += free;
                let free_for = (!stop.is_cancelled()).then_some(free);
                turns.push(async move { (free, services.turn(life, free_for).await) });
            }
            tokio::select! {
                Some((free, turned)) = turns.next() => {
                    taking -= free;
                    match turned {
                        Ok(claims) => {
                            // there may be more: a user's surplus went back and made room for others
                            due |= !claims.is_empty();
                            claims.into_iter().for_each(|claim| self.spawn(&mut running, claim, &give_up));
                        }
                        // the next poll tries again
                        Err(error) => tracing::warn!(%error, "no turn at the queue"),
                    }
                }
                Some(_) = running.join_next() => due = true,
                () = self.services.ended() => due = true,
                () = self.services.job(), if free > 0 && !stop.is_cancelled() => due = true,
                () = stop.cancelled(), if !stop.is_cancelled() => due = true,
                _ = poll.tick() => due = true,
            }
        }
        match (leaving, keeping) {
            (Some(leaving), _) => drop(leaving.await),
            (None, Some(keeping)) => leave(services.clone(), life.clone(), keeping).await,
            (None, None) => {}
        }
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

    fn spawn(&self, running: &mut JoinSet<()>, claim: Claim, give_up: &CancellationToken) {
        // at the level of errors, so that no choice of what is logged loses the ids
        let span = tracing::error_span!(
            "build",
            build_id = claim.build_id,
            project_id = claim.project_id,
            request_id = claim.request_id,
            attempt = claim.attempt,
            rollback = claim.rollback,
            outcome = tracing::field::Empty
        );
        let attempt = attempt::run(self.services.clone(), self.settings.clone(), claim, self.cancels.clone(), give_up.clone());
        running.spawn(attempt.instrument(span));
    }
}

/// Leaves the nodes that run builds.
async fn leave(services: Services, life: NodeLife, keeping: AbortOnDropHandle<()>) {
    keeping.abort();
    let _ = keeping.await;
    if let Err(error) = services.leave_queue(&life).await {
        tracing::warn!(%error, "this node is still among those that run builds, for a while");
    }
}
