//! The first line of a recording.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// What the header calls the format.
pub const FORMAT: &str = "buildcast.recording";
/// The version that is written.
pub const VERSION: u32 = 1;

/// The first line of a recording of version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordingHeader)]
pub struct Header {
    /// Always `buildcast.recording`.
    #[schema(example = "buildcast.recording", pattern = "^buildcast\\.recording$")]
    pub format: String,
    /// The format's version; 1 in this one.
    #[schema(example = 1, minimum = 1)]
    pub version: u32,
    /// The build, or the rollback's job.
    pub build_id: String,
    /// Its project.
    pub project_id: String,
    /// Lines that follow, an event each.
    #[schema(example = 12, minimum = 1)]
    pub event_count: usize,
    /// From the first event to the last, milliseconds.
    #[schema(example = 3050, minimum = 0)]
    pub duration_ms: i64,
    /// `sha256:` and the hex digest of all bytes after this line.
    #[schema(example = "sha256:b4976f1e989631bba5a1e1670a35fe1d9e712d8d7a25bc254b1854d2aceb614e", pattern = "^sha256:[0-9a-f]{64}$")]
    pub checksum: String,
}

impl Header {
    /// The header of these lines.
    pub(super) fn of(build_id: &str, project_id: &str, event_count: usize, duration_ms: i64, body: &str) -> Self {
        Self {
            format: FORMAT.into(),
            version: VERSION,
            build_id: build_id.into(),
            project_id: project_id.into(),
            event_count,
            duration_ms,
            checksum: checksum(body.as_bytes()),
        }
    }
}

/// The checksum of the bytes after the header.
pub(super) fn checksum(body: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(body)))
}
