//! A page of a list: how many rows it has, and the place after which the next one begins. Newest first: a row that comes
//! later stands before every page that was read, so the rest stays where it is.

use super::cursor::NotACursor;
use super::ids::is_id;
use std::fmt;

/// Rows of a page unless it is said.
pub const PAGE_DEFAULT: i64 = 50;
/// Rows of a page at most.
pub const PAGE_MAX: i64 = 200;

/// The last row of a page. Opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCursor {
    /// When the row was made, epoch milliseconds.
    pub created_at_ms: i64,
    /// Its id, which decides between rows of one millisecond.
    pub id: String,
}

impl PageCursor {
    /// Reads a client's cursor; an empty one is none.
    pub fn parse(text: &str) -> Result<Option<Self>, NotACursor> {
        if text.is_empty() {
            return Ok(None);
        }
        let (time, id) = text.split_once('-').ok_or(NotACursor)?;
        let created_at_ms = time.parse().map_err(|_| NotACursor)?;
        let cursor = Self { created_at_ms, id: id.to_owned() };
        // one way to write each: no sign, no leading zero
        if is_id(id) && cursor.to_string() == text { Ok(Some(cursor)) } else { Err(NotACursor) }
    }
}

impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.created_at_ms, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_reads_back() {
        let cursor = PageCursor { created_at_ms: 1_735_689_600_123, id: "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1".into() };
        assert_eq!(PageCursor::parse(&cursor.to_string()), Ok(Some(cursor)));
        assert_eq!(PageCursor::parse(""), Ok(None));
    }

    #[test]
    fn odd_cursors_are_refused() {
        for odd in ["7", "-", "7-", "-a", "07-a", "+7-a", "7-a b", "7-a/b", "99999999999999999999-a", "x-a", " 7-a"] {
            assert_eq!(PageCursor::parse(odd), Err(NotACursor), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_only_accepts_what_it_writes(text in "\\PC{0,40}") {
            if let Ok(Some(cursor)) = PageCursor::parse(&text) {
                prop_assert_eq!(cursor.to_string(), text);
            }
        }
    }
}
