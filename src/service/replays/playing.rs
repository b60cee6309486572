//! What a node plays: the events of replays that somebody here looks at, in memory, as long as somebody does.

use crate::domain::event::StoredEvent;
use crate::domain::replay::{Pace, Schedule};
use crate::hub::{Located, Record, StreamKey};
use crate::service::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A replay that is played here.
pub(in crate::service) struct Playing {
    /// Its stream.
    pub key: StreamKey,
    /// What it shows, in order.
    pub events: Vec<StoredEvent>,
    /// When.
    pub schedule: Schedule,
    pace: Mutex<Pace>,
    /// Called when it was stepped on.
    pub stepped: Notify,
}

/// Every replay that is played here.
pub(in crate::service) struct Replays {
    clock: Arc<dyn Clock>,
    by_id: Mutex<HashMap<String, Arc<Playing>>>,
}

impl Playing {
    /// A replay of these events; `schedule` is theirs.
    pub fn new(key: StreamKey, events: Vec<StoredEvent>, schedule: Schedule, pace: Pace) -> Self {
        Self { key, events, schedule, pace: Mutex::new(pace), stepped: Notify::new() }
    }

    /// What decides how far it is.
    pub fn pace(&self) -> Pace {
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It was stepped on, to this place.
    pub fn show(&self, to_seq: i64) {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        if let Pace::Steps { shown_seq } = &mut *pace
            && *shown_seq < to_seq
        {
            *shown_seq = to_seq;
            self.stepped.notify_one();
        }
    }

    fn shown(&self, now_ms: i64) -> &[StoredEvent] {
        &self.events[..self.schedule.shown(self.pace(), now_ms)]
    }
}

impl Replays {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, by_id: Mutex::default() }
    }

    /// The one with this id.
    pub fn find(&self, id: &str) -> Option<Arc<Playing>> {
        self.map().get(id).cloned()
    }

    /// The one with this id: this, unless there is one; and whether it is new, and wants a player.
    pub fn insert(&self, id: &str, playing: Playing) -> (Arc<Playing>, bool) {
        let mut map = self.map();
        if let Some(known) = map.get(id) {
            return (known.clone(), false);
        }
        let playing = Arc::new(playing);
        map.insert(id.to_owned(), playing.clone());
        (playing, true)
    }

    /// Forgets a replay, unless somebody besides its player is about to look at it.
    pub fn forget(&self, id: &str, playing: &Arc<Playing>) -> bool {
        let mut map = self.map();
        // this map and its player have one each
        let unused = Arc::strong_count(playing) <= 2;
        if unused {
            map.remove(id);
        }
        unused
    }

    /// What of a replay's stream is shown after a place.
    pub fn after(&self, id: &str, position: i64, limit: i64) -> Option<Vec<Record>> {
        let playing = self.find(id)?;
        let shown = playing.shown(self.clock.now_ms());
        let from = shown.partition_point(|event| event.seq <= position);
        Some(shown[from..].iter().take(usize::try_from(limit).unwrap_or(0)).map(|event| Record::event(&playing.key, event)).collect())
    }

    /// The place of the last event that is shown.
    pub fn head(&self, id: &str) -> Option<i64> {
        let playing = self.find(id)?;
        Some(playing.shown(self.clock.now_ms()).last().map_or(0, |event| event.seq))
    }

    /// What a replay shows at a place.
    pub fn locate(&self, id: &str, position: i64) -> Option<Located> {
        let playing = self.find(id)?;
        let shown = playing.shown(self.clock.now_ms());
        let event = shown.iter().find(|event| event.seq == position).map(|event| (event.event_id.clone(), event.finished));
        Some(Located { event, last: shown.last().map_or(0, |event| event.seq) })
    }

    fn map(&self) -> MutexGuard<'_, HashMap<String, Arc<Playing>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Replays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replays").field("playing", &self.map().len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::clock::SystemClock;

    fn playing() -> Playing {
        let schedule = Schedule::of([(1, 0)].into_iter(), 1).unwrap();
        Playing::new(StreamKey::Replay { id: "r".into(), project_id: "p".into() }, vec![], schedule, Pace::Steps { shown_seq: 0 })
    }

    #[test]
    fn what_nobody_but_its_player_holds_is_forgotten() {
        let replays = Replays::new(Arc::new(SystemClock));
        let (player, new) = replays.insert("r", playing());
        assert!(new);
        let (viewer, new) = replays.insert("r", playing());
        assert!(!new && Arc::ptr_eq(&player, &viewer), "one for all who look");
        assert!(!replays.forget("r", &player), "somebody is about to look");
        drop(viewer);
        assert!(replays.forget("r", &player) && replays.find("r").is_none());
    }
}
