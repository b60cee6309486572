//! What credits can be bought in, and which of it to recommend.

use serde::Serialize;
use utoipa::ToSchema;

/// Credits that are sold together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Package {
    /// Its name.
    #[serde(rename = "package")]
    #[schema(example = "pro")]
    pub name: String,
    /// What it costs, in the currency of the price list.
    #[schema(example = 29.99)]
    pub cost: f64,
    /// The credits that it has.
    #[schema(example = 1000)]
    pub credits: i64,
}

/// The smallest package that covers what is missing, else the largest; none where nothing is sold.
pub fn recommended(packages: &[Package], missing: i64) -> Option<&Package> {
    let enough = packages.iter().filter(|package| package.credits >= missing).min_by_key(|package| package.credits);
    enough.or_else(|| packages.iter().max_by_key(|package| package.credits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_that_is_enough_else_the_largest() {
        let packages = [("max", 5000), ("starter", 300), ("pro", 1000)].map(|(name, credits)| Package { name: name.into(), cost: 1.0, credits });
        let name = |missing| recommended(&packages, missing).map(|package| package.name.as_str());
        assert_eq!((name(1), name(300), name(301), name(9999)), (Some("starter"), Some("starter"), Some("pro"), Some("max")));
        assert_eq!(recommended(&[], 1), None);
    }
}
