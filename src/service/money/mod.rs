//! Money: one transaction an operation, which holds the account and writes its lines.

mod balances;
mod builds;
mod credits;
mod entries;
mod estimates;
mod reservations;
mod sweep;

pub use balances::{AccountBalances, AccountView, BalanceView, UsageView};
pub(super) use builds::Due;
pub use credits::{Credit, CreditView, credit, log_credit};
pub use entries::{EntryView, LedgerPage, LedgerQuery};
pub use estimates::{EstimateView, Recommendation, SufficientEstimate, SufficientQuery, SufficientView, WantedEstimate};
pub(super) use reservations::EXTERNAL;
pub use reservations::{Commit, CommitView, Release, ReleaseView, Reserve, ReserveView};

use super::{ServiceError, Services};
use crate::domain::ids::is_user_id;
use crate::domain::ledger::{Actor, CREDITS_MAX, Short, Terms};
use crate::domain::price_list::{Package, recommended};
use crate::domain::problem::{FieldError, InsufficientCredits, Problem};
use crate::domain::version::is_plain_text;

/// Characters of what a caller calls a build of its own.
const BUILD_ID_MAX: usize = 128;
/// Characters of the name of who asks.
const ACTOR_MAX: usize = 128;
/// Characters of why something is released or credited.
const REASON_MAX: usize = 1_000;

/// A request, and who sends it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its id.
    pub request_id: &'a str,
    /// Who sends it.
    pub actor: Actor<'a>,
}

/// What the operations on money are told at start. The default gives nothing and sells nothing.
#[derive(Debug, Clone, Default)]
pub struct MoneySettings {
    /// What users are given.
    pub terms: Terms,
    /// How long a reservation lives that nobody ends, milliseconds.
    pub reservation_ms: i64,
    /// Whether a build pays for more than was set aside.
    pub overage: bool,
    /// What is sold.
    pub packages: Vec<Package>,
    /// Where it is sold.
    pub purchase_url: String,
    /// Whether builds with a prompt use a provider, and pay for it.
    pub builds_pay: bool,
}

impl Services {
    /// What the body of a problem says besides its params, as JSON: for too few credits, what to buy.
    pub fn problem_data(&self, problem: &Problem) -> Option<serde_json::Value> {
        let Problem::InsufficientCredits(InsufficientCredits { required, available, .. }) = problem else { return None };
        let recommendation = recommended(&self.inner.settings.money.packages, required - available);
        Some(serde_json::json!({ "required": required, "available": available, "recommendation": recommendation }))
    }
}

impl From<Short> for Problem {
    fn from(short: Short) -> Self {
        InsufficientCredits { required: short.required, available: short.available, field: None }.into()
    }
}

/// Faults of a request's fields, all told together.
#[derive(Debug, Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn user(&mut self, user_id: &str) {
        if !is_user_id(user_id) {
            self.0.push(FieldError::new("userId", "1 to 128 visible characters"));
        }
    }

    fn credits(&mut self, field: &str, credits: i64, least: i64) {
        if !(least..=CREDITS_MAX).contains(&credits) {
            self.0.push(FieldError::new(field, format!("{least} to {CREDITS_MAX}")));
        }
    }

    fn build(&mut self, build_id: &str) {
        if !is_one_line(build_id, BUILD_ID_MAX) {
            self.0.push(FieldError::new("buildId", format!("1 to {BUILD_ID_MAX} characters, none of them control characters")));
        }
    }

    fn reason(&mut self, reason: Option<&str>) {
        if reason.is_some_and(|reason| !is_plain_text(reason, REASON_MAX)) {
            self.0.push(FieldError::new("reason", format!("at most {REASON_MAX} characters, none of them control characters but line breaks and tabs")));
        }
    }

    fn actor(&mut self, name: Option<&str>) {
        if name.is_some_and(|name| !is_one_line(name, ACTOR_MAX)) {
            self.0.push(FieldError::new("actor", format!("1 to {ACTOR_MAX} characters, none of them control characters")));
        }
    }

    fn told(self) -> Result<(), ServiceError> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::validation(self.0).into()) }
    }
}

fn is_one_line(text: &str, max: usize) -> bool {
    !text.is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
}
