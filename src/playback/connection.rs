//! What one request for a stream asks: which, from where, with which faults.

use super::Playback;
use super::answer::problem_of;
use super::shelf::{Place, Tape};
use crate::domain::fault::{Dice, Faults, NAMES, Script, script};
use crate::domain::frame::ResetReason;
use crate::domain::problem::Problem;
use std::sync::Arc;

/// A stream that is opened.
pub(super) struct Opening {
    pub tape: Arc<Tape>,
    /// Why its cursor could not be continued.
    pub reset: Option<ResetReason>,
    pub script: Script,
    pub faults: Faults,
}

/// The name in a query under which requests and the reset are counted apart: of one run of a test, say.
const RUN: &str = "run";

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
    for (name, value) in query.iter().filter(|(name, _)| name == RUN || NAMES.iter().any(|(known, _, _)| known == name)) {
        if name != RUN {
            faults.set(name, value).map_err(|odd| Problem::invalid(&odd.name, "invalid_value"))?;
        }
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
    let run = format!("{name}?{named}");
    let (number, may_reset) = playback.count(&run);
    if let Some((status, _)) = faults.statuses.iter().copied().find(|(_, nth)| *nth == number) {
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
    let dice = Dice::of_stream(faults.seed, name, number);
    let script = script(&tape.shown, from, &faults, playback.speed, may_reset, dice);
    if script.resets {
        playback.use_reset(&run);
    }
    Outcome::Open(Opening { tape, reset, script, faults })
}
