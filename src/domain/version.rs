//! A project's versions: their numbers (the first is 1.0.0, a build raises the minor number, a rollback the patch), and what
//! people may write about them and about the project.

use std::fmt;

/// Characters of a name at most.
const NAME_MAX: usize = 200;
/// Characters of a description at most.
const DESCRIPTION_MAX: usize = 2_000;
/// Characters of a comment on a publication at most.
pub const COMMENT_MAX: usize = 1_000;

/// Why text can't be the name of a version or a project: one line that says something.
pub fn name_fault(text: &str) -> Option<String> {
    let fine = !text.trim().is_empty() && text.chars().count() <= NAME_MAX && !text.chars().any(char::is_control);
    (!fine).then(|| format!("1 to {NAME_MAX} characters, none of them control characters"))
}

/// Why text can't be the description of a version or a project.
pub fn description_fault(text: &str) -> Option<String> {
    let fine = is_plain_text(text, DESCRIPTION_MAX);
    (!fine).then(|| format!("at most {DESCRIPTION_MAX} characters, none of them control characters but line breaks and tabs"))
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
        assert!(name_fault("Größe 1").is_none() && name_fault(&"é".repeat(200)).is_none() && name_fault(&"é".repeat(201)).is_some());
        for bad in ["", "  ", "a\nb", "a\0", "\u{9b}1m"] {
            assert!(name_fault(bad).is_some(), "{bad:?}");
        }
        assert!(description_fault(&"é\n".repeat(1000)).is_none() && description_fault(&"é".repeat(2001)).is_some());
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
