//! Semantic versions of a project: the first is 1.0.0, a build raises the minor number, a rollback the patch.

use std::fmt;

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
    use super::Semver;

    #[test]
    fn builds_raise_the_minor_number_and_rollbacks_the_patch() {
        let first = Semver::after_build(None);
        assert_eq!(first.to_string(), "1.0.0");
        assert_eq!(Semver::after_build(Some(Semver { patch: 3, ..first })).to_string(), "1.1.0");
        assert_eq!(Semver::after_rollback(Semver { minor: 4, patch: 1, ..first }).to_string(), "1.4.2");
    }
}
