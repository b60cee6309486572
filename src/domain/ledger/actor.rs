//! Who writes a line of the ledger, as its audit trail says it.

use std::fmt;

/// Who writes a line. Its text has what is known for sure in front, so that no name can pass for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Actor<'a> {
    /// A signed request, by whom it named, if anybody.
    Api(Option<&'a str>),
    /// The end of a build of this server.
    Build,
    /// Nobody: the time of a reservation was over.
    Expiry,
    /// The sweep, where it was the first to see a new day.
    #[default]
    Sweep,
    /// Somebody on the command line, with the name that they had there, if any.
    Command(Option<&'a str>),
}

impl fmt::Display for Actor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, name) = match self {
            Self::Api(name) => ("api", name.as_ref()),
            Self::Build => ("build", None),
            Self::Expiry => ("expiry", None),
            Self::Sweep => ("sweep", None),
            Self::Command(name) => ("command", name.as_ref()),
        };
        f.write_str(word)?;
        name.map_or(Ok(()), |name| write!(f, ":{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Actor;

    #[test]
    fn no_name_passes_for_another() {
        let told = [Actor::Api(None), Actor::Api(Some("build")), Actor::Build, Actor::Expiry, Actor::Command(Some("api")), Actor::Sweep];
        assert_eq!(told.map(|actor| actor.to_string()), ["api", "api:build", "build", "expiry", "command:api", "sweep"]);
    }
}
