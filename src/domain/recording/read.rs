//! Reading a recording: whole and as it was written, or not at all.

use super::header::{FORMAT, Header, VERSION, checksum};
use crate::domain::cursor::Cursor;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A longer file is no recording, bytes.
pub const RECORDING_MAX_BYTES: u64 = 256 << 20;

/// A recording that was read.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Its first line.
    pub header: Header,
    /// Its events, one at least, in order.
    pub events: Vec<Recorded>,
}

/// An event of a recording.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Since the first event, milliseconds; never falls.
    pub offset_ms: i64,
    /// Its place in the build's stream.
    pub cursor: Cursor,
    /// Its JSON, the bytes that left the server.
    pub body: Box<RawValue>,
    /// What of it this program looks at.
    pub facts: Facts,
}

/// What of an event is looked at.
#[derive(Debug, Clone, Deserialize)]
pub struct Facts {
    /// Unique for ever.
    pub id: String,
    /// Place in the build's stream.
    pub seq: i64,
    /// The code.
    pub code: String,
    /// Whether it is the last.
    pub finished: bool,
}

/// Why something is no recording, or none that can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The first line is no header of a recording.
    #[error("not a recording: the first line is no `{FORMAT}` header")]
    NotARecording,
    /// A version that this program does not know.
    #[error("a recording of version {0}; this program reads version {VERSION}")]
    Version(u64),
    /// The header lacks something, or has something unknown.
    #[error("the header can't be read: {0}")]
    Header(String),
    /// The bytes are not those that were written.
    #[error("the checksum is {found}, and the header says {told}: the file was changed or cut off")]
    Checksum {
        /// The header's.
        told: String,
        /// Of the bytes that are there.
        found: String,
    },
    /// A line is no event.
    #[error("line {line} can't be read: {what}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// The header counts other events.
    #[error("{found} events, and the header says {told}")]
    Count {
        /// The header's.
        told: usize,
        /// Lines that are there.
        found: usize,
    },
}

/// What every version's header says.
#[derive(Deserialize)]
struct Kind {
    format: String,
    version: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    offset_ms: i64,
    cursor: String,
    #[serde(borrow)]
    event: &'a RawValue,
}

/// Reads a recording of any version that was ever given out. Nothing is believed that the checksum does not cover.
pub fn read(bytes: &[u8]) -> Result<Recording, Unreadable> {
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(Unreadable::NotARecording)?;
    let (first, body) = (&bytes[..end], &bytes[end + 1..]);
    let kind: Kind = serde_json::from_slice(first).map_err(|_| Unreadable::NotARecording)?;
    if kind.format != FORMAT {
        return Err(Unreadable::NotARecording);
    }
    if kind.version != u64::from(VERSION) {
        return Err(Unreadable::Version(kind.version));
    }
    let header: Header = serde_json::from_slice(first).map_err(|error| Unreadable::Header(error.to_string()))?;
    let found = checksum(body);
    if found != header.checksum {
        return Err(Unreadable::Checksum { told: header.checksum, found });
    }
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::Line { line: 2, what: "not UTF-8".into() })?;
    let events = text.lines().enumerate().map(|(at, line)| event(at + 2, line)).collect::<Result<Vec<_>, _>>()?;
    check(&header, &events)?;
    Ok(Recording { header, events })
}

fn event(line: usize, text: &str) -> Result<Recorded, Unreadable> {
    let fault = |what: String| Unreadable::Line { line, what };
    let read: Line<'_> = serde_json::from_str(text).map_err(|error| fault(error.to_string()))?;
    let facts: Facts = serde_json::from_str(read.event.get()).map_err(|error| fault(error.to_string()))?;
    let cursor = Cursor::parse(&read.cursor).ok().flatten().filter(|cursor| cursor.position == facts.seq && cursor.matches(&facts.id));
    let cursor = cursor.ok_or_else(|| fault(format!("{:?} is not its cursor", read.cursor)))?;
    Ok(Recorded { offset_ms: read.offset_ms, cursor, body: read.event.to_owned(), facts })
}

/// A checksum that is right says that nothing was changed, not that whoever wrote it wrote a stream. The header itself is
/// not covered by it: what it says is looked at.
fn check(header: &Header, events: &[Recorded]) -> Result<(), Unreadable> {
    if events.len() != header.event_count || events.is_empty() {
        return Err(Unreadable::Count { told: header.event_count, found: events.len() });
    }
    for (at, pair) in events.windows(2).enumerate() {
        let what = match pair {
            [a, b] if b.facts.seq != a.facts.seq + 1 => "its seq does not follow",
            [a, b] if b.offset_ms < a.offset_ms => "its offset is before the last one's",
            [a, _] if a.facts.finished => "something follows the last event",
            _ => continue,
        };
        return Err(Unreadable::Line { line: at + 3, what: what.into() });
    }
    let odd = |what: &str| Unreadable::Header(what.into());
    let first: Owner = serde_json::from_str(events[0].body.get()).map_err(|error| odd(&error.to_string()))?;
    if (&first.build_id, &first.project_id) != (&header.build_id, &header.project_id) {
        return Err(odd("its build or project is not that of the events"));
    }
    if events.last().map(|last| last.offset_ms) != Some(header.duration_ms) {
        return Err(odd("its duration is not that of the events"));
    }
    Ok(())
}

/// Whose an event is.
#[derive(Deserialize)]
struct Owner {
    build_id: String,
    project_id: String,
}
