//! A project's versions: their numbers (the first is 1.0.0, a build raises the minor number, a rollback the patch), and what
//! people may write about them.

use std::fmt;

/// Characters of a version's name at most.
pub const NAME_MAX: usize = 200;
/// Characters of a version's description at most.
pub const DESCRIPTION_MAX: usize = 2_000;
/// Characters of a comment on a publication at most.
pub const COMMENT_MAX: usize = 1_000;

/// Whether text can be a version's name: one line that says something.
pub fn is_version_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= NAME_MAX && !text.chars().any(char::is_control)
}

/// Whether text of people is at most so many characters, and none of them a control character but line breaks and tabs.
pub fn is_plain_text(text: &str, max: usize) -> bool {
    text.chars().count() <= max && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// A version's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Semver {
    /// First number.
    pub major: i32,
    /// Second number.
    pub minor: i32,
    /// Third number.
    pub patch: i32,
}

impl Semver {
    /// The number of a build's version, after the project's highest.
    pub fn after_build(last: Option<Self>) -> Self {
        last.map_or(Self { major: 1, minor: 0, patch: 0 }, |v| Self { minor: v.minor + 1, patch: 0, ..v })
    }

    /// The number of a rollback's version, after the project's highest.
    pub const fn after_rollback(last: Self) -> Self {
        Self { patch: last.patch + 1, ..last }
    }
}

impl fmt::Display for Semver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_and_descriptions_may_have_several() {
        assert!(is_version_name("Größe 1") && is_version_name(&"é".repeat(200)) && !is_version_name(&"é".repeat(201)));
        for bad in ["", "  ", "a\nb", "a\0", "\u{9b}1m"] {
            assert!(!is_version_name(bad), "{bad:?}");
        }
        assert!(is_plain_text("", 0) && is_plain_text("a\r\n\tb", 5) && !is_plain_text("abc", 2));
        assert!(!is_plain_text("a\0b", 9) && !is_plain_text("\u{1b}[2J", 9));
    }

    #[test]
    fn builds_raise_the_minor_number_and_rollbacks_the_patch() {
        let first = Semver::after_build(None);
        assert_eq!(first.to_string(), "1.0.0");
        assert_eq!(Semver::after_build(Some(Semver { patch: 3, ..first })).to_string(), "1.1.0");
        assert_eq!(Semver::after_rollback(Semver { minor: 4, patch: 1, ..first }).to_string(), "1.4.2");
    }
}
