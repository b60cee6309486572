//! The recordings that are played, as the streams they are part of.

use super::view::view;
use crate::domain::cursor::Cursor;
use crate::domain::event::StoredEvent;
use crate::domain::fault::Shown;
use crate::domain::frame::ResetReason;
use crate::domain::problem::Problem;
use crate::domain::recording::{Recording, event_of};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A stream, whole.
#[derive(Debug)]
pub(super) struct Tape {
    /// When each event is due.
    pub shown: Vec<Shown>,
    /// Each event's cursor and JSON.
    pub events: Vec<(Cursor, Arc<str>)>,
    /// Whether it has an end.
    pub ends: bool,
}

/// Where a reader begins.
pub(super) enum Place {
    /// At this event, with a reset before it where its cursor could not be continued.
    At(usize, Option<ResetReason>),
    /// Behind the last.
    Ended,
}

/// A build that was recorded.
#[derive(Debug)]
pub(super) struct Shelved {
    /// What `GET /v1/builds/{id}` answers.
    pub view: Value,
    /// Its recording.
    pub text: Arc<str>,
}

/// All recordings.
#[derive(Debug, Default)]
pub struct Shelf {
    builds: HashMap<String, Shelved>,
    tapes: HashMap<String, Arc<Tape>>,
    projects: BTreeMap<String, Vec<StoredEvent>>,
}

impl Shelf {
    /// Adds a recording with its text, unless the build is there already.
    pub fn add(&mut self, recording: &Recording, text: String) -> bool {
        if self.builds.contains_key(&recording.header.build_id) {
            return false;
        }
        let events: Vec<StoredEvent> = recording.events.iter().filter_map(|event| event_of(event.body.get())).collect();
        let (id, project) = (recording.header.build_id.clone(), recording.header.project_id.clone());
        let name = format!("build:{id}");
        self.tapes.insert(name, Arc::new(Tape::of(&events, true)));
        self.builds.insert(id.clone(), Shelved { view: view(&id, &project, &events), text: text.into() });
        let all = self.projects.entry(project.clone()).or_default();
        all.extend(events);
        all.sort_by_key(|event| event.project_seq);
        let name = format!("project:{project}");
        self.tapes.insert(name, Arc::new(Tape::of(all, false)));
        true
    }

    pub(super) fn tape(&self, name: &str) -> Option<Arc<Tape>> {
        self.tapes.get(name).cloned()
    }

    pub(super) fn build(&self, id: &str) -> Option<&Shelved> {
        self.builds.get(id)
    }

    /// The ids of its builds.
    pub fn builds(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.builds.keys().cloned().collect();
        ids.sort();
        ids
    }
}

impl Tape {
    fn of(events: &[StoredEvent], ends: bool) -> Self {
        let place = |event: &StoredEvent| if ends { event.seq } else { event.project_seq };
        let shown = events.iter().map(|event| Shown { seq: place(event), offset_ms: event.timestamp });
        let told = events.iter().map(|event| (Cursor::of(place(event), &event.event_id), event.body.clone()));
        Self { shown: shown.collect(), events: told.collect(), ends }
    }

    /// Where a reader with this cursor begins, by the rules of a real server.
    pub fn place(&self, cursor: &str, field: &str) -> Result<Place, Problem> {
        let Some(cursor) = Cursor::parse(cursor).map_err(|_| Problem::invalid(field, "not_a_cursor"))? else { return Ok(Place::At(0, None)) };
        let last = self.events.last().map_or(0, |(last, _)| last.position);
        Ok(match self.events.iter().position(|(known, _)| known.position == cursor.position) {
            Some(at) if self.events[at].0 == cursor && at + 1 == self.events.len() && self.ends => Place::Ended,
            Some(at) if self.events[at].0 == cursor => Place::At(at + 1, None),
            Some(_) => Place::At(0, Some(ResetReason::Diverged)),
            None if cursor.position > last => Place::At(0, Some(ResetReason::Ahead)),
            None => Place::At(0, Some(ResetReason::Expired)),
        })
    }
}
