//! An event before it has a place in the log.

use super::table::EventPayload;
use super::vocabulary::Phase;
use super::{StoredEvent, stored};

/// What an engine or a service says happened; the log gives it its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct EventDraft {
    /// Its id, unique for ever: also what makes a repeated write of the same draft harmless.
    pub event_id: String,
    /// When it happened, epoch milliseconds.
    pub timestamp: i64,
    /// Its code and own params.
    pub payload: EventPayload,
    /// The phase, for codes that take that of the step that ended.
    pub step_phase: Option<Phase>,
}

/// The numbers that the log gives a draft.
#[derive(Debug, Clone, Copy)]
pub struct Numbers<'a> {
    /// The build, or the rollback's job.
    pub build_id: &'a str,
    /// Place in the build's stream.
    pub seq: i64,
    /// The project.
    pub project_id: &'a str,
    /// Place in the project's stream.
    pub project_seq: i64,
    /// Progress that the build had before.
    pub progress: f64,
}

impl EventDraft {
    /// A draft of an event that just happened.
    pub fn new(event_id: String, timestamp: i64, payload: impl Into<EventPayload>) -> Self {
        let payload = payload.into();
        let step_phase = match &payload {
            EventPayload::BuildFailed(failed) => failed.phase,
            EventPayload::BuildTimeout(timeout) => timeout.phase,
            EventPayload::BuildCancelled(cancelled) => cancelled.phase,
            _ => None,
        };
        Self { event_id, timestamp, payload, step_phase }
    }

    /// The event's phase; an end before any step belongs to `setup`.
    pub fn phase(&self) -> Phase {
        self.payload.place().phase.or(self.step_phase).unwrap_or(Phase::Setup)
    }

    /// `overall_progress` after this event, for a build that had `before`: never less.
    pub fn progress(&self, before: f64) -> f64 {
        let (from, to) = self.payload.place().progress;
        let now = from + (to - from) * self.fraction();
        // four decimals: a number that a person can read in a recording
        (now.max(before) * 10_000.0).round() / 10_000.0
    }

    /// How much of its span `step` of `total` covers.
    fn fraction(&self) -> f64 {
        let (step, total) = match &self.payload {
            EventPayload::BuildCodeGenerating(p) => (p.step.unwrap_or(0), p.total.unwrap_or(0)),
            EventPayload::BuildCodeApplying(p) => (p.step, p.total),
            EventPayload::BuildDependenciesInstalling(p) => (p.step, p.total),
            EventPayload::BuildOptimizing(p) => (p.step, p.total),
            EventPayload::BuildDeployUploading(p) => (p.step, p.total),
            EventPayload::RollbackWorkingDirSyncing(p) => (p.step, p.total),
            _ => (0, 0),
        };
        if total == 0 { 0.0 } else { (step as f64 / total as f64).clamp(0.0, 1.0) }
    }

    /// The preview's address, for the events that carry one at the top level.
    pub(super) fn preview_url(&self) -> Option<&str> {
        match &self.payload {
            EventPayload::BuildCompleted(p) => Some(&p.url),
            EventPayload::BuildDeployActivating(p) => Some(&p.url),
            EventPayload::RollbackPreviewUpdating(p) => Some(&p.url),
            _ => None,
        }
    }

    /// Seconds of the step that ended.
    pub(super) fn duration_seconds(&self) -> Option<f64> {
        match &self.payload {
            EventPayload::BuildDevelopmentComplete(p) => Some(p.duration),
            EventPayload::BuildDependenciesComplete(p) => Some(p.duration),
            EventPayload::BuildMetadataComplete(p) => Some(p.duration),
            EventPayload::BuildCompleted(p) => Some(p.duration),
            EventPayload::BuildFailed(p) => p.duration,
            EventPayload::BuildTimeout(p) => Some(p.duration),
            EventPayload::BuildCancelled(p) => p.duration,
            EventPayload::RollbackCompleted(p) => Some(p.duration),
            EventPayload::RollbackFailed(p) => p.duration,
            _ => None,
        }
    }

    /// The event as the log keeps it, with its final JSON.
    pub fn place(&self, numbers: Numbers<'_>) -> StoredEvent {
        stored::store(self, numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BuildDeployUploading, BuildFailed, BuildStarted};
    use super::*;

    fn draft(payload: impl Into<EventPayload>) -> EventDraft {
        EventDraft::new("019a-1".into(), 1, payload)
    }

    #[test]
    fn progress_never_falls_on_a_retry_or_a_failure() {
        assert_eq!(draft(BuildStarted { is_retry: true, attempt_number: 2 }).progress(0.7), 0.7);
        let failed = BuildFailed { reason: None, exit_code: None, duration: None, phase: None, recoverable: None };
        assert_eq!(draft(failed).progress(0.52), 0.52);
    }

    #[test]
    fn steps_move_through_their_span() {
        let half = draft(BuildDeployUploading { step: 1, total: 2 }).progress(0.0);
        assert_eq!(half, 0.875);
        assert_eq!(draft(BuildDeployUploading { step: 9, total: 2 }).progress(0.0), 0.92);
    }
}
