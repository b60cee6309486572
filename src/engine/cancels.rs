//! Requests to cancel: each running build of this node hears of its own.

use crate::service::Services;
use crate::service::work::Claim;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Between two looks for requests, while builds run.
const LOOK: Duration = Duration::from_millis(200);

/// The builds that run here, by id and fencing token, each with the time of the request to cancel it, epoch
/// milliseconds.
#[derive(Debug, Clone, Default)]
pub(super) struct Cancels {
    running: Arc<Mutex<Ears>>,
}

type Ears = HashMap<(String, i64), watch::Sender<Option<i64>>>;

/// A build's ear, until it is dropped.
pub(super) struct Listening {
    cancels: Cancels,
    key: (String, i64),
    requested: watch::Receiver<Option<i64>>,
}

impl Cancels {
    fn running(&self) -> MutexGuard<'_, Ears> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens for a build that this node holds.
    pub fn listen(&self, claim: &Claim) -> Listening {
        let key = (claim.build_id.clone(), claim.fencing_token);
        let (sender, requested) = watch::channel(None);
        self.running().insert(key.clone(), sender);
        Listening { cancels: self.clone(), key, requested }
    }

    /// Passes requests on, for ever.
    pub async fn watch(self, services: Services, node_id: String) {
        loop {
            sleep(LOOK).await;
            if self.running().is_empty() {
                continue;
            }
            match services.cancel_requests(&node_id).await {
                Ok(requests) => {
                    let running = self.running();
                    for request in requests {
                        if let Some(build) = running.get(&(request.build_id, request.fencing_token)) {
                            build.send_if_modified(|at| at.replace(request.requested_at_ms).is_none());
                        }
                    }
                }
                // asked again soon
                Err(error) => tracing::debug!(%error, "no look at requests to cancel"),
            }
        }
    }
}

impl Listening {
    /// Waits for a request, and gives its time, epoch milliseconds.
    pub async fn requested(&mut self) -> i64 {
        match self.requested.wait_for(Option::is_some).await.ok().and_then(|at| *at) {
            Some(at) => at,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.cancels.running().remove(&self.key);
    }
}
