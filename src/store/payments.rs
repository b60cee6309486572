//! Builds pay: the end of a build resolves what its start set aside, in the transaction that tells of the end.

use super::accounts::{self, By};
use super::ledger::Told;
use super::{StoreError, Transaction, reservations};
use crate::domain::build::BuildState;
use crate::domain::ledger::{Actor, EntryKind, Terms, credits_for};
use std::collections::BTreeMap;

/// How a build that pays has ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payable {
    /// Where it went.
    pub state: BuildState,
    /// Seconds that a provider was used for.
    pub ai_seconds: f64,
}

/// Resolves the reservations of builds that have just ended: a deployed one pays what it used, others pay nothing. The
/// rows of the builds are held; their users' accounts are taken in the order of their ids.
pub(super) async fn settle(tx: &mut Transaction, ended: &BTreeMap<String, Payable>, now_ms: i64) -> Result<(), StoreError> {
    if ended.is_empty() {
        return Ok(());
    }
    for row in reservations::of_builds(tx, ended.keys().map(String::as_str)).await? {
        let Some(payable) = ended.get(&row.build_id) else { continue };
        let by = By { request_id: &row.request_id, actor: Actor::Build, operation_id: &row.id };
        // an account that has a reservation is open
        let terms = Terms { welcome: 0, daily: row.daily_credits };
        let mut held = accounts::hold(tx, &row.user_id, terms, by, now_ms).await?;
        let (mut account, hold) = (held.account, row.facts()?.hold);
        let told = Told {
            reservation_id: Some(&row.id),
            build_id: Some(&row.build_id),
            request_id: &row.request_id,
            actor: Actor::Build,
            operation_id: &row.id,
            reason: Some(payable.state.word()),
            ..Told::default()
        };
        let end = if payable.state == BuildState::Deployed {
            let actual = credits_for(payable.ai_seconds);
            let settled = account.settle(hold, actual, row.overage);
            accounts::write(tx, &mut held, &settled.lines, told).await?;
            reservations::End::committed(actual, &settled, held.account.balance.total())
        } else {
            let back = account.give_back(hold, EntryKind::Release);
            accounts::write(tx, &mut held, &back.lines, told).await?;
            reservations::End::released(back.released, held.account.balance.total())
        };
        reservations::end(tx, &row.id, end, held.at_ms).await?;
    }
    Ok(())
}
