//! What one request for a stream asks: which, from where, with which faults.

use super::Playback;
use super::answer::problem_of;
use super::shelf::{Place, Tape};
use crate::domain::fault::{Dice, Faults, NAMES, Script, script};
use crate::domain::frame::ResetReason;
use crate::domain::problem::Problem;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A stream that is opened.
pub(super) struct Opening {
    pub tape: Arc<Tape>,
    /// Why its cursor could not be continued.
    pub reset: Option<ResetReason>,
    pub script: Script,
}

/// What becomes of a request for a stream.
pub(super) enum Outcome {
    Open(Opening),
    /// Nothing is left to say.
    Ended,
    Refused(Problem),
    /// A status that was asked for, and that no problem has.
    Status(u16),
}

/// Faults that a query names, over those of all connections; and that part of the query.
pub(super) fn faults(playback: &Playback, query: &[(String, String)]) -> Result<(Faults, String), Problem> {
    let (mut faults, mut named) = (playback.faults.clone(), String::new());
    for (name, value) in query.iter().filter(|(name, _)| NAMES.iter().any(|(known, _, _)| known == name)) {
        faults.set(name, value).map_err(|odd| Problem::invalid(&odd.name, "invalid_value"))?;
        named.push_str(&format!("{name}={value}&"));
    }
    Ok((faults, named))
}

/// Opens a stream after a cursor.
pub(super) fn open(playback: &Playback, name: &str, cursor: &str, field: &str, query: &[(String, String)]) -> Outcome {
    let (faults, named) = match faults(playback, query) {
        Ok(faults) => faults,
        Err(problem) => return Outcome::Refused(problem),
    };
    if let Some(status) = playback.status(&faults, &named) {
        return match (status, problem_of(status)) {
            (204, _) => Outcome::Ended,
            (_, Some(problem)) => Outcome::Refused(problem),
            _ => Outcome::Status(status),
        };
    }
    let resource = name.split(':').next().unwrap_or_default();
    let Some(tape) = playback.shelf.tape(name) else { return Outcome::Refused(Problem::not_found(resource)) };
    let (from, reset) = match tape.place(cursor, field) {
        Ok(Place::At(from, reset)) => (from, reset),
        Ok(Place::Ended) => return Outcome::Ended,
        Err(problem) => return Outcome::Refused(problem),
    };
    let dice = Dice::of(playback.seed, playback.next_connection());
    let script = script(&tape.shown, from, &faults, playback.speed, !playback.reset_used.load(Ordering::Relaxed), dice);
    if script.resets {
        playback.reset_used.store(true, Ordering::Relaxed);
    }
    Outcome::Open(Opening { tape, reset, script })
}
