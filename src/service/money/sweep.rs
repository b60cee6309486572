//! Reservations that nobody ended: whoever looks at their account next ends them, or this.

use crate::domain::ledger::Actor;
use crate::service::{ServiceError, Services};
use crate::store::accounts::{self, By};
use crate::store::reservations;

/// Reservations of one look, and looks of one sweep.
const LOOKED_AT: i64 = 500;
const LOOKS_AT_MOST: usize = 40;

impl Services {
    /// Ends reservations whose time is over; answers with how many accounts had any.
    pub(in crate::service) async fn sweep_reservations(&self) -> Result<usize, ServiceError> {
        let mut swept = 0;
        for _ in 0..LOOKS_AT_MOST {
            let users = reservations::users_with_due(&self.inner.db, self.now_ms(), LOOKED_AT).await?;
            if users.is_empty() {
                break;
            }
            for user_id in &users {
                let id = self.new_id();
                let mut tx = self.inner.db.begin().await?;
                // a new day's gift may come with it: nobody asked for that but this sweep
                let by = By { request_id: &id, actor: Actor::Sweep, operation_id: &id };
                accounts::hold(&mut tx, user_id, self.inner.settings.money.terms, by, self.now_ms()).await?;
                tx.commit().await?;
            }
            swept += users.len();
        }
        Ok(swept)
    }
}
