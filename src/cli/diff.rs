//! `buildcast diff A B`: how two recordings differ. Exit code 0 when they do not, 3 when they do.

use super::{Failure, printable, show};
use crate::domain::recording::{Comparison, Difference, RECORDING_MAX_BYTES, Recording, read};
use clap::ArgMatches;
use serde_json::Value;
use std::fs::File;
use std::io::Read;

pub(super) fn diff(matches: &ArgMatches) -> Result<(), Failure> {
    let name = |argument: &str| matches.get_one::<String>(argument).cloned().unwrap_or_default();
    let (first, second) = (open(&name("A"))?, open(&name("B"))?);
    let ignored = matches.get_many::<String>("ignore").into_iter().flatten().cloned().collect();
    let comparison = Comparison { timing_ms: matches.get_one::<i64>("timing").copied(), ignored };
    let found = comparison.differences(&first, &second);
    let lines: String = found.iter().map(|difference| if matches.get_flag("json") { json(difference) } else { text(difference) }).collect();
    show(&lines)?;
    if found.is_empty() { Ok(()) } else { Err(Failure::Told(3)) }
}

fn open(name: &str) -> Result<Recording, Failure> {
    open_text(name).map(|(recording, _)| recording)
}

/// A recording from a file, and its text.
pub(super) fn open_text(name: &str) -> Result<(Recording, String), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Other(format!("{name}: {error}"));
    let mut bytes = Vec::new();
    let file = File::open(name).map_err(|error| failed(&error))?;
    file.take(RECORDING_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if bytes.len() as u64 > RECORDING_MAX_BYTES {
        return Err(failed(&format_args!("over {RECORDING_MAX_BYTES} bytes")));
    }
    let recording = read(&bytes).map_err(|error| failed(&error))?;
    Ok((recording, String::from_utf8(bytes).map_err(|error| failed(&error))?))
}

fn json(difference: &Difference) -> String {
    format!("{}\n", serde_json::to_string(difference).unwrap_or_default())
}

fn text(difference: &Difference) -> String {
    let line = match difference {
        Difference::Removed { seq, code } => format!("- {seq} {code}"),
        Difference::Added { seq, code } => format!("+ {seq} {code}"),
        Difference::Changed { seq, code, what, before, after } => format!("~ {seq} {code} {what}: {} -> {}", said(before), said(after)),
    };
    // a recording is somebody else's file
    format!("{}\n", printable(&line))
}

fn said(value: &Value) -> String {
    if value.is_null() { "nothing".into() } else { value.to_string() }
}
