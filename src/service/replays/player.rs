//! The task that shows a replay's events when they are due, as long as somebody looks.

use super::playing::Playing;
use crate::domain::replay::Pace;
use crate::service::Services;
use crate::store::replays;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How often is looked whether anybody looks, and whether another node was asked for steps.
const LOOK: Duration = Duration::from_millis(250);

/// Shows what is due, to whoever listens here, until nobody does.
pub(super) async fn play(services: Services, id: String, playing: Arc<Playing>) {
    let hub = services.hub();
    let mut next = playing.schedule.shown(playing.pace(), services.now_ms());
    loop {
        let (pace, now_ms) = (playing.pace(), services.now_ms());
        let shown = playing.schedule.shown(pace, now_ms).max(next);
        if shown > next {
            hub.show(&playing.key, &playing.events[next..shown]);
            next = shown;
        }
        if !hub.listened(&playing.key) && services.inner.replays.forget(&id, &playing) {
            return;
        }
        match playing.schedule.due_at_ms(next, pace) {
            Some(due_at_ms) => sleep(until(due_at_ms, now_ms).min(LOOK)).await,
            None => {
                // a step here wakes it; one on another node is found in the table
                if timeout(LOOK, playing.stepped.notified()).await.is_err() && matches!(pace, Pace::Steps { .. }) {
                    follow(&services, &id, &playing).await;
                }
            }
        }
    }
}

async fn follow(services: &Services, id: &str, playing: &Playing) {
    // one that can't be read now is read at the next look
    if let Ok(Some(row)) = replays::find(&services.inner.db, id).await {
        playing.show(row.shown_seq);
    }
}

fn until(due_at_ms: i64, now_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(due_at_ms - now_ms).unwrap_or(0).max(1))
}
