//! Who may ask how often: the fleet is asked, and what it refuses is counted.

use super::access::StreamCaller;
use super::{Payer, Services, Verdict};
use crate::domain::problem::Problem;

impl Services {
    /// Takes what a request costs from a payer's limit.
    pub async fn take(&self, payer: Payer<'_>, cost: u32) -> Verdict {
        let verdict = self.inner.fleet.take(&payer, cost).await;
        if !verdict.allowed {
            self.inner.metrics.edge().limited(payer.scope());
        }
        verdict
    }

    /// Gives back what a request has cost that was not let through after all.
    pub async fn give_back(&self, payer: Payer<'_>, cost: u32) -> Verdict {
        self.inner.fleet.give_back(&payer, cost).await
    }

    /// How it stands with a payer, as far as this node knows.
    pub fn rate_of(&self, payer: Payer<'_>) -> Verdict {
        self.inner.fleet.look(&payer)
    }

    /// The user that a stream's token was minted for; none for a signed request.
    pub fn listener(&self, caller: &StreamCaller) -> Result<Option<String>, Problem> {
        Ok(self.claims(caller)?.map(|claims| claims.sub))
    }
}
