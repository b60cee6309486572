//! The settings of the page: whether there is one, and who may use it.

use super::Environment;
use super::load::{ConfigError, Values, fault};
use std::time::Duration;

/// The shortest session: a shorter one ends while its user reads.
const SESSION_MIN: Duration = Duration::from_secs(60);
/// The longest, in seconds: thirty days.
const SESSION_MAX: f64 = 2_592_000.0;

/// Whether the page is served, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageChoice {
    /// There is none.
    Absent,
    /// To whoever is on this machine, as the user `demo`; in development only.
    Demo,
    /// To users whom a backend has given a token.
    Login {
        /// How long somebody is logged in.
        session: Duration,
    },
}

pub(super) fn page(v: &Values<'_>, environment: Environment) -> Result<PageChoice, ConfigError> {
    const NAME: &str = "BUILDCAST_PAGE";
    const SESSION: &str = "BUILDCAST_PAGE_SESSION_SECONDS";
    let session = v.seconds(SESSION, SESSION_MAX)?;
    if session < SESSION_MIN {
        return Err(fault(SESSION, format_args!("less than {}", SESSION_MIN.as_secs())));
    }
    let own = if environment == Environment::Development { PageChoice::Demo } else { PageChoice::Absent };
    let words = [("auto", own), ("none", PageChoice::Absent), ("demo", PageChoice::Demo), ("login", PageChoice::Login { session })];
    let choice = v.one_of(NAME, &words)?;
    if choice == PageChoice::Demo && environment == Environment::Production {
        return Err(fault(NAME, "production has no page without a login"));
    }
    Ok(choice)
}

#[cfg(test)]
mod tests {
    use super::super::load::{Loaded, load};
    use super::*;
    use std::collections::BTreeMap;

    fn with(pairs: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
        let secret = ("WORKER_SHARED_SECRET", "sixteen characters");
        load(None, pairs.iter().chain([&secret]).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())), BTreeMap::new())
    }

    #[test]
    fn production_has_a_page_only_when_asked_and_then_with_a_login() {
        let of = |pairs: &[(&str, &str)]| with(pairs).unwrap().config.page;
        let (production, login) = (("BUILDCAST_ENV", "production"), PageChoice::Login { session: Duration::from_secs(28_800) });
        assert_eq!(of(&[]), PageChoice::Demo);
        assert_eq!(of(&[production]), PageChoice::Absent);
        assert_eq!(of(&[production, ("BUILDCAST_PAGE", "login")]), login);
        assert_eq!(of(&[("BUILDCAST_PAGE", "login")]), login);
        assert_eq!(of(&[("BUILDCAST_PAGE", "none")]), PageChoice::Absent);
        assert_eq!(with(&[production, ("BUILDCAST_PAGE", "demo")]).unwrap_err().name, "BUILDCAST_PAGE");
        assert_eq!(with(&[("BUILDCAST_PAGE", "yes")]).unwrap_err().name, "BUILDCAST_PAGE");
        assert_eq!(with(&[("BUILDCAST_PAGE_SESSION_SECONDS", "59")]).unwrap_err().name, "BUILDCAST_PAGE_SESSION_SECONDS");
    }
}
