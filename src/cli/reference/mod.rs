//! `buildcast reference`: docs/events.md and docs/error-codes.md, made from the tables of codes.

mod errors;
mod events;
mod frames;
mod object;
mod params;

use super::{Failure, show};
use clap::ArgMatches;

/// A page of the reference that can't be made.
pub(super) type Unmade = serde_json::Error;

pub(super) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let page = match matches.subcommand_name() {
        Some("events") => events(),
        _ => errors(),
    };
    show(&page.map_err(|error| Failure::Other(error.to_string()))?)
}

/// docs/events.md, from the table of event codes and the frames of the document.
///
/// # Errors
///
/// An example that is none of its code, or a frame that is not in the document.
pub fn events() -> Result<String, serde_json::Error> {
    events::page()
}

/// docs/error-codes.md, from the table of errors.
///
/// # Errors
///
/// An example that is no JSON.
pub fn errors() -> Result<String, serde_json::Error> {
    errors::page()
}
