//! What a request's limits said, from where they are asked to where the answer's headers are written.
//!
//! Beside the headers of the former worker stand those of draft-ietf-httpapi-ratelimit-headers (revision 10).

use crate::service::{Payer, Verdict, WINDOW_SECONDS};
use poem::http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::{Arc, Mutex, PoisonError};

/// A request's account. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub(super) struct Spending(Arc<Mutex<Account>>);

#[derive(Debug, Default)]
struct Account {
    address: Option<Verdict>,
    user: Option<Verdict>,
}

impl Spending {
    /// Notes what a limit said. Of several users the one counts that is nearest to its limit.
    pub fn note(&self, payer: &Payer<'_>, verdict: Verdict) {
        let mut account = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match payer {
            Payer::Address(_) => account.address = Some(verdict),
            Payer::User(_) => account.user = Some(account.user.map_or(verdict, |noted| tighter(noted, verdict))),
        }
    }

    /// What the payer that was refused has used.
    pub fn used(&self) -> Option<u32> {
        self.tightest().map(|verdict| verdict.limit - verdict.remaining)
    }

    fn tightest(&self) -> Option<Verdict> {
        let account = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        account.address.into_iter().chain(account.user).reduce(tighter)
    }

    /// Writes the headers of an answer.
    pub fn stamp(&self, headers: &mut HeaderMap) {
        let Some(tightest) = self.tightest() else { return };
        headers.insert(HeaderName::from_static("x-ratelimit-limit"), tightest.limit.into());
        headers.insert(HeaderName::from_static("x-ratelimit-remaining"), tightest.remaining.into());
        headers.insert(HeaderName::from_static("x-ratelimit-reset"), tightest.reset_seconds.into());
        let account = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = [("address", account.address), ("user", account.user)].map(|(name, verdict)| Some((name, verdict?)));
        let list = |item: &dyn Fn(&str, Verdict) -> String| asked.iter().flatten().map(|(name, verdict)| item(name, *verdict)).collect::<Vec<_>>().join(", ");
        let fields = [
            ("ratelimit-policy", list(&|name, verdict| format!("\"{name}\";q={};w={WINDOW_SECONDS}", verdict.limit))),
            ("ratelimit", list(&|name, verdict| format!("\"{name}\";r={};t={}", verdict.remaining, verdict.reset_seconds))),
        ];
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

fn tighter(a: Verdict, b: Verdict) -> Verdict {
    if (b.allowed, b.remaining) < (a.allowed, a.remaining) { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(allowed: bool, remaining: u32) -> Verdict {
        Verdict { allowed, limit: 60, remaining, reset_seconds: u64::from(60 - remaining), retry_after_seconds: u64::from(!allowed) }
    }

    #[test]
    fn the_headers_tell_of_the_limit_that_is_nearest() {
        let (spending, mut headers) = (Spending::default(), HeaderMap::new());
        spending.stamp(&mut headers);
        assert!(headers.is_empty());
        let address = Payer::Address([127, 0, 0, 1].into());
        spending.note(&address, verdict(true, 59));
        spending.note(&address, verdict(true, 58));
        spending.note(&Payer::User("a"), verdict(true, 7));
        spending.note(&Payer::User("b"), verdict(true, 9));
        spending.stamp(&mut headers);
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!([text("x-ratelimit-limit"), text("x-ratelimit-remaining"), text("x-ratelimit-reset")], ["60", "7", "53"]);
        assert_eq!(text("ratelimit-policy"), r#""address";q=60;w=60, "user";q=60;w=60"#);
        assert_eq!(text("ratelimit"), r#""address";r=58;t=2, "user";r=7;t=53"#);
        // one that refuses is nearer than any that does not
        spending.note(&Payer::User("c"), verdict(false, 1));
        spending.note(&address, verdict(true, 0));
        assert_eq!(spending.used(), Some(59));
    }
}
