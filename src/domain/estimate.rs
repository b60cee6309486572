//! What a build will use of a provider of code, from what past ones used.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is expected of a build when there was none before, seconds.
pub const UNKNOWN_SECONDS: i64 = 120;
/// Fewer samples than these do not speak for themselves: a wider circle is asked.
pub const MEDIUM_SAMPLES: usize = 5;
/// So many samples are many.
pub const HIGH_SAMPLES: usize = 20;
/// The part of past builds, in percent, that an estimate would have been enough for.
const PERCENTILE: usize = 75;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationType {
    /// A new project is built.
    MainBuild,
    /// A version is looked at, for recommendations: no provider is used.
    MetadataGeneration,
    /// A project is built anew.
    Update,
}

/// How many files a project has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProjectSize {
    /// 20 files at most.
    Small,
    /// 100 files at most.
    Medium,
    /// More.
    Large,
}

/// How far an estimate may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// 20 past builds or more; or it is known.
    High,
    /// 5 or more.
    Medium,
    /// Fewer, or none.
    Low,
}

/// What is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Seconds, and so credits.
    pub seconds: i64,
    /// How far it may be relied on.
    pub confidence: Confidence,
    /// Past builds that it comes from.
    pub samples: usize,
}

impl OperationType {
    /// The word in the database; none for what uses no provider.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::MainBuild => Some("build"),
            Self::Update => Some("update"),
            Self::MetadataGeneration => None,
        }
    }
}

impl ProjectSize {
    /// The size of a project with so many files.
    pub const fn of(files: i64) -> Self {
        match files {
            ..=20 => Self::Small,
            21..=100 => Self::Medium,
            _ => Self::Large,
        }
    }
}

impl Confidence {
    const fn of(samples: usize) -> Self {
        match samples {
            HIGH_SAMPLES.. => Self::High,
            MEDIUM_SAMPLES.. => Self::Medium,
            _ => Self::Low,
        }
    }
}

impl Estimate {
    /// Of what uses no provider.
    pub const NOTHING: Self = Self { seconds: 0, confidence: Confidence::High, samples: 0 };

    /// From seconds that past builds used: what three quarters of them needed at most. Many of them can lower what is expected
    /// without any, to a second; fewer can raise it, and not lower it.
    pub fn from_past(past: &[f64]) -> Self {
        let mut sorted: Vec<f64> = past.iter().copied().filter(|seconds| seconds.is_finite() && *seconds > 0.0).collect();
        sorted.sort_by(f64::total_cmp);
        let samples = sorted.len();
        let confidence = Confidence::of(samples);
        let floor = if confidence == Confidence::High { 1 } else { UNKNOWN_SECONDS };
        let needed = (samples * PERCENTILE).div_ceil(100).checked_sub(1).map_or(0, |rank| super::ledger::credits_for(sorted[rank]));
        Self { seconds: needed.max(floor), confidence, samples }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_quarters_of_past_builds_would_have_had_enough() {
        let past: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(Estimate::from_past(&past), Estimate { seconds: 75, confidence: Confidence::High, samples: 100 });
        assert_eq!(Estimate::from_past(&[0.2]), Estimate { seconds: UNKNOWN_SECONDS, confidence: Confidence::Low, samples: 1 });
        assert_eq!(Estimate::from_past(&[1.0, 9.0, 2.5, f64::NAN, 0.0, 3.0]), Estimate { seconds: UNKNOWN_SECONDS, confidence: Confidence::Low, samples: 4 });
        assert_eq!(Estimate::from_past(&[]), Estimate { seconds: UNKNOWN_SECONDS, confidence: Confidence::Low, samples: 0 });
        assert_eq!(Estimate::from_past(&[500.0, 1.0]), Estimate { seconds: 500, confidence: Confidence::Low, samples: 2 });
        for (samples, seconds, confidence) in
            [(4, 120, Confidence::Low), (5, 120, Confidence::Medium), (19, 120, Confidence::Medium), (20, 7, Confidence::High)]
        {
            assert_eq!(Estimate::from_past(&vec![7.0; samples]), Estimate { seconds, confidence, samples });
        }
    }

    #[test]
    fn a_size_is_a_number_of_files() {
        assert_eq!(
            [0, 20, 21, 100, 101].map(ProjectSize::of),
            [ProjectSize::Small, ProjectSize::Small, ProjectSize::Medium, ProjectSize::Medium, ProjectSize::Large]
        );
    }
}
