//! The double click: the same request again within seconds, while what it started has not ended, is no second start.

use super::{Plan, Services};
use crate::service::ServiceError;
use crate::store::{Transaction, builds, recent_starts};
use sha2::{Digest, Sha256};

/// How long a request is remembered.
const CLICK_MS: i64 = 10_000;
/// Forgotten requests that one start clears away at most.
const CLEARED_AT_MOST: i64 = 200;

/// What makes two requests the same: the hash of their path and body, which names the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click(String);

impl Click {
    /// The click that a request is.
    pub fn of(path: &str, body: &[u8]) -> Self {
        // a path has no line break, so no other pair of path and body gives these bytes
        let hash = Sha256::new().chain_update(path).chain_update(b"\n").chain_update(body).finalize();
        Self(hex::encode(hash))
    }

    /// The key of one of the request's starts.
    fn key(&self, plan: &Plan) -> String {
        plan.place.0.map_or_else(|| self.0.clone(), |index| format!("{}.{index}", self.0))
    }
}

impl Services {
    /// The builds of the same request seconds ago, when one of them has not ended. Otherwise the request is these plans'
    /// from here on, and whoever sends the same waits for this transaction.
    pub(super) async fn earlier(&self, tx: &mut Transaction, plans: &[Plan], click: &Click, now_ms: i64) -> Result<Option<Vec<String>>, ServiceError> {
        let (mut earlier, mut forgotten) = (vec![], vec![]);
        for plan in plans {
            let held = recent_starts::hold(tx, &plan.start.user_id, &click.key(plan), &plan.build_id, now_ms).await?;
            if held.build_id != plan.build_id {
                forgotten.push(plan);
                earlier.extend((now_ms - held.created_at_ms < CLICK_MS).then_some(held.build_id));
            }
        }
        if earlier.len() == plans.len() && any_active(tx, &earlier).await? {
            return Ok(Some(earlier));
        }
        for plan in forgotten {
            recent_starts::replace(tx, &plan.start.user_id, &click.key(plan), &plan.build_id, now_ms).await?;
        }
        Ok(None)
    }
}

/// Clears away requests that are remembered for too long.
pub(super) async fn clear(tx: &mut Transaction, now_ms: i64) -> Result<(), ServiceError> {
    recent_starts::remove_before(tx, now_ms - CLICK_MS, CLEARED_AT_MOST).await?;
    Ok(())
}

async fn any_active(tx: &mut Transaction, ids: &[String]) -> Result<bool, ServiceError> {
    for id in ids {
        if let Some(row) = builds::find_within(tx, id).await?
            && row.state()?.is_active()
            // who has asked to cancel it, and sends it again, means another
            && !row.cancel_requested
        {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_path_or_another_byte_is_another_request() {
        let click = Click::of("/v1/builds", b"{}");
        assert_eq!(click, Click::of("/v1/builds", b"{}"));
        assert_ne!(click, Click::of("/v1/builds", b"{} "));
        assert_ne!(click, Click::of("/v1/update-project", b"{}"));
    }
}
