//! Builds pay: what a start sets aside, and what the figures learn of it at the end.

use crate::domain::ledger::{Actor, Short};
use crate::domain::problem::{InsufficientCredits, Problem};
use crate::service::{ServiceError, Services};
use crate::store::accounts::{self, By};
use crate::store::ledger::Told;
use crate::store::reservations::{self, NewReservation};
use crate::store::{Transaction, builds};

/// What a build of this server has to set aside.
#[derive(Debug, Clone)]
pub(in crate::service) struct Due {
    /// Who pays.
    pub user_id: String,
    /// The build.
    pub build_id: String,
    /// What it is for: `build` or `update`.
    pub operation: &'static str,
    /// Credits.
    pub credits: i64,
    /// The request that starts it.
    pub request_id: String,
    /// The field of a batch that an error names.
    pub field: Option<String>,
}

impl Services {
    /// Sets aside what builds are expected to use, all or nothing: the accounts in the order of their users' ids. INSUFFICIENT_CREDITS
    /// names the first build that there is too little for.
    pub(in crate::service) async fn set_aside(&self, tx: &mut Transaction, dues: &[Due], now_ms: i64) -> Result<(), ServiceError> {
        let mut dues: Vec<&Due> = dues.iter().collect();
        // stable: of one user in the order of the request
        dues.sort_by(|a, b| a.user_id.cmp(&b.user_id));
        for (index, due) in dues.iter().enumerate() {
            let of_user = |dues: &[&Due]| dues.iter().filter(|other| other.user_id == due.user_id).map(|other| other.credits).sum::<i64>();
            // all that the request needs of this account, and what it had before any of it was set aside
            let told =
                |short: Short| InsufficientCredits { required: of_user(&dues), available: short.available + of_user(&dues[..index]), field: due.field.clone() };
            self.set_one_aside(tx, due, now_ms).await?.map_err(|short| Problem::from(told(short)))?;
        }
        Ok(())
    }

    async fn set_one_aside(&self, tx: &mut Transaction, due: &Due, now_ms: i64) -> Result<Result<(), Short>, ServiceError> {
        let (id, money) = (self.new_id(), &self.inner.settings.money);
        let Due { user_id, build_id, operation, credits, request_id, .. } = due;
        let mut held = accounts::hold(tx, user_id, money.terms, By { request_id, actor: Actor::Api(None), operation_id: &id }, now_ms).await?;
        let mut account = held.account;
        let (hold, lines) = match account.hold(*credits) {
            Ok(held) => held,
            Err(short) => return Ok(Err(short)),
        };
        let told = Told { operation_id: &id, reservation_id: Some(&id), build_id: Some(build_id), request_id, actor: Actor::Api(None), ..Told::default() };
        accounts::write(tx, &mut held, &lines, told).await?;
        let new = NewReservation {
            id: &id,
            user_id,
            build_id,
            operation,
            hold,
            overage: money.overage,
            // it ends with its build, however long that takes
            expires_at_ms: None,
            request_id,
            daily_credits: money.terms.daily,
        };
        reservations::insert(tx, &new, held.at_ms).await?;
        builds::set_reservation(tx, build_id, &id).await?;
        Ok(Ok(()))
    }

    /// A build has ended here: what it was charged, and how far its estimate was off where it was deployed.
    pub(in crate::service) async fn count_payment(&self, build_id: &str, deployed: bool) {
        if !self.inner.settings.money.builds_pay {
            return;
        }
        match reservations::outcome_of_build(&self.inner.db, build_id).await {
            Ok(Some((operation, reserved, charged))) => {
                tracing::info!(build_id, reserved, charged, "the reservation of a build has ended");
                let money = self.inner.metrics.money();
                money.used(&operation, charged);
                if deployed {
                    money.estimated(reserved, charged);
                }
            }
            Ok(None) => {}
            // the figures are not worth a build
            Err(error) => tracing::warn!(build_id, %error, "what a build paid could not be counted"),
        }
    }
}
