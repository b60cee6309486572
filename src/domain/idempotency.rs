//! The `Idempotency-Key` header: what a key may be, and how it may be written.

use super::ids::is_visible;

/// Characters of a key at most.
const KEY_MAX: usize = 255;

/// A key, as its caller made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the header's value: the key itself, or a string of RFC 9651 in quotes, which means the same key. None where it
    /// is neither, or not 1 to 255 visible ASCII characters.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim_matches([' ', '\t']);
        let key = match value.strip_prefix('"') {
            Some(rest) => unquoted(rest)?,
            None => value.to_owned(),
        };
        is_visible(&key, KEY_MAX).then_some(Self(key))
    }

    /// A key that stands by itself, as in a body.
    pub fn plain(key: &str) -> Option<Self> {
        is_visible(key, KEY_MAX).then(|| Self(key.to_owned()))
    }

    /// The key without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands before the closing quote, which must be the end: a key has no parameters.
fn unquoted(rest: &str) -> Option<String> {
    let (mut key, mut characters) = (String::new(), rest.chars());
    loop {
        match characters.next()? {
            '"' => return characters.next().is_none().then_some(key),
            '\\' => key.push(characters.next().filter(|escaped| ['"', '\\'].contains(escaped))?),
            character => key.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(value: &str) -> Option<String> {
        IdempotencyKey::parse(value).map(|key| key.0)
    }

    #[test]
    fn a_key_is_the_same_with_and_without_quotes() {
        for value in ["8e03978e-40d5-43dd-bc93-6894a57f9324", "a", "!~", "a\"b", "a\\b", &"x".repeat(255)] {
            let quoted = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
            assert_eq!(key(value).as_deref(), Some(value));
            assert_eq!(key(&quoted).as_deref(), Some(value), "{quoted}");
        }
        assert_eq!(key(" abc\t").as_deref(), Some("abc"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for value in ["", " ", "\"\"", "a b", "a, b", "\"a b\"", "é", "a\u{7f}", "\"", "\"a", "\"a\\\"", "\"a\\b\"", "\"a\"b", "\"a\";p=1", "\"a\", \"b\""] {
            assert_eq!(key(value), None, "{value}");
        }
        assert_eq!(key(&"x".repeat(256)), None);
    }
}
