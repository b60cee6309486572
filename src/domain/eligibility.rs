//! What may be done with a version, and why not: one rule for history, rollback, publishing and the sweep. The time is a
//! parameter. From the former worker's version history, with its words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Why something can't be done with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ineligible {
    /// It has no artifact.
    ArtifactMissing,
    /// Its artifact has had its time.
    ArtifactExpired,
    /// It is the published version.
    AlreadyPublished,
    /// It was not deployed: its rollback failed, or goes on.
    DeploymentFailed,
}

impl Ineligible {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ArtifactMissing => "artifact_missing",
            Self::ArtifactExpired => "artifact_expired",
            Self::AlreadyPublished => "already_published",
            Self::DeploymentFailed => "deployment_failed",
        }
    }
}

/// How long artifacts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days, `ARTIFACT_RETENTION_DAYS`.
    pub days: i64,
}

impl Retention {
    /// The last millisecond at which an artifact made at that time is still kept, epoch milliseconds.
    pub const fn expires_at_ms(self, created_at_ms: i64) -> i64 {
        created_at_ms.saturating_add(self.days.saturating_mul(DAY_MS))
    }

    /// Whether it is over: from the millisecond after that on.
    pub const fn is_over(self, created_at_ms: i64, now_ms: i64) -> bool {
        now_ms > self.expires_at_ms(created_at_ms)
    }

    /// Those made before this time, epoch milliseconds, are over: the same rule for a query.
    pub const fn over_before_ms(self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(self.days.saturating_mul(DAY_MS))
    }

    /// Days left, the begun one counted; 0 when it is over.
    pub const fn days_remaining(self, created_at_ms: i64, now_ms: i64) -> i64 {
        let left = self.expires_at_ms(created_at_ms).saturating_sub(now_ms);
        if left <= 0 { 0 } else { (left + DAY_MS - 1) / DAY_MS }
    }
}

/// What the rules look at.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
pub struct VersionFacts<'a> {
    pub deploy_status: &'a str,
    pub is_published: bool,
    /// `expired` or `missing`, when the artifact is not there any more.
    pub artifact_gone: Option<&'a str>,
    pub created_at_ms: i64,
}

impl VersionFacts<'_> {
    /// Why there is no artifact.
    fn without_artifact(self, retention: Retention, now_ms: i64) -> Option<Ineligible> {
        match self.artifact_gone {
            Some("expired") => Some(Ineligible::ArtifactExpired),
            Some(_) => Some(Ineligible::ArtifactMissing),
            None => retention.is_over(self.created_at_ms, now_ms).then_some(Ineligible::ArtifactExpired),
        }
    }

    /// Whether its artifact is there and in its time.
    pub fn has_artifact(self, retention: Retention, now_ms: i64) -> bool {
        self.without_artifact(retention, now_ms).is_none()
    }

    /// Why it can't be previewed.
    pub fn preview_fault(self, retention: Retention, now_ms: i64) -> Option<Ineligible> {
        self.without_artifact(retention, now_ms).or_else(|| self.not_deployed())
    }

    /// Why it can't be rolled back to.
    pub fn rollback_fault(self, retention: Retention, now_ms: i64) -> Option<Ineligible> {
        let published = self.is_published.then_some(Ineligible::AlreadyPublished);
        self.without_artifact(retention, now_ms).or(published).or_else(|| self.not_deployed())
    }

    /// Why it can't be published. The former worker did not look at the artifact here; without one there is nothing to serve.
    pub fn publish_fault(self, retention: Retention, now_ms: i64) -> Option<Ineligible> {
        self.rollback_fault(retention, now_ms)
    }

    fn not_deployed(self) -> Option<Ineligible> {
        (self.deploy_status != "deployed").then_some(Ineligible::DeploymentFailed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Retention = Retention { days: 30 };
    const MADE: i64 = 1_000;
    const LAST: i64 = MADE + 30 * DAY_MS;

    fn facts(change: impl FnOnce(&mut VersionFacts<'static>)) -> VersionFacts<'static> {
        let mut facts = VersionFacts { deploy_status: "deployed", is_published: false, artifact_gone: None, created_at_ms: MADE };
        change(&mut facts);
        facts
    }

    #[test]
    fn retention_ends_with_its_last_millisecond() {
        assert!(facts(|_| {}).has_artifact(KEPT, LAST));
        assert!(!facts(|_| {}).has_artifact(KEPT, LAST + 1));
        let days = [(MADE, 30), (MADE + 1, 30), (MADE + DAY_MS, 29), (LAST - 1, 1), (LAST, 0), (LAST + 1, 0), (i64::MAX, 0)];
        days.iter().for_each(|(now, days)| assert_eq!(KEPT.days_remaining(MADE, *now), *days, "{now}"));
        assert!(Retention { days: 0 }.is_over(MADE, MADE + 1) && !Retention { days: 0 }.is_over(MADE, MADE));
        for now in [MADE, LAST - 1, LAST, LAST + 1] {
            assert_eq!(KEPT.is_over(MADE, now), MADE < KEPT.over_before_ms(now), "{now}");
        }
    }

    #[test]
    fn the_first_reason_that_applies_is_told() {
        use Ineligible as I;
        let table = [
            (facts(|_| {}), LAST, None, None),
            (facts(|f| f.is_published = true), LAST, Some(I::AlreadyPublished), None),
            (facts(|f| f.deploy_status = "failed"), LAST, Some(I::DeploymentFailed), Some(I::DeploymentFailed)),
            (facts(|f| f.deploy_status = "deploying"), LAST, Some(I::DeploymentFailed), Some(I::DeploymentFailed)),
            (facts(|_| {}), LAST + 1, Some(I::ArtifactExpired), Some(I::ArtifactExpired)),
            (facts(|f| f.artifact_gone = Some("expired")), MADE, Some(I::ArtifactExpired), Some(I::ArtifactExpired)),
            (facts(|f| f.artifact_gone = Some("missing")), LAST + 1, Some(I::ArtifactMissing), Some(I::ArtifactMissing)),
            (facts(|f| (f.is_published, f.deploy_status) = (true, "failed")), LAST + 1, Some(I::ArtifactExpired), Some(I::ArtifactExpired)),
        ];
        for (facts, now, rollback, preview) in table {
            assert_eq!((facts.rollback_fault(KEPT, now), facts.preview_fault(KEPT, now)), (rollback, preview), "{facts:?}");
            assert_eq!(facts.publish_fault(KEPT, now), rollback);
        }
    }
}
