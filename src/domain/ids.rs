//! What an id may look like. Ids made here are UUIDs; callers may bring their own project and user ids.

/// Whether text can be a project's, build's or version's id: 1 to 64 of `A-Z a-z 0-9 - _`.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Whether text can be a user's id: 1 to 128 visible ASCII characters.
pub fn is_user_id(text: &str) -> bool {
    is_visible(text, 128)
}

/// Whether text is 1 to `max` visible ASCII characters, as request ids and idempotency keys are.
pub fn is_visible(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_plain() {
        assert!(is_id("build_123") && is_id(&"a".repeat(64)));
        for bad in ["", "a/b", "..", "a b", "é", &"a".repeat(65)] {
            assert!(!is_id(bad), "{bad}");
        }
        assert!(is_user_id("auth0|user@example.com") && !is_user_id("a b") && !is_user_id(""));
    }
}
