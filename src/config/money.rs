//! The settings of money: what users are given, what is sold, how long a reservation lives.

use super::load::{ConfigError, Values, fault};
use crate::domain::ledger::{CREDITS_MAX, Terms};
use crate::domain::price_list::Package;
use std::time::Duration;

/// Gifts and prices.
#[derive(Debug, Clone)]
pub struct MoneyConfig {
    /// `BUILDCAST_WELCOME_CREDITS`, `BUILDCAST_DAILY_CREDITS`
    pub terms: Terms,
    /// `BUILDCAST_RESERVATION_SECONDS`
    pub reservation: Duration,
    /// `BUILDCAST_OVERAGE`: whether a build pays for more than was set aside, as far as there is anything.
    pub overage: bool,
    /// `BUILDCAST_PACKAGES`
    pub packages: Vec<Package>,
    /// `BUILDCAST_PURCHASE_URL`, without a slash at the end.
    pub purchase_url: Option<String>,
}

/// A week.
const RESERVATION_MAX: f64 = 604_800.0;
const PACKAGES_MAX: usize = 20;

pub(super) fn money(v: &Values<'_>) -> Result<MoneyConfig, ConfigError> {
    const RESERVATION: &str = "BUILDCAST_RESERVATION_SECONDS";
    let reservation = v.seconds(RESERVATION, RESERVATION_MAX)?;
    if reservation < Duration::from_secs(1) {
        return Err(fault(RESERVATION, "less than 1"));
    }
    Ok(MoneyConfig {
        terms: Terms { welcome: credits(v, "BUILDCAST_WELCOME_CREDITS")?, daily: credits(v, "BUILDCAST_DAILY_CREDITS")? },
        reservation,
        overage: v.one_of("BUILDCAST_OVERAGE", &[("charge", true), ("waive", false)])?,
        packages: packages(v)?,
        purchase_url: v.url("BUILDCAST_PURCHASE_URL")?,
    })
}

fn credits(v: &Values<'_>, name: &'static str) -> Result<i64, ConfigError> {
    let credits = v.parse(name, "a number")?;
    // both gifts together fit into an account
    if (0..CREDITS_MAX / 2).contains(&credits) { Ok(credits) } else { Err(fault(name, format_args!("not within 0 to {}", CREDITS_MAX / 2 - 1))) }
}

/// `name:credits:cost`, with commas.
fn packages(v: &Values<'_>) -> Result<Vec<Package>, ConfigError> {
    const NAME: &str = "BUILDCAST_PACKAGES";
    let listed = v.text(NAME).split(',').map(str::trim).filter(|part| !part.is_empty());
    let packages: Vec<Package> = listed
        .map(|text| package(text).ok_or_else(|| fault(NAME, format_args!("{text:?} is not a package such as pro:1000:29.99"))))
        .collect::<Result<_, _>>()?;
    if let Some(twice) = packages.iter().enumerate().find(|(at, package)| packages[..*at].iter().any(|other| other.name == package.name)) {
        return Err(fault(NAME, format_args!("{:?} is there twice", twice.1.name)));
    }
    if packages.len() > PACKAGES_MAX { Err(fault(NAME, format_args!("more than {PACKAGES_MAX}"))) } else { Ok(packages) }
}

fn package(text: &str) -> Option<Package> {
    let mut parts = text.split(':').map(str::trim);
    let (name, credits, cost) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    let plain = !name.is_empty() && name.len() <= 64 && name.chars().all(|c| !c.is_control());
    let digits = cost.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let cost: f64 = cost.parse().ok().filter(|cost: &f64| digits && cost.is_finite())?;
    let whole = parts.next().is_none() && plain && (1..=CREDITS_MAX).contains(&credits);
    whole.then(|| Package { name: name.to_owned(), cost, credits })
}
