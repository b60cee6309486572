//! A place in a stream that proves continuity: a position, and a tag of the event at that position.
//!
//! Two logs that agree on the tag at a position agree on all before it, because an event's id is unique for ever.

use std::fmt;

/// The longest cursor accepted, in bytes.
pub const CURSOR_MAX_BYTES: usize = 200;
const TAG_CHARS: usize = 12;

/// A place in a build's or a project's stream. Opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The `seq` or `project_seq` of the last event that was read.
    pub position: i64,
    /// The tag of that event.
    pub tag: String,
}

/// Text that is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor")]
pub struct NotACursor;

impl Cursor {
    /// The cursor of an event with this id at this position.
    pub fn of(position: i64, event_id: &str) -> Self {
        let hex: Vec<char> = event_id.chars().filter(char::is_ascii_hexdigit).collect();
        Self { position, tag: hex[hex.len().saturating_sub(TAG_CHARS)..].iter().collect() }
    }

    /// Reads a client's cursor; an empty one is none.
    pub fn parse(text: &str) -> Result<Option<Self>, NotACursor> {
        if text.is_empty() {
            return Ok(None);
        }
        if text.len() > CURSOR_MAX_BYTES {
            return Err(NotACursor);
        }
        let (position, tag) = text.split_once('-').ok_or(NotACursor)?;
        let plain = !position.is_empty() && position.bytes().all(|b| b.is_ascii_digit()) && !position.starts_with('0');
        let tagged = tag.len() == TAG_CHARS && tag.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let position = position.parse().map_err(|_| NotACursor)?;
        if plain && tagged { Ok(Some(Self { position, tag: tag.to_owned() })) } else { Err(NotACursor) }
    }

    /// Whether this is the cursor of the event with this id.
    pub fn matches(&self, event_id: &str) -> bool {
        Self::of(self.position, event_id).tag == self.tag
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.position, self.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";

    #[test]
    fn a_cursor_reads_back_and_knows_its_event() {
        let cursor = Cursor::of(7, ID);
        assert_eq!(cursor.to_string(), "7-6c7d8e9fa0b1");
        assert_eq!(Cursor::parse(&cursor.to_string()), Ok(Some(cursor.clone())));
        assert!(cursor.matches(ID));
        assert!(!cursor.matches("019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2"));
    }

    #[test]
    fn an_empty_cursor_is_none_and_odd_ones_are_refused() {
        assert_eq!(Cursor::parse(""), Ok(None));
        for odd in [
            "7",
            "-",
            "7-",
            "-6c7d8e9fa0b1",
            "07-6c7d8e9fa0b1",
            "0-6c7d8e9fa0b1",
            "+7-6c7d8e9fa0b1",
            "7-6C7D8E9FA0B1",
            "7-6c7d8e9fa0b1 ",
            "99999999999999999999-6c7d8e9fa0b1",
        ] {
            assert_eq!(Cursor::parse(odd), Err(NotACursor), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_only_accepts_what_it_writes(text in "\\PC{0,40}") {
            if let Ok(Some(cursor)) = Cursor::parse(&text) {
                prop_assert_eq!(cursor.to_string(), text);
            }
        }
    }
}
