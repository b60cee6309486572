//! Cursors of streams and of pages: what is accepted is what would have been written, and nothing else.

#![no_main]

use buildcast::domain::cursor::{CURSOR_MAX_BYTES, Cursor};
use buildcast::domain::page::PageCursor;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(Some(cursor)) = Cursor::parse(text) {
        assert_eq!(cursor.to_string(), text);
        assert!(cursor.position > 0 && text.len() <= CURSOR_MAX_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic()));
        // an event whose id ends like the tag is the cursor's, and no other
        assert!(cursor.matches(&format!("00000000-0000-7000-8000-{}", cursor.tag)));
        assert!(!cursor.matches(&format!("00000000-0000-7000-8000-{}0", cursor.tag)) || cursor.tag == format!("{}0", &cursor.tag[1..]));
    }
    if let Ok(Some(cursor)) = PageCursor::parse(text) {
        assert_eq!(cursor.to_string(), text);
        assert!(text.len() <= CURSOR_MAX_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    assert!(text.is_empty() == matches!(Cursor::parse(text), Ok(None)) && text.is_empty() == matches!(PageCursor::parse(text), Ok(None)));
    // whatever an event's id is, its cursor is read back, when it has as many digits as a tag
    let digits = text.chars().filter(char::is_ascii_hexdigit).collect::<String>();
    if digits.len() >= 12 && !digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let cursor = Cursor::of(i64::try_from(text.len()).unwrap(), text);
        assert_eq!(Cursor::parse(&cursor.to_string()), Ok(Some(cursor.clone())));
        assert!(cursor.matches(text));
    }
});
